//! What a person sees is what is read.

use axum::{
    Router,
    http::header::CONTENT_TYPE,
    response::{Html, IntoResponse},
    routing::get,
};
use queqiao::record::Outcome;

use super::trial::{Trial, replace};

/// A sheet that hides, shows again, and hides on paper.
const SHEET: &str = ".ed { display: none } .inv { visibility: hidden } .vis { visibility: visible }
    /* nested */ td > .old:first-child b { display: none }
    .cp { display: none !important } .show { display: inline } .q { display: none } td .q2 { display: inline }
    @media screen and (min-width: 500px) { .scr { display: none } } @media print { td { display: none } }
    .rd { position: absolute; clip: rect(0, 0, 0, 0); width: 1px; height: 1px; overflow: hidden }
    .cl { opacity: 0; position: absolute } a:hover .pap, .pap::before { display: none }
    .box { & .in { display: none } } .once:not(:hover, .now) { display: none }";

/// Cells that all show the same, each with something else in it that nobody sees.
const CELLS: &[(&str, &str)] = &[
    ("form", "<form class=ed><input value='修路'></form><div>修路</div>"),
    ("select", "<form class=ed><select><option selected>修路</option></select><span>修路</span></form><div>修路</div>"),
    ("invisible", "<span class=inv>旧</span>修路"),
    ("visible within invisible", "<span class=inv>旧<b class=vis>修路</b></span>"),
    ("nested", "<p class=old><b>旧</b></p>修路"),
    ("important", "<span class='cp show'>旧</span>修路"),
    ("weight", "<span class='q q2'>修路</span>"),
    ("screen", "<span class=scr>旧</span>修路"),
    ("paper and touch", "<a class=pap>修路</a>"),
    ("screen readers", "<span class=rd>事项</span>修路"),
    ("beautified", "<select class=cl><option selected>修路</option></select><span>修路</span>"),
    ("details", "<details><summary></summary><p>旧</p></details>修路"),
    ("dialog", "<dialog>旧</dialog>修路"),
    ("rules in rules", "<i class=box><span class=in>旧</span></i>修路"),
    ("states", "<span class=once>旧</span><span class='once now'>修路</span>"),
    ("linked", "<span class=lk>旧</span>修路"),
    ("its own style wins", "<span class=ed style='display: inline'>修路</span>"),
];

fn hiding() -> Router {
    let rows: String = CELLS.iter().map(|(no, cell)| format!("<tr><td>{no}</td><td>{cell}</td></tr>")).collect();
    let page = format!(
        "<!doctype html><html><head><meta charset=utf-8><link rel=stylesheet href='list.css'><style>{SHEET}</style></head>
        <body><table><tr><th>编号</th><th>事项</th></tr>{rows}</table></body></html>"
    );
    let sheet = || async { ([(CONTENT_TYPE, "text/css")], ".lk { display: none }").into_response() };
    Router::new().route("/list.html", get(move || async move { Html(page) })).route("/list.css", get(sheet))
}

async fn hidden_by(via: &str) {
    let trial = Trial::edited("seen", hiding(), |root| {
        replace(&root.join("selectors/seen.toml"), "\"browser\"", &format!("\"{via}\""));
    })
    .await;
    let report = trial.run("seen-collect").await;
    assert_eq!(report.reading.outcome, Outcome::Good, "{via}: {report:?}");
    assert_eq!(report.reading.warnings, Vec::<String>::new(), "{via}");
    let cases = trial.cases().await;
    assert_eq!(cases.len(), CELLS.len(), "{via}");
    for (no, case) in &cases {
        assert_eq!(case.fields.task_name.as_deref(), Some("修路"), "{via}, {no}");
    }
    trial.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sheet_hides_is_no_text_in_the_browser() {
    hidden_by("browser").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sheet_hides_is_no_text_by_plain_http() {
    hidden_by("http").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sheet_hides_is_no_text_where_ways_are_compared() {
    hidden_by("auto").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_browser_can_decide_is_told() {
    let page = "<style>.x:lang(en) { display: none }</style><table><tr><th>编号<th>事项<tr><td>1<td>修路</table>";
    let pages = Router::new().route("/list.html", get(move || async move { Html(page) }));
    let trial = Trial::edited("seen", pages, |root| {
        replace(&root.join("selectors/seen.toml"), "\"browser\"", "\"http\"");
    })
    .await;
    let report = trial.run("seen-collect").await;
    assert!(report.reading.warnings.iter().any(|told| told.contains("via = \"browser\"")), "{report:?}");
    trial.end().await;
}

const BOXED: &str = "disc-virtual-table-in-a-box-without-scroll-bars";
/// How a list draws its rows from `first` on; `N` rows, each `HIGH` pixels.
const DRAW: &str = "const HIGH = 55, N = 100; function rows(first, some) { return Array.from({ length: some }, (_, i) => first + i + 1).map((n) =>
    `<div class='row' style='height:55px;display:flex'><div>SL2026${String(n).padStart(5, '0')}</div><div>张${n}</div></div>`).join(''); }";

/// A page of which the script draws a list.
fn drawing(body: &str, script: &str) -> String {
    format!(
        "<!doctype html><html><head><meta charset=utf-8></head><body>{body}<script>{DRAW}{script}</script></body></html>"
    )
}

/// A box that draws what is in sight wherever it stands, hiding its overflow.
fn in_a_box(root: &str) -> String {
    format!(
        "const holder = {root}.querySelector('.holder'), inner = {root}.querySelector('.inner');
        const draw = () => {{ const first = Math.max(0, Math.min(Math.floor(holder.scrollTop / HIGH), N - 8));
            inner.style.transform = `translateY(${{first * HIGH}}px)`; inner.innerHTML = rows(first, 8); }};
        holder.addEventListener('scroll', draw); draw();"
    )
}

const HOLDER: &str = "<div class=holder style='height:300px;overflow-y:hidden'><div style='height:5500px;overflow:hidden'><div class=inner></div></div></div>";

async fn scrolled(page: String, more: &[(&'static str, String)], edit: &[(&str, &str)]) -> queqiao::run::RunReport {
    let mut pages = Router::new().route("/list.html", get(move || async move { Html(page) }));
    for (path, page) in more {
        let page = page.clone();
        pages = pages.route(path, get(move || async move { Html(page) }));
    }
    let trial = Trial::edited(BOXED, pages, |root| {
        for (old, new) in edit {
            replace(&root.join("selectors/boxed.toml"), old, new);
        }
    })
    .await;
    let report = trial.run("boxed-collect").await;
    let cases = trial.cases().await.len() as u64;
    assert!(report.reading.outcome != Outcome::Good || cases == report.reading.rows_read, "{report:?}");
    trial.end().await;
    report
}

fn all(report: &queqiao::run::RunReport) {
    assert_eq!((report.reading.outcome, report.reading.rows_read), (Outcome::Good, 100), "{report:?}");
}

fn says(report: &queqiao::run::RunReport, words: &str) {
    assert_ne!(report.reading.outcome, Outcome::Good, "{report:?}");
    assert!(report.reading.reason.as_deref().is_some_and(|reason| reason.contains(words)), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_in_a_box_that_hides_its_overflow_is_read_to_its_end() {
    all(&scrolled(drawing(HOLDER, &in_a_box("document")), &[], &[]).await);
    let shadow = format!(
        "const tree = document.querySelector('#host').attachShadow({{ mode: 'open' }}); tree.innerHTML = `{HOLDER}`; {}",
        in_a_box("tree")
    );
    all(&scrolled(drawing("<div id=host></div>", &shadow), &[], &[]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_hears_only_the_wheel_or_stands_in_a_frame_is_read_to_its_end() {
    let wheel = "let first = 0; const list = document.querySelector('[role=list]'); const draw = () => { list.innerHTML = rows(first, 5); };
        list.addEventListener('wheel', (event) => { event.preventDefault();
            first = Math.max(0, Math.min(N - 5, first + Math.floor(event.deltaY / HIGH))); draw(); }, { passive: false }); draw();";
    all(&scrolled(drawing("<div role=list style='height:275px;overflow:hidden'></div>", wheel), &[], &[]).await);
    let inner = drawing(HOLDER, &in_a_box("document"));
    let shell =
        "<!doctype html><a href='inner.html' target=inner>打开</a><iframe name=inner width=600 height=400></iframe>"
            .to_owned();
    let frame = [("scroll=true", "scroll=true\nframe=[\"inner\"]\npress=\"text=打开\"")];
    all(&scrolled(shell, &[("/inner.html", inner)], &frame).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_the_window_scrolls_or_that_falls_back_at_its_end_is_read_once() {
    let window =
        "const list = document.querySelector('#list'); list.style.height = N * HIGH + 'px'; const draw = () => {
        const first = Math.max(0, Math.min(Math.floor(scrollY / HIGH), N - 30));
        list.innerHTML = `<div style='position:absolute;top:${first * HIGH}px'>${rows(first, 30)}</div>`; };
        addEventListener('scroll', draw); draw();";
    all(&scrolled(drawing("<div id=list></div>", window), &[], &[]).await);
    let back = format!(
        "{} holder.addEventListener('scroll', () => {{ const end = holder.scrollHeight - holder.clientHeight;
            if (holder.scrollTop >= end) holder.scrollTop = end - 18; }});",
        in_a_box("document")
    );
    all(&scrolled(drawing(HOLDER, &back), &[], &[]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_can_not_be_scrolled_stops_the_run() {
    let clipped = HOLDER.replace("overflow-y:hidden", "overflow:clip");
    says(&scrolled(drawing(&clipped, &in_a_box("document")), &[], &[]).await, "could be scrolled");
    let counted = HOLDER.replace("class=holder", "class=holder aria-rowcount=100").replace("5500px", "900px");
    let script = in_a_box("document").replace("inner.innerHTML", "inner.innerHTML = ''; inner.innerHTML");
    let script =
        script.replace("rows(first, 8)", "rows(first, 8).replaceAll(\"class='row'\", \"class='row' role='row'\")");
    says(&scrolled(drawing(&counted, &script), &[], &[]).await, "says itself that it has 100");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_not_scrolled_is_not_called_good_without_a_word() {
    let still = [("scroll=true", "")];
    let room = scrolled(drawing(HOLDER, &in_a_box("document")), &[], &still).await;
    assert!(room.reading.warnings.iter().any(|told| told.contains("scroll = true")), "{room:?}");
    let counted = HOLDER.replace("class=holder", "class=holder aria-rowcount=100");
    let script = in_a_box("document")
        .replace("rows(first, 8)", "rows(first, 8).replaceAll(\"class='row'\", \"class='row' role='row'\")");
    says(&scrolled(drawing(&counted, &script), &[], &still).await, "scroll = true");
    // All rows are there, in a box that scrolls.
    let plain = "<div style='height:300px;overflow:auto'><div id=all></div></div>";
    let whole = scrolled(drawing(plain, "document.querySelector('#all').innerHTML = rows(0, N);"), &[], &still).await;
    all(&whole);
    assert_eq!(whole.reading.warnings, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_moves_itself_at_its_end_ends_with_its_total() {
    let page = drawing(
        "<p>共 60 条</p><div id=box style='height:300px;overflow:auto'><div id=tall style='position:relative'>
        <table id=g style='position:absolute'><thead><tr><th>受理编号</th><th>申请人</th></tr></thead><tbody></tbody></table></div></div>",
        "const box = document.querySelector('#box'); document.querySelector('#tall').style.height = '1848px';
        const draw = () => { const first = Math.min(Math.floor(box.scrollTop / 30), 50); document.querySelector('#g').style.top = first * 30 + 'px';
            document.querySelector('#g tbody').innerHTML = Array.from({ length: 10 }, (_, i) => first + i + 1).map((n) =>
                `<tr style='height:30px'><td>SL2026${String(n).padStart(5, '0')}</td><td>张${n}</td></tr>`).join(''); };
        box.addEventListener('scroll', () => { draw(); const end = box.scrollHeight - box.clientHeight;
            if (box.scrollTop >= end) box.scrollTop = end - 18; }); draw();",
    );
    let pages = Router::new().route("/list.html", get(move || async move { Html(page) }));
    let trial = Trial::start("disc-virtual-list-that-falls-back-at-its-end", pages).await;
    let report = trial.run("fallback-collect").await;
    assert_eq!((report.reading.outcome, report.reading.rows_read), (Outcome::Good, 60), "{report:?}");
    trial.end().await;
}

/// A page whose words, classes and sheet may be others while it is built the same.
fn alike(random: &mut fastrand::Rng) -> String {
    let mut one = |of: &[&'static str]| of[random.usize(..of.len())];
    let sheet = one(&[
        ".a { display: none }",
        ".b { visibility: hidden }",
        "[title=x] { display: none }",
        ".a { color: red }",
        ".a, .b { display: none } .show { display: inline !important }",
    ]);
    let (class, style) = (one(&["a", "b", "c", "a show"]), one(&["color: red", "display: inline", "margin: 0"]));
    let (title, word) = (one(&["x", "y"]), one(&["修路", "取水", "排污"]));
    format!(
        "<!doctype html><html><head><style>{sheet}</style></head><body><table><tr><th>编号</th><th>事项</th></tr><tr><td>1</td>
        <td><span alt=\"{word}\" class=\"{class}\" style=\"{style}\" title=\"{title}\">旧</span><b>{word}</b></td></tr></table></body></html>"
    )
}

#[test]
fn a_page_built_like_the_one_before_is_hidden_by_its_own_sheet() {
    let read = |text: &str| {
        let page = crate::extract::table("css=table", &[("no", "column=编号"), ("what", "column=事项")]);
        let listing = queqiao::extract::listing(&page, &crate::extract::html(text)).expect("it can be read");
        listing.rows[0]["what"].clone()
    };
    let mut random = fastrand::Rng::with_seed(22);
    let mut hidden = 0;
    for _ in 0..400 {
        let text = alike(&mut random);
        // A thread of its own has no tree of a page before.
        let alone = std::thread::scope(|scope| scope.spawn(|| read(&text)).join().expect("it can be read alone"));
        assert_eq!(read(&text), alone, "{text}");
        hidden += usize::from(!alone.contains('旧'));
    }
    assert!((50..350).contains(&hidden), "{hidden}");
}
