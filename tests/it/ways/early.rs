//! Details are read by plain HTTP already while that is still being proven to do, where the list is.

use axum::response::Response;
use queqiao::record::Outcome;

use super::{Bench, LOGIN, Office, Written, field, html, table};

const CASES: u32 = 30;
const WRITTEN: Written = Written {
    list: "path = \"list?page={page}\"\nvia = \"auto\"\n[page.login]\npath = \"login\"\n[page.login.at]\nsubmit = \"text=登录\"\n\
           [page.view]\npath = \"{list.view}\"\n[page.view.at]\nname = \"label=申请人\"",
    collect: "detail = \"view\"",
    login: LOGIN,
    limits: "",
};

/// A detail that says `first`, and by a script of its own the applicant's name.
fn detail(number: &str, first: &str, script: &str) -> Response {
    html(&format!(
        "<table><tr><th>申请人</th><td id=name>{}</td></tr></table>{script}",
        first.replace("NUMBER", number)
    ))
}

fn answers(office: &Office, target: &str, details: impl Fn(&str) -> Response) -> Response {
    match target.split_once('?') {
        None => html("<a href='list?page=1'>登录</a>"),
        Some(("/list", query)) => {
            let page = field(query, "page").unwrap().parse().unwrap();
            table(&office.page(page), office.cases().len(), "")
        }
        Some((_, query)) => details(&field(query, "no").unwrap()),
    }
}

/// Runs the bot; gives the numbers of the details in the order in which they were asked for.
async fn asked(answers: fn(&Office, &str, &str) -> Response) -> Vec<String> {
    let bench = Bench::start(CASES, answers, WRITTEN).await;
    let report = bench.run().await;
    assert_eq!((report.reading.outcome, report.reading.rows_read), (Outcome::Good, u64::from(CASES)), "{report:?}");
    let cases = bench.cases().await;
    assert_eq!(cases.len(), CASES as usize);
    for (number, case) in cases {
        assert_eq!(case.fields.applicant_name, Some(format!("测试{}", &number[1..])), "as people see it");
    }
    bench.bridge.close().await;
    let number = |target: &String| target.split_once("view?no=").map(|(_, number)| number.to_owned());
    bench.office.asked().iter().filter_map(number).collect()
}

/// Whether it is the first detail that the browser asks for: plain HTTP may be there before.
fn is_first_shown(office: &Office, more: &str) -> bool {
    field(more, "dest").is_some_and(|dest| dest == "document") && office.count() == 1
}

/// Whether another detail than the first one was asked for.
fn others_asked(office: &Office) -> Response {
    let first = format!("view?no={CASES}");
    let others = office.asked.lock().unwrap().iter().any(|seen| seen.contains("view") && !seen.ends_with(&first));
    html(if others { "yes" } else { "no" })
}

/// Does something once another detail was asked for.
fn then(script: &str) -> String {
    format!(
        "<script>const ask = () => fetch('/more').then((answer) => answer.text()).then((text) => \
         text.includes('yes') ? {script} : setTimeout(ask, 20)); ask()</script>"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn details_are_read_while_one_is_still_shown_in_the_browser() {
    /// The first detail that is asked for, by the browser, says the name only once another one was asked for.
    fn shown(office: &Office, target: &str, more: &str) -> Response {
        if target == "/more" {
            return others_asked(office);
        }
        let script = then("(document.getElementById('name').innerHTML = '测试NUMBER')");
        answers(office, target, |number| match is_first_shown(office, more) {
            true => detail(number, "加载中", &script.replace("NUMBER", number)),
            false => detail(number, "测试NUMBER", ""),
        })
    }
    let times = asked(shown).await;
    assert_eq!(times.len(), CASES as usize + 2, "one is read both ways before, and none twice: {times:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_reads_otherwise_in_the_browser_is_read_there_whatever_was_read_before() {
    /// A script says the name, after a while.
    fn by_script(office: &Office, target: &str, _: &str) -> Response {
        answers(office, target, |number| {
            let script = format!(
                "<script>setTimeout(() => (document.getElementById('name').innerHTML = '测试{number}'), 100)</script>"
            );
            detail(number, "加载中", &script)
        })
    }
    let times = asked(by_script).await;
    assert!(times.len() > CASES as usize + 2, "some were read before it was known: {times:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_that_comes_to_nothing_vouches_for_nothing() {
    /// The first detail that is asked for, by the browser, breaks down once all were asked for: nobody is left to begin another proof.
    fn broken(office: &Office, target: &str, more: &str) -> Response {
        if target == "/more" {
            let all = office.asked.lock().unwrap().iter().filter(|seen| seen.contains("view")).count();
            return html(if all > CASES as usize { "yes" } else { "no" });
        }
        answers(office, target, |number| match is_first_shown(office, more) {
            true => detail(number, "加载中", &then("(document.body.innerHTML = '出错了')")),
            false => detail(number, "测试NUMBER", ""),
        })
    }
    let times = asked(broken).await;
    assert!(times.len() >= CASES as usize + 1 + 2, "at least one is read both ways for the next proof: {times:?}");
}
