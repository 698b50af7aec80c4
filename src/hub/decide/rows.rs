//! What of a record goes into columns of its own.

use std::collections::BTreeMap;

use crate::{
    calendar::Calendar,
    measure,
    record::{Case, Record},
    store::{Current, EntryRow, Key, LinkState, State, Writes},
};

/// Puts a new state among the writes; `counts` says whether the record counts where it stands.
pub(super) fn put(
    writes: &mut Writes,
    record: &Record,
    line: usize,
    current: Current,
    counts: bool,
    calendar: &Calendar,
) {
    match record {
        Record::Case(case) => {
            let bare = bare(record, line, current);
            writes.states.push(State { open: counts && measure::is_open(case), ..case_state(case, bare, calendar) });
        }
        Record::Quarantined(_) => writes.states.push(bare(record, line, current)),
        Record::Link(link) => writes.links.push(LinkState {
            system: link.system.clone(),
            source_no: link.source_no.clone(),
            origin_system: link.origin_system.clone(),
            origin_no: link.origin_no.clone(),
            project_no: link.project_no.clone(),
            current,
        }),
        Record::Entry(entry) => writes.entries.push(EntryRow {
            system: entry.system.clone(),
            source_no: entry.source_no.clone(),
            does: entry.does.word().to_owned(),
            origin_system: entry.origin_system.clone(),
            origin_no: entry.origin_no.clone(),
            project_no: entry.project_no.clone(),
            state: entry.state.word().to_owned(),
            receipt: entry.receipt.clone(),
            made: entry.state.entered(),
            reached_at: entry.at.timestamp_millis(),
            current,
        }),
        Record::Reading(_) | Record::System(_) => {}
    }
}

/// The cases that begin or cease to count where they stand, and whether they are open there now; without those that are
/// `written` anyway.
pub(super) fn reopened(
    before: &BTreeMap<Key, Record>,
    after: &BTreeMap<Key, Record>,
    written: impl Fn(&Key) -> bool,
) -> Vec<(Key, bool)> {
    let open = |record: &Record| matches!(record, Record::Case(case) if measure::is_open(case));
    let back = before.iter().filter(|(key, _)| !after.contains_key(*key)).map(|(key, record)| (key, open(record)));
    let away = after.keys().filter(|key| !before.contains_key(*key)).map(|key| (key, false));
    back.chain(away).filter(|(key, _)| !written(key)).map(|(key, open)| (key.clone(), open)).collect()
}

fn bare(record: &Record, line: usize, current: Current) -> State {
    let Current { version, contents, flags, body, bad } = current;
    State {
        system: record.system().to_owned(),
        source_no: record.key().to_owned(),
        kind: record.kind().to_owned(),
        version,
        contents,
        line,
        flags,
        body,
        bad,
        ..State::default()
    }
}

fn case_state(case: &Case, bare: State, calendar: &Calendar) -> State {
    let warn_at = measure::warn_at(case, calendar).unwrap_or_else(|error| {
        tracing::warn!(system = case.system, error = %error, "no warning can be foreseen for a case");
        None
    });
    let millis = |instant: chrono::DateTime<chrono::FixedOffset>| instant.timestamp_millis();
    State {
        project_no: Some(case.project_no.clone()),
        status: Some(case.status.word().to_owned()),
        site: case.fields.site.clone(),
        accept_at: case.fields.accept_date.map(millis),
        due_at: case.fields.promise_date.map(millis),
        warn_at: warn_at.map(millis),
        department: measure::department_of(case),
        town: measure::town(case),
        item: measure::item_of(case),
        ..bare
    }
}
