//! What is read again, and what is not.

use queqiao::{record::Outcome, run::RunOptions};

use super::{Bench, Office, Written, field, html, table};

const WITH_DETAIL: Written =
    Written { list: "path = \"list?page={page}\"", collect: "detail = \"detail\"", login: "", limits: "" };

fn answers(office: &Office, target: &str, _: &str) -> axum::response::Response {
    let query = target.split_once('?').unwrap_or_default().1;
    match field(query, "page") {
        Some(page) => {
            let mut answer = table(&office.page(page.parse().unwrap()), office.cases().len(), "");
            answer.headers_mut().insert("etag", "\"kept\"".parse().unwrap());
            answer
        }
        None => html("<table><tr><th>申请人</th><td>测试甲</td></tr></table>"),
    }
}

fn details(asked: &[String]) -> usize {
    asked.iter().filter(|target| target.starts_with("/view")).count()
}

#[tokio::test]
async fn an_unchanged_system_costs_its_list_pages_and_a_changed_row_its_detail() {
    let bench = Bench::start(38, answers, WITH_DETAIL).await;
    assert_eq!(bench.run().await.reading.outcome, Outcome::Good);
    assert_eq!(details(&bench.office.asked()), 38);
    let report = bench.run().await;
    assert_eq!((report.reading.changed, report.reading.requests), (0, 4));
    bench.office.asked();
    bench.office.cases()[25].1 = "办结";
    bench.run().await;
    assert_eq!(details(&bench.office.asked()), 1);
    bench.run_with(RunOptions { full: true, ..RunOptions::default() }).await;
    assert_eq!(details(&bench.office.asked()), 38);
}

#[tokio::test]
async fn the_newest_first_ends_where_nothing_is_new_if_the_total_proves_it() {
    let written = Written { collect: "detail = \"detail\"\nnewest_first = true", ..WITH_DETAIL };
    let bench = Bench::start(100, answers, written).await;
    assert_eq!(bench.run().await.reading.outcome, Outcome::Good);
    bench.office.asked();
    bench.office.cases().insert(0, (101, "受理"));
    let report = bench.run().await;
    assert_eq!((report.reading.rows_read, report.reading.stated_total), (101, Some(101)), "{report:?}");
    let asked = bench.office.asked();
    assert_eq!(asked, ["/list?page=1", "/list?page=2", "/view?no=101"], "the second page is known throughout");
    // A row that went away further down: the total disagrees, and everything is read.
    bench.office.cases().remove(60);
    let report = bench.run().await;
    assert_eq!((report.reading.rows_read, report.reading.stated_total), (100, Some(100)), "{report:?}");
}

#[tokio::test]
async fn a_page_that_has_not_changed_is_asked_for_with_conditions() {
    fn conditional(office: &Office, target: &str, more: &str) -> axum::response::Response {
        let answer = answers(office, target, more);
        if office.count() <= 4 {
            return answer;
        }
        // The system says so whatever is asked: what counts is that the bridge then still knows its rows.
        let mut unchanged = html("");
        *unchanged.status_mut() = axum::http::StatusCode::NOT_MODIFIED;
        *unchanged.body_mut() = axum::body::Body::empty();
        unchanged
    }
    let written = Written { collect: "", ..WITH_DETAIL };
    let bench = Bench::start(38, conditional, written).await;
    assert_eq!(bench.run().await.reading.outcome, Outcome::Good);
    let report = bench.run().await;
    assert_eq!((report.reading.outcome, report.reading.rows_read), (Outcome::Good, 38), "{report:?}");
}
