//! Refusals as `application/problem+json` (RFC 9457), in the language that the request asks for.

use axum::{
    extract::Request,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER, VARY, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::language;
use crate::base::{Lang, Message, chain};

/// After how many seconds a passing refusal may be tried again.
const RETRY_SECONDS: u64 = 5;

/// What a client reads when it is refused.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemDetails {
    /// A name of this kind of refusal that stays.
    #[schema(example = "urn:queqiao:problem:unknown-parameter")]
    pub r#type: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong and what to do, in the language asked for.
    pub detail: String,
}

/// A refusal on its way to the client; [`speak`] gives it its words.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    message: Message,
    /// Fills the message's `reason`, in the same language.
    reason: Option<Message>,
}

impl Problem {
    /// A refusal with that status and those words.
    pub fn new(status: StatusCode, message: Message) -> Self {
        Self { status, message, reason: None }
    }

    /// 400 with those words.
    pub fn bad_request(message: Message) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 400 for a parameter's value, and why it does not fit.
    pub fn bad_value(name: &str, value: &str, reason: Message) -> Self {
        let message = Message::new("web-bad-value").with("name", name).with("value", value);
        Self { reason: Some(reason), ..Self::bad_request(message) }
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The words of the refusal.
    pub fn say(&self, lang: Lang) -> String {
        match &self.reason {
            Some(reason) => self.message.clone().with("reason", reason.say(lang)).say(lang),
            None => self.message.say(lang),
        }
    }

    /// 503: the trouble is logged, the client reads only that it should try again.
    pub fn away(trouble: &dyn std::error::Error) -> Self {
        tracing::error!(error = chain(trouble), "the hub cannot answer");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, Message::new("web-hub-away"))
    }

    fn spoken(&self, lang: Lang) -> ProblemDetails {
        let name = self.message.id.strip_prefix("web-").unwrap_or(self.message.id);
        ProblemDetails {
            r#type: format!("urn:queqiao:problem:{name}"),
            title: self.status.canonical_reason().unwrap_or("Refused").to_owned(),
            status: self.status.as_u16(),
            detail: self.say(lang),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the words of a refusal into its answer.
pub async fn speak(request: Request, next: Next) -> Response {
    let lang = language::of(request.uri().query(), request.headers());
    let (path, method) = (request.uri().path().to_owned(), request.method().to_string());
    let mut response = next.run(request).await;
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let message = Message::new("web-wrong-method").with("path", path).with("method", method);
        response.extensions_mut().insert(Problem::new(StatusCode::METHOD_NOT_ALLOWED, message));
    }
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let body = serde_json::to_vec(&problem.spoken(lang)).expect("a problem has only plain fields");
    *response.body_mut() = body.into();
    let headers = response.headers_mut();
    headers.remove(axum::http::header::CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language::tag(lang)));
    headers.append(VARY, HeaderValue::from_static("accept-language"));
    match problem.status {
        StatusCode::UNAUTHORIZED => drop(headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
        StatusCode::SERVICE_UNAVAILABLE => drop(headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_SECONDS))),
        _ => {}
    }
    response
}
