//! `onewindow`: the window where a case is accepted before departments work on it. Plain pages and forms, rendered on the
//! server; every form carries a token.

mod accept;
mod hall;
mod progress;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::{header, request::Parts};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use hmac::{Hmac, Mac};
use minijinja::{Environment, Value, context};
use serde::Deserialize;
use sha2::Sha256;

use super::accounts::{Entry, Standing};
use super::case::{Case, Time};
use super::intake::{Sent, Writing};
use super::items::ONE_WINDOW;
use super::kind::Kind;
use super::office::{Office, bump};
use super::serve;
use super::status::{Outcome, Status};

use accept::Draft;
use progress::Progress;

/// Rows per page when the caller does not say.
const SIZE_DEFAULT: usize = 50;
/// The most rows per page.
const SIZE_MOST: usize = 200;
/// Every so manieth case was accepted before all its papers were there.
const DEFICIENT_EVERY: u64 = 7;

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    for (name, source) in [
        ("frame.html", include_str!("pages/onewindow-frame.html")),
        ("login.html", include_str!("pages/onewindow-login.html")),
        ("notice.html", include_str!("pages/onewindow-notice.html")),
        ("list.html", include_str!("pages/onewindow-list.html")),
        ("detail.html", include_str!("pages/onewindow-detail.html")),
        ("progress.html", include_str!("pages/onewindow-progress.html")),
        ("accept.html", include_str!("pages/onewindow-accept.html")),
        ("accepted.html", include_str!("pages/onewindow-accepted.html")),
        ("drafts.html", include_str!("pages/onewindow-drafts.html")),
        ("registered.html", include_str!("pages/onewindow-registered.html")),
        ("tickets.html", include_str!("pages/onewindow-tickets.html")),
        ("evaluations.html", include_str!("pages/onewindow-evaluations.html")),
    ] {
        pages.add_template(name, source).expect("the embedded pages are valid: every test of this system renders them");
    }
    pages
});

/// What the window keeps beside its cases.
#[derive(Debug, Default)]
pub(super) struct Desk {
    /// What departments have told, by the case's number.
    pub(super) progress: BTreeMap<String, Progress>,
    /// Acceptances that are not finished, by their own numbers.
    drafts: BTreeMap<String, Draft>,
    /// How many drafts there ever were.
    drafted: usize,
}

impl Desk {
    fn draft_number(&mut self) -> String {
        self.drafted += 1;
        format!("CG{:05}", self.drafted)
    }
}

/// The system.
pub(super) static KIND: Kind = Kind {
    name: "onewindow",
    title: "河东区一窗受理平台",
    owner: "区政务服务中心",
    salt: 0x6f6e_6577,
    time_format: "%Y-%m-%d %H:%M:%S",
    to_minute: false,
    rare_percent: 3,
    departments: ONE_WINDOW,
    number: |applied, index| format!("YC{}{:05}", applied.format("%Y%m%d"), index + 1),
    status: status_word,
    outcome: |outcome| match outcome {
        Outcome::Granted => "予以许可",
        Outcome::Refused => "不予许可",
        Outcome::Forwarded => "转报上级",
        Outcome::Other => "其他",
    },
    own: &["top", "nav", "main", "grid", "info", "pager", "steps", "login-box", "notice", "foot"],
    pages,
    maintenance: |_| notice("系统维护中", "一窗受理平台正在升级，请稍后访问。", false),
};

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Submitted => "网上申请",
        Status::Received => "窗口收件",
        Status::Correction => "待补正",
        Status::Accepted => "窗口受理",
        Status::InProgress => "部门办理",
        Status::Suspended => "暂停计时",
        Status::Done => "已办结",
        Status::Rejected => "不予受理",
        Status::Returned => "已退回",
        Status::Withdrawn => "已撤件",
        Status::Void => "已作废",
    }
}

fn pages() -> Router<Arc<Office>> {
    Router::new()
        .route("/", get(async || Redirect::to("/cases")))
        .route("/login", get(async || login_form("", None)).post(login))
        .route("/logout", get(logout))
        .route("/cases", get(list))
        .route("/cases/{id}", get(detail))
        .merge(accept::pages())
        .merge(progress::pages())
        .merge(hall::pages())
}

fn rendered(name: &str, values: Value) -> String {
    let page = PAGES.get_template(name).and_then(|page| page.render(values));
    page.expect("the embedded pages are valid: every test of this system renders them")
}

fn page(html: String) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Html(html)).into_response()
}

/// A page inside the frame that all of them have.
fn framed(office: &Office, title: &str, name: &str, values: Value) -> Response {
    let main = Value::from_safe_string(rendered(name, values));
    let username = office.account().username().to_owned();
    page(rendered("frame.html", context! { system => KIND.title, owner => KIND.owner, username, title, main }))
}

fn notice(title: &str, text: &str, login: bool) -> Response {
    page(rendered("notice.html", context! { system => KIND.title, title, text, login }))
}

fn login_form(username: &str, error: Option<String>) -> Response {
    page(rendered("login.html", context! { title => KIND.title, owner => KIND.owner, username, error }))
}

async fn login(State(office): State<Arc<Office>>, headers: header::HeaderMap, form: String) -> Response {
    let sent = Sent::read(&headers, form.as_bytes(), Writing::Utf8);
    let entry = office.enter(sent.field("username"), sent.field("password"));
    match entry {
        Entry::Open(session) => {
            let cookie = format!("OWSESSION={session}; Path=/; HttpOnly; SameSite=Lax");
            ([(header::SET_COOKIE, cookie)], Redirect::to("/cases")).into_response()
        }
        Entry::Wrong(_) | Entry::Frozen => login_form(sent.field("username"), entry.refusal()),
    }
}

/// Someone whose session is good; holds its name.
struct Visitor(String);

impl Visitor {
    /// What every form of this session must bring along.
    fn token(&self, office: &Office) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(&office.secret).expect("HMAC takes a key of any length");
        let seal = mac.chain_update(&self.0).finalize().into_bytes();
        seal[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// None when the form came from a page of this session.
    fn stranger(&self, office: &Office, sent: &Sent) -> Option<Response> {
        let stale = || notice("页面已过期", "页面令牌无效，请返回刷新后重试。", false);
        (sent.field("token") != self.token(office)).then(stale)
    }
}

impl FromRequestParts<Arc<Office>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, office: &Arc<Office>) -> Result<Visitor, Response> {
        let session = serve::cookie(&parts.headers, "OWSESSION").ok_or_else(|| login_form("", None))?;
        match office.account().standing(session) {
            Standing::Live => Ok(Visitor(session.to_owned())),
            Standing::Kicked => Err(notice("该账号在其他地方登录", "您已下线，请重新登录。", true)),
            Standing::Lost => Err(login_form("", None)),
        }
    }
}

async fn logout(State(office): State<Arc<Office>>, Visitor(session): Visitor) -> Redirect {
    office.account().leave(&session);
    Redirect::to("/login")
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
    office.list_is_read();
    let size = search.size.unwrap_or(SIZE_DEFAULT).clamp(1, SIZE_MOST);
    let keyword = search.keyword.trim();
    let (total, last, number, rows) = {
        let desk = office.desk();
        let ledger = office.ledger();
        let found = ledger.find(keyword, &search.status);
        let last = found.len().div_ceil(size).max(1);
        let number = search.page.unwrap_or(1).clamp(1, last);
        let shown = found.iter().skip((number - 1) * size).take(size);
        let rows: Vec<Value> = shown.map(|case| row(case, desk.progress.get(&case.source_no))).collect();
        (found.len(), last, number, rows)
    };
    let word: String = url::form_urlencoded::byte_serialize(keyword.as_bytes()).collect();
    let state: String = url::form_urlencoded::byte_serialize(search.status.as_bytes()).collect();
    let link = Value::from_safe_string(format!("/cases?size={size}&amp;keyword={word}&amp;status={state}"));
    let states = Status::ALL.map(|status| status.word(&KIND));
    let values = context! { rows, total, last, page => number, size, keyword, status => search.status, link, states };
    framed(&office, "办件列表", "list.html", values)
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    saved: String,
}

async fn detail(
    State(office): State<Arc<Office>>,
    _: Visitor,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Response {
    bump(&office.counts.detail_requests);
    let values = {
        let desk = office.desk();
        let ledger = office.ledger();
        let case = id.parse().ok().and_then(|id| ledger.by_id(id));
        case.map(|case| whole(case, desk.progress.get(&case.source_no)))
    };
    match values {
        Some(values) => {
            framed(&office, "办件详情", "detail.html", context! { saved => !said.saved.is_empty(), ..values })
        }
        None => notice("办件不存在", "该办件不存在或您无权查看。", false),
    }
}

/// A case as the list shows it.
fn row(case: &Case, progress: Option<&Progress>) -> Value {
    context! {
        id => case.id,
        no => case.source_no.as_str(),
        item => case.item().name,
        applicant => case.applicant.name.as_str(),
        department => case.department.name,
        town => case.town_name(),
        status => case.status_word(&KIND),
        accepted => case.accepted_text(KIND.time_format),
        updated => text(Some(case.updated)),
        receipt => progress.map(|progress| progress.receipt.as_str()).unwrap_or_default(),
        progress => progress.map(|progress| progress.progress.as_str()).unwrap_or_default(),
    }
}

/// A case as its own page shows it: all that a department's form asks for.
fn whole(case: &Case, progress: Option<&Progress>) -> Value {
    let item = case.item();
    let step = |step: &super::case::Step| {
        context! { name => step.name, actor => step.actor.as_str(), time => text(Some(step.time)) }
    };
    let deficient = case.id.is_multiple_of(DEFICIENT_EVERY);
    context! {
        case => row(case, progress),
        code => case.task_code(),
        kind => if item.at_once { "即办件" } else { "承诺件" },
        firm => case.applicant.firm,
        id_number => case.applicant.id_number.as_str(),
        phone => case.applicant.phone.as_str(),
        village => case.village,
        // The terminals stand in the hall: to the departments that is a window.
        channel => if case.place.channel == "网上" { "网上" } else { "窗口" },
        site => case.place.site.as_str(),
        window => case.place.window.as_str(),
        operator => case.operator.as_str(),
        applied => text(Some(case.applied)),
        day => case.applied.format("%Y-%m-%d").to_string(),
        due => case.promised.map(|time| time.format("%Y-%m-%d").to_string()).unwrap_or_default(),
        ended => text(case.ended),
        result => case.outcome.map(|outcome| outcome.word(&KIND)).unwrap_or_default(),
        legal => item.legal,
        promise => item.promise,
        deficient => if deficient { "是" } else { "否" },
        remark => if deficient { "营业场所证明5个工作日内补齐" } else { "材料齐全" },
        department_remark => progress.map(|progress| progress.remark.as_str()).unwrap_or_default(),
        steps => case.steps.iter().map(step).collect::<Vec<_>>(),
    }
}

/// A time as the system writes it; empty for none.
fn text(time: Option<Time>) -> String {
    time.map(|time| time.format(KIND.time_format).to_string()).unwrap_or_default()
}
