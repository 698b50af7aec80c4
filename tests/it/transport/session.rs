//! The session: kept, lent, put back, within limits.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, header},
    response::{Html, IntoResponse, Redirect},
    routing::get,
};
use queqiao::{
    base::Remedy,
    transport::{
        Act, Browser, BrowserOptions, Lent, Limits, Pace, Session, TransportError, encoding_named, install_tls,
    },
};

use super::{DEADLINE, browser, fill, mark, pages, serve};

#[tokio::test]
async fn nothing_that_passes_through_a_browser_is_logged() {
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);
    impl std::io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone());
    let _guard = tracing::subscriber::set_default(subscriber.finish());

    let page = "<input id=password><p>371302199001011234</p><script>localStorage.token = 'token-1'</script>";
    let base = serve(pages(&[("/", page)])).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let password = mark(&browser.snapshot(true).await.unwrap(), &[], "#password");
    browser.act(&password, &fill("hunter2")).await.unwrap();
    browser.storage().await.unwrap();
    browser.fetch("/", &[("X-Token".to_owned(), "token-1".to_owned())]).await.unwrap();
    browser.close().await;

    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("hyper"), "the log works: {logged}");
    for secret in ["hunter2", "371302199001011234", "token-1"] {
        assert!(!logged.contains(secret), "{secret} was logged");
    }
}

/// A system that knows a visitor by a cookie and a token, and changes the cookie at every visit.
#[derive(Clone, Default)]
struct Desk {
    visits: Arc<Mutex<Vec<BTreeMap<String, String>>>>,
}

async fn desk(State(desk): State<Desk>, headers: HeaderMap) -> impl IntoResponse {
    let text = |value: &axum::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let visit = headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let mut visits = desk.visits.lock().unwrap();
    visits.push(visit);
    let cookie = format!("visit={}; Path=/; HttpOnly", visits.len());
    let (page, _, _) = encoding_rs::GB18030.encode("<p>承诺办结时间：2026年3月2日</p>");
    ([(header::SET_COOKIE, cookie), (header::CONTENT_TYPE, "text/html".to_owned())], page.into_owned())
}

#[tokio::test]
async fn the_browsers_session_is_lent_and_put_back() {
    let desk_state = Desk::default();
    let elsewhere_state = Desk::default();
    let elsewhere = serve(Router::new().route("/", get(desk)).with_state(elsewhere_state.clone())).await;
    let away = elsewhere.to_string();
    let script = "<script>localStorage.token ??= 't-1'; sessionStorage.tab ??= '3'</script>";
    let router = Router::new()
        .route("/", get(desk))
        .route("/home", get(Html(script)))
        .route("/moved", get(|| async { Redirect::to("/?moved") }))
        .route("/away", get(move || async move { Redirect::to(&away) }))
        .with_state(desk_state.clone());
    let base = serve(router).await;

    let (driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    browser.goto(base.join("home").unwrap().as_str()).await.unwrap();
    let fetched = browser.fetch("/", &[("X-Token".to_owned(), "t-1".to_owned())]).await.unwrap();
    assert_eq!((fetched.status, fetched.address.as_str()), (200, base.as_str()));
    assert_eq!(fetched.text(encoding_named("gbk")).text, "<p>承诺办结时间：2026年3月2日</p>");
    assert_eq!(browser.requests(), 3);
    let storage = browser.storage().await.unwrap();
    assert_eq!((storage.local["token"].as_str(), storage.session["tab"].as_str()), ("t-1", "3"));
    assert!(!format!("{storage:?}").contains("t-1"), "nothing of it is printed");
    browser.close().await;

    let session = storage.lend(vec![("X-Token".to_owned(), "t-1".to_owned().into())]);
    let lent = Lent::new(&base, &session, Limits::default()).unwrap();
    let moved = lent.get("/moved").await.unwrap();
    assert_eq!(moved.address, format!("{base}?moved"));
    assert_eq!(moved.text(encoding_named("gbk")).text, "<p>承诺办结时间：2026年3月2日</p>");
    lent.clone().get("/").await.unwrap();
    assert_eq!(lent.requests(), 3);
    lent.get("/away").await.unwrap();

    let visits = desk_state.visits.lock().unwrap().clone();
    assert_eq!(visits.len(), 4);
    for (visit, cookie) in visits[1..].iter().zip(["visit=1", "visit=2", "visit=3"]) {
        assert_eq!(visit["cookie"], cookie, "cookies are lent, then kept up to date");
        assert_eq!(visit["x-token"], "t-1");
        assert_eq!(visit["user-agent"], visits[0]["user-agent"]);
    }
    assert!(!elsewhere_state.visits.lock().unwrap()[0].contains_key("x-token"), "a token stays with its system");

    let again = Browser::open(&driver, &BrowserOptions::default()).await.unwrap();
    again.resume(&storage, base.join("home").unwrap().as_str()).await.unwrap();
    assert_eq!(again.storage().await.unwrap(), storage);
    again.close().await;
}

#[tokio::test]
async fn an_answer_has_limits() {
    install_tls();
    let endless = || async {
        Body::from_stream(futures::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 65_536]))))
    };
    let hanging = || async { Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>()) };
    let router = Router::new()
        .route("/endless", get(endless))
        .route("/hanging", get(hanging))
        .route("/loop", get(|| async { Redirect::to("/loop") }))
        .route("/busy", get(|| async { (axum::http::StatusCode::BAD_GATEWAY, "系统维护中") }));
    let base = serve(router).await;
    let limits = Limits { answer: Duration::from_millis(500), bytes: 1_000_000, ..Limits::default() };
    let lent = Lent::new(&base, &Session::default(), limits.clone()).unwrap();

    assert!(matches!(lent.get("/hanging").await.unwrap_err(), TransportError::Timeout { .. }));
    assert!(matches!(lent.get("/loop").await.unwrap_err(), TransportError::TooManyRedirects { limit: 10, .. }));
    let patient = Lent::new(&base, &Session::default(), Limits { answer: DEADLINE, ..limits }).unwrap();
    let large = patient.get("/endless").await.unwrap_err();
    assert!(matches!(large, TransportError::TooLarge { limit: 1_000_000, .. }), "{large}");
    assert_eq!(large.remedy(), Remedy::Human);
    let busy = patient.get("/busy").await.unwrap();
    assert_eq!((busy.status, &*busy.text(None).text), (502, "系统维护中"));
    let gone = format!("http://127.0.0.1:{}/", queqiao::host::free_port().unwrap());
    let nobody = patient.get(&gone).await.unwrap_err();
    assert!(matches!(nobody, TransportError::Fetch { .. }) && nobody.remedy() == Remedy::Retry, "{nobody}");

    let (_driver, browser) = browser().await;
    browser.goto(base.join("busy").unwrap().as_str()).await.unwrap();
    let large = browser.fetch("/endless", &[]).await.unwrap_err();
    assert!(matches!(large, TransportError::TooLarge { .. }), "{large}");
    browser.close().await;
}

#[tokio::test]
async fn all_clients_of_a_system_keep_one_pace() {
    install_tls();
    let under_way = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (count, peak) = (Arc::clone(&under_way), Arc::clone(&most));
    let visit = move || {
        let (count, peak) = (Arc::clone(&count), Arc::clone(&peak));
        async move {
            peak.fetch_max(count.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(50)).await;
            count.fetch_sub(1, Ordering::SeqCst);
        }
    };
    let base = serve(Router::new().route("/", get(visit))).await;
    let limits = Limits { pace: Pace::new(2, None), ..Limits::default() };
    let clients = [(); 2].map(|()| Lent::new(&base, &Session::default(), limits.clone()).unwrap());
    let asked = (0..12).map(|at| clients[at % 2].get("/"));
    for answer in futures::future::join_all(asked).await {
        assert_eq!(answer.unwrap().status, 200);
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_holds_in_memory_can_be_weighed() {
    let (_driver, browser) = browser().await;
    let held = browser.memory().expect("it runs on this machine");
    assert!((20_000_000..5_000_000_000).contains(&held), "{held}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_gives_back_what_its_pages_need_no_more() {
    let filled = "<script>window.kept = Array.from({ length: 30 }, (_, at) => new Array(1e6).fill(at + 0.5))</script>\
         <button onclick='kept = null'>x</button>";
    let base = serve(Router::new().route("/", get(move || async move { Html(filled) }))).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let full = browser.memory().unwrap();
    browser.collect_garbage().await.unwrap();
    let needed = browser.memory().unwrap();
    assert!(needed > full / 2, "what a page needs stays: {needed} of {full}");
    let page = browser.snapshot(true).await.unwrap();
    browser.act(&mark(&page, &[], "button"), &Act::Click).await.unwrap();
    browser.collect_garbage().await.unwrap();
    let left = browser.memory().unwrap();
    assert!(left + 150_000_000 < needed, "240 MB are needed no more: {left} of {needed}");
    browser.close().await;
}
