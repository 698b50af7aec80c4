//! What a person decides about an entry.

use chrono::TimeDelta;
use serde_json::json;

use super::tell::{self, Maker};
use crate::{
    base::Clock,
    ledger::{self, Decision, Event, Illegal, Task},
    record::{Does, EntryState, UnknownCode},
    store::{Entry, EntryMove, Store, StoreError},
};

/// How long a decision may take to be written down.
const WRITTEN_WITHIN: TimeDelta = TimeDelta::minutes(1);

/// What a person says with a decision.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// Who.
    pub person: &'a str,
    /// Why, in that person's words.
    pub words: Option<&'a str>,
    /// The number under which the target has it.
    pub receipt: Option<&'a str>,
}

/// Why a decision was not taken.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// There is no such entry, or a bot is working on it now.
    #[error("there is no entry {id}, or a bot is working on it just now: look with `queqiao entries`, and try again")]
    Held {
        /// Its number.
        id: i64,
    },
    /// It stands where such a decision means nothing.
    #[error("{0}: look with `queqiao entries` where it stands")]
    Illegal(#[from] Illegal),
    /// It was written by a newer version of this program.
    #[error(transparent)]
    Unknown(#[from] UnknownCode),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes down what a person has decided about an entry, and what that person says of it.
///
/// # Errors
/// [`DecideError`]; the entry then stays as it is.
pub async fn decide(
    store: &Store,
    clock: &Clock,
    id: i64,
    decision: Decision,
    said: Said<'_>,
) -> Result<Entry, DecideError> {
    let now = clock.now();
    let until = now + WRITTEN_WITHIN;
    let mut entry = store.take_entry(id, said.person, now, until).await?.ok_or(DecideError::Held { id })?;
    let decided = write(store, &mut entry, decision, said, now).await;
    store.release_entry(&entry).await?;
    decided.map(|()| entry)
}

async fn write(
    store: &Store,
    entry: &mut Entry,
    decision: Decision,
    Said { person, words, receipt }: Said<'_>,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), DecideError> {
    let (does, state): (Does, EntryState) = (entry.wish.purpose.parse()?, entry.state.parse()?);
    let event = Event::Decided(decision);
    let state = ledger::step(does, state, event)?;
    state.word().clone_into(&mut entry.state);
    entry.resting = ledger::next(state) == Task::Rest;
    entry.changed_at = now;
    entry.due_at = now;
    entry.tries = 0;
    // A person has seen what the source says now.
    entry.known_version = entry.wish.version;
    entry.words = words.map(str::to_owned);
    entry.field = None;
    entry.receipt = receipt.map(str::to_owned).or(entry.receipt.take());
    let maker = Maker { bot: &entry.wish.bot, run: person };
    let past = tell::past(store, entry.id).await?;
    let records = tell::records(&past, entry, (does, state, event), maker);
    let moved = EntryMove {
        event: event.word().to_owned(),
        detail: json!({ "person": person, "words": words }).to_string(),
        until: now + WRITTEN_WITHIN,
        records,
        read_again: None,
    };
    Ok(store.move_entry(entry, &moved).await?)
}
