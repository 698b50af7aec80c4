//! The HTTP side that all systems share.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::Listener;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::line::{Lines, Shears, Unanswered};
use super::office::{Office, bump};
use super::secure::{Guarded, Keys};
use super::{SandboxError, assets, control, redesign};

/// Serves `router` on a loopback `port` (0 for a free one) until `end`. Answers with its address.
pub(super) async fn listen(
    title: &'static str,
    router: Router,
    port: u16,
    end: CancellationToken,
) -> Result<(String, JoinHandle<()>), SandboxError> {
    let failed = |source| SandboxError::Listen { title, port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
    let address = format!("http://{}/", listener.local_addr().map_err(failed)?);
    let server = tokio::spawn(async move {
        let service = router.into_make_service_with_connect_info::<Shears>();
        let serving = axum::serve(Lines(listener), service).with_graceful_shutdown(end.cancelled_owned());
        // Serving only ends when it is told to; axum retries what accept refuses.
        drop(serving.await);
    });
    Ok((address, server))
}

/// 302, as such systems send it; axum's own redirects say 303.
pub(super) fn found(address: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, address)]).into_response()
}

/// The value of the caller's cookie of that name.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get(header::COOKIE).and_then(|value| value.to_str().ok())?;
    all.split(';').find_map(|cookie| cookie.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Serves `office` over TLS, to visitors with a certificate.
pub(super) async fn listen_securely(
    office: &Arc<Office>,
    keys: &Keys,
    port: u16,
    end: CancellationToken,
) -> Result<(String, JoinHandle<()>), SandboxError> {
    let failed = |source| SandboxError::Listen { title: office.system.title, port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
    let guarded = Guarded::new(listener, Arc::clone(office), keys).map_err(failed)?;
    let address = format!("https://{}/", guarded.local_addr().map_err(failed)?);
    let router = router(Arc::clone(office));
    let server = tokio::spawn(async move {
        drop(axum::serve(guarded, router).with_graceful_shutdown(end.cancelled_owned()).await);
    });
    Ok((address, server))
}

/// The pages of `office`, counted, and the practice's own door.
pub(super) fn router(office: Arc<Office>) -> Router {
    (office.system.pages)()
        .layer(from_fn_with_state(Arc::clone(&office), gate))
        .route("/static/{*path}", get(assets::asset))
        .layer(from_fn_with_state(Arc::clone(&office), redesign::dress))
        .route("/practice/control", post(control::control))
        .route("/practice/truth", get(control::truth))
        .route("/practice/registered", get(control::registered))
        .with_state(office)
}

/// Counts every page and call, takes its time when that was asked for, and answers all of them itself during maintenance.
async fn gate(State(office): State<Arc<Office>>, request: Request, next: Next) -> Response {
    bump(&office.counts.requests);
    let slow = office.trouble.slow.load(Ordering::Relaxed);
    if slow > 0 {
        tokio::time::sleep(Duration::from_millis(slow)).await;
    }
    if !office.trouble.maintenance.load(Ordering::Relaxed) {
        let line = request.extensions().get::<ConnectInfo<Shears>>().cloned();
        let response = next.run(request).await;
        if let (Some(ConnectInfo(line)), Some(Unanswered)) = (line, response.extensions().get()) {
            line.cut();
        }
        return response;
    }
    (office.system.maintenance)(request.uri().path())
}
