//! SQLite and PostgreSQL behind one facade. The only room that knows SQL.
//!
//! Two halves in one set of tables: the runner's (what was seen, what waits for the hub) and the hub's (journal, states,
//! tallies, readings). Every write is one transaction, and there is one writer at a time over all processes.

mod accounts;
mod error;
mod figures;
mod ingest;
mod migrate;
mod open;
mod reading;
mod runner;
mod session;

use std::sync::Arc;

use tokio::sync::{Notify, watch};

pub use accounts::{LoginBudget, LoginEnd, LoginPermit};
pub use error::StoreError;
pub use figures::{Cell, Cells, Dim, Moment};
pub use ingest::{Before, Current, Line, Slot, SlotRow, State, Tally, Writes};
pub use reading::{JournalEntry, Page, StateQuery, StateRow};
pub use runner::{Kept, Outgoing, RefusedLine, Seen};

/// A database. Clones share its connections.
#[derive(Clone)]
pub struct Store {
    pools: Arc<open::Pools>,
    outbox_grew: Arc<Notify>,
    newest: watch::Sender<i64>,
}

impl Store {
    /// Opens `sqlite:PATH` (made when missing, mode 0600, in a folder that exists) or `postgres://USER:PASSWORD@HOST/NAME`, and
    /// brings its tables to this program's version.
    ///
    /// # Errors
    /// Those of [`StoreError`]; a database from a newer version or of another program is left untouched.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_bounded(url, None).await
    }

    async fn open_bounded(url: &str, pages: Option<u32>) -> Result<Self, StoreError> {
        let pools = Arc::new(open::Pools::open(url, pages).await?);
        let position = pools.read().await?.number("SELECT value FROM counters WHERE name = 'journal'", &[]).await?;
        let newest = watch::Sender::new(position);
        if let open::Pools::Postgres(pool) = &*pools {
            listen(pool.clone(), newest.clone());
        }
        Ok(Self { pools, outbox_grew: Arc::default(), newest })
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.pools.read().await?.number("SELECT value FROM counters WHERE name = 'journal'", &[]).await.map(drop)
    }

    /// The newest journal position; woken by each commit of this process and, on PostgreSQL, of every other one.
    pub fn watch(&self) -> watch::Receiver<i64> {
        self.newest.subscribe()
    }

    /// Woken whenever this process puts lines into the outbox.
    pub fn outbox_grew(&self) -> Arc<Notify> {
        Arc::clone(&self.outbox_grew)
    }

    /// The version of the tables, the newest that this program knows.
    pub fn version(&self) -> i64 {
        open::known_version()
    }

    /// Waits for everything under way and closes the connections. A store that is dropped without it loses nothing.
    pub async fn close(&self) {
        self.pools.close().await;
    }

    /// Tells watchers about a position that has been committed; they never go back.
    fn announce(&self, position: i64) {
        advance(&self.newest, position);
    }
}

/// The channel on which PostgreSQL tells every process about a commit.
const CHANNEL: &str = "queqiao_journal";

fn advance(newest: &watch::Sender<i64>, position: i64) {
    newest.send_if_modified(|held| {
        let later = position > *held;
        *held = position.max(*held);
        later
    });
}

/// Carries other processes' commits to this one's watchers for as long as the pool is open. A lost connection is
/// made anew by the listener; what was told meanwhile is told again by the next commit.
fn listen(pool: sqlx::PgPool, newest: watch::Sender<i64>) {
    tokio::spawn(async move {
        let Ok(mut listener) = sqlx::postgres::PgListener::connect_with(&pool).await else { return };
        if listener.listen(CHANNEL).await.is_err() {
            return;
        }
        while let Ok(told) = listener.recv().await {
            if let Ok(position) = told.payload().parse() {
                advance(&newest, position);
            }
            if newest.is_closed() && pool.is_closed() {
                return;
            }
        }
    });
}
