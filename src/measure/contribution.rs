//! What one record adds to the tallies.

use chrono::{DateTime, FixedOffset, Timelike};
use chrono_tz::Asia::Shanghai;

use crate::record::{Case, Quarantined, Status, town_of};

/// The hour of a contribution that is not split by hour.
pub const NO_HOUR: i64 = -1;

/// Longest name of a department or item in a tally, in characters: the tallies' key must fit into a database page, and
/// official names stay far below it.
const NAME_CHARS: usize = 120;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flow {
    /// By apply_date.
    Received,
    /// By accept_date.
    Accepted,
    /// By result_date, void ones excluded.
    Done,
    /// Accepted cases that have ended, by the instant of their end; `open` is accepted minus these.
    EndedAccepted,
    /// Done and with a promise date, by result_date.
    DonePromised,
    /// Of those, result ≤ promise.
    DoneOnTime,
    /// Every key of a system that stands, as a case or in quarantine; without a day.
    Known,
    /// Of those, the ones in quarantine, and the cases whose newest reading is.
    Quarantined,
}

impl Flow {
    /// Its word in the tallies.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Accepted => "accepted",
            Self::Done => "done",
            Self::EndedAccepted => "ended_accepted",
            Self::DonePromised => "done_promised",
            Self::DoneOnTime => "done_on_time",
            Self::Known => "known",
            Self::Quarantined => "quarantined",
        }
    }
}

/// One cell that a record adds to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Contribution {
    /// What is counted.
    pub measure: Flow,
    /// Day of Asia/Shanghai, `YYYY-MM-DD`; empty for what has no day.
    pub day: String,
    /// Hour of that day, or [`NO_HOUR`].
    pub hour: i64,
    /// System.
    pub system: String,
    /// Department; empty when unknown, or in the item grain.
    pub department: String,
    /// Town code; empty likewise.
    pub town: String,
    /// Item; empty in the place grain.
    pub item: String,
    /// How much is added.
    pub n: i64,
}

/// Everything a case adds, in two grains: by place (day, hour, system, department, town) and by item (day, system, item).
///
/// Nothing here depends on when or by whom the case was read. So an end without a result_date (a withdrawal whose day the
/// system does not show) counts at the acceptance: the stock of today is right, that of the days between is too low by it.
pub fn contributions(case: &Case) -> Vec<Contribution> {
    let fields = &case.fields;
    let mut found = vec![known(&case.system, Flow::Known)];
    let mut count = |flow, at: Option<DateTime<FixedOffset>>| {
        if let Some(at) = at {
            grains(case, flow, at, &mut found);
        }
    };
    count(Flow::Received, fields.apply_date);
    count(Flow::Accepted, fields.accept_date);
    if case.status.ended() {
        // An end before the acceptance cannot be in a case that was checked; were it one, the stock would go below 0.
        let end = fields.accept_date.map(|accepted| fields.result_date.map_or(accepted, |end| end.max(accepted)));
        count(Flow::EndedAccepted, end);
    }
    if case.status != Status::Void {
        count(Flow::Done, fields.result_date);
        if let (Some(result), Some(promise)) = (fields.result_date, fields.promise_date) {
            count(Flow::DonePromised, Some(result));
            count(Flow::DoneOnTime, (result <= promise).then_some(result));
        }
    }
    found
}

/// What a case adds that is counted at the case it was entered from: it is known in its system, and shows in no other figure.
pub fn linked(case: &Case) -> Vec<Contribution> {
    vec![known(&case.system, Flow::Known)]
}

/// What a quarantined row adds: it is known, and it shows in no other figure.
pub fn quarantined(row: &Quarantined) -> Vec<Contribution> {
    vec![known(&row.system, Flow::Known), known(&row.system, Flow::Quarantined)]
}

/// What a case adds beside its own contributions while its newest reading is in quarantine.
pub fn marked(system: &str) -> Vec<Contribution> {
    vec![known(system, Flow::Quarantined)]
}

/// The department by which a case is counted: its name, else its code, else nothing.
pub fn department_of(case: &Case) -> String {
    name(case.fields.org_name.as_deref().or(case.fields.org_code.as_deref()))
}

/// The item by which a case is counted: its name, else its code, else nothing.
pub fn item_of(case: &Case) -> String {
    name(case.fields.task_name.as_deref().or(case.fields.task_code.as_deref()))
}

/// The code of the town by which a case is counted; empty for none.
pub fn town(case: &Case) -> String {
    case.fields.region_code.as_deref().and_then(town_of).unwrap_or_default().to_owned()
}

fn name(given: Option<&str>) -> String {
    given.unwrap_or_default().trim().chars().take(NAME_CHARS).collect()
}

fn known(system: &str, measure: Flow) -> Contribution {
    Contribution {
        measure,
        day: String::new(),
        hour: NO_HOUR,
        system: system.to_owned(),
        department: String::new(),
        town: String::new(),
        item: String::new(),
        n: 1,
    }
}

fn grains(case: &Case, measure: Flow, at: DateTime<FixedOffset>, found: &mut Vec<Contribution>) {
    let local = at.with_timezone(&Shanghai);
    let day = local.date_naive().to_string();
    let place = Contribution {
        day: day.clone(),
        hour: local.hour().into(),
        department: department_of(case),
        town: town(case),
        ..known(&case.system, measure)
    };
    found.push(place);
    let item = item_of(case);
    if !item.is_empty() {
        found.push(Contribution { day, item, ..known(&case.system, measure) });
    }
}
