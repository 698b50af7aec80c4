//! `permits`: a single-page app over a JSON API. The API tells everything in the body; its status code is always 200.

mod register;

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::{header, request::Parts};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::{Entry, Standing};
use super::case::{Case, Time};
use super::items::PERMITS;
use super::kind::Kind;
use super::office::{Office, bump};
use super::status::{Outcome, Status};
use super::token::{self, Claims};

/// How long a token lasts, in seconds.
const TOKEN_SECONDS: i64 = 2 * 60 * 60;
/// Rows per page when the caller does not say.
const SIZE_DEFAULT: usize = 50;
/// The most rows per page.
const SIZE_MOST: usize = 200;

/// The system.
pub(super) static KIND: Kind = Kind {
    name: "permits",
    title: "行政审批业务系统",
    owner: "区行政审批服务局",
    salt: 0x7065_726d,
    time_format: "%Y-%m-%d %H:%M:%S",
    to_minute: false,
    rare_percent: 0,
    departments: PERMITS,
    number: |applied, index| format!("HD{}{:05}", applied.format("%Y%m%d"), index + 1),
    status: status_word,
    outcome: |outcome| match outcome {
        Outcome::Granted => "准予许可",
        Outcome::Refused => "不予许可",
        Outcome::Forwarded => "转报上级",
        Outcome::Other => "其他",
    },
    own: &["brand", "crumbs", "foot", "shell"],
    pages,
    maintenance,
};

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Submitted => "待预审",
        Status::Received => "已收件",
        Status::Correction => "补正告知",
        Status::Accepted => "已受理",
        Status::InProgress => "审核中",
        Status::Suspended => "特别程序",
        Status::Done => "已办结",
        Status::Rejected => "不予受理",
        Status::Returned => "已退件",
        Status::Withdrawn => "申请人撤回",
        Status::Void => "已作废",
    }
}

/// The system's pages and API.
fn pages() -> Router<Arc<Office>> {
    Router::new()
        .route("/", get(index))
        .route("/api/login", post(login))
        .route("/api/logout", post(logout))
        .route("/api/user", get(user))
        .route("/api/cases", get(list))
        .route("/api/cases/{id}", get(detail))
        .merge(register::pages())
}

/// What every path answers during maintenance.
fn maintenance(path: &str) -> Response {
    if path.starts_with("/api/") {
        return answer(503, "系统维护中", &Value::Null);
    }
    page(include_str!("pages/permits-maintenance.html"))
}

async fn index() -> Response {
    page(include_str!("pages/permits.html"))
}

fn page(html: &'static str) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Html(html)).into_response()
}

#[derive(Deserialize)]
struct Login {
    username: String,
    password: String,
}

async fn login(State(office): State<Arc<Office>>, Json(login): Json<Login>) -> Response {
    let entry = office.enter(&login.username, &login.password);
    if let Some(refusal) = entry.refusal() {
        return answer(500, &refusal, &Value::Null);
    }
    let Entry::Open(session) = entry else { return answer(500, "登录失败", &Value::Null) };
    let now = office.now().timestamp();
    let claims = Claims { sub: login.username, jti: session, iat: now, exp: now + TOKEN_SECONDS };
    answer(0, "登录成功", &json!({ "token": token::sign(&claims, &office.secret) }))
}

/// A caller whose token is good.
struct Caller(Claims);

impl FromRequestParts<Arc<Office>> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, office: &Arc<Office>) -> Result<Caller, Response> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let claims = header
            .and_then(|value| value.strip_prefix("Bearer "))
            .and_then(|text| token::read(text, &office.secret))
            .filter(|claims| claims.exp > office.now().timestamp());
        let lost = || answer(401, "登录状态已失效，请重新登录", &Value::Null);
        let claims = claims.ok_or_else(lost)?;
        match office.account().standing(&claims.jti) {
            Standing::Live => Ok(Caller(claims)),
            Standing::Kicked => Err(answer(409, "该账号在其他地方登录", &Value::Null)),
            Standing::Lost => Err(lost()),
        }
    }
}

async fn logout(State(office): State<Arc<Office>>, Caller(claims): Caller) -> Response {
    office.account().leave(&claims.jti);
    answer(0, "已退出", &Value::Null)
}

async fn user(State(office): State<Arc<Office>>, Caller(claims): Caller) -> Response {
    answer(0, "操作成功", &json!({ "username": claims.sub, "orgName": office.system.owner }))
}

#[derive(Deserialize)]
struct Search {
    page: Option<usize>,
    size: Option<usize>,
    #[serde(default)]
    status: String,
    #[serde(default)]
    keyword: String,
}

async fn list(State(office): State<Arc<Office>>, _: Caller, Query(search): Query<Search>) -> Response {
    let size = search.size.unwrap_or(SIZE_DEFAULT).clamp(1, SIZE_MOST);
    let page = search.page.unwrap_or(1).max(1);
    office.list_is_read();
    let ledger = office.ledger();
    let found = ledger.find(search.keyword.trim(), &search.status);
    let rows: Vec<Value> =
        found.iter().skip((page - 1).saturating_mul(size)).take(size).map(|case| row(case)).collect();
    answer(0, "查询成功", &json!({ "total": found.len(), "page": page, "size": size, "rows": rows }))
}

async fn detail(State(office): State<Arc<Office>>, _: Caller, Path(id): Path<String>) -> Response {
    bump(&office.counts.detail_requests);
    let ledger = office.ledger();
    match id.parse().ok().and_then(|id| ledger.by_id(id)) {
        Some(case) => answer(0, "查询成功", &whole(case)),
        None => answer(404, "办件不存在", &Value::Null),
    }
}

fn answer(code: u16, message: &str, data: &Value) -> Response {
    let body = json!({ "code": code, "msg": message, "data": data });
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// A case as the list shows it.
fn row(case: &Case) -> Value {
    json!({
        "id": case.id,
        "caseNo": case.source_no,
        "taskCode": case.task_code(),
        "taskName": case.item().name,
        "applicantName": case.applicant.name,
        "orgName": case.department.name,
        "townName": case.town_name(),
        "channel": case.place.channel,
        "status": case.status_word(&KIND),
        "acceptTime": case.accepted_text(KIND.time_format),
        "promiseTime": text(case.promised),
        "updateTime": text(Some(case.updated)),
    })
}

/// A case as its detail page shows it.
fn whole(case: &Case) -> Value {
    let mut whole = row(case);
    let item = case.item();
    let steps: Vec<Value> = case
        .steps
        .iter()
        .map(|step| json!({ "name": step.name, "time": text(Some(step.time)), "operator": step.actor }))
        .collect();
    let more = json!({
        "orgCode": case.department.code(),
        "projectType": if item.at_once { "即办件" } else { "承诺件" },
        "applicantType": if case.applicant.firm { "法人" } else { "自然人" },
        "idType": if case.applicant.firm { "统一社会信用代码" } else { "居民身份证" },
        "idNumber": case.applicant.id_number,
        "phone": case.applicant.phone,
        "villageName": case.village,
        "site": case.place.site,
        "window": case.place.window,
        "operator": case.operator,
        "applyTime": text(Some(case.applied)),
        "finishTime": text(case.ended),
        "result": case.outcome.map(|outcome| outcome.word(&KIND)).unwrap_or_default(),
        "legalLimit": item.legal,
        "legalLimitUnit": "工作日",
        "promiseLimit": item.promise,
        "promiseLimitUnit": "工作日",
        "steps": steps,
    });
    if let (Value::Object(whole), Value::Object(more)) = (&mut whole, more) {
        whole.extend(more);
    }
    whole
}

/// A time as the system writes it; empty for none.
fn text(time: Option<Time>) -> String {
    time.map(|time| time.format(KIND.time_format).to_string()).unwrap_or_default()
}
