//! `GET /api/v1/ticks` and `GET /api/v1/runs`: what became of every instant, and the runs that came of it.

use axum::{
    Json,
    extract::{RawQuery, State},
    http::HeaderMap,
};
use chrono::{DateTime, FixedOffset, Utc};
use serde::Serialize;

use super::{
    language,
    problem::{Problem, ProblemDetails},
    query::{Query, one_of},
    schedules::{local, store},
    state::App,
};
use crate::{
    base::{Lang, Message},
    queue::Why,
    store::{JobQuery, JobRow, TickQuery, TickRow},
};

/// Rows in an answer when nobody says how many.
const USUAL: u32 = 100;
/// Rows in an answer at most.
const MOST: u32 = 1_000;
/// What becomes of ticks.
const STATES: &[&str] = &["queued", "running", "ran", "skipped", "missed", "failed"];

/// One instant of one schedule.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Tick {
    schedule: String,
    due: DateTime<FixedOffset>,
    /// `queued`, `running`; `ran`, `skipped`, `missed`, `failed`.
    state: String,
    /// Why, in words of the asked language.
    why: Option<String>,
    /// The same for programs.
    #[schema(value_type = Object)]
    reason: Option<serde_json::Value>,
    ended: Option<DateTime<FixedOffset>>,
}

/// What a tick asked of one bot, and the run that came of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Job {
    schedule: String,
    due: DateTime<FixedOffset>,
    bot: String,
    /// `queued`, `running`; `ran`, `skipped`, `failed`.
    state: String,
    /// How the run ended: `good`, `incomplete`, `needs_person`, `failed`.
    outcome: Option<String>,
    run: Option<String>,
    why: Option<String>,
    started: Option<DateTime<FixedOffset>>,
    ended: Option<DateTime<FixedOffset>>,
    /// Tries.
    tries: i64,
    /// How often it was taken over from an engine that fell silent.
    taken_over: i64,
}

/// What became of instants, the newest first.
#[utoipa::path(
    get, path = "/api/v1/ticks", tag = "operation",
    params(
        ("schedule" = Option<String>, Query, description = "Of that schedule"),
        ("state" = Option<String>, Query, description = "In that state"),
        ("from" = Option<String>, Query, description = "Due at or after (RFC 3339)"),
        ("until" = Option<String>, Query, description = "Due at or before (RFC 3339)"),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 when not given"),
    ),
    responses((status = 200, body = Vec<Tick>), (status = 400, body = ProblemDetails), (status = 503, body = ProblemDetails)),
)]
pub async fn ticks(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<Tick>>, Problem> {
    let lang = language::of(query.as_deref(), &headers);
    let query = Query::parse(query.as_deref(), &["schedule", "state", "from", "until", "limit"])?;
    let asked = TickQuery {
        schedule: query.text("schedule").map(str::to_owned),
        state: query.text("state").map(|state| one_of("state", state, STATES)).transpose()?.map(str::to_owned),
        from: instant(&query, "from")?,
        until: instant(&query, "until")?,
        limit: query.number("limit", 1..=MOST)?.unwrap_or(USUAL),
    };
    let ticks = store(&app)?.ticks(&asked).await.map_err(|error| Problem::away(&error))?;
    Ok(Json(ticks.into_iter().map(|tick| told(tick, lang)).collect()))
}

/// Runs by schedule, the newest first.
#[utoipa::path(
    get, path = "/api/v1/runs", tag = "operation",
    params(
        ("schedule" = Option<String>, Query, description = "Of that schedule"),
        ("bot" = Option<String>, Query, description = "Of that bot"),
        ("limit" = Option<u32>, Query, description = "1 to 1000; 100 when not given"),
    ),
    responses((status = 200, body = Vec<Job>), (status = 400, body = ProblemDetails), (status = 503, body = ProblemDetails)),
)]
pub async fn runs(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<Job>>, Problem> {
    let lang = language::of(query.as_deref(), &headers);
    let query = Query::parse(query.as_deref(), &["schedule", "bot", "limit"])?;
    let asked = JobQuery {
        schedule: query.text("schedule").map(str::to_owned),
        bot: query.text("bot").map(str::to_owned),
        runs: true,
        limit: query.number("limit", 1..=MOST)?.unwrap_or(USUAL),
        ..JobQuery::default()
    };
    let jobs = store(&app)?.jobs(&asked).await.map_err(|error| Problem::away(&error))?;
    Ok(Json(jobs.into_iter().map(|job| job_told(job, lang)).collect()))
}

fn instant(query: &Query, name: &str) -> Result<Option<DateTime<Utc>>, Problem> {
    let Some(text) = query.text(name) else { return Ok(None) };
    let read = DateTime::parse_from_rfc3339(text).map(|at| Some(at.to_utc()));
    read.map_err(|_| Problem::bad_value(name, text, Message::new("web-need-instant")))
}

fn told(tick: TickRow, lang: Lang) -> Tick {
    Tick {
        schedule: tick.schedule,
        due: local(tick.due),
        state: tick.state,
        why: Why::read(&tick.why).map(|why| why.message().say(lang)),
        reason: serde_json::from_str(&tick.why).ok(),
        ended: tick.ended.map(local),
    }
}

fn job_told(job: JobRow, lang: Lang) -> Job {
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    Job {
        schedule: job.schedule,
        due: local(job.due),
        bot: job.bot,
        state: job.state,
        outcome: some(job.outcome),
        run: some(job.run),
        why: Why::read(&job.why).map(|why| why.message().say(lang)),
        started: job.started.map(local),
        ended: job.ended.map(local),
        tries: job.attempt,
        taken_over: job.taken,
    }
}
