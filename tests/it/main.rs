//! Tests against real parts. One binary, so that it links once.

mod roundup;
