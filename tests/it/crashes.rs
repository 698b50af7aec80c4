//! SIGKILL, and every other sudden end, at every step: nothing lost, nothing doubled.

mod collect;
mod counter;
mod enter;
mod line;
mod points;
mod serving;
mod stage;
mod victims;
mod workers;

pub use victims::helpers;
