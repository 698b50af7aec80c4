//! What a signed-in browser knows, so that it can be lent to an HTTP client or put back into another browser.

use std::{collections::BTreeMap, fmt};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Basic, Browser, Identity, TransportError, error::Doing, script::quietly};

const STORAGE: &str = include_str!("page/storage.js");

/// A cookie. Its value is a secret: it is serialised for the vault, and never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The host it belongs to; with a leading dot, its subdomains too.
    pub domain: String,
    /// The path that it is sent under.
    pub path: String,
    /// Whether it goes over TLS only.
    pub secure: bool,
    /// Whether scripts can't read it.
    pub http_only: bool,
    /// Seconds since the epoch when it ends; none for a cookie that ends with the browser.
    pub expires: Option<i64>,
    /// `Strict`, `Lax` or `None`, where the server said so.
    pub same_site: Option<String>,
}

impl fmt::Debug for Cookie {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Cookie({}=… at {}{})", self.name, self.domain, self.path)
    }
}

/// All that a browser session keeps. Serialised for the vault, and never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Storage {
    /// The origin whose script storage this is, such as `http://127.0.0.1:7102`.
    pub origin: String,
    /// The name that the browser gives itself.
    pub user_agent: String,
    /// `localStorage` of that origin.
    pub local: BTreeMap<String, String>,
    /// `sessionStorage` of that origin.
    pub session: BTreeMap<String, String>,
    /// All cookies of the browser, those of other paths and hosts too.
    pub cookies: Vec<Cookie>,
}

impl fmt::Debug for Storage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<&String> = self.local.keys().chain(self.session.keys()).collect();
        formatter
            .debug_struct("Storage")
            .field("origin", &self.origin)
            .field("cookies", &self.cookies)
            .field("keys", &keys)
            .finish()
    }
}

/// A signed-in session as an HTTP client uses it.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// The cookies.
    pub cookies: Vec<Cookie>,
    /// Headers that every request to the system carries, such as a token. A value is written as one letter for each byte.
    pub headers: Vec<(String, SecretString)>,
    /// The browser's name for itself; systems may tie a session to it.
    pub user_agent: String,
    /// The name and password that every request to the system carries.
    pub basic: Option<Basic>,
    /// The certificate that is shown to the system.
    pub identity: Option<Identity>,
    /// The authority that has signed the system's own certificate, PEM, where this machine does not know it.
    pub authority: Option<SecretString>,
}

impl Storage {
    /// The session to lend, with `headers` beside the cookies.
    pub fn lend(&self, headers: Vec<(String, SecretString)>) -> Session {
        let (cookies, user_agent) = (self.cookies.clone(), self.user_agent.clone());
        Session { cookies, headers, user_agent, ..Session::default() }
    }
}

/// What the script returns.
#[derive(Deserialize)]
struct Kept {
    origin: String,
    user_agent: String,
    local: BTreeMap<String, String>,
    session: BTreeMap<String, String>,
}

impl Browser {
    /// Cookies, `localStorage` and `sessionStorage` as they are now.
    pub async fn storage(&self) -> Result<Storage, TransportError> {
        self.leave_frames().await?;
        let call = self.call(Doing::Storing, "", self.options.script_timeout);
        let kept: Kept = call.at_once(self.driver(), STORAGE, Vec::new()).await?;
        let listed = quietly(self.driver().cdp().send_raw("Network.getAllCookies", json!({}))).await;
        let listed = listed.map_err(|error| call.failed(&error))?;
        let cookies = listed["cookies"].as_array().into_iter().flatten().map(cookie).collect();
        let Kept { origin, user_agent, local, session } = kept;
        Ok(Storage { origin, user_agent, local, session, cookies })
    }

    /// Puts a session back into this browser and goes to `url` with it. Meant for a fresh browser: what it has
    /// stored before stays where the session doesn't say otherwise.
    pub async fn resume(&self, storage: &Storage, url: &str) -> Result<(), TransportError> {
        let call = self.call(Doing::Storing, url, self.options.script_timeout);
        let cookies: Vec<Value> = storage.cookies.iter().map(as_sent).collect();
        let put = quietly(self.driver().cdp().send_raw("Network.setCookies", json!({ "cookies": cookies }))).await;
        put.map_err(|error| call.failed(&error))?;
        // Script storage can be written only from within the origin, and must be there before the page's first script.
        let source = format!(
            "if (location.origin === {}) {{ const put = (area, kept) => Object.entries(kept).forEach(([key, value]) => \
             area.setItem(key, value)); put(localStorage, {}); put(sessionStorage, {}); }}",
            json!(storage.origin),
            json!(storage.local),
            json!(storage.session)
        );
        let added = quietly(self.driver().cdp().send_raw(NEW_DOCUMENT, json!({ "source": source }))).await;
        let added = added.map_err(|error| call.failed(&error))?;
        let went = match self.goto(url).await {
            // It only has to be asked for there.
            Err(TransportError::NotAPage { .. } | TransportError::Astray { .. }) => Ok(()),
            went => went,
        };
        // Later documents must keep what the page itself writes from here on.
        let script = json!({ "identifier": added["identifier"] });
        let removed = quietly(self.driver().cdp().send_raw("Page.removeScriptToEvaluateOnNewDocument", script)).await;
        went?;
        removed.map_err(|error| call.failed(&error))?;
        Ok(())
    }
}

/// The command that gives the browser a script to run first in every new document.
pub(super) const NEW_DOCUMENT: &str = "Page.addScriptToEvaluateOnNewDocument";

fn cookie(told: &Value) -> Cookie {
    let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    let flag = |name: &str| told[name].as_bool().unwrap_or_default();
    // Session cookies have -1; fractions of seconds don't matter.
    let expires = told["expires"].as_f64().filter(|seconds| *seconds > 0.0).map(|seconds| seconds as i64);
    Cookie {
        name: text("name"),
        value: text("value"),
        domain: text("domain"),
        path: text("path"),
        secure: flag("secure"),
        http_only: flag("httpOnly"),
        expires,
        same_site: told["sameSite"].as_str().map(str::to_owned),
    }
}

fn as_sent(cookie: &Cookie) -> Value {
    let mut sent = json!({
        "name": cookie.name, "value": cookie.value, "path": cookie.path,
        "secure": cookie.secure, "httpOnly": cookie.http_only,
    });
    if cookie.domain.starts_with('.') {
        sent["domain"] = json!(cookie.domain);
    } else {
        // An address instead of a domain makes it a cookie of that host alone.
        let scheme = if cookie.secure { "https" } else { "http" };
        sent["url"] = json!(format!("{scheme}://{}{}", cookie.domain, cookie.path));
    }
    if let Some(expires) = cookie.expires {
        sent["expires"] = json!(expires);
    }
    if let Some(same_site) = &cookie.same_site {
        sent["sameSite"] = json!(same_site);
    }
    sent
}
