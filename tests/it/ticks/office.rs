//! An engine before a stand-in for the bridge, led from instant to instant.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use queqiao::{
    adapter::Adapters,
    base::{Clock, Remedy, new_id},
    calendar::Calendar,
    engine::{EngineOptions, Heart, Work},
    queue::Why,
    record::{Outcome, Reading},
    run::{RunOptions, RunReport},
    store::{JobRow, Store, TickQuery, TickRow},
};
use tokio::sync::{Notify, watch};

/// A system and three bots that read it: schedules are what these tests are about.
const SYSTEM: &str = "title = \"系统\"\nowner = \"某局\"\nbase = \"http://127.0.0.1:1/\"\n\n[page.list]\npath = \"list\"\n\
    rows = \"css=tr\"\n[page.list.at]\nno = \"column=编号\"\n";
const BOT: &str = "title = \"采集\"\nsystem = \"office\"\n\n[collect]\nlist = \"list\"\nkey = \"list.no\"\n\n[case]\n\
    source_no = \"list.no\"\nstatus = \"'received'\"\n";

/// The adapters with these schedules.
pub fn adapters(schedules: &str, bots: &[&str]) -> Arc<Adapters> {
    let root = tempfile::tempdir().unwrap();
    let write = |name: String, text: &str| {
        let path = root.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("selectors/office.toml".to_owned(), SYSTEM);
    bots.iter().for_each(|bot| write(format!("bots/{bot}.toml"), BOT));
    write("schedules/day.toml".to_owned(), schedules);
    let (adapters, report) = Adapters::check(root.path());
    assert!(!report.has_errors(), "{}", report.render(queqiao::base::Lang::En, false));
    Arc::new(adapters)
}

/// How a run of the stand-in ends.
#[derive(Clone, Debug)]
pub struct Ends {
    pub outcome: Outcome,
    pub remedy: Option<Remedy>,
    pub changed: u64,
}

impl Ends {
    pub fn well() -> Self {
        Self { outcome: Outcome::Good, remedy: None, changed: 0 }
    }

    pub fn with_news(changed: u64) -> Self {
        Self { changed, ..Self::well() }
    }

    pub fn failing(remedy: Remedy) -> Self {
        Self { outcome: Outcome::Failed, remedy: Some(remedy), changed: 0 }
    }
}

/// The stand-in: what runs is written down, and how it ends is as the test says.
pub struct Office {
    pub adapters: Mutex<Arc<Adapters>>,
    pub ends: Mutex<BTreeMap<String, Ends>>,
    /// Bots whose runs wait for [`Office::open`].
    pub shut: Mutex<Vec<String>>,
    opened: Arc<Notify>,
    /// Jobs that were begun, in order: their numbers, bots and instants.
    pub begun: Mutex<Vec<(i64, String, DateTime<Utc>)>>,
    /// Runs on their way, by bot.
    alive: Arc<Mutex<BTreeMap<String, usize>>>,
    /// How often two runs of one bot were on their way at once.
    pub crowded: AtomicUsize,
}

impl Office {
    pub fn with(schedules: &str, bots: &[&str]) -> Arc<Self> {
        Arc::new(Self {
            adapters: Mutex::new(adapters(schedules, bots)),
            ends: Mutex::default(),
            shut: Mutex::default(),
            opened: Arc::default(),
            begun: Mutex::default(),
            alive: Arc::default(),
            crowded: AtomicUsize::new(0),
        })
    }

    pub fn end(&self, bot: &str, ends: Ends) {
        self.ends.lock().unwrap().insert(bot.to_owned(), ends);
    }

    pub fn shut(&self, bot: &str) {
        self.shut.lock().unwrap().push(bot.to_owned());
    }

    pub fn open(&self) {
        self.shut.lock().unwrap().clear();
        self.opened.notify_waiters();
    }

    /// Waits until so many runs are on their way: whoever dies needs a moment.
    pub async fn left(&self, count: usize) {
        while self.alive.lock().unwrap().values().sum::<usize>() != count {
            tokio::task::yield_now().await;
        }
    }

    pub fn begun(&self) -> Vec<(String, DateTime<Utc>)> {
        self.begun.lock().unwrap().iter().map(|(_, bot, due)| (bot.clone(), *due)).collect()
    }
}

/// On its way until it is dropped.
struct Alive(Arc<Mutex<BTreeMap<String, usize>>>, String);

impl Drop for Alive {
    fn drop(&mut self) {
        *self.0.lock().unwrap().get_mut(&self.1).unwrap() -= 1;
    }
}

/// The stand-in as an engine sees it.
#[derive(Clone)]
pub struct Seat(pub Arc<Office>);

impl Work for Seat {
    fn adapters(&self) -> Arc<Adapters> {
        Arc::clone(&self.0.adapters.lock().unwrap())
    }

    fn run(&self, job: &JobRow, _: RunOptions) -> BoxFuture<'static, Option<RunReport>> {
        let (office, bot) = (Arc::clone(&self.0), job.bot.clone());
        office.begun.lock().unwrap().push((job.id, bot.clone(), job.due));
        let at_once = {
            let mut alive = office.alive.lock().unwrap();
            let count = alive.entry(bot.clone()).or_default();
            *count += 1;
            *count
        };
        if at_once > 1 {
            office.crowded.fetch_add(1, Ordering::SeqCst);
        }
        let alive = Alive(Arc::clone(&office.alive), bot.clone());
        Box::pin(async move {
            let _alive = alive;
            loop {
                let opened = office.opened.notified();
                if !office.shut.lock().unwrap().contains(&bot) {
                    break;
                }
                opened.await;
            }
            let ends = office.ends.lock().unwrap().get(&bot).cloned().unwrap_or_else(Ends::well);
            Some(report(&bot, &ends))
        })
    }
}

fn report(bot: &str, ends: &Ends) -> RunReport {
    let at = Clock::system().local();
    let reading = Reading {
        system: "office".to_owned(),
        bot: bot.to_owned(),
        run: new_id(),
        outcome: ends.outcome,
        reason: ends.remedy.map(|remedy| format!("the office says {remedy:?}")),
        started_at: at,
        read_at: at,
        rows_read: 1,
        stated_total: None,
        warnings: Vec::new(),
        quarantined: 0,
        changed: ends.changed,
        reread: 0,
        left_open: 0,
        left: Vec::new(),
        pages: 1,
        requests: 1,
        browser_requests: 0,
        seconds: 0.0,
    };
    RunReport {
        reading,
        remedy: ends.remedy,
        about: None,
        account: None,
        evidence: Vec::new(),
        quarantined_rows: Vec::new(),
        entries: None,
    }
}

/// An engine that a test leads.
pub struct Led {
    pub heart: Heart,
    pub clock: Clock,
    pub store: Store,
    work: watch::Sender<Arc<dyn Work>>,
}

impl Led {
    pub fn new(office: &Arc<Office>, store: &Store, clock: &Clock, worker: &str) -> Self {
        Self::by(Arc::new(Seat(Arc::clone(office))), store, clock, worker)
    }

    pub fn by(work: Arc<dyn Work>, store: &Store, clock: &Clock, worker: &str) -> Self {
        Self::with(work, store, clock, EngineOptions::named(worker, Arc::new(|_| {})))
    }

    /// One run at a time.
    pub fn one_by_one(office: &Arc<Office>, store: &Store, clock: &Clock, worker: &str) -> Self {
        let options = EngineOptions { at_once: 1, ..EngineOptions::named(worker, Arc::new(|_| {})) };
        Self::with(Arc::new(Seat(Arc::clone(office))), store, clock, options)
    }

    pub fn with(work: Arc<dyn Work>, store: &Store, clock: &Clock, options: EngineOptions) -> Self {
        let (work, adopted) = watch::channel(work);
        let calendar = Arc::new(Calendar::district());
        let heart = Heart::new(adopted, store.clone(), clock.clone(), calendar, options);
        Self { heart, clock: clock.clone(), store: store.clone(), work }
    }

    /// The files have changed.
    pub fn adopt(&self, office: &Arc<Office>) {
        self.work.send_replace(Arc::new(Seat(Arc::clone(office))));
    }

    /// Moves the clock, and lets the engine do all that is to be done then.
    pub async fn at(&mut self, instant: DateTime<Utc>) {
        self.clock.set(instant);
        self.heart.settle().await.unwrap();
    }

    /// The same for runs that stay on their way.
    pub async fn pass_at(&mut self, instant: DateTime<Utc>) {
        self.clock.set(instant);
        self.heart.pass().await.unwrap();
    }

    pub async fn ticks(&self) -> Vec<TickRow> {
        let mut ticks = self.store.ticks(&TickQuery { limit: 100_000, ..TickQuery::default() }).await.unwrap();
        ticks.reverse();
        ticks
    }
}

/// 2026-11-26 (a Thursday), that time of day in the district.
pub fn at(time: &str) -> DateTime<Utc> {
    on("2026-11-26", time)
}

pub fn on(day: &str, time: &str) -> DateTime<Utc> {
    format!("{day}T{time}+08:00").parse().unwrap()
}

/// A tick as text: time of day, end, and the kind of why.
pub fn told(tick: &TickRow) -> String {
    let time = (tick.due + TimeDelta::hours(8)).format("%H:%M:%S");
    let why = Why::read(&tick.why).map(|why| serde_json::to_value(&why).unwrap()["why"].as_str().unwrap().to_owned());
    why.map_or_else(|| format!("{time} {}", tick.state), |why| format!("{time} {} {why}", tick.state))
}
