//! Labels, line breaks, rows of headers, zones, days that nobody knows, notations of others.
#![expect(clippy::unwrap_used, reason = "a test that can't go on should stop there")]

mod days;
mod figures;
mod grids;
mod labels;
mod lines;
mod notations;
mod rows;
mod zones;

use std::path::Path;

use axum::{Router, routing::get};
use queqiao::{adapter::Adapters, base::Lang};

use super::trial::Trial;

/// A page of HTML, whatever is asked for.
fn page_at(path: &'static str, html: String) -> Router {
    let html = axum::response::Html(html);
    Router::new().route(path, get(move || async move { html.clone() }))
}

/// A list as an answer for scripts, under `/rows`.
fn rows_of(rows: Vec<serde_json::Value>) -> Router {
    let answer = serde_json::json!({ "total": rows.len(), "rows": rows }).to_string();
    let headers = [(axum::http::header::CONTENT_TYPE, "application/json")];
    Router::new().route("/rows", get(move || async move { (headers, answer.clone()) }))
}

/// What `check` tells of a case's adapters once they were edited, in Chinese and in English; empty where they are clean.
async fn told(name: &str, edit: impl FnOnce(&Path)) -> [String; 2] {
    let mut told = [String::new(), String::new()];
    let _ = Trial::tried(name, Router::new(), |root| {
        edit(root);
        let report = Adapters::check(root).1;
        if !report.mistakes.is_empty() {
            told = [Lang::Zh, Lang::En].map(|lang| report.render(lang, false));
        }
    })
    .await;
    told
}
