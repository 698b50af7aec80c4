//! The courier: carries what a runner's outbox holds to the hub, here or elsewhere, until the hub has said per line what
//! became of it. Nothing leaves the outbox before.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use secrecy::SecretString;
use tokio::{
    runtime::{self, Runtime},
    sync::{Mutex, Notify},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    base::Remedy,
    store::{Outgoing, RefusedLine, Settled, Store},
};

use super::{Fate, Hub, HubError};

mod here;
mod post;

/// Lines in one batch: what a quick run reads in a fifth of a second. They stand in memory several times while they are carried.
const LINES: u32 = 300;
/// How long the courier waits for a wake-up before it looks by itself, in seconds: another process may fill the outbox.
const PERIOD_SECONDS: u64 = 5;
/// First pause after a failure, in milliseconds; each further one doubles it.
const FIRST_PAUSE_MILLIS: u64 = 250;
/// Longest pause, in milliseconds: a hub that is back is noticed within half a minute.
const LONGEST_PAUSE_MILLIS: u64 = 30_000;

/// The thread that carries: it asks the database a hundred small things for each batch, and each answer would else wait until a thread that
/// reads pages has time for it. It lives as long as the process, as connections do that were made on it.
static CARRIER: LazyLock<Runtime> = LazyLock::new(|| {
    let mut builder = runtime::Builder::new_multi_thread();
    builder.worker_threads(1).thread_name("courier").enable_all();
    builder.build().expect("a thread and a poll can be had")
});

/// Where the courier goes.
#[derive(Clone)]
pub enum Destination {
    /// A hub in this process.
    Here(Hub),
    /// A hub elsewhere.
    There {
        /// Its address, as `http://hub.example:8080`.
        address: Url,
        /// The runner's token.
        token: SecretString,
    },
}

/// What became of the lines that were carried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// New ones.
    pub new: u64,
    /// Those that replaced something.
    pub changed: u64,
    /// Those that said nothing new, superseded ones included.
    pub unchanged: u64,
    /// Those that the hub refused; they stand in [`Store::refused`].
    pub refused: u64,
}

impl Drained {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.new + self.changed + self.unchanged + self.refused
    }

    fn count(&mut self, fate: &Fate) {
        match fate {
            Fate::New => self.new += 1,
            Fate::Changed => self.changed += 1,
            Fate::Unchanged | Fate::Superseded => self.unchanged += 1,
            Fate::Refused { .. } => self.refused += 1,
        }
    }
}

/// Carries one store's outbox to one destination. Have only one per store: two would not harm, but carry everything twice.
pub struct Courier {
    store: Store,
    destination: Destination,
    woken: Arc<Notify>,
    http: Option<reqwest::Client>,
    turn: Mutex<()>,
}

impl Courier {
    /// A courier that carries nothing yet.
    ///
    /// # Errors
    /// [`HubError::Client`] when the address cannot be used.
    pub fn new(store: Store, destination: Destination) -> Result<Self, HubError> {
        let http = match &destination {
            Destination::Here(_) => None,
            Destination::There { address, .. } => Some(post::client(address)?),
        };
        let woken = store.outbox_grew();
        Ok(Self { store, destination, woken, http, turn: Mutex::default() })
    }

    /// Carries lines until the outbox is empty.
    ///
    /// # Errors
    /// Those of [`HubError`]; what was not acknowledged stays in the outbox.
    pub async fn drain(&self) -> Result<Drained, HubError> {
        // One at a time: two would post the same lines under the same key, and the hub would call one of them busy.
        let _turn = self.turn.lock().await;
        let mut drained = Drained::default();
        loop {
            let lines = self.store.outbox(LINES).await?;
            if lines.is_empty() {
                return Ok(drained);
            }
            self.carry(&lines, &mut drained).await?;
        }
    }

    /// Carries lines as [`Courier::run`] does, on a thread of their own.
    pub fn start(self: &Arc<Self>, cancel: CancellationToken) -> JoinHandle<()> {
        let courier = Arc::clone(self);
        CARRIER.spawn(async move { courier.run(cancel).await })
    }

    /// Carries lines as they come, until told to stop. Failures are waited out, longer each time, and reported in the log;
    /// what waits is carried once the hub is back.
    pub async fn run(&self, cancel: CancellationToken) {
        let mut failures: u32 = 0;
        while !cancel.is_cancelled() {
            let done = tokio::select! {
                () = cancel.cancelled() => return,
                done = self.drain() => done,
            };
            let pause = match done {
                Ok(_) => {
                    failures = 0;
                    Duration::from_secs(PERIOD_SECONDS)
                }
                Err(error) => {
                    failures += 1;
                    let pause = pause(failures, error.remedy());
                    let (why, seconds) = (crate::base::chain(&error), pause.as_secs_f32());
                    tracing::warn!(error = why, failures, seconds, "the hub did not take what waits for it");
                    pause
                }
            };
            tokio::select! {
                () = cancel.cancelled() => return,
                // New lines do not make a hub come back: only a courier without failures wakes for them.
                () = self.woken.notified(), if failures == 0 => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Carries lines and forgets them.
    async fn carry(&self, lines: &[Outgoing], drained: &mut Drained) -> Result<(), HubError> {
        let (fates, is_settled) = match &self.destination {
            Destination::Here(hub) if hub.store.is(&self.store) => {
                (here::batch(hub, lines, |fates| settled(lines, fates)).await?, true)
            }
            Destination::Here(hub) => (here::batch(hub, lines, |_| Settled::default()).await?, false),
            Destination::There { address, token } => (self.post(address, token, lines).await?, false),
        };
        if !is_settled {
            self.store.settle(&settled(lines, &fates)).await?;
        }
        for (line, fate) in lines.iter().zip(&fates) {
            drained.count(fate);
            if let Fate::Refused { reason } = fate {
                tracing::error!(position = line.position, reason, "the hub refused a line; it is kept aside");
            }
        }
        Ok(())
    }

    /// What became of each line. A batch that is refused as a whole is split until the line at fault stands alone.
    async fn post(&self, address: &Url, token: &SecretString, lines: &[Outgoing]) -> Result<Vec<Fate>, HubError> {
        let http = self.http.as_ref().expect("made together with this destination");
        let mut fates = Vec::with_capacity(lines.len());
        let mut parts = vec![lines];
        while let Some(part) = parts.pop() {
            match post::batch(http, address, token, part).await {
                Ok(given) => fates.extend(given),
                Err(HubError::Batch { answer, .. }) if part.len() == 1 => {
                    fates.push(Fate::Refused { reason: answer });
                }
                Err(HubError::Batch { .. }) => {
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.push(second);
                    parts.push(first);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(fates)
    }
}

/// What becomes of the lines in the outbox.
fn settled(lines: &[Outgoing], fates: &[Fate]) -> Settled {
    let mut settled = Settled::default();
    for (line, fate) in lines.iter().zip(fates) {
        if let Fate::Refused { reason } = fate {
            let Outgoing { position, line } = line.clone();
            settled.refused.push(RefusedLine { position, line, reason: reason.clone() });
        } else {
            settled.taken.push(line.position);
        }
    }
    settled
}

/// How long to wait after so many failures in a row: doubled each time up to the longest, then shortened by up to half at
/// random, so that runners do not all come back at once. What only a person can mend is looked at as rarely as allowed.
fn pause(failures: u32, remedy: Remedy) -> Duration {
    const DOUBLINGS: u32 = 7;
    let longest = match remedy {
        Remedy::Retry | Remedy::Backoff | Remedy::OutcomeUnknown => {
            (FIRST_PAUSE_MILLIS << failures.saturating_sub(1).min(DOUBLINGS)).min(LONGEST_PAUSE_MILLIS)
        }
        Remedy::Human | Remedy::Never => LONGEST_PAUSE_MILLIS,
    };
    Duration::from_millis(fastrand::u64(longest / 2..=longest))
}
