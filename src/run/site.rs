//! A system as a signed-in bot stands before it: the lent session, the browser while it is needed, and what was proven.

use std::{collections::HashMap, sync::Arc};

use tokio::sync::{Mutex, MutexGuard};

use super::{Progress, Run, RunError, account, sign_in};
use crate::{
    adapter::Via,
    transport::{Browser, Lent},
};

/// How a page is read, once that is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Plain HTTP with the lent session.
    Http,
    /// The browser.
    Browser,
}

/// What one account holds in one system, kept between runs of this process.
#[derive(Default)]
pub(super) struct Held {
    /// The session lent to plain HTTP.
    pub(super) lent: Option<Lent>,
    /// Headers that the lent session carries, for fetches within the page.
    pub(super) headers: Vec<(String, String)>,
    /// The browser that signed in, for as long as something needs it.
    pub(super) browser: Option<Browser>,
    /// How each page is read, as proven.
    pub(super) ways: HashMap<String, Way>,
    /// Requests of clients and browsers that are gone.
    spent: Requests,
}

/// Requests sent.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Requests {
    pub(super) http: u64,
    pub(super) browser: u64,
}

impl Held {
    /// Ends the browser; the lent session goes on.
    pub(super) async fn close_browser(&mut self) {
        if let Some(browser) = self.browser.take() {
            self.spent.browser += browser.requests();
            browser.close().await;
        }
    }

    fn drop_lent(&mut self) {
        self.spent.http += self.lent.take().map_or(0, |lent| lent.requests());
    }

    fn requests(&self) -> Requests {
        Requests {
            http: self.spent.http + self.lent.as_ref().map_or(0, Lent::requests),
            browser: self.spent.browser + self.browser.as_ref().map_or(0, Browser::requests),
        }
    }
}

/// One run's view of its system.
pub(super) struct Site {
    pub(super) run: Arc<Run>,
    pub(super) held: Arc<Mutex<Held>>,
    /// Held while a page is read both ways.
    pub(super) proof: Mutex<()>,
}

impl Site {
    /// Takes what this account already holds, or nothing: the first page decides whether a sign-in is due.
    pub(super) async fn enter(run: &Arc<Run>) -> Self {
        let key = account::key(run);
        let held = Arc::clone(run.bridge.sessions.lock().await.entry(key).or_default());
        Self { run: Arc::clone(run), held, proof: Mutex::default() }
    }

    /// What the account holds, signed in; with `browser`, together with the browser that signed in. Locked until dropped, so
    /// that no other run of the same account can end it in between.
    pub(super) async fn session(&self, browser: bool) -> Result<MutexGuard<'_, Held>, RunError> {
        let mut held = self.held.lock().await;
        if held.lent.is_none() || (browser && held.browser.is_none()) {
            self.sign_in(&mut held).await?;
        }
        Ok(held)
    }

    /// Signs in again after the session was lost.
    pub(super) async fn renew(&self) -> Result<(), RunError> {
        let mut held = self.held.lock().await;
        self.sign_in(&mut held).await
    }

    async fn sign_in(&self, held: &mut Held) -> Result<(), RunError> {
        held.close_browser().await;
        held.drop_lent();
        self.run.tell(Progress::SigningIn);
        let entered = sign_in::sign_in(&self.run).await?;
        held.browser = Some(entered.browser);
        held.headers = entered.headers;
        held.lent = Some(entered.lent);
        self.run.tell(Progress::SignedIn);
        Ok(())
    }

    /// Ends the browser when every page that was read can be read without it.
    pub(super) async fn leave(&self) {
        let mut held = self.held.lock().await;
        let collect = &self.run.bot().collect;
        let pages = [Some(&collect.list), collect.detail.as_ref()].into_iter().flatten();
        let by_browser = |page: &String| match self.run.system().pages[page].via {
            Via::Http | Via::Folder => false,
            Via::Browser => true,
            Via::Auto => held.ways.get(page).is_none_or(|way| *way == Way::Browser),
        };
        let needed = pages.into_iter().any(by_browser);
        if !needed {
            held.close_browser().await;
        }
    }

    /// Forgets the session: the next run signs in anew.
    pub(super) async fn forget(&self) {
        let mut held = self.held.lock().await;
        held.close_browser().await;
        held.drop_lent();
        held.ways.clear();
    }

    /// Requests sent so far with this account, by all runs.
    pub(super) async fn requests(&self) -> Requests {
        self.held.lock().await.requests()
    }
}
