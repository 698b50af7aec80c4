//! What falls due, when and why not, and what becomes of each instant: pure. The rows are `store`'s, the work is `engine`'s.

mod account;
pub mod timetable;
mod why;

pub use account::{Standing, Turn, World, account, jobs_of, kept_from, tick_of};
pub use why::{Why, clock};
