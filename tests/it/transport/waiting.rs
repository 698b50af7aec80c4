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

/// Ways in which a page may change a moment after it has loaded, by `late`; only the last ones are counted, so that they are waited for
/// however long they take.
const LATER: &[(&str, &str)] = &[
    ("timer", "setTimeout(late, 100)"),
    ("words", "setTimeout('late()', 100)"),
    ("interval", "setInterval(late, 100)"),
    ("frame of animation", "requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(late)))"),
    (
        "picture",
        "const image = new Image(); image.onerror = late; addEventListener('load', () => (image.src = '/slow'))",
    ),
    ("script", "addEventListener('load', () => add('script', { src: '/slow.js' }))"),
    ("frame", "addEventListener('load', () => add('iframe', { src: '/slow', onload: late }))"),
    ("module", "import('/slow.js')"),
    ("worker", "new Worker(URL.createObjectURL(new Blob(['setTimeout(postMessage, 100, 1)']))).onmessage = late"),
    ("channel", "new BroadcastChannel('c').onmessage = late"),
    ("events", "new EventSource('/slow').onerror = late"),
    ("database", "indexedDB.open('d').onsuccess = late"),
    ("cipher", "crypto.subtle.digest('SHA-256', new Uint8Array(9)).then(late)"),
    ("sight", "new IntersectionObserver(late).observe(document.body)"),
    (
        "style",
        "addEventListener('load', () => document.body.animate([{ opacity: 0 }, { opacity: 1 }], 100).finished.then(late))",
    ),
    (
        "transition",
        "style.transition = 'opacity .1s'; addEventListener('load', () => (document.body.offsetTop, (style.opacity = 0.5)))",
    ),
    ("again", "setTimeout(late, 100); clearTimeout(setTimeout(late, 100))"),
    ("request", "fetch('/slow').then(late)"),
    ("old request", "const ask = new XMLHttpRequest(); ask.onload = late; ask.open('GET', '/slow'); ask.send()"),
    ("on its way", "fetch('/quick').then(() => (location.href = '/later'))"),
];
const COUNTED: usize = 3;

#[tokio::test]
async fn a_page_is_quiet_at_once_only_where_nothing_in_it_can_still_change() {
    let slow = || async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        ([("content-type", "text/javascript")], "late()")
    };
    let later = || async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        axum::response::Html("<p>后来")
    };
    // Its title says, once it has loaded, whether it is known that nothing can change it.
    let page = |axum::extract::Path(way): axum::extract::Path<usize>| async move {
        let still =
            "clearTimeout(setTimeout(late, 9)); cancelAnimationFrame(requestAnimationFrame(late)); [2, 1].sort()";
        let script = LATER.get(way).map_or(still, |(_, script)| *script);
        axum::response::Html(format!(
            "<!doctype html><head></head><body><script>const late = () => (document.body.textContent = '后来'); \
             const style = document.body.style; \
             const add = (name, what) => document.body.append(Object.assign(document.createElement(name), what)); {script}; \
             addEventListener('load', () => (document.title = window[Symbol.for('queqiao.idle')]()));</script>"
        ))
    };
    let router = axum::Router::new()
        .route("/way/{way}", get(page))
        .route("/slow", get(slow))
        .route("/slow.js", get(slow))
        .route("/quick", get(async || "1"))
        .route("/later", get(later));
    let base = serve(router).await;
    let (_driver, browser) = browser().await;
    let read = async |way: usize| {
        browser.goto(base.join(&format!("way/{way}")).unwrap().as_str()).await.unwrap();
        assert!(browser.settle(DEADLINE).await.unwrap() || way < LATER.len());
        browser.snapshot(false).await.unwrap()
    };
    for (at, (way, _)) in LATER.iter().enumerate() {
        let page = read(at).await;
        if at + COUNTED < LATER.len() {
            assert_eq!(page.title, "false", "{way}: {}", page.html);
        } else {
            assert!(page.html.contains("<p>后来") || page.html.contains("<body>后来"), "{way}: {}", page.html);
        }
    }
    let still = read(LATER.len()).await;
    assert_eq!(still.title, "true", "{}", still.html);
    browser.close().await;
}
