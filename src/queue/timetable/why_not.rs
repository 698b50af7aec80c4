//! Why there is no run of a schedule at a minute.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{
    instants::{instants, next, previous},
    ruled_out::{RuledOut, ruled_out},
};
use crate::{
    adapter::{Schedule, System},
    base::Message,
    calendar::{Calendar, CalendarError, shown},
};

/// What a person asks about.
const MINUTE: TimeDelta = TimeDelta::minutes(1);
/// The smallest step of time.
const MOMENT: TimeDelta = TimeDelta::nanoseconds(1);

/// What the timetable knows about a minute, by the schedule as it is now. Whoever has written down what befell each instant asks
/// here about minutes of which nothing is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// The schedule has no cron: it runs when one of these bots has brought something new.
    Follows {
        /// The bots.
        after: Vec<String>,
    },
    /// It was not due.
    NotDue {
        /// The last instant before.
        before: Option<DateTime<Utc>>,
        /// The first instant after.
        after: Option<DateTime<Utc>>,
    },
    /// It was due, and something ruled that out.
    RuledOut {
        /// The instant.
        due: DateTime<Utc>,
        /// What.
        why: RuledOut,
    },
    /// It was due and nothing ruled that out: no engine was there, or the schedule was another one then, or paused.
    Due {
        /// The instant.
        due: DateTime<Utc>,
    },
}

/// Why the schedule has not run in the minute of `at`.
///
/// Errors: [`CalendarError::MissingYear`], where only working days count.
pub fn why_not(
    schedule: &Schedule,
    bot_systems: &[&System],
    calendar: &Calendar,
    at: DateTime<Utc>,
) -> Result<WhyNot, CalendarError> {
    if schedule.cron.is_none() {
        return Ok(WhyNot::Follows { after: schedule.after.clone() });
    }
    let minute = at.duration_trunc(MINUTE).unwrap_or(at);
    let mut ruled = None;
    for due in instants(schedule, minute - MOMENT, minute + MINUTE - MOMENT) {
        match ruled_out(schedule, bot_systems, calendar, due)? {
            None => return Ok(WhyNot::Due { due }),
            Some(why) => ruled = ruled.or(Some(WhyNot::RuledOut { due, why })),
        }
    }
    Ok(ruled.unwrap_or_else(|| WhyNot::NotDue {
        before: previous(schedule, minute - MOMENT),
        after: next(schedule, minute),
    }))
}

impl WhyNot {
    /// The same as a person reads it; moments are given as the clocks of `zone` show them.
    pub fn message(&self, zone: Tz) -> Message {
        let moment = |at: &DateTime<Utc>| shown(zone, *at).format("%Y-%m-%d %H:%M:%S").to_string();
        match self {
            Self::Follows { after } => Message::new("timetable-follows").with("bots", after.join(", ")),
            Self::NotDue { before: Some(before), after: Some(after) } => {
                Message::new("timetable-not-due").with("before", moment(before)).with("after", moment(after))
            }
            Self::NotDue { before: None, after: Some(after) } => {
                Message::new("timetable-not-due-yet").with("after", moment(after))
            }
            Self::NotDue { before: Some(before), after: None } => {
                Message::new("timetable-not-due-any-more").with("before", moment(before))
            }
            Self::NotDue { before: None, after: None } => Message::new("timetable-never-due"),
            Self::RuledOut { why, .. } => why.message(zone),
            Self::Due { due } => Message::new("timetable-due").with("due", moment(due)),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Shanghai;

    use super::*;
    use crate::{adapter::Cron, base::Lang, calendar::Hours};

    fn schedule(cron: &str) -> Schedule {
        let hours = Some(Hours::parse(&["08:30-12:00", "13:30-17:30"]).unwrap());
        let cron = Cron { schedule: cron.parse().unwrap(), written: cron.to_owned() };
        Schedule { cron: Some(cron), hours, workdays: true, ..Schedule::new("day#1") }
    }

    /// The words about a moment of the district's.
    fn why(schedule: &Schedule, at: &str, lang: Lang) -> String {
        let at = format!("{at}+08:00").parse().unwrap();
        why_not(schedule, &[], &Calendar::district(), at).unwrap().message(Shanghai).say(lang)
    }

    #[test]
    fn every_minute_has_an_answer_in_both_languages() {
        let schedule = schedule("0 0,30 * * * *");
        let en = |at| why(&schedule, at, Lang::En);
        assert_eq!(en("2026-11-26T14:01:59"), "not due: before at 2026-11-26 14:00:00, after at 2026-11-26 14:30:00");
        assert_eq!(en("2026-11-26T12:30:10"), "outside of the schedule's hours");
        assert_eq!(en("2026-11-28T14:00:00"), "2026-11-28 is a day off, and the schedule runs on working days");
        assert!(en("2026-11-26T14:00:59").starts_with("due at 2026-11-26 14:00:00, and nothing is known"));
        assert_eq!(
            why(&schedule, "2026-11-26T14:01:00", Lang::Zh),
            "没有到点：之前一次是 2026-11-26 14:00:00，之后一次是 2026-11-26 14:30:00"
        );
        let follower = Schedule { cron: None, after: vec!["a".to_owned(), "b".to_owned()], ..Schedule::new("day#2") };
        assert_eq!(
            why(&follower, "2026-11-26T14:00:00", Lang::En),
            "not by the clock: it runs when one of these has brought something new: a, b"
        );
        let never = self::schedule("0 0 9 30 2 *");
        assert_eq!(why(&never, "2026-11-26T14:00:00", Lang::En), "its cron names no day that exists");
    }

    #[test]
    fn of_several_instants_in_a_minute_one_that_nothing_rules_out_decides() {
        let at = "2026-11-26T03:59:30Z".parse().unwrap();
        let schedule = schedule("*/20 * * * * *");
        let Ok(WhyNot::Due { due }) = why_not(&schedule, &[], &Calendar::district(), at) else { panic!("it was due") };
        assert_eq!(due.to_rfc3339(), "2026-11-26T03:59:00+00:00");
        let noon = why_not(&schedule, &[], &Calendar::district(), at + MINUTE).unwrap();
        assert!(matches!(noon, WhyNot::RuledOut { why: RuledOut::OutsideHours, .. }), "{noon:?}");
    }
}
