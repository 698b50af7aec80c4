//! The runner's half: sessions that outlive a process, sealed by whoever keeps them here.

use chrono::{DateTime, Utc};

use super::{Store, StoreError};

/// A session that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSession {
    /// When it was kept, in milliseconds since the epoch; always above that of the one before.
    pub at: i64,
    /// As [`Store::keep_session`] got it.
    pub body: String,
}

impl Store {
    /// The session that is kept for `SYSTEM/ACCOUNT`.
    pub async fn session(&self, account: &str) -> Result<Option<KeptSession>, StoreError> {
        let sql = "SELECT at, body FROM sessions WHERE account = $1";
        let mut rows = self.pools.read().await?.rows(sql, &[account.into()]).await?;
        Ok(rows.first_mut().map(|row| KeptSession { at: row.int(0), body: row.text(1) }))
    }

    /// Keeps a session in place of the one before; gives its `at`.
    pub async fn keep_session(&self, account: &str, body: &str, now: DateTime<Utc>) -> Result<i64, StoreError> {
        let mut session = self.pools.write().await?;
        // Two sessions within one millisecond are two all the same, and so are those of clocks that go back.
        let last = "SELECT COALESCE(MAX(at), 0) FROM sessions WHERE account = $1";
        let at = now.timestamp_millis().max(session.number(last, &[account.into()]).await? + 1);
        let sql = "INSERT INTO sessions (account, at, body) VALUES ($1, $2, $3) \
             ON CONFLICT (account) DO UPDATE SET at = excluded.at, body = excluded.body";
        session.run(sql, &[account.into(), at.into(), body.into()]).await?;
        session.commit().await?;
        Ok(at)
    }

    /// Deletes a session that was lost, unless another one has taken its place.
    pub async fn drop_session(&self, account: &str, at: i64) -> Result<(), StoreError> {
        let mut session = self.pools.write().await?;
        session.run("DELETE FROM sessions WHERE account = $1 AND at = $2", &[account.into(), at.into()]).await?;
        session.commit().await
    }
}
