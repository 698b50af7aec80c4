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
use queqiao::transport::{Beside, Browser, Snapshot, Taken, TransportError};
use serde::Deserialize;

use super::{DEADLINE, OwnDriver, browser, serve};

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
        "on" => format!("location.href = '/slowly/{number}'"),
        "restless" => "setInterval(() => show('restless'), 20)".to_owned(),
        // To where nobody is signed in: another origin, though the same place.
        "elsewhere" => {
            let here = headers[header::HOST].to_str().unwrap().replace("127.0.0.1", "localhost");
            return Redirect::to(&format!("http://{here}/plain/{number}")).into_response();
        }
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

async fn slowly(Path(number): Path<usize>) -> Response {
    tokio::time::sleep(Duration::from_millis(2 * LATER)).await;
    Html(format!("<title>null</title><p id=value>{number}")).into_response()
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
    serve(
        router
            .route("/{way}/{number}", get(page))
            .route("/late/{number}", get(late))
            .route("/slowly/{number}", get(slowly)),
    )
    .await
}

/// The office, and a browser that stands on its first page.
async fn signed_in() -> (url::Url, OwnDriver, Browser) {
    let base = office().await;
    let (driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    (base, driver, browser)
}

fn value(html: &str) -> String {
    let page = scraper::Html::parse_document(html);
    page.select(&scraper::Selector::parse("#value").unwrap()).next().unwrap().text().collect()
}

async fn begin(browser: &Browser, address: &str) -> Beside {
    let windows = browser.begin_beside(&[address]).await.unwrap();
    let [beside] = <[Beside; 1]>::try_from(windows).unwrap();
    beside
}

/// The first of these pages that is there; what else is there is lost.
async fn take(browser: &Browser, beside: Beside, limit: Duration) -> Result<Snapshot, TransportError> {
    let page = loop {
        if let Some(taken) = browser.take_beside(&[&beside], Duration::ZERO, limit).await?.pop() {
            break taken.page;
        }
    };
    match page {
        Ok(_) => browser.free_beside(beside),
        Err(_) => browser.end_beside(beside).await,
    }
    page
}

/// Waits until there is no window but the one that is worked in: the driver hears a moment later that one is closed.
async fn until_alone(browser: &Browser) {
    let alone = async { while browser.windows().await.unwrap().count() > 1 {} };
    tokio::time::timeout(DEADLINE, alone).await.expect("windows beside are closed");
}

#[tokio::test]
async fn pages_load_side_by_side_and_each_is_read_whole() {
    let (base, _driver, browser) = signed_in().await;
    let ways = ["plain", "timers", "painted", "answer", "tab", "moved", "on"];
    let all: Vec<_> = (0..60).map(|number| (ways[number % ways.len()], number)).collect();
    let address = |(way, number): &(&str, usize)| format!("{base}{way}/{number}");
    let (mut left, mut loading, mut read) = (all.iter(), Vec::new(), 0);
    loop {
        let next: Vec<_> = left.by_ref().take(AT_ONCE - loading.len()).collect();
        let addresses: Vec<String> = next.iter().map(|next| address(next)).collect();
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        let windows = browser.begin_beside(&addresses).await.unwrap();
        assert_eq!(windows.len(), next.len());
        loading.extend(windows.into_iter().zip(next));
        if loading.is_empty() {
            break;
        }
        let besides: Vec<_> = loading.iter().map(|(beside, _)| beside).collect();
        let taken = browser.take_beside(&besides, Duration::ZERO, DEADLINE).await.unwrap();
        for Taken { at, page } in taken.into_iter().rev() {
            let (beside, (way, number)) = loading.remove(at);
            let page = page.unwrap();
            let shown = if *way == "tab" { format!("t{number}") } else { number.to_string() };
            assert_eq!(value(&page.html), shown, "{way}");
            assert_eq!(page.title, "null", "no page sees that it was opened by another");
            read += 1;
            browser.free_beside(beside);
        }
        // What is done in between is done where it was done before.
        assert_eq!(value(&browser.snapshot(false).await.unwrap().html), "主页");
        assert_eq!(browser.windows().await.unwrap().count(), 1 + AT_ONCE);
    }
    assert_eq!(read, all.len());
    browser.close_beside().await;
    until_alone(&browser).await;
    assert_eq!(value(&browser.snapshot(false).await.unwrap().html), "主页");
    // One that is only dropped waits for an answer that this thread can't take.
    browser.close().await;
}

#[tokio::test]
async fn what_is_unusual_about_a_page_ends_its_window_and_nothing_else() {
    let (base, _driver, browser) = signed_in().await;
    let begin = async |way: &str| begin(&browser, &format!("{base}{way}/1")).await;
    for (unusual, limit) in [("asks", DEADLINE), ("nothing", SOON)] {
        let (before, odd, after) = (begin("plain").await, begin(unusual).await, begin("answer").await);
        assert_eq!(value(&take(&browser, before, DEADLINE).await.unwrap().html), "1");
        let error = take(&browser, odd, limit).await.unwrap_err();
        let fits = match unusual {
            "asks" => matches!(error, TransportError::DialogOpen { .. }),
            _ => matches!(error, TransportError::Timeout { .. }),
        };
        assert!(fits, "{unusual}: {error}");
        assert_eq!(value(&take(&browser, after, DEADLINE).await.unwrap().html), "1");
        assert_eq!(browser.windows().await.unwrap().count(), 3, "{unusual}: its window is gone");
        browser.close_beside().await;
    }
    // The page that opened them has gone, and with it what it knew of its windows: of one where a page loads, and of one where none does.
    let (free, left) = (begin("plain").await, begin("answer").await);
    take(&browser, free, DEADLINE).await.unwrap();
    browser.goto(base.as_str()).await.unwrap();
    assert_eq!(value(&take(&browser, left, DEADLINE).await.unwrap().html), "1");
    let addresses = ["plain", "answer", "tab"].map(|way| format!("{base}{way}/1"));
    let again = browser.begin_beside(&addresses.each_ref().map(String::as_str)).await.unwrap();
    assert_eq!(again.len(), 3, "windows that nobody knows are replaced");
    for (beside, shown) in again.into_iter().zip(["1", "1", "t1"]) {
        assert_eq!(value(&take(&browser, beside, DEADLINE).await.unwrap().html), shown);
    }
    assert_eq!(browser.windows().await.unwrap().count(), 1 + 3, "and closed");
    // A page of another origin is read where it stands.
    let elsewhere = begin("elsewhere").await;
    let elsewhere = take(&browser, elsewhere, DEADLINE).await.unwrap();
    assert_eq!((value(&elsewhere.html).as_str(), elsewhere.address.contains("localhost")), ("登录", true));
    let again = begin("plain").await;
    assert_eq!(value(&take(&browser, again, DEADLINE).await.unwrap().html), "1");
    // Whether the open page knows its windows or not, and wherever they stand.
    browser.close_beside().await;
    until_alone(&browser).await;
    let forgotten = begin("plain").await;
    take(&browser, forgotten, DEADLINE).await.unwrap();
    browser.goto(base.as_str()).await.unwrap();
    browser.close_beside().await;
    until_alone(&browser).await;
    browser.close().await;
}

#[tokio::test]
async fn a_page_that_never_rests_keeps_no_other_and_is_taken_as_it_is_when_its_time_is_over() {
    let (base, _driver, browser) = signed_in().await;
    let begin = async |way: &str| begin(&browser, &format!("{base}{way}/1")).await;
    let (restless, answer) = (begin("restless").await, begin("answer").await);
    let taken = browser.take_beside(&[&restless, &answer], Duration::ZERO, DEADLINE).await.unwrap();
    let [Taken { at: 1, page: Ok(page) }] = &taken[..] else { panic!("{taken:?}") };
    assert_eq!(value(&page.html), "1");
    assert_eq!(value(&take(&browser, restless, SOON).await.unwrap().html), "restless");
    browser.close().await;
}

#[tokio::test]
async fn who_is_stopped_on_the_way_leaves_the_browser_where_it_was() {
    let (base, _driver, browser) = signed_in().await;
    for _ in 0..5 {
        let beside = begin(&browser, &format!("{base}answer/1")).await;
        let besides = [&beside];
        let taking = browser.take_beside(&besides, Duration::ZERO, DEADLINE);
        assert!(
            tokio::time::timeout(Duration::from_millis(fastrand::u64(1..250)), taking).await.is_err(),
            "it takes longer"
        );
        assert_eq!(value(&browser.snapshot(false).await.unwrap().html), "主页");
        // Nothing is lost: the page waits in its window.
        assert_eq!(value(&take(&browser, beside, DEADLINE).await.unwrap().html), "1");
    }
    browser.close().await;
}
