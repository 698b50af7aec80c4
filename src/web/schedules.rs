//! `GET /api/v1/schedules`, `POST /api/v1/schedules/{name}/pause` and `…/resume`.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::StatusCode,
};
use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Asia::Shanghai;
use serde::{Deserialize, Serialize};

use super::{
    problem::{Problem, ProblemDetails},
    query::Query,
    state::App,
    token::Writer,
};
use crate::{
    base::Message,
    store::{EngineRow, Paused, ScheduleRow, Store},
};

/// Schedules, and the engines that work on them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Schedules {
    schedules: Vec<Schedule>,
    engines: Vec<Engine>,
}

/// A schedule as it stands.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Schedule {
    name: String,
    /// As the file has it: `bots`, `cron`, `after`, `zone` …
    #[schema(value_type = Object)]
    is: serde_json::Value,
    /// Since when it is known.
    since: DateTime<FixedOffset>,
    /// Its next instant, whether something will rule it out or not.
    next_due: Option<DateTime<FixedOffset>>,
    /// Every instant up to it has its row among the ticks.
    accounted: DateTime<FixedOffset>,
    paused: Option<Pause>,
    /// Since when it stands in no file any more.
    gone: Option<DateTime<FixedOffset>>,
}

/// Who has paused a schedule, and why.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Pause {
    at: DateTime<FixedOffset>,
    by: String,
    because: String,
}

/// A process that runs schedules.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Engine {
    worker: String,
    started: DateTime<FixedOffset>,
    /// When it was last heard of.
    beat: DateTime<FixedOffset>,
    /// When it ended in order.
    ended: Option<DateTime<FixedOffset>>,
    /// What is wrong with the adapter files that it sees: then it works by those that it read before.
    files: Option<String>,
}

/// Why a schedule is paused.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Because {
    /// Who, as others know them.
    by: String,
    /// Why.
    because: String,
}

/// All schedules, with what the engines say of the files.
#[utoipa::path(
    get, path = "/api/v1/schedules", tag = "operation",
    responses((status = 200, body = Schedules), (status = 404, body = ProblemDetails), (status = 503, body = ProblemDetails)),
)]
pub async fn schedules(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Json<Schedules>, Problem> {
    Query::parse(query.as_deref(), &[])?;
    let store = store(&app)?;
    let schedules = store.schedules().await.map_err(|error| Problem::away(&error))?;
    let engines = store.engines().await.map_err(|error| Problem::away(&error))?;
    Ok(Json(Schedules {
        schedules: schedules.into_iter().map(schedule).collect(),
        engines: engines.into_iter().map(engine).collect(),
    }))
}

/// Pauses a schedule: its instants are skipped, and say by whom and why.
#[utoipa::path(
    post, path = "/api/v1/schedules/{name}/pause", tag = "operation", security(("token" = [])),
    params(("name" = String, Path, description = "The schedule's name")), request_body = Because,
    responses((status = 204), (status = 400, body = ProblemDetails), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails)),
)]
pub async fn pause(
    State(app): State<App>,
    _writer: Writer,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let wrong = || Problem::bad_request(Message::new("web-need-because"));
    let Because { by, because } = serde_json::from_slice(&body).map_err(|_| wrong())?;
    if by.trim().is_empty() || because.trim().is_empty() {
        return Err(wrong());
    }
    set(&app, name, Some(&Paused { at: app.clock.now(), by, because })).await
}

/// Lets a schedule go on. What was skipped stays skipped.
#[utoipa::path(
    post, path = "/api/v1/schedules/{name}/resume", tag = "operation", security(("token" = [])),
    params(("name" = String, Path, description = "The schedule's name")),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails)),
)]
pub async fn resume(State(app): State<App>, _writer: Writer, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    set(&app, name, None).await
}

async fn set(app: &App, name: String, paused: Option<&Paused>) -> Result<StatusCode, Problem> {
    match store(app)?.pause_schedule(&name, paused).await {
        Ok(true) => Ok(StatusCode::NO_CONTENT),
        Ok(false) => {
            Err(Problem::new(StatusCode::NOT_FOUND, Message::new("web-not-found-schedule").with("name", name)))
        }
        Err(error) => Err(Problem::away(&error)),
    }
}

/// Where schedules stand; a hub that has no runner knows of none.
pub(super) fn store(app: &App) -> Result<&Store, Problem> {
    let none = || Problem::new(StatusCode::NOT_FOUND, Message::new("web-no-engine-here"));
    app.store.as_ref().ok_or_else(none)
}

fn schedule(row: ScheduleRow) -> Schedule {
    Schedule {
        name: row.name,
        is: serde_json::from_str(&row.body).unwrap_or_default(),
        since: local(row.since),
        next_due: row.next_due.map(local),
        accounted: local(row.accounted),
        paused: row.paused.map(|paused| Pause { at: local(paused.at), by: paused.by, because: paused.because }),
        gone: row.gone.map(local),
    }
}

fn engine(row: EngineRow) -> Engine {
    Engine {
        worker: row.worker,
        started: local(row.started),
        beat: local(row.beat),
        ended: row.ended.map(local),
        files: Some(row.files).filter(|files| !files.is_empty()),
    }
}

/// As the district's clocks show it.
pub(super) fn local(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&Shanghai).fixed_offset()
}
