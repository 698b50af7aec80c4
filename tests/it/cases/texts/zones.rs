//! Zones in texts: read by `%z`, or refused; never skipped.

use serde_json::json;

use super::{rows_of, told};
use crate::cases::trial::{Trial, replace};

const CASE: &str = "an-instant-in-utc";
const BOT: &str = "bots/utc-collect.toml";
const FORM: &str = "%Y-%m-%dT%H:%M:%S.000Z";

/// Accepted at, and promised by, of each row, with these forms.
async fn read(accepted: &str, due: &str, rows: &[(&str, &str)]) -> (Vec<Option<(String, String)>>, usize) {
    let answers = rows.iter().enumerate().map(|(at, (accepted, due))| {
        let number = |text: &str| text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number));
        json!({ "no": format!("SL{at}"), "status": "在办", "accepted": number(accepted), "due": number(due) })
    });
    let trial = Trial::edited(CASE, rows_of(answers.collect()), |root| {
        replace(&root.join(BOT), &format!("datetime('{FORM}')"), &format!("datetime('{accepted}')"));
        replace(&root.join(BOT), &format!("date('{FORM}')"), &format!("date('{due}')"));
    })
    .await;
    let report = trial.run("utc-collect").await;
    let (cases, quarantined) = (trial.cases().await, trial.quarantined().await);
    assert_eq!(report.quarantined_rows.len(), quarantined.len());
    let of = |at: usize| {
        let fields = &cases.get(&format!("SL{at}"))?.fields;
        Some((fields.accept_date?.to_rfc3339(), fields.promise_date?.to_rfc3339()))
    };
    ((0..rows.len()).map(of).collect(), quarantined.len())
}

fn right() -> Option<(String, String)> {
    Some(("2026-11-02T00:45:00+08:00".to_owned(), "2026-11-30T23:59:59+08:00".to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instant_in_utc_is_the_districts_instant_and_day() {
    let with_zone = FORM.replace('Z', "%z");
    let rows = [
        ("2026-11-01T16:45:00.000Z", "2026-11-29T16:00:00.000Z"),
        ("2026-11-01T16:45:00.000+00:00", "2026-11-29T16:00:00.000+0000"),
        ("2026-11-02T00:45:00.000+08:00", "2026-11-30T00:00:00.000+08:00"),
        ("2026-11-02T02:45:00.000+10", "2026-11-30T02:00:00.000+1000"),
    ];
    let (read, quarantined) = read(&with_zone, &with_zone, &rows).await;
    assert_eq!((read, quarantined), (vec![right(); rows.len()], 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zone_that_no_form_reads_is_quarantine() {
    let rows = [
        ("2026-11-02T00:45:00", "2026-11-30"),
        ("2026-11-01T16:45:00Z", "2026-11-30"),
        ("2026-11-01T16:45:00+00:00", "2026-11-30"),
        ("2026-11-02T00:45:00", "2026-11-29T16:00:00Z"),
        ("2026-11-01T16:45:00 GMT", "2026-11-30"),
    ];
    let (read, quarantined) = read("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d", &rows).await;
    assert_eq!((read, quarantined), (vec![right(), None, None, None, None], 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn instants_that_are_numbers_are_read_as_numbers() {
    let seconds = [("1793551500", "1795968000")];
    assert_eq!(read("%s", "%s", &seconds).await, (vec![right()], 0));
    let milliseconds = [("1793551500000", "1795968000000"), ("1793551500", "1795968000000")];
    assert_eq!(read("%s%3f", "%s%3f", &milliseconds).await, (vec![right(), None], 1));
}

#[tokio::test]
async fn a_zone_that_would_be_skipped_is_a_mistake() {
    assert!(told(CASE, |_| {}).await[1].contains("%S.000%z"), "the handed form");
    for (form, word) in [
        ("%Y-%m-%dT%H:%M:%SZ", "%S%z"),
        ("%Y-%m-%d %H:%M:%S UTC", "%S %z"),
        ("%a, %d %b %Y %H:%M:%S GMT", "%S %z"),
        ("%Y-%m-%dT%H:%M:%S+00:00", "%S%z"),
        ("%Y-%m-%dT%H:%M:%S-0500", "%S%z"),
        ("%Y-%m-%d %H:%M:%S EST", "%S %z"),
        ("%Y-%m-%d %H:%M:%S %Z", "%S %z"),
        ("%d.%m.%Y %H:%M (UTC)", "%M (%z)"),
        ("%Y-%m-%d %H:%M:%s", "%S"),
    ] {
        let said = told(CASE, |root| replace(&root.join(BOT), FORM, form)).await;
        assert!(said.iter().all(|said| said.contains(word)), "{form}: {said:?}");
    }
    for form in [
        "%Y-%m-%dT%H:%M:%S%z",
        "%Y-%m-%dT%H:%M:%S%.f%:z",
        "%Y-%m-%dT%H:%M:%S+08:00",
        "%a %b %d %Y %H:%M:%S GMT%z (中国标准时间)",
        "%Y年%m月%d日 %H时%M分%S秒",
        "%Y-%m-%dT%H:%M:%S.000",
        "%+",
    ] {
        assert_eq!(told(CASE, |root| replace(&root.join(BOT), FORM, form)).await, ["", ""], "{form}");
    }
}

#[tokio::test]
async fn what_may_be_another_zone_or_is_cut_off_is_told() {
    let china = told(CASE, |root| replace(&root.join(BOT), FORM, "%a %b %d %H:%M:%S CST %Y")).await;
    assert!(china[0].contains("中国标准时间") && china[1].contains("China Standard Time"), "{china:?}");
    for cut in [
        "replace('Z', '') | datetime('%Y-%m-%dT%H:%M:%S.000')",
        "split('+00:00') | first | datetime('%Y-%m-%dT%H:%M:%S')",
    ] {
        let said = told(CASE, |root| {
            replace(&root.join(BOT), &format!("datetime('{FORM}')"), cut);
            replace(&root.join(BOT), FORM, "%Y-%m-%d");
        })
        .await;
        assert!(said[1].contains("cut off") && said[1].contains("%z"), "{cut}: {said:?}");
    }
}
