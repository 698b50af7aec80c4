//! Whatever is read as a page is the answer to what was asked, or the run says what came instead.

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderValue, Response, Uri, header},
};
use encoding_rs::{BIG5, GBK, UTF_8};

use super::{answer, page, table};
use crate::cases::trial::{Trial, replace};

type Reply = fn() -> Response<Body>;

/// A system whose home page shows a table, too, and whose list answers as told.
#[derive(Clone)]
struct Odd(Arc<Mutex<Reply>>);

impl Odd {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(whole)))
    }

    fn answers(&self, reply: Reply) {
        *self.0.lock().expect("no request panics") = reply;
    }

    fn serve(&self) -> Router {
        Router::new().fallback(odd).with_state(self.clone())
    }
}

async fn odd(State(odd): State<Odd>, uri: Uri) -> Response<Body> {
    match uri.path() {
        "/rows" => odd.0.lock().expect("no request panics")(),
        "/list.do" => whole(),
        _ => page(&format!("<span>当前用户：</span><b>clerk</b>{}", rows(&[&["旧", "张三", "在办"]])), UTF_8),
    }
}

fn rows(rows: &[&[&str]]) -> String {
    table(&["编号", "申请人", "状态"], rows)
}

fn whole() -> Response<Body> {
    page(&rows(&[&["SL1", "王小明", "在办"], &["SL2", "李小红", "已受理"]]), GBK)
}

fn with(mut reply: Response<Body>, name: header::HeaderName, value: &[u8]) -> Response<Body> {
    reply.headers_mut().insert(name, HeaderValue::from_bytes(value).expect("bytes of a header"));
    reply
}

fn kept() -> Response<Body> {
    with(whole(), header::CONTENT_DISPOSITION, b"attachment; filename=export.html")
}

fn moved(place: &[u8]) -> Response<Body> {
    with(answer(302, "text/html", Vec::new()), header::LOCATION, place)
}

/// What came, and what the run says of it: over plain HTTP, and in the browser.
const ODD: &[(&str, Reply, &str, &str)] = &[
    ("a page to be kept", kept, "hands out a file (`export.html`", "hands out a file (`export.html`"),
    (
        "a workbook",
        || answer(200, "application/vnd.ms-excel", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec()),
        "workbook",
        "hands out a file",
    ),
    ("a PDF", || answer(200, "application/pdf", b"%PDF-1.4\n%%EOF\n".to_vec()), "it is a PDF", "is no page"),
    ("a picture", picture, "it is a picture (PNG)", "of the kind image/png"),
    ("nothing", || answer(204, "text/html", Vec::new()), "HTTP 204", "HTTP 204"),
    ("nothing new", || answer(205, "text/html", Vec::new()), "HTTP 205", "HTTP 205"),
    ("a way without a place", || answer(302, "text/html", Vec::new()), "no Location", "redirect (HTTP 302)"),
    ("a way to a program", || moved(b"oa-client://rows"), "oa-client://rows", "is no page"),
    ("a circle", || moved(b"rows"), "redirects more than 10 times", "redirects more than 20 times"),
    ("a choice", || answer(300, "text/html", b"<a href=list.do>here</a>".to_vec()), "HTTP 300", "HTTP 300"),
    ("unchanged, unasked", || answer(304, "text/html", Vec::new()), "HTTP 304", "HTTP 304"),
];

fn picture() -> Response<Body> {
    let one = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, one).expect("our own text");
    answer(200, "image/png", bytes)
}

/// In the browser, signed in on the home page.
fn shown(root: &Path) {
    let steps = "[login]\nsteps = [ { open = \"home\" }, { click = \"who\" } ]\n";
    replace(&root.join("bots/moved-collect.toml"), "[login]\nby = \"basic\"\n", steps);
    let selectors = root.join("selectors/moved.toml");
    replace(&selectors, "via   = \"http\"", "via   = \"browser\"");
    let home = "[signs]\nsigned_in = \"label=当前用户\"\n\n[page.home]\npath = \"home\"\n[page.home.at]\nwho = \"css=b\"\n\n[page.list]\n";
    replace(&selectors, "[page.list]\n", home);
}

async fn told(
    edit: impl FnOnce(&Path),
    words: impl Fn(&(&'static str, Reply, &'static str, &'static str)) -> &'static str,
) {
    let odd = Odd::new();
    let trial = Trial::edited("a-redirect-with-raw-gbk", odd.serve(), edit).await;
    let report = trial.run("moved-collect").await;
    assert!(report.reconciled() && report.reading.rows_read == 2, "{report:?}");
    for case in ODD {
        odd.answers(case.1);
        let report = trial.run("moved-collect").await;
        let reason = report.reading.reason.clone().unwrap_or_default();
        assert!(!report.reconciled(), "{}: {report:?}", case.0);
        assert!(reason.contains(words(case)), "{}: {reason}", case.0);
        odd.answers(whole);
        let report = trial.run("moved-collect").await;
        assert!(report.reconciled() && report.reading.rows_read == 2, "after {}: {report:?}", case.0);
    }
    assert_eq!(trial.cases().await.keys().collect::<Vec<_>>(), ["SL1", "SL2"], "never a row of the home page");
    trial.end().await;
}

#[tokio::test]
async fn what_is_no_page_is_said_over_http() {
    told(|_| {}, |case| case.2).await;
}

#[tokio::test]
async fn what_leaves_the_old_page_standing_is_said_in_the_browser() {
    told(shown, |case| case.3).await;
}

#[tokio::test]
async fn a_list_that_is_a_file_may_be_handed_out() {
    fn csv() -> Response<Body> {
        let text = "编号,申请人,状态\nSL1,王小明,在办\nSL2,李小红,已受理\n".as_bytes().to_vec();
        with(
            answer(200, "text/csv; charset=utf-8", text),
            header::CONTENT_DISPOSITION,
            b"attachment; filename=export.csv",
        )
    }
    for via in ["http", "browser", "auto"] {
        let odd = Odd::new();
        odd.answers(csv);
        let trial = Trial::edited("a-redirect-with-raw-gbk", odd.serve(), |root| {
            let selectors = root.join("selectors/moved.toml");
            let (of_page, of_file) = ("table = \"table\"\ntotal = \"/共 (\\\\d+) 条/\"\n", "sheet = \"*\"\n");
            replace(&selectors, of_page, of_file);
            if via != "http" {
                shown(root);
                replace(&selectors, "via   = \"browser\"", &format!("via   = \"{via}\""));
            }
        });
        let trial = trial.await;
        let report = trial.run("moved-collect").await;
        assert!(report.reading.rows_read == 2 && report.reading.reason.is_none(), "{via}: {report:?}");
        trial.end().await;
    }
}

#[tokio::test]
async fn a_redirect_is_followed_by_the_bytes_that_came() {
    let odd = Odd::new();
    let trial = Trial::start("a-redirect-with-raw-gbk", odd.serve()).await;
    for (what, reply) in [
        ("GBK", (|| moved(&[b"list.do?msg=", &*GBK.encode("登录成功").0].concat())) as Reply),
        ("UTF-8", || moved("list.do?msg=登录成功".as_bytes())),
        ("Big5", || moved(&[b"list.do?msg=", &*BIG5.encode("登錄成功").0].concat())),
        ("a fragment", || moved("/list.do#第1页".as_bytes())),
        ("escaped", || moved(b"list.do?msg=%B5%C7%C2%BC")),
    ] {
        odd.answers(reply);
        let report = trial.run("moved-collect").await;
        assert!(report.reconciled() && report.reading.rows_read == 2, "{what}: {report:?}");
    }
    trial.end().await;
}

#[tokio::test]
async fn what_the_browser_can_not_reach_is_said_by_its_cause() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.local_addr().expect("bound")
    };
    for (base, words) in
        [(format!("http://{closed}/"), "nothing listens there"), ("http://no.such.invalid/".to_owned(), "name")]
    {
        let trial = Trial::at("a-redirect-with-raw-gbk", base.parse().expect("an address"), shown).await;
        let report = trial.run("moved-collect").await;
        let reason = report.reading.reason.clone().unwrap_or_default();
        assert!(reason.contains(words) && !reason.contains("labelled"), "{base}: {reason}");
        trial.end().await;
    }
}

/// A list whose second row leads back to another page than the one that it stood on.
async fn astray(uri: Uri) -> Response<Body> {
    let row = |no: &str, back: &str| {
        let open = format!(
            "document.getElementById('list').hidden = true; document.getElementById('one').innerHTML = \
                            '<dl><dt>编号</dt><dd>{no}</dd></dl><button onclick=\\'{back}\\'>返回</button>'"
        );
        format!(
            "<tr><td><a href='javascript:void(0)' onclick=\"{open}\">{no}</a></td><td>王小明</td><td>在办</td></tr>"
        )
    };
    let home = "document.getElementById(`list`).hidden = false; document.getElementById(`one`).innerHTML = ``";
    let back =
        if uri.query().is_some_and(|query| query.contains("astray")) { "location.href = `/portal`" } else { home };
    let number = if uri.path() == "/rows2" { 3 } else { 1 };
    let next = if number == 1 { "<a href='rows2'>下一页</a>" } else { "" };
    if uri.path() == "/portal" {
        return page("<p>共 4 条</p><table><tr><th>编号</th><th>申请人</th><th>状态</th></tr></table>", UTF_8);
    }
    let list = format!(
        "<div id=list><p>共 4 条</p><table><tr><th>编号</th><th>申请人</th><th>状态</th></tr>{}{}</table>{next}</div><div id=one></div>",
        row(&format!("SL{number}"), home),
        row(&format!("SL{}", number + 1), if number == 1 { back } else { home }),
    );
    page(&list, UTF_8)
}

#[tokio::test]
async fn a_list_that_does_not_come_back_from_a_row_is_no_end() {
    for (path, right) in [("rows", true), ("rows?astray=1", false)] {
        let trial = Trial::edited("a-redirect-with-raw-gbk", Router::new().fallback(astray), |root| {
            let bot = root.join("bots/moved-collect.toml");
            replace(&bot, "[login]\nby = \"basic\"\n", "");
            replace(&bot, "key    = \"list.no\"\n", "key    = \"list.no\"\ndetail = \"one\"\n");
            let selectors = root.join("selectors/moved.toml");
            replace(
                &selectors,
                "path  = \"rows\"\nvia   = \"http\"",
                &format!("path  = \"{path}\"\nvia   = \"browser\"\nnext  = \"text=下一页\""),
            );
            replace(
                &selectors,
                "[page.list]\n",
                "[page.one]\npress = \"column=编号 a\"\nclose = \"text=返回\"\nvia = \"browser\"\n[page.one.at]\nnumber = \"label=编号\"\n\n[page.list]\n",
            );
        });
        let trial = trial.await;
        let report = trial.run("moved-collect").await;
        if right {
            assert!(report.reconciled() && report.reading.rows_read == 4, "{report:?}");
        } else {
            let reason = report.reading.reason.clone().unwrap_or_default();
            assert!(!report.reconciled(), "{report:?}");
            assert!(reason.contains("does not lead back to where the list was"), "{reason}");
        }
        trial.end().await;
    }
}
