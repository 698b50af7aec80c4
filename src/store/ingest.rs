//! The hub's half, writing: read what stands, let the hub decide, write the outcome; one transaction.

use std::collections::{BTreeSet, HashMap};

use super::{
    Store, StoreError,
    links::{self, EntryRow, Key, LinkState, Shelf},
    open::Pools,
    runner::{Settled, forget, take_numbers},
    session::{Batch, Column, Session, Value},
};

/// Where a key of a system stands now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Current {
    /// The highest `data_version` heard of these contents.
    pub version: i64,
    /// Hash of what it says.
    pub contents: String,
    /// What was noticed about its moves, one word per line.
    pub flags: String,
    /// The record's JSON.
    pub body: String,
    /// Of a case whose newest reading is in quarantine: that reading.
    pub bad: Option<Bad>,
}

/// The newest reading of a case that stands, where that is in quarantine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bad {
    /// Its `data_version`; never 0.
    pub version: i64,
    /// Hash of what it says.
    pub contents: String,
    /// The quarantined row's JSON.
    pub body: String,
}

/// What a system has one newest of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// Its card.
    Card,
    /// Its newest reading, however that ended.
    Latest,
    /// Its newest good reading.
    Good,
    /// Its newest reading that knows the system's own total.
    Stated,
}

impl Slot {
    /// Every slot.
    pub const ALL: [Self; 4] = [Self::Card, Self::Latest, Self::Good, Self::Stated];

    const fn word(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Latest => "latest",
            Self::Good => "good",
            Self::Stated => "stated",
        }
    }
}

/// What stands in a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotRow {
    /// The system.
    pub system: String,
    /// Which slot.
    pub slot: Slot,
    /// The record's version.
    pub version: i64,
    /// The record's JSON.
    pub body: String,
}

/// The keys of a batch (system, number), by what is kept under them.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// Of cases and quarantined rows.
    pub states: BTreeSet<Key>,
    /// Of links, and of the records that those link to.
    pub links: BTreeSet<Key>,
    /// Of entries.
    pub entries: BTreeSet<Key>,
    /// Systems of which the slots are needed.
    pub systems: BTreeSet<String>,
}

/// What stands for the keys of a batch, before it is decided.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// By system and source number; whatever is linked with the batch's keys as well.
    pub states: HashMap<Key, Current>,
    /// Every link that has to do with one of those.
    pub links: HashMap<Key, Current>,
    /// Entries.
    pub entries: HashMap<Key, Current>,
    /// Every slot of the batch's systems.
    pub slots: Vec<SlotRow>,
}

/// A journal entry that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The record's kind.
    pub record: String,
    /// Its system.
    pub system: String,
    /// Its key.
    pub key: String,
    /// Its version.
    pub version: i64,
    /// Its JSON.
    pub body: String,
}

/// The new state of a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// System.
    pub system: String,
    /// Source number.
    pub source_no: String,
    /// `case` or `quarantined`.
    pub kind: String,
    /// Version.
    pub version: i64,
    /// Hash of what it says.
    pub contents: String,
    /// Which of [`Writes::lines`] made it.
    pub line: usize,
    /// What was noticed, one word per line.
    pub flags: String,
    /// The record's JSON.
    pub body: String,
    /// Of a case whose newest reading is in quarantine: that reading.
    pub bad: Option<Bad>,
    /// Number across systems; cases only, as are the following.
    pub project_no: Option<String>,
    /// Canonical word of the status.
    pub status: Option<String>,
    /// Site.
    pub site: Option<String>,
    /// Accepted and not ended, and not counted elsewhere.
    pub open: bool,
    /// Acceptance, milliseconds since the epoch, as are the following.
    pub accept_at: Option<i64>,
    /// The last instant that is on time.
    pub due_at: Option<i64>,
    /// From when on the case deserves a warning.
    pub warn_at: Option<i64>,
    /// Department; empty when unknown.
    pub department: String,
    /// Town code; empty when unknown.
    pub town: String,
    /// Item; empty when unknown.
    pub item: String,
}

/// A cell of the tallies and what it holds, or what is added to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tally {
    /// What is counted.
    pub measure: String,
    /// Day, `YYYY-MM-DD` of Asia/Shanghai; empty for what has no day.
    pub day: String,
    /// Hour of the day; -1 for what is not split by hour.
    pub hour: i64,
    /// System.
    pub system: String,
    /// Department.
    pub department: String,
    /// Town code.
    pub town: String,
    /// Item; empty in the place grain.
    pub item: String,
    /// How many.
    pub n: i64,
}

/// What a batch comes to.
#[derive(Clone, Debug, Default)]
pub struct Writes {
    /// New journal entries, in order.
    pub lines: Vec<Line>,
    /// New states; each key once.
    pub states: Vec<State>,
    /// New states of links; each key once.
    pub links: Vec<LinkState>,
    /// New states of entries; each key once.
    pub entries: Vec<EntryRow>,
    /// Keys of which only the version rises.
    pub raised: Vec<(Shelf, Key, i64)>,
    /// Cases of which only changes whether they count as open.
    pub reopened: Vec<(Key, bool)>,
    /// New contents of slots; each slot once.
    pub slots: Vec<SlotRow>,
    /// What is added to the tallies; each cell once.
    pub tallies: Vec<Tally>,
    /// Lines of this database's own outbox that the batch was made of.
    pub settled: Settled,
}

impl Store {
    /// Reads what stands for `keys`, what is linked with them, and their systems' slots, lets `decide` say what the batch
    /// comes to, and writes that under the instant `at` (milliseconds since the epoch). One transaction, one writer at a time.
    ///
    /// Gives the newest journal position after it and whatever else `decide` gave.
    pub async fn ingest<T, E: From<StoreError>>(
        &self,
        at: i64,
        keys: &Keys,
        decide: impl FnOnce(Before) -> Result<(T, Writes), E>,
    ) -> Result<(i64, T), E> {
        let mut session = self.pools.write().await?;
        let before = before(&mut session, keys).await?;
        let (told, writes) = decide(before)?;
        let first = take_numbers(&mut session, "journal", writes.lines.len()).await?;
        let count = writes.lines.len();
        write_lines(&mut session, writes.lines, first, at).await?;
        write_slots(&mut session, &writes.slots).await?;
        write_states(&mut session, writes.states, first, at).await?;
        links::write_links(&mut session, &writes.links).await?;
        links::write_entries(&mut session, &writes.entries).await?;
        links::raise(&mut session, &writes.raised).await?;
        links::reopen(&mut session, &writes.reopened).await?;
        add_tallies(&mut session, writes.tallies).await?;
        forget(&mut session, &writes.settled).await?;
        let newest = first - 1 + i64::try_from(count).expect("a batch fits in memory");
        if count > 0 && matches!(*self.pools, Pools::Postgres(_)) {
            session
                .run("SELECT pg_notify($1, $2)", &[super::listen::CHANNEL.into(), newest.to_string().into()])
                .await?;
        }
        session.commit().await?;
        self.announce(newest);
        Ok((newest, told))
    }
}

async fn before(session: &mut Session, keys: &Keys) -> Result<Before, StoreError> {
    let mut before = links::standing(session, keys).await?;
    let systems = Batch {
        columns: &[Column::Text("system")],
        rows: keys.systems.iter().map(|system| vec![system.as_str().into()]).collect(),
    };
    let sql = "SELECT s.system, s.slot, s.version, s.body FROM {rows} AS r JOIN slots AS s ON s.system = r.system";
    before.slots = session.rows_batch(sql, &systems).await?.iter_mut().filter_map(slot_row).collect();
    Ok(before)
}

/// A row of system, slot, version, body; `None` for a slot that this version does not know.
pub(super) fn slot_row(row: &mut super::session::Row) -> Option<SlotRow> {
    let word = row.text(1);
    let slot = Slot::ALL.into_iter().find(|slot| slot.word() == word)?;
    Some(SlotRow { system: row.text(0), slot, version: row.int(2), body: row.text(3) })
}

async fn write_lines(session: &mut Session, lines: Vec<Line>, first: i64, at: i64) -> Result<(), StoreError> {
    let rows = lines.into_iter().zip(first..).map(|(line, position)| {
        let Line { record, system, key, version, body } = line;
        vec![position.into(), record.into(), system.into(), key.into(), version.into(), at.into(), body.into()]
    });
    let columns = &[
        Column::Int("position"),
        Column::Text("record"),
        Column::Text("system"),
        Column::Text("source_no"),
        Column::Int("version"),
        Column::Int("at"),
        Column::Text("body"),
    ];
    let sql = "INSERT INTO journal (position, record, system, source_no, version, at, body) \
         SELECT r.position, r.record, r.system, r.source_no, r.version, r.at, r.body FROM {rows} AS r";
    session.run_each(sql, Batch { columns, rows: rows.collect() }).await
}

async fn write_slots(session: &mut Session, slots: &[SlotRow]) -> Result<(), StoreError> {
    let slots = slots.iter().map(|row| {
        vec![row.system.as_str().into(), row.slot.word().into(), row.version.into(), row.body.as_str().into()]
    });
    let columns = &[Column::Text("system"), Column::Text("slot"), Column::Int("version"), Column::Text("body")];
    let sql = "INSERT INTO slots (system, slot, version, body) SELECT r.system, r.slot, r.version, r.body FROM {rows} AS r \
         WHERE true ON CONFLICT (system, slot) DO UPDATE SET version = excluded.version, body = excluded.body";
    session.run_batch(sql, &Batch { columns, rows: slots.collect() }).await
}

/// The columns of `states`, in the order of [`state_values`].
const STATE: &[Column] = &[
    Column::Text("system"),
    Column::Text("source_no"),
    Column::Text("kind"),
    Column::Int("version"),
    Column::Text("contents"),
    Column::Int("position"),
    Column::Int("at"),
    Column::Text("flags"),
    Column::Text("body"),
    Column::Text("project_no"),
    Column::Text("status"),
    Column::Text("site"),
    Column::Int("open"),
    Column::Int("accept_at"),
    Column::Int("due_at"),
    Column::Int("warn_at"),
    Column::Text("department"),
    Column::Text("town"),
    Column::Text("item"),
    Column::Int("bad_version"),
    Column::Text("bad_contents"),
    Column::Text("bad_body"),
];

fn state_values(state: State, first: i64, at: i64) -> Vec<Value> {
    let position = first + i64::try_from(state.line).expect("a batch fits in memory");
    let bad = state.bad.unwrap_or_default();
    vec![
        state.system.into(),
        state.source_no.into(),
        state.kind.into(),
        state.version.into(),
        state.contents.into(),
        position.into(),
        at.into(),
        state.flags.into(),
        state.body.into(),
        state.project_no.into(),
        state.status.into(),
        state.site.into(),
        i64::from(state.open).into(),
        state.accept_at.into(),
        state.due_at.into(),
        state.warn_at.into(),
        state.department.into(),
        state.town.into(),
        state.item.into(),
        bad.version.into(),
        bad.contents.into(),
        bad.body.into(),
    ]
}

async fn write_states(session: &mut Session, states: Vec<State>, first: i64, at: i64) -> Result<(), StoreError> {
    let rows = states.into_iter().map(|state| state_values(state, first, at)).collect();
    session.upsert("states", 2, Batch { columns: STATE, rows }).await
}

async fn add_tallies(session: &mut Session, tallies: Vec<Tally>) -> Result<(), StoreError> {
    let rows = tallies.into_iter().map(|tally| {
        let Tally { measure, day, hour, system, department, town, item, n } = tally;
        vec![
            measure.into(),
            day.into(),
            hour.into(),
            system.into(),
            department.into(),
            town.into(),
            item.into(),
            n.into(),
        ]
    });
    let columns = &[
        Column::Text("measure"),
        Column::Text("day"),
        Column::Int("hour"),
        Column::Text("system"),
        Column::Text("department"),
        Column::Text("town"),
        Column::Text("item"),
        Column::Int("n"),
    ];
    let sql = "INSERT INTO tallies (measure, day, hour, system, department, town, item, n) \
         SELECT r.measure, r.day, r.hour, r.system, r.department, r.town, r.item, r.n FROM {rows} AS r WHERE true \
         ON CONFLICT (measure, day, hour, system, department, town, item) DO UPDATE SET n = tallies.n + excluded.n";
    session.run_each(sql, Batch { columns, rows: rows.collect() }).await
}
