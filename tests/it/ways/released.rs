//! The browser that signed in is gone as soon as nothing needs it, while the reading goes on.

use std::{
    convert::Infallible,
    sync::{Arc, atomic::AtomicUsize},
    time::Duration,
};

use axum::{
    Router,
    extract::{Query, State},
    response::{
        Response, Sse,
        sse::{Event, KeepAlive},
    },
    routing::get,
};
use futures::{Stream, StreamExt, stream};
use queqiao::{record::Outcome, run::RunOptions};
use tokio::sync::watch;

use super::{LOGIN, Written, bridge, html, rows, table};

/// Long enough for a loaded machine; a test that waits it out fails.
const DEADLINE: Duration = Duration::from_secs(60);
const CASES: u32 = 30;
/// The login is one page with a button; the list may be read either way.
const WRITTEN: Written = Written {
    list: "path = \"list?page={page}\"\nvia = \"auto\"\n[page.login]\npath = \"login\"\n[page.login.at]\nsubmit = \"text=登录\"",
    collect: "",
    login: LOGIN,
    limits: "",
};
/// A page's connection to the office: open for as long as a browser shows the page.
const LINE: &str = "<script>new EventSource('line')</script>";

/// How many pages are shown in a browser now, and requests for list pages.
#[derive(Clone)]
struct Desk {
    shown: Arc<watch::Sender<usize>>,
    asked: Arc<AtomicUsize>,
}

/// Counts down when the connection ends.
struct Shown(Arc<watch::Sender<usize>>);

impl Drop for Shown {
    fn drop(&mut self) {
        self.0.send_modify(|shown| *shown -= 1);
    }
}

async fn line(State(desk): State<Desk>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    desk.shown.send_modify(|shown| *shown += 1);
    let shown = Shown(desk.shown);
    let never = stream::pending().map(move |event| {
        let _held = &shown;
        event
    });
    Sse::new(never).keep_alive(KeepAlive::new().interval(Duration::from_millis(50)))
}

#[derive(serde::Deserialize)]
struct Which {
    page: usize,
}

/// The second page comes only when no browser shows the first one any more.
async fn list(State(desk): State<Desk>, Query(Which { page }): Query<Which>) -> Response {
    desk.asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    if page > 1 {
        let mut shown = desk.shown.subscribe();
        let gone = tokio::time::timeout(DEADLINE, shown.wait_for(|shown| *shown == 0)).await;
        if gone.is_err() {
            return html("<p>a browser is still there</p>");
        }
    }
    let cases: Vec<(u32, &str)> = (1..=CASES).map(|number| (number, "受理")).collect();
    table(&rows(cases.iter().skip((page - 1) * 10).take(10)), cases.len(), LINE)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_ends_when_every_page_is_read_without_it_and_its_requests_stay_counted() {
    queqiao::transport::install_tls();
    let desk = Desk { shown: Arc::new(watch::Sender::new(0)), asked: Arc::default() };
    let router = Router::new()
        .route("/login", get(|| async { html("<a href='welcome'>登录</a>") }))
        .route("/welcome", get(|| async { html(&format!("<p>当前用户 bot</p>{LINE}")) }))
        .route("/line", get(line))
        .route("/list", get(list))
        .with_state(desk.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let folder = tempfile::tempdir().unwrap();
    let bridge = bridge(&folder, &base, WRITTEN).await;

    let report = bridge.run("office", RunOptions::default(), Arc::new(|_| {})).await.unwrap();
    assert_eq!((report.reading.outcome, report.reading.rows_read), (Outcome::Good, u64::from(CASES)), "{report:?}");
    assert!(report.reading.browser_requests >= 2, "login and first page: {report:?}");
    bridge.close().await;
}
