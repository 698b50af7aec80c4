use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

/// What an honest reading of one case's pages must give: the answer sheet of a practice system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrueCase {
    /// The number that the system shows.
    pub source_no: String,
    /// The canonical English state (`submitted`, `in_progress`, `done`, …); the page's own word when that is what is bad.
    pub status: String,
    /// `granted`, `refused`, `forwarded` or `other` for a case that is done.
    pub result: Option<String>,
    /// The department.
    pub org_name: String,
    /// Nine digits, such as `371312104`; empty when the town is what is bad.
    pub town_code: String,
    /// The item's name.
    pub task_name: String,
    /// The applicant's name, unmasked.
    pub applicant_name: String,
    /// When it was applied for.
    pub apply_date: Option<DateTime<FixedOffset>>,
    /// When it was accepted; none when it was not, or when that date is what is bad.
    pub accept_date: Option<DateTime<FixedOffset>>,
    /// The end of the promised day (23:59:59); none until acceptance.
    pub promise_date: Option<DateTime<FixedOffset>>,
    /// When it ended, in whatever way.
    pub result_date: Option<DateTime<FixedOffset>>,
    /// Why it must be quarantined; none for a good case.
    pub bad: Option<String>,
}
