//! Writes of entries that share a transaction: what comes while another one commits goes into the next, so that many entries
//! under way at once cost one flush of the disk and not one each. Each is durable when its writer hears of it.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

use super::{
    Entry, EntryMove, Store, StoreError,
    entries::{COLUMNS, DOUBTED, entry_of},
    runner::{lines, queue},
    session::{Batch, Column, Session, Value},
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
            Err(fault) => {
                let error = fault.into_inner();
                let mut told: Vec<Done> = (1..deeds.len()).map(|_| Err(error.for_others())).collect();
                told.push(Err(error));
                told
            }
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
        let (written, grew) = write(&mut session, deeds).await.map_err(Fault::Deed)?;
        session.commit().await.map_err(Fault::Whole)?;
        if grew {
            self.outbox_grew.notify_one();
        }
        Ok(written)
    }
}

/// What became of each deed, and whether the hub must hear of something. Moves come first, in one statement for all of them.
async fn write(session: &mut Session, deeds: &[Deed]) -> Result<(Vec<Done>, bool), StoreError> {
    let moves = || deeds.iter().filter_map(|deed| if let Deed::Move(moved) = deed { Some(&**moved) } else { None });
    let moved = move_on(session, &moves().collect::<Vec<_>>()).await?;
    let is_moved = |entry: &Entry| moved.contains(&(entry.id, entry.fence));
    let news: Vec<_> = moves().filter(|(entry, _)| is_moved(entry)).flat_map(|(_, moved)| &moved.records).collect();
    let grew = !news.is_empty();
    queue(session, lines(news.into_iter())?).await?;
    let mut written = Vec::with_capacity(deeds.len());
    for deed in deeds {
        written.push(match deed {
            Deed::Move(moved) if is_moved(&moved.0) => Ok(None),
            Deed::Move(moved) => Err(StoreError::LeaseLost { entry: moved.0.id }),
            Deed::Lease { bot, worker, now, until } => Ok(lease(session, bot, worker, *now, *until).await?),
            Deed::Release { id, fence } => {
                let sql = "UPDATE entry SET leased_until = 0 WHERE id = $1 AND fence = $2";
                session.run(sql, &[Value::from(*id), Value::from(*fence)]).await?;
                Ok(None)
            }
        });
    }
    Ok((written, grew))
}

/// Leases the entry of that bot that has been due longest.
async fn lease(
    session: &mut Session,
    bot: &str,
    worker: &str,
    now: i64,
    until: i64,
) -> Result<Option<Entry>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS}, leased_until FROM entry WHERE bot = $1 AND due_at <= $2 AND leased_until <= $2 \
         AND (resting = 0 OR version > known_version) AND NOT {DOUBTED} ORDER BY due_at, id LIMIT 1"
    );
    let mut due = session.rows(&sql, &[bot.into(), now.into()]).await?;
    let Some(row) = due.first_mut() else { return Ok(None) };
    let taken_over = row.int(COLUMNS.split(',').count()) > 0;
    let mut entry = Entry { taken_over, ..entry_of(row) };
    entry.fence += 1;
    let sql = "UPDATE entry SET worker = $1, fence = $2, leased_until = $3 WHERE id = $4";
    session.run(sql, &[worker.into(), entry.fence.into(), until.into(), entry.id.into()]).await?;
    Ok(Some(entry))
}

/// Moves entries, each for whoever holds it; gives those that were moved, by number and fence. What the hub must hear of them is
/// queued by the caller.
async fn move_on(session: &mut Session, moves: &[&(Entry, EntryMove)]) -> Result<BTreeSet<(i64, i64)>, StoreError> {
    let sql = "UPDATE entry SET state = r.state, resting = r.resting, known_version = r.known_version, receipt = r.receipt, \
         words = r.words, field = r.field, submitted_at = r.submitted_at, tries = r.tries, due_at = r.due_at, \
         changed_at = r.changed_at, leased_until = r.until FROM {rows} AS r WHERE entry.id = r.number AND entry.fence = r.holder \
         RETURNING id, fence";
    let batch = Batch { columns: MOVED, rows: moves.iter().map(|(entry, moved)| moved_row(entry, moved)).collect() };
    let done = session.rows_batch(sql, &batch).await?;
    let done: BTreeSet<(i64, i64)> = done.iter().map(|row| (row.int(0), row.int(1))).collect();
    let done_moves = moves.iter().filter(|(entry, _)| done.contains(&(entry.id, entry.fence)));
    let event = |(entry, moved): &&&(Entry, EntryMove)| {
        let texts = [&moved.event, &entry.state, &moved.detail].map(|text| Value::from(text.as_str()));
        [vec![entry.id.into(), entry.changed_at.timestamp_millis().into()], texts.to_vec()].concat()
    };
    let events = Batch {
        columns: &[
            Column::Int("number"),
            Column::Int("at"),
            Column::Text("event"),
            Column::Text("state"),
            Column::Text("detail"),
        ],
        rows: done_moves.clone().map(|moved| event(&moved)).collect(),
    };
    let sql = "INSERT INTO entry_event (entry, sequence, at, event, state, worker, detail) \
         SELECT r.number, (SELECT COALESCE(MAX(e.sequence), 0) + 1 FROM entry_event AS e WHERE e.entry = r.number), r.at, r.event, \
         r.state, (SELECT worker FROM entry WHERE id = r.number), r.detail FROM {rows} AS r";
    session.run_batch(sql, &events).await?;
    let again = done_moves.filter_map(|(_, moved)| moved.read_again.as_ref());
    let again = Batch {
        columns: &[Column::Text("of_system"), Column::Text("key")],
        rows: again.map(|(system, key)| vec![system.as_str().into(), key.as_str().into()]).collect(),
    };
    let sql =
        "UPDATE seen SET row_print = '' FROM {rows} AS r WHERE seen.system = r.of_system AND seen.source_no = r.key";
    session.run_batch(sql, &again).await?;
    Ok(done)
}

/// What of an entry a move may change, with who must hold it.
const MOVED: &[Column] = &[
    Column::Int("number"),
    Column::Int("holder"),
    Column::Text("state"),
    Column::Int("resting"),
    Column::Int("known_version"),
    Column::Text("receipt"),
    Column::Text("words"),
    Column::Text("field"),
    Column::Int("submitted_at"),
    Column::Int("tries"),
    Column::Int("due_at"),
    Column::Int("changed_at"),
    Column::Int("until"),
];

fn moved_row(entry: &Entry, moved: &EntryMove) -> Vec<Value> {
    vec![
        entry.id.into(),
        entry.fence.into(),
        entry.state.as_str().into(),
        i64::from(entry.resting).into(),
        entry.known_version.into(),
        entry.receipt.clone().into(),
        entry.words.clone().into(),
        entry.field.clone().into(),
        entry.submitted_at.map_or(0, |at| at.timestamp_millis()).into(),
        entry.tries.into(),
        entry.due_at.timestamp_millis().into(),
        entry.changed_at.timestamp_millis().into(),
        moved.until.timestamp_millis().into(),
    ]
}
