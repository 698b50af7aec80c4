//! Whether a bot may send anything: not while what it sent stands in the target as something else, or can't be read there.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    super::{Run, RunError},
    control::Controls,
};
use crate::{
    ledger::{self, Event},
    record::EntryState,
    store::Stopping,
};

/// Sentences that one run tells at most.
const TOLD_MOST: usize = 20;

/// What keeps one run from sending. Shut before anything else of the run is sent, and opened when what shut it is cleared up.
#[derive(Default)]
pub(super) struct Gate {
    shut: AtomicBool,
    /// The entry that shut it, and why.
    by: Mutex<Option<(i64, &'static str)>>,
    told: Mutex<BTreeSet<String>>,
    /// What the look-up is proven by: without it nothing counts as missing in the target.
    pub(super) controls: Controls,
}

impl Gate {
    /// Looks into the ledger: which entry of the bot keeps all others from being sent, if any.
    pub(super) async fn look(&self, run: &Run) -> Result<(), RunError> {
        let stopping = run.bridge.store.maybe_stopping(&run.bot).await?;
        let stops = |one: &Stopping| {
            let past = one.events.iter().filter_map(|word| Event::of(word));
            one.state.parse().is_ok_and(|state| ledger::stops_others(state, past))
        };
        let by = stopping.into_iter().find(stops).map(|one| (one.entry, why(&one.state)));
        self.shut.store(by.is_some(), Ordering::SeqCst);
        *self.by.lock().unwrap_or_else(PoisonError::into_inner) = by;
        Ok(())
    }

    /// Whether nothing may be sent.
    pub(super) fn is_shut(&self) -> bool {
        self.shut.load(Ordering::SeqCst)
    }

    /// Ends a run in which something had to wait behind the gate.
    pub(super) async fn ends(&self, run: &Run) -> Result<(), RunError> {
        let by = *self.by.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((entry, why)) = by else { return Ok(()) };
        match run.bridge.store.due_unsent(&run.bot, run.bridge.clock.now()).await? {
            0 => Ok(()),
            waiting => Err(RunError::HeldBack { entry, why, waiting }),
        }
    }

    /// Something that the run's report is to say once.
    pub(super) fn tell(&self, sentence: String) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < TOLD_MOST {
            told.insert(sentence);
        }
    }

    /// All that is to be said.
    pub(super) fn told(&self) -> Vec<String> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// Without the target's words: these may name people, and a run's reason goes far.
fn why(state: &str) -> &'static str {
    if state == EntryState::Conflict.word() {
        "what stands in the target is not what was sent"
    } else {
        "what stands in the target can't be read"
    }
}
