//! When a schedule falls due, and how long a reading by it stays fresh.

use chrono::{DateTime, Utc};

use crate::{
    adapter::Schedule,
    calendar::{Calendar, CalendarError},
};

/// Ticks that may lie on days off before a schedule is taken to have no tick any more: two weeks of one every second.
const TICKS_TRIED: usize = 1_300_000;
/// Ticks ahead that the freshness of a system is worked out from: a day of one every two minutes.
const TICKS_AHEAD: usize = 720;
/// A reading stays fresh for this many intervals: two ticks may be missed before the figures count as old.
const INTERVALS_FRESH: i64 = 3;
/// Never stale before that, in seconds: a quick schedule's runs take longer than its interval.
const FRESH_AT_LEAST: i64 = 60;
/// Seconds that a reading stays fresh where no schedule reads the system: a day.
const FRESH_UNSCHEDULED: u64 = 86_400;

/// The first tick after `after`; `None` when there is none. Errors: a year without a calendar.
pub fn next_due(
    schedule: &Schedule,
    calendar: &Calendar,
    after: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, CalendarError> {
    let local = after.with_timezone(&schedule.zone);
    for tick in schedule.cron.after(&local).take(TICKS_TRIED) {
        if !schedule.workdays || calendar.is_working(tick.date_naive())? {
            return Ok(Some(tick.with_timezone(&Utc)));
        }
    }
    Ok(None)
}

/// Seconds that a reading of a system stays fresh: three of the usual (median) intervals of the schedules that read it.
pub fn fresh_for<'a>(schedules: impl Iterator<Item = &'a Schedule>, now: DateTime<Utc>) -> u64 {
    let usual = schedules.filter_map(|schedule| {
        let local = now.with_timezone(&schedule.zone);
        let ticks: Vec<_> = schedule.cron.after(&local).take(TICKS_AHEAD).collect();
        let mut gaps: Vec<i64> = ticks.windows(2).map(|pair| (pair[1] - pair[0]).num_seconds()).collect();
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
    use std::{str::FromStr, time::Duration};

    use chrono::TimeZone;

    use super::*;

    fn schedule(cron: &str, workdays: bool) -> Schedule {
        Schedule {
            name: "test#1".to_owned(),
            bots: Vec::new(),
            cron: cron::Schedule::from_str(cron).unwrap(),
            written: cron.to_owned(),
            zone: chrono_tz::Asia::Shanghai,
            workdays,
            timeout: Duration::from_secs(60),
        }
    }

    #[test]
    fn ticks_are_in_the_schedules_zone() {
        let after = Utc.with_ymd_and_hms(2026, 11, 23, 0, 30, 0).unwrap();
        let due = next_due(&schedule("0 0 9 * * *", false), &Calendar::district(), after).unwrap();
        assert_eq!(due, Utc.with_ymd_and_hms(2026, 11, 23, 1, 0, 0).single());
    }

    #[test]
    fn a_holiday_has_no_ticks_and_a_working_saturday_has() {
        // 2026-10-01 to 07 are off; Saturday 2026-10-10 is worked.
        let calendar = Calendar::district();
        let workdays = schedule("0 0 9 * * *", true);
        let due = |day| next_due(&workdays, &calendar, Utc.with_ymd_and_hms(2026, 10, day, 4, 0, 0).unwrap()).unwrap();
        assert_eq!(due(1), Utc.with_ymd_and_hms(2026, 10, 8, 1, 0, 0).single());
        assert_eq!(due(9), Utc.with_ymd_and_hms(2026, 10, 10, 1, 0, 0).single());
        assert_eq!(due(10), Utc.with_ymd_and_hms(2026, 10, 12, 1, 0, 0).single());
    }

    #[test]
    fn a_year_without_calendar_is_an_error() {
        let after = Utc.with_ymd_and_hms(2026, 12, 31, 16, 0, 0).unwrap();
        assert!(
            next_due(&schedule("0 0 9 * * *", true), &Calendar::district(), after)
                .unwrap_err()
                .to_string()
                .contains("2027")
        );
    }

    #[test]
    fn freshness_is_three_usual_intervals() {
        let now = Utc.with_ymd_and_hms(2026, 11, 23, 0, 0, 0).unwrap();
        let fresh = |crons: &[&str]| {
            let schedules: Vec<_> = crons.iter().map(|cron| schedule(cron, false)).collect();
            fresh_for(schedules.iter(), now)
        };
        assert_eq!(fresh(&["0 */2 8-18 * * *"]), 360);
        assert_eq!(fresh(&["*/5 * * * * *"]), 60);
        assert_eq!(fresh(&["0 0 9 * * *", "0 */10 * * * *"]), 1800);
        assert_eq!(fresh(&[]), FRESH_UNSCHEDULED);
    }
}
