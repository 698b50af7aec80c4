//! Tests against real parts. One binary, so that it links once.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails by panicking, like the test")]

mod accounts;
mod alerts;
mod bad_input;
mod canaries;
mod cases;
mod check;
mod collected;
mod crashes;
mod databases;
mod demo;
mod entering;
mod entry_faults;
mod exports;
mod extract;
mod faults;
mod host;
mod hub;
mod live;
mod people;
mod postgres;
mod ranks;
mod redesigns;
mod rig;
mod roundup;
mod sample;
mod sandbox;
mod sessions;
mod store;
mod ticks;
mod timetable;
mod transport;
mod two_processes;
mod vault;
mod ways;
mod web;
