//! The same case through all three systems: accepted at the window, entered in the department's system, its result back at the window.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use queqiao::{
    app::{Demo, DemoOptions},
    base::Lang,
    hub::{CaseAcross, View},
    record::EntryState,
    transport::{Browser, BrowserOptions, Driver},
};

use crate::rig::{PATIENCE, root_of};

/// Between two looks at something that takes seconds.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

async fn case_when(demo: &Demo, number: &str, holds: impl Fn(&CaseAcross) -> bool) -> CaseAcross {
    let began = Instant::now();
    loop {
        let found = demo.app.hub.as_ref().unwrap().case(number, View::Full).await.unwrap();
        if let Some(case) = found.as_ref().filter(|case| holds(case)) {
            return case.clone();
        }
        assert!(began.elapsed() < PATIENCE, "the case stays {found:?}");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_the_window_accepts_goes_to_its_department_and_the_result_comes_back() {
    let root = root_of(&["onewindow", "water", "permits"], true);
    let options = DemoOptions {
        root: root.path().to_owned(),
        seed: 5,
        cases: 20,
        pace: 0.0,
        listen: ([127, 0, 0, 1], 0).into(),
        lang: Lang::Zh,
    };
    let demo = Demo::start(&options, Arc::new(|_| {}), Some(Arc::new(|_| {}))).await.unwrap();
    let practice = |name: &str| demo.sandbox.systems().iter().find(|practice| practice.name() == name).unwrap();
    // One for each department.
    let mut new = Vec::new();
    for department in ["区水利局", "区行政审批服务局"] {
        new.push(
            std::iter::repeat_with(|| practice("onewindow").add_case())
                .find(|case| case.org_name == department)
                .unwrap(),
        );
    }
    for (case, target) in new.iter().zip(["water", "permits"]) {
        let entered = |case: &CaseAcross| {
            case.cases.len() == 2 && case.entries.iter().any(|one| one.state == EntryState::Verified)
        };
        let across = case_when(&demo, &case.source_no, entered).await;
        let receipt = across.links[0].source_no.clone();
        assert_eq!((across.cases[0].system.as_str(), across.links[0].system.as_str()), ("onewindow", target));
        let saved = practice(target).registered();
        assert_eq!(saved.iter().filter(|saved| saved.fields["note"] == case.source_no).count(), 1, "{saved:?}");
        // The department works on it, and the window hears of it.
        practice(target).advance(&receipt);
        let began = Instant::now();
        let told = loop {
            let told = practice("onewindow").progress(&case.source_no);
            if let Some(told) = told.filter(|(_, progress, _)| progress != "已登记") {
                break told;
            }
            assert!(began.elapsed() < PATIENCE, "the window never heard of {receipt}");
            tokio::time::sleep(LOOK_AGAIN).await;
        };
        assert_eq!(told.0, receipt);
        let by_receipt = case_when(&demo, &receipt, |case| case.entries.len() == 2).await;
        assert_eq!(by_receipt.project_no, across.project_no, "either number leads to the one case");
    }
    shown_at_the_desk(&demo, &new[0].source_no).await;
    demo.stop().await;
}

/// The desk shows both systems and the entry between them.
async fn shown_at_the_desk(demo: &Demo, number: &str) {
    let driver = Driver::new();
    let browser = Browser::open(&driver, &BrowserOptions::default()).await.unwrap();
    browser.goto(&format!("{}desk?no={number}&lang=zh", demo.app.address().unwrap())).await.unwrap();
    let began = Instant::now();
    loop {
        let page = browser.snapshot(false).await.unwrap().html;
        if ["河东区一窗受理平台", "水利局取水许可审批系统", "已核对"].iter().all(|words| page.contains(words))
        {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "the desk never showed the case");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    browser.close().await;
    driver.stop().await;
}
