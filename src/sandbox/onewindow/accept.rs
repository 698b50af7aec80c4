//! The acceptance of a new case (新增受理) in three steps, with a draft that is kept between them.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use minijinja::{Value, context};
use serde::Deserialize;

use super::super::intake::{self, FIELDS, Refusal, Sent, Taken, Writing};
use super::super::office::Office;
use super::super::places::TOWNS;
use super::{KIND, Visitor, framed, notice};

/// The fields of each step.
const STEPS: [&[&str]; 3] = [
    &["note", "applicant", "applicant_type", "id_type", "id_number", "phone"],
    &["item", "town", "village", "applied", "channel", "deficient"],
    &["remark"],
];

/// An acceptance that is not finished.
#[derive(Debug, Clone, Default)]
pub(in crate::sandbox) struct Draft {
    pub(in crate::sandbox) fields: BTreeMap<String, String>,
    pub(in crate::sandbox) files: Vec<String>,
}

pub(super) fn pages() -> Router<Arc<Office>> {
    Router::new()
        .route("/accept", get(async || Redirect::to("/accept/1")))
        .route("/accept/{step}", get(show).post(take))
        .route("/drafts", get(drafts))
        .route("/registered", get(list))
        .route("/registered/{receipt}", get(view))
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    draft: String,
    #[serde(default)]
    keyword: String,
}

async fn show(
    State(office): State<Arc<Office>>,
    visitor: Visitor,
    Path(step): Path<usize>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let draft = office.desk().drafts.get(&wanted.draft).cloned();
    match draft {
        Some(draft) => page(&office, &visitor, step, &wanted.draft, &draft, None),
        None if step == 1 && wanted.draft.is_empty() => page(&office, &visitor, 1, "", &Draft::default(), None),
        None => gone(),
    }
}

fn gone() -> Response {
    notice("草稿不存在", "该草稿不存在或者已经提交。", false)
}

fn page(
    office: &Office,
    visitor: &Visitor,
    step: usize,
    id: &str,
    draft: &Draft,
    refusal: Option<&Refusal>,
) -> Response {
    let town = draft.fields.get("town").map(String::as_str).unwrap_or_default();
    let villages: BTreeMap<&str, Vec<&str>> =
        TOWNS.iter().map(|town| (town.name.as_str(), intake::villages(&town.name))).collect();
    let villages = serde_json::to_string(&villages).expect("names are plain values");
    let said =
        |(label, name): (&'static str, &'static str)| (label, draft.fields.get(name).cloned().unwrap_or_default());
    let values = context! {
        step,
        draft => id,
        fields => draft.fields.clone(),
        files => draft.files.join("、"),
        lines => FIELDS.map(said),
        token => visitor.token(office),
        wrong => refusal.map(Refusal::by_field),
        all_villages => Value::from_safe_string(villages),
        ..intake::choices(&KIND, town)
    };
    framed(office, "新增受理", "accept.html", values)
}

/// Takes one step: goes on or back, keeps the draft, or hands it in.
async fn take(
    State(office): State<Arc<Office>>,
    visitor: Visitor,
    Path(step): Path<usize>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let sent = Sent::read(&headers, &body, Writing::Utf8);
    if let Some(stranger) = visitor.stranger(&office, &sent) {
        return stranger;
    }
    let Some(own) = step.checked_sub(1).and_then(|index| STEPS.get(index)) else { return gone() };
    let mut id = sent.field("draft").to_owned();
    let known = office.desk().drafts.get(&id).cloned();
    let mut draft = match known {
        Some(draft) => draft,
        None if step == 1 && id.is_empty() => {
            id = office.desk().draft_number();
            Draft::default()
        }
        None => return gone(),
    };
    let said = sent.fields_of_form();
    draft.fields.extend(own.iter().map(|&name| (name.to_owned(), said[name].clone())));
    draft.files.extend(sent.files.iter().cloned());
    office.desk().drafts.insert(id.clone(), draft.clone());
    let action = sent.field("action");
    match action {
        "back" => Redirect::to(&format!("/accept/{}?draft={id}", step.saturating_sub(1).max(1))).into_response(),
        "save" => Redirect::to("/drafts").into_response(),
        "submit" if step == STEPS.len() => hand_in(&office, &visitor, &id, &draft).await,
        _ => match intake::checked(&KIND, &whole(&draft), office.now()) {
            Some(refusal) if own.iter().any(|&name| refusal.field.as_deref() == Some(name)) => {
                page(&office, &visitor, step, &id, &draft, Some(&refusal))
            }
            _ => Redirect::to(&format!("/accept/{}?draft={id}", (step + 1).min(STEPS.len()))).into_response(),
        },
    }
}

fn whole(draft: &Draft) -> Sent {
    Sent { fields: draft.fields.clone().into_iter().collect(), files: draft.files.clone() }
}

async fn hand_in(office: &Arc<Office>, visitor: &Visitor, id: &str, draft: &Draft) -> Response {
    // Whoever takes the draft first hands it in: a second press finds it gone.
    if office.desk().drafts.remove(id).is_none() {
        return gone();
    }
    match intake::register(office, whole(draft), None).await {
        Taken::Saved(registered) => {
            let values = intake::shown(&registered, office.status_of(&registered.receipt));
            framed(office, "受理结果", "accepted.html", context! { saved => true, ..values })
        }
        Taken::Refused(refusal) => {
            office.desk().drafts.insert(id.to_owned(), draft.clone());
            let has = |own: &&[&str]| own.iter().any(|&name| refusal.field.as_deref() == Some(name));
            let step = STEPS.iter().position(has).map_or(STEPS.len(), |index| index + 1);
            page(office, visitor, step, id, draft, Some(&refusal))
        }
        Taken::Unanswered(quiet) => quiet.response(),
    }
}

async fn drafts(State(office): State<Arc<Office>>, _: Visitor) -> Response {
    let drafts = office.desk().drafts.clone();
    let row = |(id, draft): (String, Draft)| context! { id, fields => draft.fields };
    let rows: Vec<Value> = drafts.into_iter().map(row).collect();
    framed(&office, "草稿箱", "drafts.html", context! { rows })
}

async fn list(State(office): State<Arc<Office>>, _: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let keyword = wanted.keyword.trim();
    framed(&office, "登记查询", "registered.html", context! { rows => intake::rows(&office, keyword), keyword })
}

async fn view(State(office): State<Arc<Office>>, _: Visitor, Path(receipt): Path<String>) -> Response {
    let registered = office.intake().by_receipt(&receipt).cloned();
    let Some(registered) = registered else {
        return notice("登记信息不存在", "该登记信息不存在或您无权查看。", false);
    };
    let values = intake::shown(&registered, office.status_of(&receipt));
    framed(&office, "登记详情", "accepted.html", values)
}
