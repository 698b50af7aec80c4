//! Waiting for pages, and leaving them.

use std::time::Duration;

use axum::routing::get;
use queqiao::transport::{Act, Browser, BrowserOptions, TransportError};

use super::{DEADLINE, browser, mark, own_driver, pages, path, serve};

/// Short for what never comes, and long enough that a machine which stands still for a moment keeps nothing from coming.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(8);

#[tokio::test]
async fn settling_waits_for_requests_of_scripts_and_for_later_pages() {
    let slow = || async {
        tokio::time::sleep(Duration::from_millis(600)).await;
        "加载完成"
    };
    let page = r#"<iframe src="/frame"></iframe><script>
      setTimeout(() => { const ask = new XMLHttpRequest(); ask.open("GET", "/slow");
        ask.onload = () => document.body.append(ask.responseText); ask.send(); }, 100);</script>"#;
    let frame = r#"<script>fetch("/slow").then((r) => r.text()).then((text) => (location.href = "/last"))</script>"#;
    let base = serve(pages(&[("/", page), ("/frame", frame), ("/last", "末页")]).route("/slow", get(slow))).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    assert!(browser.settle(DEADLINE).await.unwrap());
    let settled = browser.snapshot(false).await.unwrap();
    assert!(settled.html.contains("加载完成"), "{}", settled.html);
    assert!(settled.frames[0].page.as_ref().unwrap().html.contains("末页"));

    // The page itself goes away while it is waited for, as when a form is sent back.
    let leaving = r#"<script>setTimeout(() => (location.href = "/last"), 100)</script>"#;
    let base = serve(pages(&[("/", leaving), ("/last", "末页")])).await;
    browser.goto(base.as_str()).await.unwrap();
    assert!(browser.settle(DEADLINE).await.unwrap());
    assert!(browser.snapshot(false).await.unwrap().html.contains("末页"));

    // An answer that comes and goes between two looks, and is shown a moment later.
    let brief = r#"<script>setTimeout(() => fetch("data:,1").then(() => setTimeout(() => document.body.append("算" + "好"), 110)), 110)</script>"#;
    let base = serve(pages(&[("/", brief)])).await;
    for _ in 0..5 {
        browser.goto(base.as_str()).await.unwrap();
        assert!(browser.settle(DEADLINE).await.unwrap());
        assert!(browser.snapshot(false).await.unwrap().html.contains("算好"));
    }

    let restless = "<p id=p></p><script>setInterval(() => p.textContent = Math.random(), 20)</script>";
    let base = serve(pages(&[("/", restless)])).await;
    browser.goto(base.as_str()).await.unwrap();
    assert!(!browser.settle(Duration::from_secs(1)).await.unwrap(), "a restless page ends at the limit");
    browser.close().await;
}

#[tokio::test]
async fn a_page_whose_parts_never_come_is_read_and_a_page_that_never_comes_is_not() {
    let never = || async { std::future::pending::<()>().await };
    let page = r#"<p>正文</p><img src="/never">"#;
    let shell = r#"<iframe name="main" src="about:blank"></iframe>"#;
    let base = serve(pages(&[("/", page), ("/shell", shell)]).route("/never", get(never))).await;
    let driver = own_driver().await;
    let options = BrowserOptions { page_timeout: GIVEN_UP_AFTER, ..BrowserOptions::default() };
    let browser = Browser::open(&driver, &options).await.unwrap();
    browser.goto(base.as_str()).await.unwrap();
    assert!(browser.snapshot(false).await.unwrap().html.contains("正文"));
    let never = base.join("never").unwrap();
    let error = browser.goto(never.as_str()).await.unwrap_err();
    assert!(matches!(error, TransportError::Timeout { .. }), "{error}");

    browser.goto(base.join("shell").unwrap().as_str()).await.unwrap();
    let main = path(&["main"]);
    browser.goto_in_frame(&main, base.as_str()).await.unwrap();
    let shell = browser.snapshot(false).await.unwrap();
    assert!(shell.in_frame(&main).unwrap().0.html.contains("正文"));
    let error = browser.goto_in_frame(&main, never.as_str()).await.unwrap_err();
    assert!(matches!(error, TransportError::Timeout { .. }), "{error}");
    browser.close().await;
}

#[tokio::test]
async fn leaving_a_page_that_objects_is_possible() {
    let page = r#"<button onclick="onbeforeunload = (event) => event.preventDefault()">改</button>"#;
    let base = serve(pages(&[("/", page), ("/next", "<title>下一页</title>")])).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let button = mark(&browser.snapshot(true).await.unwrap(), &[], "button");
    browser.act(&button, &Act::Click).await.unwrap();
    browser.goto(base.join("next").unwrap().as_str()).await.unwrap();
    assert_eq!(browser.snapshot(false).await.unwrap().title, "下一页");
    browser.close().await;
}
