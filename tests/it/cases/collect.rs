//! What changes unseen, leaves or turns bad between two readings.

mod left;
mod moments;
mod register;
mod share;
mod turned;
