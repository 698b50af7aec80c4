//! The demo: practice systems, bots, hub and screen in one process, with secrets of its own, leaving nothing behind.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use anyhow::Context;
use futures::future::BoxFuture;
use secrecy::SecretString;
use serde::Serialize;
use tempfile::TempDir;

use super::{App, BrokenAdapters, Installing, Wanted, load_adapters};
use crate::{
    adapter::{Adapters, Bot},
    base::{Clock, Lang, new_id},
    engine::Reports,
    record::Outcome,
    run::{Listener, People, QuarantinedRow, Question, RunOptions, RunReport},
    sandbox::{self, Practice, Sandbox},
    settings::{KEEP_DAYS, RUNS_AT_ONCE, Role, Settings},
    vault::Vault,
};

/// The account that every practice system has for its bot.
const USERNAME: &str = "bot";

/// How the demo is to be.
#[derive(Clone, Debug)]
pub struct DemoOptions {
    /// Folder of `bots`, `selectors` and `schedules`.
    pub root: PathBuf,
    /// Seed of the practice systems' cases.
    pub seed: u64,
    /// Cases in each practice system.
    pub cases: usize,
    /// New cases and state changes per second and system.
    pub pace: f64,
    /// Where API and screen listen.
    pub listen: std::net::SocketAddr,
    /// The language of the screen.
    pub lang: Lang,
}

/// The demo at work.
pub struct Demo {
    /// The practice systems.
    pub sandbox: Sandbox,
    /// The bridge before them.
    pub app: App,
    folder: TempDir,
}

/// What `demo --once` prints.
#[derive(Debug, Serialize)]
pub struct Once {
    /// Per system.
    pub systems: Vec<SystemLine>,
    /// Whether every system's rows are all accounted for, and exactly those stand in quarantine that were planted.
    pub reconciled: bool,
}

/// One system's reconciliation.
#[derive(Debug, Serialize)]
pub struct SystemLine {
    /// The system.
    pub system: String,
    /// Its bot.
    pub bot: String,
    /// How the run ended.
    pub outcome: Outcome,
    /// Why it did not end well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Distinct rows of the list.
    pub rows_read: u64,
    /// The system's own total.
    pub stated_total: Option<u64>,
    /// Cases that the hub holds.
    pub accepted: u64,
    /// Rows in quarantine.
    pub quarantined: u64,
    /// Seconds from start to end.
    pub seconds: f64,
    /// Whether all of it adds up.
    pub reconciled: bool,
    /// The rows in quarantine, by name.
    pub quarantined_rows: Vec<PlantedRow>,
}

/// A row in quarantine, and whether the generator made it bad on purpose.
#[derive(Debug, Serialize)]
pub struct PlantedRow {
    /// Number and reason.
    #[serde(flatten)]
    pub row: QuarantinedRow,
    /// What the generator did to it; `None` means that it should not stand here.
    pub planted: Option<String>,
}

impl Demo {
    /// Starts the practice systems, then the bridge; with `reports`, the schedules too.
    pub async fn start(
        options: &DemoOptions,
        installing: Installing,
        reports: Option<Reports>,
    ) -> anyhow::Result<Self> {
        let folder =
            tempfile::Builder::new().prefix("queqiao-demo-").tempdir().context("no room for the demo's own folder")?;
        let clock = Clock::system();
        // Only what some adapter reads: a root folder of one's own may hold fewer.
        let read = Adapters::load(&options.root).map_err(BrokenAdapters)?;
        let sandbox = Sandbox::start(sandbox::Options {
            seed: options.seed,
            cases: options.cases,
            pace: options.pace,
            today: clock.local(),
            ports: None,
            username: USERNAME.to_owned(),
            password: new_id(),
            only: Some(read.systems.into_keys().collect()),
        })
        .await?;
        let web = reports.is_some();
        let settings = settings(options, &sandbox, &folder);
        let adapters = load_adapters(&settings)?;
        let path = settings.secrets.as_deref().expect("the demo's settings name it");
        Vault::write_new(path, &secrets(&adapters, &sandbox))?;
        let clerk = Clerk(sandbox.systems().to_vec());
        let app = App::start(
            &settings,
            adapters,
            clock,
            Wanted { installing, schedules: reports, web, people: Arc::new(clerk) },
        )
        .await?;
        Ok(Self { sandbox, app, folder })
    }

    /// Runs every bot once and reconciles what the hub holds with what each system states.
    pub async fn once(&self, listener: Listener) -> anyhow::Result<Once> {
        let bridge = self.app.bridge.as_ref().context("the demo has a bridge")?;
        let mut reports = Vec::new();
        // What is entered adds to what the systems state: here only what they hold is read.
        for bot in bridge.adapters.bots.values().filter(|bot| bot.collect().is_some()).map(|bot| &bot.name) {
            let report = bridge.run(bot, RunOptions::default(), Arc::clone(&listener)).await;
            reports.push(report.with_context(|| format!("bot {bot} vanished"))?);
        }
        self.app.deliver().await?;
        let hub = self.app.hub.as_ref().context("the demo has a hub")?;
        let overview = hub.overview().await?;
        let held = |system: &str| {
            overview.systems.iter().find(|line| line.system == system).and_then(|line| line.ours).unwrap_or(0)
        };
        let systems: Vec<_> =
            reports.into_iter().map(|report| self.line(held(&report.reading.system), report)).collect();
        let reconciled = !systems.is_empty() && systems.iter().all(|line| line.reconciled);
        Ok(Once { systems, reconciled })
    }

    /// Compares one run with the hub's holdings and the generator's own list of bad rows.
    fn line(&self, held: u64, report: RunReport) -> SystemLine {
        let practice = self.sandbox.systems().iter().find(|practice| practice.name() == report.reading.system);
        let planted: BTreeMap<String, String> = practice
            .map(|practice| practice.truth().into_iter().filter_map(|case| Some((case.source_no, case.bad?))).collect())
            .unwrap_or_default();
        let reconciled = report.reconciled();
        let quarantined_rows: Vec<_> = report
            .quarantined_rows
            .into_iter()
            .map(|row| PlantedRow { planted: planted.get(&row.source_no).cloned(), row })
            .collect();
        let reading = report.reading;
        let accepted = held.saturating_sub(reading.quarantined);
        let as_planted =
            quarantined_rows.len() == planted.len() && quarantined_rows.iter().all(|row| row.planted.is_some());
        SystemLine {
            reconciled: reconciled && as_planted && accepted + reading.quarantined == reading.rows_read,
            system: reading.system,
            bot: reading.bot,
            outcome: reading.outcome,
            reason: reading.reason,
            rows_read: reading.rows_read,
            stated_total: reading.stated_total,
            accepted,
            quarantined: reading.quarantined,
            seconds: reading.seconds,
            quarantined_rows,
        }
    }

    /// Stops everything and removes the demo's folder.
    pub async fn stop(self) {
        self.app.stop().await;
        self.sandbox.stop().await;
        if let Err(error) = self.folder.close() {
            tracing::warn!(%error, "the demo's folder could not be removed");
        }
    }
}

/// Plays the person who reads the pictures that practice systems show at their login.
struct Clerk(Vec<Practice>);

impl People for Clerk {
    fn ask(&self, question: Question) -> BoxFuture<'_, Option<String>> {
        let practice = self.0.iter().find(|practice| practice.name() == question.system);
        Box::pin(async move { practice?.captcha_answer() })
    }
}

/// What the bots' accounts need to come into the practice systems.
fn secrets(adapters: &Adapters, sandbox: &Sandbox) -> BTreeMap<String, BTreeMap<String, SecretString>> {
    let account = |bot: &Bot| {
        let practice = sandbox.systems().iter().find(|practice| practice.name() == bot.system)?;
        let fields = practice.secret().into_iter().map(|(field, value)| (field, SecretString::from(value)));
        Some((bot.account.clone()?, fields.collect()))
    };
    adapters.bots.values().filter_map(account).collect()
}

fn settings(options: &DemoOptions, sandbox: &Sandbox, folder: &TempDir) -> Settings {
    let bases = sandbox.systems().iter().map(|practice| {
        let address = practice.address().parse().expect("the sandbox gives well-formed addresses");
        (practice.name().to_owned(), address)
    });
    Settings {
        root: options.root.clone(),
        data: folder.path().join("data"),
        store: None,
        listen: options.listen,
        hub: None,
        role: Role::Both,
        secrets: Some(folder.path().join("secrets.toml")),
        key: None,
        expiry_warning: 0,
        calendar: None,
        lang: options.lang,
        log: String::new(),
        bases: bases.collect(),
        runs_at_once: RUNS_AT_ONCE,
        keep_days: KEEP_DAYS,
        answer_within: std::time::Duration::ZERO,
        alerts: Vec::new(),
        hold_at: None,
    }
}
