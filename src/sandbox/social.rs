//! `social`: ASP.NET WebForms. Every step is a form that is sent back with the state in it; the server checks that state.

mod list;
mod register;

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::{StatusCode, Uri, header, request::Parts};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use minijinja::{Environment, Value, context};
use serde::Deserialize;

use super::accounts::{Entry, Standing};
use super::case::{Case, Time};
use super::items::SOCIAL_INSURANCE;
use super::kind::Kind;
use super::numerals;
use super::office::{Office, bump};
use super::papers;
use super::serve;
use super::status::{Outcome, Status};
use super::webforms::{Form, Posted, Refusal};

const USERNAME: &str = "txtUserName";
const PASSWORD: &str = "txtPassword";
const ENTER: &str = "btnLogin";

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    for (name, source) in [
        ("master.html", include_str!("pages/social-master.html")),
        ("hidden.html", include_str!("pages/social-hidden.html")),
        ("login.html", include_str!("pages/social-login.html")),
        ("default.html", include_str!("pages/social-default.html")),
        ("list.html", include_str!("pages/social-list.html")),
        ("view.html", include_str!("pages/social-view.html")),
        ("tip.html", include_str!("pages/social-tip.html")),
        ("register.html", include_str!("pages/social-register.html")),
        ("registered.html", include_str!("pages/social-registered.html")),
        ("registration.html", include_str!("pages/social-registration.html")),
    ] {
        pages.add_template(name, source).expect("the embedded pages are valid: every test of this system renders them");
    }
    pages
});

/// The system.
pub(super) static KIND: Kind = Kind {
    name: "social",
    title: "人社局社会保险业务系统",
    owner: "区人力资源和社会保障局",
    salt: 0x736f_6369,
    time_format: "%Y-%m-%d %H:%M",
    to_minute: true,
    rare_percent: 4,
    departments: SOCIAL_INSURANCE,
    number: |applied, index| format!("SB{}-{:05}", applied.format("%Y%m"), index + 1),
    status: status_word,
    outcome: |outcome| match outcome {
        Outcome::Granted => "核准",
        Outcome::Refused => "不予核准",
        Outcome::Forwarded => "上报市局",
        Outcome::Other => "其他",
    },
    own: &["banner", "menu", "content", "searchbar", "gridview", "viewtable", "loginbox", "files", "bottom"],
    pages,
    maintenance: |_| tip("系统维护中", "社会保险业务系统正在升级，请稍后访问。", false),
};

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Submitted => "待接收",
        Status::Received => "已接收",
        Status::Correction => "待补材料",
        Status::Accepted => "已受理",
        Status::InProgress => "办理中",
        Status::Suspended => "中止",
        Status::Done => "办结",
        Status::Rejected => "不予受理",
        Status::Returned => "退回",
        Status::Withdrawn => "撤件",
        Status::Void => "作废",
    }
}

/// The system's pages.
fn pages() -> Router<Arc<Office>> {
    Router::new()
        .route("/", get(async || Redirect::to("/Default.aspx")))
        .route("/Login.aspx", get(login_page).post(login))
        .route("/Logout.aspx", get(logout))
        .route("/Default.aspx", get(start))
        .route("/CaseList.aspx", get(list::show).post(list::post))
        .route("/CaseView.aspx", get(view))
        .route("/Download.ashx", get(download))
        .merge(register::pages())
}

fn rendered(name: &str, values: Value) -> String {
    let page = PAGES.get_template(name).and_then(|page| page.render(values));
    page.expect("the embedded pages are valid: every test of this system renders them")
}

fn render(name: &str, values: Value) -> Response {
    ([(header::CACHE_CONTROL, "private")], Html(rendered(name, values))).into_response()
}

/// A part of a page that is rendered by itself.
fn part(name: &str, values: Value) -> Value {
    Value::from_safe_string(rendered(name, values))
}

/// A page inside the frame that they all have. `hidden`: what its form sends back, and whether it sends files (`upload`).
fn framed(office: &Office, name: &str, title: &str, action: &str, hidden: Value, values: Value) -> Response {
    let values = context! {
        system => KIND.title,
        owner => KIND.owner,
        username => office.account().username(),
        upload => hidden.get_attr("upload").unwrap_or_default(),
        hidden => part("hidden.html", hidden),
        main => part(name, context! { system => KIND.title, ..values }),
        title, action,
    };
    render("master.html", values)
}

fn tip(title: &str, text: &str, login: bool) -> Response {
    render("tip.html", context! { system => KIND.title, title, text, login })
}

/// The server's own error page.
fn refused(refusal: Refusal) -> Response {
    let page = tip("“/”应用程序中的服务器错误", refusal.words(), false);
    (StatusCode::INTERNAL_SERVER_ERROR, page).into_response()
}

/// The form of a page; the session is empty before the login.
fn form<'a>(page: &'static str, office: &'a Office, session: &'a str) -> Form<'a> {
    Form { page, session, secret: &office.secret, now: office.now().timestamp() }
}

fn show_login(office: &Office, username: &str, error: Option<String>) -> Response {
    let hidden = form("Login.aspx", office, "").hidden(&(), &[(ENTER.to_owned(), "登录".to_owned())]);
    let hidden = part("hidden.html", hidden);
    render("login.html", context! { hidden, title => KIND.title, owner => KIND.owner, username, error })
}

async fn login_page(State(office): State<Arc<Office>>) -> Response {
    show_login(&office, "", None)
}

async fn login(State(office): State<Arc<Office>>, form: String) -> Response {
    let posted: Posted<()> = match self::form("Login.aspx", &office, "").read(&form, &[USERNAME, PASSWORD]) {
        Ok(posted) => posted,
        Err(refusal) => return refused(refusal),
    };
    let entry = office.enter(posted.field(USERNAME), posted.field(PASSWORD));
    match entry {
        Entry::Open(session) => {
            let cookie = format!(".ASPXAUTH={session}; path=/; HttpOnly; SameSite=Lax");
            ([(header::SET_COOKIE, cookie)], Redirect::to("/Default.aspx")).into_response()
        }
        Entry::Wrong(_) | Entry::Frozen => show_login(&office, posted.field(USERNAME), entry.refusal()),
    }
}

/// Someone whose session is good; holds its name.
struct Visitor(String);

impl FromRequestParts<Arc<Office>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, office: &Arc<Office>) -> Result<Visitor, Response> {
        let session = serve::cookie(&parts.headers, ".ASPXAUTH").ok_or_else(|| to_login(&parts.uri))?;
        match office.account().standing(session) {
            Standing::Live => Ok(Visitor(session.to_owned())),
            Standing::Kicked => Err(tip("该账号在其他地方登录", "您已被迫退出系统，请重新登录。", true)),
            Standing::Lost => Err(to_login(&parts.uri)),
        }
    }
}

fn to_login(from: &Uri) -> Response {
    let path = from.path_and_query().map_or("/", |path| path.as_str());
    let path: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
    serve::found(&format!("/Login.aspx?ReturnUrl={path}"))
}

async fn logout(State(office): State<Arc<Office>>, Visitor(session): Visitor) -> Redirect {
    office.account().leave(&session);
    Redirect::to("/Login.aspx")
}

async fn start(State(office): State<Arc<Office>>, Visitor(session): Visitor) -> Response {
    let form = form("Default.aspx", &office, &session);
    let (all, open) = {
        let ledger = office.ledger();
        let found = ledger.find("", "");
        (found.len(), found.iter().filter(|case| !case.status.is_end()).count())
    };
    framed(&office, "default.html", "首页", "Default.aspx", form.hidden(&(), &[]), context! { all, open })
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    id: String,
}

async fn view(State(office): State<Arc<Office>>, Visitor(session): Visitor, Query(wanted): Query<Wanted>) -> Response {
    bump(&office.counts.detail_requests);
    let form = form("CaseView.aspx", &office, &session);
    let ledger = office.ledger();
    match wanted.id.parse().ok().and_then(|id| ledger.by_id(id)) {
        Some(case) => {
            let action = format!("CaseView.aspx?id={}", case.id);
            framed(&office, "view.html", "业务详情", &action, form.hidden(&(), &[]), whole(case))
        }
        None => tip("业务不存在", "该业务不存在或者您没有查看权限。", false),
    }
}

/// A paper of a case: its key is the case's and the paper's number.
async fn download(State(office): State<Arc<Office>>, _: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let ledger = office.ledger();
    let paper = wanted.id.split_once('-').and_then(|(id, number)| {
        let papers = papers::of(ledger.by_id(id.parse().ok()?)?);
        papers.into_iter().nth(number.parse::<usize>().ok()?.checked_sub(1)?)
    });
    let Some(paper) = paper else { return tip("文件不存在", "该文件不存在或者已被删除。", false) };
    let name: String = url::form_urlencoded::byte_serialize(paper.name.as_bytes()).collect();
    let disposition = format!("attachment; filename*=UTF-8''{name}");
    ([(header::CONTENT_TYPE, paper.kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], paper.bytes)
        .into_response()
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
        accepted => case.accepted_text(KIND.time_format),
        updated => case.updated.format("%Y-%m-%d %H:%M:%S").to_string(),
    }
}

/// A case as its own page shows it.
fn whole(case: &Case) -> Value {
    let item = case.item();
    let step = |step: &super::case::Step| {
        context! { name => step.name, actor => step.actor.as_str(), time => text(Some(step.time)) }
    };
    let paper = |(index, paper): (usize, papers::Paper)| {
        context! { key => format!("{}-{}", case.id, index + 1), name => paper.name, size => paper.bytes.len() }
    };
    context! {
        case => row(case),
        code => case.task_code(),
        kind => if item.at_once { "即办件" } else { "承诺件" },
        firm => case.applicant.firm,
        id_number => case.applicant.id_number.as_str(),
        phone => case.applicant.phone.as_str(),
        village => case.village,
        channel => case.place.channel,
        site => case.place.site.as_str(),
        window => case.place.window.as_str(),
        operator => case.operator.as_str(),
        applied => text(Some(case.applied)),
        due => case.promised.map(|time| numerals::day(time.date_naive())).unwrap_or_default(),
        ended => text(case.ended),
        result => case.outcome.map(|outcome| outcome.word(&KIND)).unwrap_or_default(),
        legal => item.legal,
        promise => item.promise,
        steps => case.steps.iter().map(step).collect::<Vec<_>>(),
        papers => papers::of(case).into_iter().enumerate().map(paper).collect::<Vec<_>>(),
    }
}

/// A time as the system writes it; empty for none.
fn text(time: Option<Time>) -> String {
    time.map(|time| time.format(KIND.time_format).to_string()).unwrap_or_default()
}
