//! The instants of a cron expression, over the days on which clocks are set.
//!
//! The crate `cron` is only asked about wall clocks that are never set: it would pass over what they skip, and name twice what
//! they show twice.

use std::iter;

use chrono::{DateTime, NaiveDateTime, Offset, SubsecRound, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use cron::TimeUnitSpec;

use crate::{
    adapter::{Cron, Schedule},
    calendar::{shown, shown_at},
};

/// Instants are whole seconds apart.
const SECOND: TimeDelta = TimeDelta::seconds(1);
/// Within so long clocks are set once at most, and never by that much.
const DAY: TimeDelta = TimeDelta::days(1);
/// Fields of a cron expression that don't say the time of day: day, month and weekday.
const DATE_FIELDS: usize = 3;

/// Every instant that the schedule's cron names after `after`, up to and including `until`: ascending, none twice. None where
/// the schedule has no cron.
pub fn instants(
    schedule: &Schedule,
    after: DateTime<Utc>,
    until: DateTime<Utc>,
) -> impl Iterator<Item = DateTime<Utc>> {
    let following = move |last: DateTime<Utc>| following(schedule, last, until);
    iter::successors(following(after), move |last| following(*last))
}

/// The first instant after `after`, whether it is ruled out or not. `None` where there is none until 2100.
pub fn next(schedule: &Schedule, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    following(schedule, after, DateTime::<Utc>::MAX_UTC - DAY)
}

/// The last instant up to and including `until`, whether it is ruled out or not. `None` where there is none since 1970.
pub fn previous(schedule: &Schedule, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let cron = schedule.cron.as_ref()?;
    if !is_time_of_day(cron) {
        return last_by_real_time(cron, schedule.zone, until);
    }
    // A time that is shown twice may be shown later than now once more, and have fallen due already.
    let times = before(cron, shown(schedule.zone, until) + DAY);
    times.filter_map(|time| falls_due(schedule.zone, time)).find(|due| *due <= until)
}

/// The first instant in (`after`, `until`].
fn following(schedule: &Schedule, after: DateTime<Utc>, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let cron = schedule.cron.as_ref()?;
    if !is_time_of_day(cron) {
        return first_by_real_time(cron, schedule.zone, after, until);
    }
    let mut due =
        from(cron, shown(schedule.zone, after.trunc_subsecs(0))).filter_map(|time| falls_due(schedule.zone, time));
    due.find(|due| *due > after).filter(|due| *due <= until)
}

/// When a time of day falls due: as the zone's clocks first show it, or as they have been set over it.
fn falls_due(zone: Tz, time: NaiveDateTime) -> Option<DateTime<Utc>> {
    shown_at(zone, time).map(|(first, _)| first)
}

/// Whether the expression names one time of day.
fn is_time_of_day(cron: &Cron) -> bool {
    let fields = || cron.written.split_whitespace();
    let clock = fields().count().saturating_sub(DATE_FIELDS);
    let plain = fields().take(clock).all(|field| !field.contains(['*', '/']));
    let schedule = &cron.schedule;
    plain && schedule.hours().count() == 1 && schedule.minutes().count() == 1 && schedule.seconds().count() == 1
}

/// What wall clocks that are never set show when the cron names it, from `local` on.
fn from(cron: &Cron, local: NaiveDateTime) -> impl Iterator<Item = NaiveDateTime> {
    cron.schedule.after(&(local - SECOND).and_utc()).map(|at| at.naive_utc())
}

/// The same before `local`, backwards.
fn before(cron: &Cron, local: NaiveDateTime) -> impl Iterator<Item = NaiveDateTime> {
    cron.schedule.after(&local.and_utc()).rev().map(|at| at.naive_utc())
}

/// What is added to an instant to get what the zone's clocks show then.
fn offset(zone: Tz, at: DateTime<Utc>) -> TimeDelta {
    TimeDelta::seconds(zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc().into())
}

/// The first second at which the zone's clocks go as they do at `end`; they are set once between `start` and `end`.
fn set_at(zone: Tz, start: DateTime<Utc>, end: DateTime<Utc>) -> DateTime<Utc> {
    let after = offset(zone, end);
    let (mut start, mut end) = (start.timestamp(), end.timestamp());
    let instant = |second: i64| DateTime::from_timestamp(second, 0).unwrap_or_default();
    while end - start > 1 {
        let middle = start + (end - start) / 2;
        if offset(zone, instant(middle)) == after {
            end = middle;
        } else {
            start = middle;
        }
    }
    instant(end)
}

/// The first instant in (`after`, `until`], by real time: within a stretch of days on which clocks are not set, they and real time
/// run alike, so what the cron names is looked for stretch by stretch.
fn first_by_real_time(cron: &Cron, zone: Tz, mut after: DateTime<Utc>, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
    while after < until {
        let start = after.trunc_subsecs(0) + SECOND;
        let ahead = offset(zone, start);
        let due = (from(cron, start.naive_utc() + ahead).next()? - ahead).and_utc();
        let end = (start + DAY).min(until.max(start));
        let steady = offset(zone, end) == ahead;
        let last = if steady { end } else { set_at(zone, start, end) - SECOND };
        if due <= last {
            return Some(due).filter(|due| *due <= until);
        }
        // Nothing is named for days: they need not be looked through one by one.
        after = if steady { last.max(due - DAY) } else { last };
    }
    None
}

/// The last instant up to `until`, by real time, in the same way.
fn last_by_real_time(cron: &Cron, zone: Tz, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut end = until.trunc_subsecs(0);
    loop {
        let ahead = offset(zone, end);
        let due = (before(cron, end.naive_utc() + ahead + SECOND).next()? - ahead).and_utc();
        let start = end - DAY;
        let steady = offset(zone, start) == ahead;
        let first = if steady { start } else { set_at(zone, start, end) };
        if due >= first {
            return Some(due);
        }
        end = if steady { start.min(due + DAY) } else { first - SECOND };
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Berlin;

    use super::*;

    fn schedule(written: &str) -> Schedule {
        let seconds = if written.split_whitespace().count() == 5 { "0 " } else { "" };
        let cron = Cron { schedule: format!("{seconds}{written}").parse().unwrap(), written: written.to_owned() };
        Schedule { cron: Some(cron), zone: Berlin, ..Schedule::new("test#1") }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// What the clocks in Berlin show at all instants of a day of theirs, with what they are ahead.
    fn day(written: &str, day: &str) -> Vec<String> {
        let schedule = schedule(written);
        let midnight = |day: chrono::NaiveDate| shown_at(Berlin, day.and_time(chrono::NaiveTime::MIN)).unwrap().0;
        let date: chrono::NaiveDate = day.parse().unwrap();
        let (start, end) = (midnight(date) - SECOND, midnight(date.succ_opt().unwrap()) - SECOND);
        let forward: Vec<_> = instants(&schedule, start, end).collect();
        let backward = iter::successors(previous(&schedule, end), |last| previous(&schedule, *last - SECOND));
        let mut backward: Vec<_> = backward.take_while(|due| *due > start).collect();
        backward.reverse();
        assert_eq!(forward, backward, "{written} on {day}");
        forward.iter().map(|due| due.with_timezone(&Berlin).format("%H:%M%z").to_string()).collect()
    }

    #[test]
    fn a_time_of_day_falls_due_once_whatever_the_clocks_do() {
        assert_eq!(day("30 2 * * *", "2026-03-28"), ["02:30+0100"]);
        assert_eq!(day("30 2 * * *", "2026-03-29"), ["03:00+0200"]);
        assert_eq!(day("30 2 * * *", "2026-10-25"), ["02:30+0200"]);
        assert_eq!(day("0 3 * * *", "2026-03-29"), ["03:00+0200"]);
        assert_eq!(day("0 3 * * *", "2026-10-25"), ["03:00+0100"]);
    }

    #[test]
    fn everything_else_goes_by_real_time() {
        assert_eq!(day("0,30 1-3 * * *", "2026-03-29"), ["01:00+0100", "01:30+0100", "03:00+0200", "03:30+0200"]);
        let back = ["02:00+0200", "02:30+0200", "02:00+0100", "02:30+0100"];
        assert_eq!(day("*/30 2 * * *", "2026-10-25"), back);
        assert_eq!(day("30 2,14 * * *", "2026-10-25"), ["02:30+0200", "02:30+0100", "14:30+0100"]);
        assert_eq!(day("0 * * * *", "2026-03-29").len(), 23);
        assert_eq!(day("0 * * * *", "2026-10-25").len(), 25);
    }

    #[test]
    fn what_is_rare_is_found_and_what_never_comes_is_not() {
        let leap = schedule("*/20 9 29 2 *");
        assert_eq!(next(&leap, at("2026-11-26T00:00:00Z")), Some(at("2028-02-29T08:00:00Z")));
        assert_eq!(previous(&leap, at("2026-11-26T00:00:00Z")), Some(at("2024-02-29T08:40:00Z")));
        for never in ["*/20 9 30 2 *", "0 9 30 2 *"] {
            let never = schedule(never);
            assert_eq!(
                (next(&never, at("2026-01-01T00:00:00Z")), previous(&never, at("2026-01-01T00:00:00Z"))),
                (None, None)
            );
        }
        assert_eq!(next(&Schedule::new("test#1"), at("2026-01-01T00:00:00Z")), None);
    }

    #[test]
    fn bounds_are_after_and_up_to_also_within_a_second() {
        let every = schedule("*/10 * * * * *");
        let found: Vec<_> = instants(&every, at("2026-01-01T00:00:00Z"), at("2026-01-01T00:00:20Z")).collect();
        assert_eq!(found, [at("2026-01-01T00:00:10Z"), at("2026-01-01T00:00:20Z")]);
        let found: Vec<_> = instants(&every, at("2026-01-01T00:00:09.9Z"), at("2026-01-01T00:00:19.9Z")).collect();
        assert_eq!(found, [at("2026-01-01T00:00:10Z")]);
        assert_eq!(previous(&every, at("2026-01-01T00:00:19.9Z")), Some(at("2026-01-01T00:00:10Z")));
    }
}
