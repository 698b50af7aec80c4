//! What keeps a schedule from running at an instant.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::{Asia::Shanghai, Tz};
use serde::{Deserialize, Serialize};

use crate::{
    adapter::{Schedule, System},
    base::Message,
    calendar::{Calendar, CalendarError, Hours, Window, shown, shown_at},
};

/// How far a stretch is taken to go that has no end: quiet hours of the whole day.
const NO_END: TimeDelta = TimeDelta::days(366);
/// Instants are whole seconds apart.
const SECOND: TimeDelta = TimeDelta::seconds(1);

/// Why a schedule does not run at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum RuledOut {
    /// It runs on working days, and this one is none.
    DayOff {
        /// The day, in its zone.
        day: NaiveDate,
    },
    /// It lies outside of the schedule's hours.
    OutsideHours,
    /// The schedule rests, or a system that it would disturb is shut.
    Maintenance {
        /// The system's name; `None` where the schedule itself says so.
        system: Option<String>,
        /// Why, in the words of the file.
        because: String,
        /// The first instant after it.
        until: DateTime<Utc>,
    },
    /// It lies in the quiet hours of a system that it would disturb.
    Quiet {
        /// The system's name.
        system: String,
        /// The first instant after them.
        until: DateTime<Utc>,
    },
}

impl RuledOut {
    /// Why, as a person reads it; moments are given as the clocks of `zone` show them.
    pub fn message(&self, zone: Tz) -> Message {
        let moment = |at: DateTime<Utc>| shown(zone, at).format("%Y-%m-%d %H:%M");
        match self {
            Self::DayOff { day } => Message::new("timetable-day-off").with("date", day),
            Self::OutsideHours => Message::new("timetable-outside-hours"),
            Self::Maintenance { system: None, because, until } => {
                Message::new("timetable-rests").with("because", because).with("until", moment(*until))
            }
            Self::Maintenance { system: Some(system), because, until } => Message::new("timetable-maintenance")
                .with("system", system)
                .with("because", because)
                .with("until", moment(*until)),
            Self::Quiet { system, until } => {
                Message::new("timetable-quiet").with("system", system).with("until", moment(*until))
            }
        }
    }
}

/// A stretch of time that is ruled out throughout. It may begin earlier and end later than it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shut {
    /// Why.
    pub why: RuledOut,
    /// An instant from which on all is ruled out, up to the one that was asked about.
    pub since: DateTime<Utc>,
    /// An instant up to which all is ruled out, itself not.
    pub until: DateTime<Utc>,
}

/// Why the schedule does not run at `at`, where something rules it out. `bot_systems` are the systems that it would disturb: those
/// of all its bots, or of the one bot that is asked about.
///
/// Errors: [`CalendarError::MissingYear`], where only working days count.
pub fn ruled_out(
    schedule: &Schedule,
    bot_systems: &[&System],
    calendar: &Calendar,
    at: DateTime<Utc>,
) -> Result<Option<RuledOut>, CalendarError> {
    Ok(shut(schedule, bot_systems, calendar, at)?.map(|shut| shut.why))
}

/// The same with the stretch around `at` that is ruled out for this reason, so that nobody has to ask instant by instant.
///
/// Errors: [`CalendarError::MissingYear`], where only working days count.
pub fn shut(
    schedule: &Schedule,
    bot_systems: &[&System],
    calendar: &Calendar,
    at: DateTime<Utc>,
) -> Result<Option<Shut>, CalendarError> {
    Ok(day_off(schedule, calendar, at)?.or_else(|| shut_by_clock(schedule, bot_systems, at)))
}

/// The day off around `at`.
pub(super) fn day_off(
    schedule: &Schedule,
    calendar: &Calendar,
    at: DateTime<Utc>,
) -> Result<Option<Shut>, CalendarError> {
    let date = shown(schedule.zone, at).date();
    if !schedule.workdays || calendar.is_working(date)? {
        return Ok(None);
    }
    let midnight = date.and_time(NaiveTime::MIN);
    let (since, until) = around(schedule.zone, at, Some((midnight, midnight + TimeDelta::days(1))));
    Ok(Some(Shut { why: RuledOut::DayOff { day: date }, since, until }))
}

/// What rules `at` out other than days off.
pub(super) fn shut_by_clock(schedule: &Schedule, bot_systems: &[&System], at: DateTime<Utc>) -> Option<Shut> {
    let closed = |hours: &&Hours| !hours.contains(shown(schedule.zone, at).time());
    if let Some(hours) = schedule.hours.as_ref().filter(closed) {
        let (since, until) = around(schedule.zone, at, hours.stretch(shown(schedule.zone, at)));
        return Some(Shut { why: RuledOut::OutsideHours, since, until });
    }
    let rests = schedule.maintenance.iter().map(|window| (None, window));
    let systems = bot_systems
        .iter()
        .flat_map(|system| system.maintenance.iter().map(|window| (Some(system.name.clone()), window)));
    if let Some((system, window)) = rests.chain(systems).find(|(_, window)| window.contains(at)) {
        let Window { from, until, because } = window.clone();
        return Some(Shut { why: RuledOut::Maintenance { system, because, until }, since: from, until });
    }
    bot_systems.iter().find_map(|system| {
        let quiet = system.quiet.as_ref().filter(|quiet| quiet.contains(shown(Shanghai, at).time()))?;
        let (since, until) = around(Shanghai, at, quiet.stretch(shown(Shanghai, at)));
        Some(Shut { why: RuledOut::Quiet { system: system.name.clone(), until }, since, until })
    })
}

/// The instants between which a zone's clocks show such a stretch around `at`. Where they are set within it, they may show the
/// stretch in two pieces: then only `at` itself is sure.
fn around(
    zone: Tz,
    at: DateTime<Utc>,
    stretch: Option<(NaiveDateTime, NaiveDateTime)>,
) -> (DateTime<Utc>, DateTime<Utc>) {
    let Some((since, until)) = stretch else { return (at - NO_END, at + NO_END) };
    let ahead = |at: DateTime<Utc>| zone.offset_from_utc_datetime(&at.naive_utc()).fix();
    let steady = |edge: &DateTime<Utc>| ahead(*edge) == ahead(at);
    let since = shown_at(zone, since).map(|(_, last)| last).filter(|since| *since <= at).filter(steady);
    let until = shown_at(zone, until).map(|(first, _)| first).filter(|until| *until > at).filter(steady);
    (since.unwrap_or(at), until.unwrap_or(at + SECOND))
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Berlin;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn shut_in_berlin(hours: &[&str], at: DateTime<Utc>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let hours = Some(Hours::parse(hours).unwrap());
        let schedule = Schedule { hours, zone: Berlin, ..Schedule::new("test#1") };
        shut_by_clock(&schedule, &[], at).map(|shut| (shut.since, shut.until))
    }

    #[test]
    fn a_stretch_is_told_whole() {
        let found = shut_in_berlin(&["08:30-12:00"], at("2026-11-26T20:00:00Z"));
        assert_eq!(found, Some((at("2026-11-26T11:00:00Z"), at("2026-11-27T07:30:00Z"))));
        assert_eq!(shut_in_berlin(&["08:30-12:00"], at("2026-11-26T10:59:59Z")), None);
    }

    /// On the day on which clocks are set back, 02:00 to 03:00 comes twice: open, shut, open, shut.
    #[test]
    fn where_clocks_are_set_nothing_open_is_in_the_stretch() {
        let start = at("2026-10-23T00:00:00Z");
        let minutes = || (0..4 * 24 * 60).map(|minute| start + TimeDelta::minutes(minute));
        for hours in [["02:00-02:30"], ["02:15-02:45"], ["02:30-03:10"], ["22:00-02:30"]] {
            let shut: Vec<_> = minutes().map(|asked| (asked, shut_in_berlin(&hours, asked))).collect();
            let open: Vec<_> = shut.iter().filter(|(_, shut)| shut.is_none()).map(|(asked, _)| *asked).collect();
            for (asked, found) in &shut {
                let Some((since, until)) = found else { continue };
                assert!(since <= asked && asked < until, "{hours:?} {asked}");
                let within = open.partition_point(|open| open < since)..open.partition_point(|open| open < until);
                assert!(within.is_empty(), "{hours:?} {asked}: {:?}", &open[within]);
            }
        }
    }
}
