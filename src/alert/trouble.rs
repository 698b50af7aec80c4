//! What a run's report means for the troubles that go on. Pure.

use super::Telling;
use crate::{
    base::{Message, Remedy},
    record::mask_words,
    run::{About, RunReport},
};

/// From which time in a row on a trouble is told that may pass by itself.
const LASTS_FROM: i64 = 3;

/// What becomes of a trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It goes on; from the `from`th time in a row on it is told.
    Seen {
        /// The key that stays.
        key: String,
        /// How often in a row it may pass by itself.
        from: i64,
        /// What people are told.
        telling: Telling,
    },
    /// It is over, if it went on.
    Over {
        /// The key that stays.
        key: String,
    },
}

/// What a report says of troubles; `waiting`: entries of that bot with which only a person can go on, as the ledger has them now.
pub fn changes(report: &RunReport, waiting: u64) -> Vec<Change> {
    let reading = &report.reading;
    let mut changes = Vec::new();
    match report.about {
        None => changes.extend(keys(report).into_iter().map(|key| Change::Over { key })),
        Some(about) => changes.push(stopped(report, about)),
    }
    if report.entries.is_some() {
        let key = format!("entries/{}", reading.bot);
        changes.push(match waiting {
            0 => Change::Over { key },
            count => {
                let what = Message::new("alert-entries").with("bot", &reading.bot).with("count", count);
                let mend = Message::new("alert-mend-entries");
                Change::Seen { key, from: 1, telling: Telling { mend: Some(mend), ..telling(report, what) } }
            }
        });
    }
    changes
}

/// A run that came to its end has proved all of these.
fn keys(report: &RunReport) -> Vec<String> {
    [About::System, About::Account, About::Bot].map(|about| key(report, about)).into()
}

fn key(report: &RunReport, about: About) -> String {
    let reading = &report.reading;
    match about {
        About::System => format!("system/{}", reading.system),
        About::Account => format!("account/{}", report.account.as_deref().unwrap_or(&reading.bot)),
        About::Bot => format!("bot/{}", reading.bot),
    }
}

fn stopped(report: &RunReport, about: About) -> Change {
    let reading = &report.reading;
    let what = match about {
        About::System => Message::new("alert-system").with("system", &reading.system),
        About::Account => {
            let account = report.account.as_deref().unwrap_or(&reading.bot);
            Message::new("alert-account").with("account", account).with("system", &reading.system)
        }
        About::Bot => Message::new("alert-bot").with("bot", &reading.bot).with("system", &reading.system),
    };
    let (mend, from) = match report.remedy {
        Some(Remedy::Human) | None => ("alert-mend-person", 1),
        Some(Remedy::Retry | Remedy::Backoff) => ("alert-mend-lasts", LASTS_FROM),
        Some(Remedy::Never) => ("alert-mend-report", 1),
        Some(Remedy::OutcomeUnknown) => ("alert-mend-look", 1),
    };
    // What a page said may name people; of numbers none is passed on.
    let why = reading.reason.as_deref().map(|reason| mask_words(reason, &[], &[]));
    let mend = Some(Message::new(mend).with("bot", &reading.bot));
    Change::Seen { key: key(report, about), from, telling: Telling { why, mend, ..telling(report, what) } }
}

fn telling(report: &RunReport, what: Message) -> Telling {
    let reading = &report.reading;
    let place = Message::new("alert-place-run").with("bot", &reading.bot).with("system", &reading.system);
    let place = place.with("run", &reading.run).with("pages", report.evidence.len());
    Telling { what, why: None, mend: None, place: Some(place) }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::{
        record::{Outcome, Reading},
        run::EntryTally,
    };

    /// A report of the bot `water-collect`.
    fn report(about: Option<About>, remedy: Option<Remedy>, reason: &str) -> RunReport {
        let at = DateTime::default();
        RunReport {
            reading: Reading {
                system: "water".to_owned(),
                bot: "water-collect".to_owned(),
                run: "r1".to_owned(),
                outcome: if about.is_some() { Outcome::Failed } else { Outcome::Good },
                reason: Some(reason.to_owned()).filter(|reason| !reason.is_empty()),
                started_at: at,
                read_at: at,
                rows_read: 0,
                stated_total: None,
                warnings: Vec::new(),
                quarantined: 0,
                changed: 0,
                reread: 0,
                left_open: 0,
                left: Vec::new(),
                pages: 0,
                requests: 0,
                browser_requests: 0,
                seconds: 0.0,
            },
            remedy,
            about,
            account: Some("water-bot".to_owned()),
            evidence: Vec::new(),
            quarantined_rows: Vec::new(),
            entries: None,
        }
    }

    #[test]
    fn each_trouble_has_a_key_that_stays_and_a_good_run_ends_them_all() {
        let key = |about| match changes(&report(Some(about), Some(Remedy::Human), "no"), 0).remove(0) {
            Change::Seen { key, from: 1, .. } => key,
            other => panic!("{other:?}"),
        };
        let keys = [About::System, About::Account, About::Bot].map(key);
        assert_eq!(keys, ["system/water", "account/water-bot", "bot/water-collect"]);
        let over = changes(&report(None, None, ""), 0);
        assert_eq!(over, keys.map(|key| Change::Over { key }));
    }

    #[test]
    fn what_may_pass_is_told_when_it_lasts_and_no_number_of_a_person_is_passed_on() {
        let seen = |remedy| changes(&report(Some(About::Bot), Some(remedy), "\"13800001234 办结\""), 0).remove(0);
        for (remedy, times) in [(Remedy::Retry, 3), (Remedy::Backoff, 3), (Remedy::Human, 1), (Remedy::Never, 1)] {
            let Change::Seen { from, telling, .. } = seen(remedy) else { panic!("it is a trouble") };
            assert_eq!((from, telling.why.as_deref()), (times, Some("\"138******34 办结\"")), "{remedy:?}");
        }
    }

    #[test]
    fn entries_are_a_trouble_for_as_long_as_the_ledger_has_some_that_wait() {
        let entered = RunReport { entries: Some(EntryTally::default()), ..report(None, None, "") };
        let last = |waiting| changes(&entered, waiting).pop().unwrap();
        assert!(matches!(last(2), Change::Seen { key, from: 1, .. } if key == "entries/water-collect"));
        assert_eq!(last(0), Change::Over { key: "entries/water-collect".to_owned() });
    }
}
