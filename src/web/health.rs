//! `GET /healthz` and `GET /readyz`, for whoever restarts this program.

use axum::{
    Json,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
};
use serde::Serialize;

use super::{language, state::App};
use crate::base::{Lang, Message, chain};

/// How the rest of the program is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// What keeps it from working.
    pub troubles: Vec<Message>,
    /// What will, if nobody does anything about it.
    pub warnings: Vec<Message>,
}

/// How the program is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Health {
    /// Whether it is able to work.
    ready: bool,
    /// What keeps it from working, and what to do.
    troubles: Vec<String>,
    /// What does not keep it from working yet, such as a password that expires, and what to do.
    warnings: Vec<String>,
}

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, body = String)))]
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// The program is able to work: its database answers and nothing in it is silently dead. Warnings leave it ready: taking the whole bridge out
/// of service would mend nothing, and stop all other bots.
#[utoipa::path(
    get, path = "/readyz", tag = "operation",
    params(("lang" = Option<String>, Query, description = "zh or en; else by Accept-Language")),
    responses((status = 200, body = Health), (status = 503, body = Health)),
)]
pub async fn readyz(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> (StatusCode, Json<Health>) {
    // Any other parameter is passed over: what watches a program adds its own, and must not be refused for it.
    let lang = language::of(query.as_deref(), &headers);
    let Condition { mut troubles, warnings } =
        app.condition.as_ref().map(|condition| condition.borrow().clone()).unwrap_or_default();
    if let Err(error) = app.hub.ping().await {
        tracing::error!(error = chain(&error), "the hub cannot answer");
        troubles.push(Message::new("web-store-away"));
    }
    let status = if troubles.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let health =
        Health { ready: troubles.is_empty(), troubles: said(&troubles, lang), warnings: said(&warnings, lang) };
    (status, Json(health))
}

fn said(messages: &[Message], lang: Lang) -> Vec<String> {
    messages.iter().map(|message| message.say(lang)).collect()
}
