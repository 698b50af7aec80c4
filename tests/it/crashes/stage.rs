//! A target, a line to it, a store, and processes of the bridge that enter cases there and die.

mod scenes;
mod serving;

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use queqiao::{
    sandbox::Practice,
    store::{Entry, EntryQuery, Store},
};

pub use serving::End;

use super::{
    counter::Counter,
    line::Line,
    points::{Point, Scene},
    victims::{self, Broken, Victim},
};
use crate::{
    databases::Fresh,
    entering::{WINDOW, WIZARD, add_blind, change, practice_of},
    rig::{PATIENCE, Process, Rig, queqiao},
};

/// Longer than an entry rests that was broken off again and again.
const LONGEST_PAUSE: Duration = Duration::from_mins(6);
/// How often it is tried to come to a point.
const TRIES: usize = 3;
/// Processes that may be needed until nothing is left to be done.
const LAST_RUNS: usize = 400;

/// Who is entered into.
pub enum Target {
    Counter(Counter),
    /// One of the practice systems.
    Practice(&'static str),
    /// The window's system, which is told how far the departments have come with its cases.
    Window,
}

pub struct Stage {
    rig: Rig,
    bot: String,
    target: Target,
    line: Line,
    fresh: Fresh,
    store: Store,
    settings: PathBuf,
    wanted: usize,
    /// Records that someone else has entered, by their marks.
    foreign: BTreeMap<String, usize>,
    pub tally: Tally,
}

/// What it has come to.
#[derive(Debug, Default)]
pub struct Tally {
    pub kills: usize,
    /// Points that were never reached.
    pub missed: Vec<String>,
    /// Stages that were given up.
    pub broken: Vec<String>,
    pub duplicates: Vec<String>,
    pub lost: Vec<String>,
    pub person: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills, duplicates, lost, person, .. } = self;
        let (duplicates, lost) = (duplicates.len(), lost.len());
        write!(formatter, "{kills} kills, {duplicates} duplicates, {lost} lost, {person} with a person")
    }
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.kills += other.kills;
        self.missed.extend(other.missed);
        self.broken.extend(other.broken);
        self.duplicates.extend(other.duplicates);
        self.lost.extend(other.lost);
        self.person += other.person;
    }
}

/// A folder with the adapters of the counter, the counter, and its address.
pub async fn counter() -> (Rig, Counter, String) {
    let rig = Rig::start_with(&[], 0, 0.0).await;
    let (counter, address) = Counter::open().await;
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/crashes/adapters");
    for file in ["selectors/counter.toml", "bots/counter-enter.toml"] {
        fs::copy(own.join(file), rig.path("root").join(file)).unwrap();
    }
    add_blind(&rig.path("root"), "counter");
    fs::remove_file(rig.path("root").join("schedules/demo.toml")).unwrap();
    (rig, counter, address)
}

/// Settings with that data folder, in which that system is reached over the line.
fn settings_of(rig: &Rig, data: &str, fresh: &Fresh, (system, line): (&str, &Line)) -> PathBuf {
    // Port 0: several processes serve side by side.
    let settings = rig.settings(data, &format!("store = \"{}\"\nlisten = \"127.0.0.1:0\"", fresh.url));
    let text = fs::read_to_string(&settings).unwrap();
    let (before, _) = text.split_once("[bases]").unwrap();
    fs::write(&settings, format!("{before}[bases]\n{system} = \"{}\"\n", line.address)).unwrap();
    settings
}

impl Stage {
    /// The counter and one of its bots.
    pub async fn counter(bot: &str, fresh: Fresh) -> Self {
        let (rig, counter, address) = counter().await;
        Self::of(rig, bot.to_owned(), Target::Counter(counter), address, fresh).await
    }

    /// A practice system, its bot a little less patient than it is in the field.
    pub async fn practice(system: &'static str, fresh: Fresh) -> Self {
        let practice = practice_of(system);
        let rig = Rig::start_with(&[practice], 20, 0.0).await;
        let (root, bot) = (rig.path("root"), format!("{system}-enter"));
        if system == WIZARD {
            let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/entering/adapters");
            for file in ["bots/wizard-enter.toml", "selectors/wizard.toml"] {
                fs::copy(own.join(file), root.join(file)).unwrap();
            }
            change(&root, "selectors/wizard.toml", "[limits]\n", "[limits]\nanswer = \"2s\"\n");
        }
        let file = format!("bots/{bot}.toml");
        change(&root, &file, "settles = \"10s\"", "settles = \"5s\"");
        change(&root, &file, "[enter.form]\n", "[enter.form]\nwithin = \"2s\"\n");
        let address = rig.practice(practice).address().to_owned();
        Self::of(rig, bot, Target::Practice(practice), address, fresh).await
    }

    /// The window's system, and the bot that writes the departments' progress into it.
    pub async fn window(fresh: Fresh) -> Self {
        let rig = Rig::start_with(&[WINDOW], 20, 0.0).await;
        let (root, bot) = (rig.path("root"), "onewindow-progress");
        change(&root, &format!("bots/{bot}.toml"), "settles = \"10s\"", "settles = \"5s\"");
        change(&root, "selectors/onewindow.toml", "[limits]\n", "[limits]\nanswer = \"2s\"\n");
        let address = rig.practice(WINDOW).address().to_owned();
        Self::of(rig, bot.to_owned(), Target::Window, address, fresh).await
    }

    async fn of(rig: Rig, bot: String, target: Target, address: String, fresh: Fresh) -> Self {
        let line = Line::to(&address).await;
        let (system, _) = bot.split_once('-').unwrap();
        let settings = settings_of(&rig, "data", &fresh, (system, &line));
        let store = fresh.store().await;
        let (wanted, foreign, tally) = (0, BTreeMap::new(), Tally::default());
        Self { rig, bot, target, line, fresh, store, settings, wanted, foreign, tally }
    }

    fn system(&self) -> &str {
        self.bot.split_once('-').unwrap().0
    }

    /// The practice system behind the target, where it is one.
    fn practice_system(&self) -> Option<&Practice> {
        match &self.target {
            Target::Counter(_) => None,
            Target::Practice(system) => Some(self.rig.practice(system)),
            Target::Window => Some(self.rig.practice(WINDOW)),
        }
    }

    /// Marks of what the target has really received, and how often.
    fn received(&self) -> BTreeMap<String, usize> {
        let marks: Vec<String> = match &self.target {
            Target::Counter(counter) => counter.book().all.iter().map(|fields| fields["note"].clone()).collect(),
            Target::Practice(system) => {
                self.rig.practice(system).registered().into_iter().map(|one| one.fields["note"].clone()).collect()
            }
            Target::Window => {
                let window = self.rig.practice(WINDOW);
                let told =
                    |number: &String| std::iter::repeat_n(number.clone(), window.progress_saves(number) as usize);
                window.truth().iter().flat_map(|case| told(&case.source_no)).collect()
            }
        };
        marks.into_iter().fold(BTreeMap::new(), |mut counts, mark| {
            *counts.entry(mark).or_default() += 1;
            counts
        })
    }

    fn start(&self, hold_at: Option<&str>) -> Process {
        let mut command = queqiao(&self.settings);
        command.args(["run", &self.bot, "--json"]);
        if let Some(point) = hold_at {
            command.env("QUEQIAO_HOLD_AT", point);
        }
        Process::start(&mut command)
    }

    fn held(&self) -> PathBuf {
        self.rig.path("data").join("held")
    }

    /// Waits until the process has come to where it is held; whether it did, and has not ended before.
    fn comes_to(&self, process: &mut Process, point: Point) -> bool {
        let began = Instant::now();
        while !self.held().exists() {
            if process.wait_at_most(Duration::from_millis(5)).is_some() {
                return false;
            }
            assert!(began.elapsed() < PATIENCE, "{}: {point:?} was not reached:\n{}", self.bot, process.told());
        }
        true
    }

    /// One process, held at that point, in which the victim dies there; then it goes on as it can. What is left of the rounds
    /// before may keep it from coming to that point: it is tried again then, once nothing is left of them.
    pub async fn kill(&mut self, point: Point, victim: Victim) {
        let mut told = String::new();
        for _ in 0..TRIES {
            match self.try_to_kill(point, victim).await {
                Ok(()) => return,
                Err(instead) => told = instead,
            }
            self.run_to_the_end().await;
        }
        let Point { scene, event, when } = point;
        self.tally.missed.push(format!("{} {scene:?} {event}.{when} {victim:?}: {told}", self.bot));
    }

    /// The error is what the process said that did not come there.
    async fn try_to_kill(&mut self, point: Point, victim: Victim) -> Result<(), String> {
        self.set(point.scene).await;
        let Point { scene, event, when } = point;
        let here = format!("{}.{event}.{when}", self.bot);
        let mut process = match scene {
            Scene::Gone => self.start(Some(&format!("{0}.submitting.after {here}", self.bot))),
            _ => self.start(Some(&here)),
        };
        let mut reached = self.comes_to(&mut process, point);
        if reached && scene == Scene::Gone {
            assert!(victims::leave_page(process.id()).await, "there is a browser with a page");
            fs::remove_file(self.held()).unwrap();
            reached = self.comes_to(&mut process, point);
        }
        let told = process.told();
        if reached {
            self.tally.kills += usize::from(self.strike(process, victim).await);
        }
        self.unset();
        if reached { Ok(()) } else { Err(told) }
    }

    /// Whether there was anything to kill.
    async fn strike(&self, mut process: Process, victim: Victim) -> bool {
        let struck = match victim {
            Victim::Process => {
                process.kill();
                fs::remove_file(self.held()).unwrap();
                return true;
            }
            Victim::Browser => victims::kill_browser(process.id()),
            Victim::Driver => victims::kill_driver(process.id()),
            Victim::Line => {
                self.line.cut();
                true
            }
            Victim::Store | Victim::Lock => true,
        };
        let mut broken = match victim {
            Victim::Store if self.fresh.url.starts_with("postgres:") => Some(Broken::postgres(&self.fresh.url).await),
            Victim::Store => Some(Broken::sqlite(&self.fresh.url).await),
            Victim::Lock => Some(Broken::locked(&self.fresh.url).await),
            _ => None,
        };
        fs::remove_file(self.held()).unwrap();
        if let Some(lock) = broken.take_if(|_| victim == Victim::Lock) {
            // Somebody has given up waiting for it by now.
            process.wait_for("locked by another process");
            lock.mend().await;
        }
        let ended = process.wait_at_most(PATIENCE);
        assert!(ended.is_some_and(|ended| ended.code().is_some()), "{victim:?}: it hangs or died:\n{}", process.told());
        assert!(!process.told().contains("panicked"), "{}", process.told());
        if let Some(broken) = broken {
            broken.mend().await;
        }
        struck
    }

    async fn entries(&self) -> Vec<Entry> {
        let query = EntryQuery { bot: Some(self.bot.clone()), limit: 10_000, ..EntryQuery::default() };
        self.store.entries(&query).await.unwrap()
    }

    /// Runs the bot until nothing is left to be done, and counts.
    pub async fn finish(mut self) -> Tally {
        self.run_to_the_end().await;
        self.count().await;
        self.tally
    }

    async fn run_to_the_end(&self) {
        for _ in 0..LAST_RUNS {
            let open = self.entries().await.into_iter().any(|entry| !entry.resting);
            if !open {
                break;
            }
            self.run_on().await;
        }
    }

    /// One run to its end, once there is something to do.
    async fn run_on(&self) {
        self.until_due().await;
        let mut process = self.start(None);
        assert!(process.wait_at_most(PATIENCE).is_some(), "{}: it hangs:\n{}", self.bot, process.told());
    }

    async fn until_due(&self) {
        let began = Instant::now();
        // What a dead process holds is let go of only by the next one.
        loop {
            let entries = self.entries().await;
            let due = entries.iter().any(|entry| !entry.resting && entry.due_at <= chrono::Utc::now());
            if due {
                return;
            }
            assert!(began.elapsed() < LONGEST_PAUSE, "{}: what is left is never due: {entries:?}", self.bot);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn count(&mut self) {
        let received = self.received();
        let entries = self.entries().await;
        for entry in &entries {
            let mark = &entry.wish.mark;
            let foreign = self.foreign.get(mark).copied().unwrap_or_default();
            let times = received.get(mark).copied().unwrap_or_default() - foreign;
            let events = self.store.entry_events(entry.id).await.unwrap();
            let life: Vec<&str> = events.iter().map(|event| event.event.as_str()).collect();
            // An update is written once for each thing that its source has said.
            let said_anew = life.iter().filter(|event| **event == "corrected").count();
            let once = if matches!(self.target, Target::Window) { 1 + said_anew } else { 1 };
            let told = format!("{} {mark} {} ×{times} {:?}: {life:?}", self.bot, entry.state, entry.words);
            let said = entry.words.as_ref().is_some_and(|words| !words.trim().is_empty());
            if times > once || foreign > 0 && times > 0 {
                self.tally.duplicates.push(told.clone());
            }
            match entry.state.as_str() {
                "verified" if times == once => {}
                "refused" if times == 0 && said => {}
                "waiting" | "conflict" if said => self.tally.person += 1,
                _ => self.tally.lost.push(told),
            }
        }
        assert_eq!(received.keys().filter(|mark| !entries.iter().any(|entry| &entry.wish.mark == *mark)).count(), 0);
    }
}
