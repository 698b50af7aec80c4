//! A system's cases while it runs: lists, new cases, and the next state of old ones.

use std::collections::HashMap;

use super::case::{Case, Time};
use super::chance::percent;
use super::generate::{self, blank, number};
use super::history::{outcome, promise, step_name};
use super::intake::Brought;
use super::kind::System;
use super::status::{Outcome, Status};
use super::truth::TrueCase;

/// Out of a hundred events, how many are new cases; the others move an open case on.
const NEW_PERCENT: u32 = 30;
/// How many open cases an event looks at before it makes a new one instead.
const PICKS: usize = 32;

/// Who works on what came in by the registration form.
const REGISTRAR: &str = "登记岗";

/// All cases of one system, oldest first.
#[derive(Debug)]
pub(super) struct Ledger {
    system: System,
    rng: fastrand::Rng,
    cases: Vec<Case>,
    /// How many cases there ever were: a number is given once.
    made: usize,
    by_number: HashMap<String, usize>,
}

impl Ledger {
    /// A ledger with `count` generated cases. The same arguments give the same ledger.
    pub(super) fn new(system: System, seed: u64, count: usize, now: Time) -> Ledger {
        // Each system draws from its own stream.
        let mut rng = fastrand::Rng::with_seed(seed ^ system.salt);
        let cases = generate::cases(&mut rng, system, count, now);
        let by_number = cases.iter().enumerate().map(|(index, case)| (case.source_no.clone(), index)).collect();
        Ledger { system, rng, made: cases.len(), cases, by_number }
    }

    /// Newest first, those that contain `keyword` (number, applicant or item) and show the state `status`; each empty for any.
    /// Ordered by number, so that rows shift to later pages only when a case arrives, never when one changes.
    pub(super) fn find(&self, keyword: &str, status: &str) -> Vec<&Case> {
        let fits = |case: &&Case| {
            (status.is_empty() || case.status_word(self.system) == status)
                && (keyword.is_empty()
                    || case.source_no.contains(keyword)
                    || case.applicant.name.contains(keyword)
                    || case.item().name.contains(keyword))
        };
        self.cases.iter().rev().filter(fits).collect()
    }

    /// The case with this database key.
    pub(super) fn by_id(&self, id: u64) -> Option<&Case> {
        let index = self.cases.binary_search_by_key(&id, |case| case.id).ok()?;
        self.cases.get(index)
    }

    /// The case with this number.
    pub(super) fn by_number(&self, source_no: &str) -> Option<&Case> {
        self.by_number.get(source_no).map(|&index| &self.cases[index])
    }

    /// A case that was registered at `now`: received, not accepted yet. Answers with its number.
    pub(super) fn take_in(&mut self, brought: Brought, now: Time) -> String {
        let mut case = registered(brought);
        let index = self.cases.len();
        number(&mut case, self.system, self.made);
        case.source_no = (self.system.number)(now, self.made);
        self.made += 1;
        case.enter(Status::Submitted, step_name(Status::Submitted), case.applied, "申请人");
        let receipt = case.source_no.clone();
        self.by_number.insert(receipt.clone(), index);
        self.cases.push(case);
        self.enter(index, Status::Received, Outcome::Granted, now);
        receipt
    }

    /// Puts what was registered wrongly right. Nothing happens to a case that is not there.
    pub(super) fn correct(&mut self, receipt: &str, brought: Brought, now: Time) {
        let Some(&index) = self.by_number.get(receipt) else { return };
        let case = &mut self.cases[index];
        let right = registered(brought);
        (case.department, case.item_index, case.applicant) = (right.department, right.item_index, right.applicant);
        (case.town, case.village, case.place, case.applied) = (right.town, right.village, right.place, right.applied);
        case.steps[0].time = case.applied;
        case.updated = super::worktime::to_second(now);
    }

    pub(super) fn truth(&self) -> Vec<TrueCase> {
        self.cases.iter().map(|case| case.truth()).collect()
    }

    /// How many cases there are.
    pub(super) fn len(&self) -> usize {
        self.cases.len()
    }

    /// One new case, accepted at a window at `now`.
    pub(super) fn add(&mut self, now: Time) -> TrueCase {
        let index = self.arrive(now, Status::Accepted);
        self.cases[index].truth()
    }

    /// Takes the newest case away, as a clerk does with one that was typed by mistake.
    pub(super) fn remove_newest(&mut self) {
        if let Some(case) = self.cases.pop() {
            self.by_number.remove(&case.source_no);
        }
    }

    /// Moves the case on as usual. Nothing happens to one that has ended, is bad on purpose, or does not exist.
    pub(super) fn advance(&mut self, source_no: &str, now: Time) {
        let Some(&index) = self.by_number.get(source_no) else { return };
        let next = match self.cases[index].status {
            Status::Submitted => Status::Received,
            Status::Received | Status::Correction => Status::Accepted,
            Status::Accepted if self.cases[index].item().at_once => Status::Done,
            Status::Accepted | Status::Suspended => Status::InProgress,
            Status::InProgress => Status::Done,
            Status::Done | Status::Rejected | Status::Returned | Status::Withdrawn | Status::Void => return,
        };
        self.enter(index, next, Outcome::Granted, now);
    }

    /// One event of daily business: a new case, or an open one moves on.
    pub(super) fn happen(&mut self, now: Time) {
        let open = if percent(&mut self.rng, NEW_PERCENT) { None } else { self.pick_open() };
        let Some(index) = open else {
            let first = if percent(&mut self.rng, 30) { Status::Submitted } else { Status::Accepted };
            self.arrive(now, first);
            return;
        };
        let (case, rng) = (&self.cases[index], &mut self.rng);
        let draw = rng.u32(..100);
        let next = match case.status {
            Status::Submitted => Status::Received,
            Status::Received if draw < 10 => Status::Correction,
            Status::Received if draw < 14 => Status::Rejected,
            Status::Received | Status::Correction => Status::Accepted,
            Status::Accepted if case.item().at_once => Status::Done,
            Status::Accepted | Status::Suspended => Status::InProgress,
            Status::InProgress if draw < 6 => Status::Suspended,
            Status::InProgress if draw < 9 => Status::Returned,
            Status::InProgress if draw < 11 => Status::Withdrawn,
            _ => Status::Done,
        };
        let outcome = outcome(rng);
        self.enter(index, next, outcome, now);
    }

    fn pick_open(&mut self) -> Option<usize> {
        if self.cases.is_empty() {
            return None;
        }
        (0..PICKS)
            .map(|_| self.rng.usize(..self.cases.len()))
            .find(|&index| !self.cases[index].status.is_end() && self.cases[index].fault.is_none())
    }

    /// A new case at `now` that has come as far as `first`: submitted online, or accepted at a window.
    fn arrive(&mut self, now: Time, first: Status) -> usize {
        let time = self.system.rounded(now);
        let mut case = blank(&mut self.rng, self.system, time, false, first == Status::Submitted);
        let index = self.cases.len();
        number(&mut case, self.system, self.made);
        self.made += 1;
        case.enter(Status::Submitted, step_name(Status::Submitted), time, "申请人");
        self.by_number.insert(case.source_no.clone(), index);
        self.cases.push(case);
        if first == Status::Accepted {
            self.enter(index, Status::Received, Outcome::Granted, now);
            self.enter(index, Status::Accepted, Outcome::Granted, now);
        }
        index
    }

    fn enter(&mut self, index: usize, status: Status, outcome: Outcome, now: Time) {
        let case = &mut self.cases[index];
        // What is bad on purpose stays as the answer sheet says.
        if case.fault.is_some() {
            return;
        }
        let time = self.system.rounded(now);
        let operator = case.operator.clone();
        case.enter(status, step_name(status), time, &operator);
        case.updated = super::worktime::to_second(now);
        if status == Status::Accepted {
            case.accepted = Some(time);
            case.promised = Some(promise(case.item(), time));
        }
        if status.is_end() {
            case.ended = Some(time);
        }
        if status == Status::Done {
            case.outcome = Some(outcome);
        }
    }
}

/// A case as it is before anything has happened to it.
fn registered(brought: Brought) -> Case {
    Case {
        id: 0,
        source_no: String::new(),
        department: brought.department,
        item_index: brought.item_index,
        applicant: brought.applicant,
        town: brought.town,
        village: brought.village,
        place: brought.place,
        operator: REGISTRAR.to_owned(),
        status: Status::Submitted,
        outcome: None,
        applied: brought.applied,
        accepted: None,
        promised: None,
        ended: None,
        updated: brought.applied,
        steps: Vec::new(),
        fault: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::ALL;
    use super::*;

    fn now() -> Time {
        "2026-11-23T15:20:41+08:00".parse().unwrap()
    }

    fn ledger(system: System) -> Ledger {
        Ledger::new(system, 42, 1000, now())
    }

    #[test]
    fn the_same_seed_gives_the_same_cases_and_events() {
        for system in ALL.iter().copied() {
            let (mut one, mut two) = (ledger(system), ledger(system));
            assert_eq!(one.truth(), two.truth());
            for _ in 0..100 {
                one.happen(now());
                two.happen(now());
            }
            assert_eq!(one.truth(), two.truth());
            assert_ne!(one.truth(), Ledger::new(system, 43, 1000, now()).truth());
        }
    }

    #[test]
    fn seven_of_a_thousand_are_bad_of_every_kind() {
        for system in ALL.iter().copied() {
            let bad: Vec<_> = ledger(system).truth().into_iter().filter_map(|case| case.bad).collect();
            assert_eq!(bad.len(), 7);
            for reason in ["status word 转省厅", "date 2026-02-30", "result before acceptance", "town 沂东新区"]
            {
                assert!(bad.iter().any(|bad| bad.contains(reason)), "{reason}: {bad:?}");
            }
        }
    }

    #[test]
    fn good_cases_have_dates_in_order_and_not_in_the_future() {
        // A working afternoon, a lunch break, a Saturday, a Monday before opening, the first days of a year.
        for now in ["11-23T15:20:41", "11-24T12:30:00", "11-28T10:00:00", "11-23T07:00:00", "01-02T08:30:59"] {
            let now: Time = format!("2026-{now}+08:00").parse().unwrap();
            for (system, seed) in ALL.iter().flat_map(|system| [(*system, 1), (*system, 2)]) {
                let mut ledger = Ledger::new(system, seed, 300, now);
                for _ in 0..300 {
                    ledger.happen(now);
                }
                for case in ledger.truth().into_iter().filter(|case| case.bad.is_none()) {
                    let dates = [case.apply_date, case.accept_date, case.result_date];
                    let dates: Vec<_> = dates.into_iter().flatten().collect();
                    assert!(dates.is_sorted() && dates.iter().all(|&date| date <= now), "{case:?}");
                    assert_eq!(case.accept_date.is_some(), case.promise_date.is_some(), "{case:?}");
                    assert_eq!(case.status == "done", case.result.is_some(), "{case:?}");
                }
            }
        }
    }

    #[test]
    fn every_state_occurs_and_most_cases_are_done() {
        for system in ALL.iter().copied() {
            let truth = ledger(system).truth();
            for status in Status::ALL {
                assert!(truth.iter().any(|case| case.status == status.canonical()), "{status:?}");
            }
            let done = truth.iter().filter(|case| case.status == "done").count();
            assert!((600..850).contains(&done), "{done}");
            let overdue = truth
                .iter()
                .filter(|case| {
                    case.result_date.is_none() && case.promise_date < Some(now()) && case.promise_date.is_some()
                })
                .count();
            assert!((5..40).contains(&overdue), "{overdue}");
        }
    }

    #[test]
    fn a_new_case_is_accepted_now_and_moves_on_to_its_end() {
        let mut ledger = ledger(ALL[0]);
        let added = ledger.add(now());
        assert_eq!(
            (added.status.as_str(), added.accept_date, added.bad),
            ("accepted", Some(super::super::worktime::to_second(now())), None)
        );
        for _ in 0..3 {
            ledger.advance(&added.source_no, now());
        }
        let last = ledger.truth().pop().unwrap();
        assert_eq!((last.status.as_str(), last.result.as_deref()), ("done", Some("granted")));
        assert_eq!(ledger.len(), 1001);
    }

    #[test]
    fn a_number_is_never_given_twice() {
        let mut ledger = ledger(ALL[0]);
        let first = ledger.add(now());
        ledger.remove_newest();
        let second = ledger.add(now());
        assert_ne!(first.source_no, second.source_no);
        assert_eq!(ledger.truth().pop(), Some(second));
        ledger.advance(&first.source_no, now());
        assert_eq!(
            (ledger.len(), ledger.by_id(101_001).is_none(), ledger.by_id(101_002).is_some()),
            (1001, true, true)
        );
    }

    #[test]
    fn bad_cases_do_not_move() {
        let mut ledger = ledger(ALL[1]);
        let bad: Vec<_> = ledger.truth().into_iter().filter(|case| case.bad.is_some()).collect();
        for case in &bad {
            ledger.advance(&case.source_no, now());
        }
        assert_eq!(ledger.truth().into_iter().filter(|case| case.bad.is_some()).collect::<Vec<_>>(), bad);
    }
}
