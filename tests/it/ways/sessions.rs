//! Who the bot is: names in every request, lent sessions, sessions that end in the middle.

use queqiao::record::Outcome;

use super::{Bench, Office, Written, field, html, table};

const PLAIN: Written = Written { list: "path = \"list?page={page}\"", collect: "", login: "", limits: "" };

fn page_of(target: &str) -> usize {
    field(target.split_once('?').unwrap_or_default().1, "page").map_or(1, |page| page.parse().unwrap())
}

#[tokio::test]
async fn a_lent_session_is_used_until_it_ends_and_then_a_person_is_asked() {
    let answers = |office: &Office, target: &str, more: &str| {
        let lent = field(more, "cookie").is_some_and(|cookie| cookie == "session=lent");
        if !lent || office.count() > 7 {
            return html("<p>请登录</p>");
        }
        table(&office.page(page_of(target)), office.cases().len(), "")
    };
    let login = "account = \"bot\"\n[login]\nby = \"lent\"";
    let bench = Bench::start(50, answers, Written { login, ..PLAIN }).await;
    assert_eq!(bench.run().await.reading.outcome, Outcome::Good);
    let report = bench.run().await;
    assert_eq!(report.reading.outcome, Outcome::NeedsPerson, "{report:?}");
    let reason = report.reading.reason.unwrap();
    assert!(reason.contains("was lent") && reason.contains("`bot`"), "{reason}");
}

#[tokio::test]
async fn a_wrong_name_in_every_request_is_tried_once() {
    let answers = |office: &Office, _: &str, _: &str| {
        office.count();
        let mut answer = html("401");
        *answer.status_mut() = axum::http::StatusCode::UNAUTHORIZED;
        answer
    };
    let login = "account = \"bot\"\n[login]\nby = \"basic\"";
    let bench = Bench::start(50, answers, Written { login, ..PLAIN }).await;
    for _ in 0..5 {
        let report = bench.run().await;
        assert_eq!(report.reading.outcome, Outcome::NeedsPerson, "{report:?}");
    }
    assert_eq!(bench.office.asked().len(), 1, "after that the account is frozen");
}

#[tokio::test]
async fn a_session_that_ends_again_and_again_is_renewed_at_the_page_where_it_was_lost() {
    // Every seventh answer says that the session has ended.
    let answers = |office: &Office, target: &str, _: &str| {
        if office.count().is_multiple_of(7) {
            return html("<p>请登录</p>");
        }
        table(&office.page(page_of(target)), office.cases().len(), "")
    };
    let login = "account = \"bot\"\n[login]\nby = \"basic\"";
    let bench = Bench::start(300, answers, Written { login, ..PLAIN }).await;
    let report = bench.run().await;
    assert_eq!((report.reading.outcome, report.reading.rows_read), (Outcome::Good, 300), "{report:?}");
    let asked = bench.office.asked();
    let first = asked.iter().filter(|target| target.ends_with("page=1")).count();
    assert!(first <= asked.len() / 7 + 2, "a list is not begun again for a lost session: {asked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_browser_goes_on_with_the_session_of_a_worn_one() {
    // Who has no session gets one; who loses it begins a new one, and the office sees that.
    let answers = |office: &Office, target: &str, more: &str| {
        let mut answer = match target {
            "/" => html("<p>welcome</p>"),
            _ => table(&office.page(page_of(target)), office.cases().len(), ""),
        };
        if !more.contains("cookie=session=") {
            let cookie = format!("session={}", office.count());
            answer.headers_mut().insert("set-cookie", cookie.parse().unwrap());
        }
        answer
    };
    let list = "path = \"list?page={page}\"\nvia = \"browser\"";
    let bench = Bench::start(48, answers, Written { list, limits: "browser_pages = 2\n", ..PLAIN }).await;
    let report = bench.run().await;
    assert_eq!((report.reading.outcome, report.reading.rows_read), (Outcome::Good, 48), "{report:?}");
    let asked = bench.office.asked();
    let resumed = asked.iter().filter(|target| *target == "/").count();
    assert!(resumed >= 2, "a browser is replaced after two pages: {asked:?}");
    assert_eq!(bench.office.count(), 2, "the session went on");
    bench.bridge.close().await;
}
