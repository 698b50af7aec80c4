//! The contest: every contender in every round, one after the other, each in processes of its own; and what it tells.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, ensure};
use queqiao::host::{self, Need};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    bridge::Told,
    fields::{self, FIELDS, Kind},
    site::{self, Received},
    venv,
};

/// Rounds; medians are taken over them.
const ROUNDS: usize = 3;

/// Who takes part.
pub const CONTENDERS: &[&str] = &["playwright", "browser", "http"];

/// Contender → how the table calls it.
const NAMES: &[(&str, &str)] = &[
    ("playwright", "Playwright: `fill`, `select_option`, `check` per field, click, wait for the receipt"),
    ("browser", "bridge in the browser: look-up, ledger, one script call per form, proof, pictures, read-back"),
    ("http", "bridge over HTTP: look-up, ledger, form, proof, read-back"),
];

/// Seconds for all cases, by contender.
pub type Runs = BTreeMap<&'static str, Vec<f64>>;

/// Runs those contenders, interleaved; says on standard error what it is at.
pub fn run(contenders: &[&'static str]) -> anyhow::Result<Runs> {
    let site = Site::start()?;
    let peer = contenders.contains(&"playwright").then(Peer::prepare).transpose()?;
    let mut runs = Runs::new();
    for round in 1..=ROUNDS {
        for contender in contenders {
            let seconds = match (*contender, &peer) {
                ("playwright", Some(peer)) => peer.run(&site.base)?,
                (via, _) => {
                    let told: Told = said(Command::new(std::env::current_exe()?).args(["task", &site.base, via]))?;
                    eprintln!("{told:?}");
                    told.seconds
                }
            };
            let received = site.received()?;
            ensure!(
                received.forms == site::CASES && received.right == site::CASES,
                "round {round}, {contender}: {} cases, and the site has {received:?}",
                site::CASES
            );
            eprintln!("round {round}: {contender:<10} {seconds:>8.3} s");
            runs.entry(contender).or_default().push(seconds);
        }
    }
    Ok(runs)
}

/// The table of seconds and the table of targets, as Markdown.
pub fn told(runs: &Runs) -> String {
    let mut told = format!(
        "\n{} cases into a form of {} fields\n\n| how | seconds, median | lowest to highest | a case, ms |\n|---|---|---|---|\n",
        site::CASES,
        FIELDS.len()
    );
    for (contender, name) in NAMES {
        let Some(runs) = runs.get(contender) else { continue };
        let sorted = sorted(runs);
        let (median, lowest, highest) = (sorted[sorted.len() / 2], sorted[0], sorted[sorted.len() - 1]);
        let each = median / site::CASES as f64 * 1_000.0;
        told += &format!("| {name} | {median:.2} | {lowest:.2} to {highest:.2} | {each:.1} |\n");
    }
    told += "\n| target | asked | measured | |\n|---|---|---|---|\n";
    for (name, contender, least) in
        [("in the browser ÷ Playwright", "browser", 1.5), ("over HTTP ÷ Playwright", "http", 200.0)]
    {
        let (Some(one), Some(other)) = (runs.get(contender), runs.get("playwright")) else { continue };
        let ratio = sorted(other)[other.len() / 2] / sorted(one)[one.len() / 2];
        let reached = if ratio >= least { "reached" } else { "**missed**" };
        told += &format!("| {name} | ≥ {least} × | {ratio:.2} × | {reached} |\n");
    }
    told
}

fn sorted(runs: &[f64]) -> Vec<f64> {
    let mut sorted = runs.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// A process of ours that serves the site.
struct Site {
    child: Child,
    base: String,
}

impl Site {
    fn start() -> anyhow::Result<Self> {
        let mut child =
            Command::new(std::env::current_exe()?).arg("site").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line)?;
        let site = Self { child, base: line.trim().to_owned() };
        ensure!(!site.base.is_empty(), "the site did not start");
        Ok(site)
    }

    /// What has come in; then it is emptied.
    fn received(&self) -> anyhow::Result<Received> {
        let address = format!("{}received", self.base);
        let asking = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        asking.block_on(async {
            queqiao::transport::install_tls();
            let client = reqwest::Client::new();
            let received = client.get(&address).send().await?.json().await?;
            client.delete(&address).send().await?.error_for_status()?;
            Ok(received)
        })
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends when its input does; a site that hangs must not keep the benchmark's figures back.
        let _ = self.child.wait();
    }
}

struct Peer {
    python: PathBuf,
    chromium: PathBuf,
}

/// What the peer says at its end.
#[derive(Deserialize)]
struct Entered {
    receipts: usize,
    seconds: f64,
}

impl Peer {
    fn prepare() -> anyhow::Result<Self> {
        let found = host::ensure(Need::Browser, &|step| eprintln!("{step}"))?;
        // The one that the bridge starts.
        let chromium = found.headless_browser().into();
        Ok(Self { python: venv::python()?, chromium })
    }

    fn run(&self, base: &str) -> anyhow::Result<f64> {
        let folder = tempfile::tempdir()?;
        let cases = folder.path().join("cases.json");
        fs::write(&cases, Value::from((0..site::CASES).map(typed).collect::<Vec<_>>()).to_string())?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/enter/peers/playwright_peer.py");
        let mut command = Command::new(&self.python);
        command.env("PYTHONDONTWRITEBYTECODE", "1").env("TMPDIR", folder.path()).arg(script).arg(base);
        let entered: Entered = said(command.arg(&cases).arg(&self.chromium))?;
        ensure!(entered.receipts == site::CASES, "{} receipts of {}", entered.receipts, site::CASES);
        Ok(entered.seconds)
    }
}

/// What the peer types of a case: name, kind and value of every field.
fn typed(case: usize) -> Value {
    let typed = FIELDS.iter().zip(fields::values(case)).map(|((name, _, kind), value)| {
        let kind = match kind {
            Kind::Text | Kind::Day | Kind::Area => "text",
            Kind::Select(_) => "select",
            Kind::Radio(_) => "radio",
            Kind::Check => "check",
        };
        json!([name, kind, value])
    });
    typed.collect()
}

fn said<T: DeserializeOwned>(command: &mut Command) -> anyhow::Result<T> {
    let done = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    ensure!(done.status.success(), "{command:?} ended with {}", done.status);
    let said = String::from_utf8_lossy(&done.stdout);
    serde_json::from_str(said.trim()).with_context(|| format!("{command:?} said {said}"))
}
