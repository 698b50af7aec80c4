//! `POST /api/v1/records`: a runner hands over what it read.

use axum::{
    body::Bytes,
    extract::{RawQuery, State, rejection::BytesRejection},
    http::{
        HeaderMap, StatusCode,
        header::{ACCEPT, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{
    idempotency::Turn,
    lines::{self, Line},
    problem::{Problem, ProblemDetails},
    query::Query,
    state::App,
    token::Writer,
};
use crate::{base::Message, hub::Fate, record::Record};

/// Bytes that one batch may have: 10,000 lines of the usual 800 bytes.
pub const MAX_BODY: usize = 8 << 20;

/// What became of one line.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Acknowledged {
    /// The line's number in the body, from 1. Blank lines are counted, but not answered.
    line: u64,
    /// What became of it.
    #[serde(flatten)]
    fate: Fate,
}

/// Takes a batch of records in one transaction and says of each line what became of it. A line that is no record is refused with
/// the reason and does not hold up the others. The same batch may be sent again at any time.
#[utoipa::path(
    post, path = "/api/v1/records", tag = "records",
    params(("Idempotency-Key" = Option<String>, Header, description = "Up to 255 visible characters; a repeat with the same key and bytes gets the same answer")),
    request_body(content = String, content_type = "application/x-ndjson", description = "One `Record` a line, at most 10,000 lines and 8 MiB"),
    responses(
        (status = 200, description = "One `Acknowledged` a line, or a list of them where JSON is accepted", body = Vec<Acknowledged>),
        (status = 400, body = ProblemDetails), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 413, body = ProblemDetails), (status = 422, body = ProblemDetails),
        (status = 503, body = ProblemDetails),
    ),
    security(("token" = [])),
)]
pub async fn records(
    _: Writer,
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    Query::parse(query.as_deref(), &[])?;
    let body = body.map_err(|rejection| unread(&rejection))?;
    let text = str::from_utf8(&body).map_err(|_| Problem::bad_request(Message::new("web-body-not-text")))?;
    let said = match app.keys.turn(&headers, &body)? {
        Turn::Again(said) => said,
        Turn::First(claim) => {
            let said = ndjson(&take(&app, lines::read(text)?).await?);
            claim.keep(&said);
            said
        }
    };
    Ok(answer(&headers, said))
}

/// Ingests the lines that are records; in the lines' order, what became of each.
async fn take(app: &App, lines: Vec<Line>) -> Result<Vec<Acknowledged>, Problem> {
    let mut records: Vec<Record> = Vec::with_capacity(lines.len());
    let mut answers: Vec<Acknowledged> = Vec::with_capacity(lines.len());
    let mut taken = Vec::with_capacity(lines.len());
    for Line { number, record } in lines {
        match record {
            Ok(record) => {
                taken.push(number);
                records.push(record);
            }
            Err(reason) => answers.push(Acknowledged { line: number, fate: Fate::Refused { reason } }),
        }
    }
    if !records.is_empty() {
        let fates = app.hub.ingest(&records).await.map_err(|error| Problem::away(&error))?;
        for ((line, record), fate) in taken.into_iter().zip(&records).zip(fates) {
            app.counters.posted(record.kind(), &fate);
            answers.push(Acknowledged { line, fate });
        }
    }
    answers.sort_by_key(|answer| answer.line);
    Ok(answers)
}

fn ndjson(answers: &[Acknowledged]) -> String {
    let line = |answer| serde_json::to_string(answer).expect("an answer has only plain fields") + "\n";
    answers.iter().map(line).collect()
}

fn answer(headers: &HeaderMap, said: String) -> Response {
    let accepts =
        |kind| headers.get_all(ACCEPT).iter().any(|value| value.to_str().is_ok_and(|value| value.contains(kind)));
    if accepts("application/json") && !accepts("ndjson") {
        let list = format!("[{}]", said.trim_end().replace('\n', ","));
        return ([(CONTENT_TYPE, "application/json")], list).into_response();
    }
    ([(CONTENT_TYPE, "application/x-ndjson")], said).into_response()
}

fn unread(rejection: &BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let message = Message::new("web-body-too-large").with("limit", MAX_BODY >> 20);
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, message);
    }
    Problem::bad_request(Message::new("web-body-broken"))
}
