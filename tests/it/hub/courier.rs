//! The courier: nothing lost, nothing doubled, whatever the hub does.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{Router, extract::State, http::StatusCode, response::IntoResponse, routing::post};
use queqiao::{
    hub::{Courier, Destination, Drained, Hub, HubError},
    record::{Record, Status},
    store::Store,
};
use tokio_util::sync::CancellationToken;

use super::{hub, hub_on, proven};
use crate::{
    databases::Fresh,
    sample::{case, record},
};

/// How the hub marks a refusal as its own.
const PROBLEM: [(&str, &str); 1] = [("content-type", "application/problem+json")];

/// How the hub elsewhere behaves.
struct Mood {
    hub: Hub,
    /// Lines that it takes at once.
    most: usize,
    /// So many batches are taken, but the answer gets lost.
    lost_answers: AtomicU32,
    /// Whether the token is wrong.
    stranger: AtomicBool,
}

async fn take(State(mood): State<Arc<Mood>>, body: String) -> axum::response::Response {
    if mood.stranger.load(Ordering::SeqCst) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if body.lines().count() > mood.most {
        return (StatusCode::PAYLOAD_TOO_LARGE, PROBLEM, "{}").into_response();
    }
    if body.contains("poison") {
        return (StatusCode::BAD_REQUEST, PROBLEM, "this line I will not have").into_response();
    }
    let records: Vec<Record> = body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let fates = mood.hub.ingest(&records).await.unwrap();
    let lost = mood.lost_answers.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    if lost.is_ok() {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let lines = fates.iter().zip(1..).map(|(fate, line)| {
        let mut told = serde_json::to_value(fate).unwrap();
        told["line"] = line.into();
        format!("{told}\n")
    });
    lines.collect::<String>().into_response()
}

/// A hub elsewhere, and how it behaves; ends with the token.
async fn elsewhere(hub: &Hub, most: usize, address: &str, end: CancellationToken) -> (Arc<Mood>, SocketAddr) {
    let mood =
        Arc::new(Mood { hub: hub.clone(), most, lost_answers: AtomicU32::new(0), stranger: AtomicBool::new(false) });
    let router = Router::new().route("/api/v1/records", post(take)).with_state(Arc::clone(&mood));
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        tokio::select! {
            served = axum::serve(listener, router).into_future() => served.unwrap(),
            () = end.cancelled() => {}
        }
    });
    (mood, address)
}

fn there(store: &Store, address: SocketAddr) -> Courier {
    let address = format!("http://{address}").parse().unwrap();
    let destination = Destination::There { address, token: "t".to_owned().into() };
    Courier::new(store.clone(), destination).unwrap()
}

fn cases(range: std::ops::Range<u32>) -> Vec<Record> {
    range.map(|number| record(case("permits", &number.to_string(), 1, Status::Accepted))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_in_the_same_process_and_file_takes_the_same_path() {
    // By connections of its own, and by the runner's: there, what is carried leaves the outbox in the hub's transaction.
    for shared in [false, true] {
        let fresh = Fresh::sqlite();
        let store = fresh.store().await;
        let hub = if shared { hub_on(store.clone()).await.0 } else { hub(&fresh).await.0 };
        carries_all(&hub, &store).await;
    }
}

async fn carries_all(hub: &Hub, store: &Store) {
    let courier = Courier::new(store.clone(), Destination::Here(hub.clone())).unwrap();
    store.post(&cases(0..1_500)).await.unwrap();
    let mut empty = case("permits", "x", 1, Status::Accepted);
    empty.project_no = String::new();
    store.post(&[record(empty), cases(7..8).remove(0)]).await.unwrap();
    let drained = courier.drain().await.unwrap();
    assert_eq!(drained, Drained { new: 1_500, changed: 0, unchanged: 1, refused: 1 });
    assert_eq!(store.outbox_len().await.unwrap(), 0);
    let refused = store.refused(10).await.unwrap();
    assert!(refused[0].reason.contains("project_no") && refused[0].line.contains("\"x\""), "{refused:?}");
    assert_eq!(courier.drain().await.unwrap(), Drained::default());
    let journal = store.journal(0, 2_000, &[]).await.unwrap();
    let keys: Vec<String> = journal.into_iter().map(|entry| entry.key).collect();
    assert_eq!(
        keys,
        (0..1_500).map(|number| number.to_string()).collect::<Vec<_>>(),
        "in the order in which they came"
    );
    proven(hub).await;
}

/// Whoever looks while lines are carried within one database sees each either in the outbox or in the journal, never in both or in none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_is_never_in_the_outbox_and_in_the_journal_of_one_database() {
    const LINES: i64 = 2_000;
    let fresh = Fresh::sqlite();
    let store = fresh.store().await;
    let (hub, _) = hub_on(store.clone()).await;
    let courier = Courier::new(store.clone(), Destination::Here(hub.clone())).unwrap();
    store.post(&cases(0..LINES as u32)).await.unwrap();
    let carrying = tokio::spawn(async move { courier.drain().await.unwrap() });
    let looker = sqlx::SqlitePool::connect(&fresh.url).await.unwrap();
    let mut between = 0;
    loop {
        let sql = "SELECT (SELECT COUNT(*) FROM outbox), (SELECT COUNT(*) FROM journal)";
        let (waiting, taken): (i64, i64) = sqlx::query_as(sql).fetch_one(&looker).await.unwrap();
        assert_eq!(waiting + taken, LINES);
        between += i64::from(waiting > 0 && taken > 0);
        if waiting == 0 {
            break;
        }
    }
    assert!(between > 0, "it was looked at in between");
    assert_eq!(carrying.await.unwrap().new, LINES as u64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_answers_double_nothing_and_a_bad_line_blocks_nothing() {
    let (fresh, runner) = (Fresh::sqlite(), Fresh::sqlite());
    let (hub, _) = hub(&fresh).await;
    let store = runner.store().await;
    let end = CancellationToken::new();
    let (mood, address) = elsewhere(&hub, 16, "127.0.0.1:0", end.clone()).await;
    let courier = there(&store, address);
    store.post(&cases(0..50)).await.unwrap();
    let mut poison = case("permits", "poison", 1, Status::Accepted);
    poison.project_no = "poison".to_owned();
    store.post(&[record(poison)]).await.unwrap();
    store.post(&cases(50..100)).await.unwrap();

    mood.stranger.store(true, Ordering::SeqCst);
    let error = courier.drain().await.unwrap_err();
    assert!(matches!(error, HubError::Unauthorised { status: 401, .. }) && error.to_string().contains("token"));
    assert_eq!(store.outbox_len().await.unwrap(), 101, "nothing leaves the outbox unacknowledged");

    mood.stranger.store(false, Ordering::SeqCst);
    mood.lost_answers.store(1, Ordering::SeqCst);
    assert!(matches!(courier.drain().await, Err(HubError::Busy { status: 502, .. })));
    let drained = courier.drain().await.unwrap();
    assert_eq!((drained.total(), drained.refused), (101, 1));
    assert!(drained.unchanged > 0, "what the lost answer had acknowledged came twice and counted once");
    assert_eq!(hub.position().await.unwrap(), 100);
    assert_eq!(store.refused(10).await.unwrap()[0].reason, "this line I will not have");
    proven(&hub).await;
    end.cancel();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_runner_catches_up_by_itself_when_the_hub_is_back() {
    let (fresh, runner) = (Fresh::sqlite(), Fresh::sqlite());
    let (hub, _) = hub(&fresh).await;
    let store = runner.store().await;
    let end = CancellationToken::new();
    let (_, address) = elsewhere(&hub, 1_000, "127.0.0.1:0", end.clone()).await;
    let stop = CancellationToken::new();
    let courier = there(&store, address);
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { courier.run(stop).await }
    });
    let arrived = async |position: i64| {
        let mut heard = hub.watch();
        let waited = tokio::time::timeout(Duration::from_secs(60), heard.wait_for(|newest| *newest >= position)).await;
        waited.expect("the courier comes").expect("the hub is open");
    };
    store.post(&cases(0..10)).await.unwrap();
    arrived(10).await;
    end.cancel();
    store.post(&cases(10..20)).await.unwrap();
    let again = CancellationToken::new();
    let address = address.to_string();
    elsewhere(&hub, 1_000, &address, again.clone()).await;
    store.post(&cases(20..30)).await.unwrap();
    arrived(30).await;
    stop.cancel();
    running.await.unwrap();
    assert_eq!(hub.position().await.unwrap(), 30);
    proven(&hub).await;
    again.cancel();
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_at_once() {
    let store = Fresh::sqlite().store().await;
    let destination = Destination::There { address: "ftp://hub.example".parse().unwrap(), token: String::new().into() };
    assert!(matches!(Courier::new(store, destination), Err(HubError::Client { .. })));
}
