//! The runner's half: what each row looked like when it was last read, and what waits for the hub.

use std::collections::HashMap;

use crate::record::Record;

use super::{
    Store, StoreError, Wish,
    entries::wish,
    session::{Batch, Column, Row, Session, Value},
};

/// What is known of a list row. Instants in milliseconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Hash of the list row, as the runner made it.
    pub row_print: String,
    /// Hash of what the case said.
    pub contents: String,
    /// The `data_version` under which that was first said.
    pub version: i64,
    /// Hashes of what never changes in the life of a case, as the runner wrote them.
    pub marks: String,
    /// Whether it stands in quarantine.
    pub quarantined: bool,
    /// When the pages about it were last read; 0 for a row that an older version of the program read.
    pub read_at: i64,
    /// A reading at or after this instant has seen everything that the moment in the row can stand for.
    pub sure_from: i64,
    /// Whether the case had not ended, as far as is known.
    pub open: bool,
    /// The bot that read it; empty for a row that an older version of the program read.
    pub bot: String,
    /// Since when its list no longer shows it; 0 while it does.
    pub left_at: i64,
}

/// A row that was read: what to remember of it, and the record to pass on where it says something new. Its list shows it.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// The system's number of the case.
    pub key: String,
    /// Hash of the list row.
    pub row_print: String,
    /// Hash of what the case said.
    pub contents: String,
    /// Its `data_version`.
    pub version: i64,
    /// Hashes of what never changes in the life of a case.
    pub marks: String,
    /// Whether it stands in quarantine.
    pub quarantined: bool,
    /// What the hub must hear; `None` when only the row's look changed.
    pub record: Option<Record>,
    /// Where else the record is to stand.
    pub wishes: Vec<Wish>,
    /// When the pages about it were read, milliseconds since the epoch.
    pub read_at: i64,
    /// A reading at or after this instant has seen everything that the moment in the row can stand for.
    pub sure_from: i64,
    /// Whether the case has not ended, as far as is known.
    pub open: bool,
    /// The bot that read it.
    pub bot: String,
}

/// A line that waits for the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its place in the outbox; rises, never used twice.
    pub position: i64,
    /// The record's JSON, one line.
    pub line: String,
}

/// A line that the hub refused; a person has to look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedLine {
    /// The place that it had in the outbox.
    pub position: i64,
    /// The record's JSON.
    pub line: String,
    /// What the hub said.
    pub reason: String,
}

/// Lines of the outbox of which the hub has said what becomes of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// The places of those that it has taken.
    pub taken: Vec<i64>,
    /// Those that it refused.
    pub refused: Vec<RefusedLine>,
}

impl Store {
    /// Everything known of a system's rows, by source number.
    pub async fn seen(&self, system: &str) -> Result<HashMap<String, Seen>, StoreError> {
        let sql = "SELECT source_no, row_print, contents, version, marks, quarantined, read_at, sure_from, open, bot, left_at \
             FROM seen WHERE system = $1";
        let mut rows = self.pools.read().await?.rows(sql, &[system.into()]).await?;
        let seen = |row: &mut Row| {
            let known = Seen {
                row_print: row.text(1),
                contents: row.text(2),
                version: row.int(3),
                marks: row.text(4),
                quarantined: row.int(5) != 0,
                read_at: row.int(6),
                sure_from: row.int(7),
                open: row.int(8) != 0,
                bot: row.text(9),
                left_at: row.int(10),
            };
            (row.text(0), known)
        };
        Ok(rows.iter_mut().map(seen).collect())
    }

    /// Remembers rows, queues their records and takes their wishes in, all or nothing: a row that counts as seen is on its way to
    /// the hub and to every other system that is to have it.
    pub async fn keep(&self, system: &str, kept: &[Kept]) -> Result<(), StoreError> {
        // One statement may not touch a row twice: of one key the last holds.
        let last: HashMap<&str, &Kept> = kept.iter().map(|row| (row.key.as_str(), row)).collect();
        let newest: Vec<&Kept> = kept.iter().filter(|row| std::ptr::eq(*row, last[row.key.as_str()])).collect();
        let seen = Batch { columns: SEEN, rows: newest.iter().map(|row| seen_row(system, row)).collect() };
        let lines = lines(kept.iter().filter_map(|row| row.record.as_ref()))?;
        let mut session = self.pools.write().await?;
        session.upsert("seen", 2, seen).await?;
        queue(&mut session, lines).await?;
        let wishes: Vec<&Wish> = newest.iter().flat_map(|row| &row.wishes).collect();
        wish(&mut session, &wishes).await?;
        session.commit().await?;
        self.outbox_grew.notify_one();
        Ok(())
    }

    /// Writes down that a list which was read to its end no longer shows those rows; for those of which that is not known yet.
    pub async fn leave(&self, system: &str, keys: &[String], at: i64) -> Result<(), StoreError> {
        let rows = keys.iter().map(|key| vec![system.into(), key.as_str().into(), at.into()]);
        let columns = &[Column::Text("system"), Column::Text("source_no"), Column::Int("left_at")];
        let sql = "UPDATE seen SET left_at = r.left_at FROM {rows} AS r \
             WHERE seen.system = r.system AND seen.source_no = r.source_no AND seen.left_at = 0";
        let mut session = self.pools.write().await?;
        session.run_batch(sql, &Batch { columns, rows: rows.collect() }).await?;
        session.commit().await
    }

    /// Queues records that have no row of their own: readings and system cards.
    pub async fn post(&self, records: &[Record]) -> Result<(), StoreError> {
        let lines = lines(records.iter())?;
        let mut session = self.pools.write().await?;
        queue(&mut session, lines).await?;
        session.commit().await?;
        self.outbox_grew.notify_one();
        Ok(())
    }

    /// The oldest lines that wait, at most `limit` of them.
    pub async fn outbox(&self, limit: u32) -> Result<Vec<Outgoing>, StoreError> {
        let sql = "SELECT position, body FROM outbox ORDER BY position LIMIT $1";
        let mut rows = self.pools.read().await?.rows(sql, &[i64::from(limit).into()]).await?;
        Ok(rows.iter_mut().map(|row| Outgoing { position: row.int(0), line: row.text(1) }).collect())
    }

    /// How many lines wait.
    pub async fn outbox_len(&self) -> Result<u64, StoreError> {
        let waiting = self.pools.read().await?.number("SELECT COUNT(*) FROM outbox", &[]).await?;
        Ok(waiting.unsigned_abs())
    }

    /// Forgets lines that the hub has taken.
    pub async fn acknowledge(&self, positions: &[i64]) -> Result<(), StoreError> {
        self.settle(&Settled { taken: positions.to_vec(), refused: Vec::new() }).await
    }

    /// Forgets lines that the hub has taken and puts those that it refused aside with its reason, in one transaction.
    pub async fn settle(&self, settled: &Settled) -> Result<(), StoreError> {
        let mut session = self.pools.write().await?;
        forget(&mut session, settled).await?;
        session.commit().await
    }

    /// Lines that the hub refused, oldest first.
    pub async fn refused(&self, limit: u32) -> Result<Vec<RefusedLine>, StoreError> {
        let sql = "SELECT position, body, reason FROM refused ORDER BY position LIMIT $1";
        let mut rows = self.pools.read().await?.rows(sql, &[i64::from(limit).into()]).await?;
        Ok(rows
            .iter_mut()
            .map(|row| RefusedLine { position: row.int(0), line: row.text(1), reason: row.text(2) })
            .collect())
    }
}

/// The columns of `seen`, in the order of [`seen_row`].
const SEEN: &[Column] = &[
    Column::Text("system"),
    Column::Text("source_no"),
    Column::Text("row_print"),
    Column::Text("contents"),
    Column::Text("marks"),
    Column::Int("version"),
    Column::Int("quarantined"),
    Column::Int("read_at"),
    Column::Int("sure_from"),
    Column::Int("open"),
    Column::Text("bot"),
    Column::Int("left_at"),
];

fn seen_row(system: &str, row: &Kept) -> Vec<Value> {
    vec![
        system.into(),
        row.key.as_str().into(),
        row.row_print.as_str().into(),
        row.contents.as_str().into(),
        row.marks.as_str().into(),
        row.version.into(),
        i64::from(row.quarantined).into(),
        row.read_at.into(),
        row.sure_from.into(),
        i64::from(row.open).into(),
        row.bot.as_str().into(),
        Value::Int(0),
    ]
}

/// Takes settled lines out of the outbox.
pub(super) async fn forget(session: &mut Session, settled: &Settled) -> Result<(), StoreError> {
    let Settled { taken, refused } = settled;
    let aside = refused
        .iter()
        .map(|line| vec![line.position.into(), line.line.as_str().into(), line.reason.as_str().into()])
        .collect();
    let columns = &[Column::Int("position"), Column::Text("body"), Column::Text("reason")];
    let insert = "INSERT INTO refused (position, body, reason) SELECT r.position, r.body, r.reason FROM {rows} AS r \
         WHERE true ON CONFLICT (position) DO NOTHING";
    session.run_batch(insert, &Batch { columns, rows: aside }).await?;
    let gone = taken.iter().copied().chain(refused.iter().map(|line| line.position));
    let gone =
        Batch { columns: &[Column::Int("position")], rows: gone.map(|position| vec![position.into()]).collect() };
    session.run_each("DELETE FROM outbox WHERE position IN (SELECT r.position FROM {rows} AS r)", gone).await
}

/// Records as lines of the outbox: written before anything is locked.
pub(super) fn lines<'a>(records: impl Iterator<Item = &'a Record>) -> Result<Vec<String>, StoreError> {
    Ok(records.map(serde_json::to_string).collect::<Result<_, _>>()?)
}

pub(super) async fn queue(session: &mut Session, lines: Vec<String>) -> Result<(), StoreError> {
    if lines.is_empty() {
        return Ok(());
    }
    let first = take_numbers(session, "outbox", lines.len()).await?;
    let rows = lines.into_iter().zip(first..).map(|(line, position)| vec![position.into(), line.into()]).collect();
    let batch = Batch { columns: &[Column::Int("position"), Column::Text("body")], rows };
    session.run_each("INSERT INTO outbox (position, body) SELECT r.position, r.body FROM {rows} AS r", batch).await
}

/// Takes the next `count` numbers of a counter; gives the first of them.
pub(super) async fn take_numbers(session: &mut Session, counter: &str, count: usize) -> Result<i64, StoreError> {
    let count = i64::try_from(count).expect("a batch fits in memory");
    let sql = "UPDATE counters SET value = value + $1 WHERE name = $2 RETURNING value";
    let last = session.number(sql, &[count.into(), counter.into()]).await?;
    Ok(last - count + 1)
}
