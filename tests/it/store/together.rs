//! Writes of entries that share a transaction: each is durable when its writer hears of it, and none suffers from another one's fate.

use std::{
    pin::{Pin, pin},
    task::Poll,
};

use futures::{future::join_all, poll};
use queqiao::store::{Entry, EntryMove, Store, StoreError};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqliteConnection};

use super::entries::{at, keep, lease, moved, wish};
use crate::databases::{Fresh, on_both};

on_both! {
    many_write_at_once_and_each_is_durable_when_its_writer_hears_of_it
    one_that_is_broken_and_one_that_is_too_late_keep_nobody_from_writing
    whoever_goes_away_in_the_middle_takes_nobody_along
    when_nothing_can_be_written_everybody_hears_it
}

/// Writers at once: more than one transaction takes.
const WRITERS: usize = 120;
/// Writes that share a transaction at most.
const TOGETHER_MOST: usize = 64;

/// What is owned must have its owner when the transaction ends.
macro_rules! owned {
    ($failing:literal) => {
        concat!(
            "CREATE TABLE owner (id INTEGER PRIMARY KEY);",
            "CREATE TABLE owned (id INTEGER REFERENCES owner (id) DEFERRABLE INITIALLY DEFERRED);",
            $failing
        )
    };
}

/// Someone else at the same database.
enum Other {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Other {
    async fn at(fresh: &Fresh) -> Self {
        if fresh.url.starts_with("sqlite:") {
            Self::Sqlite(SqliteConnection::connect(&fresh.url).await.unwrap())
        } else {
            Self::Postgres(PgConnection::connect(&fresh.url).await.unwrap())
        }
    }

    /// Runs whichever of the two is in this database's words.
    async fn run(&mut self, sqlite: &'static str, postgres: &'static str) {
        match self {
            Self::Sqlite(open) => drop(open.execute(sqlite).await.unwrap()),
            Self::Postgres(open) => drop(open.execute(postgres).await.unwrap()),
        }
    }

    /// Nobody else writes an entry until [`Other::let_go`].
    async fn hold(&mut self) {
        self.run("BEGIN IMMEDIATE", "BEGIN").await;
        self.run("SELECT 1", "LOCK TABLE entry IN SHARE ROW EXCLUSIVE MODE").await;
    }

    async fn let_go(&mut self) {
        self.run("ROLLBACK", "ROLLBACK").await;
    }

    /// The database takes no entry any more that says this.
    async fn refuse(&mut self, words: &str) {
        let (sqlite, postgres) = (
            format!(
                "CREATE TRIGGER refusing BEFORE UPDATE ON entry WHEN NEW.words = '{words}' \
                 BEGIN SELECT RAISE(ABORT, 'refused'); END"
            ),
            format!("ALTER TABLE entry ADD CONSTRAINT refusing CHECK (words IS DISTINCT FROM '{words}')"),
        );
        match self {
            Self::Sqlite(open) => drop(open.execute(AssertSqlSafe(sqlite)).await.unwrap()),
            Self::Postgres(open) => drop(open.execute(AssertSqlSafe(postgres)).await.unwrap()),
        }
    }

    /// In how many transactions the entries as they stand were written, where the database can tell.
    async fn transactions(&mut self) -> Option<i64> {
        let Self::Postgres(open) = self else { return None };
        let counted = "SELECT COUNT(DISTINCT xmin::text) FROM entry";
        Some(open.fetch_one(counted).await.unwrap().get(0))
    }
}

/// So many entries, each leased to a worker of its own.
async fn leased(store: &Store, count: usize) -> Vec<Entry> {
    keep(store, (0..count).map(|number| wish(&number.to_string(), 5)).collect()).await;
    let mut entries = Vec::new();
    for number in 0..count {
        entries.push(lease(store, &format!("worker {number}"), 0).await.expect("one for each"));
    }
    entries
}

fn sent(entries: &[Entry]) -> Vec<(Entry, EntryMove)> {
    entries.iter().map(|entry| moved(entry, "submitting", false, 1)).collect()
}

async fn states(store: &Store, entries: &[Entry]) -> Vec<String> {
    let mut states = Vec::new();
    for entry in entries {
        states.push(store.entry(entry.id).await.unwrap().unwrap().state);
    }
    states
}

/// All of them have asked for their writes before the first one is written.
async fn at_once<T>(other: &mut Other, mut writing: Pin<&mut impl Future<Output = T>>) -> T {
    other.hold().await;
    assert!(poll!(&mut writing).is_pending(), "nothing is written yet");
    other.let_go().await;
    writing.await
}

async fn many_write_at_once_and_each_is_durable_when_its_writer_hears_of_it(fresh: Fresh) {
    let (store, reader) = (fresh.store().await, fresh.store().await);
    let mut other = Other::at(&fresh).await;
    let entries = leased(&store, WRITERS).await;
    let moves = sent(&entries);
    let writing = join_all(moves.iter().map(async |(entry, told)| {
        store.move_entry(entry, told).await.unwrap();
        // Through other connections: what is not committed is not there.
        let (there, events) = (reader.entry(entry.id).await, reader.entry_events(entry.id).await);
        (there.unwrap().unwrap().state, events.unwrap().len())
    }));
    let heard = at_once(&mut other, pin!(writing)).await;
    assert_eq!(heard, vec![("submitting".to_owned(), 1); WRITERS]);
    if let Some(transactions) = other.transactions().await {
        // Whoever came first may have written alone.
        let most = 1 + WRITERS.div_ceil(TOGETHER_MOST);
        assert!(transactions <= most as i64, "{transactions} transactions for {WRITERS} writers");
    }
}

async fn one_that_is_broken_and_one_that_is_too_late_keep_nobody_from_writing(fresh: Fresh) {
    const BROKEN: usize = 80;
    const LATE: usize = 100;
    let store = fresh.store().await;
    let mut other = Other::at(&fresh).await;
    let entries = leased(&store, WRITERS).await;
    let taken = store.take_entry(entries[LATE].id, "quick", at(60), at(120)).await.unwrap();
    taken.expect("its holder was silent for too long");
    other.refuse("broken").await;
    let mut moves = sent(&entries);
    moves[BROKEN].0.words = Some("broken".to_owned());
    let writing = join_all(moves.iter().map(|(entry, told)| store.move_entry(entry, told)));
    let heard = at_once(&mut other, pin!(writing)).await;
    for (number, heard) in heard.iter().enumerate() {
        match number {
            BROKEN => assert!(matches!(heard, Err(StoreError::Statement(_))), "{heard:?}"),
            LATE => {
                assert!(
                    matches!(heard, Err(StoreError::LeaseLost { entry }) if *entry == entries[LATE].id),
                    "{heard:?}"
                );
            }
            _ => assert!(heard.is_ok(), "{number}: {heard:?}"),
        }
    }
    for (number, state) in states(&store, &entries).await.iter().enumerate() {
        let (expected, events) = if [BROKEN, LATE].contains(&number) { ("wanted", 0) } else { ("submitting", 1) };
        let written = store.entry_events(entries[number].id).await.unwrap().len();
        assert_eq!((state.as_str(), written), (expected, events), "{number}");
    }
}

async fn whoever_goes_away_in_the_middle_takes_nobody_along(fresh: Fresh) {
    let store = fresh.store().await;
    let mut other = Other::at(&fresh).await;
    let entries = leased(&store, 20).await;
    let moves = sent(&entries);
    let mut all: Vec<_> = moves.iter().map(|(entry, told)| Box::pin(store.move_entry(entry, told))).collect();
    other.hold().await;
    for writing in &mut all {
        assert!(matches!(poll!(writing), Poll::Pending), "nothing is written yet");
    }
    // The first one, who may be the one that writes for all, some in the middle, but not the last.
    let mut number = 0;
    all.retain(|_| {
        number += 1;
        number % 3 != 1 || number == moves.len()
    });
    other.let_go().await;
    let heard = join_all(all).await;
    assert!(heard.len() < entries.len() && heard.iter().all(Result::is_ok), "{heard:?}");
    // What was asked for before the last one is written, whether anybody hears of it or not.
    assert_eq!(states(&store, &entries).await, vec!["submitting"; entries.len()]);
    store.release_entry(&moves[0].0).await.unwrap();
    assert!(lease(&store, "next", 2).await.is_some(), "and the turn has been passed on");
}

async fn when_nothing_can_be_written_everybody_hears_it(fresh: Fresh) {
    let store = fresh.store().await;
    let mut other = Other::at(&fresh).await;
    let entries = leased(&store, 10).await;
    let moves = sent(&entries);
    // Each statement is taken, and the commit fails.
    let sqlite = owned!("CREATE TRIGGER failing AFTER UPDATE ON entry BEGIN INSERT INTO owned VALUES (1); END");
    let postgres = owned!(
        "CREATE FUNCTION own() RETURNS trigger LANGUAGE plpgsql AS          'BEGIN INSERT INTO owned VALUES (1); RETURN NEW; END';          CREATE TRIGGER failing AFTER UPDATE ON entry FOR EACH ROW EXECUTE FUNCTION own()"
    );
    other.run(sqlite, postgres).await;
    let heard = join_all(moves.iter().map(|(entry, told)| store.move_entry(entry, told))).await;
    assert!(heard.iter().all(Result::is_err), "{heard:?}");
    assert_eq!(states(&store, &entries).await, vec!["wanted"; entries.len()]);
    other.run("DROP TRIGGER failing", "DROP TRIGGER failing ON entry").await;
    let heard = join_all(moves.iter().map(|(entry, told)| store.move_entry(entry, told))).await;
    assert!(heard.iter().all(Result::is_ok), "nothing of it stays: {heard:?}");
    assert_eq!(states(&store, &entries).await, vec!["submitting"; entries.len()]);
}
