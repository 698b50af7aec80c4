//! `housing`: an EasyUI-style datagrid in GB18030 whose rows come by POST, and an editable form that a script fills.

mod register;

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::{FromRequestParts, RawQuery, State};
use axum::http::{header, request::Parts};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use minijinja::{Environment, Value, context};
use serde_json::json;

use super::accounts::{Entry, Standing};
use super::case::{Case, Time};
use super::gb;
use super::items::HOUSING_FUND;
use super::kind::Kind;
use super::office::{Office, bump};
use super::places::TOWNS;
use super::serve;
use super::status::{Outcome, Status};

/// Rows per page when the caller does not say.
const ROWS_DEFAULT: usize = 20;
/// The most rows per page.
const ROWS_MOST: usize = 200;
/// A day in words.
const DAY: &str = "%Y年%m月%d日";
/// A time in words.
const MOMENT: &str = "%Y年%m月%d日 %H时%M分%S秒";
/// A time as the core banking system, which is not Chinese, prints it.
const ENGLISH: &str = "%d %b %Y %H:%M:%S";

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    for (name, source) in [
        ("login.html", include_str!("pages/housing-login.html")),
        ("index.html", include_str!("pages/housing-index.html")),
        ("list.html", include_str!("pages/housing-list.html")),
        ("edit.html", include_str!("pages/housing-edit.html")),
        ("notice.html", include_str!("pages/housing-notice.html")),
        ("register.html", include_str!("pages/housing-register.html")),
        ("registered.html", include_str!("pages/housing-registered.html")),
        ("registration.html", include_str!("pages/housing-registration.html")),
    ] {
        pages.add_template(name, source).expect("the embedded pages are valid: every test of this system renders them");
    }
    pages
});

/// The system.
pub(super) static KIND: Kind = Kind {
    name: "housing",
    title: "住房公积金提取与贷款审批系统",
    owner: "市住房公积金管理中心河东管理部",
    salt: 0x686f_7573,
    time_format: "%Y-%m-%d %H:%M:%S",
    to_minute: false,
    rare_percent: 6,
    departments: HOUSING_FUND,
    number: |applied, index| format!("HDGJJ{}{:06}", applied.format("%y%m"), index + 1),
    status: status_word,
    outcome: |outcome| match outcome {
        Outcome::Granted => "审批通过",
        Outcome::Refused => "审批不通过",
        Outcome::Forwarded => "移交市中心",
        Outcome::Other => "其他情形",
    },
    own: &["loginForm", "login-panel", "north", "west", "tabs", "toolbar", "lookform", "steps", "notice-box", "mark"],
    pages,
    maintenance: |_| notice("系统维护中", "住房公积金业务系统正在结息，暂停办理业务。", false),
};

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Submitted => "网厅提交",
        Status::Received => "已登记",
        Status::Correction => "退回补件",
        Status::Accepted => "已受理",
        Status::InProgress => "审批中",
        Status::Suspended => "暂缓审批",
        Status::Done => "已办结",
        Status::Rejected => "不予受理",
        Status::Returned => "退件",
        Status::Withdrawn => "主动撤回",
        Status::Void => "已作废",
    }
}

/// The system's pages.
fn pages() -> Router<Arc<Office>> {
    Router::new()
        .route("/", get(async || Redirect::to("/index.action")))
        .route("/login.action", get(async || login_form("", None)).post(login))
        .route("/logout.action", get(logout))
        .route("/index.action", get(index))
        .route("/biz/list.action", get(list_page))
        .route("/biz/query.action", post(query))
        .route("/biz/edit.action", get(edit))
        .route("/biz/load.action", get(load))
        .route("/biz/process.action", get(process))
        .merge(register::pages())
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

async fn login(State(office): State<Arc<Office>>, form: String) -> Response {
    let fields = gb::fields(&form);
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let entry = office.enter(field("czybm"), field("mm"));
    match entry {
        Entry::Open(session) => {
            let cookie = format!("GJJSESSION={session}; Path=/; HttpOnly");
            ([(header::SET_COOKIE, cookie)], Redirect::to("/index.action")).into_response()
        }
        Entry::Wrong(_) | Entry::Frozen => login_form(field("czybm"), entry.refusal()),
    }
}

/// Someone whose session is good; holds its name. To others it answers with a page, also where JSON was asked for.
struct Visitor(String);

impl FromRequestParts<Arc<Office>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, office: &Arc<Office>) -> Result<Visitor, Response> {
        let session = serve::cookie(&parts.headers, "GJJSESSION").ok_or_else(|| login_form("", None))?;
        match office.account().standing(session) {
            Standing::Live => Ok(Visitor(session.to_owned())),
            Standing::Kicked => Err(notice("该账号在其他地方登录", "您已被强制下线，请重新登录。", true)),
            Standing::Lost => Err(login_form("", None)),
        }
    }
}

async fn logout(State(office): State<Arc<Office>>, Visitor(session): Visitor) -> Redirect {
    office.account().leave(&session);
    Redirect::to("/login.action")
}

/// The frame around all pages; `open=register` and `open=registered` begin with one of those.
async fn index(State(office): State<Arc<Office>>, _: Visitor, RawQuery(query): RawQuery) -> Response {
    let work = match query.as_deref() {
        Some("open=register") => "biz/register.action",
        Some("open=registered") => "biz/registered.action",
        _ => "biz/list.action",
    };
    let username = office.account().username().to_owned();
    render("index.html", context! { title => KIND.title, owner => KIND.owner, username, work })
}

async fn list_page(_: Visitor) -> Response {
    render("list.html", context! {})
}

/// The grid's rows: JSON that calls itself a page. Unless it is told otherwise, only of cases that are open.
async fn query(State(office): State<Arc<Office>>, _: Visitor, form: String) -> Response {
    office.list_is_read();
    // The page's script sends UTF-8, whatever the page is written in.
    let field = |name: &str| url::form_urlencoded::parse(form.as_bytes()).find(|(own, _)| own == name);
    let number = |name: &str| field(name).and_then(|(_, value)| value.parse::<usize>().ok());
    let rows = number("rows").unwrap_or(ROWS_DEFAULT).clamp(1, ROWS_MOST);
    let page = number("page").unwrap_or(1).max(1);
    let state = field("bjzt").map_or_else(|| "1".to_owned(), |(_, value)| value.into_owned());
    let keyword = field("gjz").map(|(_, value)| value.trim().to_owned()).unwrap_or_default();
    let ledger = office.ledger();
    let mut found = ledger.find(&keyword, "");
    found.retain(|case| match state.as_str() {
        "1" => !case.status.is_end(),
        "2" => case.status.is_end(),
        _ => true,
    });
    let shown: Vec<_> = found.iter().skip((page - 1).saturating_mul(rows)).take(rows).map(|case| row(case)).collect();
    let sum: u64 = found.iter().map(|case| amount(case)).sum();
    let footer = json!([{ "ywlsh": "合计", "sqr": format!("{} 笔", found.len()), "je": money(sum) }]);
    gb::page(&json!({ "total": found.len(), "rows": shown, "footer": footer }).to_string())
}

/// Answers for the case that the query names.
fn of_case(office: &Office, query: Option<&str>, answer: impl FnOnce(&Case) -> Response) -> Response {
    let fields = gb::fields(query.unwrap_or_default());
    let ledger = office.ledger();
    match fields.get("id").and_then(|id| id.parse().ok()).and_then(|id| ledger.by_id(id)) {
        Some(case) => answer(case),
        None => notice("业务不存在", "该笔业务不存在或您无权查看。", false),
    }
}

/// The form: some of its values stand in it, the others are left for its script to load.
async fn edit(State(office): State<Arc<Office>>, _: Visitor, RawQuery(query): RawQuery) -> Response {
    bump(&office.counts.detail_requests);
    of_case(&office, query.as_deref(), |case| {
        let towns: Vec<&str> = TOWNS.iter().map(|town| town.name.as_str()).collect();
        let values = context! {
            id => case.id,
            no => case.source_no.as_str(),
            item => case.item().name,
            code => case.task_code(),
            status => case.status_word(&KIND),
            applicant => case.applicant.name.as_str(),
            id_number => case.applicant.id_number.as_str(),
            phone => case.applicant.phone.as_str(),
            town => case.town_name(),
            village => case.village,
            site => case.place.site.as_str(),
            window => case.place.window.as_str(),
            operator => case.operator.as_str(),
            account => json!({ "zh": format!("371312{:08}", case.id), "je": money(amount(case)) }).to_string(),
            towns,
        };
        render("edit.html", values)
    })
}

/// What the form's script fills in.
async fn load(State(office): State<Arc<Office>>, _: Visitor, RawQuery(query): RawQuery) -> Response {
    of_case(&office, query.as_deref(), |case| {
        let item = case.item();
        let channel = match case.place.channel {
            "网上" => "2",
            "自助终端" => "3",
            _ => "1",
        };
        let data = json!({
            "sqrlx": if case.applicant.firm { "2" } else { "1" },
            "sqqd": channel,
            "bjlx": if item.at_once { "1" } else { "2" },
            "fdsx": item.legal,
            "cnsx": item.promise,
            "sqsj": case.applied.format(MOMENT).to_string(),
            "slsj": case.accepted_text(KIND.time_format),
            "cnbjsj": text(case.promised, DAY),
            "bjsj": text(case.ended, ENGLISH),
            "bljg": case.outcome.map(|outcome| outcome.word(&KIND)).unwrap_or_default(),
            "bz": format!("{}，经审核材料{}。", item.name, if case.status.is_end() { "已归档" } else { "流转中" }),
        });
        gb::page(&json!({ "success": true, "data": data }).to_string())
    })
}

/// The steps of the process so far.
async fn process(State(office): State<Arc<Office>>, _: Visitor, RawQuery(query): RawQuery) -> Response {
    of_case(&office, query.as_deref(), |case| {
        let steps = case.steps.iter().enumerate().map(|(index, step)| {
            let time = step.time.format(MOMENT).to_string();
            json!({ "xh": index + 1, "hjmc": step.name, "clr": step.actor, "clsj": time })
        });
        let steps: Vec<_> = steps.collect();
        gb::page(&json!({ "total": steps.len(), "rows": steps }).to_string())
    })
}

/// A case as the grid shows it.
fn row(case: &Case) -> serde_json::Value {
    json!({
        "id": case.id,
        "ywlsh": case.source_no,
        "sqr": case.applicant.name,
        "zjhm": case.applicant.id_number,
        "sxmc": case.item().name,
        "je": money(amount(case)),
        "ssxz": case.town_name(),
        "slsj": case.accepted_text(KIND.time_format),
        "cnbjsj": text(case.promised, DAY),
        "gxsj": text(Some(case.updated), KIND.time_format),
        "zt": case.status_word(&KIND),
    })
}

/// The sum that is applied for, in hundreds of yuan; always the same for the same case.
fn amount(case: &Case) -> u64 {
    if case.applicant.firm { 0 } else { case.id * 7919 % 4999 + 1 }
}

/// Hundreds of yuan as a sum is written: `12,300.00`.
fn money(hundreds: u64) -> String {
    let mut digits = (hundreds * 100).to_string();
    let mut at = digits.len();
    while at > 3 {
        at -= 3;
        digits.insert(at, ',');
    }
    digits + ".00"
}

/// A time in `format`; empty for none.
fn text(time: Option<Time>, format: &str) -> String {
    time.map(|time| time.format(format).to_string()).unwrap_or_default()
}
