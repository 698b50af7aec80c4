//! What the hub hears of an entry: where it stands, how it came there, and the link that it makes of two records.

use serde_json::Value;

use super::super::page::local;
use crate::{
    ledger::{self, Decision, Event},
    record::{Does, Entry, EntryEvent, EntryState, Link, Record},
    store::{self, Store, StoreError},
};

/// Who brought an entry to where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Maker<'a> {
    pub(super) bot: &'a str,
    pub(super) run: &'a str,
}

/// What has befallen an entry so far, as the hub hears of it.
pub(super) async fn past(store: &Store, entry: i64) -> Result<Vec<EntryEvent>, StoreError> {
    let mut events = Vec::new();
    for event in &store.entry_events(entry).await? {
        let Ok(state) = event.state.parse() else { continue };
        let words = serde_json::from_str::<Value>(&event.detail).ok();
        let words = words.and_then(|detail| Some(detail.get("words")?.as_str()?.to_owned()));
        events.push(EntryEvent { at: local(event.at), state, words });
    }
    Ok(events)
}

/// What is to be heard of the event that has just befallen an entry.
pub(super) fn records(
    past: &[EntryEvent],
    held: &store::Entry,
    (does, state, event): (Does, EntryState, Event),
    maker: Maker<'_>,
) -> Vec<Record> {
    if !ledger::is_news(state) {
        return Vec::new();
    }
    let mut records = vec![Record::Entry(Box::new(entry(past, held, does, state, maker)))];
    if matches!(event, Event::Agrees | Event::Decided(Decision::Settled)) && does == Does::Enter {
        records.extend(link(held, maker).map(Record::Link));
    }
    records
}

/// What befalls an entry now, as the hub hears of it.
pub(super) fn present(held: &store::Entry, state: EntryState) -> EntryEvent {
    EntryEvent { at: local(held.changed_at), state, words: held.words.clone() }
}

fn entry(past: &[EntryEvent], held: &store::Entry, does: Does, state: EntryState, maker: Maker<'_>) -> Entry {
    let last = past.last().map_or(0, |event| event.at.timestamp_millis());
    let mut events = past.to_vec();
    events.push(present(held, state));
    let wish = &held.wish;
    Entry {
        system: wish.target.clone(),
        source_no: Entry::key(&wish.origin_system, &wish.origin_no, does),
        does,
        origin_system: wish.origin_system.clone(),
        origin_no: wish.origin_no.clone(),
        project_no: wish.project_no.clone(),
        state,
        receipt: held.receipt.clone(),
        words: held.words.clone(),
        field: held.field.clone(),
        // Two events within one millisecond are two versions all the same.
        data_version: held.changed_at.timestamp_millis().max(last) + past.len() as i64,
        at: local(held.changed_at),
        bot: maker.bot.to_owned(),
        run: maker.run.to_owned(),
        events,
    }
}

/// The target's record and the source's are one case from now on.
fn link(held: &store::Entry, maker: Maker<'_>) -> Option<Link> {
    let wish = &held.wish;
    Some(Link {
        system: wish.target.clone(),
        source_no: held.receipt.clone()?,
        origin_system: wish.origin_system.clone(),
        origin_no: wish.origin_no.clone(),
        project_no: wish.project_no.clone(),
        data_version: held.changed_at.timestamp_millis(),
        at: local(held.changed_at),
        bot: maker.bot.to_owned(),
        run: maker.run.to_owned(),
    })
}
