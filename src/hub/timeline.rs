//! What happened to a case, in all its systems, in one order; pure.

use chrono::{DateTime, FixedOffset};
use chrono_tz::Asia::Shanghai;
use serde::{Deserialize, Serialize};

use crate::record::{Case, Does, Entry, EntryState, Link};

/// What a step of a timeline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    /// The case was applied for there.
    Applied,
    /// It was accepted there.
    Accepted,
    /// A step of its process, in the system's own words.
    Step,
    /// It ended there.
    Ended,
    /// It was on its way into that system, or came back from it.
    Entry,
    /// It became known that the record there is the same case.
    Linked,
}

/// A step of a timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TimelineRow {
    /// When.
    pub at: DateTime<FixedOffset>,
    /// In which system.
    pub system: String,
    /// What it is.
    pub what: Happened,
    /// Its name in Chinese: the system's own word, or ours.
    pub title: String,
    /// Of an entry: what it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub does: Option<Does>,
    /// Of an entry: where it came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<EntryState>,
    /// Of an entry or a link: the system that the case came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin_system: Option<String>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// With what words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// Everything that happened, oldest first.
pub(super) fn timeline(cases: &[Case], links: &[Link], entries: &[Entry]) -> Vec<TimelineRow> {
    let mut rows: Vec<TimelineRow> = cases.iter().flat_map(of_case).collect();
    rows.extend(entries.iter().flat_map(of_entry));
    // An entry that tells of its receipt tells more than the link that came of it.
    let told = |link: &&Link| {
        entries.iter().any(|entry| entry.system == link.system && entry.receipt.as_ref() == Some(&link.source_no))
    };
    rows.extend(links.iter().filter(|link| !told(link)).map(|link| TimelineRow {
        origin_system: Some(link.origin_system.clone()),
        ..row(link.at, &link.system, Happened::Linked, "已关联")
    }));
    rows.sort_by(|one, other| (one.at, one.what, &one.system).cmp(&(other.at, other.what, &other.system)));
    rows
}

fn row(at: DateTime<FixedOffset>, system: &str, what: Happened, title: &str) -> TimelineRow {
    TimelineRow {
        at,
        system: system.to_owned(),
        what,
        title: title.to_owned(),
        does: None,
        state: None,
        origin_system: None,
        actor: None,
        words: None,
    }
}

/// The steps of its process; and its dates, as far as no step of that day tells of them.
fn of_case(case: &Case) -> Vec<TimelineRow> {
    let day = |at: DateTime<FixedOffset>| at.with_timezone(&Shanghai).date_naive();
    let end = case.result.map_or(case.status.title(), |result| result.title());
    let fields = &case.fields;
    let dates = [
        (fields.apply_date, Happened::Applied, "申请"),
        (fields.accept_date, Happened::Accepted, "受理"),
        (fields.result_date, Happened::Ended, end),
    ];
    let untold = dates.into_iter().filter_map(|(at, what, title)| {
        let at = at?;
        let told = case.events.iter().any(|event| day(event.time) == day(at));
        (!told).then(|| row(at, &case.system, what, title))
    });
    let steps = case.events.iter().map(|event| TimelineRow {
        actor: event.actor.clone(),
        words: event.note.clone(),
        ..row(event.time, &case.system, Happened::Step, &event.name)
    });
    untold.chain(steps).collect()
}

fn of_entry(entry: &Entry) -> Vec<TimelineRow> {
    let step = |at, state: EntryState, words: &Option<String>| TimelineRow {
        does: Some(entry.does),
        state: Some(state),
        origin_system: Some(entry.origin_system.clone()),
        words: words.clone(),
        ..row(at, &entry.system, Happened::Entry, &format!("{}{}", entry.does.title(), state.title()))
    };
    let mut rows: Vec<TimelineRow> =
        entry.events.iter().map(|event| step(event.at, event.state, &event.words)).collect();
    if entry.events.last().is_none_or(|last| last.state != entry.state) {
        rows.push(step(entry.at, entry.state, &entry.words));
    }
    rows
}
