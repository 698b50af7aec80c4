//! The heartbeat: what schedules ask for becomes runs. Every instant has its row in the store before anything of it runs, so that
//! several engines on one store fire each once, and whatever became of it can be told.

mod files;
mod heart;
mod pulse;
mod runs;
mod sweep;
mod work;

use std::{path::PathBuf, sync::Arc, time::Duration};

use chrono::TimeDelta;
use tokio::{
    sync::{Mutex, watch},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::{base::Clock, calendar::Calendar, run::RunReport, store::Store};

pub use files::Files;
pub use heart::Heart;
pub use sweep::sweep_folder;
pub use work::Work;

/// Takes the report of every run.
pub type Reports = Arc<dyn Fn(&RunReport) + Send + Sync>;

/// How an engine is to be.
#[derive(Clone)]
pub struct EngineOptions {
    /// Its name in the store; another engine of that name must not be alive.
    pub worker: String,
    /// Runs at once.
    pub at_once: usize,
    /// How long it holds what it works on without a word.
    pub lease: TimeDelta,
    /// How long runs may go on after it was told to stop.
    pub grace: Duration,
    /// How long what became of ticks is kept.
    pub keep: TimeDelta,
    /// The folders of evidence, of which older files are removed.
    pub evidence: Vec<PathBuf>,
    /// Takes the report of every run.
    pub reports: Reports,
}

impl EngineOptions {
    /// Runs at once: each may have a browser, of some 300 MB.
    pub const AT_ONCE: usize = 16;
    /// An engine that was not heard of for so long is taken for dead: three of its heartbeats.
    pub const LEASE: TimeDelta = TimeDelta::seconds(30);
    /// Enough for a login to see its end, and for a form that was sent to say what became of it.
    pub const GRACE: Duration = Duration::from_secs(10);
    /// Six months, as logs are to be kept.
    pub const KEEP: TimeDelta = TimeDelta::days(184);

    /// The usual ones under that name.
    pub fn named(worker: impl Into<String>, reports: Reports) -> Self {
        Self {
            worker: worker.into(),
            at_once: Self::AT_ONCE,
            lease: Self::LEASE,
            grace: Self::GRACE,
            keep: Self::KEEP,
            evidence: Vec::new(),
            reports,
        }
    }
}

/// The schedules at work.
pub struct Engine {
    task: Mutex<Option<JoinHandle<()>>>,
    cancel: CancellationToken,
    work: watch::Sender<Arc<dyn Work>>,
}

impl Engine {
    /// Starts it.
    pub fn start(
        work: Arc<dyn Work>,
        store: Store,
        clock: Clock,
        calendar: Arc<Calendar>,
        options: EngineOptions,
    ) -> Self {
        let cancel = CancellationToken::new();
        let (work, adopted) = watch::channel(work);
        let heart = Heart::new(adopted, store, clock, calendar, options);
        let task = tokio::spawn(heart.beat(cancel.clone()));
        Self { task: Mutex::new(Some(task)), cancel, work }
    }

    /// Goes on with other adapters. Runs on their way end with those that they began with.
    pub fn adopt(&self, work: Arc<dyn Work>) {
        self.work.send_replace(work);
    }

    /// Stops it. Runs on their way may end within the grace time; then they are broken off with everything they kept, and handed back.
    pub async fn stop(&self) {
        self.cancel.cancel();
        let task = self.task.lock().await.take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the engine broke off");
        }
    }
}
