//! The way back: what the department made of a case is written into the window's system.

use queqiao::record::Case;

use super::desk::{Desk, WINDOW};

/// The word of the window's system for the status that `water-collect` reads.
fn word(status: &str) -> &'static str {
    match status {
        "received" => "已登记",
        "accepted" => "已受理",
        "in_progress" => "办理中",
        other => panic!("a case that was advanced twice is not {other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_departments_receipt_and_status_are_written_back_and_nothing_twice() {
    let desk = Desk::open(&[WINDOW, "water"]).await;
    let (window, water) = (desk.practice(WINDOW).clone(), desk.practice("water").clone());
    // Enough of them that one at least goes to that department; it stays as it was accepted.
    while !window.truth().iter().any(wanted) {
        window.add_case();
    }
    desk.run("onewindow-collect").await;
    let report = desk.run("water-enter").await;
    let entered: Vec<_> = desk.entries().await.into_iter().filter(|entry| entry.wish.target == "water").collect();
    assert!(report.exit_code() == 0 && !entered.is_empty(), "{report:?}");
    assert_eq!(entered.len(), window.truth().iter().filter(|case| wanted(case)).count());
    let first = &entered[0];
    let (number, receipt) = (first.wish.origin_no.as_str(), first.receipt.clone().unwrap());
    assert_eq!(window.progress(number), None);
    for _ in 0..3 {
        desk.wait(60);
        desk.run("water-collect").await;
        let report = desk.run("onewindow-progress").await;
        assert_eq!(report.exit_code(), 0, "{report:?}");
        let status = water.truth().into_iter().find(|case| case.source_no == receipt).unwrap().status;
        let told = (receipt.clone(), word(&status).to_owned(), String::new());
        assert_eq!(window.progress(number), Some(told));
        let saves = window.progress_saves(number);
        // Read again, and run again: nothing has changed, so nothing is written.
        desk.wait(60);
        desk.run("water-collect").await;
        desk.run("onewindow-progress").await;
        assert_eq!(window.progress_saves(number), saves);
        water.advance(&receipt);
    }
    assert_eq!(window.progress_saves(number), 3, "each status once");
    let update = desk.entries().await.into_iter().find(|entry| entry.wish.purpose == "update").unwrap();
    let contents: serde_json::Value = serde_json::from_str(&update.wish.wanted).unwrap();
    let case: Case = serde_json::from_value(contents["case"].clone()).unwrap();
    assert_eq!((case.system.as_str(), update.state.as_str()), ("water", "verified"));
    assert_eq!(desk.registered("water").len(), entered.len(), "and no case was entered twice");
    desk.bridge.close().await;
}

/// Whether `water-enter` takes it.
fn wanted(case: &queqiao::sandbox::TrueCase) -> bool {
    case.bad.is_none() && case.status == "accepted" && case.org_name == "区水利局"
}
