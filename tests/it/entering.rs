//! Entering: a case that one window accepted stands in the department's system, once, or a person knows why not.

mod back;
mod desk;
mod edges;
mod life;
mod odd;
mod small;

pub use desk::{WINDOW, accepted};
