//! The test site, served by a process of its own: the window's list of cases, and the office into which they are entered.

use std::{
    collections::HashMap,
    fmt::Write as _,
    io::Write,
    sync::{Arc, Mutex},
};

use axum::{
    Form, Router,
    extract::{Query, State},
    http::{HeaderMap, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};

use crate::fields::{self, FIELDS};

/// The account that may sign in.
pub const ACCOUNT: (&str, &str) = ("bench", "bench-password");
/// Cases that are entered.
pub const CASES: usize = 200;
const SESSION: &str = "SID=4f1e7b0c9a";

const LOGIN: &str = include_str!("pages/login.html");
const FRAME: &str = include_str!("pages/frame.html");

/// What the office has received since it was last emptied.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Received {
    /// Forms that were taken.
    pub forms: usize,
    /// Cases that were entered exactly once, every field as it should be.
    pub right: usize,
}

struct Site {
    /// The form's page around its token.
    form: (String, String),
    window: String,
    office: Mutex<Office>,
}

#[derive(Default)]
struct Office {
    tokens: u64,
    /// What was entered, as it is shown.
    registered: Vec<Vec<String>>,
    /// Note → places in `registered`.
    by_note: HashMap<String, Vec<usize>>,
}

/// Serves until standard input ends; says where, as one line.
pub async fn serve() -> anyhow::Result<()> {
    let page = framed("登记", &include_str!("pages/form.html").replace("{controls}", &fields::controls()));
    let (before, after) = page.split_once("{token}").expect("the form has a token");
    let form = (before.to_owned(), after.to_owned());
    let site = Arc::new(Site { form, window: window(), office: Mutex::default() });
    let router = Router::new()
        .route("/login", get(|| async { Html(LOGIN) }).post(sign_in))
        .route("/window/list", get(list))
        .route("/office/index", get(|headers: HeaderMap| async move { signed_in(&headers, || framed("首页", "")) }))
        .route("/office/register", get(register).post(take))
        .route("/office/registered", get(registered))
        .route("/office/registration", get(registration))
        .route("/received", get(received).delete(empty))
        .with_state(site);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let mut out = std::io::stdout();
    writeln!(out, "http://{}/", listener.local_addr()?)?;
    out.flush()?;
    tokio::spawn(axum::serve(listener, router).into_future());
    // Whoever started us holds the other end.
    tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink())).await??;
    Ok(())
}

#[derive(Deserialize)]
struct Login {
    username: String,
    password: String,
}

async fn sign_in(Form(login): Form<Login>) -> Response {
    if (login.username.as_str(), login.password.as_str()) != ACCOUNT {
        return Html(LOGIN).into_response();
    }
    ([(header::SET_COOKIE, format!("{SESSION}; Path=/; HttpOnly"))], Redirect::to("/office/index")).into_response()
}

/// As systems of this kind do: who is not signed in gets the login page, with 200.
fn signed_in(headers: &HeaderMap, page: impl FnOnce() -> String) -> Response {
    let cookies = headers.get(header::COOKIE).and_then(|cookies| cookies.to_str().ok()).unwrap_or_default();
    if cookies.contains(SESSION) { Html(page()).into_response() } else { Html(LOGIN).into_response() }
}

fn framed(title: &str, body: &str) -> String {
    FRAME.replace("{title}", title).replace("{body}", body)
}

/// The window's list: everything that it knows of its cases.
fn window() -> String {
    let mut table = format!("<p class=\"total\">共 {CASES} 条</p><table id=\"grid\"><tr>");
    FIELDS.iter().for_each(|(_, label, _)| table += &format!("<th>{label}</th>"));
    table += "</tr>\n";
    for case in 0..CASES {
        let cells =
            fields::values(case).iter().fold(String::new(), |cells, value| cells + "<td>" + value.as_str() + "</td>");
        let _ = writeln!(table, "<tr>{cells}</tr>");
    }
    framed("一窗受理", &(table + "</table>"))
}

async fn list(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response {
    signed_in(&headers, || site.window.clone())
}

async fn register(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response {
    let mut office = site.office.lock().expect("no handler panics");
    office.tokens += 1;
    signed_in(&headers, || format!("{}{:016x}{}", site.form.0, office.tokens, site.form.1))
}

async fn take(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    Form(sent): Form<HashMap<String, String>>,
) -> Response {
    let mut office = site.office.lock().expect("no handler panics");
    let token = sent.get("token").and_then(|token| u64::from_str_radix(token, 16).ok());
    signed_in(&headers, || {
        if token.is_none_or(|token| token == 0 || token > office.tokens) {
            return framed("登记", "<p class=\"error\">页面已过期，请刷新后重试</p>");
        }
        let shown = FIELDS.iter().map(|(name, _, kind)| fields::shown(*kind, sent.get(*name).map(String::as_str)));
        let shown: Vec<String> = shown.collect();
        let at = office.registered.len();
        office.by_note.entry(shown[0].clone()).or_default().push(at);
        office.registered.push(shown);
        let table = format!("<h3>登记成功</h3><table><tr><th>受理编号</th><td>{}</td></tr></table>", receipt(at));
        framed("登记", &table)
    })
}

fn receipt(at: usize) -> String {
    format!("SL2026{:06}", at + 1)
}

#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    keyword: String,
    #[serde(default)]
    no: String,
}

async fn registered(State(site): State<Arc<Site>>, headers: HeaderMap, Query(which): Query<Which>) -> Response {
    let office = site.office.lock().expect("no handler panics");
    let found = office.by_note.get(&which.keyword).map(Vec::as_slice).unwrap_or_default();
    // A clerk has entered it long ago.
    let earlier = which.keyword == "LS1";
    signed_in(&headers, || {
        let mut table = format!(
            "<p class=\"total\">共 {} 条</p><table id=\"grid\"><tr><th>受理编号</th><th>来源编号</th><th>申请人</th><th>事项名称</th></tr>",
            found.len() + usize::from(earlier)
        );
        for at in found {
            let row = &office.registered[*at];
            let cells = [&receipt(*at), &row[0], &row[7], &row[4]].map(|cell| format!("<td>{cell}</td>"));
            let _ = write!(table, "<tr>{}</tr>", cells.concat());
        }
        if earlier {
            table += "<tr><td>SL0</td><td>LS1</td><td>李某某</td><td>取水许可</td></tr>";
        }
        framed("登记查询", &(table + "</table>"))
    })
}

async fn registration(State(site): State<Arc<Site>>, headers: HeaderMap, Query(which): Query<Which>) -> Response {
    let office = site.office.lock().expect("no handler panics");
    let at = which.no.strip_prefix("SL2026").and_then(|no| no.parse::<usize>().ok());
    let row = at.and_then(|at| office.registered.get(at.checked_sub(1)?));
    signed_in(&headers, || {
        let cells = FIELDS.iter().zip(row.into_iter().flatten());
        let cells = cells.map(|((_, label, _), value)| format!("<tr><th>{label}</th><td>{value}</td></tr>\n"));
        framed("登记详情", &format!("<table id=\"view\">{}</table>", cells.collect::<String>()))
    })
}

async fn received(State(site): State<Arc<Site>>) -> axum::Json<Received> {
    let office = site.office.lock().expect("no handler panics");
    let once = |case: &usize| office.by_note.get(&fields::number(*case)).filter(|places| places.len() == 1);
    let right = |case: &usize| once(case).is_some_and(|places| office.registered[places[0]] == fields::values(*case));
    axum::Json(Received { forms: office.registered.len(), right: (0..CASES).filter(right).count() })
}

async fn empty(State(site): State<Arc<Site>>) {
    let mut office = site.office.lock().expect("no handler panics");
    (office.registered, office.by_note) = Default::default();
}
