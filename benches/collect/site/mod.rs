//! The fixed test site: pages made once, served from memory by a process of its own, so that what it costs is not ours.

mod case;

use std::{io::Write, sync::Arc, time::Duration};

use axum::{
    Form, Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};

pub use case::ROWS;

/// The account that may sign in.
pub const ACCOUNT: (&str, &str) = ("bench", "bench-password");
/// Cases, unless more are asked for.
pub const CASES: usize = 4_000;
/// The cookie of a session.
const SESSION: &str = "SID=4f1e7b0c9a";
/// What the slow variant waits before it answers.
pub const LATENCY: Duration = Duration::from_millis(50);

const LOGIN: &str = include_str!("pages/login.html");
const FRAME: &str = include_str!("pages/frame.html");
const LIST: &str = include_str!("pages/list.html");
const ROW: &str = include_str!("pages/row.html");
const DETAIL: &str = include_str!("pages/detail.html");

/// Where the variants of the site listen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Addresses {
    /// Answers at once.
    pub fast: String,
    /// Answers after [`LATENCY`].
    pub slow: String,
    /// Answers at once, but only to a browser: a session that can't be lent.
    pub bound: String,
}

/// All pages of the site.
pub struct Pages {
    /// From the first.
    pub lists: Vec<Bytes>,
    /// In the same order.
    pub details: Vec<Bytes>,
}

/// One variant.
#[derive(Clone)]
struct Site {
    pages: Arc<Pages>,
    latency: Duration,
    bound: bool,
}

/// Serves all variants until standard input ends; says where, as one line of JSON.
pub async fn serve(cases: usize) -> anyhow::Result<()> {
    let pages = Arc::new(Pages::make(cases));
    let mut addresses = Vec::new();
    for (latency, bound) in [(Duration::ZERO, false), (LATENCY, false), (Duration::ZERO, true)] {
        let site = Site { pages: Arc::clone(&pages), latency, bound };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        addresses.push(format!("http://{}/", listener.local_addr()?));
        tokio::spawn(axum::serve(listener, router(site)).into_future());
    }
    let [fast, slow, bound] = <[String; 3]>::try_from(addresses).expect("there are three variants");
    let mut out = std::io::stdout();
    writeln!(out, "{}", serde_json::to_string(&Addresses { fast, slow, bound })?)?;
    out.flush()?;
    // Whoever started us holds the other end.
    tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink())).await??;
    Ok(())
}

fn router(site: Site) -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::to("/list?page=1") }))
        .route("/login", get(|| async { html(Bytes::from(LOGIN.replace("{error}", ""))) }).post(sign_in))
        .route("/list", get(list))
        .route("/case/{id}", get(detail))
        .route("/static/{name}", get(asset))
        .with_state(site)
}

#[derive(Deserialize)]
struct Login {
    username: String,
    password: String,
}

async fn sign_in(Form(login): Form<Login>) -> Response {
    if (login.username.as_str(), login.password.as_str()) != ACCOUNT {
        return html(Bytes::from(LOGIN.replace("{error}", "用户名或密码错误")));
    }
    ([(header::SET_COOKIE, format!("{SESSION}; Path=/; HttpOnly"))], Redirect::to("/list?page=1")).into_response()
}

#[derive(Deserialize)]
struct Which {
    page: usize,
}

async fn list(State(site): State<Site>, headers: HeaderMap, Query(which): Query<Which>) -> Response {
    let page = site.pages.lists.get(which.page.saturating_sub(1)).cloned();
    site.answer(&headers, page).await
}

async fn detail(State(site): State<Site>, headers: HeaderMap, Path(id): Path<usize>) -> Response {
    let page = id.checked_sub(case::FIRST).and_then(|at| site.pages.details.get(at)).cloned();
    site.answer(&headers, page).await
}

async fn asset(Path(name): Path<String>) -> Response {
    let kind = if name.ends_with(".js") { "text/javascript" } else { "text/css" };
    let text = if name.ends_with(".js") { "window.APP = 1;\n".repeat(200) } else { ".a { color: #333 }\n".repeat(400) };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=3600")], text).into_response()
}

impl Site {
    /// As systems of this kind do: who is not signed in gets the login page, with 200.
    async fn answer(&self, headers: &HeaderMap, page: Option<Bytes>) -> Response {
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        let cookies = headers.get(header::COOKIE).and_then(|cookies| cookies.to_str().ok()).unwrap_or_default();
        let signed_in = cookies.contains(SESSION) && (!self.bound || headers.contains_key("sec-fetch-site"));
        if !signed_in {
            return html(Bytes::from(LOGIN.replace("{error}", "登录已失效")));
        }
        page.map_or_else(|| StatusCode::NOT_FOUND.into_response(), html)
    }
}

fn html(page: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

impl Pages {
    /// The pages of so many cases.
    pub fn make(cases: usize) -> Self {
        let frame = FRAME.replace("{menu}", &menu());
        let all: Vec<_> = (0..cases).map(case::fields).collect();
        let pages = cases.div_ceil(ROWS);
        let list = |(at, cases): (usize, &[case::Fields])| {
            let rows: String = cases.iter().map(|case| case::fill(ROW, case)).collect();
            let pager = [("total", all.len()), ("page", at + 1), ("pages", pages), ("before", at), ("after", at + 2)];
            let pager = pager.map(|(name, number)| (name, number.to_string()));
            let body = case::fill(LIST, &pager).replace("{rows}", &rows);
            Bytes::from(frame.replace("{title}", "办件查询").replace("{body}", &body))
        };
        let detail = |case: &case::Fields| {
            let body = DETAIL.replace("{flow}", &case::flow(case)).replace("{stuff}", &case::stuff());
            Bytes::from(frame.replace("{title}", "办件详情").replace("{body}", &case::fill(&body, case)))
        };
        Self { lists: all.chunks(ROWS).enumerate().map(list).collect(), details: all.iter().map(detail).collect() }
    }
}

/// The menu that stands on every page of such systems.
fn menu() -> String {
    let groups = ["办件管理", "事项管理", "统计分析", "评价投诉", "系统设置"];
    let entries = ["查询", "登记", "分派", "督办", "归档", "报表"];
    let mut menu = String::new();
    for (at, group) in groups.iter().enumerate() {
        menu += &format!(
            "<li class=\"treeview\"><a href=\"#\"><i class=\"icon icon-{at}\"></i><span>{group}</span></a>\n<ul>\n"
        );
        for (number, entry) in entries.iter().enumerate() {
            menu += &format!(
                "<li><a class=\"menu-link\" href=\"/module/{at}/{number}\" data-code=\"M{at:02}{number:02}\" \
                 onclick=\"return openTab('{group}{entry}', this.href)\"><i class=\"icon icon-dot\"></i> {group}{entry}</a></li>\n"
            );
        }
        menu += "</ul></li>\n";
    }
    menu
}

/// Bytes of a list page and of a detail, for the table's heading.
pub fn sizes() -> (usize, usize) {
    let pages = Pages::make(CASES);
    let mean = |pages: &[Bytes]| pages.iter().map(Bytes::len).sum::<usize>() / pages.len();
    (mean(&pages.lists), mean(&pages.details))
}
