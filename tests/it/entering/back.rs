//! The way back: what the department made of a case is written into the window's system.

use std::time::{Duration, Instant};

use queqiao::record::{Case, Status};

use super::{
    desk::{Desk, WINDOW, accepted, change},
    told_back,
};
use crate::{rig::PATIENCE, sample};

/// Longer than the adapter of that test gives the page.
const SAVED_AFTER: Duration = Duration::from_secs(8);

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
    while !window.truth().iter().any(for_water) {
        window.add_case();
    }
    desk.run("onewindow-collect").await;
    let report = desk.run("water-enter").await;
    let entered: Vec<_> = desk.entries().await.into_iter().filter(|entry| entry.wish.target == "water").collect();
    assert!(report.exit_code() == 0 && !entered.is_empty(), "{report:?}");
    assert_eq!(entered.len(), window.truth().iter().filter(|case| for_water(case)).count());
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

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_late_is_waited_for_and_not_written_again() {
    let hasty = |root: &std::path::Path| {
        change(root, "selectors/onewindow.toml", "[limits]\n", "[limits]\nanswer = \"2s\"\n");
    };
    let desk = Desk::open_changed(&[WINDOW], hasty, |bridge| bridge).await;
    let window = desk.practice(WINDOW).clone();
    let number = window.add_case().source_no;
    window.set_save_delay(SAVED_AFTER, Duration::ZERO);
    let department = sample::case("water", "SL1", 7, Status::InProgress);
    desk.store.keep("water", &[told_back("onewindow-progress", &number, &department)]).await.unwrap();
    desk.run("onewindow-progress").await;
    let entry = desk.entries().await.remove(0);
    let so_far = ["looked_different", "intended", "submitting", "lost", "looked_absent_so_far"];
    assert_eq!((entry.state.as_str(), desk.events(&entry).await), ("unknown", so_far.map(str::to_owned).to_vec()));
    let began = Instant::now();
    while window.progress(&number).is_none() {
        assert!(began.elapsed() < PATIENCE, "it is written in the end");
        tokio::task::yield_now().await;
    }
    desk.wait(60);
    desk.run("onewindow-progress").await;
    let entry = desk.entries().await.remove(0);
    assert_eq!((entry.state.as_str(), window.progress_saves(&number)), ("verified", 1), "{entry:?}");

    let unknown = sample::case("water", "SL2", 7, Status::InProgress);
    desk.store.keep("water", &[told_back("onewindow-progress", "YC000", &unknown)]).await.unwrap();
    assert_eq!(desk.run("onewindow-progress").await.exit_code(), 3);
    let (state, _, words) = desk.left().await;
    assert!(state == "waiting" && words.contains("YC000"), "a person reads why: {words}");
    desk.bridge.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_merely_stands_in_the_department_under_the_same_number_is_not_told_back() {
    let desk = Desk::open(&[WINDOW, "water"]).await;
    let window = desk.practice(WINDOW).clone();
    let case = std::iter::repeat_with(|| window.add_case()).find(for_water).unwrap();
    // Somebody else's record stands there under the case's number.
    desk.want_marked("water-enter", &[(case.source_no.as_str(), &accepted("water", "YC1"))]).await;
    desk.run("water-enter").await;
    desk.run("onewindow-collect").await;
    assert_eq!(desk.run("water-enter").await.exit_code(), 3);
    let entries = desk.entries().await;
    let conflict = entries.iter().find(|entry| entry.wish.origin_no == case.source_no).unwrap();
    assert_eq!((conflict.state.as_str(), &conflict.receipt), ("conflict", &entries[0].receipt), "{conflict:?}");
    desk.wait(60);
    desk.run("water-collect").await;
    desk.run("onewindow-progress").await;
    assert_eq!(window.progress(&case.source_no), None, "nobody knows that it is this one");
    desk.bridge.close().await;
}

/// Whether `water-enter` takes it.
pub fn for_water(case: &queqiao::sandbox::TrueCase) -> bool {
    case.bad.is_none() && case.status == "accepted" && case.org_name == "区水利局"
}
