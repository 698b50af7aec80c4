//! `GET /healthz` and `GET /readyz`, for whoever restarts this program.

use axum::{Json, extract::State, http::HeaderMap, http::StatusCode};
use serde::Serialize;

use super::{language, state::App};
use crate::base::{Message, chain};

/// How the program is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Health {
    /// Whether it is able to work.
    ready: bool,
    /// What keeps it from working, and what to do.
    troubles: Vec<String>,
}

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, body = String)))]
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// The program is able to work: its database answers and nothing in it is silently dead.
#[utoipa::path(
    get, path = "/readyz", tag = "operation",
    responses((status = 200, body = Health), (status = 503, body = Health)),
)]
pub async fn readyz(State(app): State<App>, headers: HeaderMap) -> (StatusCode, Json<Health>) {
    let lang = language::of(None, &headers);
    let mut troubles: Vec<Message> = app.troubles.iter().flat_map(|troubles| troubles.borrow().clone()).collect();
    if let Err(error) = app.hub.ping().await {
        tracing::error!(error = chain(&error), "the hub cannot answer");
        troubles.push(Message::new("web-store-away"));
    }
    let status = if troubles.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let troubles: Vec<String> = troubles.iter().map(|trouble| trouble.say(lang)).collect();
    (status, Json(Health { ready: troubles.is_empty(), troubles }))
}
