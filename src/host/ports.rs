//! Loopback ports.

use std::net::{Ipv4Addr, TcpListener};

use super::HostError;

/// A port of 127.0.0.1 that nobody listened on a moment ago. Someone else may take it before the caller does, so a
/// server that can bind port 0 itself should do that instead.
pub fn free_port() -> Result<u16, HostError> {
    let free = |source| HostError::FindPort { source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(free)?;
    Ok(listener.local_addr().map_err(free)?.port())
}
