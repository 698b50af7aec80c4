//! What can keep the server from serving.

use std::{io, net::SocketAddr};

use crate::base::Remedy;

/// Why the server could not start or stop.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// Another program has the port.
    #[error(
        "cannot listen on {address}: another program uses port {port}. `ss -ltnp 'sport = :{port}'` says which: end it, or \
         choose another port with the setting `listen` (QUEQIAO_LISTEN=127.0.0.1:7101); port 0 takes any free one",
        port = address.port()
    )]
    Busy {
        /// What was to be listened on.
        address: SocketAddr,
    },
    /// The address cannot be listened on for another reason.
    #[error("cannot listen on {address}: mend the setting `listen` (QUEQIAO_LISTEN)")]
    Listen {
        /// What was to be listened on.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The server ended by itself.
    #[error("the web server failed: look at the cause and start again")]
    Serve(#[source] io::Error),
}

impl WebError {
    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Busy { .. } | Self::Listen { .. } => Remedy::Human,
            Self::Serve(_) => Remedy::Retry,
        }
    }

    pub(super) fn listening(address: SocketAddr, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::AddrInUse => Self::Busy { address },
            _ => Self::Listen { address, source },
        }
    }
}
