//! Entering: a case that one window accepted stands in the department's system, once, or a person knows why not.

mod back;
mod decided;
mod desk;
mod edges;
mod evidence;
mod flow;
mod life;
mod odd;
mod papers;
mod small;
mod wanted;

pub use desk::{WINDOW, WIZARD, accepted, add_blind, change, practice_of};
pub use wanted::{told_back, wanted};
