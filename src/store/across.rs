//! The hub's half, reading: what belongs to one case across systems, and how many entries stand where.

use std::collections::BTreeSet;

use super::{
    Key, Store, StoreError,
    links::pairs,
    session::{Batch, Column, Row, Session},
};

/// Rows of one kind in one answer at most: a case stands in a handful of systems; more than this is a number that says nothing.
const ROWS: u32 = 200;

/// Columns of every answer.
const CASE: &str = "s.system, s.source_no, s.body";

/// Records that were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// JSON of cases, of links and of entries, newest cases first; of quarantined rows as well: asked for by kind, a database
    /// without statistics would rather read every case than look the number up.
    pub bodies: Vec<(Key, String)>,
}

/// How many entries stand somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryCount {
    /// Canonical word of what they do.
    pub does: String,
    /// Canonical word of their state.
    pub state: String,
    /// All of them.
    pub all: i64,
    /// Those that came to it since the instant asked for.
    pub since: i64,
}

impl Found {
    fn take(&mut self, rows: Vec<Row>) {
        let body = |mut row: Row| ((row.text(0), row.text(1)), row.text(2));
        self.bodies.extend(rows.into_iter().map(body));
    }

    async fn with(
        &mut self,
        session: &mut Session,
        table: &str,
        demand: &str,
        batch: &Batch,
    ) -> Result<(), StoreError> {
        let sql = format!("SELECT {CASE} FROM {{rows}} AS r JOIN {table} AS s ON {demand} LIMIT {ROWS}");
        self.take(session.rows_batch(&sql, batch).await?);
        Ok(())
    }
}

impl Store {
    /// The systems into which cases of others were entered.
    pub async fn linked_systems(&self) -> Result<BTreeSet<String>, StoreError> {
        let mut rows = self.pools.read().await?.rows("SELECT DISTINCT system FROM links", &[]).await?;
        Ok(rows.iter_mut().map(|row| row.text(0)).collect())
    }

    /// Cases, links and entries that carry that number: across systems, in any system, or as a receipt.
    pub async fn numbered(&self, number: &str) -> Result<Found, StoreError> {
        let mut session = self.pools.read().await?;
        let mut found = Found::default();
        for (table, demand, order) in [
            ("states", "s.project_no = $1 OR s.source_no = $1", "s.position DESC"),
            ("links", "s.project_no = $1 OR s.source_no = $1 OR s.origin_no = $1", "s.version DESC"),
            ("entry_states", "s.project_no = $1 OR s.receipt = $1 OR s.origin_no = $1", "s.reached_at DESC"),
        ] {
            let sql = format!(
                "SELECT {CASE} FROM {table} AS s WHERE {demand} ORDER BY {order}, s.system, s.source_no LIMIT {ROWS}"
            );
            found.take(session.rows(&sql, &[number.into()]).await?);
        }
        Ok(found)
    }

    /// Cases, links and entries that have to do with one of those records, or carry one of those numbers across systems.
    pub async fn around(&self, keys: &BTreeSet<Key>, numbers: &BTreeSet<String>) -> Result<Found, StoreError> {
        let mut session = self.pools.read().await?;
        let mut found = Found::default();
        let keys = pairs(keys);
        let numbers = Batch {
            columns: &[Column::Text("project_no")],
            rows: numbers.iter().map(|number| vec![number.as_str().into()]).collect(),
        };
        let (own, origin) = (
            "s.system = r.system AND s.source_no = r.source_no",
            "s.origin_no = r.source_no AND s.origin_system = r.system",
        );
        for (table, demand) in [
            ("states", own),
            ("links", own),
            ("links", origin),
            ("entry_states", origin),
            ("entry_states", "s.system = r.system AND s.ties = r.source_no"),
        ] {
            found.with(&mut session, table, demand, &keys).await?;
        }
        for (table, demand) in [
            ("states", "s.project_no = r.project_no"),
            ("links", "s.project_no = r.project_no"),
            ("entry_states", "s.project_no = r.project_no"),
        ] {
            found.with(&mut session, table, demand, &numbers).await?;
        }
        Ok(found)
    }

    /// How many entries stand where, and how many of them came there since an instant (milliseconds since the epoch).
    pub async fn entry_counts(&self, since: i64) -> Result<Vec<EntryCount>, StoreError> {
        let sql = "SELECT does, state, COUNT(*), CAST(SUM(CASE WHEN reached_at >= $1 THEN 1 ELSE 0 END) AS BIGINT) \
             FROM entry_states GROUP BY does, state";
        let mut rows = self.pools.read().await?.rows(sql, &[since.into()]).await?;
        let count =
            |row: &mut Row| EntryCount { does: row.text(0), state: row.text(1), all: row.int(2), since: row.int(3) };
        Ok(rows.iter_mut().map(count).collect())
    }
}
