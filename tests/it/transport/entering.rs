//! Entering forms: every verb on every framework. By label in, by label read back, and what the page would really send.

mod odd;
mod webforms;

use std::{fmt::Write as _, fs, path::Path, sync::LazyLock, time::Duration};

use axum::{
    Router,
    http::StatusCode,
    response::{Html, IntoResponse},
    routing::get,
};
use queqiao::{
    adapter::Candidates,
    extract::{self, Document},
    transport::{Act, Browser, Mark, Snapshot, Stroke, TransportError},
};
use serde_json::Value;
use tempfile::TempDir;

use super::{DEADLINE, browser, mark, serve};
use crate::extract::at;

/// Long enough for a loaded machine; none of the forms needs it.
const LIMIT: Duration = Duration::from_secs(10);

/// One field of a form: what it is called, what is entered, what it then shows and what is then sent.
struct Field {
    verb: &'static str,
    label: &'static str,
    stroke: Stroke,
    shows: &'static str,
    sends: &'static str,
}

fn fill(verb: &'static str, label: &'static str, text: &'static str) -> Field {
    Field { verb, label, stroke: Stroke::Fill(text.into()), shows: text, sends: text }
}

fn choose(verb: &'static str, label: &'static str, text: &'static str, sends: &'static str) -> Field {
    Field { verb, label, stroke: Stroke::Choose(text.into()), shows: text, sends }
}

fn date(verb: &'static str, label: &'static str, text: &'static str) -> Field {
    Field { verb, label, stroke: Stroke::Date(text.into()), shows: text, sends: text }
}

/// A paper to hand in.
fn upload() -> Field {
    static PLACE: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());
    let paper = PLACE.path().join("申请书.pdf");
    fs::write(&paper, "%PDF").unwrap();
    Field {
        verb: "upload",
        label: "附件",
        stroke: Stroke::Upload(vec![paper]),
        shows: "申请书.pdf",
        sends: "申请书.pdf",
    }
}

impl Field {
    fn showing(self, shows: &'static str) -> Self {
        Self { shows, ..self }
    }

    fn sending(self, sends: &'static str) -> Self {
        Self { sends, ..self }
    }
}

/// A page with the assets of the practice systems.
async fn form(page: &'static str) -> url::Url {
    serve(with_assets(Router::new().route("/", get(Html(page))))).await
}

fn with_assets(router: Router) -> Router {
    let asset = |axum::extract::Path(path): axum::extract::Path<String>| async move {
        let kind = match path.rsplit('.').next() {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            _ => "application/octet-stream",
        };
        match fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sandbox/assets").join(path)) {
            Ok(bytes) => ([("content-type", kind)], bytes).into_response(),
            Err(_) => StatusCode::NOT_FOUND.into_response(),
        }
    };
    router.route("/static/{*path}", get(asset))
}

fn label(name: &str) -> Candidates {
    at(&format!("label={name}"))
}

fn document(page: &Snapshot) -> Document {
    Document::parse(&page.html, Some("text/html"))
}

fn strokes(page: &Snapshot, frames: &[usize], fields: &[Field]) -> Vec<(Mark, Stroke)> {
    let document = document(page);
    let one = |field: &Field| {
        let index = extract::mark_entry(&label(field.label), &document).unwrap();
        (Mark { frames: frames.to_vec(), index }, field.stroke.clone())
    };
    fields.iter().map(one).collect()
}

async fn settled(browser: &Browser) -> Snapshot {
    assert!(browser.settle(DEADLINE).await.unwrap());
    browser.snapshot(true).await.unwrap()
}

/// What the page would send.
async fn sent(browser: &Browser) -> Value {
    let page = settled(browser).await;
    browser.act(&mark(&page, &[], "#send"), &Act::Click).await.unwrap();
    let page = browser.snapshot(true).await.unwrap();
    let said = extract::read(&at("#said"), &document(&page)).unwrap().unwrap();
    serde_json::from_str(&said).unwrap()
}

/// What is wrong with the fields after they have been entered.
async fn wrong(system: Router, fields: &[Field]) -> Vec<String> {
    let base = serve(with_assets(system)).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let mut from = 0;
    while from < fields.len() {
        let all = strokes(&settled(&browser).await, &[], &fields[from..]);
        match browser.enter(&all, LIMIT).await {
            Ok(()) => break,
            Err(untaken) if matches!(untaken.source, TransportError::StaleMark) => from += untaken.index,
            Err(untaken) => panic!("{}: {untaken}", fields[from + untaken.index].label),
        }
    }
    let shown = settled(&browser).await;
    let shown = document(&shown);
    let sent = sent(&browser).await;
    browser.close().await;
    let mut wrong = Vec::new();
    for field in fields {
        let read = extract::read(&label(field.label), &shown);
        if read.as_ref().ok().and_then(Option::as_deref).unwrap_or_default() != field.shows {
            wrong.push(format!("{} ({}) reads as {read:?}", field.label, field.verb));
        }
        let text = match &sent[field.label] {
            Value::String(text) => text.clone(),
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("、"),
            other => other.to_string(),
        };
        if text != field.sends {
            wrong.push(format!("{} ({}) sends {text}", field.label, field.verb));
        }
    }
    wrong
}

/// What every framework is asked to enter.
fn common() -> Vec<Field> {
    vec![
        fill("fill", "申请人", "李四"),
        fill("fill: several lines", "备注", "材料齐全，当场受理"),
        choose("choose: select", "所属区", "河东区", "371312"),
        choose("choose: options that come later", "所属镇街", "汤头街道", "02"),
        choose("choose: radio", "性别", "女", "2"),
        upload(),
        choose("choose: yes or no", "是否加急", "true", "1"),
    ]
}

fn plain() -> Vec<Field> {
    let mut fields = common();
    fields.extend([
        fill("fill: number", "份数", "12"),
        fill("fill: editable text", "说明", "新的说明"),
        choose("choose: several", "经营范围", "食品、烟草", "食品、烟草"),
        choose("choose: checkboxes", "材料", "身份证、照片", "a、c"),
        choose("choose: search", "事项名称", "药品经营许可", "药品经营许可"),
        date("date", "申请日期", "2026-11-26"),
        date("date: read-only", "有效期至", "2027-02-28"),
        date("date: with time", "受理时间", "2026-11-26 08:30").showing("2026-11-26T08:30").sending("2026-11-26T08:30"),
    ]);
    fields
}

fn layui() -> Vec<Field> {
    let mut fields = common();
    fields.extend([
        choose("choose: search", "事项名称", "药品经营许可", "d"),
        choose("choose: checkboxes", "材料", "身份证、照片", "a、c"),
        date("date", "申请日期", "2026-11-26"),
        date("date: read-only", "有效期至", "2027-02-28"),
        date("date: with time", "受理时间", "2026-11-26 08:30:00"),
    ]);
    fields
}

fn element() -> Vec<Field> {
    let mut fields = common();
    fields.last_mut().unwrap().sends = "true";
    fields.extend([
        fill("fill: number", "份数", "12"),
        choose("choose: several", "经营范围", "食品、烟草", "食品、烟草"),
        choose("choose: checkboxes", "材料", "身份证、照片", "身份证、照片"),
        choose("choose: filter", "主管部门", "第57科室", "第57科室"),
        choose("choose: search", "经办企业", "沂蒙食品有限公司", "e2"),
        choose("choose: path", "行政区划", "河东区 / 九曲街道 / 褚庄村", "371312、371312001、371312001002"),
        choose("choose: tree", "上级机构", "疾控中心", "疾控中心"),
        choose("choose: autocomplete", "事项名称", "食品经营许可", "食品经营许可"),
        date("date", "申请日期", "2026年11月26日").sending("20261126"),
        date("date: read-only", "有效期至", "2027-02-28"),
        date("date: with time", "受理时间", "2026-11-26 08:30")
            .showing("2026-11-26 08:30:00")
            .sending("2026-11-26 08:30:00"),
    ]);
    fields
}

fn easyui() -> Vec<Field> {
    let mut fields = common();
    fields.extend([
        choose("choose: checkboxes", "材料", "身份证、照片", "a、c"),
        choose("choose: tree", "上级机构", "疾控中心", "3"),
        date("date", "申请日期", "2026-11-26"),
        date("date: read-only", "有效期至", "2027-02-28"),
    ]);
    fields
}

fn webforms() -> Vec<Field> {
    let mut fields = common();
    fields.extend([
        choose("choose: checkboxes", "材料", "身份证、照片", "a、c"),
        date("date", "申请日期", "2026-11-26"),
        date("date: read-only", "有效期至", "2027-02-28"),
    ]);
    fields
}

fn antd() -> Vec<Field> {
    let mut fields = common();
    fields.last_mut().unwrap().sends = "true";
    fields.extend([
        fill("fill: number", "份数", "12"),
        choose("choose: several", "经营范围", "食品、烟草", "食品、烟草"),
        choose("choose: checkboxes", "材料", "身份证、照片", "身份证、照片"),
        choose("choose: long list", "主管部门", "第57科室", "57"),
        choose("choose: path", "行政区划", "河东区 / 九曲街道 / 褚庄村", "371312、371312001、371312001002"),
        choose("choose: tree", "上级机构", "疾控中心", "3"),
        choose("choose: autocomplete", "事项名称", "食品经营许可", "食品经营许可"),
        date("date", "申请日期", "2026-11-26").sending("2026-11-26 00:00:00"),
        date("date: read-only", "有效期至", "2027-02-28").sending("2027-02-28 00:00:00"),
        date("date: with time", "受理时间", "2026-11-26 08:30")
            .showing("2026-11-26 08:30:00")
            .sending("2026-11-26 08:30:00"),
    ]);
    fields
}

fn page(html: &'static str) -> Router {
    Router::new().route("/", get(Html(html)))
}

/// A framework, a form of it, and what is entered there.
type Framework = (&'static str, fn() -> Router, fn() -> Vec<Field>);

const FRAMEWORKS: [Framework; 6] = [
    ("plain HTML", || page(include_str!("../../entry/plain.html")), plain),
    ("layui", || page(include_str!("../../entry/layui.html")), layui),
    ("EasyUI style", || page(include_str!("../../entry/easyui.html")), easyui),
    ("Element UI", || page(include_str!("../../entry/element.html")), element),
    ("WebForms", webforms::system, webforms),
    ("Ant Design", || page(include_str!("../../entry/antd.html")), antd),
];

/// Verbs in the order of the first framework that has them, and which frameworks' forms are entered by them.
fn matrix() -> String {
    let all: Vec<Vec<&str>> =
        FRAMEWORKS.iter().map(|(.., fields)| fields().iter().map(|field| field.verb).collect()).collect();
    let mut verbs: Vec<&str> = Vec::new();
    for verb in all.iter().flatten() {
        if !verbs.contains(verb) {
            verbs.push(verb);
        }
    }
    verbs.sort_unstable();
    let heads: Vec<&str> = FRAMEWORKS.iter().map(|(name, ..)| *name).collect();
    let mut table = format!("| verb | {} |\n|---|{}\n", heads.join(" | "), "---|".repeat(heads.len()));
    for verb in verbs {
        let cells: Vec<&str> = all.iter().map(|has| if has.contains(&verb) { "✓" } else { "–" }).collect();
        writeln!(table, "| {verb} | {} |", cells.join(" | ")).unwrap();
    }
    table
}

#[test]
fn the_published_matrix_is_what_these_tests_enter() {
    let table = matrix();
    println!("{table}");
    let published = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/matrix.md")).unwrap();
    assert!(published.ends_with(&table), "docs/matrix.md has to end with:\n{table}");
}

async fn enters(framework: usize) {
    let (name, system, fields) = FRAMEWORKS[framework];
    let wrong = wrong(system(), &fields()).await;
    assert!(wrong.is_empty(), "{name}: {wrong:#?}");
}

#[tokio::test]
async fn plain_forms() {
    enters(0).await;
}

#[tokio::test]
async fn layui_forms() {
    enters(1).await;
}

#[tokio::test]
async fn easyui_forms() {
    enters(2).await;
}

#[tokio::test]
async fn element_ui_forms() {
    enters(3).await;
}

#[tokio::test]
async fn web_forms() {
    enters(4).await;
}

#[tokio::test]
async fn ant_design_forms() {
    enters(5).await;
}
