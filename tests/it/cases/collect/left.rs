//! Cases that leave their list: told while it holds, by complete readings alone.

use queqiao::run::RunOptions;

use super::register::{Register, changed, row};

const OLD: &str = "2026-11-02 09:00";
const TOLD: &str = "that are known as open are no longer in its list";

fn rows(count: usize) -> Vec<super::register::Row> {
    (1..=count).map(|no| row(no, OLD)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_case_that_left_is_told_in_every_run_until_it_is_back() {
    let register = Register::open("2026-12-01 10:00", rows(25), |_| {}).await;
    let first = register.run_at("2026-12-01 10:00").await;
    assert_eq!((first.reading.left_open, first.reading.warnings.len()), (0, 0));
    let gone = register.state().rows.remove(6);
    for minute in 1..4 {
        let report = register.run_at(&format!("2026-12-01 10:0{minute}")).await;
        assert_eq!((report.reading.left_open, report.reading.left.clone()), (1, vec!["7".to_owned()]));
        assert!(
            report.reading.warnings.iter().any(|warning| warning.contains(TOLD) && warning.contains("(7)")),
            "{report:?}"
        );
        let overview = register.hub.overview().await.unwrap();
        assert_eq!((overview.systems[0].left_open, overview.systems[0].left.clone()), (1, vec!["7".to_owned()]));
        assert_eq!(register.held().await.len(), 25, "what it means is not for us to say");
        assert_eq!(serde_json::to_value(&report).unwrap()["left"], serde_json::json!(["7"]));
    }
    // It is back, with a change that its row does not show.
    register.state().rows.insert(0, super::register::Row { phone: "13900000000".to_owned(), ..gone });
    let back = register.run_at("2026-12-01 10:05").await;
    assert_eq!((back.reading.left_open, back.reading.changed, back.reading.warnings.len()), (0, 1, 0), "{back:?}");
    assert_eq!(register.phone(7).await, "13900000000");
    assert_eq!(register.run_at("2026-12-01 10:10").await.reading.left_open, 0);
    register.trial.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_had_ended_may_leave() {
    let register = Register::open("2026-12-01 10:00", rows(25), |_| {}).await;
    register.change(3, |row| row.status = "办结".to_owned());
    register.run_at("2026-12-01 10:00").await;
    register.state().rows.retain(|row| row.no != "3");
    let report = register.run_at("2026-12-01 10:01").await;
    assert_eq!(report.reading.left_open, 0);
    assert!(report.reading.warnings.iter().all(|warning| !warning.contains(TOLD)), "{report:?}");
    assert!(report.reading.warnings[0].contains("that had ended are no longer in its list"), "{report:?}");
    assert_eq!(register.run_at("2026-12-01 10:02").await.reading.warnings.len(), 0, "told once");
    register.trial.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_complete_list_says_who_has_left() {
    let edit = changed("changed = \"list.updated\"\nexpect = { missing = \"10 %\" }");
    let register = Register::open("2026-12-01 10:00", rows(25), edit).await;
    register.run_at("2026-12-01 10:00").await;
    // It states 25 and shows 24: the one that is missing may be on its way.
    let gone = register.state().rows.remove(6);
    register.state().hidden = 1;
    let report = register.run_at("2026-12-01 10:01").await;
    assert_eq!((report.reading.left_open, report.reading.warnings.len()), (0, 0), "{report:?}");
    // A row that moves to an earlier page while the list is read is seen, however late.
    register.state().rows.insert(6, gone);
    register.state().hidden = 0;
    register.state().before_page = Some(|page, rows| {
        if page == 2 && rows[14].no == "15" {
            let moved = rows.remove(14);
            rows.insert(0, moved);
        }
    });
    let report = register.run_at("2026-12-01 10:02").await;
    assert_eq!((report.reading.rows_read, report.reading.left_open), (25, 0), "{report:?}");
    register.trial.end().await;
}

/// A list that is read from its beginning only says nothing of what it did not show, and what is known to have left stays told.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_stops_at_known_rows_forgets_nobody_and_invents_nobody() {
    let register =
        Register::open("2026-12-01 10:00", rows(25), changed("changed = \"list.updated\"\nnewest_first = true")).await;
    register.run_at("2026-12-01 10:00").await;
    assert_eq!(register.run_at("2026-12-01 10:01").await.reading.left_open, 0);
    register.state().rows.retain(|row| row.no != "20");
    let report = register.run_at("2026-12-01 10:02").await;
    assert_eq!(report.reading.left, ["20"], "the total says that the rest has to be read");
    let again = register.run_at("2026-12-01 10:03").await;
    assert_eq!((again.reading.left.clone(), again.reading.pages), (vec!["20".to_owned()], 1), "{again:?}");
    register.trial.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_counted_and_some_are_named_and_a_dry_run_writes_nothing_down() {
    let register = Register::open("2026-12-01 10:00", rows(110), |_| {}).await;
    register.run_at("2026-12-01 10:00").await;
    register.state().rows.truncate(85);
    let dry = RunOptions { dry_run: true, ..RunOptions::default() };
    let tried = register.try_at("2026-12-01 10:01", dry).await;
    assert_eq!((tried.reading.left_open, tried.reading.left.len()), (25, 20));
    // The system is away: what was known before holds, and nobody had written it down.
    register.state().rows.clear();
    assert_eq!(register.try_at("2026-12-01 10:02", RunOptions::default()).await.reading.left_open, 0);
    register.state().rows = rows(85);
    let report = register.run_at("2026-12-01 10:03").await;
    assert!(
        report.reading.warnings[0].contains("25 case(s)") && report.reading.warnings[0].contains(", …)"),
        "{report:?}"
    );
    register.state().rows.clear();
    let failed = register.try_at("2026-12-01 10:04", RunOptions::default()).await;
    assert_eq!(
        (failed.reading.left_open, failed.reading.left.len()),
        (25, 20),
        "a run that fails tells it, too: {failed:?}"
    );
    register.trial.end().await;
}
