//! One subscriber's way along the journal.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::response::sse::Event;
use serde_json::json;
use tokio::{
    sync::mpsc,
    time::{Interval, MissedTickBehavior, interval},
};

use super::{
    live::{Live, Snapshot},
    state::App,
};
use crate::{
    base::{Clock, chain},
    hub::{Change, Hub, HubError, Topic, View, mask_record},
};

/// Journal entries read at a time.
const BATCH: u32 = 200;

/// A subscriber of the topic `pulse` hears this often that the line is alive.
const PULSE: Duration = Duration::from_secs(5);

/// What a subscriber wants to hear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Topics {
    /// Cases as they arrive and change, and rows put in quarantine.
    pub cases: bool,
    /// How readings ended, and which systems are expected.
    pub readings: bool,
    /// The overview.
    pub stats: bool,
    /// Where entries stand, and which records are one case.
    pub entries: bool,
    /// Signs of life.
    pub pulse: bool,
}

/// Why a subscriber is followed no longer.
enum End {
    /// It closed the connection.
    Gone,
    /// The hub cannot be read; the subscriber comes back by itself.
    Hub(HubError),
}

impl From<HubError> for End {
    fn from(error: HubError) -> Self {
        Self::Hub(error)
    }
}

/// Writes the events of one subscriber.
pub struct Follower {
    hub: Hub,
    live: Live,
    clock: Clock,
    topics: Topics,
    /// Everything up to here was written.
    cursor: i64,
    /// Where this connection began.
    origin: i64,
    /// Whether it asked to go on from somewhere.
    resumed: bool,
    /// The overview written last.
    written: Option<Arc<Snapshot>>,
    events: mpsc::Sender<Result<Event, Infallible>>,
}

impl Follower {
    /// A follower that goes on after a position, or starts at the journal's end.
    pub fn new(app: &App, topics: Topics, after: Option<i64>, events: mpsc::Sender<Result<Event, Infallible>>) -> Self {
        let (hub, live, clock) = (app.hub.clone(), app.live.clone(), app.clock.clone());
        let origin = after.unwrap_or_else(|| *hub.watch().borrow());
        Self { hub, live, clock, topics, cursor: origin, origin, resumed: after.is_some(), written: None, events }
    }

    /// Writes events until the subscriber leaves.
    pub async fn follow(mut self) {
        if let Err(End::Hub(error)) = self.run().await {
            tracing::error!(error = chain(&error), "a subscriber was let go");
        }
    }

    async fn run(&mut self) -> Result<(), End> {
        let mut newest = self.hub.watch();
        let mut told = self.live.subscribe();
        let mut pulse = beat();
        // A comment at once, so that the client knows it is connected before anything happens.
        self.write(Event::default().comment("")).await?;
        if self.topics.stats {
            let snapshot = self.live.current().await?;
            self.stats(snapshot).await?;
        }
        loop {
            let until = *newest.borrow_and_update();
            self.catch_up(until).await?;
            tokio::select! {
                () = self.events.closed() => return Err(End::Gone),
                changed = newest.changed() => changed.map_err(|_| End::Gone)?,
                changed = told.changed(), if self.topics.stats => {
                    changed.map_err(|_| End::Gone)?;
                    let snapshot = told.borrow_and_update().clone();
                    if let Some(snapshot) = snapshot {
                        self.stats(snapshot).await?;
                    }
                }
                _ = pulse.tick(), if self.topics.pulse => {
                    let data = json!({ "now": self.clock.local(), "position": self.cursor });
                    self.write(Event::default().event("pulse").data(data.to_string())).await?;
                }
            }
        }
    }

    /// Writes the journal up to and including a position.
    async fn catch_up(&mut self, until: i64) -> Result<(), End> {
        let wanted = parts(self.topics);
        while self.cursor < until && !wanted.is_empty() {
            let changes = self.hub.changes(self.cursor, BATCH, &wanted).await?;
            let full = changes.len() == BATCH as usize;
            for change in changes.into_iter().take_while(|change| change.position <= until) {
                let position = change.position;
                self.write(event(change)).await?;
                self.cursor = position;
            }
            if !full {
                break;
            }
        }
        self.cursor = self.cursor.max(until);
        Ok(())
    }

    /// Writes an overview, after everything that it counts. One that is older than what was written is passed over: the
    /// next is on its way.
    async fn stats(&mut self, snapshot: Arc<Snapshot>) -> Result<(), End> {
        self.catch_up(snapshot.position).await?;
        let old = self.written.as_ref().is_some_and(|written| written.is_old_news(&snapshot));
        if old || snapshot.position < self.cursor {
            return Ok(());
        }
        let event = Event::default().event("stats").data(&snapshot.json);
        // Who resumes has that id already: an overview that it may have missed comes without one.
        let repeats = self.resumed && snapshot.position <= self.origin;
        self.write(if repeats { event } else { event.id(snapshot.position.to_string()) }).await?;
        self.written = Some(snapshot);
        Ok(())
    }

    async fn write(&self, event: Event) -> Result<(), End> {
        self.events.send(Ok(event)).await.map_err(|_| End::Gone)
    }
}

/// The parts of the journal that belong to the topics; none for `stats` alone.
fn parts(topics: Topics) -> Vec<Topic> {
    let parts = [
        (topics.cases, Topic::Cases),
        (topics.readings, Topic::Readings),
        (topics.entries, Topic::Links),
        (topics.entries, Topic::Entries),
    ];
    parts.into_iter().filter_map(|(wanted, topic)| wanted.then_some(topic)).collect()
}

fn event(change: Change) -> Event {
    let (position, kind) = (change.position.to_string(), change.record.clone());
    let change = Change { body: mask_record(change.body, View::Masked), ..change };
    let data = serde_json::to_string(&change).expect("a change has only plain fields");
    Event::default().id(position).event(kind).data(data)
}

fn beat() -> Interval {
    let mut beat = interval(PULSE);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat
}
