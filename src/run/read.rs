//! Seeing one page: by HTTP, by the browser, or both ways until it is proven that they say the same.

use std::{
    sync::{Arc, LazyLock},
    thread,
    time::Duration,
};

use bytes::Bytes;
use tokio::runtime::{self, Runtime};
use url::Url;

use super::{
    RunError,
    ask::Asked,
    evidence, file,
    page::{Look, Opened, Place, SETTLE_LIMIT, Sight},
    recent::Came,
    signs,
    site::{Site, Way},
};
use crate::{
    adapter::{Candidates, Find, Page, Via},
    extract::{Document, ExtractError},
    transport::{Browser, Snapshot, TransportError},
};

/// Time for one step in the browser, loading and coming to rest included: more than all limits of its parts together.
const STEP_LIMIT: Duration = Duration::from_secs(120);

/// How much less the threads that open pages may have of the processors than all others of this process: what a page gave must be stored and
/// carried on before the next is opened, or both end later; and whoever looks at the figures must not wait for pages.
const NICER: i32 = 10;

/// The threads that open pages: one for each processor. More would only take each other's place in it, and in memory, where the tree
/// of a page takes many times its text; and each keeps some trees for pages built alike.
static READERS: LazyLock<Runtime> = LazyLock::new(|| {
    let readers = thread::available_parallelism().map_or(1, usize::from);
    let mut builder = runtime::Builder::new_current_thread();
    builder.max_blocking_threads(readers).thread_name("reader").on_thread_start(give_way);
    builder.build().expect("a runtime without drivers needs nothing that can be lacking")
});

fn give_way() {
    if let Err(error) = rustix::process::nice(NICER) {
        tracing::debug!(%error, "pages are opened as urgently as everything else is done");
    }
}

/// What reading a page gives: a pure function of the page.
pub(super) trait Extract<T>:
    Fn(&Page, &Document) -> Result<T, ExtractError> + Clone + Send + Sync + 'static
{
}

impl<T, F: Fn(&Page, &Document) -> Result<T, ExtractError> + Clone + Send + Sync + 'static> Extract<T> for F {}

impl Site {
    /// Reads a page the way its adapter says; `auto` is proven at its first page. A session that was lost is renewed, and the
    /// same page read again.
    pub(super) async fn read<T>(
        &self,
        page: &str,
        place: &Place,
        extract: impl Extract<T>,
    ) -> Result<(T, Look), RunError>
    where
        T: PartialEq + Send + 'static,
    {
        self.renewing(|| self.read_once(page, place, extract.clone())).await
    }

    async fn read_once<T>(&self, page: &str, place: &Place, extract: impl Extract<T>) -> Result<(T, Look), RunError>
    where
        T: PartialEq + Send + 'static,
    {
        if let Some(way) = self.way(page).await {
            return self.read_by(way, page, place, extract).await;
        }
        // One proof at a time: pages that were asked for side by side wait for it, and then need none of their own.
        let _proof = self.proof.lock().await;
        match self.way(page).await {
            Some(way) => self.read_by(way, page, place, extract).await,
            None => self.prove(page, place, extract).await,
        }
    }

    /// How a page is read; `None` while that is not proven.
    pub(super) async fn way(&self, page: &str) -> Option<Way> {
        match self.known_way(page) {
            Some(way) => Some(way),
            None => self.proven(page).await,
        }
    }

    /// The same without waiting for whoever works in the browser: `None` also while this run does not know it yet.
    pub(super) fn known_way(&self, page: &str) -> Option<Way> {
        match self.run.system().pages[page].via {
            Via::Http => Some(Way::Http),
            Via::Browser => Some(Way::Browser),
            Via::Folder => Some(Way::Folder),
            Via::Auto if !self.run.bot().sign_in.opens_browser() => Some(Way::Http),
            Via::Auto => self.proven_here(page),
        }
    }

    /// Reads a page in the browser first; then by plain HTTP and, where the session is bound to the browser, by a fetch within its
    /// page. The first of these that reads the same will do from here on; the second try is for lists that moved in between.
    async fn prove<T>(&self, page: &str, place: &Place, extract: impl Extract<T>) -> Result<(T, Look), RunError>
    where
        T: PartialEq + Send + 'static,
    {
        const TRIES: usize = 2;
        let mut seen = self.show_first(page, place, extract.clone()).await?;
        for way in [Way::Http, Way::Fetch] {
            for _ in 0..TRIES {
                match self.read_by(way, page, place, extract.clone()).await {
                    Ok(other) if other.0 == seen.0 => {
                        tracing::debug!(page, ?way, "reads the same as the browser shows: used from here on");
                        self.settle_way(page, way).await;
                        return Ok(other);
                    }
                    Ok(_) => seen = self.read_by(Way::Browser, page, place, extract.clone()).await?,
                    // The page reads otherwise without a browser, or the session is bound to it.
                    Err(
                        error @ (RunError::Extract { .. }
                        | RunError::SessionLost { .. }
                        | RunError::Status { .. }
                        | RunError::Transport(TransportError::NotAPage { .. } | TransportError::Astray { .. })),
                    ) => {
                        tracing::debug!(page, ?way, %error, "can't read it");
                        break;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        tracing::debug!(page, "stays in the browser");
        self.settle_way(page, Way::Browser).await;
        Ok(seen)
    }

    /// Reads a page in the browser: where signing in led to it, as it stands there.
    async fn show_first<T: Send + 'static>(
        &self,
        page: &str,
        place: &Place,
        extract: impl Extract<T>,
    ) -> Result<(T, Look), RunError> {
        self.in_session().await?;
        if let Some(sight) = self.landed(page, place).await
            && let Ok(seen) = self.examine(page, sight, extract.clone()).await
        {
            return Ok(seen);
        }
        self.read_by(Way::Browser, page, place, extract).await
    }

    pub(super) async fn read_by<T: Send + 'static>(
        &self,
        way: Way,
        page: &str,
        place: &Place,
        extract: impl Extract<T>,
    ) -> Result<(T, Look), RunError> {
        let sight = match way {
            Way::Http => self.sight_by_http(page, place).await?,
            Way::Fetch => self.sight_by_fetch(page, place).await?,
            Way::Browser => Box::pin(self.sight_by_browser(page, place)).await?,
            Way::Folder => file::newest(&self.run, page, place)?,
        };
        self.examine(page, sight, extract).await
    }

    /// Shows a page in the browser and takes what stands in its frame.
    async fn sight_by_browser(&self, page: &str, place: &Place) -> Result<Sight, RunError> {
        let name = page;
        let page = &self.run.system().pages[page];
        // A file is never shown.
        if reads_json(page) || page.is_file() || page.post.is_some() {
            return self.sight_by_fetch(name, place).await;
        }
        let asked = Asked { url: self.address(page, place)?, posted: None };
        let sight = self.shown(page, &asked.url).await?;
        if self.asked_amiss(page, place, &asked, &sight) {
            return self.shown(page, &self.address(page, place)?).await;
        }
        Ok(sight)
    }

    async fn shown(&self, page: &Page, address: &Url) -> Result<Sight, RunError> {
        let turn = self.turn_to_ask().await?;
        let shown = if page.frame.is_empty() && self.run.system().limits.concurrency > 1 {
            self.show(page, address.as_str()).await?
        } else {
            let held = self.session(true).await?;
            let browser = held.browser.as_ref().expect("there is a session with its browser");
            self.show_alone(browser, page, address.as_str()).await?
        };
        // The turn was held while the page waited for the browser, and until it was quiet, too.
        match shown.waited {
            _ if shown.is_overload() => turn.overloaded(),
            Some(waited) => turn.answered_in(waited),
            None => {}
        }
        Ok(Sight::Snapshot(shown))
    }

    /// Opens a page in the window that is worked in.
    pub(super) async fn show_alone(&self, browser: &Browser, page: &Page, address: &str) -> Result<Snapshot, RunError> {
        self.in_time(page, async {
            browser.goto_in_frame(&page.frame, address).await?;
            browser.settle(SETTLE_LIMIT).await?;
            Ok(())
        })
        .await?;
        let snapshot = self.snapshot(browser, page, false).await?;
        self.framed(page, snapshot)
    }

    /// The browser's page as it stands. A dialog that it opened by itself is read like a page: it may say who we are.
    pub(super) async fn snapshot(&self, browser: &Browser, page: &Page, marks: bool) -> Result<Snapshot, RunError> {
        let taken = self.in_time(page, async { Ok(browser.snapshot(marks).await?) }).await;
        let Err(RunError::Transport(TransportError::DialogOpen { .. })) = &taken else { return taken };
        let words = browser.dialog().await?.unwrap_or_default();
        signs::heed_words(&self.run, &words)?;
        Err(RunError::Dialog { system: self.run.system().name.clone(), page: page.name.clone(), words })
    }

    /// Does one step in the browser, within its time: a driver that hangs must not hold a run for ever.
    pub(super) async fn in_time<T>(
        &self,
        page: &Page,
        step: impl Future<Output = Result<T, RunError>>,
    ) -> Result<T, RunError> {
        tokio::time::timeout(STEP_LIMIT, step).await.unwrap_or_else(|_| {
            let (system, page) = (self.run.system().name.clone(), page.name.clone());
            Err(RunError::Hangs { system, page, seconds: STEP_LIMIT.as_secs() })
        })
    }

    /// What stands in the page's frame.
    pub(super) fn framed(&self, page: &Page, snapshot: Snapshot) -> Result<Snapshot, RunError> {
        if page.frame.is_empty() {
            return Ok(snapshot);
        }
        match snapshot.in_frame(&page.frame) {
            Some((framed, _)) => Ok(framed.clone()),
            None => {
                // Where the frame should be may stand the login, or that someone else signed in.
                signs::heed_snapshot(&self.run, &snapshot)?;
                evidence::keep_snapshot(&self.run, &page.name, &snapshot);
                let why = format!("the browser's page has no frame {}", page.frame.join(" > "));
                Err(RunError::Address { system: self.run.system().name.clone(), page: page.name.clone(), why })
            }
        }
    }

    /// Parses a page off the async threads, asks its signs who we are, and only then reads it.
    pub(super) async fn examine<T: Send + 'static>(
        &self,
        page: &str,
        sight: Sight,
        extract: impl Extract<T>,
    ) -> Result<(T, Look), RunError> {
        let run = Arc::clone(&self.run);
        let name = page.to_owned();
        let status = match &sight {
            Sight::Answer(answer) => Some(answer.status).filter(|status| *status >= 400),
            Sight::Snapshot(snapshot) => snapshot.status.filter(|status| *status >= 500),
        };
        // Some systems show their pages with such a status; where nothing can be read, it says more than what is lacking.
        let refused = match &sight {
            Sight::Answer(_) => None,
            Sight::Snapshot(snapshot) => snapshot.status.filter(|status| *status >= 400),
        };
        if let (None, Some(error)) = (status, sight.no_page(&self.run.system().pages[page])) {
            return Err(error.into());
        }
        let sheets = self.sheets_of(&sight).await;
        let (look, bytes, read) = READERS
            .spawn_blocking(move || {
                let system = run.system();
                let Opened { look, bytes, document } = sight.open(system, &system.pages[&name], &sheets);
                let unfit = |source: ExtractError| RunError::Extract {
                    system: system.name.clone(),
                    page: name.clone(),
                    source: source.into(),
                };
                let read = document.map_err(unfit).and_then(|document| {
                    signs::heed(&run, &document)?;
                    match status {
                        // An error page is no data, and no end of a list, whatever it looks like.
                        Some(status) => {
                            Err(RunError::Status { system: system.name.clone(), page: name.clone(), status })
                        }
                        None => extract(&system.pages[&name], &document).map_err(|source| {
                            if signs::asks_to_sign_in(&run, &name, &document) {
                                return RunError::SessionLost { system: system.name.clone() };
                            }
                            match refused {
                                Some(status) => {
                                    RunError::Status { system: system.name.clone(), page: name.clone(), status }
                                }
                                None => unfit(source),
                            }
                        }),
                    }
                });
                if let Err(error) = &read
                    && error.shows_on_page()
                {
                    evidence::keep(&run, &name, &look, &bytes);
                }
                (look, bytes, read)
            })
            .await?;
        self.learn_encoding(page, look.encoding);
        let whole = self.came(page, &look, bytes);
        // Half a page may lack anything: that it breaks off says more than what it lacks.
        let read = if read.as_ref().err().is_none_or(RunError::shows_on_page) { whole.and(read) } else { read }?;
        self.count_page();
        Ok((read, look))
    }
}

impl Site {
    /// Remembers a page that was read, unless it turns out to break off in the middle.
    fn came(&self, page: &str, look: &Look, bytes: Bytes) -> Result<(), RunError> {
        let mut recent = self.recent();
        if recent.breaks_off(page, &look.address, &bytes) {
            evidence::keep(&self.run, page, look, &bytes);
            return Err(RunError::BreaksOff { system: self.run.system().name.clone(), page: page.to_owned() });
        }
        recent.push(Came { page: page.to_owned(), look: look.clone(), bytes });
        Ok(())
    }
}

/// Whether it is read from an answer for scripts.
pub(super) fn reads_json(page: &Page) -> bool {
    let json = |candidates: &Candidates| candidates.0.iter().any(|locator| matches!(locator.find, Find::Json(_)));
    page.rows.iter().chain(page.at.values()).any(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Beyond it nothing gives way.
    const NICEST: i32 = 19;

    #[tokio::test]
    async fn who_opens_pages_gives_way_to_all_others() {
        let priority = || rustix::process::getpriority_process(None).unwrap();
        let ours = priority();
        assert_eq!(READERS.spawn_blocking(priority).await.unwrap(), (ours + NICER).min(NICEST));
        assert_eq!(priority(), ours, "and nobody else does");
    }
}
