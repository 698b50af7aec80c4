//! The heartbeat: schedules to runs. A tick that falls due while its bot still runs is skipped, and says so.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    adapter::Schedule,
    calendar::Calendar,
    queue::timetable::next_due,
    run::{Bridge, Listener, RunOptions, RunReport},
};

/// How long runs on their way may go on after the engine was told to stop: enough for a login to see its end.
const GRACE: Duration = Duration::from_secs(10);

/// How long a schedule waits that a missing year of the calendar has stopped, before it looks (and says so) again.
const ASK_AGAIN: Duration = Duration::from_secs(3600);

/// Takes the report of every run.
pub type Reports = Arc<dyn Fn(&RunReport) + Send + Sync>;

/// The schedules at work.
pub struct Engine {
    tasks: JoinSet<()>,
    cancel: CancellationToken,
}

/// What every schedule's task shares.
#[derive(Clone)]
struct Heart {
    bridge: Arc<Bridge>,
    calendar: Arc<Calendar>,
    reports: Reports,
    running: Arc<Mutex<HashSet<String>>>,
    cancel: CancellationToken,
}

impl Engine {
    /// Starts a task per schedule; each ends when the engine is stopped.
    pub fn start(bridge: &Arc<Bridge>, calendar: Arc<Calendar>, reports: Reports) -> Self {
        let cancel = CancellationToken::new();
        let heart =
            Heart { bridge: Arc::clone(bridge), calendar, reports, running: Arc::default(), cancel: cancel.clone() };
        let mut tasks = JoinSet::new();
        for (index, _) in bridge.adapters.schedules.iter().enumerate().filter(|(_, schedule)| schedule.cron.is_some()) {
            let heart = heart.clone();
            tasks.spawn(async move { heart.beat(index).await });
        }
        Self { tasks, cancel }
    }

    /// Stops the schedules. Runs on their way may end within [`GRACE`]; then they are broken off, with everything they kept.
    pub async fn stop(mut self) {
        self.cancel.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a schedule's task broke off");
            }
        }
    }
}

impl Heart {
    fn schedule(&self, index: usize) -> &Schedule {
        &self.bridge.adapters.schedules[index]
    }

    /// Waits for each tick of one schedule and runs its bots.
    async fn beat(self, index: usize) {
        let schedule = self.schedule(index);
        let adapters = &self.bridge.adapters;
        let bots = schedule.bots.iter().filter_map(|bot| adapters.bots.get(bot));
        let systems: Vec<_> = bots.filter_map(|bot| adapters.systems.get(&bot.system)).collect();
        loop {
            let now = self.bridge.clock.now();
            let due = match next_due(schedule, &systems, &self.calendar, now) {
                Ok(Some(due)) => due,
                Ok(None) => return tracing::warn!(schedule = schedule.name, "this schedule has no tick any more"),
                Err(error) => {
                    tracing::error!(schedule = schedule.name, %error, "this schedule stands still");
                    tokio::select! {
                        () = self.cancel.cancelled() => return,
                        () = tokio::time::sleep(ASK_AGAIN) => continue,
                    }
                }
            };
            let wait = (due - now).to_std().unwrap_or_default();
            tokio::select! {
                () = self.cancel.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
            let runs = schedule.bots.iter().map(|bot| self.run(schedule, bot));
            let mut runs = std::pin::pin!(futures::future::join_all(runs));
            tokio::select! {
                _ = &mut runs => {}
                () = self.cancel.cancelled() => {
                    if tokio::time::timeout(GRACE, runs).await.is_err() {
                        tracing::warn!(schedule = schedule.name, "runs were broken off; what they kept stays");
                    }
                    return;
                }
            }
        }
    }

    async fn run(&self, schedule: &Schedule, bot: &str) {
        let Some(_turn) = Turn::take(&self.running, bot) else {
            tracing::info!(schedule = schedule.name, bot, "tick skipped: the bot still runs");
            return;
        };
        let quiet: Listener = Arc::new(|_| {});
        let options = RunOptions { timeout: Some(schedule.timeout), ..RunOptions::default() };
        match self.bridge.run(bot, options, quiet).await {
            Some(report) => (self.reports)(&report),
            None => tracing::error!(bot, "no such bot"),
        }
    }
}

/// The right to run a bot; given back when dropped.
struct Turn {
    running: Arc<Mutex<HashSet<String>>>,
    bot: String,
}

impl Turn {
    fn take(running: &Arc<Mutex<HashSet<String>>>, bot: &str) -> Option<Self> {
        let mut bots = running.lock().expect("nobody panics while holding it");
        if !bots.insert(bot.to_owned()) {
            return None;
        }
        Some(Self { running: Arc::clone(running), bot: bot.to_owned() })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Ok(mut bots) = self.running.lock() {
            bots.remove(&self.bot);
        }
    }
}
