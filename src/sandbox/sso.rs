//! A single sign-on in the manner of CAS, on a port of its own: one account, a ticket for each system behind it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Form, Router};
use minijinja::context;
use serde::Deserialize;

use super::accounts::{Account, Entry};
use super::kind::System;
use super::office::{Office, bump};
use super::serve::{cookie, found};
use super::{Options, assets};

/// The title that its pages show.
pub(super) const TITLE: &str = "区政务统一身份认证平台";
/// The systems that have no login of their own.
const SYSTEMS: [&str; 2] = ["civil", "finance"];
/// How many forms and tickets that nobody used are remembered, so that a long practice does not grow.
const KEPT: usize = 1000;

/// The sign-on.
#[derive(Debug)]
pub(super) struct Sso {
    account: Mutex<Account>,
    held: Mutex<Held>,
    address: OnceLock<String>,
}

#[derive(Debug, Default)]
struct Held {
    /// Browsers that are signed in, by their TGC cookie.
    sessions: HashSet<String>,
    /// Login forms that were not sent yet.
    forms: HashSet<String>,
    /// Tickets that were not used yet, with the address that each is for.
    tickets: HashMap<String, String>,
    /// The systems, by the address at which they answer.
    systems: Vec<(String, Weak<Office>)>,
}

impl Sso {
    /// Whether `system` stands behind the sign-on.
    pub(super) fn fronts(system: System) -> bool {
        SYSTEMS.contains(&system.name)
    }

    pub(super) fn new(options: &Options) -> Sso {
        Sso {
            account: Mutex::new(Account::new(&options.username, &options.password)),
            held: Mutex::default(),
            address: OnceLock::new(),
        }
    }

    /// Says where the sign-on answers.
    pub(super) fn opened_at(&self, address: &str) {
        self.address.get_or_init(|| address.to_owned());
    }

    /// Lets `office` use the sign-on, which answers at `address`.
    pub(super) fn register(&self, address: &str, office: &Arc<Office>) {
        self.held().systems.push((address.to_owned(), Arc::downgrade(office)));
    }

    /// Where someone who wants to see `service` has to sign in.
    pub(super) fn login_address(&self, service: &str) -> String {
        self.address_of("login", service)
    }

    /// Where someone who leaves `service` has to sign out.
    pub(super) fn logout_address(&self, service: &str) -> String {
        self.address_of("logout", service)
    }

    fn address_of(&self, page: &str, service: &str) -> String {
        let service: String = url::form_urlencoded::byte_serialize(service.as_bytes()).collect();
        format!("{}cas/{page}?service={service}", self.address.get().map(String::as_str).unwrap_or_default())
    }

    /// Whether `ticket` was given for `service`. It is good once.
    pub(super) fn validate(&self, ticket: &str, service: &str) -> bool {
        self.held().tickets.remove(ticket).is_some_and(|given_for| given_for == service)
    }

    /// Forgets who is signed in.
    pub(super) fn end_sessions(&self) {
        let mut held = self.held();
        held.sessions.clear();
        held.tickets.clear();
    }

    /// The system that `service` is an address of.
    fn system(&self, service: &str) -> Option<Arc<Office>> {
        let held = self.held();
        let (_, office) = held.systems.iter().find(|(address, _)| service.starts_with(address))?;
        office.upgrade()
    }

    /// `service` with a ticket for it, for someone who is signed in.
    fn ticket(&self, service: &str) -> String {
        let ticket = format!("ST-{}-{:032x}-cas", fastrand::u32(1000..100_000), fastrand::u128(..));
        let mut held = self.held();
        if held.tickets.len() >= KEPT {
            held.tickets.clear();
        }
        held.tickets.insert(ticket.clone(), service.to_owned());
        let joint = if service.contains('?') { '&' } else { '?' };
        format!("{service}{joint}ticket={ticket}")
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Its pages.
pub(super) fn router(sso: Arc<Sso>) -> Router {
    Router::new()
        .route("/", get(async || found("/cas/login")))
        .route("/cas/login", get(login_page).post(login))
        .route("/cas/logout", get(logout))
        .route("/static/{*path}", get(assets::asset))
        .with_state(sso)
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    service: String,
}

async fn login_page(State(sso): State<Arc<Sso>>, Query(wanted): Query<Wanted>, headers: HeaderMap) -> Response {
    let signed_in = cookie(&headers, "TGC").is_some_and(|session| sso.held().sessions.contains(session));
    if !wanted.service.is_empty() && sso.system(&wanted.service).is_none() {
        return notice("未授权的服务", "您要访问的系统未在统一身份认证平台注册，请联系管理员。");
    }
    match (signed_in, wanted.service.is_empty()) {
        (true, true) => notice("登录成功", "您已登录统一身份认证平台，请从各业务系统入口访问。"),
        (true, false) => found(&sso.ticket(&wanted.service)),
        (false, _) => form(&sso, &wanted.service, "", None),
    }
}

#[derive(Deserialize)]
struct Login {
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    lt: String,
}

async fn login(State(sso): State<Arc<Sso>>, Query(wanted): Query<Wanted>, Form(login): Form<Login>) -> Response {
    let service = wanted.service.as_str();
    if !sso.held().forms.remove(&login.lt) {
        return form(&sso, service, &login.username, Some("登录页面已过期，请重新登录".to_owned()));
    }
    let entry = sso.account().enter(&login.username, &login.password);
    let Entry::Open(session) = entry else {
        // Counted once, for the system that was wanted: both look at the same account.
        if let Some(office) = sso.system(service) {
            bump(&office.counts.failed_logins);
        }
        return form(&sso, service, &login.username, entry.refusal());
    };
    sso.held().sessions.insert(session.clone());
    let next = if sso.system(service).is_some() { sso.ticket(service) } else { "/cas/login".to_owned() };
    let cookie = format!("TGC={session}; Path=/cas/; HttpOnly");
    ([(header::SET_COOKIE, cookie)], found(&next)).into_response()
}

async fn logout(State(sso): State<Arc<Sso>>, Query(wanted): Query<Wanted>, headers: HeaderMap) -> Response {
    if let Some(session) = cookie(&headers, "TGC") {
        sso.held().sessions.remove(session);
    }
    if sso.system(&wanted.service).is_some() {
        return found(&wanted.service);
    }
    notice("注销成功", "您已退出统一身份认证平台，谢谢使用。")
}

/// The login form; `lt` makes it good once.
fn form(sso: &Sso, service: &str, username: &str, error: Option<String>) -> Response {
    let lt = format!("LT-{}-{:032x}-cas", fastrand::u32(1000..100_000), fastrand::u128(..));
    let system = sso.system(service).map(|office| office.system.title);
    {
        let mut held = sso.held();
        if held.forms.len() >= KEPT {
            held.forms.clear();
        }
        held.forms.insert(lt.clone());
    }
    render(context! { title => TITLE, system, username, error, lt })
}

fn notice(heading: &str, text: &str) -> Response {
    render(context! { title => TITLE, heading, text })
}

fn render(values: minijinja::Value) -> Response {
    let page = minijinja::Environment::new().render_named_str("sso.html", include_str!("pages/sso.html"), values);
    let page = page.expect("the embedded page is valid: every test of the sign-on renders it");
    ([(header::CACHE_CONTROL, "no-store")], Html(page)).into_response()
}
