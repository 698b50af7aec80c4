//! What is expected of schedules: the next run, how old a bot's last good run may be, how long its figures stay fresh.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    instants::{instants, next, previous},
    ruled_out::{day_off, shut, shut_by_clock},
};
use crate::{
    adapter::{Schedule, System},
    calendar::{Calendar, CalendarError},
};

/// How far ahead a run is looked for: beyond it a schedule has none any more.
const AHEAD_MOST: TimeDelta = TimeDelta::days(5 * 366);
/// How far back expected runs are looked for: three of one that comes once in three months.
const BACK_MOST: TimeDelta = TimeDelta::days(366);
/// Instants are whole seconds apart.
const SECOND: TimeDelta = TimeDelta::seconds(1);
/// So many runs in a row without a good one, and a bot is taken for dead: one may fail by chance, and the next may meet the same
/// trouble once more.
const RUNS_MISSED: usize = 3;
/// Instants ahead that the freshness of a system is worked out from: a day of one every two minutes.
const INSTANTS_AHEAD: usize = 720;
/// A reading stays fresh for this many intervals: two runs may be missed before the figures count as old.
const INTERVALS_FRESH: i64 = 3;
/// Never stale before that, in seconds: a quick schedule's runs take longer than its interval.
const FRESH_AT_LEAST: i64 = 60;
/// Seconds that a reading stays fresh where no schedule reads the system: a day.
const FRESH_UNSCHEDULED: u64 = 86_400;

/// The first instant after `after` that nothing rules out; `None` where there is none within five years.
///
/// Errors: [`CalendarError::MissingYear`], where only working days count.
pub fn next_due(
    schedule: &Schedule,
    bot_systems: &[&System],
    calendar: &Calendar,
    after: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, CalendarError> {
    let mut from = after;
    loop {
        let Some(due) = next(schedule, from).filter(|due| *due - after <= AHEAD_MOST) else { return Ok(None) };
        match shut(schedule, bot_systems, calendar, due)? {
            None => return Ok(Some(due)),
            // A second before it opens, so that what falls due then is not passed over.
            Some(shut) => from = due.max(shut.until - SECOND),
        }
    }
}

/// How old a bot's last good run may be before its schedules say that the bot is dead. `schedules` are those that run it,
/// `bot_systems` the system that it works in.
///
/// It reaches back to the third last instant that nothing rules out and whose run has had its time (jitter and timeout): a bot
/// whose last good run is older has missed three in a row. Days off, closed hours, maintenance and quiet hours count for
/// nothing, so a bot is not taken for dead on Monday morning. A year that the calendar lacks rules no day out: then the schedule
/// stands still, and that is what the alarm is for.
///
/// `None` where nothing is expected: no schedule has a cron, or there were not three such instants within a year. What a bot that
/// was added just now, or was paused, has missed is for the caller to say: only instants since then count against it.
pub fn allowed_age(
    schedules: &[&Schedule],
    bot_systems: &[&System],
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Option<TimeDelta> {
    let last = schedules.iter().flat_map(|schedule| last_expected(schedule, bot_systems, calendar, now));
    let mut last: Vec<DateTime<Utc>> = last.collect();
    last.sort_unstable_by(|one, other| other.cmp(one));
    last.dedup();
    last.get(RUNS_MISSED - 1).map(|third| now - *third)
}

/// The last instants of a schedule that nothing rules out and whose runs have had their time; the latest first, at most
/// [`RUNS_MISSED`].
fn last_expected(
    schedule: &Schedule,
    bot_systems: &[&System],
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Vec<DateTime<Utc>> {
    let run = TimeDelta::from_std(schedule.jitter + schedule.timeout).unwrap_or(TimeDelta::zero());
    let mut until = now - run;
    let mut found = Vec::new();
    while found.len() < RUNS_MISSED
        && let Some(due) = previous(schedule, until).filter(|due| now - *due <= BACK_MOST)
    {
        let off = day_off(schedule, calendar, due).unwrap_or_default();
        match off.or_else(|| shut_by_clock(schedule, bot_systems, due)) {
            None => {
                found.push(due);
                until = due - SECOND;
            }
            Some(shut) => until = due.min(shut.since) - SECOND,
        }
    }
    found
}

/// Seconds that a reading of a system stays fresh: three of the usual (median) intervals of the schedules that read it.
pub fn fresh_for<'a>(schedules: impl Iterator<Item = &'a Schedule>, now: DateTime<Utc>) -> u64 {
    let usual = schedules.filter_map(|schedule| {
        let ahead: Vec<_> = instants(schedule, now, now + AHEAD_MOST).take(INSTANTS_AHEAD).collect();
        let mut gaps: Vec<i64> = ahead.windows(2).map(|pair| (pair[1] - pair[0]).num_seconds()).collect();
        gaps.sort_unstable();
        gaps.get(gaps.len() / 2).copied()
    });
    match usual.min() {
        Some(gap) => (gap * INTERVALS_FRESH).max(FRESH_AT_LEAST).unsigned_abs(),
        None => FRESH_UNSCHEDULED,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        adapter::Cron,
        calendar::{Hours, Window},
    };

    fn schedule(cron: &str) -> Schedule {
        let cron = Cron { schedule: cron.parse().unwrap(), written: cron.to_owned() };
        Schedule { cron: Some(cron), timeout: Duration::from_secs(300), ..Schedule::new("test#1") }
    }

    fn workdays(cron: &str) -> Schedule {
        Schedule { workdays: true, ..schedule(cron) }
    }

    /// An instant as the district's clocks show it.
    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}+08:00").parse().unwrap()
    }

    #[test]
    fn a_holiday_has_no_runs_and_a_working_saturday_has() {
        // 2026-10-01 to 07 are off; Saturday 2026-10-10 is worked.
        let schedule = workdays("0 0 9 * * *");
        let due = |after| next_due(&schedule, &[], &Calendar::district(), at(after)).unwrap();
        assert_eq!(due("2026-10-01T12:00:00"), Some(at("2026-10-08T09:00:00")));
        assert_eq!(due("2026-10-09T12:00:00"), Some(at("2026-10-10T09:00:00")));
        assert_eq!(due("2026-10-10T12:00:00"), Some(at("2026-10-12T09:00:00")));
        assert_eq!(due("2026-10-12T08:59:59"), Some(at("2026-10-12T09:00:00")));
    }

    #[test]
    fn a_year_without_calendar_is_an_error() {
        let due = next_due(&workdays("0 0 9 * * *"), &[], &Calendar::district(), at("2026-12-31T12:00:00"));
        assert!(due.unwrap_err().to_string().contains("2027"));
    }

    #[test]
    fn a_schedule_that_never_runs_is_due_never() {
        let hours = Some(Hours::parse(&["08:00-18:00"]).unwrap());
        let night = Schedule { hours, ..schedule("0 0 3 * * *") };
        assert_eq!(next_due(&night, &[], &Calendar::district(), at("2026-01-01T00:00:00")).unwrap(), None);
        let after = Schedule { after: vec!["other".to_owned()], ..Schedule::new("test#1") };
        assert_eq!(next_due(&after, &[], &Calendar::district(), at("2026-01-01T00:00:00")).unwrap(), None);
    }

    #[test]
    fn a_bot_is_dead_after_three_runs_that_have_had_their_time() {
        let schedule = schedule("0 */2 * * * *");
        let age = |now| allowed_age(&[&schedule], &[], &Calendar::district(), at(now)).map(|age| age.num_seconds());
        // Due at 08:56, 08:58 and 09:00, each with five minutes.
        assert_eq!(age("2026-11-26T09:05:00"), Some(9 * 60));
        assert_eq!(age("2026-11-26T09:06:59"), Some(9 * 60 + 119));
    }

    #[test]
    fn nothing_is_expected_over_days_off_closed_hours_maintenance_and_quiet_hours() {
        let hours = Hours::parse(&["08:30-12:00", "13:30-17:30"]).unwrap();
        let because = "upgrade".to_owned();
        let window = Window { from: at("2026-11-23T09:00:00"), until: at("2026-11-24T16:00:00"), because };
        let schedule = Schedule { hours: Some(hours), maintenance: vec![window], ..workdays("0 0 * * * *") };
        let third = |now| {
            let now = at(now);
            now - allowed_age(&[&schedule], &[], &Calendar::district(), now).unwrap()
        };
        // Friday's last three stand over the weekend, and until Monday's first has had its time.
        for now in ["2026-11-20T18:00:00", "2026-11-22T12:00:00", "2026-11-23T08:59:00", "2026-11-24T15:59:00"] {
            assert_eq!(third(now), at("2026-11-20T15:00:00"), "{now}");
        }
        assert_eq!(third("2026-11-24T17:05:00"), at("2026-11-20T17:00:00"));
        assert_eq!(third("2026-11-25T09:05:00"), at("2026-11-24T16:00:00"));
    }

    #[test]
    fn an_unknown_year_keeps_no_bot_alive_and_all_schedules_of_a_bot_count_together() {
        let now = at("2027-01-04T09:30:00");
        let (daily, hourly) = (workdays("0 0 9 * * *"), schedule("0 0 * * * *"));
        let age = |schedules: &[&Schedule]| allowed_age(schedules, &[], &Calendar::district(), now);
        assert_eq!(age(&[&daily]), Some(now - at("2027-01-02T09:00:00")));
        assert_eq!(age(&[&daily, &hourly]), Some(now - at("2027-01-04T07:00:00")));
        assert_eq!((age(&[]), age(&[&schedule("0 0 9 1 1 *")])), (None, None));
    }

    #[test]
    fn freshness_is_three_usual_intervals() {
        let now = at("2026-11-23T08:00:00");
        let fresh = |crons: &[&str]| {
            let schedules: Vec<_> = crons.iter().map(|cron| schedule(cron)).collect();
            fresh_for(schedules.iter(), now)
        };
        assert_eq!(fresh(&["0 */2 8-18 * * *"]), 360);
        assert_eq!(fresh(&["*/5 * * * * *"]), 60);
        assert_eq!(fresh(&["0 0 9 * * *", "0 */10 * * * *"]), 1800);
        assert_eq!(fresh(&[]), FRESH_UNSCHEDULED);
    }
}
