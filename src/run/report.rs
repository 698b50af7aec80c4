//! What a run says of itself.

use serde::Serialize;

use super::About;
use crate::{
    base::Remedy,
    record::{EntryState as State, Outcome, Reading, mask_words},
    store::Entry,
};

/// A row that stands in quarantine, without personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QuarantinedRow {
    /// The system's number of the case.
    pub source_no: String,
    /// The unified field that failed.
    pub field: String,
    /// Why.
    pub reason: String,
}

/// The end of a run: one JSON line of `queqiao run --json`.
#[derive(Clone, Debug, Serialize)]
pub struct RunReport {
    /// The reading as the hub gets it: `run`, `bot`, `outcome`, `pages`, `requests` …
    #[serde(flatten)]
    pub reading: Reading,
    /// What to do about a run that did not end well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
    /// Who else meets what ended the run; `None` when nothing did.
    #[serde(skip)]
    pub about: Option<About>,
    /// The bot's account in the system.
    #[serde(skip)]
    pub account: Option<String>,
    /// Pages kept as evidence of what went wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// The rows newly put into quarantine by this run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quarantined_rows: Vec<QuarantinedRow>,
    /// What a bot that enters has come to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<EntryTally>,
}

/// What became of the entries of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EntryTally {
    /// Worked on.
    pub taken: u64,
    /// Stand in the target as they should.
    pub verified: u64,
    /// Refused by the target.
    pub refused: u64,
    /// There already, and different.
    pub conflict: u64,
    /// Waiting for a person.
    pub waiting: u64,
    /// Sent without anyone having seen the end; looked up again.
    pub unknown: u64,
    /// Not at their end yet, and tried again later.
    pub later: u64,
    /// What a person has to read: the entry and what was said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<ToldEntry>,
    /// What a dry run would have sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<Tried>,
    /// What a dry run has read back of the record that was verified last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_back: Option<ReadBack>,
}

/// What the target says of a record that is known to stand there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReadBack {
    /// The entry's number.
    pub entry: i64,
    /// System and number of the record.
    pub origin: String,
    /// Field by field; empty where the target's list does not show the record.
    pub fields: Vec<Seen>,
}

/// What a field of the target should say, and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// The field.
    pub field: String,
    /// What it should say.
    pub meant: String,
    /// What it says.
    pub shown: String,
    /// Whether that is the same.
    pub agrees: bool,
}

/// An entry that a person has to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToldEntry {
    /// The entry's number.
    pub entry: i64,
    /// System and number of the record.
    pub origin: String,
    /// A word of the ledger.
    pub state: String,
    /// The field, where one is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The target's words, or why a person is needed.
    pub words: String,
}

/// What a dry run has filled in, read back from the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tried {
    /// System and number of the record.
    pub origin: String,
    /// Field and what the page holds.
    pub fields: Vec<(String, String)>,
}

impl EntryTally {
    /// Counts an entry as it stands.
    pub(super) fn add(&mut self, state: State, entry: &Entry) {
        *match state {
            State::Verified | State::Cancelled => &mut self.verified,
            State::Refused => &mut self.refused,
            State::Conflict => &mut self.conflict,
            State::Waiting => &mut self.waiting,
            State::Unknown | State::Submitting => &mut self.unknown,
            State::Wanted | State::LookedUp | State::Intended | State::Submitted => &mut self.later,
        } += 1;
        if let (Some(words), true) = (&entry.words, state != State::Verified) {
            self.told.push(ToldEntry {
                entry: entry.id,
                origin: format!("{}/{}", entry.wish.origin_system, entry.wish.origin_no),
                state: state.word().to_owned(),
                field: entry.field.clone(),
                words: mask_words(words, &[], &[]),
            });
        }
    }

    /// Whether only a person can go on with some of them.
    pub fn needs_person(&self) -> bool {
        self.refused + self.conflict + self.waiting > 0
    }
}

impl RunReport {
    /// The exit code of `queqiao run`: 0 good, 2 incomplete, 3 needs a person, 1 failed.
    pub fn exit_code(&self) -> u8 {
        match self.reading.outcome {
            Outcome::Good => 0,
            Outcome::Incomplete => 2,
            Outcome::NeedsPerson => 3,
            Outcome::Failed => 1,
        }
    }

    /// Whether every row that the system states is accounted for.
    pub fn reconciled(&self) -> bool {
        self.reading.outcome == Outcome::Good
            && self.reading.stated_total.is_none_or(|stated| stated == self.reading.rows_read)
    }
}
