//! What keeps the bridge from working, for `/readyz`: bots that have not done well for longer than their schedules allow.

use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    base::{Clock, Message, chain},
    queue::clock as shown,
    store::{Store, StoreError},
};

/// How often the store is asked.
const ASK: Duration = Duration::from_secs(5);

/// The troubles as they are now, until it is told to stop.
pub(super) fn watch(store: Store, clock: Clock, cancel: CancellationToken) -> watch::Receiver<Vec<Message>> {
    let (told, troubles) = watch::channel(Vec::new());
    tokio::spawn(async move {
        loop {
            match dead_bots(&store, &clock).await {
                Ok(dead) => {
                    told.send_if_modified(|before| {
                        let changed = *before != dead;
                        *before = dead;
                        changed
                    });
                }
                // The web says itself that the store does not answer.
                Err(error) => tracing::warn!(error = chain(&error), "whether bots are alive can't be told"),
            }
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(ASK) => {}
            }
        }
    });
    troubles
}

/// A message for each bot that is dead: it goes off too where every engine is gone.
async fn dead_bots(store: &Store, clock: &Clock) -> Result<Vec<Message>, StoreError> {
    let now = clock.now();
    let pulses = store.pulses().await?;
    let dead = pulses.into_iter().filter_map(|pulse| Some((pulse.dead_at.filter(|dead_at| *dead_at <= now)?, pulse)));
    Ok(dead
        .map(|(dead_at, pulse)| {
            let message = Message::new(if pulse.good_at.is_some() { "web-bot-dead" } else { "web-bot-never" });
            message
                .with("bot", pulse.bot)
                .with("system", pulse.system)
                .with("good", pulse.good_at.map_or_else(|| shown(pulse.since), shown))
                .with("dead", shown(dead_at))
        })
        .collect())
}
