//! Small systems with one odd trait each, and the right value of each. Their adapters stand in `tests/cases/NAME/`; their pages
//! are served by the test itself.

mod absence;
mod collect;
mod files;
mod ledger;
mod read_back;
mod seen;
mod texts;
pub mod trial;
mod wire;
