//! Why a tick ended as it did, in a form that is stored and can be said in both languages.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Asia::Shanghai;
use serde::{Deserialize, Serialize};

use super::timetable::RuledOut;
use crate::base::Message;

/// Why an instant did not become a run, or a run not a good one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Why {
    /// The schedule keeps to working days, and that day is none.
    DayOff {
        /// The day, in the schedule's zone.
        day: NaiveDate,
    },
    /// The schedule has hours, and that instant lies outside.
    OutsideHours,
    /// Something is being mended.
    Maintenance {
        /// The system; the schedule itself where none is named.
        system: Option<String>,
        /// Why.
        because: String,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// A system wants to be left alone at that time.
    Quiet {
        /// The system.
        system: String,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// The working days of that year are not known.
    NoCalendar {
        /// What is to be done.
        reason: String,
    },
    /// Somebody has paused the schedule.
    Paused {
        /// Who.
        by: String,
        /// Why.
        because: String,
        /// Since when.
        at: DateTime<Utc>,
    },
    /// The bot was still at an earlier instant.
    Busy {
        /// The bot.
        bot: String,
        /// The schedule for which it ran, or waited for its turn.
        schedule: String,
        /// That instant.
        since: DateTime<Utc>,
        /// Whether it ran; else it waited.
        running: bool,
    },
    /// A later tick took its place.
    Replaced {
        /// The bot.
        bot: String,
    },
    /// No engine wrote it down in time: none was running, or the machine stood still.
    NoEngine {
        /// When it was written down.
        seen: DateTime<Utc>,
    },
    /// As before; the newest of those that were missed runs in their place.
    Caught {
        /// That one.
        by: DateTime<Utc>,
    },
    /// It was missed, and runs late, as the schedule asks.
    Late {
        /// When.
        at: DateTime<Utc>,
    },
    /// Another bot had brought something new.
    After {
        /// That bot.
        bot: String,
        /// Its run.
        run: String,
    },
    /// Entries of the ledger were due.
    Entries {
        /// The bot that enters them.
        bot: String,
    },
    /// The run did not end well.
    Run {
        /// The bot.
        bot: String,
        /// How it ended: a word of the reading.
        outcome: String,
        /// Why.
        reason: String,
        /// Tries, with this one.
        tries: i64,
    },
    /// The engine stopped while it ran, and has put it back.
    HandedBack {
        /// The engine.
        worker: String,
    },
    /// The bot stands in no file any more.
    NoBot {
        /// The bot.
        bot: String,
    },
}

impl From<RuledOut> for Why {
    fn from(ruled_out: RuledOut) -> Self {
        match ruled_out {
            RuledOut::DayOff(day) => Self::DayOff { day },
            RuledOut::OutsideHours => Self::OutsideHours,
            RuledOut::Maintenance { system, because, until } => Self::Maintenance { system, because, until },
            RuledOut::Quiet { system, until } => Self::Quiet { system, until },
        }
    }
}

impl Why {
    /// As it is stored.
    pub fn stored(&self) -> String {
        serde_json::to_string(self).expect("texts and instants are always JSON")
    }

    /// What was stored; `None` for an empty text, and for what a later version has written.
    pub fn read(stored: &str) -> Option<Self> {
        serde_json::from_str(stored).ok()
    }

    /// In words.
    pub fn message(&self) -> Message {
        match self {
            Self::DayOff { day } => RuledOut::DayOff(*day).message(Shanghai),
            Self::OutsideHours => RuledOut::OutsideHours.message(Shanghai),
            Self::Maintenance { system, because, until } => {
                let (system, because) = (system.clone(), because.clone());
                RuledOut::Maintenance { system, because, until: *until }.message(Shanghai)
            }
            Self::Quiet { system, until } => {
                RuledOut::Quiet { system: system.clone(), until: *until }.message(Shanghai)
            }
            Self::NoCalendar { reason } => Message::new("why-no-calendar").with("reason", reason),
            Self::Paused { by, because, at } => {
                Message::new("why-paused").with("by", by).with("because", because).with("at", clock(*at))
            }
            Self::Busy { bot, schedule, since, running } => {
                Message::new(if *running { "why-running" } else { "why-waiting" })
                    .with("bot", bot)
                    .with("schedule", schedule)
                    .with("since", clock(*since))
            }
            Self::Replaced { bot } => Message::new("why-replaced").with("bot", bot),
            Self::NoEngine { seen } => Message::new("why-no-engine").with("seen", clock(*seen)),
            Self::Caught { by } => Message::new("why-caught").with("by", clock(*by)),
            Self::Late { at } => Message::new("why-late").with("at", clock(*at)),
            Self::After { bot, run } => Message::new("why-after").with("bot", bot).with("run", run),
            Self::Entries { bot } => Message::new("why-entries").with("bot", bot),
            Self::Run { bot, outcome, reason, tries } => Message::new("why-run")
                .with("bot", bot)
                .with("outcome", outcome)
                .with("reason", reason)
                .with("tries", tries),
            Self::HandedBack { worker } => Message::new("why-handed-back").with("worker", worker),
            Self::NoBot { bot } => Message::new("why-no-bot").with("bot", bot),
        }
    }
}

/// An instant as the district's clocks show it.
pub fn clock(at: DateTime<Utc>) -> String {
    at.with_timezone(&Shanghai).format("%Y-%m-%d %H:%M:%S").to_string()
}
