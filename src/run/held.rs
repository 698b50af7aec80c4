//! What an account holds in a system, between runs too: its session, the browser while that is needed, and what was proven.

use std::{
    collections::{HashMap, VecDeque},
    sync::{self, PoisonError, atomic::AtomicU64},
};

use tokio::sync::{Mutex, MutexGuard};

use super::{kept, show::Loading, site::Way, unchanged::Remembered};
use crate::transport::{Browser, Lent, Storage};

/// Bytes that a browser may hold before a fresh one takes over: three times what one needs for a large page.
const BROWSER_MEMORY: u64 = 1_500_000_000;
/// Pages after which its memory is looked at again.
const WEIGHED_EVERY: u64 = 25;

/// What all runs of one account share.
#[derive(Default)]
pub(super) struct Shared {
    held: Mutex<Held>,
    /// Rises with each sign-in: who lost a session tells by it whether another has renewed it already. Read without the lock, which
    /// whoever works in the browser keeps.
    pub(super) generation: AtomicU64,
    /// List pages as they were last read.
    lists: sync::Mutex<Remembered>,
}

impl Shared {
    /// List pages as they were last read.
    pub(super) fn lists(&self) -> sync::MutexGuard<'_, Remembered> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the account holds, for one at a time.
    pub(super) async fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().await
    }
}

/// What one account holds in one system, kept between runs of this process.
#[derive(Default)]
pub(super) struct Held {
    /// The session lent to plain HTTP.
    pub(super) lent: Option<Lent>,
    /// Pages that load in windows beside, the one that began first in front.
    pub(super) loading: VecDeque<Loading>,
    /// Headers that the lent session carries, for fetches within the page.
    pub(super) headers: Vec<(String, String)>,
    /// The browser that signed in, for as long as something needs it.
    pub(super) browser: Option<Browser>,
    /// What a browser needs to go on with the session.
    pub(super) storage: Option<Storage>,
    /// How each page is read, as proven.
    pub(super) ways: HashMap<String, Way>,
    /// The session as it is kept in the store, where it is.
    pub(super) kept: Option<kept::Mark>,
    /// Whether it was kept by another process, and no browser has shown yet that it is still good.
    pub(super) unproven: bool,
    /// What the browser had opened when it took the session over.
    browser_began: u64,
    /// How often it was weighed since then, and whether it held too much when it was last.
    weighed: (u64, bool),
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
        if let Some(browser) = self.take_browser() {
            browser.close().await;
        }
    }

    /// The browser, to be closed by whoever takes it; what it has sent stays counted.
    pub(super) fn take_browser(&mut self) -> Option<Browser> {
        let browser = self.browser.take()?;
        // Whoever waits for them opens them alone.
        self.loading.clear();
        self.spent.browser += browser.requests();
        Some(browser)
    }

    /// Takes a browser that goes on with the session from here.
    pub(super) fn begin_with(&mut self, browser: Option<Browser>) {
        self.browser_began = browser.as_ref().map_or(0, Browser::requests);
        self.weighed = (0, false);
        self.browser = browser;
    }

    /// Whether a fresh browser should go on with the session now: this one is worn, and nothing that anybody waits for loads in it.
    pub(super) fn is_done(&mut self, pages: u32) -> bool {
        self.loading.iter().all(Loading::is_unwanted) && self.left(pages) == 0
    }

    /// How many pages may still be opened in the browser before a fresh one should go on with the session.
    pub(super) fn left(&mut self, pages: u32) -> usize {
        let pages = pages.max(1) as usize;
        let Some(browser) = &self.browser else { return pages };
        let opened = browser.requests() - self.browser_began;
        let due = opened / WEIGHED_EVERY;
        if due > self.weighed.0 {
            self.weighed = (due, browser.memory().is_some_and(|held| held > BROWSER_MEMORY));
        }
        if self.weighed.1 { 0 } else { pages.saturating_sub(usize::try_from(opened).unwrap_or(usize::MAX)) }
    }

    pub(super) fn drop_lent(&mut self) {
        self.spent.http += self.lent.take().map_or(0, |lent| lent.requests());
    }

    pub(super) fn requests(&self) -> Requests {
        Requests {
            http: self.spent.http + self.lent.as_ref().map_or(0, Lent::requests),
            browser: self.spent.browser + self.browser.as_ref().map_or(0, Browser::requests),
        }
    }
}
