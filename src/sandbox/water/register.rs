//! Registration: a layui form that is posted in GB18030, the query of what was registered, and its view.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use minijinja::context;

use super::super::gb;
use super::super::intake::{self, Refusal, Sent, Taken, Writing};
use super::super::office::Office;
use super::{KIND, Visitor, notice, render};

/// The pages of registration.
pub(super) fn pages() -> Router<Arc<Office>> {
    Router::new()
        .route("/case/register.do", get(form).post(save))
        .route("/case/villages.do", get(villages))
        .route("/case/registered.do", get(list))
        .route("/case/registration.do", get(view))
}

/// The form, empty or, with a receipt, as it was saved.
async fn form(State(office): State<Arc<Office>>, _: Visitor, RawQuery(query): RawQuery) -> Response {
    let receipt = wanted(query.as_deref(), "no");
    let earlier = office.intake().by_receipt(&receipt).map(|registered| registered.fields.clone());
    match earlier {
        Some(fields) => show(&fields, &receipt, None),
        None if receipt.is_empty() => show(&BTreeMap::new(), "", None),
        None => notice("登记信息不存在", "该登记信息不存在或您无权查看。", false),
    }
}

fn show(fields: &BTreeMap<String, String>, receipt: &str, refusal: Option<&Refusal>) -> Response {
    let town = fields.get("town").map(String::as_str).unwrap_or_default();
    let wrong = refusal.map(Refusal::by_field);
    render("register.html", context! { fields => fields.clone(), receipt, wrong, ..intake::choices(&KIND, town) })
}

async fn save(State(office): State<Arc<Office>>, _: Visitor, headers: HeaderMap, body: Bytes) -> Response {
    let sent = Sent::read(&headers, &body, Writing::Gb18030);
    let fields = sent.fields_of_form();
    let receipt = sent.field("no").to_owned();
    let corrected = Some(receipt.clone()).filter(|receipt| !receipt.is_empty());
    match intake::register(&office, sent, corrected).await {
        Taken::Saved(registered) => {
            let status = office.status_of(&registered.receipt);
            render("registration.html", context! { saved => true, ..intake::shown(&registered, status) })
        }
        Taken::Refused(refusal) => show(&fields, &receipt, Some(&refusal)),
        Taken::Unanswered(quiet) => quiet.response(),
    }
}

/// The villages of a town, for the form's script, which writes and reads UTF-8 whatever the page is written in.
async fn villages(_: Visitor, RawQuery(query): RawQuery) -> Json<Vec<&'static str>> {
    let query = query.unwrap_or_default();
    let town = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "town");
    Json(town.map(|(_, town)| intake::villages(&town)).unwrap_or_default())
}

async fn list(State(office): State<Arc<Office>>, _: Visitor, RawQuery(query): RawQuery) -> Response {
    let keyword = wanted(query.as_deref(), "keyword");
    render("registered.html", context! { rows => intake::rows(&office, &keyword), keyword })
}

async fn view(State(office): State<Arc<Office>>, _: Visitor, RawQuery(query): RawQuery) -> Response {
    let receipt = wanted(query.as_deref(), "no");
    let registered = office.intake().by_receipt(&receipt).cloned();
    match registered {
        Some(registered) => render("registration.html", intake::shown(&registered, office.status_of(&receipt))),
        None => notice("登记信息不存在", "该登记信息不存在或您无权查看。", false),
    }
}

fn wanted(query: Option<&str>, name: &str) -> String {
    let fields = gb::fields(query.unwrap_or_default());
    fields.get(name).map(|value| value.trim().to_owned()).unwrap_or_default()
}
