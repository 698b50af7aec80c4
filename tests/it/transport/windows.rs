//! Windows that pages open, and files that they hand out.

use std::time::Duration;

use axum::{
    Router,
    body::Body,
    http::header,
    response::{Html, IntoResponse},
    routing::get,
};
use queqiao::transport::{Act, Browser, TransportError};

use super::{DEADLINE, browser, mark, pages, serve};

/// Long enough for a click to show that nothing comes of it.
const SOON: Duration = Duration::from_millis(200);

async fn press(browser: &Browser, selector: &str) {
    let button = mark(&browser.snapshot(true).await.unwrap(), &[], selector);
    browser.act(&button, &Act::Click).await.unwrap();
}

async fn title(browser: &Browser) -> String {
    browser.snapshot(false).await.unwrap().title
}

#[tokio::test]
async fn a_window_that_a_page_opens_is_read_and_closed() {
    let list = r#"<title>列表</title><script>open("/notice")</script>
      <button id="detail" onclick="window.open('/detail?id=1', 'd', 'width=600,height=400')">查看</button>
      <a id="tab" href="/detail?id=2" target="_blank">新页</a><button id="nothing">无</button>
      <button id="two" onclick="window.open('/notice', 'a'); window.open('/notice', 'b')">两个</button>
      <button id="written" onclick="const page = window.open('', 'w').document; page.write('<title>写出</title><p>内容'); page.close()">写</button>"#;
    let detail = r#"<title>详情</title><button onclick="fetch('/slow').then((r) => r.text()).then((t) => (document.title = t))">更多</button>
      <a id="next" target="_blank" href="/notice">公告</a><button id="close" onclick="close()">关闭</button>"#;
    let slow = get(|| async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        "全部"
    });
    let router = pages(&[("/", list), ("/detail", detail), ("/notice", "<title>公告</title>")]).route("/slow", slow);
    let base = serve(router).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    // The window that the page opens by itself may come a moment after it.
    while browser.windows().await.unwrap().count() < 2 {}

    for (selector, shows) in [("#detail", "详情"), ("#tab", "详情"), ("#written", "写出")] {
        let before = browser.windows().await.unwrap();
        press(&browser, selector).await;
        assert!(browser.to_new_window(&before, DEADLINE).await.unwrap(), "{selector}");
        assert!(browser.settle(DEADLINE).await.unwrap());
        assert_eq!(title(&browser).await, shows, "{selector}");
        assert_eq!(browser.windows().await.unwrap().count(), before.count() + 1);
        if shows == "详情" {
            press(&browser, "button:not([id])").await;
            assert!(browser.settle(DEADLINE).await.unwrap());
            assert_eq!(title(&browser).await, "全部", "requests of a window's scripts are waited for");
        }
        browser.close_window().await.unwrap();
        assert_eq!((title(&browser).await.as_str(), browser.windows().await.unwrap()), ("列表", before));
    }

    let before = browser.windows().await.unwrap();
    press(&browser, "#nothing").await;
    assert!(!browser.to_new_window(&before, SOON).await.unwrap());
    browser.close_window().await.unwrap();
    assert_eq!(title(&browser).await, "列表");

    press(&browser, "#detail").await;
    assert!(browser.to_new_window(&before, DEADLINE).await.unwrap());
    let inner = browser.windows().await.unwrap();
    press(&browser, "#next").await;
    assert!(browser.to_new_window(&inner, DEADLINE).await.unwrap());
    assert_eq!(title(&browser).await, "公告");
    browser.close_window().await.unwrap();
    assert_eq!(title(&browser).await, "详情");
    press(&browser, "#close").await;
    browser.close_window().await.unwrap();
    assert_eq!(title(&browser).await, "列表", "a window that closes itself leads back too");

    press(&browser, "#two").await;
    let many = browser.to_new_window(&before, DEADLINE).await;
    assert!(matches!(&many, Ok(true) | Err(TransportError::Snapshot { .. })), "{many:?}");
    browser.close().await;
}

#[tokio::test]
async fn a_file_that_a_click_brings_is_taken_once_it_is_complete() {
    let page = r#"<a id="file" href="/export">导出</a><a id="slow" href="/slow">慢</a><a id="large" href="/large">大</a>
      <button id="blob" onclick="const a = document.createElement('a'); a.href = window.URL.createObjectURL(new Blob(['编号'])); a.download = '办件.csv'; a.click()">脚本</button>
      <a id="tab" href="/export" target="_blank">新页导出</a><button id="nothing">无</button>"#;
    let named = |name: &str, body: Body| {
        let disposition = format!("attachment; filename=\"{name}\"");
        ([(header::CONTENT_DISPOSITION, disposition), (header::CONTENT_TYPE, "text/csv".to_owned())], body)
            .into_response()
    };
    let slow = move || async move {
        let parts = futures::stream::unfold(0, |part| async move {
            if part > 0 {
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            (part < 4).then(|| (Ok::<_, std::io::Error>("编号\n".repeat(20_000)), part + 1))
        });
        named("slow.csv", Body::from_stream(parts))
    };
    let large = move || async move { named("large.csv", Body::from(vec![b'x'; 21_000_000])) };
    let router = Router::new()
        .route("/", get(Html(page)))
        .route("/export", get(move || async move { named("办件.csv", Body::from("编号\n1\n")) }))
        .route("/slow", get(slow))
        .route("/large", get(large));
    let base = serve(router).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();

    press(&browser, "#nothing").await;
    assert_eq!(browser.downloaded(SOON).await.unwrap(), None);
    for (selector, name, bytes) in [
        ("#file", "办件.csv", 9),
        ("#file", "办件.csv", 9),
        ("#slow", "slow.csv", 560_000),
        ("#blob", "办件.csv", 6),
        ("#tab", "办件.csv", 9),
    ] {
        press(&browser, selector).await;
        let file = browser.downloaded(DEADLINE).await.unwrap().expect(selector);
        assert_eq!((file.file_name.as_deref(), file.body.len()), (Some(name), bytes), "{selector}");
        assert_eq!(file.address, base.as_str());
    }
    press(&browser, "#large").await;
    let error = browser.downloaded(DEADLINE).await.unwrap_err();
    assert!(matches!(error, TransportError::TooLarge { .. }), "{error}");
    press(&browser, "#file").await;
    assert_eq!(browser.downloaded(DEADLINE).await.unwrap().expect("the next one").body.len(), 9);
    browser.close().await;
}
