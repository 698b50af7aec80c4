//! The practice's own door, for other processes: not linked from any page, not counted, open during maintenance.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::intake::{Refusal, Registered};
use super::office::Office;
use super::truth::TrueCase;

/// The most cases that one call may add.
const ADD_MOST: usize = 10_000;

/// What to do; every part may be left out. [`super::Practice`] has a method for each, which says more.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    maintenance: Option<bool>,
    /// Milliseconds; 0 for as fast as it can.
    slow: Option<u64>,
    /// A seed; 0 for the pages as they were.
    redesign: Option<u64>,
    /// List pages; 0 for no more.
    arrivals: Option<u64>,
    /// List pages; 0 for no more.
    removals: Option<u64>,
    /// Requests; 0 for as many as there are.
    session_requests: Option<u64>,
    #[serde(default)]
    kick: bool,
    #[serde(default)]
    end_sessions: bool,
    #[serde(default)]
    add: usize,
    advance: Option<String>,
    /// Whether a number of origin may be registered only once.
    unique: Option<bool>,
    /// Whether nothing more may be registered.
    closed: Option<bool>,
    /// Milliseconds before and after a registration is saved.
    save_delay: Option<(u64, u64)>,
    /// Registrations; 0 for no more.
    drop_answer: Option<u64>,
    /// Registrations that are answered by half; 0 for no more.
    cut_answer: Option<u64>,
    /// The field and the words that every registration is refused with; an empty field for none.
    refusal: Option<(String, String)>,
}

impl Wish {
    /// What it says about registrations.
    fn about_intake(&self, office: &Office) {
        let mut intake = office.intake();
        intake.unique = self.unique.unwrap_or(intake.unique);
        intake.closed = self.closed.unwrap_or(intake.closed);
        intake.unanswered = self.drop_answer.unwrap_or(intake.unanswered);
        intake.cut = self.cut_answer.unwrap_or(intake.cut);
        if let Some((before, after)) = self.save_delay {
            intake.delay = (Duration::from_millis(before), Duration::from_millis(after));
        }
        if let Some((field, words)) = &self.refusal {
            intake.refusal = Some(Refusal::at(field, words.as_str())).filter(|_| !field.is_empty());
        }
    }
}

/// `POST /practice/control`: does what the wish says and answers with what was added and the counts.
pub(super) async fn control(State(office): State<Arc<Office>>, Json(wish): Json<Wish>) -> Json<Value> {
    let (trouble, counts) = (&office.trouble, &office.counts);
    if let Some(on) = wish.maintenance {
        trouble.maintenance.store(on, Ordering::Relaxed);
    }
    for (wished, kept) in [
        (wish.slow, &trouble.slow),
        (wish.redesign, &trouble.redesign),
        (wish.arrivals, &trouble.arrivals),
        (wish.removals, &trouble.removals),
    ] {
        if let Some(number) = wished {
            kept.store(number, Ordering::Relaxed);
        }
    }
    if let Some(most) = wish.session_requests {
        office.account().set_requests_most(Some(most).filter(|&most| most > 0));
    }
    wish.about_intake(&office);
    if wish.kick {
        office.account().kick();
    }
    if wish.end_sessions {
        office.end_sessions();
    }
    let now = office.now();
    let added: Vec<TrueCase> = (0..wish.add.min(ADD_MOST)).map(|_| office.ledger().add(now)).collect();
    if let Some(source_no) = wish.advance {
        office.ledger().advance(&source_no, now);
    }
    let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
    Json(json!({
        "added": added,
        "cases": office.ledger().len(),
        "registered": office.intake().all.len(),
        "maintenance": trouble.maintenance.load(Ordering::Relaxed),
        "slow": read(&trouble.slow),
        "redesign": read(&trouble.redesign),
        "arrivals": read(&trouble.arrivals),
        "removals": read(&trouble.removals),
        "logins": read(&counts.logins),
        "failed_logins": read(&counts.failed_logins),
        "requests": read(&counts.requests),
        "list_requests": read(&counts.list_requests),
        "captcha": office.captchas.last_answer(),
        "detail_requests": read(&counts.detail_requests),
    }))
}

/// `GET /practice/registered`: what came in by the registration form, oldest first.
pub(super) async fn registered(State(office): State<Arc<Office>>) -> Json<Vec<Registered>> {
    Json(office.intake().all.clone())
}

/// `GET /practice/truth`: the answer sheet, oldest case first.
pub(super) async fn truth(State(office): State<Arc<Office>>) -> Json<Vec<TrueCase>> {
    Json(office.ledger().truth())
}
