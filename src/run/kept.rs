//! Sessions that outlive the process: sealed in the store, tried before anybody signs in, deleted when they are lost. Whether one is
//! still good, only its signs can say.

use std::collections::{BTreeMap, HashMap};

use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    Run, RunError, account,
    held::Held,
    page,
    sign_in::of_storage,
    signs,
    site::{Site, Way},
};
use crate::{
    adapter::SignIn,
    base::chain,
    store::KeptSession,
    transport::{Browser, Cookie, Lent, Storage, TransportError},
    vault::VaultError,
};

/// A session as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// The system's address: a session goes to no other.
    base: String,
    /// What the browser that began it has stored.
    storage: Storage,
    /// The system's adapter under which the ways were proven.
    adapter: String,
    /// How its pages are read, so that one that needs no browser gets none.
    ways: BTreeMap<String, Way>,
}

/// What tells the kept session from another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    at: i64,
    /// SHA-256 of what is kept: the same again is not written again.
    print: String,
}

impl Site {
    /// Before anything is read: what is kept says how pages are read, too.
    pub(super) async fn begin(&self) -> Result<(), RunError> {
        let mut held = self.held.lock().await;
        if held.lent.is_none() {
            self.go_on(&mut held).await?;
        }
        Ok(())
    }

    /// Goes on with the session that is kept; false where there is none but the one that was just lost.
    pub(super) async fn go_on(&self, held: &mut Held) -> Result<bool, RunError> {
        // Other ways to sign in begin no session that a password would have to be typed for.
        if self.run.bot().sign_in != SignIn::Steps {
            return Ok(false);
        }
        let about = account::key(&self.run);
        let Some(stored) = self.run.bridge.store.session(&about).await? else { return Ok(false) };
        if held.kept.as_ref().is_some_and(|kept| kept.at == stored.at) {
            return Ok(false);
        }
        let Some((kept, print)) = self.opened(&about, &stored).await? else { return Ok(false) };
        let (headers, lent) = of_storage(&self.run, &kept.storage)?;
        held.close_browser().await;
        held.drop_lent();
        held.kept = Some(Mark { at: stored.at, print });
        held.unproven = true;
        let proven = kept.adapter == self.run.system().version;
        held.ways = if proven { kept.ways.into_iter().collect() } else { HashMap::new() };
        (held.storage, held.headers, held.lent) = (Some(kept.storage), headers, Some(lent));
        tracing::debug!(bot = self.run.bot, "goes on with the session that was kept");
        Ok(true)
    }

    /// Unseals what is kept. What does not open, or belongs to another address, is deleted.
    async fn opened(&self, about: &str, stored: &KeptSession) -> Result<Option<(Kept, String)>, RunError> {
        let bridge = &self.run.bridge;
        let credential = account::credential(&self.run)?;
        let kept = match bridge.vault.unseal(&credential, about, &stored.body) {
            Ok(None) => return Ok(None),
            Ok(Some(plain)) => {
                let kept = serde_json::from_slice::<Kept>(&plain).ok();
                kept.filter(|kept| kept.base == self.run.system().base.as_str())
                    .map(|kept| (kept, page::sha256(&plain)))
            }
            Err(error @ VaultError::Foreign { .. }) => {
                tracing::warn!(bot = self.run.bot, error = chain(&error), "a kept session is passed over");
                None
            }
            Err(error) => return Err(error.into()),
        };
        if kept.is_none() {
            bridge.store.drop_session(about, stored.at).await?;
        }
        Ok(kept)
    }

    /// Keeps the session for the next process. That it can't be kept costs a sign-in some day, and is no trouble of this run.
    pub(super) async fn keep(&self, held: &mut Held) {
        if let Err(error) = self.try_to_keep(held).await {
            tracing::warn!(bot = self.run.bot, error = chain(&error), "the session could not be kept");
        }
    }

    async fn try_to_keep(&self, held: &mut Held) -> Result<(), RunError> {
        let (SignIn::Steps, Some(storage)) = (self.run.bot().sign_in, &held.storage) else { return Ok(()) };
        let kept = Kept {
            base: self.run.system().base.to_string(),
            storage: storage.clone(),
            adapter: self.run.system().version.clone(),
            ways: held.ways.iter().map(|(page, way)| (page.clone(), *way)).collect(),
        };
        let plain = Zeroizing::new(serde_json::to_vec(&kept).expect("texts and tables are always JSON"));
        let print = page::sha256(&plain);
        if held.kept.as_ref().is_some_and(|kept| kept.print == print) {
            return Ok(());
        }
        let (about, bridge) = (account::key(&self.run), &self.run.bridge);
        let credential = account::credential(&self.run)?;
        if let Some(body) = bridge.vault.seal(&credential, &about, &plain)? {
            let at = bridge.store.keep_session(&about, &body, bridge.clock.now()).await?;
            held.kept = Some(Mark { at, print });
        }
        Ok(())
    }

    /// Keeps the session as it is at the end of a run: systems change its cookies and tokens while it is used.
    pub(super) async fn refresh(&self, held: &mut Held) {
        if held.kept.is_none() {
            return;
        }
        // A browser that can't be asked now is no trouble: what it had stored before is kept.
        if let Some(browser) = &held.browser
            && let Ok(storage) = browser.storage().await
        {
            held.storage = Some(storage);
        }
        if let (Some(storage), Some(lent), None) = (&mut held.storage, &held.lent, &held.browser) {
            take_cookies(storage, lent, &self.run.system().base);
        }
        self.keep(held).await;
    }

    /// Deletes what is kept of a session that was lost.
    pub(super) async fn drop_kept(&self, held: &mut Held) -> Result<(), RunError> {
        if let Some(Mark { at, .. }) = &held.kept {
            self.run.bridge.store.drop_session(&account::key(&self.run), *at).await?;
        }
        held.kept = None;
        Ok(())
    }
}

/// Asks the page that a browser shows first with a kept session for its signs. Where frames and windows are to be looked for, a page to sign
/// in would only be a page without them.
pub(super) async fn prove(run: &Run, browser: &Browser) -> Result<(), RunError> {
    browser.settle(page::SETTLE_LIMIT).await?;
    match browser.snapshot(true).await {
        Ok(snapshot) => signs::heed_snapshot(run, &snapshot),
        Err(TransportError::DialogOpen { .. }) => {
            let words = browser.dialog().await?.unwrap_or_default();
            signs::heed_words(run, &words)
        }
        Err(error) => Err(error.into()),
    }
}

/// Cookies that were changed while the session was lent to plain HTTP.
fn take_cookies(storage: &mut Storage, lent: &Lent, base: &Url) {
    let host = base.host_str().unwrap_or_default();
    for (name, value) in lent.cookies() {
        let of_host =
            |cookie: &&mut Cookie| cookie.name == name && host.ends_with(cookie.domain.trim_start_matches('.'));
        match storage.cookies.iter_mut().find(of_host) {
            Some(cookie) => cookie.value = value,
            None => storage.cookies.push(Cookie {
                name,
                value,
                domain: host.to_owned(),
                path: "/".to_owned(),
                secure: base.scheme() == "https",
                http_only: true,
                expires: None,
                same_site: None,
            }),
        }
    }
}
