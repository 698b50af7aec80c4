//! Pages that load side by side in windows of one session.

use std::time::Duration;

use axum::{
    Router,
    body::Body,
    extract::{Path, Query},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use futures::StreamExt;
use queqiao::transport::{Beside, TransportError};
use serde::Deserialize;

use super::{DEADLINE, browser, serve};

/// Pages that load at once.
const AT_ONCE: usize = 4;
/// How much later than the page its contents come.
const LATER: u64 = 300;
/// Long enough for a window to show that no page comes.
const SOON: Duration = Duration::from_millis(500);

#[derive(Deserialize)]
struct Late {
    by: u64,
}

/// A page that is filled by its script: at once, by timers one after the other, as it is painted, by an answer whose head comes long before
/// its body, or with what the session keeps for the tab that signed in.
async fn page(Path((way, number)): Path<(String, usize)>, headers: HeaderMap) -> Response {
    let signed_in = headers.get(header::COOKIE).is_some_and(|cookies| cookies == "SID=1");
    let fill = match way.as_str() {
        "plain" => format!("show('{number}')"),
        "timers" => format!("setTimeout(() => (show('half'), setTimeout(() => show('{number}'), 100)), 100)"),
        "painted" => format!("requestAnimationFrame(() => requestAnimationFrame(() => show('{number}')))"),
        "answer" => format!("fetch('/late/{number}?by={LATER}').then((answer) => answer.text()).then(show)"),
        "tab" => format!("show(sessionStorage.getItem('tab') + '{number}')"),
        "asks" => "confirm('还在吗？')".to_owned(),
        "moved" => return Redirect::to(&format!("/plain/{number}")).into_response(),
        "nothing" => return StatusCode::NO_CONTENT.into_response(),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let opener = "document.title = String(opener)";
    let page = format!(
        "<!doctype html><p id=value>?</p><script>const show = (text) => (document.all.value.textContent = text); {opener}; {fill}</script>"
    );
    if signed_in { Html(page).into_response() } else { Html("<p id=value>登录".to_owned()).into_response() }
}

async fn late(Path(number): Path<usize>, Query(late): Query<Late>) -> Response {
    let body = futures::stream::once(async move {
        tokio::time::sleep(Duration::from_millis(late.by)).await;
        Ok::<_, std::io::Error>(number.to_string())
    });
    Body::from_stream(futures::stream::iter([Ok(String::new())]).chain(body)).into_response()
}

async fn office() -> url::Url {
    let home = "<title>主页</title><p id=value>主页</p><script>document.cookie = 'SID=1'; sessionStorage.setItem('tab', 't')</script>";
    let router = Router::new().route("/", get(move || async move { Html(home) }));
    serve(router.route("/{way}/{number}", get(page)).route("/late/{number}", get(late))).await
}

fn value(html: &str) -> String {
    let page = scraper::Html::parse_document(html);
    page.select(&scraper::Selector::parse("#value").unwrap()).next().unwrap().text().collect()
}

#[tokio::test]
async fn pages_load_side_by_side_and_each_is_read_whole() {
    let base = office().await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let ways = ["plain", "timers", "painted", "answer", "tab", "moved"];
    let all: Vec<_> = (0..40).map(|number| (ways[number % ways.len()], number)).collect();
    let mut loading = std::collections::VecDeque::<(Beside, &str, usize)>::new();
    let mut read = 0;
    let mut left = all.iter();
    loop {
        while loading.len() < AT_ONCE {
            let Some((way, number)) = left.next() else { break };
            let address = format!("{base}{way}/{number}");
            loading.push_back((browser.begin_beside(&address).await.unwrap(), way, *number));
        }
        let Some((beside, way, number)) = loading.pop_front() else { break };
        let snapshot = browser.take_beside(beside, DEADLINE).await.unwrap();
        let shown = if way == "tab" { format!("t{number}") } else { number.to_string() };
        assert_eq!(value(&snapshot.html), shown, "{way}");
        assert_eq!(snapshot.title, "null", "no page sees that it was opened by another");
        read += 1;
        // What is done in between is done where it was done before.
        if read == 20 {
            assert_eq!(value(&browser.snapshot(false).await.unwrap().html), "主页");
            assert_eq!(browser.windows().await.unwrap().count(), 1 + AT_ONCE);
        }
    }
    assert_eq!(read, all.len());
    browser.close_beside().await;
    assert_eq!(browser.windows().await.unwrap().count(), 1);
    assert_eq!(value(&browser.snapshot(false).await.unwrap().html), "主页");
    // One that is only dropped waits for an answer that this thread can't take.
    browser.close().await;
}

#[tokio::test]
async fn what_is_unusual_about_a_page_ends_its_window_and_nothing_else() {
    let base = office().await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let begin = async |way: &str| browser.begin_beside(&format!("{base}{way}/1")).await.unwrap();
    for (unusual, limit) in [("asks", DEADLINE), ("nothing", SOON)] {
        let (before, odd, after) = (begin("plain").await, begin(unusual).await, begin("answer").await);
        assert_eq!(value(&browser.take_beside(before, DEADLINE).await.unwrap().html), "1");
        let error = browser.take_beside(odd, limit).await.unwrap_err();
        let fits = match unusual {
            "asks" => matches!(error, TransportError::DialogOpen { .. }),
            _ => matches!(error, TransportError::Timeout { .. }),
        };
        assert!(fits, "{unusual}: {error}");
        assert_eq!(value(&browser.take_beside(after, DEADLINE).await.unwrap().html), "1");
        assert_eq!(browser.windows().await.unwrap().count(), 3, "{unusual}: its window is gone");
        browser.close_beside().await;
    }
    // The page that opened them has gone, and with it what it knew of its windows.
    let left = begin("plain").await;
    browser.take_beside(left, DEADLINE).await.unwrap();
    browser.goto(base.as_str()).await.unwrap();
    let again = begin("plain").await;
    assert_eq!(value(&browser.take_beside(again, DEADLINE).await.unwrap().html), "1");
    assert_eq!(browser.windows().await.unwrap().count(), 2);
}

#[tokio::test]
async fn who_is_stopped_on_the_way_leaves_the_browser_where_it_was() {
    let base = office().await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    for _ in 0..5 {
        let beside = browser.begin_beside(&format!("{base}answer/1")).await.unwrap();
        let taking = browser.take_beside(beside, DEADLINE);
        assert!(
            tokio::time::timeout(Duration::from_millis(fastrand::u64(1..250)), taking).await.is_err(),
            "it takes longer"
        );
        assert_eq!(value(&browser.snapshot(false).await.unwrap().html), "主页");
    }
}
