//! How runs have ended, and what that makes due.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Heart, account::busy_by_bot, named};
use crate::{
    adapter::Retry,
    engine::{
        pulse::dead_at,
        runs::Ended,
        work::{did_well, end_of},
    },
    queue::Why,
    run::RunReport,
    store::{Busy, JobEnd, JobRow, NewTick, ScheduleRow, StoreError},
};

/// The pause after a run for entries that came to nothing; each further one doubles it, up to [`FRUITLESS_MOST`].
const FRUITLESS_FIRST: TimeDelta = TimeDelta::seconds(10);
/// The longest of those pauses.
const FRUITLESS_MOST: TimeDelta = TimeDelta::minutes(15);

impl Heart {
    /// Writes down how runs have ended, with what that makes due.
    pub(super) async fn write_ends(&mut self, mut ended: Vec<(JobRow, Ended)>) -> Result<(), StoreError> {
        while let Some(one) = self.runs.next_now() {
            ended.push(one);
        }
        if ended.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let rows = self.store.schedules().await?;
        let busy = busy_by_bot(self.store.busy().await?);
        let mut ends = Vec::with_capacity(ended.len());
        for (job, ended) in &ended {
            ends.push(self.end_of(job, ended, (&rows, &busy), now).await?);
        }
        for lost in self.store.end_jobs(&ends, now).await? {
            tracing::warn!(job = lost, "a run was taken over by another engine while it went on here");
        }
        Ok(())
    }

    async fn end_of(
        &mut self,
        job: &JobRow,
        ended: &Ended,
        (rows, busy): (&[ScheduleRow], &BTreeMap<String, Busy>),
        now: DateTime<Utc>,
    ) -> Result<JobEnd, StoreError> {
        let adapters = self.work.adapters();
        let retry = named(&adapters, &job.schedule).map_or_else(Retry::default, |schedule| schedule.retry);
        let report = match ended {
            Ended::Ran(report) => report.as_deref(),
            Ended::GivenUp | Ended::Broken(_) => None,
        };
        let mut end = end_of(job, report, retry, now);
        match ended {
            Ended::Ran(_) => {}
            Ended::GivenUp => {
                self.store.release_worker(&self.options.worker, Some(&job.bot)).await?;
                (end.state, end.why) = ("skipped", Why::Replaced { bot: job.bot.clone() }.stored());
            }
            Ended::Broken(reason) => {
                let (bot, outcome) = (job.bot.clone(), "failed".to_owned());
                end.why = Why::Run { bot, outcome, reason: reason.clone(), tries: job.attempt + 1 }.stored();
            }
        }
        self.remember_fruit(&job.bot, report, now);
        let Some(report) = report else { return Ok(end) };
        (self.options.reports)(report);
        if did_well(report) {
            let paused = |name: &str| rows.iter().any(|row| row.name == name && row.paused.is_some());
            end.pulse = Some(dead_at(&job.bot, &adapters, &self.calendar, paused, now));
        }
        if report.reading.changed > 0 {
            let after = adapters.schedules.iter().filter(|schedule| schedule.after.contains(&job.bot));
            end.follow = after
                .map(|schedule| {
                    let tick = match self.kept_from(schedule, rows, now) {
                        Some(why) => NewTick { due: now, state: "skipped", why: why.stored(), jobs: Vec::new() },
                        None => {
                            let why = Why::After { bot: job.bot.clone(), run: report.reading.run.clone() };
                            self.called(schedule, busy, why, now)
                        }
                    };
                    (schedule.name.clone(), tick)
                })
                .collect();
        }
        Ok(end)
    }

    /// A bot that enters and comes to nothing is not called for the same entries again at once.
    fn remember_fruit(&mut self, bot: &str, report: Option<&RunReport>, now: DateTime<Utc>) {
        let fruitful = report.is_some_and(did_well);
        if fruitful {
            self.fruitless.remove(bot);
            return;
        }
        let (times, again) = self.fruitless.entry(bot.to_owned()).or_insert((0, now));
        let pause = (FRUITLESS_FIRST * 2_i32.pow((*times).clamp(0, 10).unsigned_abs())).min(FRUITLESS_MOST);
        (*times, *again) = (*times + 1, now + pause);
    }
}
