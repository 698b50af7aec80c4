//! Where signing in leads to the list itself.

use axum::{http::StatusCode, response::Response};
use queqiao::record::Outcome;

use super::{Bench, LOGIN, Office, Written, html, table};

const CASES: u32 = 30;
const FIRST: &str = "/list?page=1";
/// The login is a link to the list, which may be read either way.
const WRITTEN: Written = Written {
    list: "path = \"list?page={page}\"\nvia = \"auto\"\n[page.login]\npath = \"login\"\n[page.login.at]\nsubmit = \"text=登录\"",
    collect: "",
    login: LOGIN,
    limits: "",
};

fn answers(office: &Office, target: &str, _: &str) -> Response {
    match target.strip_prefix("/list?page=") {
        Some(page) => table(&office.page(page.parse().unwrap()), office.cases().len(), ""),
        None => html("<a href='list?page=1'>登录</a>"),
    }
}

/// Runs the bot; gives how often the first page of the list was asked for.
async fn asked(answers: fn(&Office, &str, &str) -> Response) -> usize {
    let bench = Bench::start(CASES, answers, WRITTEN).await;
    let report = bench.run().await;
    assert_eq!((report.reading.outcome, report.reading.rows_read), (Outcome::Good, u64::from(CASES)), "{report:?}");
    assert_eq!(bench.cases().await.len(), CASES as usize);
    bench.bridge.close().await;
    bench.office.asked().iter().filter(|target| *target == FIRST).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_that_signing_in_led_to_is_not_asked_for_again() {
    assert_eq!(asked(answers).await, 2, "once by the browser that signs in, once by plain HTTP");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_signing_in_led_to_is_asked_for_where_it_is_not_the_list_as_it_is_read_later() {
    /// A notice that is shown once, where the list is.
    fn notice(office: &Office, target: &str, more: &str) -> Response {
        if target == FIRST && office.count() == 1 {
            return html("<p>当前用户 bot</p><p>系统公告</p>");
        }
        answers(office, target, more)
    }
    /// The list as it was before a case came.
    fn earlier(office: &Office, target: &str, more: &str) -> Response {
        if target == FIRST && office.count() == 1 {
            return table(&super::rows(office.cases().iter().skip(1).take(10)), CASES as usize - 1, "");
        }
        answers(office, target, more)
    }
    /// An error page that looks like the list.
    fn failing(office: &Office, target: &str, more: &str) -> Response {
        let mut answer = answers(office, target, more);
        if target == FIRST && office.count() == 1 {
            *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        }
        answer
    }
    for answers in [notice, earlier, failing] as [fn(&Office, &str, &str) -> Response; 3] {
        let times = asked(answers).await;
        assert!(times > 2, "{times}");
    }
}
