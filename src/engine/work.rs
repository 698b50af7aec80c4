//! What the engine needs of whoever runs bots: the bridge, or a stand-in in a test of a year.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;

use crate::{
    adapter::{Adapters, Retry},
    base::Remedy,
    queue::{Why, timetable},
    record::Outcome,
    run::{Bridge, Listener, RunOptions, RunReport},
    store::{JobEnd, JobRow},
};

/// Whoever runs bots.
pub trait Work: Send + Sync {
    /// Bots, systems and schedules.
    fn adapters(&self) -> Arc<Adapters>;

    /// Runs a job's bot to its end; `None` only for one that does not exist.
    fn run(&self, job: &JobRow, options: RunOptions) -> BoxFuture<'static, Option<RunReport>>;
}

impl Work for Arc<Bridge> {
    fn adapters(&self) -> Arc<Adapters> {
        Arc::clone(&self.adapters)
    }

    fn run(&self, job: &JobRow, options: RunOptions) -> BoxFuture<'static, Option<RunReport>> {
        let (bridge, bot) = (Arc::clone(self), job.bot.clone());
        let quiet: Listener = Arc::new(|_| {});
        Box::pin(async move { bridge.run(&bot, options, quiet).await })
    }
}

/// Whether a run did what it was asked for: what only a person can decide about entries is no trouble of the run.
pub(super) fn did_well(report: &RunReport) -> bool {
    match report.reading.outcome {
        Outcome::Good => true,
        Outcome::NeedsPerson => report.remedy.is_none(),
        Outcome::Incomplete | Outcome::Failed => false,
    }
}

/// What becomes of a job whose run has ended; tried again only what may pass by itself.
pub(super) fn end_of(job: &JobRow, report: Option<&RunReport>, retry: Retry, now: DateTime<Utc>) -> JobEnd {
    let mut end = JobEnd {
        id: job.id,
        fence: job.fence,
        state: "failed",
        run: String::new(),
        outcome: String::new(),
        why: Why::NoBot { bot: job.bot.clone() }.stored(),
        attempt: job.attempt,
        start_at: job.start_at,
        follow: Vec::new(),
        pulse: None,
    };
    let Some(report) = report else { return end };
    let reading = &report.reading;
    end.run.clone_from(&reading.run);
    reading.outcome.word().clone_into(&mut end.outcome);
    end.attempt += 1;
    end.why = match &reading.reason {
        Some(reason) => {
            Why::Run { bot: job.bot.clone(), outcome: end.outcome.clone(), reason: reason.clone(), tries: end.attempt }
                .stored()
        }
        None => String::new(),
    };
    let passing = matches!(report.remedy, Some(Remedy::Retry | Remedy::Backoff));
    let tries = u32::try_from(end.attempt).unwrap_or(u32::MAX);
    let pause = timetable::retry_pause(&retry, tries).filter(|_| passing);
    match pause {
        _ if did_well(report) => end.state = "ran",
        Some(pause) => (end.state, end.start_at) = ("queued", now + pause),
        // What was read is kept and shown, with what is missing.
        None if reading.outcome == Outcome::Incomplete => end.state = "ran",
        None => {}
    }
    end
}
