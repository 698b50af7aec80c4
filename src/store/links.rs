//! The hub's half, writing links and entries, and what a batch needs to know of them.

use std::collections::{BTreeSet, HashMap};

use super::{
    StoreError,
    ingest::{Bad, Before, Current, Keys},
    session::{Batch, Column, Row, Session},
};

/// A key: system and number.
pub type Key = (String, String);

/// The new state of a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkState {
    /// The system that was entered into.
    pub system: String,
    /// Its number.
    pub source_no: String,
    /// The system that the case comes from.
    pub origin_system: String,
    /// Its number there.
    pub origin_no: String,
    /// Number across systems.
    pub project_no: String,
    /// Version, contents and JSON.
    pub current: Current,
}

/// The new state of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryRow {
    /// The target.
    pub system: String,
    /// The entry's key there.
    pub source_no: String,
    /// Canonical word of what is done.
    pub does: String,
    /// The system that the case comes from.
    pub origin_system: String,
    /// Its number there.
    pub origin_no: String,
    /// Number across systems.
    pub project_no: String,
    /// Canonical word of its state.
    pub state: String,
    /// The target's number.
    pub receipt: Option<String>,
    /// Whether the receipt names the record that the entry made there.
    pub made: bool,
    /// When it came to its state, milliseconds since the epoch.
    pub reached_at: i64,
    /// Version, contents and JSON.
    pub current: Current,
}

/// What is kept under a key, each in a table of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shelf {
    /// Cases and quarantined rows.
    States,
    /// Links.
    Links,
    /// Entries.
    Entries,
}

impl Shelf {
    /// Every shelf.
    pub const ALL: [Self; 3] = [Self::States, Self::Links, Self::Entries];

    const fn table(self) -> &'static str {
        match self {
            Self::States => "states",
            Self::Links => "links",
            Self::Entries => "entry_states",
        }
    }
}

/// What stands under those keys, and everything that is linked with them, however far.
pub(super) async fn standing(session: &mut Session, keys: &Keys) -> Result<Before, StoreError> {
    let mut before = Before::default();
    let mut frontier: BTreeSet<Key> = keys.states.union(&keys.links).cloned().collect();
    let mut known = BTreeSet::new();
    while !frontier.is_empty() {
        let mut next = BTreeSet::new();
        for mut row in linked_with(session, &frontier).await? {
            let (key, origin) = ((row.text(0), row.text(1)), (row.text(2), row.text(3)));
            next.extend([key.clone(), origin]);
            before.links.insert(key, current(&mut row, 4));
        }
        known.append(&mut frontier);
        frontier = next.difference(&known).cloned().collect();
    }
    before.states = shelf(session, Shelf::States, &known).await?;
    before.entries = shelf(session, Shelf::Entries, &keys.entries).await?;
    Ok(before)
}

/// Links from and to those keys.
async fn linked_with(session: &mut Session, keys: &BTreeSet<Key>) -> Result<Vec<Row>, StoreError> {
    const COLUMNS: &str = "l.system, l.source_no, l.origin_system, l.origin_no, l.version, l.contents, l.body";
    let pairs = pairs(keys);
    let mut rows = Vec::new();
    for on in [
        "l.system = r.system AND l.source_no = r.source_no",
        "l.origin_system = r.system AND l.origin_no = r.source_no",
    ] {
        let sql = format!("SELECT {COLUMNS} FROM {{rows}} AS r JOIN links AS l ON {on}");
        rows.extend(session.rows_batch(&sql, &pairs).await?);
    }
    Ok(rows)
}

async fn shelf(session: &mut Session, shelf: Shelf, keys: &BTreeSet<Key>) -> Result<HashMap<Key, Current>, StoreError> {
    let more = if shelf == Shelf::States { ", s.flags, s.bad_version, s.bad_contents, s.bad_body" } else { "" };
    let sql = format!(
        "SELECT s.system, s.source_no, s.version, s.contents, s.body{more} FROM {{rows}} AS r \
         JOIN {} AS s ON s.system = r.system AND s.source_no = r.source_no",
        shelf.table()
    );
    let rows = session.rows_batch(&sql, &pairs(keys)).await?;
    let stands = |mut row: Row| {
        let key = (row.text(0), row.text(1));
        let mut current = current(&mut row, 2);
        if shelf == Shelf::States {
            let bad = Bad { version: row.int(6), contents: row.text(7), body: row.text(8) };
            (current.flags, current.bad) = (row.text(5), Some(bad).filter(|bad| bad.version != 0));
        }
        (key, current)
    };
    Ok(rows.into_iter().map(stands).collect())
}

/// Version, contents and body, from that column on.
fn current(row: &mut Row, first: usize) -> Current {
    let (contents, body) = (row.text(first + 1), row.text(first + 2));
    Current { version: row.int(first), contents, body, ..Current::default() }
}

pub(super) fn pairs(keys: &BTreeSet<Key>) -> Batch {
    Batch {
        columns: &[Column::Text("system"), Column::Text("source_no")],
        rows: keys.iter().map(|(system, key)| vec![system.as_str().into(), key.as_str().into()]).collect(),
    }
}

/// Lets only the versions of those keys rise.
pub(super) async fn raise(session: &mut Session, raised: &[(Shelf, Key, i64)]) -> Result<(), StoreError> {
    for shelf in Shelf::ALL {
        let rows = raised
            .iter()
            .filter(|(on, ..)| *on == shelf)
            .map(|(_, (system, key), version)| vec![system.as_str().into(), key.as_str().into(), (*version).into()]);
        let columns = &[Column::Text("system"), Column::Text("source_no"), Column::Int("version")];
        let table = shelf.table();
        let sql = format!(
            "UPDATE {table} SET version = r.version FROM {{rows}} AS r \
             WHERE {table}.system = r.system AND {table}.source_no = r.source_no"
        );
        session.run_batch(&sql, &Batch { columns, rows: rows.collect() }).await?;
    }
    Ok(())
}

/// Writes whether cases count as open, for those of which nothing else changes.
pub(super) async fn reopen(session: &mut Session, open: &[(Key, bool)]) -> Result<(), StoreError> {
    let rows = open
        .iter()
        .map(|((system, key), open)| vec![system.as_str().into(), key.as_str().into(), i64::from(*open).into()]);
    let columns = &[Column::Text("system"), Column::Text("source_no"), Column::Int("open")];
    let sql = "UPDATE states SET open = r.open FROM {rows} AS r \
         WHERE states.system = r.system AND states.source_no = r.source_no";
    session.run_batch(sql, &Batch { columns, rows: rows.collect() }).await
}

pub(super) async fn write_links(session: &mut Session, links: &[LinkState]) -> Result<(), StoreError> {
    const COLUMNS: &[Column] = &[
        Column::Text("system"),
        Column::Text("source_no"),
        Column::Text("origin_system"),
        Column::Text("origin_no"),
        Column::Text("project_no"),
        Column::Int("version"),
        Column::Text("contents"),
        Column::Text("body"),
    ];
    let rows = links.iter().map(|link| {
        vec![
            link.system.as_str().into(),
            link.source_no.as_str().into(),
            link.origin_system.as_str().into(),
            link.origin_no.as_str().into(),
            link.project_no.as_str().into(),
            link.current.version.into(),
            link.current.contents.as_str().into(),
            link.current.body.as_str().into(),
        ]
    });
    session.upsert("links", 2, Batch { columns: COLUMNS, rows: rows.collect() }).await
}

pub(super) async fn write_entries(session: &mut Session, entries: &[EntryRow]) -> Result<(), StoreError> {
    const COLUMNS: &[Column] = &[
        Column::Text("system"),
        Column::Text("source_no"),
        Column::Text("does"),
        Column::Text("origin_system"),
        Column::Text("origin_no"),
        Column::Text("project_no"),
        Column::Text("state"),
        Column::Text("receipt"),
        Column::Text("ties"),
        Column::Int("reached_at"),
        Column::Int("version"),
        Column::Text("contents"),
        Column::Text("body"),
    ];
    let rows = entries.iter().map(|entry| {
        let ties = entry.receipt.as_deref().filter(|_| entry.made).unwrap_or_default();
        vec![
            entry.system.as_str().into(),
            entry.source_no.as_str().into(),
            entry.does.as_str().into(),
            entry.origin_system.as_str().into(),
            entry.origin_no.as_str().into(),
            entry.project_no.as_str().into(),
            entry.state.as_str().into(),
            entry.receipt.as_deref().into(),
            ties.into(),
            entry.reached_at.into(),
            entry.current.version.into(),
            entry.current.contents.as_str().into(),
            entry.current.body.as_str().into(),
        ]
    });
    session.upsert("entry_states", 2, Batch { columns: COLUMNS, rows: rows.collect() }).await
}
