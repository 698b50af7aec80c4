//! How a list goes on: numbers, links, post-backs, cursors, windows of dates.

use queqiao::record::Outcome;

use super::{Bench, Office, Written, field, html, rows, table};

const PLAIN: Written = Written { list: "path = \"list?page={page}\"", collect: "", login: "", limits: "" };

/// Every row is there once, and the system's total agrees.
async fn reads_all(bench: &Bench, cases: u64) {
    let report = bench.run().await;
    assert_eq!(report.reading.outcome, Outcome::Good, "{report:?}");
    assert_eq!((report.reading.rows_read, report.reading.stated_total), (cases, Some(cases)));
    assert_eq!(bench.cases().await.len() as u64, cases);
}

#[tokio::test]
async fn a_next_link_is_followed_to_its_end() {
    let answers = |office: &Office, target: &str, _: &str| {
        let page = field(target.split_once('?').unwrap_or_default().1, "p").map_or(1, |page| page.parse().unwrap());
        let (rows, total) = (office.page(page), office.cases().len());
        let next = if page * 10 < total { format!("<a href='?p={}'>下一页</a>", page + 1) } else { String::new() };
        table(&rows, total, &next)
    };
    let bench = Bench::start(45, answers, Written { list: "path = \"list\"\nnext = \"text=下一页\"", ..PLAIN }).await;
    reads_all(&bench, 45).await;
    assert_eq!(bench.office.asked(), ["/list", "/list?p=2", "/list?p=3", "/list?p=4", "/list?p=5"]);
}

/// A page as WebForms makes them: a state that must come back, a filter that posts back by itself, a pager of post-backs.
fn web_form(office: &Office, _: &str, body: &str) -> axum::response::Response {
    let sent = |name: &str| field(body, name).unwrap_or_default();
    let state = sent("__VIEWSTATE");
    let (all, page) = match (sent("__EVENTTARGET").as_str(), sent("__EVENTARGUMENT").as_str()) {
        ("", _) => (false, 1),
        // What was not given back is an error, as it is there.
        _ if !state.starts_with("state-") => return html("<h1>Validation of viewstate MAC failed</h1>"),
        ("status", _) => (sent("status") == "1", 1),
        (_, argument) => (state.ends_with("all"), argument.trim_start_matches("Page$").parse().unwrap()),
    };
    let shown: Vec<_> = office.cases().iter().filter(|(_, status)| all || *status == "受理").copied().collect();
    let (pages, start) = (shown.len().div_ceil(10), (page - 1) * 10);
    let next = if page < pages {
        format!("<a href=\"javascript:__doPostBack('grid','Page${}')\">下一页</a>", page + 1)
    } else {
        "<span>下一页</span>".to_owned()
    };
    let selected = if all { "selected" } else { "" };
    let form = format!(
        "<form method=post action='list'><input type=hidden name=__VIEWSTATE value='state-{}'>\
         <input type=hidden name=__EVENTTARGET><input type=hidden name=__EVENTARGUMENT>\
         <label for=s>状态</label><select id=s name=status onchange=\"javascript:setTimeout('__doPostBack(\\'status\\',\\'\\')', 0)\">\
         <option value=0>在办</option><option value=1 {selected}>全部</option></select>{next}</form>",
        if all { "all" } else { "open" }
    );
    table(&rows(shown.iter().skip(start).take(10)), shown.len(), &form)
}

#[tokio::test]
async fn post_backs_set_the_filter_and_turn_the_pages() {
    let list = "path = \"list\"\nfilter = { \"label=状态\" = \"全部\" }\nnext = \"text=下一页\"";
    let bench = Bench::start(34, web_form, Written { list, ..PLAIN }).await;
    for (_, status) in bench.office.cases().iter_mut().skip(20) {
        *status = "办结";
    }
    // Without result dates these are no good cases; what counts here is that the list shows them.
    let report = bench.run().await;
    assert_eq!((report.reading.rows_read, report.reading.stated_total), (34, Some(34)), "{report:?}");
    assert_eq!(report.reading.requests, 5, "the page, its filter, three further pages");
}

#[tokio::test]
async fn the_filter_that_hides_closed_cases_shows_in_the_total() {
    let list = "path = \"list\"\nnext = \"text=下一页\"";
    let written = Written { list, collect: "expect = { rows = \"30..\" }", ..PLAIN };
    let bench = Bench::start(34, web_form, written).await;
    for (_, status) in bench.office.cases().iter_mut().skip(20) {
        *status = "办结";
    }
    let report = bench.run().await;
    assert_eq!(report.reading.outcome, Outcome::NeedsPerson);
    assert!(bench.cases().await.is_empty(), "nothing was published");
}

#[tokio::test]
async fn a_cursor_is_followed_until_there_is_none() {
    let answers = |office: &Office, target: &str, _: &str| {
        let after = field(target.split_once('?').unwrap().1, "after").filter(|after| !after.is_empty());
        let cases = office.cases();
        let from =
            after.map_or(0, |after| cases.iter().position(|(number, _)| number.to_string() == after).unwrap() + 1);
        let shown = &cases[from..cases.len().min(from + 10)];
        let next = (from + 10 < cases.len()).then(|| shown.last().unwrap().0.to_string());
        table(&rows(shown.iter()), cases.len(), &format!("<i id=next>{}</i>", next.unwrap_or_default()))
    };
    let list = "path = \"list?after={cursor}\"\ncursor = \"#next\"";
    let bench = Bench::start(33, answers, Written { list, ..PLAIN }).await;
    reads_all(&bench, 33).await;
    assert_eq!(bench.office.asked().len(), 4);
}

#[tokio::test]
async fn windows_that_show_only_the_latest_rows_are_halved() {
    // Case N belongs to the Nth day of 2026; a question shows its latest eight rows and no total.
    let answers = |office: &Office, target: &str, _: &str| {
        let query = target.split_once('?').unwrap().1;
        let day = |name| -> chrono::NaiveDate { field(query, name).unwrap().parse().unwrap() };
        let (from, to) = (day("from"), day("to"));
        let within = |number: u32| {
            let date = chrono::NaiveDate::from_yo_opt(2026, number).unwrap();
            from <= date && date <= to
        };
        let cases = office.cases();
        let found: Vec<_> = cases.iter().filter(|(number, _)| within(*number)).collect();
        table(&rows(found.iter().copied().take(8)), found.len(), "")
    };
    let list = "path = \"list?from={from}&to={to}\"\nspans = { days = 31, since = \"2026-01-01\", most = 8 }";
    let bench = Bench::start(120, answers, Written { list, ..PLAIN }).await;
    reads_all(&bench, 120).await;
}

#[tokio::test]
async fn a_day_that_hides_rows_is_told() {
    let answers = |office: &Office, _: &str, _: &str| table(&rows(office.cases().iter().take(8)), 8, "");
    let list = "path = \"list?from={from}&to={to}\"\nspans = { days = 2, since = \"2026-11-01\", most = 8 }";
    let bench = Bench::start(20, answers, Written { list, ..PLAIN }).await;
    let report = bench.run().await;
    assert_eq!(report.reading.outcome, Outcome::NeedsPerson);
    assert!(report.reading.reason.unwrap().contains("at most 8 rows"));
}

#[tokio::test]
async fn an_error_page_is_no_end_of_a_list() {
    let answers = |office: &Office, target: &str, _: &str| {
        let page = field(target.split_once('?').unwrap().1, "page").unwrap().parse().unwrap();
        let mut answer = table(&office.page(page), office.cases().len(), "");
        if page == 3 {
            answer = table("", 0, "");
            *answer.status_mut() = axum::http::StatusCode::BAD_GATEWAY;
        }
        answer
    };
    let bench = Bench::start(45, answers, PLAIN).await;
    let report = bench.run().await;
    assert_ne!(report.reading.outcome, Outcome::Good);
    assert!(report.reading.reason.unwrap().contains("HTTP 502"));
}
