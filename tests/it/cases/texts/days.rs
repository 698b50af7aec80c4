//! Days beside instants, and cases that are done on a day that the system does not show.

use std::collections::BTreeMap;

use serde_json::json;

use super::rows_of;
use crate::cases::trial::{Trial, replace};

/// applied, accepted, due, finished; and what the system says of it.
type Row = (&'static str, [&'static str; 4]);

/// The cases by their number, and why the others are none.
async fn read(rows: &[Row]) -> (BTreeMap<String, queqiao::record::Case>, BTreeMap<String, String>) {
    let rows = rows.iter().enumerate().map(|(at, (status, [applied, accepted, due, finished]))| {
        json!({ "no": format!("SL{at}"), "status": status, "applied": applied, "accepted": accepted, "due": due, "finished": finished })
    });
    // Most of the rows of a test may be wrong on purpose.
    let trial = Trial::edited("days-and-instants", rows_of(rows.collect()), |root| {
        replace(
            &root.join("bots/days-collect.toml"),
            "missing = \"0 %\"",
            "missing = \"0 %\", quarantined = \"100 %\"",
        );
    })
    .await;
    let report = trial.run("days-collect").await;
    let why = trial.quarantined().await.into_iter().map(|(no, row)| (no, row.reason)).collect();
    let read = (trial.cases().await, why);
    assert!(!read.0.is_empty(), "{report:?}");
    read
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_against_an_instant_of_that_day_is_no_contradiction() {
    let rows = [
        ("在办", ["2026-11-02T10:00:00+08:00", "2026-11-02", "", ""]),
        ("在办", ["2026-11-02", "2026-11-02T09:00:00+08:00", "", ""]),
        ("办结", ["2026-11-02", "2026-11-02T09:00:00+08:00", "2026-11-30", "2026-11-02"]),
        ("办结", ["2026-11-02T08:00:00+08:00", "2026-11-02", "2026-11-30", "2026-11-30T17:00:00+08:00"]),
        // An instant in UTC on that very day of the district.
        ("在办", ["2026-11-02", "2026-11-01T16:45:00Z", "", ""]),
        ("在办", ["2026-11-02T23:59:00+08:00", "2026-11-02", "", ""]),
    ];
    let (cases, why) = read(&rows).await;
    assert_eq!((cases.len(), why), (rows.len(), BTreeMap::new()));
    assert_eq!(cases["SL0"].fields.accept_date.unwrap().to_rfc3339(), "2026-11-02T00:00:00+08:00");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_wrong_by_days_or_by_instants_stays_one() {
    let rows = [
        ("在办", ["2026-11-02T10:00:00+08:00", "2026-11-01", "", ""]),
        ("在办", ["2026-11-02T10:00:00+08:00", "2026-11-02T09:59:00+08:00", "", ""]),
        ("在办", ["2026-11-03", "2026-11-02T09:59:00+08:00", "", ""]),
        ("办结", ["2026-11-01", "2026-11-02", "", "2026-11-01T18:00:00+08:00"]),
        // Midnight in UTC is no day of the district.
        ("在办", ["2026-11-02T10:00:00+08:00", "2026-11-02T00:00:00Z", "", ""]),
        ("在办", ["2026-11-01", "2026-11-01", "", ""]),
    ];
    let (cases, why) = read(&rows).await;
    assert_eq!(cases.keys().collect::<Vec<_>>(), ["SL5"]);
    assert!(why.len() == 5 && why.values().all(|why| why.contains("is before")), "{why:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_done_case_without_a_day_is_a_case() {
    let rows = [
        ("办结", ["2026-11-01", "2026-11-02", "2026-11-30", ""]),
        ("办结", ["", "", "", ""]),
        ("办结", ["2026-11-01", "2026-11-02", "", "2026-11-03"]),
    ];
    let (cases, why) = read(&rows).await;
    assert_eq!((cases.len(), why), (3, BTreeMap::new()));
    let undated = cases.values().filter(|case| case.fields.result_date.is_none()).count();
    assert_eq!((undated, cases["SL0"].status.word()), (2, "done"));
}
