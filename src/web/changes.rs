//! `GET /api/v1/changes`: the journal for those who poll.

use axum::{
    Json,
    extract::{RawQuery, State},
};
use serde::Serialize;

use super::{
    cases::refused,
    problem::{Problem, ProblemDetails},
    query::Query,
    state::App,
};
use crate::hub::{Change, PAGE_CHANGES, View, mask_record};

/// Entries in an answer when nobody says how many.
const USUAL: u32 = 200;

/// A part of the journal.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Changes {
    /// The entries, oldest first.
    changes: Vec<Change>,
    /// What to pass as `after` next time.
    next: i64,
    /// The journal's end when this was answered.
    newest: i64,
}

/// The journal after a position; personal fields are masked.
#[utoipa::path(
    get, path = "/api/v1/changes", tag = "live",
    params(
        ("after" = Option<i64>, Query, description = "The last position known; 0 when not given"),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 200 when not given"),
    ),
    responses((status = 200, body = Changes), (status = 400, body = ProblemDetails), (status = 503, body = ProblemDetails)),
)]
pub async fn changes(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Json<Changes>, Problem> {
    let query = Query::parse(query.as_deref(), &["after", "limit"])?;
    let after = query.number("after", 0..=i64::MAX)?.unwrap_or(0);
    let limit = query.number("limit", 1..=PAGE_CHANGES)?.unwrap_or(USUAL);
    let newest = *app.hub.watch().borrow();
    let found = app.hub.changes(after, limit, &[]).await.map_err(|error| refused(&error))?;
    let changes: Vec<Change> =
        found.into_iter().map(|change| Change { body: mask_record(change.body, View::Masked), ..change }).collect();
    let next = changes.last().map_or(after, |change| change.position);
    Ok(Json(Changes { changes, next, newest: newest.max(next) }))
}
