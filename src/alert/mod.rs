//! Alerts: a trouble is told once when it begins and once when it is over, wherever the operators want to hear of it, over restarts
//! and by several engines.
//!
//! Reading order: `trouble` says what a run's report means (pure), `words` what people read; `outbox` writes that down and sees to it
//! that it arrives; `dead` and `expiry` are the troubles that no run tells of; `robot`, `mail` and `place` are the ways there.

mod dead;
mod error;
mod expiry;
mod mail;
mod outbox;
mod place;
mod robot;
mod trouble;
mod words;

pub use dead::DeadBots;
pub use error::AlertError;
pub use expiry::Passwords;
pub use outbox::Alerts;
pub use trouble::{Change, changes};
pub use words::{Alert, Event, Telling};
