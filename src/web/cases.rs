//! `GET /api/v1/cases` and `GET /api/v1/cases/{project_no}`.

use axum::{
    Json,
    extract::{Path, RawQuery, State},
    http::StatusCode,
};

use super::{
    problem::{Problem, ProblemDetails},
    query::{Query, one_of},
    state::App,
};
use crate::{
    base::Message,
    hub::{CaseAcross, CaseFilter, CasePage, HubError, PAGE_CASES, View},
    record::Status,
};

/// Cases in an answer when nobody says how many.
const USUAL: u32 = 50;

/// Cases, newest change first; personal fields are masked.
#[utoipa::path(
    get, path = "/api/v1/cases", tag = "cases",
    params(
        ("system" = Option<String>, Query, description = "Of that system"),
        ("status" = Option<String>, Query, description = "In that status (canonical word)"),
        ("site" = Option<String>, Query, description = "At that site"),
        ("q" = Option<String>, Query, description = "With that text in number, item or department; people's names are not searched"),
        ("limit" = Option<u32>, Query, description = "1 to 200; 50 when not given"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, body = CasePage), (status = 400, body = ProblemDetails), (status = 503, body = ProblemDetails)),
)]
pub async fn cases(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Json<CasePage>, Problem> {
    let query = Query::parse(query.as_deref(), &["system", "status", "site", "q", "limit", "cursor"])?;
    let text = |name| query.text(name).map(str::to_owned);
    let words: Vec<&'static str> = Status::ALL.iter().map(|status| status.word()).collect();
    let status = query.text("status").map(|word| one_of("status", word, &words)).transpose()?;
    let filter = CaseFilter {
        system: text("system"),
        status: status.and_then(|word| word.parse().ok()),
        site: text("site"),
        q: text("q"),
        limit: query.number("limit", 1..=PAGE_CASES)?.unwrap_or(USUAL),
        cursor: query.number("cursor", 0..=i64::MAX)?.map(|cursor| cursor.to_string()),
        view: View::Masked,
    };
    app.hub.cases(&filter).await.map(Json).map_err(|error| refused(&error))
}

/// One case across systems, found by its number, its number in any system, or a receipt; personal fields are masked.
#[utoipa::path(
    get, path = "/api/v1/cases/{project_no}", tag = "cases",
    params(("project_no" = String, Path, description = "办件编号, a system's own number, or a receipt")),
    responses((status = 200, body = CaseAcross), (status = 404, body = ProblemDetails), (status = 503, body = ProblemDetails)),
)]
pub async fn case(
    State(app): State<App>,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<CaseAcross>, Problem> {
    Query::parse(query.as_deref(), &[])?;
    let found = app.hub.case(&number, View::Masked).await.map_err(|error| refused(&error))?;
    found.map(Json).ok_or_else(|| {
        let message = Message::new("web-not-found-case").with("project_no", number);
        Problem::new(StatusCode::NOT_FOUND, message)
    })
}

/// A question that the hub cannot answer is the asker's; everything else is ours.
pub fn refused(error: &HubError) -> Problem {
    match error {
        HubError::Ask { reason } => Problem::bad_request(Message::new("web-bad-stats").with("reason", reason)),
        other => Problem::away(other),
    }
}
