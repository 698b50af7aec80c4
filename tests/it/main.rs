//! Tests against real parts. One binary, so that it links once.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails by panicking, like the test")]

mod check;
mod host;
mod roundup;
mod sandbox;
mod transport;
