//! What travels from a runner to the hub: one record per line of NDJSON.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use super::{Case, Entry, Link, Provenance};

/// One line: `{"record":"case", …}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Record {
    /// A case as a system shows it now.
    Case(Box<Case>),
    /// A row that could not become a case.
    Quarantined(Quarantined),
    /// How a run ended: what the figures' honesty rests on.
    Reading(Reading),
    /// A system that is expected to report.
    System(SystemCard),
    /// Two records that are one case.
    Link(Link),
    /// A record on its way into another system.
    Entry(Box<Entry>),
}

impl Record {
    /// The record's kind, as its `record` field says it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Case(_) => "case",
            Self::Quarantined(_) => "quarantined",
            Self::Reading(_) => "reading",
            Self::System(_) => "system",
            Self::Link(_) => "link",
            Self::Entry(_) => "entry",
        }
    }

    /// The system it speaks of.
    pub fn system(&self) -> &str {
        match self {
            Self::Case(case) => &case.system,
            Self::Quarantined(row) => &row.system,
            Self::Reading(reading) => &reading.system,
            Self::System(card) => &card.system,
            Self::Link(link) => &link.system,
            Self::Entry(entry) => &entry.system,
        }
    }

    /// The record's key within its kind and system.
    pub fn key(&self) -> &str {
        match self {
            Self::Case(case) => &case.source_no,
            Self::Quarantined(row) => &row.source_no,
            Self::Reading(reading) => &reading.run,
            Self::System(card) => &card.system,
            Self::Link(link) => &link.source_no,
            Self::Entry(entry) => &entry.source_no,
        }
    }

    /// The record's version: of two with one key, the higher one holds.
    pub const fn version(&self) -> i64 {
        match self {
            Self::Case(case) => case.data_version,
            Self::Quarantined(row) => row.data_version,
            Self::Reading(reading) => reading.read_at.timestamp_millis(),
            Self::System(card) => card.data_version,
            Self::Link(link) => link.data_version,
            Self::Entry(entry) => entry.data_version,
        }
    }
}

/// A row kept apart because it could not be mapped, with the reason. A later good case of the same key ends the quarantine, and the other way round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Quarantined {
    /// The system it was read from.
    pub system: String,
    /// The system's number of the case.
    pub source_no: String,
    /// As in [`Case`]: one sequence of versions for a key, whether it maps or not.
    pub data_version: i64,
    /// The unified field that failed (`status`, `accept_date` …).
    pub field: String,
    /// Why, in words that say what to mend, without personal data.
    pub reason: String,
    /// Where it was read.
    pub provenance: Provenance,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything that the system states was read.
    Good,
    /// Something is missing: figures are stale.
    Incomplete,
    /// Only a person can go on (frozen account, captcha).
    NeedsPerson,
    /// Nothing usable was read.
    Failed,
}

impl Outcome {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Incomplete => "incomplete",
            Self::NeedsPerson => "needs_person",
            Self::Failed => "failed",
        }
    }
}

/// Cases that a reading names at most, of those that have left their list.
pub const LEFT_NAMED: usize = 20;

/// A run's report about its system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Reading {
    /// The system that was read.
    pub system: String,
    /// The bot that read it.
    pub bot: String,
    /// The run's id.
    pub run: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it did not end well, in words that say what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When the run began.
    pub started_at: DateTime<FixedOffset>,
    /// When its last page was read: what it says is true as of then.
    pub read_at: DateTime<FixedOffset>,
    /// Distinct rows seen in the list.
    pub rows_read: u64,
    /// The total that the system itself states, where it states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_total: Option<u64>,
    /// What begins to go astray, in words that say what to mend; figures are right all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Rows of this reading that stand in quarantine now.
    pub quarantined: u64,
    /// Records that were new or changed.
    pub changed: u64,
    /// Records whose pages were read again although nothing in their row had changed.
    #[serde(default)]
    pub reread: u64,
    /// Cases that are known as open, and that the last list which was read to its end no longer shows.
    #[serde(default)]
    pub left_open: u64,
    /// Their numbers, at most [`LEFT_NAMED`] of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
    /// Pages read.
    pub pages: u64,
    /// Requests sent, the browser's included.
    pub requests: u64,
    /// Requests sent by the browser.
    pub browser_requests: u64,
    /// Seconds from start to end.
    pub seconds: f64,
}

/// A system that the hub should expect figures from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SystemCard {
    /// Name of its selectors file.
    pub system: String,
    /// 系统名称.
    pub title: String,
    /// The department that owns it.
    pub owner: String,
    /// The network it stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// A good reading older than this many seconds is no longer fresh.
    pub fresh_for_seconds: u64,
    /// Milliseconds since the epoch at which the card was written.
    pub data_version: i64,
}
