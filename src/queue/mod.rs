//! What falls due, when and why not.

pub mod timetable;
