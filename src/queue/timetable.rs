//! When schedules fall due, pure: no clock, no store. Whoever asks says what time it is.
//!
//! An **instant** is a moment that a schedule's cron names; it is ruled out on days off, outside of the schedule's hours, in
//! maintenance and in a system's quiet hours. On the days on which the clocks of its zone are set:
//!
//! - One time of day (`30 2 * * *`: one hour, one minute, one second, no `*` and no `/` among them) falls due once a day. If the
//!   clocks skip it, it falls due as they have been set; if they show it twice, the first time.
//! - Everything else (`*/5 * * * *`, `0 8-18 * * *`, `0 9,17 * * *`) goes by real time: what the clocks skip does not fall due, what
//!   they show twice falls due twice.

mod expected;
mod instants;
mod ruled_out;
mod spread;
mod why_not;

pub use expected::{allowed_age, fresh_for, next_due};
pub use instants::{instants, next, previous};
pub use ruled_out::{RuledOut, Shut, ruled_out, shut};
pub use spread::{jittered, retry_pause};
pub use why_not::{WhyNot, why_not};
