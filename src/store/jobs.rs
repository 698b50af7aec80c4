//! What ticks ask of bots: leased to one engine at a time, taken over when its lease ends, kept with how it ended.

use chrono::{DateTime, Utc};

use super::{
    NewTick, Store, StoreError,
    runner::take_numbers,
    session::{Batch, Column, Row, Session, Value},
    ticks::{fire, instant, some},
};

/// A job that is written down for the first time.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// The bot.
    pub bot: String,
    /// The account that it needs for itself; empty where it needs none, or shares it.
    pub account: String,
    /// `queued`, or `skipped` at once.
    pub state: &'static str,
    /// Why, JSON; or empty.
    pub why: String,
    /// Higher first.
    pub priority: i64,
    /// Not before.
    pub start_at: DateTime<Utc>,
    /// Whether it takes the place of what that bot is at.
    pub replaces: bool,
}

/// A job as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRow {
    /// Its number.
    pub id: i64,
    /// The schedule's name.
    pub schedule: String,
    /// The tick's instant.
    pub due: DateTime<Utc>,
    /// The bot.
    pub bot: String,
    /// `queued`, `running`; `ran`, `skipped`, `failed`.
    pub state: String,
    /// Not before.
    pub start_at: DateTime<Utc>,
    /// Tries that came to nothing so far.
    pub attempt: i64,
    /// How often it was taken over from an engine that fell silent.
    pub taken: i64,
    /// Who works on it, or did last.
    pub worker: String,
    /// Rises with each holder.
    pub fence: i64,
    /// When it was last begun.
    pub started: Option<DateTime<Utc>>,
    /// When it came to its end.
    pub ended: Option<DateTime<Utc>>,
    /// The run.
    pub run: String,
    /// How the run ended: a word of the reading.
    pub outcome: String,
    /// Why, JSON; empty where there is nothing to explain.
    pub why: String,
}

/// How a job has ended, or that it is tried again.
#[derive(Clone, Debug)]
pub struct JobEnd {
    /// Its number.
    pub id: i64,
    /// As its holder.
    pub fence: i64,
    /// `ran`, `skipped`, `failed`; `queued` for one that is tried again.
    pub state: &'static str,
    /// The run.
    pub run: String,
    /// How the run ended.
    pub outcome: String,
    /// Why, JSON; or empty.
    pub why: String,
    /// Tries that have come to nothing.
    pub attempt: i64,
    /// When it is tried again.
    pub start_at: DateTime<Utc>,
    /// What this makes due: schedules and their ticks.
    pub follow: Vec<(String, NewTick)>,
    /// From when on the bot counts as dead if it does not do well again; `Some` only if it did well.
    pub pulse: Option<Option<DateTime<Utc>>>,
}

/// What a bot is at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Busy {
    /// The bot.
    pub bot: String,
    /// Whether it runs; else it waits for its turn.
    pub running: bool,
    /// The schedule and the instant that it runs for.
    pub schedule: String,
    /// The instant.
    pub due: DateTime<Utc>,
}

/// Which jobs. Every part that is given must fit.
#[derive(Clone, Debug, Default)]
pub struct JobQuery {
    /// Of that schedule.
    pub schedule: Option<String>,
    /// Of that instant.
    pub due: Option<DateTime<Utc>>,
    /// Of that bot.
    pub bot: Option<String>,
    /// Only those that came to a run.
    pub runs: bool,
    /// At most so many, the newest first.
    pub limit: u32,
}

const COLUMNS: &str =
    "id, schedule, due, bot, state, start_at, attempt, taken, worker, fence, started, ended, run, outcome, why";

impl Store {
    /// What bots are at.
    pub async fn busy(&self) -> Result<Vec<Busy>, StoreError> {
        let sql = "SELECT bot, state, schedule, due FROM jobs WHERE state IN ('queued', 'running') ORDER BY due";
        let mut rows = self.pools.read().await?.rows(sql, &[]).await?;
        let busy = |row: &mut Row| Busy {
            bot: row.text(0),
            running: row.text(1) == "running",
            schedule: row.text(2),
            due: instant(row.int(3)),
        };
        Ok(rows.iter_mut().map(busy).collect())
    }

    /// Whether a job may begin now, or was left by an engine that fell silent.
    pub async fn jobs_wait(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM jobs WHERE (state = 'queued' AND start_at <= $1) OR (state = 'running' AND leased_until <= $1)";
        Ok(self.pools.read().await?.number(sql, &[now.timestamp_millis().into()]).await? > 0)
    }

    /// When, after `now`, the next job may begin, or the lease of one ends.
    pub async fn next_start(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let sql = "SELECT COALESCE(MIN(CASE WHEN state = 'queued' THEN start_at ELSE leased_until END), 0) FROM jobs \
             WHERE (state = 'queued' AND start_at > $1) OR (state = 'running' AND leased_until > $1)";
        Ok(some(self.pools.read().await?.number(sql, &[now.timestamp_millis().into()]).await?))
    }

    /// Leases jobs that may begin, the more important and then the older ones first: never two of one bot at once, and never one whose
    /// account another engine holds. Jobs of engines that have fallen silent are among them.
    pub async fn lease_jobs(
        &self,
        worker: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        most: usize,
    ) -> Result<Vec<JobRow>, StoreError> {
        let now = now.timestamp_millis();
        let mut session = self.pools.write().await?;
        take_over(&mut session, now).await?;
        let sql = "SELECT id, bot FROM jobs WHERE state = 'queued' AND start_at <= $1 \
             AND bot NOT IN (SELECT bot FROM jobs WHERE state = 'running') \
             AND (account = '' OR account NOT IN (SELECT account FROM account_leases WHERE worker <> $2 AND leased_until > $1)) \
             ORDER BY priority DESC, start_at, id";
        let mut due = session.rows(sql, &[now.into(), worker.into()]).await?;
        let mut bots = std::collections::BTreeSet::new();
        let first = due.iter_mut().filter_map(|row| Some(row.int(0)).filter(|_| bots.insert(row.text(1))));
        let chosen: Vec<i64> = first.take(most).collect();
        let rows =
            chosen.iter().map(|id| vec![(*id).into(), worker.into(), now.into(), until.timestamp_millis().into()]);
        let batch = Batch {
            columns: &[Column::Int("id"), Column::Text("worker"), Column::Int("now"), Column::Int("until")],
            rows: rows.collect(),
        };
        let sql = "UPDATE jobs SET state = 'running', worker = r.worker, fence = jobs.fence + 1, leased_until = r.until, \
             started = r.now, replaced = 0 FROM {rows} AS r WHERE jobs.id = r.id";
        session.run_batch(sql, &batch).await?;
        let sql = "UPDATE ticks SET state = 'running' FROM (SELECT j.schedule, j.due FROM jobs AS j JOIN {rows} AS r ON r.id = j.id) AS s \
             WHERE ticks.schedule = s.schedule AND ticks.due = s.due AND ticks.state = 'queued'";
        session.run_batch(sql, &batch).await?;
        let columns: Vec<String> = COLUMNS.split(", ").map(|column| format!("jobs.{column}")).collect();
        let sql = format!("SELECT {} FROM jobs JOIN {{rows}} AS r ON r.id = jobs.id", columns.join(", "));
        let mut leased = session.rows_batch(&sql, &batch).await?;
        session.commit().await?;
        let mut leased: Vec<JobRow> = leased.iter_mut().map(job_of).collect();
        leased.sort_by_key(|job| chosen.iter().position(|id| *id == job.id));
        Ok(leased)
    }

    /// Goes on holding these jobs, and says that the worker is alive. Gives those that are still held, and of them those that are to be
    /// given up for another. Jobs that are not named are not held any longer than their leases last: whoever could not write down how
    /// one has ended must not keep it for ever.
    pub async fn hold_jobs(
        &self,
        worker: &str,
        jobs: &[i64],
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<(Vec<i64>, Vec<i64>), StoreError> {
        let until = until.timestamp_millis();
        let batch = Batch {
            columns: &[Column::Int("number"), Column::Text("holder"), Column::Int("upto")],
            rows: jobs.iter().map(|job| vec![(*job).into(), worker.into(), until.into()]).collect(),
        };
        let mut session = self.pools.write().await?;
        let sql = "UPDATE jobs SET leased_until = r.upto FROM {rows} AS r WHERE jobs.id = r.number AND jobs.worker = r.holder \
             AND jobs.state = 'running' RETURNING id, replaced";
        let rows = session.rows_batch(sql, &batch).await?;
        let values = [now.timestamp_millis().into(), worker.into()];
        session.run("UPDATE engines SET beat = $1 WHERE worker = $2", &values).await?;
        session.commit().await?;
        let replaced = rows.iter().filter(|row| row.int(1) != 0).map(|row| row.int(0)).collect();
        Ok((rows.iter().map(|row| row.int(0)).collect(), replaced))
    }

    /// Writes down how jobs have ended, and their ticks with them. Gives the numbers of those that somebody else has taken over: of
    /// them nothing is written.
    pub async fn end_jobs(&self, ends: &[JobEnd], now: DateTime<Utc>) -> Result<Vec<i64>, StoreError> {
        let at = now.timestamp_millis();
        let mut session = self.pools.write().await?;
        let (mut lost, mut ended) = (Vec::new(), Vec::new());
        for end in ends {
            let sql = "UPDATE jobs SET state = $1, run = $2, outcome = $3, why = $4, attempt = $5, start_at = $6, ended = $7, \
                 leased_until = 0 WHERE id = $8 AND fence = $9 AND state = 'running'";
            let ended_at = if end.state == "queued" { 0 } else { at };
            let values: [Value; 9] = [
                end.state.into(),
                end.run.as_str().into(),
                end.outcome.as_str().into(),
                end.why.as_str().into(),
                end.attempt.into(),
                end.start_at.timestamp_millis().into(),
                ended_at.into(),
                end.id.into(),
                end.fence.into(),
            ];
            if session.run(sql, &values).await? == 0 {
                lost.push(end.id);
                continue;
            }
            if let Some(dead_at) = end.pulse {
                let sql =
                    "UPDATE pulses SET good_at = $1, dead_at = $2 WHERE bot = (SELECT bot FROM jobs WHERE id = $3)";
                let dead_at = dead_at.map_or(0, |at| at.timestamp_millis());
                session.run(sql, &[at.into(), dead_at.into(), end.id.into()]).await?;
            }
            for (schedule, tick) in &end.follow {
                fire(&mut session, schedule, tick, now).await?;
            }
            ended.push(end.id);
        }
        end_ticks(&mut session, &ended, at).await?;
        session.commit().await?;
        Ok(lost)
    }

    /// Puts everything that a worker runs back into the queue, at once: it stops, or is known to be gone. Gives how many.
    pub async fn hand_back(&self, worker: &str, why: &str) -> Result<u64, StoreError> {
        let mut session = self.pools.write().await?;
        let sql =
            "UPDATE jobs SET state = 'queued', leased_until = 0, why = $1 WHERE worker = $2 AND state = 'running'";
        let back = session.run(sql, &[why.into(), worker.into()]).await?;
        wait_again(&mut session, worker, why).await?;
        let sql = "UPDATE account_leases SET leased_until = 0 WHERE worker = $1";
        session.run(sql, &[worker.into()]).await?;
        session.commit().await?;
        Ok(back)
    }

    /// Jobs by filter, the newest first.
    pub async fn jobs(&self, query: &JobQuery) -> Result<Vec<JobRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM jobs WHERE ($1 IS NULL OR schedule = $1) AND ($2 = 0 OR due = $2) \
             AND ($3 IS NULL OR bot = $3) AND ($4 = 0 OR run <> '') ORDER BY id DESC LIMIT $5"
        );
        let values: Vec<Value> = vec![
            query.schedule.clone().into(),
            query.due.map_or(0, |due| due.timestamp_millis()).into(),
            query.bot.clone().into(),
            i64::from(query.runs).into(),
            i64::from(query.limit).into(),
        ];
        let mut rows = self.pools.read().await?.rows(&sql, &values).await?;
        Ok(rows.iter_mut().map(job_of).collect())
    }
}

/// What silent engines left is everybody's again. The entries that they held are so too: whoever takes one over waits for as long as
/// its holder might still have pressed.
async fn take_over(session: &mut Session, now: i64) -> Result<(), StoreError> {
    let sql = "SELECT id, worker, bot FROM jobs WHERE state = 'running' AND leased_until <= $1";
    let mut silent = session.rows(sql, &[now.into()]).await?;
    for row in &mut silent {
        let (id, worker, bot) = (row.int(0), row.text(1), row.text(2));
        let sql =
            "UPDATE jobs SET state = 'queued', taken = taken + 1, fence = fence + 1, leased_until = 0 WHERE id = $1";
        session.run(sql, &[id.into()]).await?;
        let sql = "UPDATE entry SET leased_until = $1 WHERE worker = $2 AND bot = $3 AND leased_until > $1";
        session.run(sql, &[now.into(), worker.as_str().into(), bot.into()]).await?;
    }
    Ok(())
}

/// Ticks whose jobs that worker has put back, and of which nothing else runs, wait again; why, they say where they say nothing yet.
async fn wait_again(session: &mut Session, worker: &str, why: &str) -> Result<(), StoreError> {
    let sql = "UPDATE ticks SET state = 'queued', why = CASE WHEN ticks.why = '' THEN $1 ELSE ticks.why END \
         FROM (SELECT DISTINCT schedule, due FROM jobs WHERE state = 'queued' AND worker = $2 AND why = $1) AS s \
         WHERE ticks.schedule = s.schedule AND ticks.due = s.due AND ticks.state = 'running' AND NOT EXISTS \
         (SELECT 1 FROM jobs AS o WHERE o.schedule = s.schedule AND o.due = s.due AND o.state = 'running')";
    session.run(sql, &[why.into(), worker.into()]).await?;
    Ok(())
}

/// Ticks none of whose jobs is open any more have come to their end: the worst of their jobs' ends.
async fn end_ticks(session: &mut Session, jobs: &[i64], at: i64) -> Result<(), StoreError> {
    let batch = Batch {
        columns: &[Column::Int("id"), Column::Int("at")],
        rows: jobs.iter().map(|id| vec![(*id).into(), at.into()]).collect(),
    };
    let of_tick = |state: &str| {
        format!(
            "EXISTS (SELECT 1 FROM jobs AS o WHERE o.schedule = ticks.schedule AND o.due = ticks.due AND o.state {state})"
        )
    };
    let sql = format!(
        "UPDATE ticks SET ended = s.at, \
         state = CASE WHEN {} THEN 'failed' WHEN {} THEN 'ran' ELSE 'skipped' END, \
         why = COALESCE((SELECT o.why FROM jobs AS o WHERE o.schedule = ticks.schedule AND o.due = ticks.due AND o.why <> '' \
         ORDER BY CASE o.state WHEN 'failed' THEN 0 WHEN 'skipped' THEN 1 ELSE 2 END, o.id LIMIT 1), ticks.why) \
         FROM (SELECT DISTINCT j.schedule, j.due, r.at FROM jobs AS j JOIN {{rows}} AS r ON r.id = j.id) AS s \
         WHERE ticks.schedule = s.schedule AND ticks.due = s.due AND ticks.state IN ('queued', 'running') AND NOT {}",
        of_tick("= 'failed'"),
        of_tick("= 'ran'"),
        of_tick("IN ('queued', 'running')"),
    );
    session.run_batch(&sql, &batch).await
}

/// Puts new jobs in; one that replaces has those of its bot that are queued skipped, and that which runs given up.
pub(super) async fn put_jobs(session: &mut Session, jobs: &[(&str, DateTime<Utc>, &NewJob)]) -> Result<(), StoreError> {
    for (_, _, job) in jobs.iter().filter(|(_, _, job)| job.replaces) {
        let sql = "UPDATE jobs SET replaced = 1 WHERE bot = $1 AND state = 'running'";
        session.run(sql, &[job.bot.as_str().into()]).await?;
    }
    let first = take_numbers(session, "job", jobs.len()).await?;
    let row = |((schedule, due, job), id): (&(&str, DateTime<Utc>, &NewJob), i64)| {
        vec![
            id.into(),
            (*schedule).into(),
            due.timestamp_millis().into(),
            job.bot.as_str().into(),
            job.account.as_str().into(),
            job.state.into(),
            job.why.as_str().into(),
            job.priority.into(),
            job.start_at.timestamp_millis().into(),
        ]
    };
    let batch = Batch {
        columns: &[
            Column::Int("id"),
            Column::Text("schedule"),
            Column::Int("due"),
            Column::Text("bot"),
            Column::Text("account"),
            Column::Text("state"),
            Column::Text("why"),
            Column::Int("priority"),
            Column::Int("start_at"),
        ],
        rows: jobs.iter().zip(first..).map(row).collect(),
    };
    let sql = "INSERT INTO jobs (id, schedule, due, bot, account, state, priority, start_at, attempt, taken, worker, fence, \
         leased_until, replaced, started, ended, run, outcome, why) SELECT r.id, r.schedule, r.due, r.bot, r.account, r.state, \
         r.priority, r.start_at, 0, 0, '', 0, 0, 0, 0, 0, '', '', r.why FROM {rows} AS r";
    session.run_batch(sql, &batch).await
}

fn job_of(row: &mut Row) -> JobRow {
    JobRow {
        id: row.int(0),
        schedule: row.text(1),
        due: instant(row.int(2)),
        bot: row.text(3),
        state: row.text(4),
        start_at: instant(row.int(5)),
        attempt: row.int(6),
        taken: row.int(7),
        worker: row.text(8),
        fence: row.int(9),
        started: some(row.int(10)),
        ended: some(row.int(11)),
        run: row.text(12),
        outcome: row.text(13),
        why: row.text(14),
    }
}
