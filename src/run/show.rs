//! Showing several pages at once, each in a window of the one browser that is signed in.
//!
//! Most of the time that a page takes in the browser is spent waiting: for its parts, and until nothing in it stirs any more. Whoever
//! gets the browser lets it load all that wait, and reads them in the order in which they began, until its own is read; then the next
//! one goes on where it stopped.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot::{self, error::TryRecvError};

use super::{RunError, held::Held, page::SETTLE_LIMIT, site::Site};
use crate::{
    adapter::Page,
    transport::{Beside, Snapshot},
};

/// Most windows beside: more than a machine of a district has processors for.
const WINDOWS: usize = 8;

/// Whoever waits for a page; without it, it is to be opened alone.
type Coming = oneshot::Sender<Option<Snapshot>>;

/// A page that loads in a window beside.
pub(super) struct Loading {
    beside: Beside,
    address: String,
    coming: Coming,
}

impl Loading {
    /// Whether nobody waits for it any more.
    pub(super) fn is_unwanted(&self) -> bool {
        self.coming.is_closed()
    }
}

/// Pages that wait for a window.
#[derive(Default)]
pub(super) struct ToShow(Mutex<VecDeque<(String, Coming)>>);

impl ToShow {
    fn all(&self) -> MutexGuard<'_, VecDeque<(String, Coming)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, address: &str) -> oneshot::Receiver<Option<Snapshot>> {
        let (coming, receiver) = oneshot::channel();
        self.all().push_back((address.to_owned(), coming));
        receiver
    }

    /// How many wait.
    fn len(&self) -> usize {
        self.all().iter().filter(|(_, coming)| !coming.is_closed()).count()
    }

    /// The next one that somebody still waits for.
    fn next(&self) -> Option<(String, Coming)> {
        let mut all = self.all();
        while let Some((address, coming)) = all.pop_front() {
            if !coming.is_closed() {
                return Some((address, coming));
            }
        }
        None
    }
}

impl Site {
    /// Shows a page beside others.
    pub(super) async fn show(&self, page: &Page, address: &str) -> Result<Snapshot, RunError> {
        let pages = self.run.system().limits.browser_pages;
        let mut coming = self.to_show.put(address);
        let mut held = self.session(true).await?;
        if self.to_show.len() == 1 && held.loading.is_empty() && matches!(coming.try_recv(), Err(TryRecvError::Empty)) {
            // Nobody else wants one: a window beside would take longer to open than it saves.
            drop(coming);
            let browser = held.browser.as_ref().expect("there is a session with its browser");
            return self.show_alone(browser, page, address).await;
        }
        loop {
            match coming.try_recv() {
                Ok(Some(snapshot)) => return Ok(snapshot),
                Err(TryRecvError::Empty) if held.is_done(pages) => {
                    drop(held);
                    held = self.session(true).await?;
                }
                Err(TryRecvError::Empty) => self.in_time(page, self.show_next(&mut held)).await?,
                Ok(None) | Err(TryRecvError::Closed) => {
                    let browser = held.browser.as_ref().expect("there is a session with its browser");
                    return self.show_alone(browser, page, address).await;
                }
            }
        }
    }

    /// Lets all that wait load as far as there are windows, and reads the one that began first. A worn browser reads what loads in it:
    /// what else waits is for the fresh one.
    async fn show_next(&self, held: &mut Held) -> Result<(), RunError> {
        let limits = &self.run.system().limits;
        let windows = limits.concurrency.min(WINDOWS);
        while held.loading.len() < windows {
            if held.is_worn(limits.browser_pages) {
                break;
            }
            let Some((address, coming)) = self.to_show.next() else { break };
            let browser = held.browser.as_ref().expect("there is a session with its browser");
            match browser.begin_beside(&address).await {
                Ok(beside) => held.loading.push_back(Loading { beside, address, coming }),
                Err(error) => alone(&address, coming, &error),
            }
        }
        let Held { browser, loading, .. } = held;
        let browser = browser.as_ref().expect("there is a session with its browser");
        let Some(Loading { beside, address, coming }) = loading.pop_front() else { return Ok(()) };
        match browser.take_beside(beside, SETTLE_LIMIT).await {
            // Who has gone in the meantime needs no page.
            Ok(snapshot) => drop(coming.send(Some(snapshot))),
            Err(error) => alone(&address, coming, &error),
        }
        Ok(())
    }
}

/// What fails beside others may go well alone, and if not, is understood there.
fn alone(address: &str, coming: Coming, error: &dyn std::error::Error) {
    tracing::debug!(address, %error, "a page is opened alone");
    drop(coming.send(None));
}
