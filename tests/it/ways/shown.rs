//! Pages that only a browser can show, several at a time.

use std::{collections::BTreeSet, sync::Mutex};

use axum::response::Response;
use queqiao::record::Outcome;

use super::{Bench, Office, Written, field, html, table};

const SHOWN: Written = Written {
    list: "via = \"browser\"\npath = \"list?page={page}\"",
    collect: "detail = \"detail\"",
    login: "",
    limits: "concurrency = 4\n",
};

/// A list whose rows come by a script and not at once, those of every third page with a second thought.
fn answers(office: &Office, target: &str, _: &str) -> Response {
    let query = target.split_once('?').unwrap_or_default().1;
    let Some(page) = field(query, "page").map(|page| page.parse().unwrap()) else {
        return html(&format!(
            "<table><tr><th>申请人</th><td>测试{}</td></tr></table>",
            field(query, "no").unwrap_or_default()
        ));
    };
    let rows = office.page(page);
    if target.starts_with("/rows") {
        return html(&rows);
    }
    let first = if page % 3 == 0 { "show('');" } else { "" };
    let script = format!(
        "<script>const show = (rows) => (document.querySelector('tbody').innerHTML = rows); {first} \
         setTimeout(() => fetch('/rows?page={page}').then((answer) => answer.text()).then((text) => setTimeout(show, 80, text)), 80)</script>"
    );
    table("", office.cases().len(), &script)
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_the_browser_must_show_are_shown_side_by_side_and_none_is_read_half() {
    let bench = Bench::start(118, answers, SHOWN).await;
    let report = bench.run().await;
    assert_eq!((report.reading.outcome, report.reading.rows_read), (Outcome::Good, 118), "{report:?}");
    let asked = bench.office.asked();
    let pages: BTreeSet<&String> = asked.iter().filter(|target| target.starts_with("/list")).collect();
    assert_eq!(pages.len(), 12, "{asked:?}");
    // Others were begun before one had its rows.
    let of_list = |target: &&String| target.starts_with("/list") || target.starts_with("/rows");
    let order: Vec<bool> = asked.iter().filter(of_list).map(|target| target.starts_with("/list")).collect();
    assert!(order.windows(2).any(|two| two == [true, true]), "{asked:?}");
    let cases = bench.cases().await;
    assert_eq!(cases.len(), 118);
    for (number, case) in cases {
        assert!(
            case.provenance.page.ends_with(&format!("view?no={}", &number[1..])),
            "{number}: {:?}",
            case.provenance
        );
    }
    assert_eq!(bench.run().await.reading.changed, 0, "the next run opens them anew");
    bench.bridge.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_moves_while_it_is_shown_is_read_whole() {
    fn moving(office: &Office, target: &str, more: &str) -> Response {
        // A case arrives while the fifth page is asked for.
        if target == "/list?page=5" && office.count() == 1 {
            office.cases().insert(0, (1000, "受理"));
        }
        answers(office, target, more)
    }
    let bench = Bench::start(118, moving, SHOWN).await;
    let report = bench.run().await;
    assert_eq!((report.reading.outcome, report.reading.rows_read), (Outcome::Good, 119), "{report:?}");
    assert_eq!(bench.cases().await.len(), 119);
    bench.bridge.close().await;
}

/// List pages that were ever under way at once, and those that are now.
static UNDER_WAY: Mutex<(usize, usize)> = Mutex::new((0, 0));

#[tokio::test(flavor = "multi_thread")]
async fn what_answers_well_is_shown_more_pages_at_once_than_at_first() {
    /// As many as a system is asked for before it has answered.
    const AT_FIRST: usize = 6;
    /// Its first pages come as they are asked for. Later ones ask for their rows until more are under way than at first.
    fn holds_back(office: &Office, target: &str, _: &str) -> Response {
        let page: usize = field(target.split_once('?').unwrap_or_default().1, "page").unwrap().parse().unwrap();
        let (most, now) = &mut *UNDER_WAY.lock().unwrap();
        if target.starts_with("/rows") {
            if page > 2 * AT_FIRST && *most <= AT_FIRST {
                return html("later");
            }
            *now -= 1;
            return html(&office.page(page));
        }
        *now += 1;
        *most = (*most).max(*now);
        let script = format!(
            "<script>const ask = () => fetch('/rows?page={page}').then((answer) => answer.text()).then((rows) => \
             rows.includes('later') ? setTimeout(ask, 20) : (document.querySelector('tbody').innerHTML = rows)); ask()</script>"
        );
        table("", office.cases().len(), &script)
    }
    let written = Written { collect: "", limits: "concurrency = 10\n", ..SHOWN };
    let bench = Bench::start(400, holds_back, written).await;
    let report = bench.run().await;
    assert_eq!((report.reading.outcome, report.reading.rows_read), (Outcome::Good, 400), "{report:?}");
    assert!(UNDER_WAY.lock().unwrap().0 <= 10, "{:?}", UNDER_WAY.lock().unwrap());
    // None of those that waited was given up and asked for once more.
    let asked = bench.office.asked();
    let times = |page: usize| asked.iter().filter(|target| **target == format!("/list?page={page}")).count();
    assert!((2 * AT_FIRST + 1..40).all(|page| times(page) == 1), "{asked:?}");
    bench.bridge.close().await;
}
