//! Tests against real parts. One binary, so that it links once.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails by panicking, like the test")]

mod accounts;
mod bad_input;
mod check;
mod crashes;
mod demo;
mod extract;
mod host;
mod ranks;
mod rig;
mod sandbox;
mod transport;
mod two_processes;
mod web;
