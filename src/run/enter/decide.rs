//! What a person decides about an entry.

use chrono::TimeDelta;
use serde_json::json;

use super::tell::{self, Maker};
use crate::{
    base::{Clock, Remedy},
    ledger::{self, Decision, Event, Task},
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
    /// The number under which the target has it, where it is settled.
    pub receipt: Option<&'a str>,
}

/// Why a decision was not taken.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// There is no such entry.
    #[error("there is no entry {id}: `queqiao entries` lists those that there are")]
    Missing {
        /// The number.
        id: i64,
    },
    /// A bot is working on it.
    #[error("a bot is working on entry {id} just now: try again in a moment")]
    Held {
        /// Its number.
        id: i64,
    },
    /// It stands where such a decision means nothing.
    #[error("entry {id} is {}: that is decided only of what is {}", state.word(), in_words(fits))]
    Meaningless {
        /// Its number.
        id: i64,
        /// Where it stands.
        state: EntryState,
        /// Where it would have to stand.
        fits: Vec<EntryState>,
    },
    /// It is to stand in the target, under a number that nobody has said.
    #[error(
        "under which number does the target have entry {id}? Say it with the decision: without it, nobody knows that the two records are one case"
    )]
    NoReceipt {
        /// Its number.
        id: i64,
    },
    /// It was written by a newer version of this program.
    #[error(transparent)]
    Unknown(#[from] UnknownCode),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DecideError {
    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Missing { .. } | Self::Meaningless { .. } | Self::Unknown(_) => Remedy::Never,
            Self::Held { .. } => Remedy::Retry,
            Self::NoReceipt { .. } => Remedy::Human,
            Self::Store(error) => error.remedy(),
        }
    }
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
    let mut entry = match store.take_entry(id, said.person, now, now + WRITTEN_WITHIN).await? {
        Some(entry) => entry,
        None if store.entry(id).await?.is_none() => return Err(DecideError::Missing { id }),
        None => return Err(DecideError::Held { id }),
    };
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
    let (does, before): (Does, EntryState) = (entry.wish.purpose.parse()?, entry.state.parse()?);
    let event = Event::Decided(decision);
    let meaningless =
        |_| DecideError::Meaningless { id: entry.id, state: before, fits: fits(does, decision).collect() };
    let state = ledger::step(does, before, event).map_err(meaningless)?;
    let settled = decision == Decision::Settled;
    let receipt = receipt.map(str::trim).filter(|receipt| settled && !receipt.is_empty());
    let entered = settled && does == Does::Enter;
    if entered && receipt.is_none() && entry.receipt.is_none() {
        return Err(DecideError::NoReceipt { id: entry.id });
    }
    state.word().clone_into(&mut entry.state);
    entry.resting = ledger::next(state) == Task::Rest;
    entry.changed_at = now;
    // What was sent may still be under way, even if a person has not seen it there: until then nobody looks, and nobody sends.
    entry.due_at = entry.due_at.max(now);
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
        detail: json!({ "person": person, "words": words, "receipt": receipt }).to_string(),
        until: now + WRITTEN_WITHIN,
        records,
        // Whoever updates by the target's own record hears of the link, as if a bot had made it.
        read_again: entry.receipt.clone().filter(|_| entered).map(|receipt| (entry.wish.target.clone(), receipt)),
    };
    Ok(store.move_entry(entry, &moved).await?)
}

/// Where an entry must stand for a decision about it.
fn fits(does: Does, decision: Decision) -> impl Iterator<Item = EntryState> {
    let legal = move |state: &EntryState| ledger::step(does, *state, Event::Decided(decision)).is_ok();
    EntryState::ALL.iter().copied().filter(legal)
}

fn in_words(states: &[EntryState]) -> String {
    states.iter().map(|state| state.word()).collect::<Vec<_>>().join(", ")
}
