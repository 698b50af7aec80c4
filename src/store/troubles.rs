//! Troubles that go on, and the alerts about them on their way: who was told of a trouble hears of its end, each once, over all
//! processes and restarts.

use std::sync::Arc;

use chrono::{DateTime, TimeZone, Utc};
use tokio::sync::Notify;

use super::{
    Store, StoreError,
    runner::take_numbers,
    session::{Batch, Column, Row, Session, Value},
};

/// A trouble that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The key that stays: what it is about.
    pub key: String,
    /// When it was first seen.
    pub began_at: DateTime<Utc>,
    /// When it was last seen.
    pub seen_at: DateTime<Utc>,
    /// How often in a row.
    pub times: i64,
    /// Whether people were told.
    pub told: bool,
    /// As it was described when people were told.
    pub words: String,
}

/// An alert for one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertLine {
    /// The place.
    pub sink: String,
    /// What it is told.
    pub body: String,
}

/// An alert that is to be delivered now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Its number.
    pub id: i64,
    /// The place.
    pub sink: String,
    /// What it is told.
    pub body: String,
    /// When it came about.
    pub created_at: DateTime<Utc>,
    /// How often it was tried before.
    pub tries: i64,
}

impl Store {
    /// Writes down that a trouble goes on. From the `from`th time in a row on people are told, once: then `lines` are on their way and
    /// it gives true. `words` are kept as long as the trouble goes on.
    pub async fn trouble_seen(
        &self,
        key: &str,
        words: &str,
        from: i64,
        lines: &[AlertLine],
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let at = now.timestamp_millis();
        let mut session = self.pools.write().await?;
        let sql = "INSERT INTO trouble (key, began_at, seen_at, times, told, words) VALUES ($1, $2, $2, 1, 0, $3) \
             ON CONFLICT (key) DO UPDATE SET seen_at = excluded.seen_at, times = trouble.times + 1";
        session.run(sql, &[key.into(), at.into(), words.into()]).await?;
        let sql = "UPDATE trouble SET told = 1, words = $1 WHERE key = $2 AND told = 0 AND times >= $3";
        let told = session.run(sql, &[words.into(), key.into(), from.into()]).await? > 0;
        if told {
            post(&mut session, key, lines, at).await?;
        }
        session.commit().await?;
        if told {
            self.alerts_grew.notify_one();
        }
        Ok(told)
    }

    /// Writes down that a trouble is over. Where people were told of it, `lines` are on their way, and it gives true.
    pub async fn trouble_over(&self, key: &str, lines: &[AlertLine], now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut session = self.pools.write().await?;
        let sql = "SELECT told FROM trouble WHERE key = $1";
        let told = session.number(sql, &[key.into()]).await? == 1;
        session.run("DELETE FROM trouble WHERE key = $1", &[key.into()]).await?;
        if told {
            post(&mut session, key, lines, now.timestamp_millis()).await?;
        }
        session.commit().await?;
        if told {
            self.alerts_grew.notify_one();
        }
        Ok(told)
    }

    /// Every trouble that goes on, the oldest first.
    pub async fn troubles(&self) -> Result<Vec<Trouble>, StoreError> {
        let sql = "SELECT key, began_at, seen_at, times, told, words FROM trouble ORDER BY began_at, key";
        let mut rows = self.pools.read().await?.rows(sql, &[]).await?;
        let trouble = |row: &mut Row| Trouble {
            key: row.text(0),
            began_at: instant(row.int(1)),
            seen_at: instant(row.int(2)),
            times: row.int(3),
            told: row.int(4) == 1,
            words: row.text(5),
        };
        Ok(rows.iter_mut().map(trouble).collect())
    }

    /// Takes alerts that are due, at most `limit`; until then nobody else takes them. Of one trouble, a place gets one after the other.
    pub async fn take_alerts(
        &self,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Due>, StoreError> {
        let due = "FROM alert WHERE due_at <= $1 AND NOT EXISTS (SELECT 1 FROM alert AS earlier WHERE earlier.sink = alert.sink \
             AND earlier.trouble = alert.trouble AND earlier.id < alert.id)";
        let at = Value::from(now.timestamp_millis());
        let any = self.pools.read().await?.number(&format!("SELECT COUNT(*) {due}"), std::slice::from_ref(&at)).await?;
        if any == 0 {
            return Ok(Vec::new());
        }
        let mut session = self.pools.write().await?;
        let sql = format!("SELECT id, sink, body, created_at, tries {due} ORDER BY id LIMIT $2");
        let mut rows = session.rows(&sql, &[at, i64::from(limit).into()]).await?;
        let taken = |row: &mut Row| Due {
            id: row.int(0),
            sink: row.text(1),
            body: row.text(2),
            created_at: instant(row.int(3)),
            tries: row.int(4),
        };
        let taken: Vec<Due> = rows.iter_mut().map(taken).collect();
        let until = until.timestamp_millis();
        for alert in &taken {
            let sql = "UPDATE alert SET due_at = $1, tries = tries + 1 WHERE id = $2";
            session.run(sql, &[until.into(), alert.id.into()]).await?;
        }
        session.commit().await?;
        Ok(taken)
    }

    /// Forgets an alert that has arrived, or is given up.
    pub async fn forget_alert(&self, id: i64) -> Result<(), StoreError> {
        let mut session = self.pools.write().await?;
        session.run("DELETE FROM alert WHERE id = $1", &[id.into()]).await?;
        session.commit().await
    }

    /// Puts an alert off that did not arrive.
    pub async fn put_off_alert(&self, id: i64, due: DateTime<Utc>) -> Result<(), StoreError> {
        let mut session = self.pools.write().await?;
        session.run("UPDATE alert SET due_at = $1 WHERE id = $2", &[due.timestamp_millis().into(), id.into()]).await?;
        session.commit().await
    }

    /// How many alerts are on their way.
    pub async fn alerts_waiting(&self) -> Result<u64, StoreError> {
        let waiting = self.pools.read().await?.number("SELECT COUNT(*) FROM alert", &[]).await?;
        Ok(waiting.unsigned_abs())
    }

    /// Woken whenever this process puts an alert on its way.
    pub fn alerts_grew(&self) -> Arc<Notify> {
        Arc::clone(&self.alerts_grew)
    }
}

async fn post(session: &mut Session, key: &str, lines: &[AlertLine], at: i64) -> Result<(), StoreError> {
    let first = take_numbers(session, "alert", lines.len()).await?;
    let rows = lines
        .iter()
        .zip(first..)
        .map(|(line, id)| vec![id.into(), line.sink.as_str().into(), key.into(), line.body.as_str().into(), at.into()]);
    let columns = &[
        Column::Int("id"),
        Column::Text("sink"),
        Column::Text("trouble"),
        Column::Text("body"),
        Column::Int("created_at"),
    ];
    let sql = "INSERT INTO alert (id, sink, trouble, body, created_at, due_at, tries) \
         SELECT r.id, r.sink, r.trouble, r.body, r.created_at, r.created_at, 0 FROM {rows} AS r";
    session.run_batch(sql, &Batch { columns, rows: rows.collect() }).await
}

fn instant(millis: i64) -> DateTime<Utc> {
    Utc.timestamp_millis_opt(millis).single().unwrap_or_default()
}
