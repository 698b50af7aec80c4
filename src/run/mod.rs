//! One run of one bot: session, collect, evidence. Effects here, decisions in the pure rooms below.

mod about;
mod account;
mod ask;
mod board;
mod collect;
mod course;
mod early;
mod encoding;
mod enter;
mod error;
mod evidence;
mod file;
mod forms;
mod guard;
mod hands;
mod held;
mod keep;
mod kept;
mod landed;
mod left;
mod list;
mod login;
mod moment;
mod page;
mod paging;
mod people;
mod read;
mod recent;
mod report;
mod reread;
mod saved;
mod scrub;
mod sheets;
mod show;
mod sign_in;
mod signs;
mod site;
mod spans;
mod unchanged;
mod watch;
mod wish;

use std::{collections::HashMap, num::NonZeroU32, path::PathBuf, pin::Pin, sync::Arc, time::Duration};

use chrono::{DateTime, FixedOffset};
use tokio::sync::Mutex;
use tokio_util::task::TaskTracker;

use crate::{
    adapter::{Adapters, Bot, System, Work},
    base::Clock,
    store::Store,
    transport::{Driver, Pace},
    vault::Vault,
};

pub use board::{Board, Waiting, waiting, waiting_entries};
pub use enter::{DecideError, Said, decide};
pub use error::{About, RunError};
pub use guard::{Guard, compare, compare_process};
pub use people::{Both, Nobody, People, Question};
pub use report::{EntryTally, QuarantinedRow, RunReport, Tried};
pub use saved::{SavedOutcome, run_saved};
pub use scrub::scrub_words;

/// Everything a run needs; one per process, shared by all runs.
pub struct Bridge {
    /// The adapters.
    pub adapters: Arc<Adapters>,
    /// The runner's own store: what was seen, and the outbox.
    pub store: Store,
    /// Secrets by account.
    pub vault: Arc<Vault>,
    /// Now.
    pub clock: Clock,
    /// Folder for pages kept as evidence.
    pub evidence: PathBuf,
    /// Who answers what only a person can.
    pub people: Arc<dyn People>,
    /// Under this name the entries are held.
    pub worker: String,
    /// Called whenever something befalls an entry, before and after it is written down.
    pauses: Option<Pauses>,
    driver: Driver,
    paces: HashMap<String, Pace>,
    sessions: Arc<Mutex<HashMap<String, Arc<held::Shared>>>>,
    accounts: account::Holding,
    /// Browsers that are being closed.
    closing: TaskTracker,
}

/// How a run differs from the usual one.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunOptions {
    /// Opens every detail, whether its row has changed or not.
    pub full: bool,
    /// Keeps nothing and sends nothing.
    pub dry_run: bool,
    /// Takes what the system shows as right, however it differs from before: the guards start anew from it.
    pub accept: bool,
    /// Shows the browser.
    pub headed: bool,
    /// A run longer than this is ended, and its report says so.
    pub timeout: Option<Duration>,
}

/// What a run tells while it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A browser opens and signs in.
    SigningIn,
    /// The signs say "signed in".
    SignedIn,
    /// So many rows of the list are read, of so many.
    Rows {
        /// Rows read.
        read: u64,
        /// The system's own total, where known.
        total: Option<u64>,
    },
    /// So many details are done, of so many that are needed.
    Details {
        /// Details done.
        done: u64,
        /// Details needed.
        needed: u64,
    },
    /// So many entries have been worked on.
    Entries {
        /// Entries.
        done: u64,
    },
}

/// What is called at a point in the life of an entry.
pub type Pauses = Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// Takes a run's progress.
pub type Listener = Arc<dyn Fn(Progress) + Send + Sync>;

/// One run on its way.
struct Run {
    bridge: Arc<Bridge>,
    bot: String,
    id: String,
    options: RunOptions,
    listener: Listener,
    /// When it began: at the earliest of what it reads.
    began: DateTime<FixedOffset>,
}

impl Run {
    /// The bot that runs. Its name was checked when the run began.
    fn bot(&self) -> &Bot {
        &self.bridge.adapters.bots[&self.bot]
    }

    /// The bot's system. The adapters were checked when they were loaded.
    fn system(&self) -> &System {
        &self.bridge.adapters.systems[&self.bot().system]
    }

    fn tell(&self, progress: Progress) {
        (self.listener)(progress);
    }
}

impl Bridge {
    /// A bridge over these parts; nothing is started yet.
    pub fn new(adapters: Arc<Adapters>, store: Store, vault: Arc<Vault>, clock: Clock, evidence: PathBuf) -> Self {
        let paces = adapters.systems.values().map(|system| (system.name.clone(), pace_of(system))).collect();
        let (driver, sessions, people, closing) = (Driver::new(), Arc::default(), Arc::new(Nobody), TaskTracker::new());
        let (worker, pauses, accounts) = (crate::base::new_id(), None, account::Holding::default());
        Self {
            adapters,
            store,
            vault,
            clock,
            evidence,
            people,
            worker,
            pauses,
            driver,
            paces,
            sessions,
            accounts,
            closing,
        }
    }

    /// The same with other adapters, as after their files have changed: sessions, browsers and accounts are shared with this one. A
    /// system that may still be asked as before keeps its pace.
    #[must_use]
    pub fn with(&self, adapters: Arc<Adapters>) -> Self {
        let pace = |system: &System| match (self.paces.get(&system.name), self.adapters.systems.get(&system.name)) {
            (Some(pace), Some(before)) if before.limits == system.limits => pace.clone(),
            _ => pace_of(system),
        };
        Self {
            paces: adapters.systems.values().map(|system| (system.name.clone(), pace(system))).collect(),
            adapters,
            store: self.store.clone(),
            vault: Arc::clone(&self.vault),
            clock: self.clock.clone(),
            evidence: self.evidence.clone(),
            people: Arc::clone(&self.people),
            worker: self.worker.clone(),
            pauses: self.pauses.clone(),
            driver: self.driver.clone(),
            sessions: Arc::clone(&self.sessions),
            accounts: self.accounts.clone(),
            closing: self.closing.clone(),
        }
    }

    /// The same under a name that outlives the process: what a dead process of that name held is taken up at once.
    #[must_use]
    pub fn named(self, worker: String) -> Self {
        Self { worker, ..self }
    }

    /// The same with someone who is called at every point in the life of an entry, by bot and `EVENT.before` or `EVENT.after`: a
    /// test that stops the world there.
    #[must_use]
    pub fn pausing(self, pauses: Pauses) -> Self {
        Self { pauses: Some(pauses), ..self }
    }

    async fn pause_at(&self, bot: &str, event: &str, when: &str) {
        if let Some(pauses) = &self.pauses {
            pauses(format!("{bot}.{event}.{when}")).await;
        }
    }

    /// The same with someone who can be asked.
    #[must_use]
    pub fn asking(self, people: Arc<dyn People>) -> Self {
        Self { people, ..self }
    }

    /// Runs a bot once, to its end. Every trouble ends in the report; `None` only for a bot that does not exist.
    ///
    /// The report is put into the outbox too, so that the hub's figures know how old and how whole they are.
    pub async fn run(self: &Arc<Self>, bot: &str, options: RunOptions, listener: Listener) -> Option<RunReport> {
        self.adapters.bots.get(bot)?;
        let run = Arc::new(Run {
            bridge: Arc::clone(self),
            bot: bot.to_owned(),
            id: crate::base::new_id(),
            options,
            listener,
            began: self.clock.local(),
        });
        let _held = account::Held::of(&run);
        // A run is a large future: on the heap it leaves the stack of whoever awaits it.
        Some(match &run.bot().work {
            Work::Collect(_) => Box::pin(collect::collect(&run)).await,
            Work::Enter(_) => Box::pin(enter::enter(&run)).await,
        })
    }

    /// How hard a system may be asked: one pace for all bots of this process.
    fn pace(&self, system: &System) -> Pace {
        self.paces[&system.name].clone()
    }

    /// Ends the browsers.
    pub async fn close(&self) {
        for held in self.sessions.lock().await.values() {
            held.lock().await.close_browser().await;
        }
        self.closing.close();
        self.closing.wait().await;
        self.driver.stop().await;
    }
}

fn pace_of(system: &System) -> Pace {
    Pace::new(system.limits.concurrency, NonZeroU32::new(system.limits.requests_per_second))
}
