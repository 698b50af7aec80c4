//! Signing in: in the browser, because only a browser can; the signs decide whether it worked.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use secrecy::{ExposeSecret, SecretString};

use super::{
    Run, RunError,
    account::{self, Attempt},
    evidence, page,
};
use crate::{
    adapter::{Page, Scope, Step, System},
    extract::{self, Document, SignsSeen},
    store::LoginEnd,
    transport::{Act, Browser, BrowserOptions, Lent, Limits, Mark, Snapshot, Storage},
    vault::Credential,
};

/// How long after the last step a sign may take to show.
const SIGN_LIMIT: Duration = Duration::from_secs(20);

/// A browser that is signed in, and its session for plain HTTP.
pub(super) struct Entered {
    pub(super) browser: Browser,
    pub(super) headers: Vec<(String, String)>,
    pub(super) lent: Lent,
}

/// Signs the bot's account in, within its budget of failed logins.
pub(super) async fn sign_in(run: &Run) -> Result<Entered, RunError> {
    let credential = account::credential(run)?;
    account::permitted(run, &credential).await?;
    let browser = open(run).await?;
    let mut attempt = None;
    let ended = steps(run, &browser, &credential, &mut attempt).await;
    // Before the first click nothing was sent, and nothing is written down.
    if let Some(attempt) = attempt {
        attempt.end(run, login_end(&ended)).await?;
    }
    if let Err(error) = ended {
        browser.close().await;
        return Err(error);
    }
    lend(run, browser).await
}

/// What the end of the steps says about the secret.
fn login_end(ended: &Result<(), RunError>) -> LoginEnd {
    match ended {
        Ok(()) => LoginEnd::SignedIn,
        Err(RunError::LoginRefused { words, .. }) => LoginEnd::Refused(words.clone()),
        Err(RunError::Busy { .. } | RunError::Kicked { .. }) => LoginEnd::NotJudged,
        Err(_) => LoginEnd::Unknown,
    }
}

async fn open(run: &Run) -> Result<Browser, RunError> {
    let clock = run.bridge.clock.clone();
    let options = BrowserOptions { headed: run.options.headed, clock, ..BrowserOptions::default() };
    Ok(Browser::open(&run.bridge.driver, &options).await?)
}

/// The steps of the login, then the wait for a sign.
///
/// The attempt is written down right before the first click: from there on the system may have got the secret.
async fn steps(
    run: &Run,
    browser: &Browser,
    credential: &Credential,
    attempt: &mut Option<Attempt>,
) -> Result<(), RunError> {
    let system = run.system();
    let secret: BTreeMap<String, String> =
        credential.fields.iter().map(|(name, value)| (name.clone(), value.expose_secret().to_owned())).collect();
    let scope = Scope::new().row("secret", &secret);
    let mut opened = None;
    for step in &run.bot().login {
        match step {
            Step::Open(name) => {
                let page = &system.pages[name];
                open_page(system, browser, page).await?;
                let (signs, _) = signs_everywhere(system, None, &browser.snapshot(true).await?);
                if let Some(words) = signs.busy {
                    return Err(RunError::Busy { system: system.name.clone(), words });
                }
                opened = Some(page);
            }
            Step::Fill(values) => {
                let page = opened.expect("the adapters were checked: a page is open");
                let wrong = |why| RunError::Address { system: system.name.clone(), page: page.name.clone(), why };
                let snapshot = browser.snapshot(true).await?;
                for (name, value) in values {
                    let mark = mark(run, page, name, &snapshot)?;
                    let text = SecretString::from(value.fill(&scope).map_err(wrong)?);
                    browser.act(&mark, &Act::Fill(text)).await?;
                }
            }
            Step::Ask { .. } | Step::Accept(_) => {}
            Step::Click(name) => {
                let page = opened.expect("the adapters were checked: a page is open");
                let snapshot = browser.snapshot(true).await?;
                let mark = mark(run, page, name, &snapshot)?;
                if attempt.is_none() {
                    *attempt = Some(account::begin(run, credential).await?);
                }
                browser.act(&mark, &Act::Click).await?;
            }
        }
    }
    wait_for_sign(run, browser, opened).await
}

async fn open_page(system: &System, browser: &Browser, page: &Page) -> Result<(), RunError> {
    let wrong = |why| RunError::Address { system: system.name.clone(), page: page.name.clone(), why };
    let path = page.path.as_ref().ok_or_else(|| wrong("it has no path".to_owned()))?;
    let path = path.fill(&Scope::new()).map_err(wrong)?;
    let address = system.base.join(&path).map_err(|error| wrong(format!("`{path}` is no address: {error}")))?;
    browser.goto(address.as_str()).await?;
    browser.settle(page::SETTLE_LIMIT).await?;
    Ok(())
}

/// The live element that a locator of the page means.
fn mark(run: &Run, page: &Page, name: &str, snapshot: &Snapshot) -> Result<Mark, RunError> {
    let (framed, frames) = snapshot.in_frame(&page.frame).unwrap_or((snapshot, Vec::new()));
    let document = Document::parse(&framed.html, Some("text/html"));
    match extract::mark(&page.at[name], &document) {
        Ok(index) => Ok(Mark { frames, index }),
        Err(source) => {
            evidence::keep_snapshot(run, &page.name, snapshot);
            Err(RunError::Extract { system: run.system().name.clone(), page: page.name.clone(), source: source.into() })
        }
    }
}

/// Waits until the page says what became of the login.
async fn wait_for_sign(run: &Run, browser: &Browser, login: Option<&Page>) -> Result<(), RunError> {
    let system = run.system();
    let account = run.bot().account.clone().unwrap_or_default();
    let began = Instant::now();
    loop {
        browser.settle(page::SETTLE_LIMIT).await?;
        // Marked, because only then the snapshot says what is hidden: a sign that nobody sees is none.
        let snapshot = browser.snapshot(true).await?;
        let (signs, words) = signs_everywhere(system, login, &snapshot);
        if signs.signed_in {
            return Ok(());
        }
        if let Some(words) = signs.kicked {
            return Err(RunError::Kicked { system: system.name.clone(), words });
        }
        if let Some(words) = signs.busy {
            return Err(RunError::Busy { system: system.name.clone(), words });
        }
        if let Some(words) = words {
            evidence::keep_snapshot(run, "login", &snapshot);
            return Err(RunError::LoginRefused { system: system.name.clone(), account, words });
        }
        if began.elapsed() > SIGN_LIMIT {
            evidence::keep_snapshot(run, "login", &snapshot);
            return Err(RunError::LoginUnclear { system: system.name.clone(), account });
        }
    }
}

/// The signs of a page and all its frames, and what the login page says of an error.
fn signs_everywhere(system: &System, login: Option<&Page>, snapshot: &Snapshot) -> (SignsSeen, Option<String>) {
    let error = login.and_then(|page| page.at.get("error"));
    let mut seen = SignsSeen::default();
    let mut words = None;
    for (page, _) in snapshot.pages() {
        let document = Document::parse(&page.html, Some("text/html"));
        let signs = extract::signs(&system.signs, &document);
        seen.signed_in |= signs.signed_in;
        seen.signed_out |= signs.signed_out;
        seen.kicked = seen.kicked.or(signs.kicked);
        seen.busy = seen.busy.or(signs.busy);
        let read = error.and_then(|error| extract::read(error, &document).ok().flatten());
        words = words.or(read.filter(|words| !words.trim().is_empty()));
    }
    (seen, words)
}

/// Lends the browser's session to plain HTTP: its cookies, and the headers that the adapter names.
async fn lend(run: &Run, browser: Browser) -> Result<Entered, RunError> {
    let system = run.system();
    let storage = browser.storage().await?;
    let row = storage_row(&storage);
    let scope = Scope::new().row("storage", &row);
    let mut headers = Vec::new();
    for (name, value) in &system.lend {
        let value = value.fill(&scope).map_err(|why| RunError::Address {
            system: system.name.clone(),
            page: "[lend]".to_owned(),
            why,
        })?;
        headers.push((name.clone(), value));
    }
    let secret = headers.iter().map(|(name, value)| (name.clone(), SecretString::from(value.clone()))).collect();
    let session = storage.lend(secret);
    let limits = Limits {
        pace: run.bridge.pace(system),
        answer: system.limits.answer,
        clock: run.bridge.clock.clone(),
        ..Limits::default()
    };
    let lent = Lent::new(&system.base, &session, limits)?;
    Ok(Entered { browser, headers, lent })
}

/// Local storage over session storage, by key.
fn storage_row(storage: &Storage) -> BTreeMap<String, String> {
    let pairs = storage.session.iter().chain(&storage.local);
    pairs.map(|(key, value)| (key.clone(), page::unquoted(value))).collect()
}
