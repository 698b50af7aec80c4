//! Why a tick ended as it did, in a form that is stored and can be said in both languages.

use chrono::{DateTime, Utc};
use chrono_tz::Asia::Shanghai;
use serde::{Deserialize, Serialize};

use super::timetable::RuledOut;
use crate::base::Message;

/// Why an instant did not become a run, or a run not a good one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Why {
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
    /// The timetable rules the instant out; stored like the others, by its own `why`.
    #[serde(untagged)]
    RuledOut(RuledOut),
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
            Self::RuledOut(ruled_out) => ruled_out.message(Shanghai),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_as_it_was_whoever_named_the_reason() {
        let until = DateTime::UNIX_EPOCH;
        let quiet = RuledOut::Quiet { system: "water".to_owned(), until };
        let maintenance = RuledOut::Maintenance { system: None, because: "upgrade".to_owned(), until };
        let day_off = RuledOut::DayOff { day: until.date_naive() };
        let ruled_out = [day_off, RuledOut::OutsideHours, maintenance, quiet].map(Why::RuledOut);
        for why in ruled_out.into_iter().chain([Why::Late { at: until }, Why::NoBot { bot: "read".to_owned() }]) {
            assert_eq!(Why::read(&why.stored()), Some(why));
        }
        // As it has always stood in stores.
        let stored = r#"{"why":"day_off","day":"2026-11-28"}"#;
        assert_eq!(Why::read(stored).map(|why| why.stored()).as_deref(), Some(stored));
        assert_eq!(Why::read(r#"{"why":"a later version's"}"#), None);
    }
}
