//! From a practice system's new case to the screen in a real browser, through bot, store, hub and feed.

use std::{
    path::Path,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use queqiao::{
    app::{Demo, DemoOptions},
    base::Lang,
    transport::{Browser, BrowserOptions, Driver},
};
use scraper::{Html, Selector};

use crate::rig::{PATIENCE, Process, root_of};

fn demo(root: &Path) -> DemoOptions {
    DemoOptions {
        root: root.to_owned(),
        seed: 3,
        cases: 120,
        pace: 0.0,
        listen: ([127, 0, 0, 1], 0).into(),
        lang: Lang::Zh,
    }
}

/// The attributes `data-value` (or another) of all elements that fit, once the page has come to show what `holds`.
async fn values_when(browser: &Browser, css: &str, name: &str, holds: impl Fn(&[String]) -> bool) -> Vec<String> {
    let selector = Selector::parse(css).unwrap();
    let began = Instant::now();
    loop {
        let page = browser.snapshot(false).await.unwrap();
        let html = Html::parse_document(&page.html);
        let values: Vec<_> =
            html.select(&selector).filter_map(|element| element.attr(name)).map(str::to_owned).collect();
        if holds(&values) {
            return values;
        }
        assert!(began.elapsed() < PATIENCE, "{css} {name} stays {values:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_case_in_each_practice_system_shows_on_the_screen_without_reload() {
    // What is entered adds to what the systems hold: here they are only read.
    let root = root_of(&[], false);
    let demo = Demo::start(&demo(root.path()), Arc::new(|_| {}), Some(Arc::new(|_| {}))).await.unwrap();
    let driver = Driver::new();
    let browser = Browser::open(&driver, &BrowserOptions::default()).await.unwrap();
    browser.goto(&format!("{}screen", demo.app.address().unwrap())).await.unwrap();
    let systems = demo.sandbox.systems().len();
    let ours = |values: &[String]| values.len() == systems && values.iter().all(|value| value == "120");
    values_when(&browser, "[data-system][data-ours]", "data-ours", ours).await;
    for practice in demo.sandbox.systems() {
        let new = practice.add_case();
        let began = Instant::now();
        let has = |values: &[String]| values.iter().any(|number| number.ends_with(&new.source_no));
        values_when(&browser, "[data-project-no]", "data-project-no", has).await;
        println!(
            "live: a new case of {} was on the screen after {:.1} s",
            practice.name(),
            began.elapsed().as_secs_f64()
        );
    }
    let overview = demo.app.hub.as_ref().unwrap().overview().await.unwrap();
    for figure in &overview.figures {
        let css = format!("[data-measure='{}']", figure.measure);
        let expected = figure.value.expect("every system was read");
        let equal = |values: &[String]| values.len() == 1 && values[0].parse() == Ok(expected);
        values_when(&browser, &css, "data-value", equal).await;
    }
    browser.close().await;
    driver.stop().await;
    demo.stop().await;
}

/// The names of all processes but this one that bear the sign in their environment or command line.
fn bearers(sign: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let bears = |path: &Path| std::fs::read(path).is_ok_and(|text| String::from_utf8_lossy(&text).contains(sign));
    let own = std::process::id().to_string();
    let others = processes.filter(|path| !path.ends_with(&own));
    let bearers = others.filter(|path| bears(&path.join("environ")) || bears(&path.join("cmdline")));
    bearers.filter_map(|path| std::fs::read_to_string(path.join("comm")).ok()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_that_is_killed_leaves_no_process_behind() {
    let place = tempfile::tempdir().unwrap();
    let sign = place.path().display().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_queqiao"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env("TMPDIR", &sign);
    let mut demo = Process::start(command.args(["--lang", "en", "demo", "--once", "--cases", "500"]));
    demo.wait_for("Signed in.");
    let alive = bearers(&sign);
    for name in ["queqiao", "chromedriver", "chromium"] {
        assert!(alive.iter().any(|bearer| bearer.starts_with(name)), "{name} is not among {alive:?}");
    }
    demo.kill();
    let began = Instant::now();
    while !bearers(&sign).is_empty() {
        assert!(began.elapsed() < PATIENCE, "something outlived its bridge");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    println!("live: {:.1} s after SIGKILL nothing of the demo was alive", began.elapsed().as_secs_f64());
}
