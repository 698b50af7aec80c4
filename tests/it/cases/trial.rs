//! One case: a copy of its adapters, its pages on a free port, and a bridge without a hub.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::Router;
use queqiao::{
    adapter::Adapters,
    base::{Clock, Lang},
    record::{Case, Quarantined, Record},
    run::{Bridge, RunOptions, RunReport},
    store::{Entry, EntryQuery, Store},
    vault::Vault,
};
use tempfile::TempDir;

/// Accounts that the adapters of cases may name; each has the name `clerk` and the password `clerk-1`.
const ACCOUNTS: [&str; 2] = ["X_BOT", "Y_BOT"];

/// A case that is tried. What it reads stays in the outbox of its store.
pub struct Trial {
    pub bridge: Arc<Bridge>,
    /// Where its pages are served: `http://127.0.0.1:PORT/`.
    pub base: url::Url,
    folder: TempDir,
}

impl Trial {
    /// The adapters in `tests/cases/NAME`, every system of theirs served by these pages.
    pub async fn start(name: &str, pages: Router) -> Self {
        Self::edited(name, pages, |_| {}).await
    }

    /// The same after the copy of the adapters, whose folder is handed over, was changed.
    pub async fn edited(name: &str, pages: Router, edit: impl FnOnce(&Path)) -> Self {
        let (trial, mistakes) = Self::tried(name, pages, edit).await;
        trial.unwrap_or_else(|| panic!("{name}: {mistakes}"))
    }

    /// The same where the adapters may have mistakes: then there is no trial, and they are told in English.
    pub async fn tried(name: &str, pages: Router, edit: impl FnOnce(&Path)) -> (Option<Self>, String) {
        queqiao::transport::install_tls();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().join("root");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name), &root);
        edit(&root);
        let mut adapters = match Adapters::load(&root) {
            Ok(adapters) => adapters,
            Err(report) => return (None, report.render(Lang::En, false)),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base: url::Url = format!("http://{}/", listener.local_addr().expect("bound")).parse().expect("an address");
        tokio::spawn(async move { axum::serve(listener, pages).await.expect("the pages are served") });
        let systems: BTreeMap<_, _> = adapters.systems.keys().map(|system| (system.clone(), base.clone())).collect();
        adapters.rebase(&systems);
        let path = folder.path().join("queqiao.db");
        let store = Store::open(&format!("sqlite:{}", path.display())).await.expect("a store can be made");
        let secrets = ACCOUNTS.iter().flat_map(|account| {
            [("USERNAME", "clerk"), ("PASSWORD", "clerk-1")]
                .map(|(field, value)| (format!("QUEQIAO_SECRET_{account}_{field}"), value.to_owned()))
        });
        let vault = Vault::open(Some(&folder.path().join("secrets.toml")), &root, secrets)
            .expect("secrets from the environment");
        let evidence = folder.path().join("evidence");
        let bridge = Arc::new(Bridge::new(Arc::new(adapters), store, Arc::new(vault), Clock::system(), evidence));
        (Some(Self { bridge, base, folder }), String::new())
    }

    /// The folder of its adapters.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    pub async fn run(&self, bot: &str) -> RunReport {
        self.run_with(bot, RunOptions::default()).await
    }

    pub async fn run_with(&self, bot: &str, options: RunOptions) -> RunReport {
        self.bridge.run(bot, options, Arc::new(|_| {})).await.expect("the bot is known and free")
    }

    /// What was passed on, oldest first.
    pub async fn records(&self) -> Vec<Record> {
        let lines = self.bridge.store.outbox(100_000).await.expect("the outbox can be read");
        lines.iter().map(|line| serde_json::from_str(&line.line).expect("a record")).collect()
    }

    /// The newest version of each case that was passed on, by its number.
    pub async fn cases(&self) -> BTreeMap<String, Case> {
        let cases = self.records().await.into_iter().filter_map(|record| match record {
            Record::Case(case) => Some((case.source_no.clone(), *case)),
            _ => None,
        });
        cases.collect()
    }

    /// The rows that were passed on as quarantined, by their number.
    pub async fn quarantined(&self) -> BTreeMap<String, Quarantined> {
        let rows = self.records().await.into_iter().filter_map(|record| match record {
            Record::Quarantined(row) => Some((row.source_no.clone(), row)),
            _ => None,
        });
        rows.collect()
    }

    pub async fn entries(&self) -> Vec<Entry> {
        let query = EntryQuery { limit: 1_000, ..EntryQuery::default() };
        self.bridge.store.entries(&query).await.expect("the ledger can be read")
    }

    /// Ends its browsers.
    pub async fn end(self) {
        self.bridge.close().await;
    }
}

/// Changes a text in a file, which must hold it.
pub fn replace(file: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(file).expect("the file is there");
    assert!(text.contains(old), "`{old}` does not stand in {}", file.display());
    fs::write(file, text.replace(old, new)).expect("our own file can be written");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("our own folder can be made");
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())).flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("adapters can be copied");
        }
    }
}
