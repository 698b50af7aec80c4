//! The states of an entry and its only legal moves. Pure: no network, no disk, no clock.
//!
//! An **entry** is one record that is to stand in one target. [`step`] moves it over the [`Event`]s of its life, each of
//! which is written down before its effect; [`next`] says what is to be done from a state. The rules beside them say what may be
//! believed of a look, how long one must wait, and when a press is still allowed. What must never happen is a
//! second submission of something that may have been taken: only the target itself, or a person, ends a doubt.

mod moves;
mod rules;
mod state;

#[cfg(test)]
mod tests;

pub use moves::{Illegal, Task, next, step};
pub use rules::{
    Seen, believes_absence, is_news, mark_may_change, may_press, may_show_later, settled_after, sight, stops_others,
};
pub use state::{Decision, Event, Sight};
