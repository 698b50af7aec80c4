//! What stands after the `?`, in forms and in headers goes out as the system's own pages would send it.

use std::path::Path;

use axum::{
    Router,
    body::Body,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, Response, Uri},
};
use encoding_rs::{BIG5, Encoding, GB18030, GBK, SHIFT_JIS, UTF_8};

use super::{Asked, answer, page, table, value};
use crate::cases::trial::{Trial, replace};

/// The look-up of a target, and the cases of a source that lists one.
#[derive(Clone)]
struct Target {
    asked: Asked,
    mark: &'static str,
    /// What its pages are in.
    pages: &'static Encoding,
    /// What it takes its queries for.
    queries: &'static Encoding,
}

impl Target {
    fn in_one(mark: &'static str, encoding: &'static Encoding) -> Self {
        Self { asked: Asked::default(), mark, pages: encoding, queries: encoding }
    }

    fn serve(&self) -> Router {
        Router::new().fallback(target).with_state(self.clone())
    }
}

async fn target(State(target): State<Target>, method: Method, uri: Uri, _body: Bytes) -> Response<Body> {
    let asked = target.asked.note(&uri);
    let Target { mark, pages, queries, .. } = target;
    match (uri.path(), method) {
        ("/rows", _) => {
            let row = serde_json::json!({ "no": mark, "status": "已受理", "applicant": "Wang" });
            let whole = serde_json::json!({ "total": 1, "rows": [row] }).to_string();
            answer(200, "application/json; charset=utf-8", whole.into_bytes())
        }
        ("/registered", _) => {
            let word = value(&asked, "keyword", queries).unwrap_or_default();
            let row: &[&str] = &["D001", mark, "Wang"];
            let hit: &[&[&str]] = if mark.contains(&word) { &[row] } else { &[] };
            page(&table(&["受理编号", "来源编号", "申请人"], hit), pages)
        }
        ("/register", Method::POST) => {
            target.asked.note(&Uri::from_static("/sent"));
            page("<p>登记成功</p><table><tr><th>受理编号</th><td>D002</td></tr></table>", pages)
        }
        ("/register", _) => page(
            "<form method=post action=register><label for=n>来源编号</label><input id=n name=note>\
             <label for=a>申请人</label><input id=a name=applicant><input type=submit value=提交></form>",
            pages,
        ),
        ("/one", _) => page(
            &format!("<table><tr><th>来源编号</th><td>{mark}</td></tr><tr><th>申请人</th><td>Wang</td></tr></table>"),
            pages,
        ),
        _ => page("", pages),
    }
}

/// Looks a case up that stands in the target already; gives how its entry ended.
async fn looked_up(target: &Target, edit: impl FnOnce(&Path)) -> (String, Option<String>, String) {
    let trial = Trial::edited("gbk-look-up-by-address", target.serve(), edit).await;
    let collected = trial.run("source-collect").await;
    assert!(collected.reconciled(), "{collected:?}");
    let entered = trial.run("target-enter").await;
    let entry = trial.entries().await.remove(0);
    let words = entered.reading.reason.clone().unwrap_or_default();
    trial.end().await;
    (entry.state, entry.receipt, words)
}

fn selectors(root: &Path) -> std::path::PathBuf {
    root.join("selectors/target.toml")
}

/// Nothing is said of the encoding.
fn unsaid(root: &Path) {
    replace(&selectors(root), "charset = \"gb18030\"\n", "");
}

fn found(target: &Target, ended: (String, Option<String>, String)) {
    let (state, receipt, words) = ended;
    assert_eq!((state.as_str(), receipt.as_deref()), ("verified", Some("D001")), "{words}");
    assert!(target.asked.under("/sent").is_empty(), "it was sent although it stands there");
}

#[tokio::test]
async fn a_look_up_asks_in_the_encoding_that_the_file_says() {
    let target = Target::in_one("临河审2026-0001号", GBK);
    found(&target, looked_up(&target, |_| {}).await);
    let asked = target.asked.under("/registered");
    let right = |asked: &String| asked == "/registered?keyword=%C1%D9%BA%D3%C9%F32026-0001%BA%C5";
    assert!(!asked.is_empty() && asked.iter().all(right), "{asked:?}");
}

#[tokio::test]
async fn a_look_up_asks_in_the_encoding_that_the_pages_say() {
    for (encoding, mark) in
        [(GBK, "临河审2026-0001号"), (BIG5, "臨河審2026-0001號"), (SHIFT_JIS, "臨河第0001号"), (UTF_8, "临河𠮷0001")]
    {
        let mut target = Target::in_one(mark, encoding);
        if encoding != GBK {
            // The pages of the form and the look-up are in Chinese of the mainland, which these can't write.
            target.pages = UTF_8;
        }
        if encoding == UTF_8 || encoding == GBK {
            found(&target, looked_up(&target, unsaid).await);
        } else {
            let said = format!("query_charset = \"{}\"\n", encoding.name());
            found(
                &target,
                looked_up(&target, |root| replace(&selectors(root), "charset = \"gb18030\"\n", &said)).await,
            );
        }
    }
}

#[tokio::test]
async fn what_the_adapter_itself_writes_goes_out_so_too() {
    let target = Target::in_one("临河审2026-0001号", GBK);
    for said in [true, false] {
        let ended = looked_up(&target, |root| {
            replace(&selectors(root), "keyword={mark}", "keyword=临河审2026-0001号");
            if !said {
                unsaid(root);
            }
        });
        found(&target, ended.await);
    }
    // What is escaped already stays so.
    let ended = looked_up(&target, |root| replace(&selectors(root), "keyword={mark}", "keyword=%C1%D9%BA%D3")).await;
    found(&target, ended);
    assert_eq!(target.asked.under("/registered").last().expect("asked"), "/registered?keyword=%C1%D9%BA%D3");
}

#[tokio::test]
async fn a_system_may_take_its_queries_in_another_encoding_than_its_pages() {
    let target = Target { queries: UTF_8, ..Target::in_one("临河审2026-0001号", GBK) };
    let of_system = |root: &Path| {
        replace(&selectors(root), "charset = \"gb18030\"\n", "charset = \"gbk\"\nquery_charset = \"utf-8\"\n")
    };
    found(&target, looked_up(&target, of_system).await);
    let of_page = |root: &Path| {
        let path = "path  = \"registered?keyword={mark}\"\n";
        replace(&selectors(root), path, &format!("{path}query_charset = \"utf-8\"\n"));
    };
    found(&target, looked_up(&target, of_page).await);
    let asked = target.asked.under("/registered");
    assert!(asked.iter().all(|asked| asked.contains("%E4%B8%B4%E6%B2%B3")), "{asked:?}");
}

#[tokio::test]
async fn a_letter_that_the_encoding_lacks_is_refused_and_nothing_is_sent() {
    for (charset, held) in [("gbk", false), ("gb18030", true)] {
        let target = Target { pages: UTF_8, ..Target::in_one("临河𠮷0001", GB18030) };
        let ended = looked_up(&target, |root| {
            replace(&selectors(root), "charset = \"gb18030\"", &format!("charset = \"{charset}\""));
        });
        let (state, receipt, words) = ended.await;
        if held {
            assert_eq!((state.as_str(), receipt.as_deref()), ("verified", Some("D001")), "{words}");
            continue;
        }
        assert!(words.contains("𠮷") && words.contains("GBK"), "{state}: {words}");
        assert_ne!(state, "verified");
        assert!(target.asked.under("/registered").is_empty(), "nothing is asked with another letter in its place");
        assert!(target.asked.under("/sent").is_empty());
    }
}

#[test]
fn only_what_stands_behind_the_question_mark_is_encoded_so() {
    let base = "http://oa.example/a/b".parse().expect("an address");
    let asked = |written: &str, encoding| queqiao::extract::address(&base, written, encoding).map(String::from);
    for (written, encoding, right) in [
        ("临河?q=临河#临", GBK, "http://oa.example/a/%E4%B8%B4%E6%B2%B3?q=%C1%D9%BA%D3#%E4%B8%B4"),
        ("?q=%C1%D9&x=a+b", UTF_8, "http://oa.example/a/b?q=%C1%D9&x=a+b"),
        ("/x?q=𠮷", GB18030, "http://oa.example/x?q=%954%B25"),
        ("//other.example/x?q=臨", BIG5, "http://other.example/x?q=%C1{"),
        ("x?q=河", SHIFT_JIS, "http://oa.example/a/x?q=%89%CD"),
        ("", GBK, "http://oa.example/a/b"),
    ] {
        assert_eq!(asked(written, encoding).expect(written), right, "{written} in {}", encoding.name());
    }
    for (written, encoding, letter) in [("x?q=𠮷", GBK, "𠮷"), ("x?q=临", BIG5, "临"), ("x?q=临", SHIFT_JIS, "临")]
    {
        let refused = asked(written, encoding).expect_err("another letter would be asked for").to_string();
        assert!(refused.contains(letter) && refused.contains(encoding.name()), "{refused}");
    }
    assert!(asked("http://[", GBK).is_err());
}

/// A list whose pages lead on by a link, a redirect and a form, all with letters that are not escaped.
async fn list(State(asked): State<Asked>, headers: HeaderMap, uri: Uri) -> Response<Body> {
    let asked = asked.note(&uri);
    let row = |no: &str| table(&["编号", "申请人", "状态"], &[&[no, "王小明", "在办"]]).replace("共 1 条", "共 2 条");
    let department = headers.get("X-Dept").map_or(&b""[..], axum::http::HeaderValue::as_bytes);
    assert_eq!(department, GBK.encode("临河").0.as_ref(), "a header is in the system's encoding, too");
    match uri.path() {
        "/rows" => page(&format!("{}<a href='to?town=临河&page=2'>下一页</a>", row("SL1")), GBK),
        "/to" => {
            let place = ["last?town=".as_bytes(), &GBK.encode("新城").0, b"&page=2"].concat();
            let mut moved = answer(302, "text/html", Vec::new());
            moved
                .headers_mut()
                .insert("Location", axum::http::HeaderValue::from_bytes(&place).expect("bytes of a header"));
            moved
        }
        "/last" => page(&row("SL2"), GBK),
        "/search" => {
            let form = "<form action=found accept-charset=utf-8><label for=t>镇街</label><input id=t name=town><button>查询</button></form>";
            let own = form.replace(" accept-charset=utf-8", "");
            page(if asked.contains("utf") { form } else { &own }, GBK)
        }
        "/found" => {
            let rows: [&[&str]; 2] = [&["SL1", "王小明", "在办"], &["SL2", "李小红", "在办"]];
            page(&table(&["编号", "申请人", "状态"], &rows), GBK)
        }
        _ => page("", GBK),
    }
}

const LENT: &str = "[login]\nby = \"lent\"\n";

async fn listed(asked: &Asked, edit: impl FnOnce(&Path)) {
    let router = Router::new().fallback(list).with_state(asked.clone());
    let trial = Trial::edited("a-redirect-with-raw-gbk", router, |root| {
        replace(&root.join("bots/moved-collect.toml"), "[login]\nby = \"basic\"\n", LENT);
        let selectors = root.join("selectors/moved.toml");
        replace(&selectors, "[page.list]\n", "[lend]\n\"X-Dept\" = \"临河\"\n\n[page.list]\n");
        edit(&selectors);
    });
    let trial = trial.await;
    let report = trial.run("moved-collect").await;
    assert!(report.reconciled() && report.reading.rows_read == 2, "{report:?}");
    trial.end().await;
}

#[tokio::test]
async fn links_redirects_and_forms_of_a_page_go_out_as_a_browser_sends_them() {
    let asked = Asked::default();
    listed(&asked, |selectors| {
        replace(selectors, "table = \"table\"\n", "table = \"table\"\nnext  = \"text=下一页\"\n");
    })
    .await;
    assert_eq!(asked.under("/to"), ["/to?town=%C1%D9%BA%D3&page=2"]);
    assert_eq!(asked.under("/last"), ["/last?town=%D0%C2%B3%C7&page=2"]);

    for (search, sent) in [("search", "%C1%D9%BA%D3"), ("search?as=utf", "%E4%B8%B4%E6%B2%B3")] {
        let asked = Asked::default();
        listed(&asked, |selectors| {
            replace(selectors, "path  = \"rows\"\n", &format!("path  = \"{search}\"\napply = \"text=查询\"\n"));
            replace(selectors, "[page.list.at]", "[page.list.filter]\n\"label=镇街\" = \"临河\"\n\n[page.list.at]");
        })
        .await;
        assert_eq!(asked.under("/found"), [format!("/found?town={sent}")]);
    }
}

#[tokio::test]
async fn the_browser_asks_in_the_encoding_of_the_page_as_well() {
    let asked = Asked::default();
    let shown = move |State(asked): State<Asked>, uri: Uri| async move {
        let asked = asked.note(&uri);
        let right = value(&asked, "town", GBK).is_some_and(|town| town == "临河");
        let row: &[&str] = &["SL1", "王小明", "在办"];
        let hit: &[&[&str]] = if right { &[row] } else { &[] };
        page(&table(&["编号", "申请人", "状态"], hit), GBK)
    };
    let router = Router::new().fallback(shown).with_state(asked.clone());
    let trial = Trial::edited("a-redirect-with-raw-gbk", router, |root| {
        replace(&root.join("bots/moved-collect.toml"), "[login]\nby = \"basic\"\n", "");
        let selectors = root.join("selectors/moved.toml");
        replace(&selectors, "charset = \"gb18030\"\n", "");
        replace(&selectors, "path  = \"rows\"\nvia   = \"http\"", "path  = \"rows?town=临河\"\nvia   = \"browser\"");
    });
    let trial = trial.await;
    let report = trial.run("moved-collect").await;
    assert!(report.reconciled() && report.reading.rows_read == 1, "{report:?}");
    assert_eq!(asked.under("/rows").last().expect("asked"), "/rows?town=%C1%D9%BA%D3");
    trial.end().await;
}
