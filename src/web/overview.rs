//! `GET /api/v1/overview`: what the screen shows, in one answer.

use axum::{
    extract::{RawQuery, State},
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::IntoResponse,
};

use super::{
    problem::{Problem, ProblemDetails},
    query::Query,
    state::App,
};
use crate::hub::Overview;

/// The district at a glance, as of one journal position.
#[utoipa::path(
    get, path = "/api/v1/overview", tag = "figures",
    responses((status = 200, body = Overview), (status = 503, body = ProblemDetails)),
)]
pub async fn overview(State(app): State<App>, RawQuery(query): RawQuery) -> Result<impl IntoResponse, Problem> {
    Query::parse(query.as_deref(), &[])?;
    let snapshot = app.live.current().await.map_err(|error| Problem::away(&error))?;
    Ok(([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")], snapshot.json.clone()))
}
