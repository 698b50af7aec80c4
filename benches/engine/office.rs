//! A stand-in for the bridge, whose runs end at once and remember how late they were.

use std::sync::{Arc, Mutex};

use anyhow::bail;
use chrono::Utc;
use futures::future::BoxFuture;
use queqiao::{
    adapter::Adapters,
    base::{Clock, Lang, new_id},
    engine::Work,
    record::{Outcome, Reading},
    run::{RunOptions, RunReport},
    store::JobRow,
};

const SYSTEM: &str = "title = \"系统\"\nowner = \"某局\"\nbase = \"http://127.0.0.1:1/\"\n\n[page.list]\npath = \"list\"\n\
    rows = \"css=tr\"\n[page.list.at]\nno = \"column=编号\"\n";
const BOT: &str = "title = \"采集\"\nsystem = \"office\"\n\n[collect]\nlist = \"list\"\nkey = \"list.no\"\n\n[case]\n\
    source_no = \"list.no\"\nstatus = \"'received'\"\n";

/// The stand-in.
pub struct Office {
    adapters: Arc<Adapters>,
    /// Milliseconds from due to started, of every run.
    pub late: Mutex<Vec<f64>>,
}

impl Office {
    /// So many bots, each with a schedule of its own.
    pub fn new(bots: usize, cron: &str) -> anyhow::Result<Self> {
        let root = tempfile::tempdir()?;
        for folder in ["selectors", "bots", "schedules"] {
            std::fs::create_dir(root.path().join(folder))?;
        }
        std::fs::write(root.path().join("selectors/office.toml"), SYSTEM)?;
        let mut schedules = String::new();
        for number in 0..bots {
            std::fs::write(root.path().join(format!("bots/read-{number}.toml")), BOT)?;
            schedules +=
                &format!("[[schedule]]\nname = \"s-{number}\"\nbots = [\"read-{number}\"]\ncron = \"{cron}\"\n");
        }
        std::fs::write(root.path().join("schedules/all.toml"), schedules)?;
        let (adapters, report) = Adapters::check(root.path());
        if report.has_errors() {
            bail!("{}", report.render(Lang::En, false));
        }
        Ok(Self { adapters: Arc::new(adapters), late: Mutex::default() })
    }
}

impl Work for Office {
    fn adapters(&self) -> Arc<Adapters> {
        Arc::clone(&self.adapters)
    }

    fn run(&self, job: &JobRow, _: RunOptions) -> BoxFuture<'static, Option<RunReport>> {
        let late = (Utc::now() - job.due).as_seconds_f64() * 1_000.0;
        self.late.lock().expect("no run panics").push(late);
        let report = report(&job.bot);
        Box::pin(async move { Some(report) })
    }
}

fn report(bot: &str) -> RunReport {
    let at = Clock::system().local();
    let reading = Reading {
        system: "office".to_owned(),
        bot: bot.to_owned(),
        run: new_id(),
        outcome: Outcome::Good,
        reason: None,
        started_at: at,
        read_at: at,
        rows_read: 1,
        stated_total: None,
        warnings: Vec::new(),
        quarantined: 0,
        changed: 0,
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
        remedy: None,
        about: None,
        account: None,
        evidence: Vec::new(),
        quarantined_rows: Vec::new(),
        entries: None,
    }
}
