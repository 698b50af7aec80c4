//! One case of a practice system, as the system itself holds it.

use chrono::{DateTime, FixedOffset};

use super::items::{Department, Item};
use super::kind::System;
use super::people::Applicant;
use super::places::Town;
use super::status::{Outcome, Status};
use super::truth::TrueCase;

/// The zone of all times: the caller's.
pub(super) type Time = DateTime<FixedOffset>;

/// One case (办件).
#[derive(Debug, Clone)]
pub(super) struct Case {
    /// The key in the system's own database and in its addresses.
    pub(super) id: u64,
    pub(super) source_no: String,
    pub(super) department: &'static Department,
    pub(super) item_index: usize,
    pub(super) applicant: Applicant,
    pub(super) town: &'static Town,
    pub(super) village: &'static str,
    pub(super) place: Place,
    pub(super) operator: String,
    pub(super) status: Status,
    pub(super) outcome: Option<Outcome>,
    pub(super) applied: Time,
    pub(super) accepted: Option<Time>,
    pub(super) promised: Option<Time>,
    pub(super) ended: Option<Time>,
    pub(super) updated: Time,
    pub(super) steps: Vec<Step>,
    pub(super) fault: Option<Fault>,
}

/// Through what and where the case came in.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// 窗口, 网上 or 自助终端.
    pub(super) channel: &'static str,
    pub(super) site: String,
    pub(super) window: String,
}

/// One step of the process.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) time: Time,
    pub(super) actor: String,
}

/// What is wrong on purpose with a case that must be quarantined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    UnknownStatus,
    ImpossibleDate,
    ResultBeforeAcceptance,
    UnknownTown,
}

/// The status word that no code list knows.
const UNKNOWN_STATUS: &str = "转省厅";
/// A town that the district does not have.
const UNKNOWN_TOWN: &str = "沂东新区";

impl Case {
    pub(super) fn item(&self) -> &'static Item {
        &self.department.items[self.item_index]
    }

    pub(super) fn task_code(&self) -> String {
        self.department.task_code(self.item_index)
    }

    /// The state as `system` shows it.
    pub(super) fn status_word(&self, system: System) -> &'static str {
        if self.fault == Some(Fault::UnknownStatus) { UNKNOWN_STATUS } else { self.status.word(system) }
    }

    /// The town as every page shows it.
    pub(super) fn town_name(&self) -> &'static str {
        if self.fault == Some(Fault::UnknownTown) { UNKNOWN_TOWN } else { &self.town.name }
    }

    /// The time of acceptance in `format`; empty when not accepted.
    pub(super) fn accepted_text(&self, format: &str) -> String {
        let Some(accepted) = self.accepted else { return String::new() };
        if self.fault == Some(Fault::ImpossibleDate) {
            let impossible = [("%m", "02"), ("%b", "Feb"), ("%d", "30")];
            let format = impossible.iter().fold(format.to_owned(), |format, (part, text)| format.replace(part, text));
            return accepted.format(&format).to_string();
        }
        accepted.format(format).to_string()
    }

    /// Moves the case to `status` at `time`, with the step that this is.
    pub(super) fn enter(&mut self, status: Status, step: &'static str, time: Time, actor: &str) {
        self.status = status;
        self.steps.push(Step { name: step, time, actor: actor.to_owned() });
        self.updated = time;
    }

    /// What an honest reading of the case's pages must give.
    pub(super) fn truth(&self) -> TrueCase {
        let fault = self.fault;
        TrueCase {
            source_no: self.source_no.clone(),
            status: match fault {
                Some(Fault::UnknownStatus) => UNKNOWN_STATUS.to_owned(),
                _ => self.status.canonical().to_owned(),
            },
            result: self.outcome.map(|outcome| outcome.canonical().to_owned()),
            org_name: self.department.name.to_owned(),
            town_code: if fault == Some(Fault::UnknownTown) { String::new() } else { self.town.code.clone() },
            task_name: self.item().name.to_owned(),
            applicant_name: self.applicant.name.clone(),
            apply_date: Some(self.applied),
            accept_date: self.accepted.filter(|_| fault != Some(Fault::ImpossibleDate)),
            promise_date: self.promised,
            result_date: self.ended,
            bad: fault.map(|fault| self.reason(fault)),
        }
    }

    fn reason(&self, fault: Fault) -> String {
        match fault {
            Fault::UnknownStatus => format!("unknown status word {UNKNOWN_STATUS}"),
            Fault::ImpossibleDate => format!("impossible acceptance date {}", self.accepted_text("%Y-%m-%d")),
            Fault::ResultBeforeAcceptance => "result before acceptance".to_owned(),
            Fault::UnknownTown => format!("unknown town {UNKNOWN_TOWN}"),
        }
    }
}
