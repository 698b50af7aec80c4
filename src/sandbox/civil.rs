//! `civil`: a React app whose cases are cards, read by a cursor from a JSON API; the process comes by a request of its own.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::{StatusCode, header, request::Parts};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde::Deserialize;
use serde_json::{Value, json};

use super::benefits::CIVIL;
use super::case::{Case, Time};
use super::guest::{self, Stopped};
use super::kind::Kind;
use super::office::{Office, bump};
use super::serve::found;
use super::status::{Outcome, Status};

/// Cards per load when the caller does not say.
const SIZE_DEFAULT: usize = 24;
/// The most cards per load.
const SIZE_MOST: usize = 100;

/// The system.
pub(super) static KIND: Kind = Kind {
    name: "civil",
    title: "民政业务综合管理系统",
    owner: "区民政局",
    salt: 0x6369_7669,
    time_format: "%Y-%m-%dT%H:%M:%S+08:00",
    to_minute: false,
    rare_percent: 2,
    departments: CIVIL,
    number: |applied, index| format!("MZ-{}-{:06}", applied.format("%Y"), index + 1),
    status: status_word,
    outcome: |outcome| match outcome {
        Outcome::Granted => "予以确认",
        Outcome::Refused => "不予确认",
        Outcome::Forwarded => "转报市局",
        Outcome::Other => "其他",
    },
    own: &[
        "page-shell",
        "page-bar",
        "page-brand",
        "page-who",
        "page-main",
        "page-search",
        "list-found",
        "list-cards",
        "list-end",
        "case-card",
        "case-line",
        "case-process",
        "page-notice",
        "total-found",
    ],
    pages,
    maintenance,
};

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Submitted => "已申报",
        Status::Received => "待受理",
        Status::Correction => "材料补正",
        Status::Accepted => "已受理",
        Status::InProgress => "审核确认中",
        Status::Suspended => "暂停办理",
        Status::Done => "已办结",
        Status::Rejected => "不符合条件",
        Status::Returned => "退回重报",
        Status::Withdrawn => "主动撤回",
        Status::Void => "已作废",
    }
}

/// The system's page and API.
fn pages() -> Router<Arc<Office>> {
    Router::new()
        .route("/", get(index))
        .route("/logout", get(logout))
        .route("/api/user", get(user))
        .route("/api/cases", get(list))
        .route("/api/cases/{id}", get(detail))
        .route("/api/cases/{id}/process", get(process))
}

/// What a path answers during maintenance.
fn maintenance(path: &str) -> Response {
    if path.starts_with("/api/") {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, "MAINTENANCE", "系统维护中，请稍后再试", None);
    }
    page(include_str!("pages/civil-maintenance.html"))
}

fn page(html: &'static str) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Html(html)).into_response()
}

/// The page is for people who are signed in; others are sent to the sign-on.
async fn index(State(office): State<Arc<Office>>, parts: Parts) -> Response {
    match guest::admit(&parts, &office) {
        Ok(_) => page(include_str!("pages/civil.html")),
        Err(Stopped::Admitted(cookie, address)) => guest::admitted(cookie, &address),
        Err(Stopped::Lost(login)) => found(&login),
        Err(Stopped::Kicked(_)) => page(include_str!("pages/civil-kicked.html")),
    }
}

async fn logout(State(office): State<Arc<Office>>, parts: Parts) -> Response {
    guest::leave(&parts, &office)
}

/// A caller of the API whose session is good.
struct Caller;

impl FromRequestParts<Arc<Office>> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, office: &Arc<Office>) -> Result<Caller, Response> {
        // A script cannot follow to another origin, so it is told where to send the person.
        let unknown = |code, words, login| refusal(StatusCode::UNAUTHORIZED, code, words, Some(login));
        match guest::admit(parts, office) {
            Ok(_) => Ok(Caller),
            Err(Stopped::Admitted(cookie, address)) => Err(guest::admitted(cookie, &address)),
            Err(Stopped::Lost(login)) => Err(unknown("UNAUTHORIZED", "登录状态已失效，请重新登录", login)),
            Err(Stopped::Kicked(login)) => Err(unknown("KICKED_OUT", "该账号在其他地方登录", login)),
        }
    }
}

async fn user(State(office): State<Arc<Office>>, _: Caller) -> Response {
    answer(&json!({ "username": office.account().username(), "department": office.system.owner }))
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    cursor: String,
    size: Option<usize>,
    #[serde(default)]
    status: String,
    #[serde(default)]
    keyword: String,
}

async fn list(State(office): State<Arc<Office>>, _: Caller, Query(search): Query<Search>) -> Response {
    let size = search.size.unwrap_or(SIZE_DEFAULT).clamp(1, SIZE_MOST);
    let Some(below) = position(&search.cursor) else {
        return refusal(StatusCode::BAD_REQUEST, "BAD_CURSOR", "游标无效", None);
    };
    office.list_is_read();
    let ledger = office.ledger();
    let found = ledger.find(search.keyword.trim(), &search.status);
    let mut rest = found.iter().filter(|case| case.id < below);
    let rows: Vec<&&Case> = rest.by_ref().take(size).collect();
    // The cursor names the last card that was given, so that nothing shifts when a case arrives.
    let next = rows.last().filter(|_| rest.next().is_some()).map(|case| cursor(case.id));
    let rows: Vec<Value> = rows.into_iter().map(|case| row(case)).collect();
    answer(&json!({ "total": found.len(), "records": rows, "next": next }))
}

/// The key below which the next cards stand; the first ones have no cursor.
fn position(cursor: &str) -> Option<u64> {
    if cursor.is_empty() {
        return Some(u64::MAX);
    }
    let text = String::from_utf8(BASE64.decode(cursor).ok()?).ok()?;
    text.strip_prefix("id<")?.parse().ok()
}

fn cursor(id: u64) -> String {
    BASE64.encode(format!("id<{id}"))
}

async fn detail(State(office): State<Arc<Office>>, _: Caller, Path(id): Path<String>) -> Response {
    bump(&office.counts.detail_requests);
    let ledger = office.ledger();
    let case = id.parse().ok().and_then(|id| ledger.by_id(id));
    case.map_or_else(missing, |case| answer(&whole(case)))
}

async fn process(State(office): State<Arc<Office>>, _: Caller, Path(id): Path<String>) -> Response {
    let ledger = office.ledger();
    let Some(case) = id.parse().ok().and_then(|id| ledger.by_id(id)) else { return missing() };
    let steps = case.steps.iter().enumerate().map(|(index, step)| {
        json!({ "xh": index + 1, "hjmc": step.name, "clr": step.actor, "clsj": text(Some(step.time)), "clyj": "" })
    });
    answer(&Value::Array(steps.collect()))
}

fn missing() -> Response {
    refusal(StatusCode::NOT_FOUND, "NOT_FOUND", "办件不存在", None)
}

fn answer(data: &Value) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(json!({ "success": true, "data": data }))).into_response()
}

fn refusal(status: StatusCode, code: &str, words: &str, login: Option<String>) -> Response {
    let body = json!({ "success": false, "errorCode": code, "message": words, "login": login });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// A case as its card shows it. The names are the first letters of the words' sounds, as in many systems.
fn row(case: &Case) -> Value {
    json!({
        "id": case.id,
        "bjbh": case.source_no,
        "sxbm": case.task_code(),
        "sxmc": case.item().name,
        "sqr": case.applicant.name,
        "ssjz": case.town_name(),
        "bjzt": case.status_word(&KIND),
        "sqsj": text(Some(case.applied)),
        "slsj": case.accepted_text(KIND.time_format),
        "gxsj": text(Some(case.updated)),
    })
}

/// A case as its drawer shows it.
fn whole(case: &Case) -> Value {
    let item = case.item();
    let mut whole = row(case);
    let more = json!({
        "sqrlx": if case.applicant.firm { "单位" } else { "个人" },
        "zjlx": if case.applicant.firm { "统一社会信用代码" } else { "居民身份证" },
        "zjhm": case.applicant.id_number,
        "lxdh": case.applicant.phone,
        "sscj": case.village,
        "sqqd": case.place.channel,
        "sldd": case.place.site,
        "slck": case.place.window,
        "jbr": case.operator,
        "bjlx": if item.at_once { "即办件" } else { "承诺件" },
        "fdsx": format!("{}个工作日", item.legal),
        "cnsx": format!("{}个工作日", item.promise),
        "cnrq": case.promised.map(|time| time.format("%Y-%m-%d").to_string()),
        "bjsj": case.ended.map(|time| text(Some(time))),
        "bljg": case.outcome.map(|outcome| outcome.word(&KIND)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_to_where_it_was_made() {
        assert_eq!(position(""), Some(u64::MAX));
        assert_eq!(position(&cursor(100_977)), Some(100_977));
        assert_eq!(position("100977"), None);
        assert_eq!(position("!"), None);
    }
}
