//! From a case to its contributions to the figures, pure: what a case adds depends on what it says and on nothing else,
//! so sums come out the same in whatever order, and however often, records arrive.

mod contribution;
mod formula;
mod warning;

pub use contribution::{
    Contribution, Flow, NO_HOUR, contributions, department_of, item_of, linked, marked, quarantined, town,
};
pub use formula::{Measure, Unit};
pub use warning::{is_open, remaining_days, warn_at};
