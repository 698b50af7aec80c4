//! `tax`: known visitors only, by their certificate; exports of a month at most and of so many rows at most.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use chrono::NaiveDate;
use minijinja::{Environment, Value as Shown, context};
use serde::Deserialize;

use super::case::{Case, Time};
use super::export::{Column, Export, Value, file, packed};
use super::gb;
use super::kind::Kind;
use super::office::Office;
use super::revenue::TAX;
use super::status::{Outcome, Status};

/// Days that one export may cover.
const DAYS_MOST: i64 = 31;
/// Rows that one export holds; of more, the earliest are left out.
const ROWS_MOST: usize = 200;

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    for (name, source) in
        [("tax.html", include_str!("pages/tax.html")), ("notice.html", include_str!("pages/tax-notice.html"))]
    {
        pages.add_template(name, source).expect("the embedded pages are valid: every test of this system renders them");
    }
    pages
});

/// The system.
pub(super) static KIND: Kind = Kind {
    name: "tax",
    title: "涉税事项管理系统",
    owner: "区税务局",
    salt: 0x7461_7800,
    time_format: "%Y/%m/%d %H:%M",
    to_minute: true,
    rare_percent: 2,
    departments: TAX,
    number: |applied, index| format!("S{}{:07}", applied.format("%Y"), index + 1),
    status: status_word,
    outcome: |outcome| match outcome {
        Outcome::Granted => "核准",
        Outcome::Refused => "不予核准",
        Outcome::Forwarded => "移送上级",
        Outcome::Other => "其他",
    },
    own: &["head", "export", "notice", "rules"],
    pages,
    maintenance: |_| notice(StatusCode::OK, "系统维护中", "系统正在升级维护，请稍后再试。"),
};

const COLUMNS: &[Column] = &[
    (None, "受理文号"),
    (None, "事项代码"),
    (None, "涉税事项"),
    (None, "纳税人名称"),
    (None, "纳税人类别"),
    (None, "纳税人识别号"),
    (None, "联系电话"),
    (None, "主管街道（乡镇）"),
    (None, "受理渠道"),
    (None, "受理地点"),
    (None, "受理窗口"),
    (None, "受理人员"),
    (None, "申请日期"),
    (None, "受理日期"),
    (None, "承诺期限"),
    (None, "办结日期"),
    (None, "即办标志"),
    (None, "法定工作日"),
    (None, "承诺工作日"),
    (None, "状态"),
    (None, "核准结果"),
];

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Submitted => "已提交",
        Status::Received => "待受理",
        Status::Correction => "补正资料",
        Status::Accepted => "受理",
        Status::InProgress => "核查",
        Status::Suspended => "中止",
        Status::Done => "办结",
        Status::Rejected => "不予受理",
        Status::Returned => "退回",
        Status::Withdrawn => "撤销申请",
        Status::Void => "作废",
    }
}

fn pages() -> Router<Arc<Office>> {
    Router::new().route("/", get(index)).route("/export.do", get(export))
}

fn render(status: StatusCode, name: &str, values: Shown) -> Response {
    let page = PAGES.get_template(name).and_then(|page| page.render(values));
    let page = page.expect("the embedded pages are valid: every test of this system renders them");
    (status, [(header::CACHE_CONTROL, "no-store")], Html(page)).into_response()
}

fn notice(status: StatusCode, heading: &str, text: &str) -> Response {
    render(status, "notice.html", context! { title => KIND.title, owner => KIND.owner, heading, text })
}

async fn index(State(office): State<Arc<Office>>) -> Response {
    let today = office.now().date_naive();
    let from = today - chrono::Days::new(u64::try_from(DAYS_MOST).unwrap_or(0) - 1);
    let limits = (DAYS_MOST, ROWS_MOST);
    let (from, to) = (from.to_string(), today.to_string());
    render(StatusCode::OK, "tax.html", context! { title => KIND.title, owner => KIND.owner, from, to, limits })
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

async fn export(State(office): State<Arc<Office>>, Query(wanted): Query<Wanted>) -> Response {
    let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let (Some(from), Some(to)) = (day(&wanted.from), day(&wanted.to)) else {
        return notice(StatusCode::BAD_REQUEST, "参数错误", "请填写申请日期起止。");
    };
    if !(0..DAYS_MOST).contains(&(to - from).num_days()) {
        return notice(StatusCode::BAD_REQUEST, "查询区间过长", &format!("一次最多导出 {DAYS_MOST} 天。"));
    }
    office.list_is_read();
    let csv = list(&office, from, to).csv(KIND.time_format, "%Y/%m/%d");
    let name = format!("涉税事项_{}_{}", from.format("%Y%m%d"), to.format("%Y%m%d"));
    let disposition = [b"attachment; filename=".as_slice(), &gb::bytes(&name), b".zip"].concat();
    file("application/octet-stream", &disposition, packed(&format!("{name}.csv"), &csv))
}

/// The cases that were applied for on these days, newest first.
fn list(office: &Office, from: NaiveDate, to: NaiveDate) -> Export {
    let ledger = office.ledger();
    let within = |case: &&Case| (from..=to).contains(&case.applied.date_naive());
    let found: Vec<&Case> = ledger.find("", "").into_iter().filter(within).collect();
    Export {
        title: "涉税事项明细",
        sheet: "涉税事项",
        columns: COLUMNS,
        above: String::new(),
        below: format!("共 {} 条", found.len()),
        rows: found.into_iter().take(ROWS_MOST).map(row).collect(),
    }
}

fn row(case: &Case) -> Vec<Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    let moment = |time: Option<Time>| time.map_or_else(|| text(""), Value::Moment);
    let item = case.item();
    vec![
        text(&case.source_no),
        text(&case.task_code()),
        text(item.name),
        text(&case.applicant.name),
        text(if case.applicant.firm { "单位纳税人" } else { "自然人" }),
        text(&case.applicant.id_number),
        text(&case.applicant.phone),
        text(case.town_name()),
        text(case.place.channel),
        text(&case.place.site),
        text(&case.place.window),
        text(&case.operator),
        moment(Some(case.applied)),
        text(&case.accepted_text(KIND.time_format)),
        case.promised.map_or_else(|| text(""), Value::Day),
        moment(case.ended),
        text(if item.at_once { "是" } else { "否" }),
        Value::Number(item.legal),
        Value::Number(item.promise),
        text(case.status_word(&KIND)),
        text(case.outcome.map(|outcome| outcome.word(&KIND)).unwrap_or_default()),
    ]
}
