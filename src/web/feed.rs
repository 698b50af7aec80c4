//! `GET /api/v1/feed`: the journal as server-sent events.
//!
//! Nothing is broadcast, so nothing can be missed: each subscriber reads the journal from its own position, at its own
//! pace, and is only woken by the hub.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse, Sse,
        sse::{Event, KeepAlive},
    },
};
use tokio::sync::OwnedSemaphorePermit;
use tokio_stream::wrappers::ReceiverStream;

use super::{
    follower::{Follower, Topics},
    problem::Problem,
    query::{Query, one_of},
    state::App,
};
use crate::base::Message;

/// Live subscribers at one time: a hall's screens and a few programs; each costs a connection and about 20 KB.
pub const MAX_SUBSCRIBERS: usize = 256;

/// Events that may wait for a slow subscriber; past that it reads the journal later.
const WAITING: usize = 32;

/// A comment this often keeps proxies from closing a quiet connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The topics that can be asked for.
const TOPICS: &[&str] = &["cases", "readings", "entries", "stats", "pulse"];

/// Follows the journal.
#[utoipa::path(
    get, path = "/api/v1/feed", tag = "live",
    params(
        ("topic" = Option<String>, Query, description = "Comma-separated: `cases` (events `case`, `quarantined`), `readings` (events `reading`, `system`), `entries` (events `link`, `entry`), `stats` (events `stats`: the overview, at most about one in 500 ms), `pulse` (events `pulse` every 5 s with the hub's time, for clients that watch the line). Default: cases,readings,entries,stats"),
        ("after" = Option<i64>, Query, description = "Journal position to go on from; the header Last-Event-ID wins over it. Default: the journal's end"),
        ("Last-Event-ID" = Option<i64>, Header, description = "The id of the last event received: goes on after it without loss or repeat"),
    ),
    responses(
        (status = 200, content_type = "text/event-stream", description = "`id:` is the journal position, `data:` a change, or the overview", body = String),
        (status = 400, body = super::problem::ProblemDetails), (status = 503, body = super::problem::ProblemDetails),
    ),
)]
pub async fn feed(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let query = Query::parse(query.as_deref(), &["topic", "after"])?;
    let mut topics = Topics::default();
    for topic in query.list("topic") {
        match one_of("topic", topic, TOPICS)? {
            "cases" => topics.cases = true,
            "readings" => topics.readings = true,
            "entries" => topics.entries = true,
            "pulse" => topics.pulse = true,
            _ => topics.stats = true,
        }
    }
    if topics == Topics::default() {
        topics = Topics { cases: true, readings: true, entries: true, stats: true, pulse: false };
    }
    let after = start(&app, &query, &headers).await?;
    let place = place(&app)?;
    let (events, waiting) = tokio::sync::mpsc::channel::<Result<Event, Infallible>>(WAITING);
    let follower = Follower::new(&app, topics, after, events);
    let stop = app.stop.clone();
    tokio::spawn(async move {
        let _place: OwnedSemaphorePermit = place;
        stop.run_until_cancelled(follower.follow()).await;
    });
    let headers = [("cache-control", "no-cache"), ("x-accel-buffering", "no")];
    Ok((headers, Sse::new(ReceiverStream::new(waiting)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))))
}

/// Where to go on from; `None` for the journal's end.
async fn start(app: &App, query: &Query, headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let header = headers.get("last-event-id").map(|value| value.to_str().unwrap_or("?"));
    let Some(given) = header.filter(|id| !id.is_empty()).or_else(|| query.text("after")) else { return Ok(None) };
    let Some(after) = given.parse::<i64>().ok().filter(|after| *after >= 0) else {
        return Err(Problem::bad_request(Message::new("web-bad-position").with("value", given)));
    };
    let told = *app.hub.watch().borrow();
    if after <= told {
        return Ok(Some(after));
    }
    // Another process may have written what this one has not been told of yet.
    let newest = app.hub.position().await.map_err(|error| Problem::away(&error))?;
    if after > newest {
        let message = Message::new("web-position-ahead").with("after", after).with("newest", newest);
        return Err(Problem::new(StatusCode::CONFLICT, message));
    }
    Ok(Some(after))
}

fn place(app: &App) -> Result<OwnedSemaphorePermit, Problem> {
    Arc::clone(&app.subscribers).try_acquire_owned().map_err(|_| {
        let message = Message::new("web-too-many-subscribers").with("limit", MAX_SUBSCRIBERS);
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, message)
    })
}
