//! Removing rows that nobody needs any more.

use chrono::{DateTime, Utc};

use super::{Store, StoreError};

/// Journal lines removed in one transaction: others write in between.
const AT_ONCE: i64 = 1_000;

impl Store {
    /// Removes what is older than `before`: ticks and jobs that have ended, engines that were not heard of since. Gives how many rows.
    pub async fn sweep_ticks(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let at = [before.timestamp_millis().into()];
        let mut session = self.pools.write().await?;
        let mut gone = 0;
        for sql in [
            "DELETE FROM jobs WHERE state NOT IN ('queued', 'running') AND due < $1",
            "DELETE FROM ticks WHERE state NOT IN ('queued', 'running') AND due < $1",
            "DELETE FROM engines WHERE beat < $1",
            "DELETE FROM account_leases WHERE leased_until < $1",
            "DELETE FROM schedules WHERE gone_at > 0 AND gone_at < $1",
        ] {
            gone += session.run(sql, &at).await?;
        }
        session.commit().await?;
        Ok(gone)
    }

    /// Removes the journal's readings from before `before`, except those that fill a slot: what figures rest on stays. Gives how
    /// many lines.
    pub async fn sweep_readings(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let before = before.timestamp_millis();
        let mut gone = 0;
        loop {
            let mut session = self.pools.write().await?;
            // Where the search ends: what is left of older readings is few, what is newer may be millions.
            let sql = "SELECT position FROM journal WHERE record = 'reading' AND at >= $1 ORDER BY position LIMIT 1";
            let newer = session.rows(sql, &[before.into()]).await?.first_mut().map_or(i64::MAX, |row| row.int(0));
            let sql = "DELETE FROM journal WHERE position IN (SELECT position FROM journal WHERE record = 'reading' AND position < $1 \
                 AND NOT EXISTS (SELECT 1 FROM slots WHERE slots.system = journal.system AND slots.version = journal.version) \
                 ORDER BY position LIMIT $2)";
            let some = session.run(sql, &[newer.into(), AT_ONCE.into()]).await?;
            session.commit().await?;
            gone += some;
            if i64::try_from(some).is_ok_and(|some| some < AT_ONCE) {
                return Ok(gone);
            }
        }
    }
}
