//! The store's contract, held on both databases, and what only a file can do wrong.

mod entries;
mod tasks;
mod together;

use std::{collections::BTreeMap, os::unix::fs::PermissionsExt};

use queqiao::{
    record::Status,
    store::{
        Away, Kept, KeptSession, Keys, Line, LoginBudget, LoginEnd, LoginPermit, Page, RefusedLine, Seen, Settled,
        State, StateQuery, Store, StoreError, Writes,
    },
};

use crate::{
    databases::{Fresh, on_both},
    sample,
};

on_both! {
    a_row_is_remembered_with_its_line_or_not_at_all
    what_has_left_its_list_is_known_until_it_is_read_again
    outbox_positions_are_never_used_twice
    refused_lines_are_kept_aside
    a_failed_decision_leaves_nothing
    every_text_comes_back_as_it_went_in
    cases_come_newest_first_page_by_page
    a_second_store_sees_the_first_ones_commits
    watchers_hear_of_every_commit
    logins_are_counted_before_they_are_tried
    baselines_stand_by_page_and_the_newest_holds
    an_account_is_left_alone_until_the_latest_time
    a_session_is_kept_until_it_is_lost_or_another_one_comes
}

fn kept(key: &str, print: &str, record: bool) -> Kept {
    Kept {
        key: key.to_owned(),
        row_print: print.to_owned(),
        contents: format!("contents of {key}"),
        version: 7,
        marks: format!("marks of {key}"),
        quarantined: !record,
        wishes: Vec::new(),
        record: record.then(|| sample::record(sample::case("permits", key, 7, Status::Accepted))),
        read_at: 11,
        sure_from: 12,
        open: record,
        bot: "permits-collect".to_owned(),
    }
}

async fn a_row_is_remembered_with_its_line_or_not_at_all(fresh: Fresh) {
    let store = fresh.store().await;
    store.keep("permits", &[kept("1", "a", true), kept("2", "b", false), kept("1", "c", true)]).await.unwrap();
    store.keep("other", &[kept("1", "x", true)]).await.unwrap();
    let seen = store.seen("permits").await.unwrap();
    assert_eq!(seen.len(), 2);
    let first = Seen {
        row_print: "c".to_owned(),
        contents: "contents of 1".to_owned(),
        version: 7,
        marks: "marks of 1".to_owned(),
        quarantined: false,
        read_at: 11,
        sure_from: 12,
        open: true,
        bot: "permits-collect".to_owned(),
        left_at: 0,
    };
    assert_eq!(seen["1"], first, "of one key the last holds");
    assert!(seen["2"].quarantined && !seen["2"].open);
    let lines = store.outbox(100).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.position).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(store.outbox_len().await.unwrap(), 3);
    assert!(lines[0].line.starts_with(r#"{"record":"case""#), "{}", lines[0].line);
    store.keep("permits", &[]).await.unwrap();
    assert_eq!(store.outbox(2).await.unwrap().len(), 2);
    assert_eq!(store.quarantined("permits").await.unwrap(), 1);
}

async fn what_has_left_its_list_is_known_until_it_is_read_again(fresh: Fresh) {
    let store = fresh.store().await;
    store.keep("permits", &[kept("1", "a", true), kept("2", "b", true)]).await.unwrap();
    let left = async || {
        let seen = store.seen("permits").await.unwrap();
        ["1", "2"].map(|key| seen[key].left_at)
    };
    store.leave("permits", &["2".to_owned(), "9".to_owned()], 50).await.unwrap();
    store.leave("permits", &["2".to_owned()], 60).await.unwrap();
    store.leave("permits", &[], 70).await.unwrap();
    assert_eq!(left().await, [0, 50], "the first to notice says since when");
    store.keep("permits", &[kept("2", "b", true)]).await.unwrap();
    assert_eq!(left().await, [0, 0]);
}

async fn outbox_positions_are_never_used_twice(fresh: Fresh) {
    let store = fresh.store().await;
    store.post(&[sample::card("a", 1), sample::card("b", 1)]).await.unwrap();
    store.acknowledge(&[1, 2]).await.unwrap();
    assert!(store.outbox(10).await.unwrap().is_empty());
    store.post(&[sample::card("c", 1)]).await.unwrap();
    store.acknowledge(&[1, 2]).await.unwrap();
    assert_eq!(store.outbox(10).await.unwrap()[0].position, 3, "a late acknowledgement must not hit a new line");
}

async fn refused_lines_are_kept_aside(fresh: Fresh) {
    let store = fresh.store().await;
    store.post(&[sample::card("a", 1), sample::card("b", 1), sample::card("c", 1)]).await.unwrap();
    let line = store.outbox(10).await.unwrap()[1].line.clone();
    let refused = RefusedLine { position: 2, line, reason: "no such system".to_owned() };
    store.settle(&Settled { taken: vec![1], refused: vec![refused.clone()] }).await.unwrap();
    assert_eq!(store.outbox(10).await.unwrap().len(), 1);
    assert_eq!(store.refused(10).await.unwrap(), [refused]);
}

async fn baselines_stand_by_page_and_the_newest_holds(fresh: Fresh) {
    let store = fresh.store().await;
    let now = sample::at("2026-11-23 10:00").to_utc();
    let pages = |list: &[(&str, &str)]| list.iter().map(|(page, body)| ((*page).into(), (*body).into())).collect();
    store.keep_baselines("permits", "a", &pages(&[("list", "1"), ("detail", "2")]), now).await.unwrap();
    store.keep_baselines("permits", "b", &pages(&[("list", "9")]), now).await.unwrap();
    store.keep_baselines("permits", "a", &pages(&[("list", "3")]), now).await.unwrap();
    store.keep_baselines("permits", "a", &BTreeMap::new(), now).await.unwrap();
    assert_eq!(store.baselines("permits", "a").await.unwrap(), pages(&[("detail", "2"), ("list", "3")]));
    assert_eq!(store.baselines("water", "a").await.unwrap(), BTreeMap::new());
}

async fn an_account_is_left_alone_until_the_latest_time(fresh: Fresh) {
    let store = fresh.store().await;
    let at = |text: &str| sample::at(text).to_utc();
    let away = |until: &str, why: &str| Away { until: at(until), why: why.to_owned() };
    assert_eq!(store.away("permits/bot", at("2026-11-23 10:00")).await.unwrap(), None);
    store.stay_away("permits/bot", &away("2026-11-23 10:20", "later")).await.unwrap();
    store.stay_away("permits/bot", &away("2026-11-23 10:10", "earlier")).await.unwrap();
    let held = fresh.store().await.away("permits/bot", at("2026-11-23 10:19")).await.unwrap();
    assert_eq!(held, Some(away("2026-11-23 10:20", "later")), "it outlives the process");
    assert_eq!(store.away("permits/bot", at("2026-11-23 10:20")).await.unwrap(), None);
    assert_eq!(store.away("water/bot", at("2026-11-23 10:05")).await.unwrap(), None);
}

async fn a_session_is_kept_until_it_is_lost_or_another_one_comes(fresh: Fresh) {
    let store = fresh.store().await;
    let now = sample::at("2026-11-23 10:00").to_utc();
    assert_eq!(store.session("permits/bot").await.unwrap(), None);
    let first = store.keep_session("permits/bot", "sealed one", now).await.unwrap();
    let second = store.keep_session("permits/bot", "sealed two", now).await.unwrap();
    assert!(second > first, "two within one millisecond are two");
    store.drop_session("permits/bot", first).await.unwrap();
    let kept = KeptSession { at: second, body: "sealed two".to_owned() };
    assert_eq!(
        fresh.store().await.session("permits/bot").await.unwrap(),
        Some(kept),
        "who lost the first drops no other"
    );
    store.keep_session("water/bot", "of another system", now).await.unwrap();
    store.drop_session("permits/bot", second).await.unwrap();
    assert_eq!(store.session("permits/bot").await.unwrap(), None);
    assert!(store.session("water/bot").await.unwrap().is_some());
}

fn keys(keys: &[&str]) -> Keys {
    let states = keys.iter().map(|key| ("permits".to_owned(), (*key).to_owned())).collect();
    Keys { states, ..Keys::default() }
}

/// Writes with one line and state per key.
fn writes(keys: &[&str]) -> Writes {
    let line = |key: &&str| Line {
        record: "case".to_owned(),
        system: "permits".to_owned(),
        key: (*key).to_owned(),
        version: 1,
        body: format!("{{\"key\":{key:?}}}"),
    };
    let state = |(line, key): (usize, &&str)| State {
        system: "permits".to_owned(),
        source_no: (*key).to_owned(),
        kind: "case".to_owned(),
        line,
        body: format!("{{\"key\":{key:?}}}"),
        item: format!("item {key}"),
        ..State::default()
    };
    Writes {
        lines: keys.iter().map(line).collect(),
        states: keys.iter().enumerate().map(state).collect(),
        ..Writes::default()
    }
}

async fn put(store: &Store, given: &[&str]) -> i64 {
    let told = store.ingest(5, &keys(given), |_| Ok::<_, StoreError>(((), writes(given)))).await;
    told.expect("an ordinary batch").0
}

async fn a_failed_decision_leaves_nothing(fresh: Fresh) {
    let store = fresh.store().await;
    assert_eq!(put(&store, &["1"]).await, 1);
    let failed = store
        .ingest(6, &keys(&["1"]), |before| {
            assert_eq!(before.states.len(), 1, "what stands is shown to the decision");
            Err::<((), Writes), _>(StoreError::Address { url: "nothing".to_owned() })
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(put(&store, &["2"]).await, 2, "the journal has no gap");
    assert_eq!(store.journal(0, 10, &[]).await.unwrap().len(), 2);
}

async fn every_text_comes_back_as_it_went_in(fresh: Fresh) {
    let store = fresh.store().await;
    let odd =
        ["𠮷野家 \"quoted\" 'single'", "back\\slash\nnew\tline", "%_!{}$1 {rows}", "7", "null", "é\u{0301}\u{200b}"];
    put(&store, &odd).await;
    let journal = store.journal(0, 100, &["case"]).await.unwrap();
    assert_eq!(journal.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>(), odd);
    for (entry, key) in journal.iter().zip(odd) {
        assert_eq!(entry.body, format!("{{\"key\":{key:?}}}"));
        assert_eq!((entry.at, entry.version), (5, 1));
    }
    let query = StateQuery { text: Some("%_!{}".to_owned()), ..StateQuery::default() };
    let found = store.cases(&query, Page { before: None, limit: 10 }).await.unwrap();
    assert_eq!(found.len(), 1, "what is searched for is text, not a pattern");
}

async fn cases_come_newest_first_page_by_page(fresh: Fresh) {
    let store = fresh.store().await;
    put(&store, &["1", "2", "3"]).await;
    put(&store, &["2"]).await;
    let page = |before| Page { before, limit: 2 };
    let query = StateQuery::default();
    let first = store.cases(&query, page(None)).await.unwrap();
    assert_eq!(first.iter().map(|row| row.position).collect::<Vec<_>>(), [4, 3]);
    let second = store.cases(&query, page(Some(3))).await.unwrap();
    assert_eq!(second.iter().map(|row| row.position).collect::<Vec<_>>(), [1]);
    let none = StateQuery { system: Some("other".to_owned()), ..StateQuery::default() };
    assert!(store.cases(&none, page(None)).await.unwrap().is_empty());
}

async fn a_second_store_sees_the_first_ones_commits(fresh: Fresh) {
    let first = fresh.store().await;
    let second = fresh.store().await;
    let (one, two) = (first.clone(), second.clone());
    let many = |store: Store, name: &'static str| async move {
        for number in 0..20 {
            put(&store, &[&format!("{name}{number}")]).await;
        }
    };
    let (left, right) = tokio::join!(tokio::spawn(many(one, "a")), tokio::spawn(many(two, "b")));
    left.unwrap();
    right.unwrap();
    let positions: Vec<i64> = second.journal(0, 100, &[]).await.unwrap().iter().map(|entry| entry.position).collect();
    assert_eq!(positions, (1..=40).collect::<Vec<_>>(), "two writers leave neither gap nor repeat");
    assert_eq!(first.position().await.unwrap(), 40);
    first.close().await;
    assert_eq!(fresh.store().await.position().await.unwrap(), 40, "it is there after opening again");
}

async fn watchers_hear_of_every_commit(fresh: Fresh) {
    let store = fresh.store().await;
    let mut heard = store.watch();
    assert_eq!(*heard.borrow_and_update(), 0);
    put(&store, &["1", "2"]).await;
    tokio::time::timeout(std::time::Duration::from_secs(20), heard.changed()).await.expect("in time").unwrap();
    assert_eq!(*heard.borrow(), 2);
}

async fn logins_are_counted_before_they_are_tried(fresh: Fresh) {
    let store = fresh.store().await;
    let now = sample::at("2026-11-23 10:00").to_utc();
    let budget = LoginBudget { failed: 1, unknown: 2 };
    let begin = async |version: &str| store.begin_login("bot", version, budget, now).await.unwrap();
    let end = async |version: &str, end| store.end_login("bot", version, &end, now).await.unwrap();
    assert_eq!(begin("v1").await, LoginPermit::Go);
    assert!(matches!(begin("v1").await, LoginPermit::Frozen { .. }), "begun, never proven: it counts");
    assert_eq!(begin("v2").await, LoginPermit::Go, "another secret is another matter");
    end("v2", LoginEnd::SignedIn).await;
    assert_eq!((begin("v2").await, begin("v2").await), (LoginPermit::Go, LoginPermit::Go), "proven: two may go unseen");
    assert!(matches!(begin("v2").await, LoginPermit::Frozen { .. }));
    assert_eq!(begin("v3").await, LoginPermit::Go);
    end("v3", LoginEnd::Refused("密码错误".to_owned())).await;
    let LoginPermit::Frozen { since, why } = begin("v3").await else { panic!("one refusal is enough") };
    assert!(since.starts_with("2026-11-23T10:00") && why.contains("密码错误"), "{since} {why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_tells_other_processes_watchers() {
    let fresh = Fresh::postgres().await;
    let (writer, follower) = (fresh.store().await, fresh.store().await);
    let mut heard = follower.watch();
    put(&writer, &["1"]).await;
    let told = tokio::time::timeout(std::time::Duration::from_secs(20), heard.wait_for(|position| *position == 1));
    told.await.expect("in time").expect("the store is open");
}

#[tokio::test]
async fn a_database_file_is_for_its_owner_only() {
    let fresh = Fresh::sqlite();
    let path = fresh.url.trim_start_matches("sqlite:").to_owned();
    let store = fresh.store().await;
    put(&store, &["1"]).await;
    for side in ["", "-wal", "-shm"] {
        let mode = std::fs::metadata(format!("{path}{side}")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{path}{side}");
    }
    store.close().await;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    drop(fresh.store().await);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

/// Changes a database behind the store's back.
async fn meddle(url: &str, sql: &'static str) {
    if let Some(path) = url.strip_prefix("sqlite:") {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
        sqlx::raw_sql(sql).execute(&pool).await.unwrap();
        pool.close().await;
    } else {
        let pool = sqlx::PgPool::connect(url).await.unwrap();
        sqlx::raw_sql(sql).execute(&pool).await.unwrap();
        pool.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_database_is_refused_and_left_alone() {
    for fresh in [Fresh::sqlite(), Fresh::postgres().await] {
        let store = fresh.store().await;
        put(&store, &["1"]).await;
        let known = store.version();
        store.close().await;
        meddle(&fresh.url, "UPDATE queqiao_version SET version = 999").await;
        let bytes = fresh.url.strip_prefix("sqlite:").map(|path| std::fs::read(path).unwrap());
        let error = Store::open(&fresh.url).await.expect_err("it is refused");
        assert!(matches!(error, StoreError::Newer { found: 999, .. }), "{error}");
        assert!(error.to_string().contains("start the newer program"), "{error}");
        if let Some(path) = fresh.url.strip_prefix("sqlite:") {
            assert_eq!(Some(std::fs::read(path).unwrap()), bytes, "not one byte is changed");
        }
        let back: &'static str = format!("UPDATE queqiao_version SET version = {known}").leak();
        meddle(&fresh.url, back).await;
        assert_eq!(fresh.store().await.position().await.unwrap(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_programs_database_is_refused_and_left_alone() {
    for fresh in [Fresh::sqlite(), Fresh::postgres().await] {
        meddle(&fresh.url, "CREATE TABLE invoices (number BIGINT)").await;
        let error = Store::open(&fresh.url).await.expect_err("it is refused");
        assert!(matches!(&error, StoreError::Foreign { table, .. } if table == "invoices"), "{error}");
    }
}

#[tokio::test]
async fn bad_addresses_and_files_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "shopping list\n".repeat(100)).unwrap();
    let open = async |url: String| Store::open(&url).await.expect_err("it is refused");
    let error = open(format!("sqlite:{}", text.display())).await;
    assert!(matches!(error, StoreError::NotADatabase(_)), "{error}");
    assert!(std::fs::read_to_string(&text).unwrap().starts_with("shopping list"));
    let error = open(format!("sqlite:{}", folder.path().join("no/such/folder.db").display())).await;
    assert!(matches!(error, StoreError::Open { .. }), "{error}");
    let error = open("mysql://user:secret@host/name".to_owned()).await;
    assert!(matches!(error, StoreError::Address { .. }) && !error.to_string().contains("secret"), "{error}");
    let error = open(format!("postgres://nobody@localhost/none?host={}", folder.path().display())).await;
    assert!(matches!(error, StoreError::Unreachable(_)), "{error:?}");
}
