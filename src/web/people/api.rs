//! The same by API.

use axum::{
    Json,
    extract::{FromRequestParts, Path, RawQuery, State, rejection::JsonRejection},
    http::request::Parts,
};
use serde::Deserialize;

use super::{
    super::{
        door,
        problem::{Problem, ProblemDetails},
        query::Query,
        state::App,
    },
    list::{self, PeopleList, Reply},
};
use crate::base::Message;

/// Who answers where nobody says.
const SOMEBODY: &str = "api";

/// A request that may see what waits for people, and answer.
pub struct Answering;

impl FromRequestParts<App> for Answering {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        door::check(app, parts).map(|()| Self)
    }
}

/// An answer.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonsAnswer {
    /// To a question: what the picture says, the code, the decision. To an entry: `enter`, `settled` or `cancel`;
    /// to one that was cancelled: `reopen`.
    answer: String,
    /// Who answers.
    person: Option<String>,
    /// With `settled`: the number under which the target has it.
    receipt: Option<String>,
    /// Of a decision: why, for those who read it later.
    because: Option<String>,
}

/// What waits for a person, and what has ended lately. Where no token is set, only for clients on the same machine.
#[utoipa::path(
    get, path = "/api/v1/people", tag = "people",
    responses(
        (status = 200, body = PeopleList), (status = 401, body = ProblemDetails), (status = 403, body = ProblemDetails),
        (status = 404, body = ProblemDetails), (status = 503, body = ProblemDetails),
    ),
    security(("token" = [])),
)]
pub async fn people(
    _: Answering,
    State(app): State<App>,
    RawQuery(query): RawQuery,
) -> Result<Json<PeopleList>, Problem> {
    Query::parse(query.as_deref(), &[])?;
    list::list(&app).await.map(Json)
}

/// Answers a question of a bot, or decides about an entry. Of several answers the first counts.
#[utoipa::path(
    post, path = "/api/v1/people/{id}/answer", tag = "people",
    params(("id" = String, Path, description = "`id` of what waits")),
    request_body = PersonsAnswer,
    responses(
        (status = 204, description = "It counts"), (status = 400, body = ProblemDetails), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 409, description = "Somebody was quicker, or the time is over", body = ProblemDetails),
        (status = 503, body = ProblemDetails),
    ),
    security(("token" = [])),
)]
pub async fn answer(
    _: Answering,
    State(app): State<App>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    body: Result<Json<PersonsAnswer>, JsonRejection>,
) -> Result<axum::http::StatusCode, Problem> {
    Query::parse(query.as_deref(), &[])?;
    let Json(said) = body.map_err(|rejection| {
        Problem::bad_request(Message::new("web-people-body").with("reason", rejection.body_text()))
    })?;
    let reply = Reply {
        answer: &said.answer,
        person: said.person.as_deref().unwrap_or(SOMEBODY),
        receipt: said.receipt.as_deref(),
        because: said.because.as_deref(),
    };
    list::take(&app, &id, &reply).await.map(|()| axum::http::StatusCode::NO_CONTENT)
}
