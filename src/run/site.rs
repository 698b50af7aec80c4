//! A system as a signed-in bot stands before it: the lent session, the browser while it is needed, and what was proven.

use std::{
    collections::HashMap,
    sync::{
        Arc, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, MutexGuard};

use super::{
    Progress, Run, RunError, account,
    ask::Waiting,
    early::Proving,
    encoding::Encodings,
    held::{Held, Requests, Shared},
    kept,
    landed::Landed,
    recent::Recent,
    sheets::Linked,
    show::ToShow,
    sign_in,
};
use crate::{
    adapter::{SignIn, Via},
    base::chain,
    transport::Lent,
};

/// Sessions that may be lost in one run: beyond it the system does not want this bot, whatever its signs say.
const RENEWALS_MOST: u64 = 50;

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
    /// How pages about records are read, while that is found out.
    pub(super) proving: Proving,
    /// Where signing in led to.
    pub(super) landed: Landed,
    /// How pages are read, once this run knows it: asked for every page, without the lock.
    ways: std::sync::Mutex<HashMap<String, Way>>,
    /// Whether there is a session and nobody signs in just now.
    in_session: AtomicBool,
    /// The client that is signed in, and how often the account had signed in by then.
    lent: std::sync::Mutex<Option<(u64, Lent)>>,
    /// The style sheets that its pages link to.
    pub(super) linked: Linked,
    /// What the system's pages are in.
    pub(super) encodings: Encodings,
    /// The pages read last.
    pub(super) recent: std::sync::Mutex<Recent>,
    /// Pages read by this run.
    pages: AtomicU64,
    renewed: Mutex<Renewed>,
    /// When a record of this system was read last, before this run.
    pub(super) known_until: OnceLock<i64>,
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
            proving: Proving::default(),
            landed: Landed::default(),
            ways: Default::default(),
            in_session: AtomicBool::default(),
            lent: Default::default(),
            linked: Linked::default(),
            encodings: Encodings::default(),
            recent: Default::default(),
            pages: AtomicU64::default(),
            renewed: Mutex::default(),
            known_until: OnceLock::new(),
        }
    }

    /// When a record of this system was read last, before this run; milliseconds since the epoch, 0 for never.
    pub(super) fn known_until(&self) -> i64 {
        self.known_until.get().copied().unwrap_or_default()
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
        held.weigh().await;
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
            held.begin_with(Some(browser));
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

    /// The client that is signed in: a cheap handle, so that pages are read side by side, and without waiting for whoever works in the
    /// browser.
    pub(super) async fn lent(&self) -> Result<Lent, RunError> {
        let known = || self.lent.lock().unwrap_or_else(PoisonError::into_inner);
        if self.in_session.load(Ordering::Relaxed)
            && let Some((generation, lent)) = &*known()
            && *generation == self.generation()
        {
            return Ok(lent.clone());
        }
        let held = self.session(false).await?;
        let lent = held.lent.clone().expect("there is a session");
        *known() = Some((self.generation(), lent.clone()));
        Ok(lent)
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
        let entered = Box::pin(sign_in::sign_in(&self.run)).await?;
        held.begin_with(entered.browser);
        self.landed.put(entered.landed);
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
        if let Some(way) = self.proven_here(page) {
            return Some(way);
        }
        let way = self.held.lock().await.ways.get(page).copied()?;
        self.learn(page, way);
        Some(way)
    }

    /// The same, as far as this run knows it.
    pub(super) fn proven_here(&self, page: &str) -> Option<Way> {
        self.ways.lock().unwrap_or_else(PoisonError::into_inner).get(page).copied()
    }

    fn learn(&self, page: &str, way: Way) {
        self.ways.lock().unwrap_or_else(PoisonError::into_inner).insert(page.to_owned(), way);
    }

    /// Remembers how a page is read. This run knows it at once: whoever works in the browser next may keep it for a while.
    pub(super) async fn settle_way(&self, page: &str, way: Way) {
        self.learn(page, way);
        let mut held = self.held.lock().await;
        held.ways.insert(page.to_owned(), way);
        self.release(&mut held);
    }

    /// Ends a run: what it holds stays for the next one, in this process and in others, unless the run was stopped by what makes
    /// that worthless; the browser ends if nothing needs it.
    pub(super) async fn leave(&self, error: Option<&RunError>) {
        self.proving.end();
        match error.filter(|error| error.spoils_session()) {
            // A network that breaks in the middle says nothing of the session; a session that shows no page at all is no good.
            Some(error) => self.forget(!matches!(error, RunError::Transport(_)) || self.pages() == 0).await,
            None => {
                let mut held = self.held.lock().await;
                self.refresh(&mut held).await;
                held.close_beside().await;
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
