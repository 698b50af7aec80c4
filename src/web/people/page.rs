//! The page: rendered here, so that it works on any phone; a small script counts the time and fetches what is new.

use std::{collections::HashMap, sync::LazyLock};

use axum::{
    extract::{Form, FromRequestParts, RawQuery, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, SET_COOKIE, VARY},
        request::Parts,
    },
    response::{Html, IntoResponse, Redirect, Response},
};
use chrono::{DateTime, FixedOffset};
use minijinja::{Environment, Value, context, value::Serde};
use serde::Deserialize;

use super::{
    super::{
        door::{self, Closed, Person},
        language,
        problem::Problem,
        query::Query,
        screen,
        state::App,
    },
    list::{self, Ended, Item, PeopleList, Reply},
};
use crate::{
    base::{Lang, Message},
    record::EntryState,
};

/// As everywhere, but with forms that lead to this server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// Who answers where the page knows no name.
const NOBODY: &str = "operator";

/// The page's words: `t.NAME` in its template is the message `people-NAME`.
const WORDS: [&str; 33] = [
    "people-title",
    "people-waiting",
    "people-none",
    "people-ended",
    "people-ended-none",
    "people-sign-in",
    "people-sign-in-why",
    "people-name",
    "people-token",
    "people-sign-out",
    "people-elsewhere",
    "people-answer",
    "people-answer-picture",
    "people-send",
    "people-left",
    "people-over",
    "people-otherwise",
    "people-origin",
    "people-no",
    "people-state",
    "people-said",
    "people-receipt",
    "people-receipt-there",
    "people-because",
    "people-enter",
    "people-settled",
    "people-cancel",
    "people-look-first",
    "people-desk",
    "people-screen",
    "people-bot",
    "people-since",
    "people-entry",
];

static PAGE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    pages.add_template_owned("people.html", screen::text("people.html")).expect("a test renders the page");
    pages
});

/// The headers and the peer of a request.
pub struct Asking(Parts);

impl FromRequestParts<App> for Asking {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.clone()))
    }
}

/// `GET /people`: what waits, for whoever is signed in; else the form to sign in.
pub async fn show(
    State(app): State<App>,
    Asking(parts): Asking,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let said = Query::parse(query.as_deref(), &["said"])?;
    list::store(&app)?;
    let lang = language::of(query.as_deref(), &parts.headers);
    let note = match said.text("said") {
        Some("yes") => Some(Message::new("people-thanks").say(lang)),
        _ => None,
    };
    page(&app, &parts, lang, (StatusCode::OK, note)).await
}

/// What the form to sign in sends.
#[derive(Deserialize)]
pub struct SignIn {
    name: String,
    token: String,
}

/// `POST /people/sign-in`
pub async fn sign_in(
    State(app): State<App>,
    Asking(parts): Asking,
    Form(given): Form<SignIn>,
) -> Result<Response, Problem> {
    let lang = language::of(parts.uri.query(), &parts.headers);
    let Some(token) = &app.token else { return Ok(back(lang, false, None)) };
    let tried = ours(&parts.headers).and_then(|()| app.door.try_token(&given.token, token));
    if let Err(refused) = tried {
        return page(&app, &parts, lang, (refused.status(), Some(refused.say(lang)))).await;
    }
    let (person, cookie) = app.door.open(&given.name, &parts.headers, app.clock.now());
    tracing::info!(person = person.name, "signed in to answer");
    Ok(back(lang, false, Some(&cookie)))
}

/// What the form to sign out sends.
#[derive(Deserialize)]
pub struct SignOut {
    form: String,
}

/// `POST /people/sign-out`
pub async fn sign_out(
    State(app): State<App>,
    Asking(parts): Asking,
    Form(given): Form<SignOut>,
) -> Result<Response, Problem> {
    let lang = language::of(parts.uri.query(), &parts.headers);
    let signed_in = app.door.person(&parts.headers, app.clock.now());
    let cookie = signed_in.filter(|person| person.form == given.form).map(|_| app.door.close(&parts.headers));
    Ok(back(lang, false, cookie.as_deref()))
}

/// What the form below a question sends, and the one below an entry.
#[derive(Deserialize)]
pub struct Given {
    form: String,
    id: String,
    answer: String,
    #[serde(default)]
    receipt: String,
    #[serde(default)]
    because: String,
}

/// `POST /people/answer`
pub async fn answered(
    State(app): State<App>,
    Asking(parts): Asking,
    Form(given): Form<Given>,
) -> Result<Response, Problem> {
    let lang = language::of(parts.uri.query(), &parts.headers);
    match take(&app, &parts, &given).await {
        Ok(()) => Ok(back(lang, true, None)),
        Err(refused) => page(&app, &parts, lang, (refused.status(), Some(refused.say(lang)))).await,
    }
}

/// `POST /people/decide`
pub async fn decided(app: State<App>, asking: Asking, given: Form<Given>) -> Result<Response, Problem> {
    answered(app, asking, given).await
}

async fn take(app: &App, parts: &Parts, given: &Given) -> Result<(), Problem> {
    ours(&parts.headers)?;
    let stale = || Problem::new(StatusCode::FORBIDDEN, Message::new("web-people-stale"));
    let person = app.door.person(&parts.headers, app.clock.now()).ok_or_else(stale)?;
    if person.form != given.form {
        return Err(stale());
    }
    let some = |text: &'_ str| !text.trim().is_empty();
    let reply = Reply {
        answer: &given.answer,
        person: if person.name.is_empty() { NOBODY } else { &person.name },
        receipt: Some(given.receipt.trim()).filter(|text| some(text)),
        because: Some(given.because.trim()).filter(|text| some(text)),
    };
    list::take(app, &given.id, &reply).await
}

/// Only what one of our own pages sent.
fn ours(headers: &HeaderMap) -> Result<(), Problem> {
    let stale = || Problem::new(StatusCode::FORBIDDEN, Message::new("web-people-stale"));
    door::same_origin(headers).then_some(()).ok_or_else(stale)
}

/// Back to the page, by GET, so that nothing is sent twice.
fn back(lang: Lang, said: bool, cookie: Option<&str>) -> Response {
    let said = if said { "&said=yes" } else { "" };
    let mut response = Redirect::to(&format!("/people?lang={}{said}", language::tag(lang))).into_response();
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::try_from(cookie).ok()) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// The page as it is for whoever asks.
async fn page(
    app: &App,
    parts: &Parts,
    lang: Lang,
    (status, note): (StatusCode, Option<String>),
) -> Result<Response, Problem> {
    let (status, door, shown, cookie) = match door::enter(app, parts) {
        Ok((person, cookie)) => (status, "open", shown(app, &person, lang).await?, cookie),
        Err(Closed::SignIn) => (status, "sign-in", Value::UNDEFINED, None),
        Err(Closed::Elsewhere) => (StatusCode::FORBIDDEN, "elsewhere", Value::UNDEFINED, None),
    };
    let other = match lang {
        Lang::Zh => Lang::En,
        Lang::En => Lang::Zh,
    };
    let t: HashMap<String, String> = WORDS.into_iter().map(|id| (key(id), Message::new(id).say(lang))).collect();
    let tongue = Message::new("people-tongue").say(other);
    let context = context! { lang => language::tag(lang), other => language::tag(other), tongue, t, door, note, shown };
    let html = PAGE.get_template("people.html").and_then(|page| page.render(context));
    let html = html.map_err(|error| Problem::away(&error))?;
    let headers = [
        (VARY, HeaderValue::from_static("accept-language, cookie")),
        // Without a referrer browsers send forms with the origin `null`, by which nobody can tell our own from others'.
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    ];
    let mut response = (status, headers, Html(html)).into_response();
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::try_from(cookie).ok()) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `people-look-first` → `look_first`.
fn key(id: &str) -> String {
    id.trim_start_matches("people-").replace('-', "_")
}

/// What somebody who has come in sees.
async fn shown(app: &App, person: &Person, lang: Lang) -> Result<Value, Problem> {
    let PeopleList { now, waiting, ended } = list::list(app).await?;
    let titles = titles(app).await;
    let waiting: Vec<Value> = waiting.iter().map(|item| row(item, &titles, lang)).collect();
    let ended: Vec<Value> = ended.iter().map(|item| past(item, &titles, lang)).collect();
    let token = app.token.is_some();
    Ok(
        context! { now => now.to_rfc3339(), name => person.name.as_str(), form => person.form.as_str(), token, waiting, ended },
    )
}

fn row(item: &Item, titles: &HashMap<String, String>, lang: Lang) -> Value {
    let say = |id| Message::new(id).say(lang);
    let otherwise = match item.otherwise {
        "entry_later" => "people-otherwise-entry",
        "looked_up" => "people-otherwise-looked-up",
        "rests" => "people-otherwise-rests",
        _ => "people-otherwise-run",
    };
    let state = item.state.as_deref().map(|word| match (lang, word.parse::<EntryState>()) {
        (Lang::Zh, Ok(state)) => state.title().to_owned(),
        (Lang::En, _) | (Lang::Zh, Err(_)) => word.replace('_', " "),
    });
    let told = context! {
        kind_title => say(kind(&item.kind)), system_title => titled(titles, &item.system), otherwise_title => say(otherwise),
        desk => url::form_urlencoded::byte_serialize(item.project_no.as_deref().unwrap_or_default().as_bytes()).collect::<String>(),
        state_title => state, since_title => written(item.since), deadline => item.deadline.map(|at| at.to_rfc3339()),
    };
    context! { ..told, ..Value::from(Serde(item)) }
}

fn past(item: &Ended, titles: &HashMap<String, String>, lang: Lang) -> Value {
    let state = match item.state {
        "answered" => "people-was-answered",
        "expired" => "people-was-expired",
        _ => "people-was-withdrawn",
    };
    let state_title = Message::new(state).with("by", item.by.as_deref().unwrap_or("–")).say(lang);
    let kind_title = Message::new(kind(&item.kind)).say(lang);
    let (system_title, at_title) = (titled(titles, &item.system), item.at.map(written));
    context! { ..context! { state_title, kind_title, system_title, at_title }, ..Value::from(Serde(item)) }
}

fn kind(word: &str) -> &'static str {
    match word {
        "code" => "people-kind-code",
        "decision" => "people-kind-decision",
        "entry" => "people-kind-entry",
        _ => "people-kind-captcha",
    }
}

fn written(at: DateTime<FixedOffset>) -> String {
    at.format("%m-%d %H:%M").to_string()
}

fn titled(titles: &HashMap<String, String>, system: &str) -> String {
    titles.get(system).map_or_else(|| system.to_owned(), Clone::clone)
}

/// What people call the systems, as far as the hub knows.
async fn titles(app: &App) -> HashMap<String, String> {
    let Ok(snapshot) = app.live.current().await else { return HashMap::new() };
    let overview: serde_json::Value = serde_json::from_str(&snapshot.json).unwrap_or_default();
    let system = |system: &serde_json::Value| {
        Some((system["system"].as_str()?.to_owned(), system["title"].as_str()?.to_owned()))
    };
    overview["systems"].as_array().into_iter().flatten().filter_map(system).collect()
}
