//! The dead man's alarm: from when on a bot counts as dead that has not done well again. It stands in the store, so that it goes off
//! even where every engine is gone.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    adapter::{Adapters, Schedule},
    calendar::Calendar,
    queue::timetable,
};

/// So many runs that were expected, and had their time, without a good one: one may fail by chance, and the next may meet the same
/// trouble once more.
const RUNS_MISSED: usize = 3;

/// From when on a bot that did well at `good_at` counts as dead. `None` where nothing is expected of it: no schedule that runs it has a
/// cron, all of them are paused, or the calendar does not reach that far.
pub(super) fn dead_at(
    bot: &str,
    adapters: &Adapters,
    calendar: &Calendar,
    paused: impl Fn(&str) -> bool,
    good_at: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let system = adapters.systems.get(&adapters.bots.get(bot)?.system)?;
    let expected = |schedule: &Schedule| {
        let mut due = good_at;
        for _ in 0..RUNS_MISSED {
            due = timetable::next_due(schedule, &[system], calendar, due).ok()??;
        }
        let time = TimeDelta::from_std(schedule.jitter.saturating_add(schedule.timeout)).ok()?;
        Some(due + time)
    };
    let schedules = adapters.schedules.iter();
    let its = schedules.filter(|schedule| schedule.bots.iter().any(|name| name == bot) && !paused(&schedule.name));
    its.filter_map(expected).min()
}
