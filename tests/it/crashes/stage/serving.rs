//! A bridge that serves a schedule of the stage's bot, is ended at a point of an entry's life, and gives way to another.

use std::{fs, path::PathBuf, time::Instant};

use queqiao::{
    engine::EngineOptions,
    queue::Why,
    store::{Entry, JobQuery, JobRow, TickQuery, TickRow},
};
use sqlx::{Connection, PgConnection, SqliteConnection};

use super::{Stage, Tally, settings_of};
use crate::{
    crashes::{points::Point, victims},
    rig::{PATIENCE, Process, queqiao},
};

/// How a process that serves comes to its end while it is in the middle of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// SIGTERM, and the step goes on.
    Finishes,
    /// SIGTERM, and the step does not come to its end within the grace time.
    HandsBack,
    /// SIGKILL.
    Killed,
}

/// What the process was at when it was ended.
struct At {
    job: JobRow,
    entry: Entry,
    /// Its driver and browser.
    helpers: Vec<u32>,
}

impl Stage {
    /// One entry that is due by a schedule; the process that serves is ended at that point, another one takes up what it was at. Gives
    /// what it has come to, and how many seconds after the end the run was begun anew (0 where it was not).
    pub async fn end_serving(mut self, point: Point, end: End) -> (Tally, i64) {
        let schedule = format!("[[schedule]]\nname = \"enter\"\nbots = [\"{}\"]\ncron = \"* * * * * *\"\n", self.bot);
        fs::write(self.rig.path("root/schedules/enter.toml"), schedule).unwrap();
        fs::create_dir(self.temporary()).unwrap();
        self.set(point.scene).await;
        let mut first = self.serve("data", Some(&format!("{}.{}.{}", self.bot, point.event, point.when)));
        assert!(self.comes_to(&mut first, point), "{point:?}: {}", first.told());
        let at = self.at(&first).await;
        match end {
            End::Finishes | End::HandsBack => {
                first.ask_to_end();
                first.wait_for("Stopping");
                if end == End::Finishes {
                    fs::remove_file(self.held()).unwrap();
                }
                let status = first.wait_at_most(PATIENCE).expect("it ends after SIGTERM");
                assert!(status.success(), "{}", first.told());
                self.left_in_order(end, &at).await;
            }
            End::Killed => {
                first.kill();
                self.left_by_a_dead_one(&at).await;
            }
        }
        let ended = chrono::Utc::now();
        self.unset();
        let mut second = self.serve("other", None);
        second.wait_for("The bridge is up");
        let job = self.rests(&at, &second).await;
        let helpers = victims::helpers(second.id());
        assert!(second.terminate().success());
        self.nothing_left(&helpers);
        self.goes_on_properly(end, &at, &job).await;
        self.count().await;
        self.tally.kills += 1;
        let waited = if job.fence > at.job.fence { (job.started.unwrap() - ended).num_seconds() } else { 0 };
        (self.tally, waited)
    }

    fn temporary(&self) -> PathBuf {
        self.rig.path("temporary")
    }

    fn serve(&self, data: &str, hold_at: Option<&str>) -> Process {
        let settings = settings_of(&self.rig, data, &self.fresh, (self.system(), &self.line));
        let mut command = queqiao(&settings);
        command.arg("serve").env("TMPDIR", self.temporary());
        if let Some(point) = hold_at {
            command.env("QUEQIAO_HOLD_AT", point);
        }
        Process::start(&mut command)
    }

    async fn at(&self, process: &Process) -> At {
        let jobs = self.store.jobs(&JobQuery { limit: 1_000, ..JobQuery::default() }).await.unwrap();
        let job = jobs.into_iter().find(|job| job.state == "running").expect("a run is on its way");
        let entry = self.entries().await.pop().expect("one is wanted");
        At { job, entry, helpers: victims::helpers(process.id()) }
    }

    async fn job(&self, at: &At) -> JobRow {
        let jobs = self.store.jobs(&JobQuery { limit: 1_000, ..JobQuery::default() }).await.unwrap();
        jobs.into_iter().find(|job| job.id == at.job.id).expect("what has to be kept is kept")
    }

    async fn tick(&self, at: &At) -> TickRow {
        let ticks = self.store.ticks(&TickQuery { limit: 1_000, ..TickQuery::default() }).await.unwrap();
        ticks.into_iter().find(|tick| tick.due == at.job.due).expect("each instant has its row")
    }

    /// Until when anything is held: jobs, accounts, entries; in milliseconds.
    async fn held_until(&self, tables: &[&str]) -> i64 {
        let mut latest = 0;
        for table in tables {
            let sql = sqlx::AssertSqlSafe(format!("SELECT COALESCE(MAX(leased_until), 0) FROM {table}"));
            let until: i64 = if self.fresh.url.starts_with("postgres:") {
                let mut store = PgConnection::connect(&self.fresh.url).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&mut store).await.unwrap()
            } else {
                let mut store = SqliteConnection::connect(&self.fresh.url).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&mut store).await.unwrap()
            };
            latest = latest.max(until);
        }
        latest
    }

    fn nothing_left(&self, helpers: &[u32]) {
        assert_eq!(victims::living(helpers), Vec::<u32>::new(), "no driver and no browser outlives the process");
        let left: Vec<_> = fs::read_dir(self.temporary()).unwrap().flatten().map(|entry| entry.path()).collect();
        assert!(left.is_empty(), "no profile and no file outlives the process: {left:?}");
    }

    /// After SIGTERM: everything is written down, and nobody holds anything any more.
    async fn left_in_order(&self, end: End, at: &At) {
        self.nothing_left(&at.helpers);
        let until = self.held_until(&["jobs", "account_leases", "entry"]).await;
        assert!(until <= chrono::Utc::now().timestamp_millis(), "somebody holds something until {until}");
        let (job, tick) = (self.job(at).await, self.tick(at).await);
        match end {
            End::Finishes => assert_eq!((&*job.state, &*tick.state), ("ran", "ran"), "{job:?}"),
            _ => {
                let told = [&job.why, &tick.why].map(|why| matches!(Why::read(why), Some(Why::HandedBack { .. })));
                assert_eq!((&*job.state, &*tick.state, told), ("queued", "queued", [true; 2]), "{job:?} {tick:?}");
            }
        }
        let engines = self.store.engines().await.unwrap();
        assert!(engines.iter().all(|engine| engine.ended.is_some()), "{engines:?}");
    }

    /// After SIGKILL: the driver and the browser die with it, and what it held becomes free within one lease.
    async fn left_by_a_dead_one(&self, at: &At) {
        let began = Instant::now();
        while !victims::living(&at.helpers).is_empty() {
            assert!(began.elapsed() < PATIENCE, "its driver or browser lives on");
            tokio::task::yield_now().await;
        }
        let until = self.held_until(&["jobs", "account_leases"]).await;
        let lease_ends = (chrono::Utc::now() + EngineOptions::LEASE).timestamp_millis();
        assert!(until <= lease_ends, "job or account is held for {} ms longer than a lease", until - lease_ends);
    }

    /// Waits until nothing is left to be done; gives what has become of the job.
    async fn rests(&self, at: &At, process: &Process) -> JobRow {
        let began = Instant::now();
        loop {
            let (job, entries) = (self.job(at).await, self.entries().await);
            if job.ended.is_some() && entries.iter().all(|entry| entry.resting) {
                return job;
            }
            assert!(began.elapsed() < PATIENCE, "{job:?}\n{entries:?}\n{}", process.told());
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// The tick has come to its end, and the entry went on as it had to.
    async fn goes_on_properly(&self, end: End, at: &At, job: &JobRow) {
        let tick = self.tick(at).await;
        assert_eq!((&*job.state, &*tick.state), ("ran", "ran"), "{job:?}");
        assert_eq!(job.taken, i64::from(end == End::Killed), "{job:?}");
        if end == End::Finishes {
            return;
        }
        assert!(job.worker != at.job.worker && job.fence > at.job.fence, "{job:?}");
        let events = self.store.entry_events(at.entry.id).await.unwrap();
        let mut after = events.iter().filter(|event| event.worker != at.job.worker);
        if at.entry.state == "submitting" {
            let (lost, looked) = (after.next().unwrap(), after.next().unwrap());
            assert_eq!((&*lost.event, &*lost.state), ("lost", "unknown"), "{events:?}");
            assert!(looked.event.starts_with("looked_"), "{events:?}");
        }
        assert!(events.last().unwrap().state == "verified", "{events:?}");
    }
}
