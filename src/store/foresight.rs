//! Warnings that could not be foreseen when their case came in, because the calendar ended before the promise.

use super::{
    Store, StoreError,
    session::{Batch, Column},
};

/// When the warning of a case begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreseen {
    /// The system.
    pub system: String,
    /// Its number of the case.
    pub source_no: String,
    /// Milliseconds since the epoch.
    pub warn_at: i64,
}

impl Store {
    /// The records (JSON) of open cases that have a promise date and no instant from which they warn.
    pub async fn unforeseen(&self) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT body FROM states WHERE open = 1 AND due_at IS NOT NULL AND warn_at IS NULL";
        let mut rows = self.pools.read().await?.rows(sql, &[]).await?;
        Ok(rows.iter_mut().map(|row| row.text(0)).collect())
    }

    /// Writes when warnings begin, for cases that still have none.
    pub async fn foresee(&self, foreseen: &[Foreseen]) -> Result<(), StoreError> {
        let rows = foreseen
            .iter()
            .map(|case| vec![case.system.as_str().into(), case.source_no.as_str().into(), case.warn_at.into()]);
        let batch = Batch {
            columns: &[Column::Text("system"), Column::Text("source_no"), Column::Int("warn_at")],
            rows: rows.collect(),
        };
        let sql = "UPDATE states SET warn_at = r.warn_at FROM {rows} AS r \
             WHERE states.system = r.system AND states.source_no = r.source_no AND states.open = 1 AND states.warn_at IS NULL";
        let mut session = self.pools.write().await?;
        session.run_batch(sql, &batch).await?;
        session.commit().await
    }
}
