//! `estate`: no list to page through but an export, behind HTTP Basic.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::{StatusCode, header, request::Parts};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::{Environment, Value as Shown, context};
use serde::Deserialize;

use super::accounts::Entry;
use super::case::{Case, Time};
use super::export::{Column, Export, Value, file, packed};
use super::gb;
use super::kind::Kind;
use super::office::Office;
use super::revenue::ESTATE;
use super::status::{Outcome, Status};

/// Rows that the page itself shows.
const LATEST: usize = 15;
/// What a browser is asked for.
const CHALLENGE: &str = "Basic realm=\"estate\", charset=\"UTF-8\"";

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    for (name, source) in
        [("estate.html", include_str!("pages/estate.html")), ("notice.html", include_str!("pages/estate-notice.html"))]
    {
        pages.add_template(name, source).expect("the embedded pages are valid: every test of this system renders them");
    }
    pages
});

/// The system.
pub(super) static KIND: Kind = Kind {
    name: "estate",
    title: "不动产登记业务系统",
    owner: "区不动产登记中心",
    salt: 0x6573_7461,
    time_format: "%Y-%m-%d %H:%M:%S",
    to_minute: false,
    rare_percent: 3,
    departments: ESTATE,
    number: |applied, index| format!("{}{:06}", applied.format("%Y%m%d"), index + 1),
    status: status_word,
    outcome: |outcome| match outcome {
        Outcome::Granted => "准予登记",
        Outcome::Refused => "不予登记",
        Outcome::Forwarded => "转报上级",
        Outcome::Other => "其他",
    },
    own: &["head", "export", "latest", "count", "notice"],
    pages,
    maintenance: |_| notice(StatusCode::OK, "系统维护中", "系统正在升级维护，请稍后再试。"),
};

const COLUMNS: &[Column] = &[
    (None, "受理编号"),
    (None, "事项编码"),
    (None, "登记事项"),
    (Some("申请人"), "类型"),
    (Some("申请人"), "姓名或名称"),
    (Some("申请人"), "证件号码"),
    (Some("申请人"), "联系电话"),
    (None, "不动产坐落"),
    (None, "申请渠道"),
    (Some("受理"), "地点"),
    (Some("受理"), "窗口"),
    (Some("受理"), "经办人"),
    (Some("时间"), "申请"),
    (Some("时间"), "受理"),
    (Some("时间"), "承诺办结"),
    (Some("时间"), "登簿"),
    (None, "办件类型"),
    (Some("时限（工作日）"), "法定"),
    (Some("时限（工作日）"), "承诺"),
    (None, "办理状态"),
    (None, "登记结果"),
];

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Submitted => "网上申请",
        Status::Received => "待受理",
        Status::Correction => "补正",
        Status::Accepted => "已受理",
        Status::InProgress => "审核",
        Status::Suspended => "公告暂停",
        Status::Done => "已登簿",
        Status::Rejected => "不予受理",
        Status::Returned => "退回",
        Status::Withdrawn => "撤回申请",
        Status::Void => "终止",
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

/// Someone whose name and password are right; holds the name.
struct Clerk(String);

impl FromRequestParts<Arc<Office>> for Clerk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, office: &Arc<Office>) -> Result<Clerk, Response> {
        let refused = |text: &str| {
            let page = notice(StatusCode::UNAUTHORIZED, "请登录", text);
            ([(header::WWW_AUTHENTICATE, CHALLENGE)], page).into_response()
        };
        let told = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some(told) = told.and_then(|told| told.strip_prefix("Basic ")) else {
            return Err(refused("请使用业务账号登录。"));
        };
        let pair = STANDARD.decode(told).ok().and_then(|pair| String::from_utf8(pair).ok()).unwrap_or_default();
        let (username, password) = pair.split_once(':').unwrap_or_default();
        match office.verify(username, password) {
            None => Ok(Clerk(username.to_owned())),
            Some(entry @ Entry::Frozen) => {
                Err(notice(StatusCode::FORBIDDEN, "账号已冻结", &entry.refusal().unwrap_or_default()))
            }
            Some(entry) => Err(refused(&entry.refusal().unwrap_or_default())),
        }
    }
}

async fn index(State(office): State<Arc<Office>>, Clerk(name): Clerk) -> Response {
    let ledger = office.ledger();
    let found = ledger.find("", "");
    let row = |case: &&Case| {
        context! {
            no => &case.source_no, item => case.item().name, applicant => &case.applicant.name,
            accepted => case.accepted_text(KIND.time_format), status => case.status_word(&KIND),
        }
    };
    let rows: Vec<Shown> = found.iter().take(LATEST).map(row).collect();
    let count = found.len();
    render(StatusCode::OK, "estate.html", context! { title => KIND.title, owner => KIND.owner, name, rows, count })
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(rename = "type", default)]
    kind: String,
}

async fn export(State(office): State<Arc<Office>>, Clerk(name): Clerk, Query(wanted): Query<Wanted>) -> Response {
    office.list_is_read();
    let export = list(&office, &name);
    let csv = || export.csv(KIND.time_format, "%Y年%-m月%-d日");
    match wanted.kind.as_str() {
        "xlsx" | "" => {
            let disposition = format!("attachment; filename*=UTF-8''{}", encoded("不动产登记业务明细.xlsx"));
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            let book = export.workbook().expect("a list of this practice fits into a workbook");
            file(kind, disposition.as_bytes(), book)
        }
        // As many systems do: the name in the bytes of the file, the type of another program.
        "csv" => file("application/vnd.ms-excel", &named("不动产登记业务明细.csv"), csv()),
        "zip" => file("application/zip", &named("不动产登记.zip"), packed("不动产登记业务明细.csv", &csv())),
        _ => notice(StatusCode::BAD_REQUEST, "参数错误", "只能导出 xlsx、csv 或 zip。"),
    }
}

fn encoded(name: &str) -> String {
    url::form_urlencoded::byte_serialize(name.as_bytes()).collect()
}

fn named(name: &str) -> Vec<u8> {
    [b"attachment; filename=\"".as_slice(), &gb::bytes(name), b"\""].concat()
}

/// All cases, newest first.
fn list(office: &Office, name: &str) -> Export {
    let now = office.now();
    let ledger = office.ledger();
    let rows: Vec<Vec<Value>> = ledger.find("", "").into_iter().map(row).collect();
    Export {
        title: "不动产登记业务明细表",
        sheet: "登记业务",
        columns: COLUMNS,
        above: format!("导出时间：{}　导出人：{name}", now.format(KIND.time_format)),
        below: format!("共 {} 条", rows.len()),
        rows,
    }
}

fn row(case: &Case) -> Vec<Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    let moment = |time: Option<Time>| time.map_or_else(|| text(""), Value::Moment);
    let item = case.item();
    // A date that does not exist stands as the text that somebody has typed.
    let accepted = case.accepted.map(|time| time.format(KIND.time_format).to_string()).unwrap_or_default();
    let shown = case.accepted_text(KIND.time_format);
    vec![
        text(&case.source_no),
        text(&case.task_code()),
        text(item.name),
        text(if case.applicant.firm { "单位" } else { "个人" }),
        text(&case.applicant.name),
        text(&case.applicant.id_number),
        text(&case.applicant.phone),
        text(&format!("{}{}", case.town_name(), case.village)),
        text(case.place.channel),
        text(&case.place.site),
        text(&case.place.window),
        text(&case.operator),
        moment(Some(case.applied)),
        if shown == accepted { moment(case.accepted) } else { text(&shown) },
        case.promised.map_or_else(|| text(""), Value::Day),
        moment(case.ended),
        text(if item.at_once { "即办件" } else { "承诺件" }),
        Value::Number(item.legal),
        Value::Number(item.promise),
        text(case.status_word(&KIND)),
        text(case.outcome.map(|outcome| outcome.word(&KIND)).unwrap_or_default()),
    ]
}
