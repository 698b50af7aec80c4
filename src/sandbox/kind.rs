//! What one practice system is, apart from its cases: its name, its words, its pages.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::response::Response;

use super::case::Time;
use super::items::Department;
use super::office::Office;
use super::status::{Outcome, Status};
use super::worktime;

/// Which of the practice systems.
pub(super) type System = &'static Kind;

/// One practice system; each has a file of its own that ends in its `KIND`.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// The Chinese title that its pages show.
    pub(super) title: &'static str,
    /// The department that owns it.
    pub(super) owner: &'static str,
    /// Keeps the systems' random streams apart.
    pub(super) salt: u64,
    /// How the system writes times of a case.
    pub(super) time_format: &'static str,
    /// Whether those times have no seconds.
    pub(super) to_minute: bool,
    /// How many of a hundred people have a rare character in their name.
    pub(super) rare_percent: u32,
    /// The departments whose cases it holds.
    pub(super) departments: &'static [Department],
    /// The number of the `index`th case (from 0), applied for at that time.
    pub(super) number: fn(Time, usize) -> String,
    /// The word that it shows for a state. The systems differ, as real ones do.
    pub(super) status: fn(Status) -> &'static str,
    /// The word that it shows for what a done case came to.
    pub(super) outcome: fn(Outcome) -> &'static str,
    /// Ids and classes of its own pages (not its framework's) that a redesign may rename.
    pub(super) own: &'static [&'static str],
    /// Its pages.
    pub(super) pages: fn() -> Router<Arc<Office>>,
    /// What a path answers during maintenance.
    pub(super) maintenance: fn(&str) -> Response,
}

impl Kind {
    /// `time` as exactly as the system shows it, so that the answer sheet can be met.
    pub(super) fn rounded(&self, time: Time) -> Time {
        if self.to_minute { worktime::to_minute(time) } else { worktime::to_second(time) }
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}
