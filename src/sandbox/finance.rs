//! `finance`: lists that show only the latest 200 of a query, two table rows to a record, under a heading for each town.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::{header, request::Parts};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use chrono::NaiveDate;
use minijinja::{Environment, Value, context};
use serde::Deserialize;

use super::benefits::FINANCE;
use super::case::{Case, Time};
use super::guest::{self, Stopped};
use super::kind::Kind;
use super::office::{Office, bump};
use super::places::TOWNS;
use super::serve::found;
use super::status::{Outcome, Status};

/// The most records that a query shows.
const SHOWN_MOST: usize = 200;
/// Records that the endless list adds at a time.
const PIECE: usize = 30;
/// How the pages of a case write times, for readers of English.
const ENGLISH: &str = "%d %b %Y %H:%M";

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    for (name, source) in [
        ("frame.html", include_str!("pages/finance-frame.html")),
        ("list.html", include_str!("pages/finance-list.html")),
        ("recent.html", include_str!("pages/finance-recent.html")),
        ("piece.html", include_str!("pages/finance-piece.html")),
        ("view.html", include_str!("pages/finance-view.html")),
        ("notice.html", include_str!("pages/finance-notice.html")),
    ] {
        pages.add_template(name, source).expect("the embedded pages are valid: every test of this system renders them");
    }
    pages
});

/// The system.
pub(super) static KIND: Kind = Kind {
    name: "finance",
    title: "财政惠民补贴审批系统",
    owner: "区财政局",
    salt: 0x6669_6e61,
    time_format: "%Y年%m月%d日 %H:%M",
    to_minute: true,
    rare_percent: 2,
    departments: FINANCE,
    number: |applied, index| format!("河东财补〔{}〕{}号", applied.format("%Y"), index + 1),
    status: status_word,
    outcome: |outcome| match outcome {
        Outcome::Granted => "同意发放",
        Outcome::Refused => "不同意发放",
        Outcome::Forwarded => "报上级审批",
        Outcome::Other => "其他处理",
    },
    own: &["records", "town", "recent", "count", "detail", "end", "notice", "none", "who"],
    pages,
    maintenance: |_| notice("系统维护中", "系统正在升级维护，请稍后再试。"),
};

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Submitted => "已填报",
        Status::Received => "待初审",
        Status::Correction => "待补材料",
        Status::Accepted => "已受理",
        Status::InProgress => "审核公示",
        Status::Suspended => "冻结",
        Status::Done => "办结",
        Status::Rejected => "不予受理",
        Status::Returned => "退回",
        Status::Withdrawn => "撤回",
        Status::Void => "作废",
    }
}

/// The system's pages.
fn pages() -> Router<Arc<Office>> {
    Router::new()
        .route("/", get(async || found("/subsidy/list.do")))
        .route("/logout.do", get(logout))
        .route("/subsidy/list.do", get(list))
        .route("/subsidy/recent.do", get(recent))
        .route("/subsidy/piece.do", get(piece))
        .route("/subsidy/view.do", get(view))
}

fn render(name: &str, values: Value) -> String {
    let page = PAGES.get_template(name).and_then(|page| page.render(values));
    page.expect("the embedded pages are valid: every test of this system renders them")
}

fn answer(page: String) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Html(page)).into_response()
}

/// A page with the system's head and foot; `here` is its entry in the menu, which nobody sees who is not signed in.
fn page(user: Option<&Visitor>, here: &str, name: &str, values: Value) -> Response {
    let body = Value::from_safe_string(render(name, values));
    let user = user.map(|Visitor(name)| name.as_str());
    answer(render("frame.html", context! { title => KIND.title, owner => KIND.owner, user, here, body }))
}

fn notice(heading: &str, text: &str) -> Response {
    page(None, "", "notice.html", context! { heading, text })
}

/// Someone whose session is good; holds the account's name.
struct Visitor(String);

impl FromRequestParts<Arc<Office>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, office: &Arc<Office>) -> Result<Visitor, Response> {
        match guest::admit(parts, office) {
            Ok(_) => Ok(Visitor(office.account().username().to_owned())),
            Err(Stopped::Admitted(cookie, address)) => Err(guest::admitted(cookie, &address)),
            Err(Stopped::Lost(login)) => Err(found(&login)),
            Err(Stopped::Kicked(_)) => Err(notice("该账号在其他地方登录", "当前会话已结束，请重新登录。")),
        }
    }
}

async fn logout(State(office): State<Arc<Office>>, parts: Parts) -> Response {
    guest::leave(&parts, &office)
}

#[derive(Deserialize)]
struct Search {
    /// The days of application, from and to.
    from: Option<String>,
    to: Option<String>,
    #[serde(default)]
    status: String,
    #[serde(default)]
    keyword: String,
}

/// The latest cases of a query, by town.
async fn list(State(office): State<Arc<Office>>, user: Visitor, Query(search): Query<Search>) -> Response {
    let (from, to) = (day(search.from.as_deref()), day(search.to.as_deref()));
    office.list_is_read();
    let ledger = office.ledger();
    let mut found = ledger.find(search.keyword.trim(), &search.status);
    found.retain(|case| {
        let applied = case.applied.date_naive();
        from.is_none_or(|from| applied >= from) && to.is_none_or(|to| applied <= to)
    });
    let total = found.len();
    found.truncate(SHOWN_MOST);
    let named = TOWNS.iter().map(|town| town.name.as_str());
    let others = found.iter().map(|case| case.town_name()).filter(|name| TOWNS.iter().all(|town| town.name != *name));
    let mut towns: Vec<&str> = named.chain(others).collect();
    towns.dedup();
    let groups: Vec<Value> = towns
        .into_iter()
        .filter_map(|town| {
            let cases: Vec<Value> =
                found.iter().filter(|case| case.town_name() == town).map(|case| row(case)).collect();
            (!cases.is_empty()).then(|| context! { town, count => cases.len(), cases })
        })
        .collect();
    let written = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    page(
        Some(&user),
        "list",
        "list.html",
        context! {
            groups, total,
            shown => found.len(),
            from => written(from),
            to => written(to),
            keyword => search.keyword.trim(),
            status => search.status,
            states => Status::ALL.map(|status| status.word(&KIND)),
        },
    )
}

/// A day of a query; what is none is as good as left out.
fn day(text: Option<&str>) -> Option<NaiveDate> {
    text?.trim().parse().ok()
}

/// The list that grows while one scrolls: its first piece.
async fn recent(State(office): State<Arc<Office>>, user: Visitor) -> Response {
    office.list_is_read();
    let ledger = office.ledger();
    let found = ledger.find("", "");
    let cases: Vec<Value> = found.iter().take(PIECE).map(|case| row(case)).collect();
    let piece = Value::from_safe_string(render("piece.html", context! { cases }));
    page(Some(&user), "recent", "recent.html", context! { piece, total => found.len(), more => found.len() > PIECE })
}

#[derive(Deserialize)]
struct Below {
    before: u64,
}

/// The next piece of the list that grows: what stands below the record `before`; nothing at its end.
async fn piece(State(office): State<Arc<Office>>, _: Visitor, Query(below): Query<Below>) -> Response {
    office.list_is_read();
    let ledger = office.ledger();
    let found = ledger.find("", "");
    let cases: Vec<Value> =
        found.iter().filter(|case| case.id < below.before).take(PIECE).map(|case| row(case)).collect();
    answer(render("piece.html", context! { cases }))
}

#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    id: String,
}

async fn view(State(office): State<Arc<Office>>, user: Visitor, Query(chosen): Query<Chosen>) -> Response {
    bump(&office.counts.detail_requests);
    let ledger = office.ledger();
    match chosen.id.parse().ok().and_then(|id| ledger.by_id(id)) {
        Some(case) => page(Some(&user), "list", "view.html", whole(case)),
        None => notice("记录不存在", "您要查看的申报记录不存在。"),
    }
}

/// A case as the lists show it.
fn row(case: &Case) -> Value {
    context! {
        id => case.id,
        no => case.source_no.as_str(),
        item => case.item().name,
        applicant => case.applicant.name.as_str(),
        phone => case.applicant.phone.as_str(),
        town => case.town_name(),
        village => case.village,
        status => case.status_word(&KIND),
        colour => colour(case.status),
        applied => case.applied.format("%Y年%m月%d日").to_string(),
        accepted => case.accepted_text(KIND.time_format),
        updated => case.updated.format("%Y-%m-%d %H:%M:%S").to_string(),
    }
}

/// A case as its own page shows it.
fn whole(case: &Case) -> Value {
    let item = case.item();
    let steps: Vec<Value> = case
        .steps
        .iter()
        .map(|step| context! { name => step.name, actor => step.actor.as_str(), time => english(Some(step.time)) })
        .collect();
    context! {
        code => case.task_code(),
        kind => if item.at_once { "即办件" } else { "承诺件" },
        who => if case.applicant.firm { "单位" } else { "个人" },
        id_number => case.applicant.id_number.as_str(),
        channel => case.place.channel,
        site => case.place.site.as_str(),
        window => case.place.window.as_str(),
        operator => case.operator.as_str(),
        submitted => english(Some(case.applied)),
        due => case.promised.map(|time| time.format("%d %b %Y").to_string()).unwrap_or_default(),
        ended => english(case.ended),
        result => case.outcome.map(|outcome| outcome.word(&KIND)).unwrap_or_default(),
        legal => item.legal,
        promise => item.promise,
        steps,
        ..row(case)
    }
}

/// The label's colour class of Bootstrap.
fn colour(status: Status) -> &'static str {
    match status {
        Status::Submitted | Status::Received => "label-warning",
        Status::Correction | Status::Suspended => "label-danger",
        Status::Accepted | Status::InProgress => "label-primary",
        Status::Done => "label-success",
        Status::Rejected | Status::Returned | Status::Withdrawn | Status::Void => "label-default",
    }
}

fn english(time: Option<Time>) -> String {
    time.map(|time| time.format(ENGLISH).to_string()).unwrap_or_default()
}
