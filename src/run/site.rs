//! A system as a signed-in bot stands before it: the lent session, the browser while it is needed, and what was proven.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, MutexGuard};

use super::{
    Progress, Run, RunError, account,
    ask::Waiting,
    kept,
    recent::Recent,
    show::{Loading, ToShow},
    sign_in,
    unchanged::Remembered,
};
use crate::{
    adapter::{SignIn, Via},
    base::chain,
    transport::{Browser, Lent, Storage},
};

/// Sessions that may be lost in one run: beyond it the system does not want this bot, whatever its signs say.
const RENEWALS_MOST: u64 = 50;
/// Bytes that a browser may hold before a fresh one takes over: three times what one needs for a large page.
const BROWSER_MEMORY: u64 = 1_500_000_000;
/// Pages after which its memory is looked at again.
const WEIGHED_EVERY: u64 = 25;

/// How a page is read, once that is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Way {
    /// Plain HTTP with the lent session.
    Http,
    /// Fetched by the signed-in page of the browser, without showing it.
    Fetch,
    /// Shown in the browser.
    Browser,
    /// Out of a folder.
    Folder,
}

/// What all runs of one account share.
#[derive(Default)]
pub(super) struct Shared {
    held: Mutex<Held>,
    /// Rises with each sign-in: who lost a session tells by it whether another has renewed it already. Read without the lock, which
    /// whoever works in the browser keeps.
    generation: AtomicU64,
}

impl Shared {
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
    /// List pages as they were last read.
    pub(super) lists: Remembered,
    /// How each page is read, as proven.
    pub(super) ways: HashMap<String, Way>,
    /// The session as it is kept in the store, where it is.
    pub(super) kept: Option<kept::Mark>,
    /// Whether it was kept by another process, and no browser has shown yet that it is still good.
    pub(super) unproven: bool,
    /// What the browser had opened when it took the session over.
    browser_began: u64,
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
    fn take_browser(&mut self) -> Option<Browser> {
        let browser = self.browser.take()?;
        // Whoever waits for them opens them alone.
        self.loading.clear();
        self.spent.browser += browser.requests();
        Some(browser)
    }

    /// Whether a fresh browser should go on with the session now: this one is worn, and nothing that anybody waits for loads in it.
    pub(super) fn is_done(&self, pages: u32) -> bool {
        self.loading.iter().all(Loading::is_unwanted) && self.is_worn(pages)
    }

    /// Whether a fresh browser should go on with the session.
    pub(super) fn is_worn(&self, pages: u32) -> bool {
        let Some(browser) = &self.browser else { return false };
        let opened = browser.requests() - self.browser_began;
        let due = opened > 0 && opened.is_multiple_of(WEIGHED_EVERY);
        opened >= u64::from(pages.max(1)) || due && browser.memory().is_some_and(|held| held > BROWSER_MEMORY)
    }

    pub(super) fn drop_lent(&mut self) {
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
    pub(super) held: Arc<Shared>,
    /// Fetches that wait for the browser.
    pub(super) waiting: Waiting,
    /// Pages that wait for a window beside.
    pub(super) to_show: ToShow,
    /// Held while a page is read both ways.
    pub(super) proof: Mutex<()>,
    /// How pages are read, once this run knows it: asked for every page, without the lock.
    ways: std::sync::Mutex<HashMap<String, Way>>,
    /// Whether there is a session and nobody signs in just now.
    in_session: AtomicBool,
    /// The pages read last.
    pub(super) recent: std::sync::Mutex<Recent>,
    /// Pages read by this run.
    pages: AtomicU64,
    renewed: Mutex<Renewed>,
}

/// When a run's session was last renewed.
#[derive(Default)]
struct Renewed {
    times: u64,
    at_page: Option<u64>,
}

impl Site {
    /// Takes what this account already holds in this process: the first page decides whether that is a session.
    pub(super) async fn enter(run: &Arc<Run>) -> Self {
        let key = account::key(run);
        let held = Arc::clone(run.bridge.sessions.lock().await.entry(key).or_default());
        Self {
            run: Arc::clone(run),
            held,
            waiting: Waiting::default(),
            to_show: ToShow::default(),
            proof: Mutex::default(),
            ways: Default::default(),
            in_session: AtomicBool::default(),
            recent: Default::default(),
            pages: AtomicU64::default(),
            renewed: Mutex::default(),
        }
    }

    /// What the account holds, with a session: the one of this process, the one that was kept, or a new one; with `browser`, together with a browser that is. Locked until dropped, so
    /// that no other run of the same account can end it in between.
    pub(super) async fn session(&self, browser: bool) -> Result<MutexGuard<'_, Held>, RunError> {
        let mut held = self.held.lock().await;
        if held.lent.is_none() && !self.go_on(&mut held).await? {
            self.sign_in(&mut held).await?;
        }
        self.in_session.store(true, Ordering::Relaxed);
        if !browser {
            return Ok(held);
        }
        let pages = self.run.system().limits.browser_pages;
        if held.is_done(pages)
            && let Some(browser) = &held.browser
        {
            let storage = browser.storage().await?;
            held.storage = Some(storage);
            held.close_browser().await;
        }
        if held.browser.is_none() {
            let browser = sign_in::browser_with(&self.run, held.storage.as_ref()).await?;
            if held.unproven
                && let Err(error) = kept::prove(&self.run, &browser).await
            {
                browser.close().await;
                return Err(error);
            }
            held.unproven = false;
            held.browser_began = browser.requests();
            held.browser = Some(browser);
        }
        Ok(held)
    }

    /// Does the work; where it finds the session lost, signs in again and does the same work again. Whoever comes second finds
    /// the session renewed.
    pub(super) async fn renewing<T, Work>(&self, work: impl Fn() -> Work) -> Result<T, RunError>
    where
        Work: Future<Output = Result<T, RunError>>,
    {
        loop {
            let generation = self.generation();
            match work().await {
                Err(RunError::SessionLost { system }) => self.renew(generation, system).await?,
                done => return done,
            }
        }
    }

    /// Rises with each sign-in.
    pub(super) fn generation(&self) -> u64 {
        self.held.generation.load(Ordering::Relaxed)
    }

    /// Waits until there is a session.
    pub(super) async fn in_session(&self) -> Result<(), RunError> {
        if !self.in_session.load(Ordering::Relaxed) {
            drop(self.session(false).await?);
        }
        Ok(())
    }

    /// Signs in again, unless that has happened since `generation`. A session that is lost again before it has read a page is
    /// given up.
    pub(super) async fn renew(&self, generation: u64, system: String) -> Result<(), RunError> {
        let mut held = self.held.lock().await;
        if self.generation() != generation {
            return Ok(());
        }
        if self.go_on(&mut held).await? {
            // Another process has renewed it already.
            self.held.generation.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        let mut renewed = self.renewed.lock().await;
        let pages = self.pages();
        if renewed.times >= RENEWALS_MOST || renewed.at_page == Some(pages) {
            return Err(RunError::SessionLost { system });
        }
        if self.run.bot().sign_in == SignIn::Lent {
            // Only a person can renew what a person has lent.
            let account = self.run.bot().account.clone().unwrap_or_default();
            return Err(RunError::LentOver { system, account });
        }
        *renewed = Renewed { times: renewed.times + 1, at_page: Some(pages) };
        self.drop_kept(&mut held).await?;
        self.sign_in(&mut held).await
    }

    async fn sign_in(&self, held: &mut Held) -> Result<(), RunError> {
        self.in_session.store(false, Ordering::Relaxed);
        held.close_browser().await;
        held.drop_lent();
        self.run.tell(Progress::SigningIn);
        let entered = sign_in::sign_in(&self.run).await?;
        held.browser_began = entered.browser.as_ref().map_or(0, Browser::requests);
        held.browser = entered.browser;
        held.storage = entered.storage;
        held.headers = entered.headers;
        held.lent = Some(entered.lent);
        self.held.generation.fetch_add(1, Ordering::Relaxed);
        self.in_session.store(true, Ordering::Relaxed);
        held.unproven = false;
        self.run.tell(Progress::SignedIn);
        self.keep(held).await;
        // Whoever renews a session in the middle may need its browser for nothing else.
        self.release(held);
        Ok(())
    }

    /// The pages read last.
    pub(super) fn recent(&self) -> std::sync::MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Pages that may be worked on at once: as many are read while others are under way, so that the system never waits for us. How
    /// many are asked for at once is its pace's to say.
    pub(super) fn pages_at_once(&self) -> usize {
        self.run.system().limits.concurrency * 2
    }

    /// One more page has been read.
    pub(super) fn count_page(&self) {
        self.pages.fetch_add(1, Ordering::Relaxed);
    }

    /// Pages read by this run.
    pub(super) fn pages(&self) -> u64 {
        self.pages.load(Ordering::Relaxed)
    }

    /// How a page is read, once that is proven.
    pub(super) async fn proven(&self, page: &str) -> Option<Way> {
        let known = |ways: &HashMap<String, Way>| ways.get(page).copied();
        if let Some(way) = known(&self.ways.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Some(way);
        }
        let way = known(&self.held.lock().await.ways)?;
        self.ways.lock().unwrap_or_else(PoisonError::into_inner).insert(page.to_owned(), way);
        Some(way)
    }

    /// Remembers how a page is read.
    pub(super) async fn settle_way(&self, page: &str, way: Way) {
        let mut held = self.held.lock().await;
        held.ways.insert(page.to_owned(), way);
        self.release(&mut held);
    }

    /// Ends a run: what it holds stays for the next one, in this process and in others, unless the run was stopped by what makes
    /// that worthless; the browser ends if nothing needs it.
    pub(super) async fn leave(&self, error: Option<&RunError>) {
        match error.filter(|error| error.spoils_session()) {
            // A network that breaks in the middle says nothing of the session; a session that shows no page at all is no good.
            Some(error) => self.forget(!matches!(error, RunError::Transport(_)) || self.pages() == 0).await,
            None => {
                let mut held = self.held.lock().await;
                self.refresh(&mut held).await;
                held.loading.clear();
                if let Some(browser) = &held.browser {
                    browser.close_beside().await;
                }
                self.release(&mut held);
            }
        }
    }

    /// Ends the browser if every page that the bot reads is known to be readable without it. That takes a moment, and nobody
    /// waits for it but [`super::Bridge::close`].
    fn release(&self, held: &mut Held) {
        let system = self.run.system();
        let by_browser = |page: &str| match system.pages[page].via {
            Via::Http | Via::Folder => false,
            Via::Browser => true,
            Via::Auto => held.ways.get(page).is_none_or(|way| matches!(way, Way::Browser | Way::Fetch)),
        };
        let bot = self.run.bot();
        // What stands on another page is read where that one is.
        let own = |page: &&str| system.pages[*page].with.is_none();
        let by_hand = bot.enter().is_some_and(|enter| !enter.form.http);
        if by_hand || bot.pages().into_iter().filter(own).any(by_browser) {
            return;
        }
        if let Some(browser) = held.take_browser() {
            tracing::debug!(bot = self.run.bot, "the browser is no longer needed");
            self.run.bridge.closing.spawn(browser.close());
        }
    }

    /// Forgets the session: the next run signs in anew. Where nothing says that the session is lost, it goes on with what is kept.
    async fn forget(&self, lost: bool) {
        let mut held = self.held.lock().await;
        if !lost {
            held.kept = None;
        } else if let Err(error) = self.drop_kept(&mut held).await {
            tracing::warn!(bot = self.run.bot, error = chain(&error), "a lost session stays kept; its signs will tell");
        }
        held.close_browser().await;
        held.drop_lent();
        held.storage = None;
        held.ways.clear();
    }

    /// Requests sent so far with this account, by all runs.
    pub(super) async fn requests(&self) -> Requests {
        self.held.lock().await.requests()
    }
}
