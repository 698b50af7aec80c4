//! Registration: what the app's form asks for, saves and finds again.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::intake::{self, CHANNELS, FIELDS, ID_TYPES, Registered, Sent, Taken, Writing};
use super::super::items::Item;
use super::super::office::Office;
use super::super::places::TOWNS;
use super::{Caller, KIND, answer};

/// How long the villages of a town are under way: as long as one sees the list empty.
const VILLAGES_TAKE: Duration = Duration::from_millis(300);
/// The most applicants that are suggested.
const SUGGESTIONS: usize = 8;
/// The code of an answer that refuses what was filled in.
const INVALID: u16 = 422;

/// The API of registration.
pub(super) fn pages() -> Router<Arc<Office>> {
    Router::new()
        .route("/api/register/options", get(options))
        .route("/api/villages", get(villages))
        .route("/api/applicants", get(applicants))
        .route("/api/upload", post(upload))
        .route("/api/registered", get(list).post(save))
        .route("/api/registered/{receipt}", get(view).post(correct))
}

/// What can be chosen, villages apart.
async fn options(_: Caller) -> Response {
    let towns: Vec<&str> = TOWNS.iter().map(|town| town.name.as_str()).collect();
    let items = KIND.departments.iter().flat_map(|department| department.items).map(|item: &Item| item.name);
    let items: Vec<&str> = items.collect();
    answer(0, "查询成功", &json!({ "towns": towns, "items": items, "idTypes": ID_TYPES, "channels": CHANNELS }))
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    town: String,
    #[serde(default)]
    keyword: String,
}

async fn villages(_: Caller, Query(wanted): Query<Wanted>) -> Response {
    tokio::time::sleep(VILLAGES_TAKE).await;
    answer(0, "查询成功", &json!(intake::villages(&wanted.town)))
}

/// Applicants whose name begins so.
async fn applicants(State(office): State<Arc<Office>>, _: Caller, Query(wanted): Query<Wanted>) -> Response {
    let ledger = office.ledger();
    let mut names: Vec<&str> =
        ledger.find(&wanted.keyword, "").iter().map(|case| case.applicant.name.as_str()).collect();
    names.retain(|name| !wanted.keyword.is_empty() && name.starts_with(&wanted.keyword));
    names.sort_unstable();
    names.dedup();
    names.truncate(SUGGESTIONS);
    answer(0, "查询成功", &json!(names))
}

/// Takes a file at once, as the form's list of files sends it; its name goes with the form.
async fn upload(_: Caller, headers: HeaderMap, body: Bytes) -> Response {
    let sent = Sent::read(&headers, &body, Writing::Utf8);
    match sent.files.first() {
        Some(name) => answer(0, "上传成功", &json!({ "name": name })),
        None => answer(INVALID, "请选择文件", &Value::Null),
    }
}

async fn save(State(office): State<Arc<Office>>, _: Caller, Json(form): Json<Map<String, Value>>) -> Response {
    taken(&office, &form, None).await
}

async fn correct(
    State(office): State<Arc<Office>>,
    _: Caller,
    Path(receipt): Path<String>,
    Json(form): Json<Map<String, Value>>,
) -> Response {
    taken(&office, &form, Some(receipt)).await
}

async fn taken(office: &Arc<Office>, form: &Map<String, Value>, corrected: Option<String>) -> Response {
    match intake::register(office, sent(form), corrected).await {
        Taken::Saved(registered) => answer(0, "登记成功", &row(office, &registered)),
        Taken::Refused(refusal) => answer(INVALID, &refusal.words, &json!({ "field": refusal.field })),
        Taken::Unanswered(quiet) => quiet.response(),
    }
}

/// The app's form as every system's is read.
fn sent(form: &Map<String, Value>) -> Sent {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(on) => Some(on.to_string()),
        _ => None,
    };
    let fields = form.iter().filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect();
    let files = form.get("materials").and_then(Value::as_array).into_iter().flatten();
    Sent { fields, files: files.filter_map(text).collect() }
}

async fn list(State(office): State<Arc<Office>>, _: Caller, Query(wanted): Query<Wanted>) -> Response {
    let found: Vec<Registered> = office.intake().find(wanted.keyword.trim()).into_iter().cloned().collect();
    let rows: Vec<Value> = found.iter().map(|registered| row(&office, registered)).collect();
    answer(0, "查询成功", &json!({ "total": rows.len(), "rows": rows }))
}

async fn view(State(office): State<Arc<Office>>, _: Caller, Path(receipt): Path<String>) -> Response {
    let registered = office.intake().by_receipt(&receipt).cloned();
    let Some(registered) = registered else { return answer(404, "登记信息不存在", &Value::Null) };
    let lines = FIELDS.map(|(label, name)| json!({ "label": label, "name": name, "value": registered.fields[name] }));
    let mut whole = row(&office, &registered);
    whole["lines"] = json!(lines);
    whole["fields"] = json!(registered.fields);
    whole["files"] = json!(registered.files);
    answer(0, "查询成功", &whole)
}

/// A registration as the list shows it.
fn row(office: &Office, registered: &Registered) -> Value {
    json!({
        "receipt": registered.receipt,
        "note": registered.fields["note"],
        "applicant": registered.fields["applicant"],
        "item": registered.fields["item"],
        "time": intake::time(registered),
        "status": office.status_of(&registered.receipt),
    })
}
