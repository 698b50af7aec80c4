//! `medical`: a frameset, its list in a window of its own, rows opened by a click; what it answers it answers to browsers only.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use minijinja::{Environment, Value, context};
use serde::Deserialize;

use super::benefits::MEDICAL;
use super::case::{Case, Time};
use super::kind::Kind;
use super::medical_login::{self as login, Visitor};
use super::office::{Office, bump};
use super::serve::found;
use super::status::{Outcome, Status};

/// Rows per page when the caller does not say.
const SIZE_DEFAULT: usize = 20;
/// The sizes that the list offers; any other is cut to the next lower one.
const SIZE_MOST: usize = 50;

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    for (name, source) in [
        ("login.html", include_str!("pages/medical-login.html")),
        ("enter.html", include_str!("pages/medical-enter.html")),
        ("main.html", include_str!("pages/medical-main.html")),
        ("top.html", include_str!("pages/medical-top.html")),
        ("menu.html", include_str!("pages/medical-menu.html")),
        ("welcome.html", include_str!("pages/medical-welcome.html")),
        ("list.html", include_str!("pages/medical-list.html")),
        ("view.html", include_str!("pages/medical-view.html")),
        ("notice.html", include_str!("pages/medical-notice.html")),
    ] {
        pages.add_template(name, source).expect("the embedded pages are valid: every test of this system renders them");
    }
    pages
});

/// The system.
pub(super) static KIND: Kind = Kind {
    name: "medical",
    title: "医疗保障经办系统",
    owner: "区医疗保障局",
    salt: 0x6d65_6469,
    time_format: "%Y/%m/%d %H:%M:%S",
    to_minute: false,
    rare_percent: 3,
    departments: MEDICAL,
    number: |applied, index| format!("YB371312{}{:05}", applied.format("%y%m%d"), index + 1),
    status: status_word,
    outcome: |outcome| match outcome {
        Outcome::Granted => "审核通过",
        Outcome::Refused => "审核不通过",
        Outcome::Forwarded => "上报市局",
        Outcome::Other => "其他情形",
    },
    own: &[
        "loginForm",
        "login-box",
        "login-head",
        "login-band",
        "login-foot",
        "msg",
        "brand",
        "menu",
        "here",
        "query",
        "grid",
        "count",
        "pages",
        "sheet",
        "form",
        "flow",
        "notice",
    ],
    pages,
    maintenance: |_| notice("系统维护中", "医保信息平台正在升级维护，请稍后再试。"),
};

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Submitted => "待接收",
        Status::Received => "已接收",
        Status::Correction => "补件通知",
        Status::Accepted => "受理",
        Status::InProgress => "审核中",
        Status::Suspended => "中止",
        Status::Done => "办结",
        Status::Rejected => "不予受理",
        Status::Returned => "退回",
        Status::Withdrawn => "撤销申请",
        Status::Void => "作废",
    }
}

/// The system's pages.
fn pages() -> Router<Arc<Office>> {
    Router::new()
        .route("/", get(async || found("/login")))
        .route("/login", get(login::page).post(login::enter))
        .route("/captcha", get(login::captcha))
        .route("/logout", get(login::leave))
        .route("/main", get(async |_: Visitor| frame("main.html")))
        .route("/top", get(top))
        .route("/menu", get(async |_: Visitor| frame("menu.html")))
        .route("/welcome", get(welcome))
        .route("/case/list", get(list))
        .route("/case/view", get(view))
}

/// One of its pages.
pub(super) fn render(name: &str, values: Value) -> Response {
    let page = PAGES.get_template(name).and_then(|page| page.render(values));
    let page = page.expect("the embedded pages are valid: every test of this system renders them");
    ([(header::CACHE_CONTROL, "no-store")], Html(page)).into_response()
}

/// A page that says one thing.
pub(super) fn notice(title: &str, text: &str) -> Response {
    render("notice.html", context! { system => KIND.title, title, text })
}

fn frame(name: &str) -> Response {
    render(name, context! { title => KIND.title, owner => KIND.owner })
}

async fn top(State(office): State<Arc<Office>>, _: Visitor) -> Response {
    let username = office.account().username().to_owned();
    let today = office.now().format("%Y年%m月%d日").to_string();
    render("top.html", context! { title => KIND.title, owner => KIND.owner, username, today })
}

async fn welcome(State(office): State<Arc<Office>>, _: Visitor) -> Response {
    let cases = office.ledger().len();
    let open = office.ledger().find("", Status::Accepted.word(&KIND)).len();
    render("welcome.html", context! { title => KIND.title, cases, open })
}

#[derive(Deserialize)]
struct Search {
    page: Option<usize>,
    size: Option<usize>,
    #[serde(default)]
    keyword: String,
    #[serde(default)]
    status: String,
}

async fn list(State(office): State<Arc<Office>>, _: Visitor, Query(search): Query<Search>) -> Response {
    let size = search.size.unwrap_or(SIZE_DEFAULT).clamp(1, SIZE_MOST);
    let (keyword, status) = (search.keyword.trim(), search.status.as_str());
    office.list_is_read();
    let ledger = office.ledger();
    let found = ledger.find(keyword, status);
    let last = found.len().div_ceil(size).max(1);
    let page = search.page.unwrap_or(1).clamp(1, last);
    let rows: Vec<Value> = found
        .iter()
        .enumerate()
        .skip((page - 1) * size)
        .take(size)
        .map(|(index, case)| context! { index => index + 1, ..row(case) })
        .collect();
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("size", &size.to_string())
        .append_pair("keyword", keyword)
        .append_pair("status", status)
        .finish();
    render(
        "list.html",
        context! {
            rows, page, size, last, keyword, status, query,
            total => found.len(),
            states => Status::ALL.map(|status| status.word(&KIND)),
        },
    )
}

#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    id: String,
}

async fn view(State(office): State<Arc<Office>>, _: Visitor, Query(chosen): Query<Chosen>) -> Response {
    bump(&office.counts.detail_requests);
    let ledger = office.ledger();
    match chosen.id.parse().ok().and_then(|id| ledger.by_id(id)) {
        Some(case) => render("view.html", whole(case)),
        None => notice("记录不存在", "该办件不存在或您没有查看权限。"),
    }
}

/// A case as the list shows it.
fn row(case: &Case) -> Value {
    context! {
        id => case.id,
        no => case.source_no.as_str(),
        item => case.item().name,
        applicant => case.applicant.name.as_str(),
        town => case.town_name(),
        status => case.status_word(&KIND),
        open => !case.status.is_end(),
        accepted => case.accepted_text(KIND.time_format),
        updated => text(Some(case.updated)),
    }
}

/// A case as its own page shows it.
fn whole(case: &Case) -> Value {
    let item = case.item();
    let steps: Vec<Value> = case
        .steps
        .iter()
        .map(|step| context! { name => step.name, actor => step.actor.as_str(), time => text(Some(step.time)) })
        .collect();
    context! {
        code => case.task_code(),
        at_once => item.at_once,
        firm => case.applicant.firm,
        id_number => case.applicant.id_number.as_str(),
        phone => case.applicant.phone.as_str(),
        applied => text(Some(case.applied)),
        due => case.promised.map(|time| time.format("%Y/%m/%d").to_string()).unwrap_or_default(),
        ended => text(case.ended),
        result => case.outcome.map(|outcome| outcome.word(&KIND)).unwrap_or_default(),
        site => case.place.site.as_str(),
        window => case.place.window.as_str(),
        village => case.village,
        legal => item.legal,
        promise => item.promise,
        channel => case.place.channel,
        operator => case.operator.as_str(),
        steps,
        ..row(case)
    }
}

/// A time as the system writes it; empty for none.
fn text(time: Option<Time>) -> String {
    time.map(|time| time.format(KIND.time_format).to_string()).unwrap_or_default()
}
