//! A system that nobody here wrote: Roundup 2.6, the issue tracker, as its makers ship it, in Chinese.
//!
//! Its adapter is in `adapter/`, with the pages that the adapter's own tests read.

mod compare;
mod database;
mod seed;
mod tracker;
mod venv;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use compare::compare;
use database::issues;
use queqiao::{
    adapter::Adapters,
    base::{Clock, Lang},
    extract::{Document, detail, listing},
    record::{Case, Outcome, Record},
    run::{Bridge, RunOptions, RunReport, run_saved},
    store::Store,
    vault::Vault,
};
use tracker::Roundup;

const BOT: &str = "roundup-collect";

/// Lines that the outbox can hold in one answer: more than a run puts there.
const OUTBOX: u32 = 10_000;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/roundup/adapter")
}

#[test]
fn the_adapter_is_short_has_no_mistake_and_passes_its_own_tests() {
    let (adapters, report) = Adapters::check(&root());
    assert!(report.mistakes.is_empty(), "{}", report.render(Lang::En, false));
    let outcomes = run_saved(&root(), &adapters, &[]);
    assert_eq!(outcomes.len(), 2);
    for outcome in outcomes {
        assert_eq!(outcome.failures, Vec::<String>::new(), "{} line {}", outcome.page, outcome.line);
    }
    let files = ["selectors/roundup.toml", "bots/roundup-collect.toml"];
    let lines =
        files.map(|file| std::fs::read_to_string(root().join(file)).expect("the file is there").lines().count());
    assert!(lines.iter().sum::<usize>() < 60, "{lines:?}");
}

/// What this system answers, with 200, where a careless reader goes wrong.
#[test]
fn saved_pages_that_mislead_do_not_mislead() {
    let adapters = Adapters::load(&root()).expect("a test above checks the adapter");
    let pages = &adapters.systems["roundup"].pages;
    let saved = |name: &str| {
        let html = std::fs::read_to_string(root().join("pages").join(name)).expect("the page is there");
        Document::parse(&html, None)
    };
    let login = listing(&pages["list"], &saved("signed-out.html"));
    assert!(login.is_err(), "a login page is no empty list");
    let beyond = listing(&pages["list"], &saved("list-past-the-end.html")).expect("it is a list");
    let numbers: Vec<_> = beyond.rows.iter().map(|row| row["no"].as_str()).collect();
    assert_eq!((numbers, beyond.total), (vec!["305"], Some(300)), "the page after the last repeats the last row");
    let reopened = detail(&pages["item"], &saved("item-54.html")).expect("it is an item");
    assert_eq!(reopened["closed"], "2025-07-24 16:36:49", "it was closed once, which is no reason to call it done");
}

#[tokio::test]
async fn the_tracker_shows_its_issues_only_to_who_has_signed_in() {
    let tracker = start().await;
    let issues = issues(&tracker.database()).await;
    assert_eq!(issues.len(), seed::LIVING);
    let address = tracker.base.join("issue?@sort=id&@columns=id,title,status&@pagesize=50").expect("a path");
    let answer = reqwest::get(address).await.expect("the tracker answers");
    assert_eq!(answer.status(), 200, "this system says what is wrong in words, not in status codes");
    let page = answer.text().await.expect("the tracker answers to the end");
    assert!(page.contains("请使用你的用户名和密码登录") && !page.contains("共 300 项"), "{page}");
    assert!(!issues.iter().any(|issue| issue.title.chars().count() > 3 && page.contains(&issue.title)), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_record_equals_the_systems_own_database() {
    let tracker = start().await;
    let folder = tempfile::tempdir().expect("the temp folder can be written");
    let bridge = Arc::new(bridge(&tracker, folder.path()).await);

    let report = run(&bridge).await;
    let reading = &report.reading;
    assert_eq!((reading.rows_read, reading.stated_total, reading.quarantined), (300, Some(300), 0), "{report:?}");
    assert!(report.reconciled() && reading.changed == 300, "{report:?}");
    assert!(reading.browser_requests < 10, "only a sign-in and a proof need the browser: {report:?}");
    let cases = cases(&bridge.store).await;
    assert_eq!(compare(&cases, &issues(&tracker.database()).await), Vec::<String>::new());

    let report = run(&bridge).await;
    assert_eq!((report.reading.rows_read, report.reading.changed), (300, 0), "{report:?}");
    assert_eq!(report.reading.pages, 6, "only the list was read: {report:?}");

    // Somebody works on: one issue is closed, one gets another title.
    tracker.admin(&["set", "issue16", "status=resolved"]).await;
    tracker.admin(&["set", "issue299", "title=改过的标题 <b>&amp;</b>"]).await;
    let report = run(&bridge).await;
    assert_eq!((report.reading.rows_read, report.reading.changed, report.reading.pages), (300, 2, 8), "{report:?}");
    let cases = self::cases(&bridge.store).await;
    assert_eq!(compare(&cases, &issues(&tracker.database()).await), Vec::<String>::new());
    bridge.close().await;
}

async fn start() -> Roundup {
    queqiao::transport::install_tls();
    tokio::task::spawn_blocking(Roundup::start).await.expect("the tracker starts")
}

/// A bridge with a store and secrets of its own, its adapter led to that tracker.
async fn bridge(tracker: &Roundup, folder: &Path) -> Bridge {
    let mut adapters = Adapters::load(&root()).expect("a test above checks the adapter");
    let strangers = adapters.rebase(&BTreeMap::from([("roundup".to_owned(), tracker.base.clone())]));
    assert_eq!(strangers, Vec::<String>::new());
    let secrets = folder.join("secrets.toml");
    let fields = [("username", tracker.username), ("password", tracker.password.as_str())];
    let fields = fields.map(|(name, secret)| (name.to_owned(), secret.into()));
    let accounts = BTreeMap::from([("roundup-bot".to_owned(), BTreeMap::from(fields))]);
    Vault::write_new(&secrets, &accounts).expect("the folder is ours");
    let vault = Vault::open(Some(&secrets), &root(), []).expect("the secrets were just written");
    let store =
        Store::open(&format!("sqlite:{}", folder.join("runner.db").display())).await.expect("the folder is ours");
    Bridge::new(Arc::new(adapters), store, Arc::new(vault), Clock::system(), folder.join("evidence"))
}

async fn run(bridge: &Arc<Bridge>) -> RunReport {
    let report = bridge.run(BOT, RunOptions::default(), Arc::new(|_| ())).await.expect("the bot exists");
    assert_eq!(report.reading.outcome, Outcome::Good, "{report:?}");
    report
}

/// The newest version of each case that waits for a hub.
async fn cases(store: &Store) -> Vec<Case> {
    let mut newest = BTreeMap::new();
    for line in store.outbox(OUTBOX).await.expect("the store answers") {
        if let Record::Case(case) = serde_json::from_str(&line.line).expect("the outbox holds records") {
            newest.insert(case.source_no.clone(), *case);
        }
    }
    newest.into_values().collect()
}
