//! How far the department has come with a case (办理进度), as the window is told.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use minijinja::context;

use super::super::intake::{self, Refusal, Sent, Taken, Writing};
use super::super::office::Office;
use super::{Visitor, framed, notice, row};

/// What the department's state can be (部门办理状态).
const STATES: [&str; 6] = ["已登记", "已受理", "办理中", "已办结", "不予受理", "已退件"];

/// What the department has told about a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox) struct Progress {
    /// The department's number for it.
    pub(in crate::sandbox) receipt: String,
    pub(in crate::sandbox) progress: String,
    pub(in crate::sandbox) remark: String,
    /// How often it was saved.
    pub(in crate::sandbox) times: u32,
}

pub(super) fn pages() -> Router<Arc<Office>> {
    Router::new().route("/cases/{id}/progress", get(form).post(save))
}

/// The number of the case with that key.
fn number(office: &Office, id: &str) -> Option<String> {
    let ledger = office.ledger();
    id.parse().ok().and_then(|id| ledger.by_id(id)).map(|case| case.source_no.clone())
}

fn missing() -> Response {
    notice("办件不存在", "该办件不存在或您无权查看。", false)
}

async fn form(State(office): State<Arc<Office>>, visitor: Visitor, Path(id): Path<String>) -> Response {
    let Some(number) = number(&office, &id) else { return missing() };
    let told = office.desk().progress.get(&number).cloned();
    let [receipt, progress, remark] = told.map(|told| [told.receipt, told.progress, told.remark]).unwrap_or_default();
    show(&office, &visitor, &number, [&receipt, &progress, &remark], None)
}

fn show(
    office: &Office,
    visitor: &Visitor,
    number: &str,
    [receipt, progress, remark]: [&str; 3],
    refusal: Option<&Refusal>,
) -> Response {
    let case = office.ledger().by_number(number).map(|case| row(case, None));
    let (token, wrong) = (visitor.token(office), refusal.map(Refusal::by_field));
    let values = context! { case, receipt, progress, remark, token, wrong, states => STATES };
    framed(office, "办理进度", "progress.html", values)
}

async fn save(
    State(office): State<Arc<Office>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let sent = Sent::read(&headers, body.as_bytes(), Writing::Utf8);
    if let Some(stranger) = visitor.stranger(&office, &sent) {
        return stranger;
    }
    let Some(number) = number(&office, &id) else { return missing() };
    let typed = ["receipt", "progress", "remark"].map(|name| sent.field(name).to_owned());
    let (told, of) = (typed.clone(), number.clone());
    match intake::saving(&office, move |office| keep(office, of, told)).await {
        Taken::Saved(()) => Redirect::to(&format!("/cases/{id}?saved=1")).into_response(),
        Taken::Refused(refusal) => {
            show(&office, &visitor, &number, typed.each_ref().map(String::as_str), Some(&refusal))
        }
        Taken::Unanswered(quiet) => quiet.response(),
    }
}

fn keep(office: &Office, number: String, [receipt, progress, remark]: [String; 3]) -> Result<(), Refusal> {
    if receipt.is_empty() {
        return Err(Refusal::at("receipt", "请填写部门受理编号"));
    }
    if !STATES.contains(&progress.as_str()) {
        return Err(Refusal::at("progress", "请选择部门办理状态"));
    }
    let mut desk = office.desk();
    let times = desk.progress.get(&number).map_or(0, |told| told.times) + 1;
    desk.progress.insert(number, Progress { receipt, progress, remark, times });
    Ok(())
}
