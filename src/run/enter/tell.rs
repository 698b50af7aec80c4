//! What the hub hears of an entry: where it stands, how it came there, and the link that it makes of two records.

use serde_json::Value;

use super::{super::RunError, life::Life};
use crate::{
    ledger::Event,
    record::{Does, Entry, EntryEvent, EntryState, Link, Record},
    run::page::local,
};

/// What is to be heard of the event that has just befallen an entry. What is only on its way to being sent is nobody's news.
pub(super) async fn records(life: &Life<'_>, event: Event) -> Result<Vec<Record>, RunError> {
    let state: EntryState = life.entry().state.parse().map_err(|error: crate::record::UnknownCode| {
        RunError::Entry { entry: life.entry().id, why: error.to_string() }
    })?;
    if matches!(state, EntryState::LookedUp | EntryState::Intended) {
        return Ok(Vec::new());
    }
    let mut records = vec![Record::Entry(Box::new(entry(life, state).await?))];
    if event == Event::Agrees && life.enter().does == Does::Enter {
        records.extend(link(life).map(Record::Link));
    }
    Ok(records)
}

async fn entry(life: &Life<'_>, state: EntryState) -> Result<Entry, RunError> {
    let (run, held) = (&life.site.run, life.entry());
    let before = run.bridge.store.entry_events(held.id).await?;
    let last = before.last().map_or(0, |event| event.at.timestamp_millis());
    let mut events: Vec<EntryEvent> = Vec::new();
    for event in &before {
        let Ok(state) = event.state.parse() else { continue };
        let words = serde_json::from_str::<Value>(&event.detail).ok();
        let words = words.and_then(|detail| Some(detail.get("words")?.as_str()?.to_owned()));
        events.push(EntryEvent { at: local(event.at), state, words });
    }
    events.push(EntryEvent { at: local(held.changed_at), state, words: held.words.clone() });
    let wish = &held.wish;
    let does = life.enter().does;
    Ok(Entry {
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
        data_version: held.changed_at.timestamp_millis().max(last) + before.len() as i64,
        at: local(held.changed_at),
        bot: run.bot.clone(),
        run: run.id.clone(),
        events,
    })
}

/// The target's record and the source's are one case from now on.
fn link(life: &Life<'_>) -> Option<Link> {
    let (run, held) = (&life.site.run, life.entry());
    let wish = &held.wish;
    Some(Link {
        system: wish.target.clone(),
        source_no: held.receipt.clone()?,
        origin_system: wish.origin_system.clone(),
        origin_no: wish.origin_no.clone(),
        project_no: wish.project_no.clone(),
        data_version: held.changed_at.timestamp_millis(),
        at: local(held.changed_at),
        bot: run.bot.clone(),
        run: run.id.clone(),
    })
}
