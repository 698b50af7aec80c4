//! Signing in, whichever way the system wants it; within the account's budget of failed logins.

use std::{collections::BTreeMap, time::Duration};

use encoding_rs::{Encoding, UTF_8};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{Run, RunError, account, encoding, encoding::first_address, login, page, page::Place};
use crate::{
    adapter::{Scope, SignIn},
    base::chain,
    store::LoginEnd,
    transport::{Basic, Browser, BrowserOptions, Cookie, Identity, Lent, Limits, Session, Storage, Vouched},
    vault::Credential,
};

/// The statuses by which a server refuses a name and password.
const REFUSED: &[u16] = &[401, 403];
/// What a client calls itself whose session no browser began.
const USER_AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";
/// How long a fresh browser may take to be where the last one was.
const RESUME_LIMIT: Duration = Duration::from_secs(60);

/// A session for plain HTTP and, where one was needed, the browser that began it.
pub(super) struct Entered {
    pub(super) browser: Option<Browser>,
    /// Where it stands, if the page there has come to rest.
    pub(super) landed: Option<String>,
    pub(super) storage: Option<Storage>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) lent: Lent,
}

/// Signs the bot's account in.
pub(super) async fn sign_in(run: &Run) -> Result<Entered, RunError> {
    match run.bot().sign_in {
        SignIn::Nothing => without(run, Session { user_agent: USER_AGENT.to_owned(), ..Session::default() }),
        SignIn::Steps => by_steps(run).await,
        SignIn::Basic => by_basic(run).await,
        SignIn::Certificate => by_certificate(run),
        SignIn::Lent => by_person(run),
    }
}

/// A browser with the session that another one has begun.
pub(super) async fn browser_with(run: &Run, storage: Option<&Storage>) -> Result<Browser, RunError> {
    let browser = open(run).await?;
    if let Some(storage) = storage {
        let base = run.system().base.as_str();
        let resumed = tokio::time::timeout(RESUME_LIMIT, browser.resume(storage, base)).await;
        resumed.unwrap_or_else(|_| {
            let (doing, address) = (crate::transport::Doing::Navigating, base.to_owned());
            Err(crate::transport::TransportError::Timeout { doing, address, limit: RESUME_LIMIT })
        })?;
    }
    Ok(browser)
}

async fn open(run: &Run) -> Result<Browser, RunError> {
    let clock = run.bridge.clock.clone();
    let fresh_connections = run.bot().enter().is_some();
    let vouched = authority(run).map(|authority| Vouched { system: run.system().base.clone(), authority });
    let headed = run.options.headed;
    let options = BrowserOptions { headed, fresh_connections, vouched, clock, ..BrowserOptions::default() };
    Ok(Browser::open(&run.bridge.driver, &options).await?)
}

/// Who has signed the system's certificate, where the bot says so.
fn authority(run: &Run) -> Option<SecretString> {
    run.bot().authority.clone().map(SecretString::from)
}

/// In the browser, because only a browser can; the signs decide whether it worked.
async fn by_steps(run: &Run) -> Result<Entered, RunError> {
    let _turn = account::turn(run).await;
    let credential = account::credential(run)?;
    account::permitted(run, &credential).await?;
    let browser = open(run).await?;
    let mut attempt = None;
    let ended = login::steps(run, &browser, &credential, &mut attempt).await;
    // Before the first click nothing was sent, and nothing is written down.
    if let Some(attempt) = attempt {
        attempt.end(run, login_end(&ended)).await?;
    }
    let landed = match ended {
        Ok(landed) => landed,
        Err(error) => {
            browser.close().await;
            return Err(error);
        }
    };
    let storage = browser.storage().await?;
    let (headers, lent) = of_storage(run, &storage)?;
    Ok(Entered { browser: Some(browser), landed, storage: Some(storage), headers, lent })
}

/// The headers of a browser's session, and the session for plain HTTP.
pub(super) fn of_storage(run: &Run, storage: &Storage) -> Result<(Vec<(String, String)>, Lent), RunError> {
    let row = storage.session.iter().chain(&storage.local).map(|(key, value)| (key.clone(), page::unquoted(value)));
    let headers = headers(run, Scope::new().row("storage", &row.collect()).row("secret", &BTreeMap::new()))?;
    let lent = lend(run, &storage.lend(secret(&headers)))?;
    Ok((headers, lent))
}

/// What the end of the steps says about the secret.
fn login_end<T>(ended: &Result<T, RunError>) -> LoginEnd {
    match ended {
        Ok(_) => LoginEnd::SignedIn,
        Err(RunError::LoginRefused { words, .. }) => LoginEnd::Refused(words.clone()),
        Err(RunError::Busy { .. } | RunError::Kicked { .. } | RunError::Misread { .. }) => LoginEnd::NotJudged,
        Err(_) => LoginEnd::Unknown,
    }
}

/// Name and password in every request; the list's first page tells whether they are right.
async fn by_basic(run: &Run) -> Result<Entered, RunError> {
    let _turn = account::turn(run).await;
    let credential = account::credential(run)?;
    account::permitted(run, &credential).await?;
    let basic = Basic {
        username: credential.field("username")?.expose_secret().to_owned(),
        password: credential.field("password")?.clone(),
    };
    let session = Session { user_agent: USER_AGENT.to_owned(), basic: Some(basic), ..Session::default() };
    let entered = without(run, session)?;
    let attempt = account::begin(run, &credential).await?;
    let tried = entered.lent.get(first_page(run)?.as_str()).await;
    let ended = match tried {
        Ok(answer) if REFUSED.contains(&answer.status) => Err(RunError::LoginRefused {
            system: run.system().name.clone(),
            account: run.bot().account.clone().unwrap_or_default(),
            words: format!("HTTP {}", answer.status),
        }),
        Ok(_) => Ok(()),
        Err(error) => Err(error.into()),
    };
    attempt.end(run, login_end(&ended)).await?;
    ended.map(|()| entered)
}

/// The address of a page that only the signed in may see: the list's first.
fn first_page(run: &Run) -> Result<Url, RunError> {
    let system = run.system();
    let Some(collect) = run.bot().collect() else { return Ok(system.base.clone()) };
    let list = &system.pages[&collect.list];
    let day = run.bridge.clock.local().date_naive();
    let place = Place { page: 1, span: Some((day, day)), ..Place::default() };
    if list.path.is_none() {
        return Ok(system.base.clone());
    }
    first_address(system, list, &place)
}

/// A certificate that the account holds. A wrong one can't lock anything.
fn by_certificate(run: &Run) -> Result<Entered, RunError> {
    let credential = account::credential(run)?;
    let identity = Identity {
        certificate: credential.field("certificate")?.clone(),
        key: credential.field("key")?.clone(),
        authority: credential.fields.get("authority").cloned(),
    };
    without(run, Session { user_agent: USER_AGENT.to_owned(), identity: Some(identity), ..Session::default() })
}

/// A session that a person has begun and lends.
fn by_person(run: &Run) -> Result<Entered, RunError> {
    let credential = account::credential(run)?;
    let field = |name: &str| credential.fields.get(name).map(|value| value.expose_secret().to_owned());
    let user_agent = field("user_agent").unwrap_or_else(|| USER_AGENT.to_owned());
    let base = &run.system().base;
    let cookies: Vec<Cookie> = field("cookie").iter().flat_map(|line| cookies(line, base)).collect();
    let headers = headers(run, Scope::new().row("secret", &exposed(&credential)).row("storage", &BTreeMap::new()))?;
    let session = Session {
        cookies: cookies.clone(),
        headers: secret(&headers),
        user_agent: user_agent.clone(),
        ..Session::default()
    };
    let origin = base.origin().ascii_serialization();
    let storage = Storage { origin, user_agent, local: BTreeMap::new(), session: BTreeMap::new(), cookies };
    let lent = lend(run, &session)?;
    Ok(Entered { browser: None, landed: None, storage: Some(storage), headers, lent })
}

/// The cookies of a `Cookie:` line, as a browser's developer tools show it.
fn cookies(line: &str, base: &Url) -> Vec<Cookie> {
    let line = line.trim().trim_start_matches("Cookie:").trim();
    let pairs = line.split(';').filter_map(|pair| pair.trim().split_once('='));
    let cookie = |(name, value): (&str, &str)| Cookie {
        name: name.to_owned(),
        value: value.to_owned(),
        domain: base.host_str().unwrap_or_default().to_owned(),
        path: "/".to_owned(),
        secure: base.scheme() == "https",
        http_only: true,
        expires: None,
        same_site: None,
    };
    pairs.map(cookie).collect()
}

/// The secrets of an account as templates use them.
pub(super) fn exposed(credential: &Credential) -> BTreeMap<String, String> {
    credential.fields.iter().map(|(name, value)| (name.clone(), value.expose_secret().to_owned())).collect()
}

fn without(run: &Run, session: Session) -> Result<Entered, RunError> {
    Ok(Entered { browser: None, landed: None, storage: None, headers: Vec::new(), lent: lend(run, &session)? })
}

/// The headers that the adapter names under `[lend]`.
fn headers(run: &Run, scope: Scope<'_>) -> Result<Vec<(String, String)>, RunError> {
    let system = run.system();
    let wrong = |why| RunError::Address { system: system.name.clone(), page: "[lend]".to_owned(), why };
    let filled = system.lend.iter().map(|(name, value)| {
        let text = value.fill(&scope).map_err(wrong)?;
        Ok((name.clone(), as_bytes(&text, encoding::said(system)).map_err(|why| wrong(format!("`{name}`: {why}")))?))
    });
    filled.collect()
}

/// A header's text in the system's encoding, one letter for each byte: so scripts and HTTP clients take it.
fn as_bytes(text: &str, encoding: Option<&'static Encoding>) -> Result<String, String> {
    let encoding = encoding.unwrap_or(UTF_8);
    let (bytes, _, lossy) = encoding.encode(text);
    if lossy {
        return Err(format!("it has a letter that {} can't hold", encoding.name()));
    }
    Ok(bytes.iter().map(|byte| char::from(*byte)).collect())
}

fn secret(headers: &[(String, String)]) -> Vec<(String, SecretString)> {
    headers.iter().map(|(name, value)| (name.clone(), SecretString::from(value.clone()))).collect()
}

fn lend(run: &Run, session: &Session) -> Result<Lent, RunError> {
    let system = run.system();
    let limits = Limits {
        pace: run.bridge.pace(system),
        clock: run.bridge.clock.clone(),
        answer: system.limits.answer,
        ..Limits::default()
    };
    let session = Session { authority: authority(run), ..session.clone() };
    Lent::new(&system.base, &session, limits).map_err(|error| {
        tracing::debug!(error = chain(&error), "no client for the session");
        error.into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lent_cookie_line_is_taken_as_the_tools_show_it() {
        let base = Url::parse("https://tax.example:8443/app/").unwrap();
        let read = cookies("Cookie: JSESSIONID=ab=c; route=1;", &base);
        let pairs: Vec<_> = read.iter().map(|cookie| (cookie.name.as_str(), cookie.value.as_str())).collect();
        assert_eq!(pairs, [("JSESSIONID", "ab=c"), ("route", "1")]);
        assert!(read.iter().all(|cookie| cookie.secure && cookie.domain == "tax.example"));
    }
}
