//! The hub's half, reading: journal, states, slots.

use std::collections::BTreeSet;

use super::{
    Key, SlotRow, Store, StoreError, Tally,
    ingest::slot_row,
    links::pairs,
    session::{Row, Value},
};

/// An entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// Place in commit order, from 1; without gaps, but for what [`Store::sweep_readings`] has removed.
    pub position: i64,
    /// The record's kind.
    pub record: String,
    /// Its system.
    pub system: String,
    /// Its key.
    pub key: String,
    /// Its version.
    pub version: i64,
    /// When it was written, milliseconds since the epoch.
    pub at: i64,
    /// Its JSON.
    pub body: String,
}

/// Where a case or a quarantined row stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateRow {
    /// The journal entry that made it.
    pub position: i64,
    /// When that was, milliseconds since the epoch.
    pub at: i64,
    /// What was noticed about its moves, one word per line.
    pub flags: String,
    /// The record's JSON.
    pub body: String,
    /// The JSON of its newest reading, where that is in quarantine.
    pub bad: Option<String>,
}

/// Which states are wanted; every part that is given must fit.
#[derive(Clone, Debug, Default)]
pub struct StateQuery {
    /// Of that system.
    pub system: Option<String>,
    /// In that status (canonical word).
    pub status: Option<String>,
    /// At that site.
    pub site: Option<String>,
    /// With that text in project number, source number, item or department.
    pub text: Option<String>,
}

/// A part of a list that is ordered by position, newest first.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Only positions below this one.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

impl Store {
    /// The newest journal position in the database.
    pub async fn position(&self) -> Result<i64, StoreError> {
        self.pools.read().await?.number("SELECT value FROM counters WHERE name = 'journal'", &[]).await
    }

    /// Journal entries after a position, oldest first; only of those kinds, or of all when none is named.
    pub async fn journal(&self, after: i64, limit: u32, kinds: &[&str]) -> Result<Vec<JournalEntry>, StoreError> {
        let mut values: Vec<Value> = vec![after.into(), i64::from(limit).into()];
        values.extend(kinds.iter().map(|kind| Value::from(*kind)));
        let places: Vec<String> = (3..values.len() + 1).map(|place| format!("${place}")).collect();
        let only = if kinds.is_empty() { String::new() } else { format!("AND record IN ({})", places.join(", ")) };
        let sql = format!(
            "SELECT position, record, system, source_no, version, at, body FROM journal \
             WHERE position > $1 {only} ORDER BY position LIMIT $2"
        );
        let mut rows = self.pools.read().await?.rows(&sql, &values).await?;
        Ok(rows.iter_mut().map(journal_entry).collect())
    }

    /// Cases by their newest change.
    pub async fn cases(&self, query: &StateQuery, page: Page) -> Result<Vec<StateRow>, StoreError> {
        let mut values: Vec<Value> = vec![i64::from(page.limit).into()];
        let mut sql = "SELECT position, at, flags, body, bad_body FROM states WHERE kind = 'case'".to_owned();
        let mut demand = |condition: &str, value: Value| {
            values.push(value);
            sql += &format!(" AND {}", condition.replace('?', &format!("${}", values.len())));
        };
        if let Some(before) = page.before {
            demand("position < ?", before.into());
        }
        let equal = [("system = ?", &query.system), ("status = ?", &query.status), ("site = ?", &query.site)];
        for (condition, wanted) in equal {
            if let Some(wanted) = wanted {
                demand(condition, wanted.as_str().into());
            }
        }
        if let Some(text) = &query.text {
            let any = "(project_no LIKE ? ESCAPE '!' OR source_no LIKE ? ESCAPE '!' OR item LIKE ? ESCAPE '!' \
                 OR department LIKE ? ESCAPE '!')";
            demand(any, containing(text).into());
        }
        sql += " ORDER BY position DESC LIMIT $1";
        let mut rows = self.pools.read().await?.rows(&sql, &values).await?;
        Ok(rows.iter_mut().map(state_row).collect())
    }

    /// Open cases whose warning has begun, or whose promise date has passed, at `now` (milliseconds since the epoch), the most urgent first.
    pub async fn warnings(&self, now: i64, limit: u32) -> Result<Vec<StateRow>, StoreError> {
        let sql = "SELECT position, at, flags, body, bad_body FROM states WHERE open = 1 AND (warn_at <= $1 OR due_at < $1) \
             ORDER BY due_at, system, source_no LIMIT $2";
        let mut rows = self.pools.read().await?.rows(sql, &[now.into(), i64::from(limit).into()]).await?;
        Ok(rows.iter_mut().map(state_row).collect())
    }

    /// The quarantined rows (JSON) that mark cases among those keys.
    pub async fn marks(&self, keys: &BTreeSet<Key>) -> Result<Vec<(Key, String)>, StoreError> {
        let sql = "SELECT s.system, s.source_no, s.bad_body FROM {rows} AS r \
             JOIN states AS s ON s.system = r.system AND s.source_no = r.source_no WHERE s.bad_version <> 0";
        let rows = self.pools.read().await?.rows_batch(sql, &pairs(keys)).await?;
        Ok(rows.into_iter().map(|mut row| ((row.text(0), row.text(1)), row.text(2))).collect())
    }

    /// The cases (JSON) of the journal whose key stands as nothing but a quarantined row: an older version of the program let them vanish.
    /// Asked once in the life of a database.
    pub async fn vanished(&self) -> Result<Vec<String>, StoreError> {
        let mut session = self.pools.read().await?;
        if session.number("SELECT value FROM counters WHERE name = 'vanished'", &[]).await? == 0 {
            return Ok(Vec::new());
        }
        let sql = "SELECT j.body FROM states AS s JOIN journal AS j ON j.record = 'case' AND j.system = s.system \
             AND j.source_no = s.source_no WHERE s.kind = 'quarantined' ORDER BY j.position";
        Ok(session.rows(sql, &[]).await?.iter_mut().map(|row| row.text(0)).collect())
    }

    /// Writes down that what [`Store::vanished`] gave stands again.
    pub async fn none_vanished(&self) -> Result<(), StoreError> {
        let mut session = self.pools.write().await?;
        session.run("UPDATE counters SET value = 0 WHERE name = 'vanished' AND value <> 0", &[]).await?;
        session.commit().await
    }

    /// Every system's card and newest readings.
    pub async fn slots(&self) -> Result<Vec<SlotRow>, StoreError> {
        let sql = "SELECT system, slot, version, body FROM slots ORDER BY system, slot";
        Ok(self.pools.read().await?.rows(sql, &[]).await?.iter_mut().filter_map(slot_row).collect())
    }

    /// Every cell of the tallies that is not 0, in order.
    pub async fn tallies(&self) -> Result<Vec<Tally>, StoreError> {
        let sql = "SELECT measure, day, hour, system, department, town, item, n FROM tallies WHERE n <> 0";
        let mut rows = self.pools.read().await?.rows(sql, &[]).await?;
        let mut tallies: Vec<Tally> = rows
            .iter_mut()
            .map(|row| Tally {
                measure: row.text(0),
                day: row.text(1),
                hour: row.int(2),
                system: row.text(3),
                department: row.text(4),
                town: row.text(5),
                item: row.text(6),
                n: row.int(7),
            })
            .collect();
        tallies.sort();
        Ok(tallies)
    }
}

/// A LIKE pattern for "contains", with `!` as the escape.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars().filter(|letter| *letter != '\0') {
        if matches!(letter, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern + "%"
}

fn journal_entry(row: &mut Row) -> JournalEntry {
    JournalEntry {
        position: row.int(0),
        record: row.text(1),
        system: row.text(2),
        key: row.text(3),
        version: row.int(4),
        at: row.int(5),
        body: row.text(6),
    }
}

fn state_row(row: &mut Row) -> StateRow {
    let (flags, body) = (row.text(2), row.text(3));
    StateRow { position: row.int(0), at: row.int(1), flags, body, bad: Some(row.text(4)).filter(|bad| !bad.is_empty()) }
}
