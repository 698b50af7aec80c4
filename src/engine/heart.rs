//! One beat after the other: what ended is written down, what fell due is accounted for, what may begin begins.

mod account;
mod ends;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    EngineOptions, Work,
    runs::{Ended, Runs},
};
use crate::{
    adapter::{Adapters, Schedule},
    base::{Clock, chain},
    calendar::Calendar,
    queue::Why,
    run::RunOptions,
    store::{JobRow, Store, StoreError},
};

/// How often an engine looks for what other processes have done: pauses, jobs of engines that fell silent, entries that are due.
const LOOK: TimeDelta = TimeDelta::seconds(5);
/// Heartbeats within one lease.
const BEATS_PER_LEASE: i32 = 3;
/// How often old rows are removed.
const SWEEP: TimeDelta = TimeDelta::hours(6);
/// An engine's state. [`Heart::beat`] lets it live; a test may lead it from instant to instant instead.
pub struct Heart {
    adopted: watch::Receiver<Arc<dyn Work>>,
    /// The same, of which only the waking takes note.
    wakes: watch::Receiver<Arc<dyn Work>>,
    work: Arc<dyn Work>,
    store: Store,
    clock: Clock,
    calendar: Arc<Calendar>,
    options: EngineOptions,
    runs: Runs,
    /// When each schedule falls due next.
    next_due: BTreeMap<String, DateTime<Utc>>,
    /// The schedules that were paused when they were last looked at.
    paused: BTreeSet<String>,
    /// Bots whose runs for entries came to nothing: how often, and not before when again.
    fruitless: HashMap<String, (i32, DateTime<Utc>)>,
    next_beat: DateTime<Utc>,
    next_look: DateTime<Utc>,
    next_sweep: DateTime<Utc>,
    begun: bool,
}

impl Heart {
    /// An engine that has not begun.
    pub fn new(
        mut adopted: watch::Receiver<Arc<dyn Work>>,
        store: Store,
        clock: Clock,
        calendar: Arc<Calendar>,
        options: EngineOptions,
    ) -> Self {
        let work = Arc::clone(&adopted.borrow_and_update());
        let now = clock.now();
        Self {
            wakes: adopted.clone(),
            adopted,
            work,
            store,
            clock,
            calendar,
            options,
            runs: Runs::default(),
            next_due: BTreeMap::new(),
            paused: BTreeSet::new(),
            fruitless: HashMap::new(),
            next_beat: now,
            next_look: now,
            next_sweep: now,
            begun: false,
        }
    }

    /// Beats until it is told to stop, then ends in order.
    pub async fn beat(mut self, cancel: CancellationToken) {
        while !cancel.is_cancelled() {
            let wake = match self.pass().await {
                Ok(wake) => wake,
                Err(error) => {
                    tracing::error!(error = chain(&error), remedy = ?error.remedy(), "the engine can't reach its store; it tries again");
                    self.clock.now() + LOOK
                }
            };
            let clock = self.clock.clone();
            tokio::select! {
                () = cancel.cancelled() => {}
                () = clock.sleep_until(wake) => {}
                // Who adopts for the last time has gone: then the engine is told to stop.
                Ok(()) = self.wakes.changed() => {}
                (job, ended) = self.runs.next() => {
                    if let Err(error) = self.pass_after(vec![(job, ended)]).await {
                        tracing::error!(error = chain(&error), "how a run ended could not be written down; its lease will end");
                    }
                }
            }
        }
        self.end().await;
    }

    /// Everything that is to be done now. Gives when to look again, unless a run ends before.
    ///
    /// # Errors
    /// Those of the store; nothing is half done, and the next pass begins with the same.
    pub async fn pass(&mut self) -> Result<DateTime<Utc>, StoreError> {
        self.pass_after(Vec::new()).await
    }

    /// The same, beginning with how runs have ended.
    async fn pass_after(&mut self, ended: Vec<(JobRow, Ended)>) -> Result<DateTime<Utc>, StoreError> {
        self.write_ends(ended).await?;
        let now = self.clock.now();
        if !self.begun || self.adopted.has_changed().unwrap_or(false) {
            self.adopt(now).await?;
        }
        if is_due(self.next_beat, now, self.options.lease) {
            self.hold(now).await?;
        }
        let looks = is_due(self.next_look, now, LOOK);
        if looks || self.next_due.values().any(|due| *due <= now) {
            self.account(now).await?;
        }
        if looks {
            self.next_look = now + LOOK;
            self.entries_due(now).await?;
        }
        if is_due(self.next_sweep, now, SWEEP) {
            self.next_sweep = now + SWEEP;
            self.sweep(now - self.options.keep).await?;
        }
        self.begin_jobs(now).await?;
        let later = self.store.next_start(now).await?;
        let due = self.next_due.values().copied().chain(later);
        Ok(due.chain([self.next_beat, self.next_look]).min().unwrap_or(now + LOOK))
    }

    /// Runs that are on their way here.
    pub fn under_way(&self) -> usize {
        self.runs.count()
    }

    /// Lets everything that is due and on its way come to its end, as of now: for tests that lead the clock.
    ///
    /// # Errors
    /// As [`Heart::pass`].
    pub async fn settle(&mut self) -> Result<DateTime<Utc>, StoreError> {
        loop {
            let wake = self.pass().await?;
            if self.runs.count() == 0 {
                return Ok(wake);
            }
            let ended = self.runs.next().await;
            self.pass_after(vec![ended]).await?;
        }
    }

    /// Removes what is older than it has to be kept.
    async fn sweep(&self, before: DateTime<Utc>) -> Result<(), StoreError> {
        let rows = self.store.sweep_ticks(before).await?;
        let folders = self.options.evidence.clone();
        let files = tokio::task::spawn_blocking(move || {
            folders.iter().map(|folder| super::sweep_folder(folder, before.into())).sum::<std::io::Result<u64>>()
        });
        match files.await {
            Ok(Ok(files)) => tracing::info!(rows, files, "what is older than it has to be kept is removed"),
            Ok(Err(error)) => {
                tracing::error!(%error, "old evidence can't be removed: mend the rights of the data folder")
            }
            Err(error) => tracing::error!(%error, "removing old evidence broke off"),
        }
        Ok(())
    }

    async fn begin_jobs(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let free = self.options.at_once.saturating_sub(self.runs.count());
        if free == 0 || !self.store.jobs_wait(now).await? {
            return Ok(());
        }
        let until = now + self.options.lease;
        for job in self.store.lease_jobs(&self.options.worker, now, until, free).await? {
            let adapters = self.work.adapters();
            let timeout = named(&adapters, &job.schedule).map(|schedule| schedule.timeout);
            self.runs.begin(&self.work, job, RunOptions { timeout, ..RunOptions::default() });
        }
        Ok(())
    }

    /// Goes on holding what runs, gives up what was lost or is to make room.
    async fn hold(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let numbers = self.runs.numbers();
        let until = now + self.options.lease;
        let (held, replaced) = self.store.hold_jobs(&self.options.worker, &numbers, now, until).await?;
        for job in numbers {
            if replaced.contains(&job) || !held.contains(&job) {
                self.runs.give_up(job);
            }
        }
        self.next_beat = now + self.options.lease / BEATS_PER_LEASE;
        Ok(())
    }

    fn handed_back(&self) -> String {
        Why::HandedBack { worker: self.options.worker.clone() }.stored()
    }

    /// Lets runs end within the grace time, then breaks them off and hands them back.
    async fn end(&mut self) {
        let deadline = tokio::time::Instant::now() + self.options.grace;
        while self.runs.count() > 0 {
            let Ok(ended) = tokio::time::timeout_at(deadline, self.runs.next()).await else { break };
            if let Err(error) = self.write_ends(vec![ended]).await {
                tracing::error!(error = chain(&error), "how a run ended could not be written down");
            }
        }
        let broken_off = self.runs.give_up_all().await;
        if !broken_off.is_empty() {
            tracing::warn!(runs = broken_off.len(), "runs were broken off and handed back; what they kept stays");
        }
        let worker = self.options.worker.clone();
        let handed = async {
            self.store.release_worker(&worker, None).await?;
            self.store.hand_back(&worker, &self.handed_back()).await?;
            self.store.end_engine(&worker, self.clock.now()).await
        };
        if let Err(error) = handed.await {
            tracing::error!(error = chain(&error), "what was on its way could not be handed back; its lease will end");
        }
    }
}

/// Whether something that is done once in a while is to be done now; a clock that was set back puts nothing off.
fn is_due(at: DateTime<Utc>, now: DateTime<Utc>, period: TimeDelta) -> bool {
    now >= at || at - now > period
}

fn named<'a>(adapters: &'a Adapters, name: &str) -> Option<&'a Schedule> {
    adapters.schedules.iter().find(|schedule| schedule.name == name)
}
