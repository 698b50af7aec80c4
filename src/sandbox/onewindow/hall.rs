//! What goes on in the hall: queue tickets (叫号) and evaluations (好差评), to be read only.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use chrono::{Datelike, TimeDelta};
use minijinja::{Value, context};

use super::super::case::{Case, Time};
use super::super::chance::{percent, weighted};
use super::super::office::Office;
use super::super::status::Status;
use super::super::worktime::moment;
use super::{KIND, Visitor, framed, text};

/// Tickets that are taken on one day.
const TICKETS: usize = 60;
/// Out of a hundred people, how many leave before they are called.
const GONE_PERCENT: u32 = 8;
/// Every so manieth finished case is evaluated.
const EVALUATED_EVERY: u64 = 3;
/// The most evaluations that the page shows.
const EVALUATIONS_MOST: usize = 200;
/// The five grades, and how often each is given.
const GRADES: [&str; 5] = ["非常满意", "满意", "基本满意", "不满意", "非常不满意"];
const GRADE_WEIGHTS: [u32; 5] = [70, 20, 6, 3, 1];

pub(super) fn pages() -> Router<Arc<Office>> {
    Router::new().route("/tickets", get(tickets)).route("/evaluations", get(evaluations))
}

/// Today's tickets up to now, newest first.
async fn tickets(State(office): State<Arc<Office>>, _: Visitor) -> Response {
    let now = office.now();
    let day = u64::try_from(now.date_naive().num_days_from_ce()).unwrap_or_default();
    let mut rng = fastrand::Rng::with_seed(KIND.salt ^ day);
    // The whole day is drawn, so that a ticket stays what it is while the clock runs on.
    let evening =
        now.date_naive().and_hms_opt(23, 59, 0).and_then(|end| end.and_local_timezone(now.timezone()).single());
    let evening = evening.unwrap_or(now);
    let mut taken: Vec<Time> = (0..TICKETS).map(|_| moment(&mut rng, now.date_naive(), evening)).collect();
    taken.sort_unstable();
    let drawn: Vec<Value> = taken
        .into_iter()
        .enumerate()
        .map(|(index, taken)| {
            let gone = percent(&mut rng, GONE_PERCENT);
            let called = taken + TimeDelta::seconds(rng.i64(20..1500));
            let ended = called + TimeDelta::seconds(rng.i64(120..1800));
            let passed = |time: Time| if time <= now { text(Some(time)) } else { String::new() };
            context! {
                number => format!("A{:03}", index + 1),
                window => format!("综合窗口{}", rng.u32(1..=8)),
                shown => taken <= now,
                taken => text(Some(taken)),
                called => if gone { String::new() } else { passed(called) },
                ended => if gone { String::new() } else { passed(ended) },
                abandoned => if gone && called <= now { "是" } else { "否" },
            }
        })
        .collect();
    let shown = |row: &Value| row.get_attr("shown").is_ok_and(|shown| shown.is_true());
    let rows: Vec<Value> = drawn.into_iter().filter(shown).rev().collect();
    framed(&office, "排队叫号", "tickets.html", context! { rows })
}

/// The evaluations of finished cases, newest case first.
async fn evaluations(State(office): State<Arc<Office>>, _: Visitor) -> Response {
    let now = office.now();
    let rows: Vec<Value> = {
        let ledger = office.ledger();
        let found = ledger.find("", "");
        let evaluated =
            found.iter().filter(|case| case.status == Status::Done && case.id.is_multiple_of(EVALUATED_EVERY));
        evaluated.take(EVALUATIONS_MOST).map(|case| evaluation(case, now)).collect()
    };
    framed(&office, "好差评", "evaluations.html", context! { rows })
}

/// Always the same for the same case.
fn evaluation(case: &Case, now: Time) -> Value {
    let mut rng = fastrand::Rng::with_seed(KIND.salt ^ case.id);
    let grade = GRADES[weighted(&mut rng, &GRADE_WEIGHTS)];
    context! {
        number => format!("PJ{}", case.id),
        no => case.source_no.as_str(),
        applicant => case.applicant.name.as_str(),
        item => case.item().name,
        grade,
        channel => ["窗口评价器", "短信", "网上"][rng.usize(..3)],
        time => text(case.ended.map(|ended| (ended + TimeDelta::minutes(rng.i64(1..90))).min(now))),
    }
}
