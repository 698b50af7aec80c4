//! Lists that move while they are read: nothing missed, nothing doubled, or it is said.

use queqiao::record::Outcome;

use super::{Bench, Office, Written, field, table};

const PLAIN: Written = Written { list: "path = \"list?page={page}\"", collect: "", login: "", limits: "" };

fn page_of(target: &str) -> usize {
    field(target.split_once('?').unwrap().1, "page").unwrap().parse().unwrap()
}

#[tokio::test]
async fn rows_that_arrive_push_others_down_and_none_is_missed_or_doubled() {
    let answers = |office: &Office, target: &str, _: &str| {
        let count = office.count();
        if count.is_multiple_of(2) && count < 10 {
            let next = office.cases().len() as u32 + 1;
            office.cases().insert(0, (next, "受理"));
        }
        let (rows, total) = (office.page(page_of(target)), office.cases().len());
        table(&rows, total, "")
    };
    let bench = Bench::start(50, answers, PLAIN).await;
    let report = bench.run().await;
    assert_eq!(report.reading.outcome, Outcome::Good, "{report:?}");
    assert_eq!(report.reading.rows_read, report.reading.stated_total.unwrap());
    let cases = bench.cases().await;
    assert!((1..=50).all(|number| cases.contains_key(&format!("N{number}"))), "{:?}", cases.keys());
}

#[tokio::test]
async fn a_row_that_goes_away_pulls_others_up_and_the_list_is_read_again() {
    // With every fourth page of the first reading a row of the first page goes away: the total alone would agree.
    let answers = |office: &Office, target: &str, _: &str| {
        let count = office.count();
        if count.is_multiple_of(4) && count <= 8 {
            office.cases().remove(2);
        }
        let (rows, total) = (office.page(page_of(target)), office.cases().len());
        table(&rows, total, "")
    };
    let bench = Bench::start(80, answers, PLAIN).await;
    let report = bench.run().await;
    assert_eq!(report.reading.outcome, Outcome::Good, "{report:?}");
    let (cases, left) = (bench.cases().await, bench.office.cases().clone());
    assert_eq!(cases.len(), left.len(), "what is gone is not counted");
    assert!(left.iter().all(|(number, _)| cases.contains_key(&format!("N{number}"))));
}

#[tokio::test]
async fn a_list_that_never_rests_is_incomplete() {
    let answers = |office: &Office, target: &str, _: &str| {
        if office.count().is_multiple_of(3) {
            office.cases().remove(0);
        }
        let (rows, total) = (office.page(page_of(target)), office.cases().len());
        table(&rows, total, "")
    };
    let bench = Bench::start(90, answers, PLAIN).await;
    let report = bench.run().await;
    assert_eq!(report.reading.outcome, Outcome::Incomplete, "{report:?}");
}

#[tokio::test]
async fn a_total_that_lies_either_way_is_no_good_reading() {
    for lie in [40_usize, 60] {
        let answers: super::Answers = if lie == 40 {
            |office, target, _| table(&office.page(page_of(target)), 40, "")
        } else {
            |office, target, _| table(&office.page(page_of(target)), 60, "")
        };
        let bench = Bench::start(50, answers, PLAIN).await;
        let report = bench.run().await;
        assert_eq!(report.reading.outcome, Outcome::Incomplete, "{lie}: {report:?}");
    }
}
