//! The rows of the overview's tables.

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::record::Status;

/// A day of the trend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TrendRow {
    /// The day.
    pub day: NaiveDate,
    /// Received on it.
    pub received: i64,
    /// Accepted on it.
    pub accepted: i64,
    /// Done on it.
    pub done: i64,
}

/// An hour of today.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HourRow {
    /// 0 to 23.
    pub hour: i64,
    /// Received in it.
    pub received: i64,
    /// Accepted in it.
    pub accepted: i64,
    /// Done in it.
    pub done: i64,
}

/// A town.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TownRow {
    /// Its code, 9 digits; empty for cases that name none.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Received.
    pub received: i64,
    /// Accepted.
    pub accepted: i64,
    /// Done.
    pub done: i64,
    /// Open now.
    pub open: i64,
}

/// A department.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DepartmentRow {
    /// Its name.
    pub name: String,
    /// Received.
    pub received: i64,
    /// Accepted.
    pub accepted: i64,
    /// Done.
    pub done: i64,
    /// Open now.
    pub open: i64,
}

/// An item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ItemRow {
    /// Its name.
    pub name: String,
    /// Accepted.
    pub accepted: i64,
}

/// A system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SystemRow {
    /// Name of its selectors file.
    pub system: String,
    /// 系统名称.
    pub title: String,
    /// The department that owns it.
    pub owner: String,
    /// Its network.
    pub zone: Option<String>,
    /// Whether its last good reading is young enough.
    pub fresh: bool,
    /// When its last good reading ended.
    pub read_at: Option<DateTime<FixedOffset>>,
    /// Age of that in seconds.
    pub age_seconds: Option<u64>,
    /// For how long it counts as fresh.
    pub fresh_for_seconds: u64,
    /// Keys we know.
    pub ours: u64,
    /// The total it states.
    pub stated_total: Option<u64>,
    /// How its newest reading ended; `None` before the first.
    pub outcome: Option<String>,
    /// Why that did not end well.
    pub reason: Option<String>,
    /// Rows in quarantine, and cases whose newest reading is.
    pub quarantined: u64,
    /// Cases that are known as open, and that its last list which was read to its end no longer shows.
    #[serde(default)]
    pub left_open: u64,
    /// Their numbers, some of them where there are many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
}

/// A newest change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewestRow {
    /// Number across systems.
    pub project_no: String,
    /// System.
    pub system: String,
    /// Item.
    pub task_name: Option<String>,
    /// Applicant, masked.
    pub applicant: Option<String>,
    /// Town, by name.
    pub town: Option<String>,
    /// Department.
    pub org_name: Option<String>,
    /// Canonical word.
    pub status: Status,
    /// Its Chinese name.
    pub status_title: String,
    /// When the change was taken.
    pub at: DateTime<FixedOffset>,
}

/// An open case that is due.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WarningRow {
    /// Number across systems.
    pub project_no: String,
    /// System.
    pub system: String,
    /// Item.
    pub task_name: Option<String>,
    /// Department.
    pub org_name: Option<String>,
    /// Town, by name.
    pub town: Option<String>,
    /// The last instant that is on time.
    pub promise_date: Option<DateTime<FixedOffset>>,
    /// `red` when that has passed, `yellow` before.
    pub level: String,
    /// Working days left; below 0 once they have passed; `None` where the calendar does not reach that far.
    pub remaining_days: Option<i64>,
}

/// How entries into other systems stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EntriesRow {
    /// Cases that were entered today and are held by their target.
    pub entered_today: i64,
    /// Cases that were brought up to date today in a system that had them already.
    pub updated_today: i64,
    /// On their way, needing nobody.
    pub under_way: i64,
    /// Sent, and nobody knows yet whether they arrived.
    pub in_doubt: i64,
    /// Waiting for a person: conflicts among them.
    pub waiting: i64,
    /// The target said no.
    pub refused: i64,
}
