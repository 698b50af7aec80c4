//! Registration: a form whose towns send it back for their villages, validators beside its fields, and a grid of what was
//! registered.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use minijinja::context;
use serde::Deserialize;

use super::super::intake::{self, CHANNELS, FIELDS, ID_TYPES, Refusal, Sent, Taken, Writing};
use super::super::office::Office;
use super::super::places::TOWNS;
use super::super::webforms::{Offer, Posted};
use super::{KIND, Visitor, form, framed, refused, tip};

const PAGE: &str = "Register.aspx";
const LIST: &str = "RegisterList.aspx";
const VIEW: &str = "RegisterView.aspx";
const SAVE: &str = "ctl00$Main$btnSave";
const QUERY: &str = "ctl00$Main$btnQuery";
const KEYWORD: &str = "ctl00$Main$txtKeyword";
/// The kinds of applicant, as the form's buttons say them.
const APPLICANT_TYPES: [&str; 2] = ["自然人", "法人"];

/// The form's controls, by the fields' names.
const CONTROLS: [(&str, &str); 13] = [
    ("note", "txtNote"),
    ("applicant", "txtApplicant"),
    ("applicant_type", "rblApplicantType"),
    ("id_type", "ddlIdType"),
    ("id_number", "txtIdNumber"),
    ("phone", "txtPhone"),
    ("town", "ddlTown"),
    ("village", "ddlVillage"),
    ("item", "ddlItem"),
    ("applied", "txtApplied"),
    ("channel", "rblChannel"),
    ("deficient", "chkDeficient"),
    ("remark", "txtRemark"),
];

pub(super) fn pages() -> Router<Arc<Office>> {
    Router::new()
        .route("/Register.aspx", get(show).post(post))
        .route("/RegisterList.aspx", get(list).post(query))
        .route("/RegisterView.aspx", get(view))
}

/// The full name of the control of that field.
fn control(field: &str) -> String {
    let control = CONTROLS.iter().find(|(name, _)| *name == field).map_or(field, |(_, control)| *control);
    format!("ctl00$Main${control}")
}

/// The codes behind what can be chosen, with their words, by field.
fn codes(town: &str) -> Vec<(&'static str, String, String)> {
    let numbered = |field: &'static str, words: &'static [&'static str]| {
        let numbered = words.iter().enumerate();
        numbered.map(move |(index, word)| (field, (index + 1).to_string(), (*word).to_owned()))
    };
    let mut codes: Vec<_> = numbered("applicant_type", &APPLICANT_TYPES)
        .chain(numbered("id_type", &ID_TYPES))
        .chain(numbered("channel", &CHANNELS))
        .collect();
    codes.extend(TOWNS.iter().map(|town| ("town", town.code.clone(), town.name.clone())));
    codes.extend(intake::villages(town).into_iter().map(|name| ("village", name.to_owned(), name.to_owned())));
    for department in KIND.departments {
        let item = |(index, item): (usize, &super::super::items::Item)| {
            ("item", department.task_code(index), item.name.to_owned())
        };
        codes.extend(department.items.iter().enumerate().map(item));
    }
    codes
}

/// What the fields say in words: the page sends codes for what can be chosen.
fn in_words(posted: &Posted<()>) -> BTreeMap<String, String> {
    let town = posted.field(&control("town"));
    let town = TOWNS.iter().find(|own| own.code == town).map(|town| town.name.as_str()).unwrap_or_default();
    let codes = codes(town);
    let said = |field: &str| {
        let sent = posted.field(&control(field)).trim();
        let word = codes.iter().find(|(own, code, _)| *own == field && code == sent).map(|(_, _, word)| word.clone());
        word.unwrap_or_else(|| sent.to_owned())
    };
    FIELDS.map(|(_, name)| (name.to_owned(), said(name))).into()
}

async fn show(State(office): State<Arc<Office>>, Visitor(session): Visitor) -> Response {
    let first = [("applicant_type", APPLICANT_TYPES[0]), ("channel", CHANNELS[0])];
    let fields = first.map(|(name, word)| (name.to_owned(), word.to_owned()));
    page(&office, &session, &fields.into(), None)
}

fn page(office: &Office, session: &str, fields: &BTreeMap<String, String>, refusal: Option<&Refusal>) -> Response {
    let town = fields.get("town").map(String::as_str).unwrap_or_default();
    let codes = codes(town);
    let mut offers: Vec<Offer> = codes.iter().map(|(field, code, _)| (control(field), code.clone())).collect();
    offers.extend(["town", "village", "id_type", "item"].map(|field| (control(field), String::new())));
    offers.push((control("deficient"), "on".to_owned()));
    offers.push((SAVE.to_owned(), "提交".to_owned()));
    let hidden = form(PAGE, office, session).hidden(&(), &offers);
    let of = |field: &str| {
        let own = codes.iter().filter(|(own, ..)| *own == field);
        own.map(|(_, code, word)| (code.clone(), word.clone())).collect::<Vec<_>>()
    };
    let values = context! {
        fields => fields.clone(),
        wrong => refusal.map(Refusal::by_field),
        towns => of("town"),
        villages => of("village"),
        items => of("item"),
        id_types => of("id_type"),
        applicant_types => of("applicant_type"),
        channels => of("channel"),
    };
    framed(office, "register.html", "新增登记", PAGE, context! { upload => true, ..hidden }, values)
}

async fn post(
    State(office): State<Arc<Office>>,
    Visitor(session): Visitor,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let sent = Sent::read(&headers, &body, Writing::Utf8);
    let free = ["note", "applicant", "id_number", "phone", "applied", "remark"].map(control);
    let free: Vec<&str> = free.iter().map(String::as_str).collect();
    let posted: Posted<()> = match form(PAGE, &office, &session).read_fields(sent.fields, &free) {
        Ok(posted) => posted,
        Err(refusal) => return refused(refusal),
    };
    let mut fields = in_words(&posted);
    if !posted.pressed(SAVE) {
        // The town was changed: its villages are others.
        fields.insert("village".to_owned(), String::new());
        return page(&office, &session, &fields, None);
    }
    let sent = Sent { fields: fields.clone().into_iter().collect(), files: sent.files };
    match intake::register(&office, sent, None).await {
        Taken::Saved(registered) => {
            let hidden = form(PAGE, &office, &session).hidden(&(), &[]);
            let values = intake::shown(&registered, office.status_of(&registered.receipt));
            framed(&office, "registration.html", "登记结果", PAGE, hidden, context! { saved => true, ..values })
        }
        Taken::Refused(refusal) => page(&office, &session, &fields, Some(&refusal)),
        Taken::Unanswered(quiet) => quiet.response(),
    }
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    keyword: String,
    #[serde(default)]
    no: String,
}

async fn list(State(office): State<Arc<Office>>, Visitor(session): Visitor, Query(wanted): Query<Wanted>) -> Response {
    found(&office, &session, wanted.keyword.trim())
}

async fn query(State(office): State<Arc<Office>>, Visitor(session): Visitor, sent: String) -> Response {
    match form(LIST, &office, &session).read::<()>(&sent, &[KEYWORD]) {
        Ok(posted) => found(&office, &session, posted.field(KEYWORD).trim()),
        Err(refusal) => refused(refusal),
    }
}

fn found(office: &Office, session: &str, keyword: &str) -> Response {
    let hidden = form(LIST, office, session).hidden(&(), &[(QUERY.to_owned(), "查询".to_owned())]);
    let values = context! { rows => intake::rows(office, keyword), keyword };
    framed(office, "registered.html", "登记查询", LIST, hidden, values)
}

async fn view(State(office): State<Arc<Office>>, Visitor(session): Visitor, Query(wanted): Query<Wanted>) -> Response {
    let registered = office.intake().by_receipt(&wanted.no).cloned();
    let Some(registered) = registered else {
        return tip("登记信息不存在", "该登记信息不存在或者您没有查看权限。", false);
    };
    let hidden = form(VIEW, &office, &session).hidden(&(), &[]);
    let values = intake::shown(&registered, office.status_of(&registered.receipt));
    framed(&office, "registration.html", "登记详情", VIEW, hidden, values)
}
