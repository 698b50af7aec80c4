//! Writes of entries that share a transaction: what comes while another one commits goes into the next, so that many entries
//! under way at once cost one flush of the disk and not one each. Each is durable when its writer hears of it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::{
    Entry, EntryMove, Store, StoreError, entries,
    session::{Session, Value},
};

/// Writes in one transaction at most: more would keep the other writers waiting.
const TOGETHER_MOST: usize = 64;

/// What can be written together with others'.
pub(super) enum Deed {
    /// Lease the entry of that bot that has been due longest, as of one time until another.
    Lease { bot: String, worker: String, now: i64, until: i64 },
    /// Move an entry.
    Move(Box<(Entry, EntryMove)>),
    /// Let go of an entry.
    Release { id: i64, fence: i64 },
}

type Done = Result<Option<Entry>, StoreError>;

/// Why a transaction came to nothing.
enum Fault {
    /// The database did not take one of the deeds.
    Deed(StoreError),
    /// It could not be begun, or not be ended.
    Whole(StoreError),
}

impl Fault {
    fn into_inner(self) -> StoreError {
        match self {
            Self::Deed(error) | Self::Whole(error) => error,
        }
    }
}

/// What waits for the next transaction.
#[derive(Default)]
pub(super) struct Together {
    waiting: Mutex<Vec<(Deed, oneshot::Sender<Done>)>>,
    turn: tokio::sync::Mutex<()>,
}

impl Together {
    fn waiting(&self) -> MutexGuard<'_, Vec<(Deed, oneshot::Sender<Done>)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// Writes it with whatever else waits; returns when it is durable, or when nothing of it is.
    pub(super) async fn together(&self, deed: Deed) -> Done {
        let (done, heard) = oneshot::channel();
        self.together.waiting().push((deed, done));
        let store = self.clone();
        // In a task of its own: whoever is stopped in the middle must not take the others' writes along.
        tokio::spawn(async move { store.write_waiting().await });
        heard.await.unwrap_or_else(|_| Err(sqlx::Error::WorkerCrashed.into()))
    }

    /// Writes all that waits now. Whoever comes second finds it written.
    async fn write_waiting(&self) {
        let _turn = self.together.turn.lock().await;
        let next: Vec<_> = {
            let mut waiting = self.together.waiting();
            let most = waiting.len().min(TOGETHER_MOST);
            waiting.drain(..most).collect()
        };
        let (deeds, writers): (Vec<_>, Vec<_>) = next.into_iter().unzip();
        let written = match self.write_all(&deeds).await {
            Ok(written) => written,
            // One that the database does not take must not keep the others from being written.
            Err(Fault::Deed(_)) if deeds.len() > 1 => {
                let mut each = Vec::with_capacity(deeds.len());
                for deed in &deeds {
                    let alone = self.write_all(std::slice::from_ref(deed)).await;
                    each.push(alone.map_err(Fault::into_inner).and_then(|mut written| written.remove(0)));
                }
                each
            }
            // The others hear that the database does not answer: whether a commit that failed was one nobody knows.
            Err(fault) => vec![Err(fault.into_inner())],
        };
        for (writer, done) in writers.into_iter().zip(written) {
            // Who has gone in the meantime needs no answer: what was written says where its entry stands.
            let _ = writer.send(done);
        }
    }

    /// All of it in one transaction. A lease that was lost is the error of its own deed, of which nothing is written.
    async fn write_all(&self, deeds: &[Deed]) -> Result<Vec<Done>, Fault> {
        if deeds.is_empty() {
            return Ok(Vec::new());
        }
        let mut session = self.pools.write().await.map_err(Fault::Whole)?;
        let (mut written, mut grew) = (Vec::with_capacity(deeds.len()), false);
        for deed in deeds {
            match write(&mut session, deed).await {
                Err(lost @ StoreError::LeaseLost { .. }) => written.push(Err(lost)),
                done => written.push(Ok(done.map_err(Fault::Deed)?)),
            }
            grew |= matches!(deed, Deed::Move(moved) if !moved.1.records.is_empty());
        }
        session.commit().await.map_err(Fault::Whole)?;
        if grew {
            self.outbox_grew.notify_one();
        }
        Ok(written)
    }
}

async fn write(session: &mut Session, deed: &Deed) -> Done {
    match deed {
        Deed::Lease { bot, worker, now, until } => entries::lease(session, bot, worker, *now, *until).await,
        Deed::Move(moved) => entries::move_on(session, &moved.0, &moved.1).await.map(|()| None),
        Deed::Release { id, fence } => {
            let sql = "UPDATE entry SET leased_until = 0 WHERE id = $1 AND fence = $2";
            session.run(sql, &[Value::from(*id), Value::from(*fence)]).await.map(|_| None)
        }
    }
}
