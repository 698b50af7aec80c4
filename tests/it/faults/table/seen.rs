//! Faults of what a page shows and what it only holds: stylesheets, scripts, lists that show a part.

use super::Fault;

pub static SEEN: &[Fault] = &[];
