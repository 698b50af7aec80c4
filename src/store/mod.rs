//! SQLite and PostgreSQL behind one facade. The only room that knows SQL.
//!
//! Two halves in one set of tables: the runner's (what was seen, what waits for the hub, the entries) and the hub's (journal, states,
//! tallies, readings). Every write is one transaction, and there is one writer at a time over all processes.

mod accounts;
mod across;
mod baselines;
mod entries;
mod error;
mod figures;
mod foresight;
mod ingest;
mod jobs;
mod links;
mod listen;
mod migrate;
mod open;
mod pulses;
mod reading;
mod runner;
mod session;
mod sessions;
mod sweep;
mod tasks;
mod ticks;
mod together;
mod troubles;

use std::sync::Arc;

use tokio::sync::{Notify, watch};
use tokio_util::task::AbortOnDropHandle;

pub use accounts::{LoginBudget, LoginEnd, LoginPermit};
pub use across::{EntryCount, Found};
pub use baselines::Away;
pub use entries::{Entry, EntryEvent, EntryMove, EntryQuery, Wish};
pub use error::StoreError;
pub use figures::{Cell, Cells, Dim, Moment};
pub use foresight::Foreseen;
pub use ingest::{Bad, Before, Current, Keys, Line, Slot, SlotRow, State, Tally, Writes};
pub use jobs::{Busy, JobEnd, JobQuery, JobRow, NewJob};
pub use links::{EntryRow, Key, LinkState, Shelf};
pub use pulses::{EngineRow, Pulse};
pub use reading::{JournalEntry, Page, StateQuery, StateRow};
pub use runner::{Kept, Outgoing, RefusedLine, Seen, Settled};
pub use sessions::KeptSession;
pub use tasks::{Answered, Ask, Said, Task, TaskState};
pub use ticks::{Accounting, NewTick, Paused, ScheduleRow, TickQuery, TickRow};
pub use troubles::{AlertLine, Due, Trouble};

/// A database. Clones share its connections.
#[derive(Clone)]
pub struct Store {
    pools: Arc<open::Pools>,
    outbox_grew: Arc<Notify>,
    together: Arc<together::Together>,
    newest: watch::Sender<i64>,
    tasks: watch::Sender<u64>,
    alerts_grew: Arc<Notify>,
    /// Ends with the last clone.
    _listening: Option<Arc<AbortOnDropHandle<()>>>,
}

/// Without its address, which may hold a password.
impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Store")
    }
}

impl Store {
    /// Opens `sqlite:PATH` (made when missing, mode 0600, in a folder that exists; `sqlite:PATH?pages=N` bounds its size to N
    /// pages of 4,096 bytes) or `postgres://USER:PASSWORD@HOST/NAME`, and
    /// brings its tables to this program's version.
    ///
    /// # Errors
    /// Those of [`StoreError`]; a database from a newer version or of another program is left untouched.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let pools = Arc::new(open::Pools::open(url).await?);
        let newest = watch::Sender::new(0);
        let mut store = Self {
            pools,
            outbox_grew: Arc::default(),
            together: Arc::default(),
            newest,
            tasks: watch::Sender::new(0),
            alerts_grew: Arc::default(),
            _listening: None,
        };
        if let open::Pools::Postgres(pool) = &*store.pools {
            store._listening = Some(Arc::new(listen::start(pool.clone(), store.newest.clone()).await?));
        }
        // After the listening has begun: a commit is heard of, or seen here.
        store.announce(store.position().await?);
        Ok(store)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.position().await.map(drop)
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

    /// Whether the other one is this same database, by the same connections.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.pools, &other.pools)
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

fn advance(newest: &watch::Sender<i64>, position: i64) {
    newest.send_if_modified(|held| {
        let later = position > *held;
        *held = position.max(*held);
        later
    });
}
