//! Tests against real parts. One binary, so that it links once.

mod databases;
mod hub;
mod postgres;
mod sample;
mod store;
