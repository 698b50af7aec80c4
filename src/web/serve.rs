//! Starting and stopping the server.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use secrecy::SecretString;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Condition, WebError, router, state::App};
use crate::{base::Clock, hub::Hub, store::Store};

/// How long requests under way may take to end when the server stops.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// What a server needs to know besides its hub.
#[derive(Clone)]
pub struct WebOptions {
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Whoever bears it may write records, and answer for people; without it nobody may write, and only people at this machine answer.
    pub token: Option<SecretString>,
    /// The clock that live clients are told.
    pub clock: Clock,
    /// How the rest of the program is, for `/readyz`; without it the rest is well.
    pub condition: Option<watch::Receiver<Condition>>,
    /// The runner's store, where schedules, ticks and runs stand, and what bots ask people; without it nothing is known of them here.
    pub store: Option<Store>,
}

impl WebOptions {
    /// Any free port of this machine, nobody may write.
    pub fn local() -> Self {
        Self::at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }

    /// That address, nobody may write.
    pub fn at(listen: SocketAddr) -> Self {
        Self { listen, token: None, clock: Clock::system(), condition: None, store: None }
    }
}

/// A running server. Dropped, it stops without waiting for requests under way.
#[derive(Debug)]
pub struct Web {
    address: SocketAddr,
    stop: DropGuard,
    server: JoinHandle<std::io::Result<()>>,
}

/// Serves the hub.
///
/// # Errors
/// [`WebError::Busy`] and [`WebError::Listen`].
pub async fn serve(hub: Hub, options: WebOptions) -> Result<Web, WebError> {
    let listen = options.listen;
    let listener = TcpListener::bind(listen).await.map_err(|source| WebError::listening(listen, source))?;
    let address = listener.local_addr().map_err(|source| WebError::listening(listen, source))?;
    let stop = CancellationToken::new();
    let router = router::router(App::new(hub, options, stop.clone()));
    let stopped = stop.clone().cancelled_owned();
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = tokio::spawn(axum::serve(listener, router).with_graceful_shutdown(stopped).into_future());
    tracing::info!(%address, "serving");
    Ok(Web { address, stop: stop.drop_guard(), server })
}

impl Web {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no new request, ends the feeds, and waits for what is under way, but not for ever.
    ///
    /// # Errors
    /// [`WebError::Serve`] when it had failed before.
    pub async fn stop(self) -> Result<(), WebError> {
        drop(self.stop);
        let mut server = self.server;
        match timeout(STOP_PATIENCE, &mut server).await {
            Ok(Ok(ended)) => ended.map_err(WebError::Serve),
            Ok(Err(panic)) => Err(WebError::Serve(std::io::Error::other(panic))),
            Err(_) => {
                server.abort();
                Ok(())
            }
        }
    }
}
