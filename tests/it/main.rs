//! Tests against real parts. One binary, so that it links once.

mod check;
mod host;
mod sandbox;
mod transport;
mod web;
