//! What every request can reach.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use super::{
    Condition, WebOptions, door::Door, feed::MAX_SUBSCRIBERS, idempotency::Keys, live::Live, metrics::Counters,
};
use crate::{base::Clock, hub::Hub, store::Store};

/// The parts that handlers share. Clones are one.
#[derive(Clone)]
pub struct App {
    pub(super) hub: Hub,
    pub(super) live: Live,
    pub(super) clock: Clock,
    pub(super) token: Option<Arc<SecretString>>,
    /// Who is signed in to answer.
    pub(super) door: Door,
    /// How the rest of the program is.
    pub(super) condition: Option<watch::Receiver<Condition>>,
    /// The runner's store: schedules, ticks, runs, and what bots ask people.
    pub(super) store: Option<Store>,
    pub(super) subscribers: Arc<Semaphore>,
    pub(super) keys: Keys,
    pub(super) counters: Counters,
    /// Ends everything that would otherwise run for as long as a client listens.
    pub(super) stop: CancellationToken,
}

impl App {
    /// The shared parts of a server that works on that hub until `stop`.
    pub fn new(hub: Hub, options: WebOptions, stop: CancellationToken) -> Self {
        Self {
            live: Live::start(hub.clone(), stop.clone()),
            hub,
            clock: options.clock,
            // An empty token would let anybody in.
            token: options.token.filter(|token| !token.expose_secret().is_empty()).map(Arc::new),
            door: Door::default(),
            condition: options.condition,
            store: options.store,
            subscribers: Arc::new(Semaphore::new(MAX_SUBSCRIBERS)),
            keys: Keys::default(),
            counters: Counters::default(),
            stop,
        }
    }
}
