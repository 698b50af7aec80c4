//! Entering: a case that one window accepted stands in the department's system, once, or a person knows why not.

mod back;
mod desk;
mod edges;
mod flow;
mod life;
mod odd;
mod small;

pub use desk::{WINDOW, WIZARD, accepted, add_blind, change, practice_of};
