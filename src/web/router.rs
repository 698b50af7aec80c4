//! Which address is answered by what, and what every answer carries.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS},
    },
    middleware::{from_fn, from_fn_with_state},
    routing::{get, post},
};
use tower_http::{compression::CompressionLayer, set_header::SetResponseHeaderLayer};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    cases, changes, feed, health, metrics, overview, people, problem, problem::Problem, records, schedules, screen,
    state::App, stats, ticks,
};
use crate::base::Message;

/// Everything from this server, nothing from elsewhere, in nobody's frame. A page with forms has a policy of its own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(OpenApi)]
#[openapi(
    info(title = "Queqiao", description = "Cases and figures of a district's approval systems. Every figure comes with as_of, coverage and gap; personal fields are masked."),
    components(schemas(problem::ProblemDetails)),
    modifiers(&Bearer),
)]
struct Described;

struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        api.components.get_or_insert_default().add_security_scheme("token", scheme);
    }
}

/// The whole server.
pub fn router(app: App) -> Router {
    let (routes, api) = OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(overview::overview))
        .routes(routes!(stats::stats))
        .routes(routes!(cases::cases))
        .routes(routes!(cases::case))
        .routes(routes!(schedules::schedules))
        .routes(routes!(schedules::pause))
        .routes(routes!(schedules::resume))
        .routes(routes!(ticks::ticks))
        .routes(routes!(ticks::runs))
        .routes(routes!(feed::feed))
        .routes(routes!(changes::changes))
        .routes(routes!(records::records))
        .routes(routes!(people::people))
        .routes(routes!(people::answer))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(metrics::metrics))
        .split_for_parts();
    let document = axum::body::Bytes::from(serde_json::to_vec(&api).expect("the description is plain JSON"));
    routes
        .route("/api/v1/openapi.json", get(move || async move { ([("content-type", "application/json")], document) }))
        .route("/", get(screen::home))
        .route("/screen", get(screen::screen))
        .route("/desk", get(screen::desk))
        .route("/people", get(people::show))
        .route("/people/sign-in", post(people::sign_in))
        .route("/people/sign-out", post(people::sign_out))
        .route("/people/answer", post(people::answered))
        .route("/people/decide", post(people::decided))
        .route("/assets/{*path}", get(screen::asset))
        .fallback(nothing)
        .layer(DefaultBodyLimit::max(records::MAX_BODY))
        .layer(from_fn_with_state(app.clone(), count))
        .with_state(app)
        .layer(from_fn(problem::speak))
        .layer(CompressionLayer::new())
        .layer(SetResponseHeaderLayer::if_not_present(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)))
        .layer(header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(X_FRAME_OPTIONS, "DENY"))
        .layer(SetResponseHeaderLayer::if_not_present(REFERRER_POLICY, HeaderValue::from_static("no-referrer")))
}

fn header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

async fn nothing(request: Request) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, Message::new("web-not-found").with("path", request.uri().path()))
}

async fn count(State(app): State<App>, request: Request, next: axum::middleware::Next) -> axum::response::Response {
    let route = request.extensions().get::<axum::extract::MatchedPath>().map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    app.counters.answered(route.as_deref().unwrap_or("other"), response.status());
    response
}
