//! Entering: a case that one window accepted stands in the department's system, once, or a person knows why not.

mod desk;
mod life;

pub use desk::{WINDOW, accepted};
