//! After thousands of real runs nothing is left but what has to be kept: no process, profile, file or row, no handle, no memory.

mod counts;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    process::Command,
    sync::{Arc, Mutex},
    time::SystemTime,
};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use queqiao::{
    base::Clock,
    calendar::Calendar,
    engine::{EngineOptions, Reports},
    hub::{Courier, Destination, Hub},
    run::Bridge,
};

use super::{
    office::Led,
    suite::{bridge, share},
};
use crate::{databases::Fresh, rig::Rig};
use counts::{Counts, files, rows};

/// Runs over HTTP, and runs that sign in by a browser, of the bounded share and of all of it.
const BY_HTTP: (usize, usize) = (200, 9_500);
const IN_BROWSER: (usize, usize) = (10, 500);
/// Every so manieth run meets a system that is being mended: its page is kept as evidence.
const FAILS_EVERY: usize = 8;
/// Every so manieth run brings something new.
const NEWS_EVERY: usize = 20;
const CASES: usize = 20;
const HOURLY: &str = "[[schedule]]\nname = \"hourly\"\nbots = [\"permits-collect\"]\ncron = \"0 * * * *\"\n";
/// How long things are to be kept: retention comes into play within the bounded share.
const KEEP: TimeDelta = TimeDelta::days(2);
/// What is due to go waits for the next sweep (every six hours), and that for the next tick.
const SWEPT_WITHIN: TimeDelta = TimeDelta::hours(7);
/// Handles that come and go: connections that are kept open for the next request.
const HANDLES: usize = 16;
/// Bytes by which memory may grow after the first tenth: what allocator and database keep of what they have had.
const GROWTH: u64 = 24_000_000;

/// Tells the process that does it all that it is the one.
const ALONE: &str = "QUEQIAO_TEST_LEFTOVERS";

type Outcomes = Arc<Mutex<BTreeMap<&'static str, usize>>>;

/// A practice system, an engine that the test leads before it, and a courier to a hub beside it.
struct Place {
    rig: Rig,
    led: Led,
    courier: Courier,
    hub: Hub,
    bridge: Arc<Bridge>,
    now: DateTime<Utc>,
    runs: usize,
    /// How often runs have ended in which way.
    outcomes: Outcomes,
    /// Files that were given the time of the led clock.
    dated: BTreeSet<PathBuf>,
}

impl Place {
    async fn open(fresh: &Fresh) -> Self {
        let rig = Rig::start_with(&["permits"], CASES, 0.0).await;
        let store = fresh.store().await;
        // New cases are dated by the machine's clock: those of days to come are asked about, and their pages kept.
        let now = Utc::now().duration_trunc(TimeDelta::hours(1)).unwrap() - TimeDelta::days(3) + TimeDelta::seconds(30);
        let clock = Clock::held_at(now);
        let bridge = bridge(&rig, &store, &clock, HOURLY).await;
        let outcomes = Outcomes::default();
        let told = Arc::clone(&outcomes);
        let reports: Reports = Arc::new(move |report| {
            *told.lock().unwrap().entry(report.reading.outcome.word()).or_default() += 1;
        });
        let options = EngineOptions {
            keep: KEEP,
            evidence: bridge.keeps_evidence_in().to_vec(),
            ..EngineOptions::named("engine", reports)
        };
        // As if something had been entered before.
        let [_, entries] = bridge.keeps_evidence_in();
        fs::create_dir_all(entries.join("000000000001")).unwrap();
        fs::write(entries.join("000000000001/1-sent.jpg"), "picture").unwrap();
        let mut led = Led::with(Arc::new(Arc::clone(&bridge)), &store, &clock, options);
        led.at(now).await;
        let hub = Hub::open(store.clone(), clock, Arc::new(Calendar::district())).await.unwrap();
        let courier = Courier::new(store, Destination::Here(hub.clone())).unwrap();
        Self { rig, led, courier, hub, bridge, now, runs: 0, outcomes, dated: BTreeSet::new() }
    }

    /// The next hour's run; it needs a browser where the session was lost before.
    async fn run(&mut self, in_browser: bool) {
        let practice = self.rig.practice("permits");
        self.runs += 1;
        practice.set_maintenance(!in_browser && self.runs.is_multiple_of(FAILS_EVERY));
        if self.runs.is_multiple_of(NEWS_EVERY) {
            practice.add_case();
        }
        if in_browser {
            practice.end_sessions();
        }
        self.now += TimeDelta::hours(1);
        self.led.at(self.now).await;
        self.courier.drain().await.unwrap();
        self.hub.sweep(self.now - KEEP).await.unwrap();
        // The machine has dated them by its own clock.
        for path in self.evidence() {
            if self.dated.insert(path.clone()) {
                fs::File::options().write(true).open(path).unwrap().set_modified(self.now.into()).unwrap();
            }
        }
    }

    fn evidence(&self) -> Vec<PathBuf> {
        self.bridge.keeps_evidence_in().iter().flat_map(|folder| files(folder)).collect()
    }
}

/// Not a test of its own, and does nothing unless asked by a variable: the test below starts it in a process of its own, in which nothing
/// else counts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn helper_runs_many_times_and_counts() {
    if std::env::var_os(ALONE).is_none() {
        return;
    }
    let fresh = Fresh::sqlite();
    let mut place = Place::open(&fresh).await;
    let (by_http, in_browser) = (share(BY_HTTP), share(IN_BROWSER));
    let all = by_http + in_browser;
    let mut warm = Counts::now();
    for run in 0..all {
        // The browser's runs are spread evenly.
        place.run(run * in_browser / all != (run + 1) * in_browser / all).await;
        if run + 1 == all / 10 {
            warm = Counts::now();
        }
    }
    let end = Counts::now();
    let logins = place.rig.practice("permits").logins();
    place.bridge.close().await;
    let left = Counts::now();
    let (evidence, rows) = (place.evidence(), rows(&fresh.url).await);
    let told: Vec<String> = rows.iter().map(|(table, count)| format!("{table} {count}")).collect();
    println!(
        "leftovers: {all} hours, runs {:?}, {logins} logins by a browser, {} pages kept as evidence, {} kept still; {} processes and {} profiles left; \
         files open {} at a tenth, {} at the end; memory {} MB, {} MB; rows: {}",
        place.outcomes.lock().unwrap(),
        place.dated.len(),
        evidence.len(),
        left.processes,
        left.profiles,
        warm.open,
        end.open,
        warm.memory / 1_000_000,
        end.memory / 1_000_000,
        told.join(", ")
    );
    assert_eq!((left.processes, left.profiles), (0, 0));
    assert!(end.open <= warm.open + HANDLES, "handles stay open");
    assert!(end.memory <= warm.memory + GROWTH, "memory grows");
    let oldest = SystemTime::from(place.now - KEEP - SWEPT_WITHIN);
    for path in &evidence {
        let at = fs::metadata(path).unwrap().modified().unwrap();
        assert!(at >= oldest, "{} is older than it has to be kept", path.display());
    }
    assert!(place.dated.len() > evidence.len(), "some was kept, and removed when its time was over");
    assert!(logins as usize >= in_browser, "{logins} logins");
    let of = |table: &str| rows.get(table).map_or(0, |count| usize::try_from(*count).unwrap());
    let hours = usize::try_from((KEEP + SWEPT_WITHIN).num_hours()).unwrap() + 1;
    assert!(of("ticks") <= hours && of("jobs") <= hours, "{rows:?}");
    assert!(of("ticks") >= usize::try_from(KEEP.num_hours()).unwrap(), "what has to be kept is kept: {rows:?}");
    assert!(of("journal of reading") <= hours + 2, "those of before fill slots: {rows:?}");
    let cases = CASES + all / NEWS_EVERY;
    assert!(
        of("journal of case") <= cases
            && of("journal of quarantined") <= cases
            && of("states") <= cases
            && of("seen") <= cases,
        "{rows:?}"
    );
    assert!(
        ["outbox", "refused", "sessions", "task", "trouble", "alert"].map(of).iter().all(|count| *count == 0),
        "{rows:?}"
    );
    let few = ["slots", "engines", "account_leases", "accounts", "schedules", "pulses", "away", "baselines"];
    assert!(few.map(of).iter().all(|count| *count <= 4), "{rows:?}");
}

#[test]
fn after_many_real_runs_nothing_is_left_but_what_has_to_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut alone = Command::new(std::env::current_exe().unwrap());
    alone.args(["--exact", "ticks::leftovers::helper_runs_many_times_and_counts", "--nocapture"]);
    let output = alone.env(ALONE, "1").env("TMPDIR", folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().find(|line| line.starts_with("leftovers: "));
    println!("{}", line.unwrap_or(&said));
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.path()).collect();
    assert!(left.is_empty(), "no temporary file outlives the process: {left:?}");
}
