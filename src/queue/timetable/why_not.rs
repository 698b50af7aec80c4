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
