//! The hub: takes records in, keeps what stands, counts it, and feeds every change on.
//!
//! A batch is one transaction: journal entries, states, tallies, readings. The same record again changes nothing, and the
//! order in which records arrive does not matter: of two with one key the higher version holds.

mod across;
mod cases;
mod courier;
mod decide;
mod error;
mod feed;
mod figure;
mod honesty;
mod linked;
mod mask;
mod overview;
mod recount;
mod stats;
mod timeline;

use std::{borrow::Cow, sync::Arc};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::{
    base::Clock,
    calendar::Calendar,
    measure,
    record::Record,
    store::{Foreseen, Settled, Store},
};

use decide::Prepared;

pub use crate::store::Dim;
pub use across::{CaseAcross, NamedSystem, Namesake};
pub use cases::{CaseFilter, CasePage, CaseView, InQuarantine, PAGE_CASES};
pub use courier::{Courier, Destination, Drained};
pub use error::HubError;
pub use feed::{Change, PAGE_CHANGES, Topic};
pub use figure::{Coverage, Figure, Gap};
pub use mask::{View, mask_case, mask_entry, mask_record};
pub use overview::{
    DepartmentRow, EntriesRow, HourRow, ItemRow, NewestRow, Overview, SystemRow, TownRow, TrendRow, WarningRow,
};
pub use stats::StatsQuery;
pub use timeline::{Happened, TimelineRow};

/// Records in one batch: bounds the memory and the time of one transaction (about a second).
pub const BATCH_RECORDS: usize = 10_000;

/// What became of a record: `{"fate":"new"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    /// Its key was not known.
    New,
    /// It replaced what stood.
    Changed,
    /// It says what stands already.
    Unchanged,
    /// A higher version stands already.
    Superseded,
    /// It cannot be taken; sending it again would not help.
    Refused {
        /// Why, in words that say what to mend.
        reason: String,
    },
}

/// The hub. Clones share everything.
#[derive(Clone)]
pub struct Hub {
    store: Store,
    clock: Clock,
    calendar: Arc<Calendar>,
}

impl Hub {
    /// Opens the hub on a store.
    ///
    /// # Errors
    /// [`HubError::Store`] when the database does not answer.
    pub async fn open(store: Store, clock: Clock, calendar: Arc<Calendar>) -> Result<Self, HubError> {
        store.ping().await?;
        let hub = Self { store, clock, calendar };
        hub.bring_back().await?;
        hub.foresee().await?;
        Ok(hub)
    }

    /// Takes the cases in again that an older version of the program let vanish when a later reading of them was quarantined: they
    /// stand again, marked. Once in the life of a database.
    async fn bring_back(&self) -> Result<(), HubError> {
        let vanished = self.store.vanished().await?;
        let key = ("journal".to_owned(), "of a case".to_owned());
        let records: Vec<Record> = vanished.iter().map(|body| decide::read(body, &key)).collect::<Result<_, _>>()?;
        for batch in records.chunks(BATCH_RECORDS) {
            self.ingest(batch).await?;
        }
        Ok(self.store.none_vanished().await?)
    }

    /// Works out the warnings that an older calendar, which ended too early, could not foresee.
    async fn foresee(&self) -> Result<(), HubError> {
        let mut foreseen = Vec::new();
        for body in self.store.unforeseen().await? {
            let key = ("state".to_owned(), "of an open case".to_owned());
            if let Record::Case(case) = decide::read(&body, &key)?
                && let Ok(Some(instant)) = measure::warn_at(&case, &self.calendar)
            {
                let warn_at = instant.timestamp_millis();
                foreseen.push(Foreseen { system: case.system, source_no: case.source_no, warn_at });
            }
        }
        if !foreseen.is_empty() {
            self.store.foresee(&foreseen).await?;
        }
        Ok(())
    }

    /// Takes a batch of at most [`BATCH_RECORDS`] in one transaction; per record, in order, what became of it. When it
    /// fails, nothing of the batch was taken, and the same batch may be sent again.
    ///
    /// # Errors
    /// [`HubError::TooMany`], [`HubError::Store`], [`HubError::Unreadable`].
    pub async fn ingest(&self, records: &[Record]) -> Result<Vec<Fate>, HubError> {
        if records.len() > BATCH_RECORDS {
            return Err(HubError::TooMany { given: records.len(), limit: BATCH_RECORDS });
        }
        let prepared = records.iter().map(|record| decide::prepare(Cow::Borrowed(record))).collect::<Result<_, _>>()?;
        self.take(prepared, |_| Settled::default()).await
    }

    /// Takes what is prepared in one transaction, and in the same one settles the lines of this database's outbox that `settled` makes
    /// of the fates.
    async fn take(
        &self,
        given: Vec<Prepared<'_>>,
        settled: impl FnOnce(&[Fate]) -> Settled,
    ) -> Result<Vec<Fate>, HubError> {
        let keys = decide::keys(&given);
        let at = self.clock.now().timestamp_millis();
        let decide = |before| {
            let (fates, mut writes) = decide::decide(given, before, &self.calendar)?;
            writes.settled = settled(&fates);
            Ok::<_, HubError>((fates, writes))
        };
        let (_, fates) = self.store.ingest(at, &keys, decide).await?;
        Ok(fates)
    }

    /// Removes readings from before `before` that no figure rests on any more from the journal; gives how many. Cases, links and
    /// entries stay for good.
    ///
    /// # Errors
    /// [`HubError::Store`]; what was removed until then is gone, the rest goes the next time.
    pub async fn sweep(&self, before: DateTime<Utc>) -> Result<u64, HubError> {
        Ok(self.store.sweep_readings(before).await?)
    }

    /// The newest journal position; woken at each commit.
    pub fn watch(&self) -> watch::Receiver<i64> {
        self.store.watch()
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`HubError::Store`].
    pub async fn ping(&self) -> Result<(), HubError> {
        Ok(self.store.ping().await?)
    }
}
