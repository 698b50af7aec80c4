//! A bridge and a hub on one store, led to one office.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::Duration;
use queqiao::{
    adapter::Adapters,
    base::Clock,
    calendar::Calendar,
    hub::{CaseFilter, Courier, Destination, Hub, View},
    record::Case,
    run::{Bridge, RunOptions, RunReport},
    store::Store,
    vault::Vault,
};
use tempfile::TempDir;
use url::Url;

use super::{office::Office, world::World};
use crate::sample::at;

/// The name of the system in the adapter.
pub const SYSTEM: &str = "office";
/// The password of its account.
pub const PASSWORD: &str = "correct-horse";

pub struct Rig {
    pub bridge: Arc<Bridge>,
    pub hub: Hub,
    clock: Clock,
    courier: Courier,
    store: Store,
    folder: TempDir,
}

impl Rig {
    /// A bridge for the office at `base`, on an empty store or on a copy of that one.
    pub async fn start(base: &Url, former: Option<&Path>) -> Self {
        queqiao::transport::install_tls();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("queqiao.db");
        if let Some(former) = former {
            std::fs::copy(former, &path).expect("the former store can be copied");
        }
        let store = Store::open(&format!("sqlite:{}", path.display())).await.expect("the store opens");
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/faults/adapter");
        let mut adapters = Adapters::load(&root).unwrap_or_else(|report| {
            panic!("{}", report.render(queqiao::base::Lang::En, false));
        });
        adapters.rebase(&BTreeMap::from([(SYSTEM.to_owned(), base.clone())]));
        let secrets = folder.path().join("secrets.toml");
        let fields = [("username", "bot"), ("password", PASSWORD)];
        let fields = fields.map(|(name, secret)| (name.to_owned(), secret.into()));
        let accounts = BTreeMap::from([("office-bot".to_owned(), BTreeMap::from(fields))]);
        Vault::write_new(&secrets, &accounts).expect("the folder is ours");
        let vault = Arc::new(Vault::open(Some(&secrets), &root, []).expect("the secrets were just written"));
        let clock = Clock::held_at(at("2026-11-23 10:00").to_utc());
        let calendar = Arc::new(Calendar::district());
        let hub = Hub::open(store.clone(), clock.clone(), calendar).await.expect("the hub opens");
        let evidence = folder.path().join("evidence");
        let bridge = Arc::new(Bridge::new(Arc::new(adapters), store.clone(), vault, clock.clone(), evidence));
        let courier = Courier::new(store.clone(), Destination::Here(hub.clone())).expect("a courier");
        Self { bridge, hub, clock, courier, store, folder }
    }

    /// So many minutes later.
    pub fn wait(&self, minutes: i64) {
        self.clock.set(self.clock.now() + Duration::minutes(minutes));
    }

    /// Runs the bot once, and carries everything to the hub.
    pub async fn run(&self, bot: &str, accept: bool) -> RunReport {
        let options = RunOptions { accept, ..RunOptions::default() };
        let report = self.bridge.run(bot, options, Arc::new(|_| ())).await.expect("the bot exists");
        self.courier.drain().await.expect("the hub is in this process");
        report
    }

    /// All cases that the hub holds.
    pub async fn cases(&self) -> Vec<Case> {
        let mut filter = CaseFilter { limit: 200, view: View::Full, ..CaseFilter::default() };
        let mut cases = Vec::new();
        loop {
            let page = self.hub.cases(&filter).await.expect("the hub answers");
            cases.extend(page.cases.into_iter().map(|view| view.case));
            match page.next {
                Some(next) => filter.cursor = Some(next),
                None => return cases,
            }
        }
    }

    /// Ends everything; the store's file and the folder that keeps it.
    pub async fn end(self) -> (PathBuf, TempDir) {
        self.bridge.close().await;
        self.store.close().await;
        (self.folder.path().join("queqiao.db"), self.folder)
    }
}

/// An office that begins as `world`, and the store after one good run over it.
pub async fn after_a_good_run(world: World, bot: &str) -> (PathBuf, TempDir) {
    let office = Office::open(world).await;
    let rig = Rig::start(&office.base, None).await;
    let report = rig.run(bot, false).await;
    assert!(report.reconciled(), "{report:?}");
    rig.end().await
}
