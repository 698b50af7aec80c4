//! What can be asked by plain HTTP, and what comes with the answers.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect},
    routing::{any, get, post},
};
use queqiao::transport::{Basic, Lent, Limits, Session, TransportError, Validators};
use tokio::sync::Notify;
use url::Url;

use super::{browser, serve};

fn lent(base: &Url, session: &Session) -> Lent {
    Lent::new(base, session, Limits::default()).unwrap()
}

/// Says how it was asked.
async fn said(method: axum::http::Method, headers: HeaderMap, body: Bytes) -> String {
    let told = |name: header::HeaderName| headers.get(name).map_or("-", |value| value.to_str().unwrap()).to_owned();
    let body = String::from_utf8(body.to_vec()).unwrap();
    format!("{method} {} {body}", told(header::CONTENT_TYPE))
}

#[tokio::test]
async fn a_posted_question_follows_redirects_as_a_browser_does() {
    let other = serve(Router::new().route("/said", any(said))).await;
    let away = other.join("said").unwrap().to_string();
    let moved = |status: StatusCode| move || async move { (status, [(header::LOCATION, "/said")]) };
    let router = Router::new()
        .route("/said", any(said))
        .route("/301", post(moved(StatusCode::MOVED_PERMANENTLY)))
        .route("/302", post(moved(StatusCode::FOUND)))
        .route("/303", post(moved(StatusCode::SEE_OTHER)))
        .route("/307", post(moved(StatusCode::TEMPORARY_REDIRECT)))
        .route("/away", post(move || async move { Redirect::temporary(&away) }));
    let base = serve(router).await;
    let lent = lent(&base, &Session::default());
    let form = "application/x-www-form-urlencoded";
    for (path, expected) in [
        ("said", "POST application/x-www-form-urlencoded page=2&rows=50"),
        ("301", "GET - "),
        ("302", "GET - "),
        ("303", "GET - "),
        ("307", "POST application/x-www-form-urlencoded page=2&rows=50"),
        ("away", "POST application/x-www-form-urlencoded page=2&rows=50"),
    ] {
        let answer = lent.post(path, form, b"page=2&rows=50".to_vec()).await.unwrap();
        assert_eq!((answer.status, &*answer.text(None).text), (200, expected), "{path}");
    }
    assert_eq!(lent.requests(), 11);
    assert_eq!(
        lent.post("said", "application/json", b"{}".to_vec()).await.unwrap().text(None).text,
        "POST application/json {}"
    );
}

#[tokio::test]
async fn a_name_and_a_password_go_to_their_system_only() {
    let needs = |headers: HeaderMap| async move {
        match headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned()) {
            Some(told) => told.into_response(),
            None => (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Basic realm=\"x\"")]).into_response(),
        }
    };
    let other = serve(Router::new().route("/", get(needs))).await.to_string();
    let router = Router::new().route("/", get(needs)).route("/away", get(|| async move { Redirect::to(&other) }));
    let base = serve(router).await;

    let basic = Basic { username: "导出".to_owned(), password: "pass:word".to_owned().into() };
    let session = Session { basic: Some(basic), ..Session::default() };
    assert!(!format!("{session:?}").contains("pass:word"));
    let signed_in = lent(&base, &session);
    // Base64 of the UTF-8 bytes of `导出:pass:word`.
    assert_eq!(signed_in.get("/").await.unwrap().text(None).text, "Basic 5a+85Ye6OnBhc3M6d29yZA==");
    assert_eq!(signed_in.get("/away").await.unwrap().status, 401);
    assert_eq!(lent(&base, &Session::default()).get("/").await.unwrap().status, 401);
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again_and_files_keep_their_names() {
    let export = |headers: HeaderMap| async move {
        if headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag == "\"v1\"") {
            return StatusCode::NOT_MODIFIED.into_response();
        }
        let named = [
            (header::CONTENT_DISPOSITION, "attachment; filename=\"办件.csv\""),
            (header::ETAG, "\"v1\""),
            (header::LAST_MODIFIED, "Mon, 02 Mar 2026 01:00:00 GMT"),
        ];
        (named, "编号\n1\n").into_response()
    };
    let router = Router::new()
        .route("/", get("page"))
        .route("/moved", get(|| async { Redirect::to("/export") }))
        .route("/export", get(export));
    let base = serve(router).await;
    let lent = lent(&base, &Session::default());

    let first = lent.get_if("/export", &Validators::default()).await.unwrap();
    assert_eq!((first.status, first.file_name.as_deref(), first.body.len()), (200, Some("办件.csv"), 9));
    let expected =
        Validators { etag: Some("\"v1\"".to_owned()), last_modified: Some("Mon, 02 Mar 2026 01:00:00 GMT".to_owned()) };
    assert_eq!(first.validators, expected);
    for path in ["/export", "/moved"] {
        let again = lent.get_if(path, &first.validators).await.unwrap();
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
    }
    assert!(lent.get("/").await.unwrap().validators.is_empty());

    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let fetched = browser.fetch("/export", &[]).await.unwrap();
    assert_eq!((fetched.file_name.as_deref(), fetched.validators), (Some("办件.csv"), expected));
    browser.close().await;
}

/// From the request that sends a form to the end of its answer, redirects included, nothing else of the session is let in; nor while
/// somebody presses in the browser. A pace of one turn is enough for all of it.
#[tokio::test]
async fn while_a_form_is_sent_nothing_else_is_asked_in_its_session() {
    let seen: Arc<Mutex<Vec<&str>>> = Arc::default();
    let (began, asked) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let saw = |what: &'static str| {
        let (seen, asked) = (Arc::clone(&seen), Arc::clone(&asked));
        move || async move {
            seen.lock().unwrap().push(what);
            asked.notify_one();
            what
        }
    };
    let sends = {
        let (seen, began, asked) = (Arc::clone(&seen), Arc::clone(&began), Arc::clone(&asked));
        move || async move {
            seen.lock().unwrap().push("form");
            began.notify_one();
            // Busy until somebody else is let in, or for a while.
            let _ = tokio::time::timeout(Duration::from_millis(300), asked.notified()).await;
            Redirect::to("/answer")
        }
    };
    let router =
        Router::new().route("/form", post(sends)).route("/answer", get(saw("answer"))).route("/page", get(saw("page")));
    let base = serve(router).await;
    let lent = lent(&base, &Session::default());
    let form = tokio::spawn({
        let lent = lent.clone();
        async move { lent.send_alone("form", Some(("text/plain".to_owned(), Vec::new())), None).await.unwrap().status }
    });
    began.notified().await;
    assert_eq!(lent.get("page").await.unwrap().status, 200);
    assert_eq!(form.await.unwrap(), 200);
    assert_eq!(*seen.lock().unwrap(), ["form", "answer", "page"]);

    let alone = lent.alone().await;
    let mut page = Box::pin(lent.get("page"));
    assert!(futures::poll!(&mut page).is_pending());
    assert_eq!(seen.lock().unwrap().len(), 3, "it waits for whoever presses");
    drop(alone);
    assert_eq!(page.await.unwrap().status, 200);
    let late = lent.send_alone("form", None, Some(Duration::ZERO)).await.unwrap_err();
    assert!(
        matches!(late, TransportError::TooLate { .. }),
        "a form that asks for an address comes too late as well: {late}"
    );
}
