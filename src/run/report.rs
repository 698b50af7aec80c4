//! What a run says of itself.

use serde::Serialize;

use crate::{
    base::Remedy,
    record::{Outcome, Reading},
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
    /// Pages kept as evidence of what went wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// The rows newly put into quarantine by this run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quarantined_rows: Vec<QuarantinedRow>,
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
