//! Showing several pages at once, each in a window of the one browser that is signed in.
//!
//! Most of the time that a page takes in the browser is spent waiting: for its parts, and until nothing in it stirs any more. Whoever
//! gets the browser lets it load all that wait, and reads them as they come, until its own is read; then the next one goes on where it
//! stopped.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::oneshot::{self, error::TryRecvError};

use super::{RunError, held::Held, page::SETTLE_LIMIT, site::Site};
use crate::{
    adapter::Page,
    transport::{Beside, Browser, Snapshot, Taken, TransportError},
};

/// Most windows beside: with more, hardly a page comes earlier, as all share one thread of the browser.
const WINDOWS: usize = 16;

/// Time for others to say that they want a page too, before one is shown: without it, the first of many is shown alone and holds them up.
const TOGETHER: Duration = Duration::from_millis(1);

/// Whoever waits for a page; without it, it is to be opened alone.
type Coming = oneshot::Sender<Option<Snapshot>>;

/// A page that somebody waits for.
struct Wanted {
    address: String,
    coming: Coming,
}

impl Wanted {
    /// What fails beside others may go well alone, and if not, is understood there.
    fn alone(self, error: &TransportError) {
        tracing::debug!(address = self.address, %error, "a page is opened alone");
        drop(self.coming.send(None));
    }
}

/// A page that loads in a window beside.
pub(super) struct Loading {
    beside: Beside,
    wanted: Wanted,
    /// Since when it is the one that has loaded for the longest: no page keeps a window for ever.
    first: Option<Instant>,
}

impl Loading {
    /// Whether nobody waits for it any more.
    pub(super) fn is_unwanted(&self) -> bool {
        self.wanted.coming.is_closed()
    }
}

/// Pages that wait for a window.
#[derive(Default)]
pub(super) struct ToShow(Mutex<VecDeque<Wanted>>);

impl ToShow {
    fn all(&self) -> MutexGuard<'_, VecDeque<Wanted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, address: &str) -> oneshot::Receiver<Option<Snapshot>> {
        let (coming, receiver) = oneshot::channel();
        self.all().push_back(Wanted { address: address.to_owned(), coming });
        receiver
    }

    /// How many wait.
    fn len(&self) -> usize {
        self.all().iter().filter(|wanted| !wanted.coming.is_closed()).count()
    }

    /// The next ones that somebody still waits for.
    fn next(&self, most: usize) -> Vec<Wanted> {
        let mut all = self.all();
        std::iter::from_fn(|| all.pop_front()).filter(|wanted| !wanted.coming.is_closed()).take(most).collect()
    }
}

impl Site {
    /// Shows a page beside others.
    pub(super) async fn show(&self, page: &Page, address: &str) -> Result<Snapshot, RunError> {
        let pages = self.run.system().limits.browser_pages;
        let mut coming = self.to_show.put(address);
        tokio::time::sleep(TOGETHER).await;
        let mut held = self.session(true).await?;
        let browser = held.browser.as_ref().expect("there is a session with its browser");
        let only = self.to_show.len() == 1 && held.loading.is_empty() && !browser.has_beside();
        if only && matches!(coming.try_recv(), Err(TryRecvError::Empty)) {
            // Nobody else wants one: a window beside would take longer to open than it saves.
            drop(coming);
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

    /// Lets all that wait load as far as there are windows, and reads those that are there, at least one. A worn browser reads what loads
    /// in it: what else waits is for the fresh one.
    async fn show_next(&self, held: &mut Held) -> Result<(), RunError> {
        held.weigh().await;
        let limits = &self.run.system().limits;
        let windows = limits.concurrency.min(WINDOWS).saturating_sub(held.loading.len());
        let wanted = self.to_show.next(windows.min(held.left(limits.browser_pages)));
        let Held { browser, loading, .. } = held;
        let browser = browser.as_ref().expect("there is a session with its browser");
        begin(browser, loading, wanted).await;
        let Some(first) = loading.front_mut() else { return Ok(()) };
        let waited = first.first.get_or_insert_with(Instant::now).elapsed();
        let besides: Vec<&Beside> = loading.iter().map(|loading| &loading.beside).collect();
        let taken = browser.take_beside(&besides, waited, SETTLE_LIMIT).await;
        for beside in hand_over(browser, loading, taken) {
            browser.end_beside(beside).await;
        }
        Ok(())
    }
}

/// Lets pages load that are waited for. Those for which there is no window are opened alone.
async fn begin(browser: &Browser, loading: &mut VecDeque<Loading>, wanted: Vec<Wanted>) {
    if wanted.is_empty() {
        return;
    }
    let addresses: Vec<&str> = wanted.iter().map(|wanted| wanted.address.as_str()).collect();
    match browser.begin_beside(&addresses).await {
        Ok(windows) => {
            let begun = windows.into_iter().zip(wanted);
            loading.extend(begun.map(|(beside, wanted)| Loading { beside, wanted, first: None }));
        }
        Err(error) => wanted.into_iter().for_each(|wanted| wanted.alone(&error)),
    }
}

/// Gives what was read to whoever waits for it; gives the windows that are to be ended.
fn hand_over(
    browser: &Browser,
    loading: &mut VecDeque<Loading>,
    taken: Result<Vec<Taken>, TransportError>,
) -> Vec<Beside> {
    let taken = match taken {
        Ok(taken) => taken,
        // The page that knows the windows is not as it should be.
        Err(error) => {
            let alone = |Loading { beside, wanted, .. }: Loading| {
                wanted.alone(&error);
                beside
            };
            return loading.drain(..).map(alone).collect();
        }
    };
    let mut all: Vec<Option<Loading>> = loading.drain(..).map(Some).collect();
    let mut ended = Vec::new();
    for Taken { at, page } in taken {
        let Some(Loading { beside, wanted, .. }) = all[at].take() else { continue };
        match page {
            Ok(snapshot) => {
                // Who has gone in the meantime needs no page.
                drop(wanted.coming.send(Some(snapshot)));
                browser.free_beside(beside);
            }
            Err(error) => {
                wanted.alone(&error);
                ended.push(beside);
            }
        }
    }
    loading.extend(all.into_iter().flatten());
    ended
}
