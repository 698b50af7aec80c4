//! The window: API, live feed, screen. Never runs a bot.
//!
//! Reading order: `serve` starts and stops it, `router` says which address is answered by what, `state` what handlers share;
//! `live`, `feed` and `follower` are the way of a change to a screen; `records` is the way in; `people` is where people answer, `door` who may.

mod cases;
mod changes;
mod door;
mod error;
mod feed;
mod follower;
mod health;
mod idempotency;
mod language;
mod lines;
mod live;
mod metrics;
mod overview;
mod people;
mod problem;
mod query;
mod records;
mod router;
mod schedules;
mod screen;
mod serve;
mod state;
mod stats;
mod ticks;
mod token;

pub use error::WebError;
pub use feed::MAX_SUBSCRIBERS;
pub use health::Condition;
pub use records::MAX_BODY;
pub use serve::{Web, WebOptions, serve};
