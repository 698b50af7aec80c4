//! What of a bot's entries says whether it may send anything more.

use chrono::{DateTime, Utc};

use super::{
    Entry, Store, StoreError,
    entries::{COLUMNS, SENT, entry_of},
};

/// An entry that may keep its bot from sending any other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopping {
    /// Its number.
    pub entry: i64,
    /// Where it stands: a word of the ledger.
    pub state: String,
    /// What has befallen it, in words of the ledger, oldest first.
    pub events: Vec<String>,
}

impl Store {
    /// How many entries of that bot are due and were not sent.
    pub async fn due_unsent(&self, bot: &str, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let sql = format!(
            "SELECT COUNT(*) FROM entry WHERE bot = $1 AND due_at <= $2 AND leased_until <= $2 \
             AND (resting = 0 OR version > known_version) AND state NOT IN ({SENT})"
        );
        let count = self.pools.read().await?.number(&sql, &[bot.into(), now.timestamp_millis().into()]).await?;
        Ok(count.unsigned_abs())
    }

    /// The entries of that bot that may keep it from sending any other, the one that moved first in front.
    pub async fn maybe_stopping(&self, bot: &str) -> Result<Vec<Stopping>, StoreError> {
        let sql = "SELECT entry.id, entry.state, past.event FROM entry JOIN entry_event AS past ON past.entry = entry.id \
             WHERE entry.bot = $1 AND entry.state IN ('conflict', 'submitted', 'waiting') \
             ORDER BY entry.changed_at, entry.id, past.sequence";
        let mut rows = self.pools.read().await?.rows(sql, &[bot.into()]).await?;
        let mut all: Vec<Stopping> = Vec::new();
        for row in &mut rows {
            let (entry, state, event) = (row.int(0), row.text(1), row.text(2));
            match all.last_mut().filter(|last| last.entry == entry) {
                Some(last) => last.events.push(event),
                None => all.push(Stopping { entry, state, events: vec![event] }),
            }
        }
        Ok(all)
    }

    /// The entry of that bot that was verified last.
    pub async fn last_settled(&self, bot: &str) -> Result<Option<Entry>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE bot = $1 AND state = 'verified' AND version = known_version \
             ORDER BY changed_at DESC, id DESC LIMIT 1"
        );
        Ok(self.pools.read().await?.rows(&sql, &[bot.into()]).await?.first_mut().map(entry_of))
    }
}
