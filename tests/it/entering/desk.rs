//! A bridge in this process with practice systems to enter into, and cases that a window has accepted.

use std::{path::Path, sync::Arc};

use chrono::TimeDelta;
use queqiao::{
    adapter::Adapters,
    base::{Clock, Lang},
    record::{Case, Status},
    run::{Bridge, RunOptions, RunReport},
    sandbox::{Practice, Registered},
    store::{Entry, EntryQuery, Store},
    vault::Vault,
};

use super::wanted;
use crate::{
    rig::{Rig, finished, queqiao, stdout},
    sample,
};

/// The window's system, which is not running: its cases are put into the store as a run would.
pub const WINDOW: &str = "onewindow";

/// The window's own form of acceptance: three pages, over plain HTTP. It is another system to the bridge.
pub const WIZARD: &str = "wizard";

pub struct Desk {
    pub rig: Rig,
    pub bridge: Arc<Bridge>,
    pub store: Store,
    pub clock: Clock,
}

impl Desk {
    /// These practice systems, and a bridge with their adapters.
    pub async fn open(systems: &[&str]) -> Self {
        Self::open_with(systems, |bridge| bridge).await
    }

    pub async fn open_with(systems: &[&str], with: impl FnOnce(Bridge) -> Bridge) -> Self {
        Self::open_changed(systems, |_| (), with).await
    }

    /// The same, with adapters that have been changed before they are read.
    pub async fn open_changed(
        systems: &[&str],
        change: impl FnOnce(&Path),
        with: impl FnOnce(Bridge) -> Bridge,
    ) -> Self {
        let practices: Vec<&str> = systems.iter().map(|system| practice_of(system)).collect();
        let rig = Rig::start_with(&practices, 20, 0.0).await;
        if systems.contains(&WIZARD) {
            let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/entering/adapters");
            for file in ["bots/wizard-enter.toml", "selectors/wizard.toml"] {
                std::fs::copy(own.join(file), rig.path("root").join(file)).unwrap();
            }
        }
        change(&rig.path("root"));
        let store = Store::open(&format!("sqlite:{}", rig.path("queqiao.db").display())).await.unwrap();
        let mut adapters =
            Adapters::load(&rig.path("root")).unwrap_or_else(|report| panic!("{}", report.render(Lang::En, false)));
        let bases = systems.iter().map(|system| {
            let address = rig.practice(practice_of(system)).address();
            ((*system).to_owned(), address.parse().unwrap())
        });
        adapters.rebase(&bases.collect());
        let vault = Arc::new(Vault::open(Some(&rig.path("secrets.toml")), &rig.path("root"), []).unwrap());
        let clock = Clock::held_at(chrono::Utc::now());
        let bridge = Bridge::new(Arc::new(adapters), store.clone(), vault, clock.clone(), rig.path("evidence"));
        Self { bridge: Arc::new(with(bridge)), rig, store, clock }
    }

    /// Cases that the window has accepted, wanted by that bot.
    pub async fn want(&self, bot: &str, cases: &[Case]) {
        let marked: Vec<(&str, &Case)> = cases.iter().map(|case| (case.source_no.as_str(), case)).collect();
        self.want_marked(bot, &marked).await;
    }

    /// The same, each under this mark.
    pub async fn want_marked(&self, bot: &str, cases: &[(&str, &Case)]) {
        let kept: Vec<_> = cases.iter().map(|(mark, case)| wanted(bot, mark, case)).collect();
        self.store.keep(WINDOW, &kept).await.unwrap();
    }

    pub async fn run(&self, bot: &str) -> RunReport {
        self.run_with(bot, RunOptions::default()).await
    }

    pub async fn run_with(&self, bot: &str, options: RunOptions) -> RunReport {
        self.bridge.run(bot, options, Arc::new(|_| ())).await.expect("the bot exists")
    }

    /// A command of the bridge, typed beside this one on the same store, which must end with that code; what it has said.
    pub fn typed(&self, arguments: &[&str], code: i32) -> String {
        let store = format!("store = \"sqlite:{}\"\n", self.rig.path("queqiao.db").display());
        let output = finished(queqiao(&self.rig.settings("typed", &store)).args(arguments));
        stdout(&output, code) + &*String::from_utf8_lossy(&output.stderr)
    }

    pub fn wait(&self, seconds: i64) {
        self.clock.set(self.clock.now() + TimeDelta::seconds(seconds));
    }

    /// The entries as they stand, in the order of their numbers.
    pub async fn entries(&self) -> Vec<Entry> {
        let mut all = self.store.entries(&EntryQuery { limit: 10_000, ..EntryQuery::default() }).await.unwrap();
        all.sort_by_key(|entry| entry.id);
        all
    }

    /// What befell an entry, in words of the ledger.
    pub async fn events(&self, entry: &Entry) -> Vec<String> {
        self.store.entry_events(entry.id).await.unwrap().into_iter().map(|event| event.event).collect()
    }

    /// Where the only entry that is not verified stands: its state, its field, and why.
    pub async fn left(&self) -> (String, String, String) {
        let mut left = self.entries().await;
        left.retain(|entry| entry.state != "verified");
        assert_eq!(left.len(), 1, "{left:?}");
        let entry = left.remove(0);
        (entry.state, entry.field.unwrap_or_default(), entry.words.unwrap_or_default())
    }

    pub fn practice(&self, system: &str) -> &Practice {
        self.rig.practice(practice_of(system))
    }

    pub fn registered(&self, system: &str) -> Vec<Registered> {
        self.practice(system).registered()
    }
}

/// The practice system behind a system's name.
pub fn practice_of(system: &str) -> &str {
    if system == WIZARD { WINDOW } else { system }
}

/// A case that the window has accepted, for the first item that the system's departments offer.
pub fn accepted(system: &str, number: &str) -> Case {
    let mut case = sample::case(WINDOW, number, 7, Status::Accepted);
    let (item, department) = match system {
        "water" | WIZARD => ("取水许可延续", "区水利局"),
        "social" => ("失业保险金申领", "区人力资源和社会保障局"),
        "housing" => ("租房提取住房公积金", "市住房公积金管理中心河东管理部"),
        _ => ("生育津贴支付", "区医疗保障局"),
    };
    case.fields.task_name = Some(item.to_owned());
    case.fields.org_name = Some(department.to_owned());
    case.fields.applicant_name = Some(format!("王小明{number}"));
    case
}

/// Changes a file of the adapters, which must have had what is replaced.
pub fn change(root: &Path, file: &str, from: &str, to: &str) {
    let path = root.join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    std::fs::write(path, text.replace(from, to)).unwrap();
}

/// A bot like `bots/SYSTEM-enter.toml` that can't look anything up: `SYSTEM-blind`.
pub fn add_blind(root: &Path, system: &str) {
    let text = std::fs::read_to_string(root.join(format!("bots/{system}-enter.toml"))).unwrap();
    std::fs::write(root.join(format!("bots/{system}-blind.toml")), blind(&text)).unwrap();
}

/// `bots/SYSTEM-enter.toml` itself can't look anything up.
pub fn make_blind(root: &Path, system: &str) {
    let path = root.join(format!("bots/{system}-enter.toml"));
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(path, blind(&text)).unwrap();
}

fn blind(bot: &str) -> String {
    let (before, after) = (bot.find("[enter.find]").unwrap(), bot.find("[enter.form]").unwrap());
    format!("{}{}", &bot[..before], &bot[after..])
}
