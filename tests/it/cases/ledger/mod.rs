//! Entered once, and as it was meant: one form at a time, marks that were mended, a bot that stops, and the life of an entry as a
//! model that is explored to its end.

mod checked;
mod crossed;
mod marks;
mod model;
mod plan;
mod stopped;
mod world;
