//! The contest: every contender in every round, one after the other, each in processes of its own.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, ensure};
use queqiao::host::{self, Need};
use serde::Deserialize;

use crate::{
    bridge::{Task, Told},
    machine,
    site::{self, Addresses},
    venv,
};

/// Rounds; medians are taken over them.
const ROUNDS: usize = 3;
/// Cases that slow contenders read: their rate is all that counts, not what they do once in a run.
const SHARE: usize = 400;
/// Cases for whoever reads one after the other and waits for each.
const FEW: usize = 80;
/// Pages that the browser shows at once.
const WINDOWS: usize = 16;
/// Cases for 10,000 pages, list pages included.
const MANY: usize = 9_524;
/// How often a peer's memory is looked at. Each look at a browser stops it for a moment: more of them would measure themselves.
const LOOK: Duration = Duration::from_secs(1);

/// One measurement of one contender.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Records per second.
    pub rate: f64,
    /// Highest memory in MB; of a peer with all its processes, of the bridge without its browser.
    pub memory: f64,
    /// More of the bridge.
    pub told: Option<Told>,
}

/// All measurements by contender.
pub type Runs = BTreeMap<&'static str, Vec<Run>>;

/// Who takes part.
pub const CONTENDERS: &[&str] = &[
    "bridge",
    "scrapy",
    "playwright",
    "whole",
    "selenium",
    "slow-8",
    "slow-32",
    "fetch",
    "rendered",
    "windows",
    "memory",
];

/// Runs those contenders, interleaved; says on standard error what it is at.
pub fn run(contenders: &[&'static str]) -> anyhow::Result<Runs> {
    let (site, share, few) = (Site::start(site::CASES)?, Site::start(SHARE)?, Site::start(FEW)?);
    let sites = [&site, &share, &few].map(|site| &site.addresses);
    let peers = Peers::prepare(contenders)?;
    let mut runs = Runs::new();
    for round in 1..=ROUNDS {
        for contender in contenders.iter().filter(|contender| **contender != "memory") {
            let run = one(contender, sites, &peers).with_context(|| format!("round {round}, {contender}"))?;
            eprintln!(
                "round {round}: {contender:<10} {:>8.1} records/s  {:>5.0} MB  {:?}",
                run.rate, run.memory, run.told
            );
            runs.entry(contender).or_default().push(run);
        }
    }
    if contenders.contains(&"memory") {
        let large = Site::start(MANY)?;
        let run = bridge(&large.addresses.fast, 8, "auto", MANY)?;
        eprintln!("memory: {:?}", run.told);
        runs.entry("memory").or_default().push(run);
    }
    Ok(runs)
}

fn one(contender: &str, [all, share, few]: [&Addresses; 3], peers: &Peers) -> anyhow::Result<Run> {
    match contender {
        "bridge" => bridge(&all.fast, 8, "auto", site::CASES),
        "slow-8" => bridge(&all.slow, 8, "http", site::CASES),
        "slow-32" => bridge(&all.slow, 32, "http", site::CASES),
        "fetch" => bridge(&all.bound, 8, "auto", site::CASES),
        "rendered" => bridge(&few.bound, 1, "browser", FEW),
        "windows" => bridge(&share.bound, WINDOWS, "browser", SHARE),
        "scrapy" => peers.run("scrapy_peer.py", &all.fast, site::CASES, &[]),
        "playwright" => peers.run("playwright_peer.py", &share.fast, SHARE, &[]),
        "whole" => peers.run("playwright_peer.py", &share.fast, SHARE, &["whole"]),
        _ => peers.run("selenium_peer.py", &share.fast, SHARE, &[]),
    }
}

/// A process of ours that serves the site.
struct Site {
    child: Child,
    addresses: Addresses,
}

impl Site {
    fn start(cases: usize) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["site", &cases.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line)?;
        Ok(Self { child, addresses: serde_json::from_str(&line).context("the site did not start")? })
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends when its input does; a site that hangs must not keep the benchmark's figures back.
        let _ = self.child.wait();
    }
}

fn bridge(base: &str, in_flight: usize, via: &str, cases: usize) -> anyhow::Result<Run> {
    let task = Task { base: base.to_owned(), in_flight, via: via.to_owned(), cases: cases as u64 };
    let task = serde_json::to_string(&task)?;
    let (out, _) = finished(Command::new(std::env::current_exe()?).args(["task", &task]))?;
    let told: Told = serde_json::from_str(out.trim())?;
    Ok(Run { rate: cases as f64 / told.seconds, memory: told.memory, told: Some(told) })
}

struct Peers {
    python: PathBuf,
    chromium: PathBuf,
    driver: PathBuf,
}

/// What a peer says at its end.
#[derive(Deserialize)]
struct Rate {
    records: f64,
    seconds: f64,
}

impl Peers {
    fn prepare(contenders: &[&str]) -> anyhow::Result<Self> {
        let found = host::ensure(Need::Browser, &|step| eprintln!("{step}"))?;
        let wanted =
            contenders.iter().any(|contender| ["scrapy", "playwright", "whole", "selenium"].contains(contender));
        let python = if wanted { venv::python()? } else { PathBuf::new() };
        // The one that the bridge starts.
        let chromium = found.headless_browser().into();
        Ok(Self { python, chromium, driver: found.program("chromedriver").into() })
    }

    fn run(&self, script: &str, base: &str, cases: usize, how: &[&str]) -> anyhow::Result<Run> {
        let folder = tempfile::tempdir()?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/collect/peers").join(script);
        let mut command = Command::new(&self.python);
        command.env("PYTHONDONTWRITEBYTECODE", "1").env("TMPDIR", folder.path());
        command.arg(script).args([base, &cases.to_string()]).arg(folder.path().join("records.jsonl"));
        let (out, memory) = finished(command.args([&self.chromium, &self.driver]).args(how))?;
        let rate: Rate = serde_json::from_str(out.trim())?;
        ensure!(rate.records as usize == cases, "{} records of {cases}", rate.records);
        Ok(Run { rate: rate.records / rate.seconds, memory, told: None })
    }
}

/// Runs a process to its end: what it wrote, and the highest memory of it and all its children.
fn finished(command: &mut Command) -> anyhow::Result<(String, f64)> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let (id, over) = (child.id(), Arc::new(AtomicBool::new(false)));
    let looking = {
        let over = Arc::clone(&over);
        std::thread::spawn(move || {
            let mut highest = 0.0_f64;
            while !over.load(Ordering::Relaxed) {
                highest = highest.max(machine::memory_of_all(id));
                std::thread::park_timeout(LOOK);
            }
            highest
        })
    };
    let mut out = String::new();
    child.stdout.take().expect("piped").read_to_string(&mut out)?;
    let status = child.wait()?;
    over.store(true, Ordering::Relaxed);
    looking.thread().unpark();
    let highest = looking.join().expect("looking at memory does not panic");
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok((out, highest))
}
