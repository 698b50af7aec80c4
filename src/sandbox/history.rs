//! How a case came to stand where it stands: the dates and steps of a plausible past.

use chrono::{NaiveDate, TimeDelta};

use super::case::{Place, Step, Time};
use super::chance::{percent, weighted};
use super::items::Item;
use super::status::{Outcome, Status};
use super::worktime::{add_workdays, end_of_day, moment};

/// The dates and steps of one case. A step without an actor is the clerk's.
#[derive(Debug)]
pub(super) struct History {
    pub(super) status: Status,
    pub(super) outcome: Option<Outcome>,
    pub(super) applied: Time,
    pub(super) accepted: Option<Time>,
    pub(super) promised: Option<Time>,
    pub(super) ended: Option<Time>,
    pub(super) steps: Vec<Step>,
}

/// Out of a hundred done cases, how many were late.
const LATE_PERCENT: u32 = 3;
/// Out of a hundred open cases: within the promise, close to its end (yellow), past it (red).
const LAMP_WEIGHTS: [u32; 3] = [80, 12, 8];

/// A past that ends in `status` for a case of `item`, on the working days `days` (oldest first) up to `now`.
pub(super) fn of(
    rng: &mut fastrand::Rng,
    status: Status,
    item: &Item,
    place: &Place,
    days: &[NaiveDate],
    now: Time,
) -> History {
    let last = days.len() - 1;
    let day = |rng: &mut fastrand::Rng, index: usize| moment(rng, days[index], now);
    match status {
        Status::Submitted | Status::Received | Status::Correction => {
            let index = last - rng.usize(..=last.min(2));
            let came = day(rng, index);
            early(rng, status, place, came, now)
        }
        Status::Rejected => {
            let index = rng.usize(..=last);
            let came = day(rng, index);
            let mut history = early(rng, Status::Received, place, came, now);
            history.end(status, came + TimeDelta::minutes(rng.i64(5..60)), now);
            history
        }
        Status::Accepted | Status::InProgress | Status::Suspended => {
            let back = usize::try_from(open_for(rng, item.promise)).unwrap_or(0).min(last);
            let came = day(rng, last - back);
            under_way(rng, status, item, place, came, now)
        }
        Status::Done | Status::Returned | Status::Withdrawn | Status::Void => {
            let used = days_used(rng, item).min(last);
            let end_index = rng.usize(used..=last);
            let came = day(rng, end_index - used);
            let end = if used == 0 { came + TimeDelta::minutes(rng.i64(4..45)) } else { day(rng, end_index) };
            let before = if used == 0 { Status::Accepted } else { Status::InProgress };
            let mut history = under_way(rng, before, item, place, came, now);
            history.end(status, end, now);
            if status == Status::Done {
                history.outcome = Some(outcome(rng));
            }
            history
        }
    }
}

/// What a done case comes to, most often the permit.
pub(super) fn outcome(rng: &mut fastrand::Rng) -> Outcome {
    [Outcome::Granted, Outcome::Refused, Outcome::Forwarded, Outcome::Other][weighted(rng, &[91, 3, 4, 2])]
}

/// The step's name that goes with entering `status`.
pub(super) fn step_name(status: Status) -> &'static str {
    match status {
        Status::Submitted => "提交申请",
        Status::Received => "收件登记",
        Status::Correction => "一次性告知补正",
        Status::Accepted => "受理",
        Status::InProgress => "审查",
        Status::Suspended => "转入特别程序",
        Status::Done => "办结送达",
        Status::Rejected => "出具不予受理通知",
        Status::Returned => "退回申请人",
        Status::Withdrawn => "申请人撤回",
        Status::Void => "登记作废",
    }
}

/// The end of the day that is promised for a case of `item` accepted at `accepted`.
pub(super) fn promise(item: &Item, accepted: Time) -> Time {
    end_of_day(add_workdays(accepted.date_naive(), item.promise), accepted)
}

impl History {
    fn step(&mut self, status: Status, time: Time) {
        self.status = status;
        self.steps.push(Step { name: step_name(status), time, actor: String::new() });
    }

    fn end(&mut self, status: Status, time: Time, now: Time) {
        let earliest = self.steps.last().map_or(self.applied, |step| step.time);
        let time = time.max(earliest).min(now);
        self.ended = Some(time);
        self.step(status, time);
    }
}

/// A case that came in at `came` and is not accepted yet.
fn early(rng: &mut fastrand::Rng, status: Status, place: &Place, came: Time, now: Time) -> History {
    let online = place.channel == "网上";
    let applied = if online { came - TimeDelta::minutes(rng.i64(15..600)) } else { came };
    let step = Step { name: step_name(Status::Submitted), time: applied, actor: "申请人".to_owned() };
    let mut history = History {
        status: Status::Submitted,
        outcome: None,
        applied,
        accepted: None,
        promised: None,
        ended: None,
        steps: vec![step],
    };
    if status != Status::Submitted {
        history.step(Status::Received, came);
    }
    if status == Status::Correction {
        history.step(status, (came + TimeDelta::minutes(rng.i64(10..90))).min(now));
    }
    history
}

/// A case accepted at `accepted` that has come as far as `status`.
fn under_way(
    rng: &mut fastrand::Rng,
    status: Status,
    item: &Item,
    place: &Place,
    accepted: Time,
    now: Time,
) -> History {
    let mut history = early(rng, Status::Received, place, accepted, now);
    history.step(Status::Accepted, accepted);
    history.accepted = Some(accepted);
    history.promised = Some(promise(item, accepted));
    if status != Status::Accepted {
        let reviewed = (accepted + TimeDelta::minutes(rng.i64(10..70))).min(now);
        history.step(Status::InProgress, reviewed);
        if status == Status::Suspended {
            history.step(status, (reviewed + TimeDelta::minutes(rng.i64(10..70))).min(now));
        }
    }
    history
}

/// How many working days a case that ended took.
fn days_used(rng: &mut fastrand::Rng, item: &Item) -> usize {
    let days = if percent(rng, LATE_PERCENT) {
        item.promise + rng.u32(1..=3)
    } else if item.at_once {
        0
    } else {
        // The lower of two draws: departments like to be early.
        rng.u32(..=item.promise).min(rng.u32(..=item.promise))
    };
    days as usize
}

/// How many working days ago a case that is still open was accepted.
fn open_for(rng: &mut fastrand::Rng, promise: u32) -> u32 {
    let warned = (promise / 5).max(1);
    match weighted(rng, &LAMP_WEIGHTS) {
        0 => rng.u32(..promise.saturating_sub(warned).max(1)),
        1 => promise - rng.u32(..=warned),
        _ => promise + rng.u32(1..=4),
    }
}
