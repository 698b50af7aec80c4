//! Cases that have left their list: told in every run while it holds, for nobody knows what it means.

use std::collections::HashMap;

use super::{Run, list::List, reread::may_be_of};
use crate::{
    record::LEFT_NAMED,
    store::{Seen, Store, StoreError},
};

/// What is known of a system's rows that its list no longer shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Left {
    /// Those that this reading found out, sorted.
    pub(super) newly: Vec<String>,
    /// Those that are known as open, sorted.
    pub(super) open: Vec<String>,
    /// Those whose case has ended.
    pub(super) ended: u64,
}

impl Left {
    /// Holds a list against what is known. Only a list that was read to its end, and shows all that it states, says who has left; any list
    /// says who is back.
    pub(super) fn of(run: &Run, list: &List, seen: &HashMap<String, Seen>) -> Self {
        let alone = readers(run) == 1;
        let mut left = Self::default();
        for (key, known) in seen.iter().filter(|(key, _)| !list.has(key)) {
            let ours = if alone { may_be_of(known, &run.bot) } else { known.bot == run.bot };
            let newly = ours && known.left_at == 0 && list.is_whole() && list.is_read();
            if newly {
                left.newly.push(key.clone());
            }
            // What another bot's list has lost, the system's reading tells as well.
            if newly || known.left_at > 0 {
                left.count(key, known);
            }
        }
        left.sorted()
    }

    /// What was known before this run.
    pub(super) fn before(seen: &HashMap<String, Seen>) -> Self {
        let mut left = Self::default();
        for (key, known) in seen.iter().filter(|(_, known)| known.left_at > 0) {
            left.count(key, known);
        }
        left.sorted()
    }

    fn count(&mut self, key: &str, known: &Seen) {
        if known.open {
            self.open.push(key.to_owned());
        } else {
            self.ended += 1;
        }
    }

    fn sorted(mut self) -> Self {
        self.newly.sort();
        self.open.sort();
        self
    }

    /// The numbers that a reading names.
    pub(super) fn named(&self) -> Vec<String> {
        self.open.iter().take(LEFT_NAMED).cloned().collect()
    }

    /// What is told of them: of open ones in every run, of ended ones when there are more than `before`.
    pub(super) fn told(&self, system: &str, before: u64) -> Vec<String> {
        let mut told = Vec::new();
        if !self.open.is_empty() {
            let more = if self.open.len() > LEFT_NAMED { ", …" } else { "" };
            let (count, named) = (self.open.len(), self.named().join(", "));
            told.push(format!(
                "{count} case(s) of {system} that are known as open are no longer in its list ({named}{more}): they count as open, as they \
                 were seen last; look in the system what became of them"
            ));
        }
        if self.ended > before {
            told.push(format!(
                "{} known case(s) of {system} that had ended are no longer in its list: they count as they were seen last",
                self.ended
            ));
        }
        told
    }

    /// Writes down who has left.
    pub(super) async fn keep(&self, run: &Run, store: &Store) -> Result<(), StoreError> {
        store.leave(&run.bot().system, &self.newly, run.began.timestamp_millis()).await
    }
}

/// How many bots read that system: with another one beside, a row may stand in its list.
fn readers(run: &Run) -> usize {
    let system = &run.bot().system;
    run.bridge.adapters.bots.values().filter(|bot| bot.system == *system && bot.enter().is_none()).count()
}
