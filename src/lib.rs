//! Queqiao (鹊桥): bridges departmental approval systems that have no API.
//!
//! This file is the map. Rooms stand in reading order, lowest rank first; a room uses only rooms of lower rank
//! (`tests/it/ranks.rs` reads every import and fails on any other edge).

// rank 0
pub mod base;
// rank 1
pub mod calendar;
pub mod host;
pub mod record;
pub mod sandbox;
pub mod settings;
// rank 2
pub mod adapter;
pub mod measure;
pub mod store;
pub mod transport;
pub mod vault;
// rank 3
pub mod extract;
pub mod hub;
pub mod ledger;
pub mod queue;
// rank 4
pub mod run;
// rank 5
pub mod alert;
pub mod engine;
pub mod web;
// rank 6
pub mod app;
// rank 7
pub mod cli;
