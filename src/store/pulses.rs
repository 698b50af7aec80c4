//! Which engines are alive, which accounts they hold, and when each bot last did well.

use chrono::{DateTime, Utc};

use super::{
    Store, StoreError,
    session::{Batch, Column, Row},
    ticks::{instant, some},
};

/// A process that runs schedules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineRow {
    /// Its name.
    pub worker: String,
    /// When it began.
    pub started: DateTime<Utc>,
    /// When it was last heard of.
    pub beat: DateTime<Utc>,
    /// When it ended in order.
    pub ended: Option<DateTime<Utc>>,
    /// What is wrong with the adapter files that it sees, as text; empty while all is well.
    pub files: String,
}

/// A bot's last sign of doing well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// The bot.
    pub bot: String,
    /// Its system.
    pub system: String,
    /// Since when something is expected of it.
    pub since: DateTime<Utc>,
    /// When it last did well.
    pub good_at: Option<DateTime<Utc>>,
    /// From when on it counts as dead if it does not do well again; `None` while nothing is expected of it.
    pub dead_at: Option<DateTime<Utc>>,
}

impl Pulse {
    /// When it died, where it is dead by now.
    pub fn died(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.dead_at.filter(|dead_at| *dead_at <= now)
    }
}

impl Store {
    /// An engine begins; gives when one was last heard of, whichever.
    pub async fn begin_engine(&self, worker: &str, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let at = now.timestamp_millis();
        let mut session = self.pools.write().await?;
        let last = session.number("SELECT COALESCE(MAX(beat), 0) FROM engines", &[]).await?;
        let sql = "INSERT INTO engines (worker, started, beat, ended, files) VALUES ($1, $2, $2, 0, '') \
             ON CONFLICT (worker) DO UPDATE SET started = excluded.started, beat = excluded.beat, ended = 0, files = ''";
        session.run(sql, &[worker.into(), at.into()]).await?;
        session.commit().await?;
        Ok(some(last))
    }

    /// An engine says what is wrong with the adapter files that it sees; nothing with an empty text.
    pub async fn tell_files(&self, worker: &str, files: &str) -> Result<(), StoreError> {
        let mut session = self.pools.write().await?;
        session.run("UPDATE engines SET files = $1 WHERE worker = $2", &[files.into(), worker.into()]).await?;
        session.commit().await
    }

    /// An engine ends in order.
    pub async fn end_engine(&self, worker: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut session = self.pools.write().await?;
        let at = now.timestamp_millis();
        session.run("UPDATE engines SET ended = $1, beat = $1 WHERE worker = $2", &[at.into(), worker.into()]).await?;
        session.commit().await
    }

    /// The engines that there are or were.
    pub async fn engines(&self) -> Result<Vec<EngineRow>, StoreError> {
        let sql = "SELECT worker, started, beat, ended, files FROM engines ORDER BY started, worker";
        let mut rows = self.pools.read().await?.rows(sql, &[]).await?;
        let row = |row: &mut Row| EngineRow {
            worker: row.text(0),
            started: instant(row.int(1)),
            beat: instant(row.int(2)),
            ended: some(row.int(3)),
            files: row.text(4),
        };
        Ok(rows.iter_mut().map(row).collect())
    }

    /// Takes an account for a worker, which may hold it already. Gives who holds it instead, and until when.
    pub async fn lease_account(
        &self,
        account: &str,
        worker: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Result<(), (String, DateTime<Utc>)>, StoreError> {
        let mut session = self.pools.write().await?;
        let sql = "INSERT INTO account_leases (account, worker, fence, leased_until) VALUES ($1, $2, 1, $3) \
             ON CONFLICT (account) DO UPDATE SET worker = excluded.worker, leased_until = excluded.leased_until, \
             fence = CASE WHEN account_leases.worker = excluded.worker THEN account_leases.fence ELSE account_leases.fence + 1 END \
             WHERE account_leases.worker = excluded.worker OR account_leases.leased_until <= $4";
        let [until, now] = [until, now].map(|at| at.timestamp_millis());
        let taken = session.run(sql, &[account.into(), worker.into(), until.into(), now.into()]).await?;
        let mut held = Vec::new();
        if taken == 0 {
            let sql = "SELECT worker, leased_until FROM account_leases WHERE account = $1";
            held = session.rows(sql, &[account.into()]).await?;
        }
        session.commit().await?;
        Ok(match held.first_mut() {
            Some(row) => Err((row.text(0), instant(row.int(1)))),
            None => Ok(()),
        })
    }

    /// Lets go of an account.
    pub async fn release_account(&self, account: &str, worker: &str) -> Result<(), StoreError> {
        let mut session = self.pools.write().await?;
        let sql = "UPDATE account_leases SET leased_until = 0 WHERE account = $1 AND worker = $2";
        session.run(sql, &[account.into(), worker.into()]).await?;
        session.commit().await
    }

    /// What is expected of bots from now on: those that are not named are forgotten; when each last did well is kept.
    pub async fn set_pulses(&self, pulses: &[Pulse]) -> Result<(), StoreError> {
        let row = |pulse: &Pulse| {
            let dead_at = pulse.dead_at.map_or(0, |at| at.timestamp_millis());
            let since = pulse.since.timestamp_millis();
            vec![pulse.bot.as_str().into(), pulse.system.as_str().into(), since.into(), dead_at.into()]
        };
        let batch = Batch {
            columns: &[Column::Text("bot"), Column::Text("system"), Column::Int("since"), Column::Int("dead_at")],
            rows: pulses.iter().map(row).collect(),
        };
        let mut session = self.pools.write().await?;
        let sql = "INSERT INTO pulses (bot, system, since, good_at, dead_at) SELECT r.bot, r.system, r.since, 0, r.dead_at \
             FROM {rows} AS r WHERE true ON CONFLICT (bot) DO UPDATE SET system = excluded.system, since = excluded.since, \
             dead_at = excluded.dead_at";
        session.run_batch(sql, &batch).await?;
        let mut known = session.rows("SELECT bot FROM pulses", &[]).await?;
        for bot in known.iter_mut().map(|row| row.text(0)) {
            if !pulses.iter().any(|pulse| pulse.bot == bot) {
                session.run("DELETE FROM pulses WHERE bot = $1", &[bot.into()]).await?;
            }
        }
        session.commit().await
    }

    /// When each bot last did well, and when it will count as dead.
    pub async fn pulses(&self) -> Result<Vec<Pulse>, StoreError> {
        let sql = "SELECT bot, system, since, good_at, dead_at FROM pulses ORDER BY bot";
        let mut rows = self.pools.read().await?.rows(sql, &[]).await?;
        let pulse = |row: &mut Row| Pulse {
            bot: row.text(0),
            system: row.text(1),
            since: instant(row.int(2)),
            good_at: some(row.int(3)),
            dead_at: some(row.int(4)),
        };
        Ok(rows.iter_mut().map(pulse).collect())
    }

    /// The bots that enter and have something to do, with when the first of it is due.
    pub async fn entries_wait(&self) -> Result<Vec<(String, DateTime<Utc>)>, StoreError> {
        let sql = "SELECT bot, MIN(CASE WHEN leased_until > due_at THEN leased_until ELSE due_at END) FROM entry \
             WHERE resting = 0 OR version > known_version GROUP BY bot";
        let mut rows = self.pools.read().await?.rows(sql, &[]).await?;
        Ok(rows.iter_mut().map(|row| (row.text(0), instant(row.int(1)))).collect())
    }
}
