//! `water`: pages rendered on the server in GB18030, a cookie session, the content in an iframe.

mod register;

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::{FromRequestParts, RawQuery, State};
use axum::http::{header, request::Parts};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use minijinja::{Environment, Value, context};

use super::accounts::{Entry, Standing};
use super::case::{Case, Time};
use super::gb;
use super::items::WATER;
use super::kind::Kind;
use super::office::{Office, bump};
use super::serve;
use super::status::{Outcome, Status};

/// Rows per page when the caller does not say.
const LIMIT_DEFAULT: usize = 20;
/// The most rows per page.
const LIMIT_MOST: usize = 200;
/// How many page numbers the pager shows on each side of the current one.
const PAGER_REACH: usize = 2;

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    for (name, source) in [
        ("login.html", include_str!("pages/water-login.html")),
        ("index.html", include_str!("pages/water-index.html")),
        ("list.html", include_str!("pages/water-list.html")),
        ("detail.html", include_str!("pages/water-detail.html")),
        ("notice.html", include_str!("pages/water-notice.html")),
        ("register.html", include_str!("pages/water-register.html")),
        ("registered.html", include_str!("pages/water-registered.html")),
        ("registration.html", include_str!("pages/water-registration.html")),
    ] {
        pages.add_template(name, source).expect("the embedded pages are valid: every test of this system renders them");
    }
    pages
});

/// The system.
pub(super) static KIND: Kind = Kind {
    name: "water",
    title: "水利局取水许可审批系统",
    owner: "区水利局",
    salt: 0x7761_7465,
    time_format: "%Y-%m-%d %H:%M",
    to_minute: true,
    rare_percent: 6,
    departments: WATER,
    number: |applied, index| format!("SL{}{:04}", applied.format("%Y"), index + 1),
    status: status_word,
    outcome: |outcome| match outcome {
        Outcome::Granted => "准予",
        Outcome::Refused => "不准予",
        Outcome::Forwarded => "转报",
        Outcome::Other => "其它",
    },
    own: &[
        "login",
        "login-box",
        "login-head",
        "login-tip",
        "main-user",
        "main-body",
        "frame-body",
        "search",
        "detail",
        "notice",
    ],
    pages,
    maintenance: |_| maintenance(),
};

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Submitted => "网上申报",
        Status::Received => "待受理",
        Status::Correction => "待补正",
        Status::Accepted => "已受理",
        Status::InProgress => "审批中",
        Status::Suspended => "挂起",
        Status::Done => "办结",
        Status::Rejected => "不受理",
        Status::Returned => "退件",
        Status::Withdrawn => "撤销",
        Status::Void => "作废",
    }
}

/// The system's pages.
fn pages() -> Router<Arc<Office>> {
    Router::new()
        .route("/", get(async || Redirect::to("/index.do")))
        .route("/login.do", get(login_page).post(login))
        .route("/logout.do", get(logout))
        .route("/index.do", get(index))
        .route("/case/list.do", get(list))
        .route("/case/detail.do", get(detail))
        .merge(register::pages())
}

/// What every path answers during maintenance.
fn maintenance() -> Response {
    notice("系统维护中", "系统正在升级维护，请稍后再试。", false)
}

fn render(name: &str, values: Value) -> Response {
    let page = PAGES.get_template(name).and_then(|page| page.render(values));
    gb::page(&page.expect("the embedded pages are valid: every test of this system renders them"))
}

fn notice(title: &str, text: &str, login: bool) -> Response {
    render("notice.html", context! { system => KIND.title, title, text, login })
}

fn login_form(username: &str, error: Option<String>) -> Response {
    render("login.html", context! { title => KIND.title, owner => KIND.owner, username, error })
}

async fn login_page() -> Response {
    login_form("", None)
}

async fn login(State(office): State<Arc<Office>>, form: String) -> Response {
    let fields = gb::fields(&form);
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let entry = office.enter(field("username"), field("password"));
    match entry {
        Entry::Open(session) => {
            let cookie = format!("JSESSIONID={session}; Path=/; HttpOnly");
            ([(header::SET_COOKIE, cookie)], Redirect::to("/index.do")).into_response()
        }
        Entry::Wrong(_) | Entry::Frozen => login_form(field("username"), entry.refusal()),
    }
}

/// Someone whose session is good; holds its name.
struct Visitor(String);

impl FromRequestParts<Arc<Office>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, office: &Arc<Office>) -> Result<Visitor, Response> {
        let session = serve::cookie(&parts.headers, "JSESSIONID").ok_or_else(|| login_form("", None))?;
        match office.account().standing(session) {
            Standing::Live => Ok(Visitor(session.to_owned())),
            Standing::Kicked => {
                Err(notice("该账号在其他地方登录", "您已被迫下线。如非本人操作，请及时修改密码。", true))
            }
            Standing::Lost => Err(login_form("", None)),
        }
    }
}

async fn logout(State(office): State<Arc<Office>>, Visitor(session): Visitor) -> Redirect {
    office.account().leave(&session);
    Redirect::to("/login.do")
}

/// The frame around all pages; `open=register` and `open=registered` begin with one of those.
async fn index(State(office): State<Arc<Office>>, _: Visitor, RawQuery(query): RawQuery) -> Response {
    let work = match query.as_deref() {
        Some("open=register") => "case/register.do",
        Some("open=registered") => "case/registered.do",
        _ => "case/list.do?page=1",
    };
    let username = office.account().username().to_owned();
    render("index.html", context! { title => KIND.title, owner => KIND.owner, username, work })
}

async fn list(State(office): State<Arc<Office>>, _: Visitor, RawQuery(query): RawQuery) -> Response {
    let fields = gb::fields(query.as_deref().unwrap_or_default());
    let field = |name: &str| fields.get(name).map(|value| value.trim()).unwrap_or_default();
    let (keyword, status) = (field("keyword"), field("status"));
    office.list_is_read();
    let limit = field("limit").parse().unwrap_or(LIMIT_DEFAULT).clamp(1, LIMIT_MOST);
    let ledger = office.ledger();
    let found = ledger.find(keyword, status);
    let last = found.len().div_ceil(limit).max(1);
    let page = field("page").parse().unwrap_or(1).clamp(1, last);
    let rows: Vec<Value> = found.iter().skip((page - 1) * limit).take(limit).map(|case| row(case)).collect();
    let (word, state) = (gb::encoded(keyword), gb::encoded(status));
    let link = format!("/case/list.do?limit={limit}&amp;keyword={word}&amp;status={state}");
    render(
        "list.html",
        context! {
            rows, page, limit, last, keyword, status,
            link => Value::from_safe_string(link),
            total => found.len(),
            from => page.saturating_sub(PAGER_REACH).max(1),
            to => (page + PAGER_REACH).min(last),
            states => Status::ALL.map(|status| status.word(&KIND)),
        },
    )
}

async fn detail(State(office): State<Arc<Office>>, _: Visitor, RawQuery(query): RawQuery) -> Response {
    bump(&office.counts.detail_requests);
    let fields = gb::fields(query.as_deref().unwrap_or_default());
    let ledger = office.ledger();
    match fields.get("id").and_then(|id| id.parse().ok()).and_then(|id| ledger.by_id(id)) {
        Some(case) => render("detail.html", whole(case)),
        None => notice("办件不存在", "该办件不存在或您无权查看。", false),
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
        colour => colour(case.status),
        accepted => case.accepted_text(KIND.time_format),
        updated => case.updated.format("%Y-%m-%d %H:%M:%S").to_string(),
    }
}

/// A case as its detail page shows it.
fn whole(case: &Case) -> Value {
    let item = case.item();
    let steps: Vec<Value> = case
        .steps
        .iter()
        .map(|step| context! { name => step.name, actor => step.actor.as_str(), time => text(Some(step.time)) })
        .collect();
    context! {
        case => row(case),
        item => item.name,
        code => case.task_code(),
        kind => if item.at_once { "即办件" } else { "承诺件" },
        firm => case.applicant.firm,
        id_number => case.applicant.id_number.as_str(),
        phone => case.applicant.phone.as_str(),
        applied => text(Some(case.applied)),
        due => case.promised.map(|time| time.format("%Y年%m月%d日").to_string()).unwrap_or_default(),
        ended => text(case.ended),
        result => case.outcome.map(|outcome| outcome.word(&KIND)).unwrap_or_default(),
        site => case.place.site.as_str(),
        window => case.place.window.as_str(),
        village => case.village,
        legal => format!("{}个工作日", item.legal),
        promise => format!("{}个工作日", item.promise),
        channel => case.place.channel,
        operator => case.operator.as_str(),
        steps,
    }
}

/// The badge's colour class of layui.
fn colour(status: Status) -> &'static str {
    match status {
        Status::Submitted | Status::Received => "layui-bg-orange",
        Status::Correction | Status::Suspended => "layui-bg-purple",
        Status::Accepted | Status::InProgress => "layui-bg-blue",
        Status::Done => "layui-bg-green",
        Status::Rejected | Status::Returned | Status::Withdrawn | Status::Void => "layui-bg-gray",
    }
}

/// A time as the system writes it; empty for none.
fn text(time: Option<Time>) -> String {
    time.map(|time| time.format(KIND.time_format).to_string()).unwrap_or_default()
}
