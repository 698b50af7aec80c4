//! The screen in a real browser.

use queqiao::transport::{Browser, BrowserOptions, Driver, Snapshot};
use scraper::{Html, Selector};

use super::*;

/// The value of an attribute of the first element that fits.
pub fn attribute(page: &Snapshot, css: &str, name: &str) -> Option<String> {
    let html = Html::parse_document(&page.html);
    let element = html.select(&Selector::parse(css).unwrap()).next()?;
    element.attr(name).map(str::to_owned)
}

/// What the elements that fit say, in order.
pub fn texts(page: &Snapshot, css: &str) -> Vec<String> {
    let html = Html::parse_document(&page.html);
    html.select(&Selector::parse(css).unwrap()).map(|element| element.text().collect()).collect()
}

/// The page once it shows what is waited for.
pub async fn page_when(browser: &Browser, what: &str, holds: impl Fn(&Snapshot) -> bool) -> Snapshot {
    let deadline = deadline();
    loop {
        let page = browser.snapshot(false).await.unwrap();
        if holds(&page) {
            return page;
        }
        assert!(Instant::now() < deadline, "never shown: {what}\n{}", page.html);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn the_screen_shows_the_apis_figures_and_a_new_case_without_reload() {
    let served = Served::start().await;
    served.hub.ingest(&[cases(0..12), good_reading(12)].concat()).await.unwrap();
    let driver = Driver::new();
    let browser =
        Browser::open(&driver, &BrowserOptions { window: (1366, 768), ..BrowserOptions::default() }).await.unwrap();
    browser.goto(&served.url("/screen")).await.unwrap();
    let at = |page: &Snapshot, position: &str| attribute(page, "body", "data-position").as_deref() == Some(position);
    let page = page_when(&browser, "the first figures", |page| at(page, "14")).await;
    let overview = served.json("/api/v1/overview").await;
    for figure in overview["figures"].as_array().unwrap() {
        let css = format!("[data-measure='{}']", figure["measure"].as_str().unwrap());
        let shown = attribute(&page, &css, "data-value").unwrap();
        assert_eq!(shown.parse::<f64>().ok(), figure["value"].as_f64(), "{css}");
        assert_eq!(attribute(&page, &css, "data-stale").as_deref(), Some("false"));
        assert_eq!(attribute(&page, &css, "data-as-of").as_deref(), figure["as_of"].as_str());
    }
    assert_eq!(attribute(&page, "[data-town='371312001']", "data-accepted").as_deref(), Some("12"));
    assert_eq!(attribute(&page, "[data-system='permits'][data-ours]", "data-ours").as_deref(), Some("12"));
    assert!(page.title.contains("河东区"), "{}", page.title);

    let new = case(77);
    served.hub.ingest(&[record(new.clone())]).await.unwrap();
    let row = format!("[data-project-no='{}']", new.project_no);
    let page = page_when(&browser, "the new case", |page| attribute(page, &row, "class").is_some()).await;
    assert_eq!(attribute(&page, "[data-measure='accepted']", "data-value").as_deref(), Some("13"));
    assert!(!page.html.contains("王小明"));
    let metrics = served.get("/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("queqiao_http_requests_total{route=\"/screen\",status=\"200\"} 1\n"), "it was reloaded");
    browser.close().await;
    driver.stop().await;
}

#[tokio::test]
async fn with_the_feed_lost_the_screen_says_so_and_keeps_its_figures() {
    let served = Served::start().await;
    served.hub.ingest(&[cases(0..3), good_reading(3)].concat()).await.unwrap();
    let driver = Driver::new();
    let browser = Browser::open(&driver, &BrowserOptions::default()).await.unwrap();
    browser.goto(&served.url("/screen?lang=en")).await.unwrap();
    let link = |page: &Snapshot, state: &str| attribute(page, "body", "data-link").as_deref() == Some(state);
    page_when(&browser, "the live feed", |page| link(page, "live")).await;
    let address = served.web.address();
    served.web.stop().await.unwrap();
    let page = page_when(&browser, "the loss", |page| link(page, "broken") && page.html.contains("reconnecting")).await;
    assert_eq!(attribute(&page, "[data-measure='accepted']", "data-value").as_deref(), Some("3"));
    let again = serve(served.hub.clone(), WebOptions::at(address)).await.unwrap();
    page_when(&browser, "the feed again", |page| link(page, "live")).await;
    browser.close().await;
    driver.stop().await;
    again.stop().await.unwrap();
}
