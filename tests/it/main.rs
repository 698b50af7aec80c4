//! Tests against real parts. One binary, so that it links once.

mod check;
mod databases;
mod host;
mod hub;
mod postgres;
mod sample;
mod sandbox;
mod store;
mod transport;
