//! Schedules as they stand, and what became of each of their instants: one row per schedule and instant.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeZone, Utc};

use super::{
    Store, StoreError,
    jobs::{NewJob, put_jobs},
    session::{Batch, Column, Row, Session, Value},
};

/// A schedule that somebody has paused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paused {
    /// Since when.
    pub at: DateTime<Utc>,
    /// Who has paused it.
    pub by: String,
    /// Why.
    pub because: String,
}

/// A schedule as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleRow {
    /// Its name.
    pub name: String,
    /// How it stands in the files, JSON.
    pub body: String,
    /// Since when it is known.
    pub since: DateTime<Utc>,
    /// Every instant up to it has its row.
    pub accounted: DateTime<Utc>,
    /// Its next instant, whether something will rule it out or not; `None` where it has none.
    pub next_due: Option<DateTime<Utc>>,
    /// Whether it is paused.
    pub paused: Option<Paused>,
    /// Since when it stands in no file any more.
    pub gone: Option<DateTime<Utc>>,
}

/// One instant of one schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TickRow {
    /// The schedule's name.
    pub schedule: String,
    /// The instant.
    pub due: DateTime<Utc>,
    /// `queued`, `running`; `ran`, `skipped`, `missed`, `failed`.
    pub state: String,
    /// Why, JSON; empty where there is nothing to explain.
    pub why: String,
    /// When an engine wrote it down.
    pub seen: DateTime<Utc>,
    /// When it came to its end.
    pub ended: Option<DateTime<Utc>>,
}

/// Instants of a schedule that are to be written down, in one piece or not at all.
#[derive(Clone, Debug)]
pub struct Accounting {
    /// The schedule's name.
    pub schedule: String,
    /// Up to where it was accounted for when this was worked out: if somebody was faster, nothing of it is written.
    pub from: DateTime<Utc>,
    /// Up to where it is accounted for then.
    pub upto: DateTime<Utc>,
    /// Its next instant after that.
    pub next_due: Option<DateTime<Utc>>,
    /// The instants in between.
    pub ticks: Vec<NewTick>,
}

/// An instant that is written down for the first time.
#[derive(Clone, Debug)]
pub struct NewTick {
    /// The instant.
    pub due: DateTime<Utc>,
    /// `queued`, or the end that it came to at once.
    pub state: &'static str,
    /// Why, JSON; or empty.
    pub why: String,
    /// What it asks of bots.
    pub jobs: Vec<NewJob>,
}

/// Which ticks. Every part that is given must fit.
#[derive(Clone, Debug, Default)]
pub struct TickQuery {
    /// Of that schedule.
    pub schedule: Option<String>,
    /// In that state.
    pub state: Option<String>,
    /// Due at or after.
    pub from: Option<DateTime<Utc>>,
    /// Due at or before.
    pub until: Option<DateTime<Utc>>,
    /// At most so many, the newest first.
    pub limit: u32,
}

/// Ticks that are written down in one transaction at most by [`Store::account`].
pub(super) const TICK_COLUMNS: &[Column] = &[
    Column::Text("schedule"),
    Column::Int("due"),
    Column::Text("state"),
    Column::Text("why"),
    Column::Int("seen"),
    Column::Int("ended"),
];

impl Store {
    /// Takes schedules in as the files have them, each with its next instant: new ones are accounted for from `now` on, changed ones keep their account, those
    /// that stand in no file any more are marked as gone. Gives all that are there.
    pub async fn take_schedules(
        &self,
        bodies: &BTreeMap<String, (String, Option<DateTime<Utc>>)>,
        now: DateTime<Utc>,
    ) -> Result<Vec<ScheduleRow>, StoreError> {
        let at = now.timestamp_millis();
        let mut session = self.pools.write().await?;
        let rows = bodies.iter().map(|(name, (body, next))| {
            let next = next.map_or(0, |due| due.timestamp_millis());
            vec![name.as_str().into(), body.as_str().into(), at.into(), next.into()]
        });
        let batch = Batch {
            columns: &[Column::Text("name"), Column::Text("body"), Column::Int("at"), Column::Int("next")],
            rows: rows.collect(),
        };
        // One that comes back after it was gone is accounted for from now on: while it was gone it was no schedule.
        let sql = "INSERT INTO schedules (name, body, since, accounted, next_due, paused_at, paused_by, because, gone_at) \
             SELECT r.name, r.body, r.at, r.at, r.next, 0, '', '', 0 FROM {rows} AS r WHERE true \
             ON CONFLICT (name) DO UPDATE SET body = excluded.body, next_due = excluded.next_due, gone_at = 0, \
             since = CASE WHEN schedules.gone_at = 0 THEN schedules.since ELSE excluded.since END, \
             accounted = CASE WHEN schedules.gone_at = 0 THEN schedules.accounted ELSE excluded.accounted END";
        session.run_batch(sql, &batch).await?;
        let known = all(&mut session).await?;
        for gone in known.iter().filter(|row| row.gone.is_none() && !bodies.contains_key(&row.name)) {
            let sql = "UPDATE schedules SET gone_at = $1, next_due = 0 WHERE name = $2";
            session.run(sql, &[at.into(), gone.name.as_str().into()]).await?;
        }
        let now_known = all(&mut session).await?;
        session.commit().await?;
        Ok(now_known)
    }

    /// All schedules that are or were known.
    pub async fn schedules(&self) -> Result<Vec<ScheduleRow>, StoreError> {
        all(&mut self.pools.read().await?).await
    }

    /// Pauses a schedule, or lets it go on; `false` when there is none of that name.
    pub async fn pause_schedule(&self, name: &str, paused: Option<&Paused>) -> Result<bool, StoreError> {
        let mut session = self.pools.write().await?;
        let (at, by, because) = match paused {
            Some(paused) => (paused.at.timestamp_millis(), paused.by.as_str(), paused.because.as_str()),
            None => (0, "", ""),
        };
        let sql = "UPDATE schedules SET paused_at = $1, paused_by = $2, because = $3 WHERE name = $4 AND gone_at = 0";
        let changed = session.run(sql, &[at.into(), by.into(), because.into(), name.into()]).await?;
        session.commit().await?;
        Ok(changed > 0)
    }

    /// Writes instants down, each once: whatever has its row already keeps it. Gives the names of those schedules for which nobody
    /// was faster.
    pub async fn account(&self, accountings: &[Accounting], now: DateTime<Utc>) -> Result<Vec<String>, StoreError> {
        let mut session = self.pools.write().await?;
        let mut ours = Vec::new();
        let mut ticks: Vec<(&str, &NewTick)> = Vec::new();
        for one in accountings {
            let sql = "UPDATE schedules SET accounted = $1, next_due = $2 WHERE name = $3 AND accounted = $4";
            let next = one.next_due.map_or(0, |due| due.timestamp_millis());
            let values: [Value; 4] = [
                one.upto.timestamp_millis().into(),
                next.into(),
                one.schedule.as_str().into(),
                one.from.timestamp_millis().into(),
            ];
            if session.run(sql, &values).await? == 0 {
                continue;
            }
            ours.push(one.schedule.clone());
            ticks.extend(one.ticks.iter().map(|tick| (one.schedule.as_str(), tick)));
        }
        put_ticks(&mut session, &ticks, now).await?;
        session.commit().await?;
        Ok(ours)
    }

    /// Writes down that something else than the clock has made a schedule due, at `tick.due` or the first free millisecond after it.
    pub async fn fire(&self, schedule: &str, tick: &NewTick, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut session = self.pools.write().await?;
        fire(&mut session, schedule, tick, now).await?;
        session.commit().await
    }

    /// The clock was ahead, and has been set back: what was written down of instants that are still to come, and never ran, is taken
    /// back. What ran stays, and does not run again.
    pub async fn rewind(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let at = Value::from(now.timestamp_millis());
        let mut session = self.pools.write().await?;
        session
            .run("DELETE FROM ticks WHERE due > $1 AND state IN ('missed', 'skipped')", std::slice::from_ref(&at))
            .await?;
        session.run("UPDATE schedules SET accounted = $1 WHERE accounted > $1", &[at]).await?;
        session.commit().await
    }

    /// Ticks by filter, the newest first.
    pub async fn ticks(&self, query: &TickQuery) -> Result<Vec<TickRow>, StoreError> {
        let sql = "SELECT schedule, due, state, why, seen, ended FROM ticks WHERE ($1 IS NULL OR schedule = $1) \
             AND ($2 IS NULL OR state = $2) AND due >= $3 AND due <= $4 ORDER BY due DESC, schedule LIMIT $5";
        let values: Vec<Value> = vec![
            query.schedule.clone().into(),
            query.state.clone().into(),
            query.from.map_or(i64::MIN, |at| at.timestamp_millis()).into(),
            query.until.map_or(i64::MAX, |at| at.timestamp_millis()).into(),
            i64::from(query.limit).into(),
        ];
        let mut rows = self.pools.read().await?.rows(sql, &values).await?;
        Ok(rows.iter_mut().map(tick_of).collect())
    }

    /// How many ticks are in each state.
    pub async fn tick_counts(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        let sql = "SELECT state, COUNT(*) FROM ticks GROUP BY state";
        let mut rows = self.pools.read().await?.rows(sql, &[]).await?;
        Ok(rows.iter_mut().map(|row| (row.text(0), row.int(1).unsigned_abs())).collect())
    }
}

/// Writes ticks and their jobs; of those that have their row already, nothing.
async fn put_ticks(session: &mut Session, ticks: &[(&str, &NewTick)], now: DateTime<Utc>) -> Result<(), StoreError> {
    let seen = now.timestamp_millis();
    let row = |(schedule, tick): &(&str, &NewTick)| {
        let ended = if tick.state == "queued" { 0 } else { seen };
        let due = tick.due.timestamp_millis();
        vec![(*schedule).into(), due.into(), tick.state.into(), tick.why.as_str().into(), seen.into(), ended.into()]
    };
    let batch = Batch { columns: TICK_COLUMNS, rows: ticks.iter().map(row).collect() };
    let sql = "INSERT INTO ticks (schedule, due, state, why, seen, ended) SELECT r.schedule, r.due, r.state, r.why, r.seen, \
         r.ended FROM {rows} AS r WHERE true ON CONFLICT (schedule, due) DO NOTHING RETURNING schedule, due";
    let mut written = session.rows_batch(sql, &batch).await?;
    let written: std::collections::BTreeSet<(String, i64)> =
        written.iter_mut().map(|row| (row.text(0), row.int(1))).collect();
    let new = ticks.iter().filter(|(schedule, tick)| {
        !tick.jobs.is_empty() && written.contains(&((*schedule).to_owned(), tick.due.timestamp_millis()))
    });
    let jobs: Vec<_> =
        new.flat_map(|(schedule, tick)| tick.jobs.iter().map(|job| (*schedule, tick.due, job))).collect();
    put_jobs(session, &jobs).await
}

/// As [`Store::fire`].
pub(super) async fn fire(
    session: &mut Session,
    schedule: &str,
    tick: &NewTick,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "SELECT due FROM ticks WHERE schedule = $1 AND due >= $2 ORDER BY due";
    let from = tick.due.timestamp_millis();
    let taken = session.rows(sql, &[schedule.into(), from.into()]).await?;
    let free = taken.iter().map(|row| row.int(0)).zip(from..).find(|(taken, free)| taken != free);
    let due = free.map_or(from + i64::try_from(taken.len()).unwrap_or_default(), |(_, free)| free);
    let tick = NewTick { due: instant(due), ..tick.clone() };
    put_ticks(session, &[(schedule, &tick)], now).await
}

async fn all(session: &mut Session) -> Result<Vec<ScheduleRow>, StoreError> {
    let sql = "SELECT name, body, since, accounted, next_due, paused_at, paused_by, because, gone_at FROM schedules ORDER BY name";
    let mut rows = session.rows(sql, &[]).await?;
    let row = |row: &mut Row| ScheduleRow {
        name: row.text(0),
        body: row.text(1),
        since: instant(row.int(2)),
        accounted: instant(row.int(3)),
        next_due: some(row.int(4)),
        paused: some(row.int(5)).map(|at| Paused { at, by: row.text(6), because: row.text(7) }),
        gone: some(row.int(8)),
    };
    Ok(rows.iter_mut().map(row).collect())
}

fn tick_of(row: &mut Row) -> TickRow {
    TickRow {
        schedule: row.text(0),
        due: instant(row.int(1)),
        state: row.text(2),
        why: row.text(3),
        seen: instant(row.int(4)),
        ended: some(row.int(5)),
    }
}

/// An instant in a column where 0 stands for none.
pub(super) fn some(millis: i64) -> Option<DateTime<Utc>> {
    Some(millis).filter(|millis| *millis != 0).map(instant)
}

pub(super) fn instant(millis: i64) -> DateTime<Utc> {
    Utc.timestamp_millis_opt(millis).single().unwrap_or_default()
}
