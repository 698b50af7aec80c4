//! Somebody who wants the look-up to say "not there": a truthful page is changed in any way that does not tell a whole lie, and never
//! proves that a record is missing which stands in the target.

use std::fmt::Write as _;

use proptest::prelude::*;
use queqiao::{
    adapter::{Candidates, Locator, Page},
    extract::{Document, LookedUp, Shape, Sought, look_up},
};
use serde_json::{Value, json};

/// What is done to a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Damage {
    DropTable,
    DropRows,
    DropTotal,
    DropHeader,
    RenameMarks,
    RenameApplicants,
    SwapHeaders,
    MoreColumns,
    EmptyMarks,
    EmptyRows,
    CutMarks,
    DressMarks,
    HideRows,
    RowsAsHeadings,
    RowsInOneCell,
    MoveRows,
    OtherTableBefore,
    OtherTableAfter,
    Message,
    OtherTotal,
    Loading,
    Failed,
    Wrap,
    SecondPage,
}

use Damage::*;

const ALL: [Damage; 24] = [
    DropTable,
    DropRows,
    DropTotal,
    DropHeader,
    RenameMarks,
    RenameApplicants,
    SwapHeaders,
    MoreColumns,
    EmptyMarks,
    EmptyRows,
    CutMarks,
    DressMarks,
    HideRows,
    RowsAsHeadings,
    RowsInOneCell,
    MoveRows,
    OtherTableBefore,
    OtherTableAfter,
    Message,
    OtherTotal,
    Loading,
    Failed,
    Wrap,
    SecondPage,
];

fn at(written: &str) -> Candidates {
    Candidates(vec![Locator::parse(written).expect("a locator")])
}

/// The look-up page as its adapter describes it.
fn page(json: bool, placed: bool) -> Page {
    let fields = if json {
        [("receipt", "json=$.no"), ("note", "json=$.note"), ("applicant", "json=$.who")]
    } else {
        [("receipt", "column=受理编号"), ("note", "column=来源编号"), ("applicant", "column=申请人")]
    };
    let at_fields = fields.map(|(name, written)| (name.to_owned(), at(written))).into();
    let total = if placed { "css=.total /共 (\\d+) 条/" } else { "/共 (\\d+) 条/" };
    let total = Some(at(if json { "json=$.data.total" } else { total }));
    let (table, rows) = if json { (None, Some(at("json=$.data.rows[*]"))) } else { (Some(at("table")), None) };
    Page { name: "registered".to_owned(), table, rows, total, at: at_fields, ..Page::default() }
}

fn html(marks: &[String], damages: &[Damage]) -> String {
    let has = |damage: Damage| damages.contains(&damage);
    let mut headers = ["受理编号", "来源编号", "申请人"];
    if has(RenameMarks) {
        headers[1] = "办件编号";
    }
    if has(RenameApplicants) {
        headers[2] = "姓名";
    }
    if has(SwapHeaders) {
        headers.swap(0, 1);
    }
    let mark = |mark: &str| match () {
        () if has(EmptyMarks) || has(EmptyRows) => String::new(),
        () if has(CutMarks) => format!("{}…", &mark[..6]),
        () if has(DressMarks) => format!("{mark} <b>新</b>"),
        () => mark.to_owned(),
    };
    let (cell, hidden) =
        (if has(RowsAsHeadings) { "th" } else { "td" }, if has(HideRows) { " style=\"display:none\"" } else { "" });
    let row = |text: &String| {
        let who = if has(EmptyRows) { "" } else { "王小明" };
        let number = if has(EmptyRows) { "" } else { "D001" };
        let note = mark(text);
        if has(RowsInOneCell) {
            return format!("<tr{hidden}><{cell} colspan=3>{number} {note} {who}</{cell}></tr>");
        }
        let more = if has(MoreColumns) { format!("<{cell}>x</{cell}>") } else { String::new() };
        format!("<tr{hidden}><{cell}>{number}</{cell}><{cell}>{note}</{cell}><{cell}>{who}</{cell}>{more}</tr>")
    };
    let rows: String = if has(SecondPage) { String::new() } else { marks.iter().map(row).collect() };
    let mut head: String = headers.iter().map(|header| format!("<th>{header}</th>")).collect();
    if has(MoreColumns) {
        head.push_str("<th>备注</th>");
    }
    let head = if has(DropHeader) { String::new() } else { format!("<tr>{head}</tr>") };
    let lone = match () {
        () if has(Loading) => "<tr><td colspan=3>正在加载</td></tr>",
        () if has(Failed) => "<tr><td colspan=3>系统繁忙</td></tr>",
        () => "",
    };
    let gone = has(DropRows) || has(MoveRows) || has(Loading) || has(Failed);
    let mut text = String::new();
    let other = "<table><tr><th>消息</th><th>时间</th></tr></table>";
    if has(Message) {
        text.push_str("<p>消息中心共 0 条未读消息</p>");
    }
    if has(OtherTableBefore) {
        text.push_str(other);
    }
    if !has(DropTable) {
        let _ = write!(text, "<table>{head}{}{lone}</table>", if gone { "" } else { &rows });
    }
    if has(MoveRows) {
        let _ = write!(text, "<table class=new><tr><th>单号</th><th>来源</th><th>姓名</th></tr>{rows}</table>");
    }
    if !has(DropTotal) {
        let _ = write!(text, "<p class=total>共 {} 条</p>", marks.len());
    }
    if has(OtherTotal) {
        text.push_str("<div class=side>我的待办共 0 条</div>");
    }
    if has(OtherTableAfter) {
        text.push_str(other);
    }
    if has(Wrap) { format!("<div><div>{text}</div></div>") } else { text }
}

fn answer(marks: &[String], damages: &[Damage]) -> Value {
    let has = |damage: Damage| damages.contains(&damage);
    let row = |mark: &String| {
        let note = match () {
            () if has(EmptyMarks) || has(EmptyRows) => Value::Null,
            () if has(CutMarks) => Value::from(format!("{}***", &mark[..4])),
            () if has(DressMarks) => Value::from(format!("{mark}（新）")),
            () => Value::from(mark.as_str()),
        };
        let (key, who) =
            (if has(RenameMarks) { "mark" } else { "note" }, if has(RenameApplicants) { "name" } else { "who" });
        json!({ "no": if has(EmptyRows) { "" } else { "D001" }, key: note, who: "王小明" })
    };
    let rows: Vec<Value> = marks.iter().map(row).collect();
    let gone = has(DropRows) || has(MoveRows) || has(SecondPage);
    let mut data = json!({ "rows": if gone { json!([]) } else { json!(rows) } });
    let mut whole = json!({ "code": 0, "msg": "ok" });
    if !has(DropTotal) {
        data["total"] = json!(marks.len());
    }
    if has(OtherTotal) || has(Message) {
        whole["total"] = json!(0);
        whole["rows"] = json!([]);
    }
    if has(MoveRows) {
        data["records"] = json!(rows);
    }
    if has(Loading) || has(DropTable) {
        data["rows"] = Value::Null;
    }
    if has(Failed) {
        whole["code"] = json!(500);
        data = json!({ "rows": [], "total": 0 });
    }
    if has(DropHeader) {
        data = data["rows"].clone();
    }
    if has(Wrap) {
        data = json!({ "data": data });
    }
    whole["data"] = data;
    whole
}

/// A page of that kind with these records, damaged.
fn document(json: bool, marks: &[String], damages: &[Damage]) -> Document {
    if json {
        Document::parse(&answer(marks, damages).to_string(), Some("application/json"))
    } else {
        let text = format!("<html><body>{}</body></html>", html(marks, damages));
        Document::parse(&text, Some("text/html"))
    }
}

fn agree(meant: &str, shown: &str) -> bool {
    meant == shown
}

fn sought(mark: &str, searched: bool) -> Sought {
    Sought { mark: mark.to_owned(), row: vec![("note".to_owned(), mark.to_owned())], searched, agree }
}

/// The list as it looks with the control in it.
fn seen(page: &Page, json: bool) -> Shape {
    let control = "YC20250001".to_owned();
    match look_up(page, &document(json, std::slice::from_ref(&control), &[]), &sought(&control, true), None) {
        Ok(LookedUp::There(there)) => there.shape,
        other => panic!("the control is found: {other:?}"),
    }
}

fn damages() -> impl Strategy<Value = Vec<Damage>> {
    prop::collection::vec(prop::sample::select(ALL.to_vec()), 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_proves_that_what_stands_there_is_missing(
        json in any::<bool>(), placed in any::<bool>(), searched in any::<bool>(), known in any::<bool>(),
        others in 0..3_usize, damages in damages(),
    ) {
        let page = page(json, placed);
        let mut marks: Vec<String> = if searched { Vec::new() } else { (0..others).map(|n| format!("YC2027{n:04}")).collect() };
        marks.push("YC20260038".to_owned());
        let shape = known.then(|| seen(&page, json));
        // What an answer says of itself, and which header stands over which column, is only known to be odd beside a list that was
        // seen with rows. Without one, nothing is believed before a person has looked.
        prop_assume!(known || !(damages.contains(&Failed) || damages.contains(&SwapHeaders)));
        let found = look_up(&page, &document(json, &marks, &damages), &sought("YC20260038", searched), shape.as_ref());
        prop_assert!(!matches!(found, Ok(LookedUp::Absent(_))), "{json} {placed} {searched} {known} {damages:?}");
    }

    #[test]
    fn an_undamaged_page_without_the_record_proves_it(
        json in any::<bool>(), placed in any::<bool>(), known in any::<bool>(), others in 0..3_usize,
    ) {
        let page = page(json, placed);
        let marks: Vec<String> = (0..others).map(|n| format!("YC2027{n:04}")).collect();
        let shape = known.then(|| seen(&page, json));
        let found = look_up(&page, &document(json, &marks, &[]), &sought("YC20260038", false), shape.as_ref());
        prop_assert!(matches!(found, Ok(LookedUp::Absent(_))), "{json} {placed} {known}: {found:?}");
        let empty = look_up(&page, &document(json, &[], &[]), &sought("YC20260038", true), shape.as_ref());
        prop_assert!(matches!(empty, Ok(LookedUp::Absent(_))), "{json} {placed} {known}: {empty:?}");
    }
}
