//! The overview as it stands, computed once for all who follow it.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use tokio::{
    sync::{Mutex, Notify, watch},
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use crate::{
    base::chain,
    hub::{Hub, HubError},
};

/// At most one new overview in this time, however fast records come in.
const COALESCE: Duration = Duration::from_millis(500);

/// How often an overview is computed though no record came in: figures age, days turn.
const RECOUNT: Duration = Duration::from_secs(5);

/// An overview at one journal position.
#[derive(Debug)]
pub struct Snapshot {
    /// The position it is true for.
    pub position: i64,
    /// Its JSON.
    pub json: String,
    /// What of it counts as news: all but the clock and the ages.
    news: Value,
}

impl Snapshot {
    /// Whether it says the same as another one, but for the clock.
    pub fn is_old_news(&self, other: &Self) -> bool {
        self.news == other.news
    }
}

/// An overview and when it was computed.
type Computed = (Instant, Arc<Snapshot>);

/// Computes overviews and tells followers about new ones. Clones are one.
#[derive(Clone)]
pub struct Live {
    hub: Hub,
    last: Arc<Mutex<Option<Computed>>>,
    told: watch::Sender<Option<Arc<Snapshot>>>,
    joined: Arc<Notify>,
}

impl Live {
    /// Begins to follow the hub until `stop`.
    pub fn start(hub: Hub, stop: CancellationToken) -> Self {
        let live = Self { hub, last: Arc::default(), told: watch::Sender::new(None), joined: Arc::default() };
        let follower = live.clone();
        tokio::spawn(async move { stop.run_until_cancelled(follower.follow()).await });
        live
    }

    /// The overview as of now: at most [`COALESCE`] old, and never older than the newest record.
    pub async fn current(&self) -> Result<Arc<Snapshot>, HubError> {
        let mut last = self.last.lock().await;
        let newest = *self.hub.watch().borrow();
        if let Some((at, snapshot)) = &*last
            && at.elapsed() < COALESCE
            && snapshot.position >= newest
        {
            return Ok(Arc::clone(snapshot));
        }
        let overview = self.hub.overview().await?;
        let value = serde_json::to_value(&overview).expect("an overview has only plain fields");
        let snapshot = Arc::new(Snapshot { position: overview.position, json: value.to_string(), news: news(value) });
        *last = Some((Instant::now(), Arc::clone(&snapshot)));
        Ok(snapshot)
    }

    /// Told whenever the overview has news.
    pub fn subscribe(&self) -> watch::Receiver<Option<Arc<Snapshot>>> {
        let mut told = self.told.subscribe();
        told.mark_unchanged();
        self.joined.notify_one();
        told
    }

    async fn follow(&self) {
        let mut newest = self.hub.watch();
        loop {
            if self.told.is_closed() {
                self.joined.notified().await;
                continue;
            }
            newest.mark_unchanged();
            match self.current().await {
                Ok(snapshot) => self.tell(snapshot),
                Err(error) => tracing::error!(error = chain(&error), "no overview for the feed"),
            }
            sleep(COALESCE).await;
            tokio::select! {
                _ = newest.changed() => {}
                () = sleep(RECOUNT) => {}
            }
        }
    }

    fn tell(&self, snapshot: Arc<Snapshot>) {
        self.told.send_if_modified(|told| {
            let news = !told.as_ref().is_some_and(|told| told.is_old_news(&snapshot));
            if news {
                *told = Some(snapshot);
            }
            news
        });
    }
}

fn news(mut overview: Value) -> Value {
    overview["now"].take();
    for system in overview["systems"].as_array_mut().into_iter().flatten() {
        system["age_seconds"].take();
    }
    overview
}
