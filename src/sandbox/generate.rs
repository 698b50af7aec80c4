//! The seeded generator: the cases that a system holds when the practice begins.

use super::case::{Case, Fault, Place, Time};
use super::chance::{percent, weighted};
use super::history::{self, History};
use super::items::Who;
use super::kind::System;
use super::people;
use super::places;
use super::status::Status;
use super::worktime::recent_workdays;

/// How many of a thousand cases are bad on purpose.
const BAD_PER_THOUSAND: usize = 7;
/// The kinds of badness, taken in turn.
const FAULTS: [Fault; 4] =
    [Fault::UnknownStatus, Fault::ImpossibleDate, Fault::ResultBeforeAcceptance, Fault::UnknownTown];
/// How often each state is met among the first cases, in the order of [`Status::ALL`].
const STATUS_WEIGHTS: [u32; 11] = [15, 20, 25, 45, 95, 20, 710, 20, 20, 20, 10];

/// `count` cases as they stand at `now`, oldest first. The same arguments give the same cases.
pub(super) fn cases(rng: &mut fastrand::Rng, system: System, count: usize, now: Time) -> Vec<Case> {
    let days = recent_workdays(now);
    let mut cases: Vec<Case> = (0..count)
        .map(|_| {
            let status = Status::ALL[weighted(rng, &STATUS_WEIGHTS)];
            let mut case = blank(rng, system, now, slow(status), status == Status::Submitted);
            let history = history::of(rng, status, case.item(), &case.place, &days, now);
            apply(&mut case, history, system);
            case
        })
        .collect();
    cases.sort_by_key(|case| case.applied);
    for (index, case) in cases.iter_mut().enumerate() {
        number(case, system, index);
    }
    spoil(rng, &mut cases);
    cases
}

/// A case of a random item and applicant that was applied for at `now` and has no history yet. `slow`: only of items that
/// take days; `online`: not at a window or terminal.
pub(super) fn blank(rng: &mut fastrand::Rng, system: System, now: Time, slow: bool, online: bool) -> Case {
    let departments = system.departments;
    let weights: Vec<u32> = departments.iter().map(|department| department.weight).collect();
    let department = &departments[weighted(rng, &weights)];
    let item_index = loop {
        let index = rng.usize(..department.items.len());
        if !(slow && department.items[index].at_once) {
            break index;
        }
    };
    let firm = match department.items[item_index].who {
        Who::People => false,
        Who::Firms => true,
        Who::Both => percent(rng, 50),
    };
    let rare = system.rare_percent;
    let (town, village) = places::pick(rng);
    Case {
        id: 0,
        source_no: String::new(),
        department,
        item_index,
        applicant: people::applicant(rng, firm, rare),
        town,
        village,
        place: place(rng, &town.name, village, online),
        operator: people::person_name(rng, 0),
        status: Status::Submitted,
        outcome: None,
        applied: now,
        accepted: None,
        promised: None,
        ended: None,
        updated: now,
        steps: Vec::new(),
        fault: None,
    }
}

/// Gives a case its key and its number: the `index`th of the system, from 0.
pub(super) fn number(case: &mut Case, system: System, index: usize) {
    case.id = 100_001 + index as u64;
    case.source_no = (system.number)(case.applied, index);
}

/// Whether a case in this state must be of an item that takes days.
fn slow(status: Status) -> bool {
    !matches!(status, Status::Done | Status::Submitted | Status::Received)
}

fn apply(case: &mut Case, history: History, system: System) {
    case.status = history.status;
    case.outcome = history.outcome;
    case.applied = system.rounded(history.applied);
    case.accepted = history.accepted.map(|time| system.rounded(time));
    case.promised = history.promised;
    case.ended = history.ended.map(|time| system.rounded(time));
    case.updated = history.steps.last().map_or(history.applied, |step| step.time);
    case.steps = history.steps;
    for step in &mut case.steps {
        step.time = system.rounded(step.time);
        // The applicant acts first, the clerk after.
        if step.actor.is_empty() {
            step.actor.clone_from(&case.operator);
        }
    }
}

fn place(rng: &mut fastrand::Rng, town: &str, village: &str, online: bool) -> Place {
    match if online { 1 } else { weighted(rng, &[58, 33, 9]) } {
        0 => {
            let site = match weighted(rng, &[58, 32, 10]) {
                0 => "区政务服务中心".to_owned(),
                1 => format!("{town}便民服务中心"),
                _ => format!("{}便民服务站", village.trim_end_matches("居民委员会").trim_end_matches("村民委员会")),
            };
            let window = if percent(rng, 92) {
                format!("综合窗口{}", rng.u32(1..=8))
            } else {
                format!("{}窗口{}", ["出证", "帮办代办", "专业"][rng.usize(..3)], rng.u32(1..=2))
            };
            Place { channel: "窗口", site, window }
        }
        1 => {
            Place { channel: "网上", site: "区政务服务中心".to_owned(), window: "网上受理岗".to_owned() }
        }
        _ => {
            let window = format!("自助服务区{}号机", rng.u32(1..=6));
            Place { channel: "自助终端", site: format!("{town}便民服务中心"), window }
        }
    }
}

/// Makes a few cases bad: each kind in turn, on a random case that can have it.
fn spoil(rng: &mut fastrand::Rng, cases: &mut [Case]) {
    let wanted = (cases.len() * BAD_PER_THOUSAND + 500) / 1000;
    let mut order: Vec<usize> = (0..cases.len()).collect();
    rng.shuffle(&mut order);
    for fault in FAULTS.into_iter().cycle().take(wanted) {
        let fits = |case: &Case| {
            case.fault.is_none()
                && match fault {
                    Fault::UnknownStatus => !case.status.is_end(),
                    Fault::ImpossibleDate => case.accepted.is_some(),
                    Fault::ResultBeforeAcceptance => case.status == Status::Done,
                    Fault::UnknownTown => true,
                }
        };
        let Some(&index) = order.iter().find(|&&index| fits(&cases[index])) else { continue };
        let case = &mut cases[index];
        case.fault = Some(fault);
        if fault == Fault::ResultBeforeAcceptance {
            case.ended = case.accepted.map(|accepted| accepted - chrono::TimeDelta::days(3));
        }
    }
}
