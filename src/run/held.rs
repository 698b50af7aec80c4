//! What an account holds in a system, between runs too: its session, the browser while that is needed, and what was proven.

use std::{
    collections::{HashMap, VecDeque},
    sync::{self, PoisonError, atomic::AtomicU64},
};

use tokio::sync::{Mutex, MutexGuard};

use super::{kept, show::Loading, site::Way, unchanged::Remembered};
use crate::transport::{Browser, Lent, Storage};

/// Bytes that a browser may hold before it has to give back what it needs no more: three times what one needs for a large page.
const BROWSER_MEMORY: u64 = 1_500_000_000;
/// Bytes that it may still hold then, or a fresh one takes over: with more, it would soon have to do so again.
const BROWSER_NEEDS: u64 = 1_000_000_000;
/// Pages after which its memory is looked at again.
const WEIGHED_EVERY: u64 = 25;

/// What all runs of one account share.
#[derive(Default)]
pub(super) struct Shared {
    held: Mutex<Held>,
    /// Held by who works a form, from its first page to its answer: systems keep the draft, the form's one token, or what they say
    /// next in the session, where two forms at once take each other's.
    pub(super) form: Mutex<()>,
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
    weight: Weight,
    /// Requests of clients and browsers that are gone.
    spent: Requests,
}

/// What a browser holds in memory.
#[derive(Default)]
struct Weight {
    /// How many looks were due when it was last looked at, since the browser took the session over.
    looks: u64,
    /// Whether it was more than the browser may hold.
    too_much: bool,
}

impl Weight {
    /// Looks at it where so many pages were opened that it is due. Most of a browser's memory is what its pages have left behind: that is to
    /// be given back before a fresh browser is worth what it costs.
    async fn look(&mut self, opened: u64, memory: impl Fn() -> Option<u64>, collect: impl AsyncFnOnce()) {
        let due = opened / WEIGHED_EVERY;
        if due <= self.looks {
            return;
        }
        self.looks = due;
        let holds = |limit| memory().is_some_and(|held| held > limit);
        self.too_much = holds(BROWSER_MEMORY);
        if self.too_much {
            collect().await;
            self.too_much = holds(BROWSER_NEEDS);
        }
    }
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

    /// Closes the windows beside, which are of the same session and would be told what a form is to be told; whoever waits for a page in
    /// one of them opens it alone.
    pub(super) async fn close_beside(&mut self) {
        self.loading.clear();
        if let Some(browser) = self.browser.as_ref().filter(|browser| browser.has_beside()) {
            browser.close_beside().await;
        }
    }

    /// The browser, to be closed by whoever takes it; what it has sent stays counted.
    pub(super) fn take_browser(&mut self) -> Option<Browser> {
        let browser = self.browser.take()?;
        // Whoever waits for them opens them alone.
        self.loading.clear();
        self.spent.browser += browser.requests();
        self.weight = Weight::default();
        Some(browser)
    }

    /// Takes a browser that goes on with the session from here.
    pub(super) fn begin_with(&mut self, browser: Option<Browser>) {
        self.browser_began = browser.as_ref().map_or(0, Browser::requests);
        self.browser = browser;
    }

    /// Whether a fresh browser should go on with the session now: this one is worn, and nothing that anybody waits for loads in it.
    pub(super) fn is_done(&self, pages: u32) -> bool {
        self.loading.iter().all(Loading::is_unwanted) && self.left(pages) == 0
    }

    /// How many pages may still be opened in the browser before a fresh one should go on with the session.
    pub(super) fn left(&self, pages: u32) -> usize {
        let pages = pages.max(1) as usize;
        if self.weight.too_much {
            0
        } else {
            pages.saturating_sub(usize::try_from(self.opened()).unwrap_or(usize::MAX))
        }
    }

    /// What the browser has opened since it took the session over.
    fn opened(&self) -> u64 {
        self.browser.as_ref().map_or(0, |browser| browser.requests() - self.browser_began)
    }

    /// Looks at what the browser holds in memory, where that is due.
    pub(super) async fn weigh(&mut self) {
        let opened = self.opened();
        let Some(browser) = &self.browser else { return };
        let collect = async || {
            if let Err(error) = browser.collect_garbage().await {
                tracing::debug!(%error, "the browser gives nothing back");
            }
        };
        self.weight.look(opened, || browser.memory(), collect).await;
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

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const MANY: u64 = BROWSER_MEMORY + 1;

    /// Looks after so many pages at a browser that holds so much, and so much once it has given back the rest; says how often it was asked to.
    async fn looked(weight: &mut Weight, opened: u64, held: u64, needed: u64) -> u32 {
        let (now, asked) = (Cell::new(held), Cell::new(0));
        let collect = async || {
            asked.set(asked.get() + 1);
            now.set(needed);
        };
        weight.look(opened, || Some(now.get()), collect).await;
        asked.get()
    }

    #[tokio::test]
    async fn a_browser_that_gives_back_enough_goes_on() {
        let mut weight = Weight::default();
        assert_eq!(looked(&mut weight, WEIGHED_EVERY - 1, MANY, 0).await, 0, "it is not due");
        assert_eq!(looked(&mut weight, WEIGHED_EVERY, BROWSER_MEMORY, 0).await, 0, "that is what it may hold");
        assert_eq!(looked(&mut weight, WEIGHED_EVERY + 1, MANY, 0).await, 0, "it was just looked at");
        // Pages that come many at a time may pass the mark without meeting it.
        assert_eq!(looked(&mut weight, 3 * WEIGHED_EVERY + 7, MANY, BROWSER_NEEDS).await, 1);
        assert!(!weight.too_much);
        assert_eq!(looked(&mut weight, 4 * WEIGHED_EVERY, MANY, BROWSER_NEEDS + 1).await, 1);
        assert!(weight.too_much, "it needs so much that it would be full again soon");
    }

    #[tokio::test]
    async fn one_that_cannot_be_weighed_is_never_too_much() {
        let mut weight = Weight::default();
        weight.look(WEIGHED_EVERY, || None, async || unreachable!("nothing says that it holds too much")).await;
        assert!(!weight.too_much);
    }
}
