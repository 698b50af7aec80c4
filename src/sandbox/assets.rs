//! The front-end frameworks as published on npm, each with its licence beside it (Vue 2.7.16, Element UI 2.15.14, layui
//! 2.9.13, sm-crypto 0.5.8, React 18.3.1, Day.js 1.11.23, antd 5.29.3, jQuery 3.8.0, Bootstrap 3.4.1,
//! bootstrap-table 1.27.3; only their links to source maps are taken out), and our own pages' scripts and styles.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "src/sandbox/assets/"]
struct Assets;

/// Answers `/static/PATH`.
pub(super) async fn asset(Path(path): Path<String>) -> Response {
    let Some(file) = Assets::get(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = file.metadata.mimetype().to_owned();
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=3600".to_owned())];
    (headers, file.data).into_response()
}
