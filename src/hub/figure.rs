//! A figure and what it must not travel without.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

/// How many systems stand behind a figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Coverage {
    /// Systems whose last good reading is young enough.
    pub fresh: u64,
    /// Systems that have a card, or ever reported.
    pub expected: u64,
}

/// What we hold against what the systems themselves state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Gap {
    /// Keys we know: cases and quarantined rows.
    pub ours: u64,
    /// Sum of the newest stated totals; `None` when no system behind the figure states one.
    pub stated: Option<u64>,
    /// Stated minus ours, summed over the systems that state a total; below 0 when we know more.
    pub missing: i64,
    /// Of ours, those whose newest reading is in quarantine: rows that never were a case, and cases that say what was read before.
    #[serde(default)]
    pub quarantined: u64,
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Figure {
    /// The measure's name.
    pub measure: String,
    /// Its Chinese name.
    pub title: String,
    /// `cases` or `ratio`.
    pub unit: String,
    /// The values of the dimensions that it is split by.
    pub dims: BTreeMap<String, String>,
    /// The figure; `None` while no system behind it was ever read to the end, or when there is nothing to take a share of.
    pub value: Option<f64>,
    /// Over how many records it was computed.
    pub of: u64,
    /// The oldest of the last good readings behind it.
    pub as_of: Option<DateTime<FixedOffset>>,
    /// Systems fresh of systems expected.
    pub coverage: Coverage,
    /// Ours against theirs.
    pub gap: Gap,
    /// Whether a system behind it is not fresh, or its last reading did not end well.
    pub stale: bool,
}
