//! Tests against real parts. One binary, so that it links once.

mod extract;
mod sandbox;
