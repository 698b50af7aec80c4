//! Registration: a window whose combo boxes, trees and dates are drawn by scripts, and pages of what was registered.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use minijinja::context;
use serde_json::{Value, json};

use super::super::gb;
use super::super::intake::{self, CHANNELS, ID_TYPES, Sent, Taken, Writing};
use super::super::items::Item;
use super::super::office::Office;
use super::super::places::TOWNS;
use super::{KIND, Visitor, notice, render};

/// How long the villages of a town are under way.
const VILLAGES_TAKE: Duration = Duration::from_millis(300);

pub(super) fn pages() -> Router<Arc<Office>> {
    Router::new()
        .route("/biz/register.action", get(form))
        .route("/biz/options.action", get(options))
        .route("/biz/villages.action", get(villages))
        .route("/biz/save.action", post(save))
        .route("/biz/registered.action", get(list))
        .route("/biz/registration.action", get(view))
}

async fn form(_: Visitor) -> Response {
    render("register.html", context! {})
}

/// What the window's boxes and tree offer.
async fn options(_: Visitor) -> Response {
    let plain = |names: &[&str]| names.iter().map(|name| json!({ "id": name, "text": name })).collect::<Vec<_>>();
    let items = || KIND.departments.iter().flat_map(|department| department.items);
    let branch = |name: &str, at_once: bool| {
        let own: Vec<&str> = items().filter(|item: &&Item| item.at_once == at_once).map(|item| item.name).collect();
        json!({ "id": "", "text": name, "children": plain(&own) })
    };
    let towns: Vec<&str> = TOWNS.iter().map(|town| town.name.as_str()).collect();
    let answer = json!({
        "id_type": plain(&ID_TYPES),
        "town": plain(&towns),
        "channel": plain(&CHANNELS),
        "item": [branch("承诺件", false), branch("即办件", true)],
    });
    gb::page(&answer.to_string())
}

/// The villages of a town. The window's script sends UTF-8, whatever the page is written in.
async fn villages(_: Visitor, RawQuery(query): RawQuery) -> Response {
    tokio::time::sleep(VILLAGES_TAKE).await;
    let query = query.unwrap_or_default();
    let town = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "town");
    let names = town.map(|(_, town)| intake::villages(&town)).unwrap_or_default();
    let villages: Vec<Value> = names.iter().map(|name| json!({ "id": name, "text": name })).collect();
    gb::page(&json!(villages).to_string())
}

async fn save(State(office): State<Arc<Office>>, _: Visitor, headers: HeaderMap, body: Bytes) -> Response {
    let sent = Sent::read(&headers, &body, Writing::Utf8);
    let answer = match intake::register(&office, sent, None).await {
        Taken::Saved(registered) => {
            json!({ "success": true, "receipt": registered.receipt, "msg": format!("登记成功，受理编号：{}", registered.receipt) })
        }
        Taken::Refused(refusal) => json!({ "success": false, "field": refusal.field, "msg": refusal.words }),
        Taken::Unanswered(quiet) => return quiet.response(),
    };
    gb::page(&answer.to_string())
}

async fn list(State(office): State<Arc<Office>>, _: Visitor, RawQuery(query): RawQuery) -> Response {
    let fields = asked(query.as_deref());
    let keyword = fields.get("keyword").map(|value| value.trim()).unwrap_or_default();
    render("registered.html", context! { rows => intake::rows(&office, keyword), keyword })
}

async fn view(State(office): State<Arc<Office>>, _: Visitor, RawQuery(query): RawQuery) -> Response {
    let fields = asked(query.as_deref());
    let receipt = fields.get("no").map(String::as_str).unwrap_or_default();
    let registered = office.intake().by_receipt(receipt).cloned();
    match registered {
        Some(registered) => {
            let values = intake::shown(&registered, office.status_of(receipt));
            render("registration.html", values)
        }
        None => notice("登记信息不存在", "该笔登记信息不存在或您无权查看。", false),
    }
}

fn asked(query: Option<&str>) -> HashMap<String, String> {
    gb::fields(query.unwrap_or_default())
}
