//! The practice's own door, for other processes: not linked from any page, not counted, open during maintenance.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::office::Office;
use super::truth::TrueCase;

/// The most cases that one call may add.
const ADD_MOST: usize = 10_000;

/// What to do; every part may be left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    maintenance: Option<bool>,
    #[serde(default)]
    add: usize,
    advance: Option<String>,
    #[serde(default)]
    end_sessions: bool,
}

/// `POST /practice/control`: does what the wish says and answers with what was added and the counts.
pub(super) async fn control(State(office): State<Arc<Office>>, Json(wish): Json<Wish>) -> Json<Value> {
    if let Some(on) = wish.maintenance {
        office.maintenance.store(on, Ordering::Relaxed);
    }
    let now = office.now();
    let added: Vec<TrueCase> = (0..wish.add.min(ADD_MOST)).map(|_| office.ledger().add(now)).collect();
    if let Some(source_no) = wish.advance {
        office.ledger().advance(&source_no, now);
    }
    if wish.end_sessions {
        office.account().end_sessions();
    }
    Json(json!({
        "added": added,
        "cases": office.ledger().len(),
        "maintenance": office.maintenance.load(Ordering::Relaxed),
        "logins": office.counts.logins.load(Ordering::Relaxed),
        "failed_logins": office.counts.failed_logins.load(Ordering::Relaxed),
        "requests": office.counts.requests.load(Ordering::Relaxed),
        "detail_requests": office.counts.detail_requests.load(Ordering::Relaxed),
    }))
}

/// `GET /practice/truth`: the answer sheet, oldest case first.
pub(super) async fn truth(State(office): State<Arc<Office>>) -> Json<Vec<TrueCase>> {
    Json(office.ledger().truth())
}
