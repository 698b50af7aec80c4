//! The entries of the ledger: leased to one worker at a time, moved only under the lease, every move kept.

use chrono::{DateTime, TimeZone, Utc};

use super::{
    Store, StoreError,
    runner::take_numbers,
    session::{Batch, Column, Row, Session, Value},
    together::Deed,
};
use crate::record::Record;

/// A record that is to stand in a target, as the source says it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The system that is to have it.
    pub target: String,
    /// What for: a word of the ledger.
    pub purpose: String,
    /// The bot that enters it.
    pub bot: String,
    /// The system that it comes from.
    pub origin_system: String,
    /// Its number there.
    pub origin_no: String,
    /// Its number across systems.
    pub project_no: String,
    /// The key by which the target shows it.
    pub mark: String,
    /// The record, JSON.
    pub wanted: String,
    /// Its version; of two the higher holds.
    pub version: i64,
}

/// An entry as it stands. What a move changes are the fields from `state` on; the rest stays as the wish said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// What is wanted.
    pub wish: Wish,
    /// A word of the ledger.
    pub state: String,
    /// Whether nothing is to be done with it until the source or a person says something.
    pub resting: bool,
    /// The version that the state speaks of.
    pub known_version: i64,
    /// The number that the target gave.
    pub receipt: Option<String>,
    /// What the target said, or why a person is needed.
    pub words: Option<String>,
    /// The field that the words belong to.
    pub field: Option<String>,
    /// When it was last sent.
    pub submitted_at: Option<DateTime<Utc>>,
    /// How often in a row it was begun without having come further.
    pub tries: i64,
    /// Not to be worked on before.
    pub due_at: DateTime<Utc>,
    /// When it last moved.
    pub changed_at: DateTime<Utc>,
    /// Rises with each holder.
    pub fence: i64,
    /// Whether its last holder has neither let go of it nor is known to be gone: its time was over by the clock of who holds it now.
    pub taken_over: bool,
}

/// One thing that befell an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryEvent {
    /// Its place in the entry's life, from 1.
    pub sequence: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// A word of the ledger.
    pub event: String,
    /// Where the entry stood afterwards.
    pub state: String,
    /// Who wrote it down.
    pub worker: String,
    /// What is to be known of it, JSON.
    pub detail: String,
}

/// What is written down together with an entry that has moved.
#[derive(Clone, Debug)]
pub struct EntryMove {
    /// A word of the ledger.
    pub event: String,
    /// JSON.
    pub detail: String,
    /// Until when its holder goes on holding it.
    pub until: DateTime<Utc>,
    /// What the hub must hear.
    pub records: Vec<Record>,
    /// A row of the target that is to be read again even if it looks the same.
    pub read_again: Option<(String, String)>,
}

/// Which entries. Every part that is given must fit.
#[derive(Clone, Debug, Default)]
pub struct EntryQuery {
    /// In that state.
    pub state: Option<String>,
    /// In that target.
    pub target: Option<String>,
    /// Of that bot.
    pub bot: Option<String>,
    /// At most so many, the one that moved last first.
    pub limit: u32,
}

pub(super) const COLUMNS: &str = "id, target, purpose, origin_system, origin_no, bot, project_no, mark, wanted, version, known_version, \
     state, resting, receipt, words, field, submitted_at, tries, due_at, changed_at, fence";

/// An entry of which nothing was sent, and whose case was read last into quarantine: what it says now nobody knows, and what it said
/// before may no longer hold. It waits until the case reads right again.
pub(super) const DOUBTED: &str = "(state IN ('wanted', 'looked_up', 'intended') AND EXISTS (SELECT 1 FROM seen \
     WHERE seen.system = entry.origin_system AND seen.source_no = entry.origin_no AND seen.quarantined = 1))";

impl Store {
    /// Leases the entry of that bot that has been due longest: nobody else moves it until then.
    pub async fn lease_entry(
        &self,
        bot: &str,
        worker: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<Entry>, StoreError> {
        let (bot, worker) = (bot.to_owned(), worker.to_owned());
        let (now, until) = (now.timestamp_millis(), until.timestamp_millis());
        self.together(Deed::Lease { bot, worker, now, until }).await
    }

    /// Writes down that an entry has moved, and how it stands now; only for whoever holds it.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when someone else has taken it over: then nothing is written.
    pub async fn move_entry(&self, entry: &Entry, moved: &EntryMove) -> Result<(), StoreError> {
        self.together(Deed::Move(Box::new((entry.clone(), moved.clone())))).await.map(drop)
    }

    /// Takes an entry that nobody holds, so that a person's decision can be written down.
    pub async fn take_entry(
        &self,
        id: i64,
        worker: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<Entry>, StoreError> {
        let mut session = self.pools.write().await?;
        let sql =
            "UPDATE entry SET worker = $1, fence = fence + 1, leased_until = $2 WHERE id = $3 AND leased_until <= $4";
        let [until, now] = [until, now].map(|at| Value::from(at.timestamp_millis()));
        let taken = session.run(sql, &[worker.into(), until, id.into(), now]).await?;
        let entry = if taken == 0 { None } else { one(&mut session, id).await? };
        session.commit().await?;
        Ok(entry)
    }

    /// Lets go of an entry; whoever no longer holds it changes nothing.
    pub async fn release_entry(&self, entry: &Entry) -> Result<(), StoreError> {
        self.together(Deed::Release { id: entry.id, fence: entry.fence }).await.map(drop)
    }

    /// Makes sure that an entry is still held; nothing is written.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when someone else has taken it over.
    pub async fn still_held(&self, entry: &Entry) -> Result<(), StoreError> {
        let sql = "SELECT id FROM entry WHERE id = $1 AND fence = $2";
        let rows = self.pools.read().await?.rows(sql, &[entry.id.into(), entry.fence.into()]).await?;
        if rows.is_empty() { Err(StoreError::LeaseLost { entry: entry.id }) } else { Ok(()) }
    }

    /// Goes on holding an entry.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when someone else has taken it over.
    pub async fn hold_entry(&self, entry: &Entry, until: DateTime<Utc>) -> Result<(), StoreError> {
        let mut session = self.pools.write().await?;
        let sql = "UPDATE entry SET leased_until = $1 WHERE id = $2 AND fence = $3";
        let until = until.timestamp_millis();
        if session.run(sql, &[until.into(), entry.id.into(), entry.fence.into()]).await? == 0 {
            return Err(StoreError::LeaseLost { entry: entry.id });
        }
        session.commit().await
    }

    /// Puts an entry off that nothing has befallen, with how often it was tried.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when someone else has taken it over.
    pub async fn put_off_entry(&self, entry: &Entry) -> Result<(), StoreError> {
        let mut session = self.pools.write().await?;
        let sql = "UPDATE entry SET due_at = $1, tries = $2 WHERE id = $3 AND fence = $4";
        let due = entry.due_at.timestamp_millis();
        if session.run(sql, &[due.into(), entry.tries.into(), entry.id.into(), entry.fence.into()]).await? == 0 {
            return Err(StoreError::LeaseLost { entry: entry.id });
        }
        session.commit().await
    }

    /// Lets go of everything that a worker held which is known to be gone; with a bot, of that bot's entries only.
    pub async fn release_worker(&self, worker: &str, bot: Option<&str>) -> Result<(), StoreError> {
        let mut session = self.pools.write().await?;
        let sql =
            "UPDATE entry SET leased_until = 0 WHERE worker = $1 AND leased_until > 0 AND ($2 IS NULL OR bot = $2)";
        session.run(sql, &[worker.into(), bot.into()]).await?;
        session.commit().await
    }

    /// The numbers of the entries of that bot that are due, the one that has been due longest first.
    pub async fn due_entries(&self, bot: &str, now: DateTime<Utc>) -> Result<Vec<i64>, StoreError> {
        let sql = format!(
            "SELECT id FROM entry WHERE bot = $1 AND due_at <= $2 AND leased_until <= $2 \
             AND (resting = 0 OR version > known_version) AND NOT {DOUBTED} ORDER BY due_at, id"
        );
        let rows = self.pools.read().await?.rows(&sql, &[bot.into(), now.timestamp_millis().into()]).await?;
        Ok(rows.iter().map(|row| row.int(0)).collect())
    }

    /// One entry.
    pub async fn entry(&self, id: i64) -> Result<Option<Entry>, StoreError> {
        one(&mut self.pools.read().await?, id).await
    }

    /// Entries by filter, the one that moved last first.
    pub async fn entries(&self, query: &EntryQuery) -> Result<Vec<Entry>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE ($1 IS NULL OR state = $1) AND ($2 IS NULL OR target = $2) \
             AND ($3 IS NULL OR bot = $3) ORDER BY changed_at DESC, id DESC LIMIT $4"
        );
        let values: Vec<Value> = vec![
            query.state.clone().into(),
            query.target.clone().into(),
            query.bot.clone().into(),
            i64::from(query.limit).into(),
        ];
        let mut rows = self.pools.read().await?.rows(&sql, &values).await?;
        Ok(rows.iter_mut().map(entry_of).collect())
    }

    /// What befell an entry, oldest first.
    pub async fn entry_events(&self, id: i64) -> Result<Vec<EntryEvent>, StoreError> {
        let sql =
            "SELECT sequence, at, event, state, worker, detail FROM entry_event WHERE entry = $1 ORDER BY sequence";
        let mut rows = self.pools.read().await?.rows(sql, &[id.into()]).await?;
        let event = |row: &mut Row| EntryEvent {
            sequence: row.int(0),
            at: instant(row.int(1)),
            event: row.text(2),
            state: row.text(3),
            worker: row.text(4),
            detail: row.text(5),
        };
        Ok(rows.iter_mut().map(event).collect())
    }

    /// The entries that a target has given a number, without their records.
    pub async fn entered(&self, target: &str) -> Result<Vec<Entry>, StoreError> {
        let columns = COLUMNS.replace("wanted", "''");
        let sql =
            format!("SELECT {columns} FROM entry WHERE target = $1 AND purpose = 'enter' AND receipt IS NOT NULL");
        let mut rows = self.pools.read().await?.rows(&sql, &[target.into()]).await?;
        Ok(rows.iter_mut().map(entry_of).collect())
    }
}

/// Takes wishes in: a new one is an entry, one with a higher version is what its entry is to become.
pub(super) async fn wish(session: &mut Session, wishes: &[&Wish]) -> Result<(), StoreError> {
    let first = take_numbers(session, "entry", wishes.len()).await?;
    let rows = wishes.iter().zip(first..).map(|(wish, id)| {
        let texts = [
            &wish.target,
            &wish.purpose,
            &wish.origin_system,
            &wish.origin_no,
            &wish.bot,
            &wish.project_no,
            &wish.mark,
            &wish.wanted,
        ];
        let texts = texts.into_iter().map(|text| Value::from(text.as_str()));
        texts.chain([id.into(), wish.version.into()]).collect()
    });
    let batch = Batch {
        columns: &[
            Column::Text("target"),
            Column::Text("purpose"),
            Column::Text("origin_system"),
            Column::Text("origin_no"),
            Column::Text("bot"),
            Column::Text("project_no"),
            Column::Text("mark"),
            Column::Text("wanted"),
            Column::Int("id"),
            Column::Int("version"),
        ],
        rows: rows.collect(),
    };
    // The mark stays as it was first: under it the target shows the record.
    let sql = "INSERT INTO entry (id, target, purpose, origin_system, origin_no, bot, project_no, mark, wanted, version, \
         known_version, state, resting, submitted_at, tries, worker, fence, leased_until, due_at, changed_at) \
         SELECT r.id, r.target, r.purpose, r.origin_system, r.origin_no, r.bot, r.project_no, r.mark, r.wanted, r.version, \
         r.version, 'wanted', 0, 0, 0, '', 0, 0, 0, r.version FROM {rows} AS r \
         WHERE true ON CONFLICT (target, purpose, origin_system, origin_no) DO UPDATE SET \
         wanted = excluded.wanted, version = excluded.version, bot = excluded.bot, project_no = excluded.project_no \
         WHERE entry.version < excluded.version";
    session.run_batch(sql, &batch).await
}

async fn one(session: &mut Session, id: i64) -> Result<Option<Entry>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM entry WHERE id = $1");
    Ok(session.rows(&sql, &[id.into()]).await?.first_mut().map(entry_of))
}

pub(super) fn entry_of(row: &mut Row) -> Entry {
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    Entry {
        id: row.int(0),
        wish: Wish {
            target: row.text(1),
            purpose: row.text(2),
            origin_system: row.text(3),
            origin_no: row.text(4),
            bot: row.text(5),
            project_no: row.text(6),
            mark: row.text(7),
            wanted: row.text(8),
            version: row.int(9),
        },
        known_version: row.int(10),
        state: row.text(11),
        resting: row.int(12) != 0,
        receipt: some(row.text(13)),
        words: some(row.text(14)),
        field: some(row.text(15)),
        submitted_at: Some(row.int(16)).filter(|at| *at != 0).map(instant),
        tries: row.int(17),
        due_at: instant(row.int(18)),
        changed_at: instant(row.int(19)),
        fence: row.int(20),
        taken_over: false,
    }
}

fn instant(millis: i64) -> DateTime<Utc> {
    Utc.timestamp_millis_opt(millis).single().unwrap_or_default()
}
