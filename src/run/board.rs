//! The notice board: questions are written into the store, so that a person can answer them from any process, and what else waits
//! for a person is listed beside them.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;

use super::{People, Question};
use crate::{
    base::{Clock, chain},
    record::EntryState,
    store::{Ask, Entry, EntryQuery, Said, Store, StoreError, Task},
};

/// How often the board is looked at for what another process has written on it.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// Entries shown of each state: more than one person can look at in a day.
const SHOWN: u32 = 200;
/// The states in which only a person can go on.
const FOR_A_PERSON: [EntryState; 4] =
    [EntryState::Waiting, EntryState::Conflict, EntryState::Refused, EntryState::Unknown];

/// What waits for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// A bot waits for the answer.
    Question(Box<Task>),
    /// An entry rests until somebody decides.
    Entry(Box<Entry>),
}

/// Everything that waits for a person: the questions, the most urgent first; then the entries, the one that moved last first.
///
/// # Errors
/// Those of the store.
pub async fn waiting(store: &Store, now: DateTime<Utc>) -> Result<Vec<Waiting>, StoreError> {
    let questions = store.open_tasks(now).await?.into_iter().map(|task| Waiting::Question(Box::new(task)));
    let entries = waiting_entries(store, None).await?.into_iter().map(|entry| Waiting::Entry(Box::new(entry)));
    Ok(questions.chain(entries).collect())
}

/// The entries with which only a person can go on, of that bot or of all.
///
/// # Errors
/// Those of the store.
pub async fn waiting_entries(store: &Store, bot: Option<&str>) -> Result<Vec<Entry>, StoreError> {
    let mut waiting = Vec::new();
    for state in FOR_A_PERSON {
        let (state, bot) = (Some(state.word().to_owned()), bot.map(str::to_owned));
        waiting.extend(store.entries(&EntryQuery { state, bot, limit: SHOWN, target: None }).await?);
    }
    waiting.sort_by_key(|entry| std::cmp::Reverse((entry.changed_at, entry.id)));
    Ok(waiting)
}

/// People who are asked in writing.
#[derive(Clone)]
pub struct Board {
    store: Store,
    clock: Clock,
    within: Duration,
}

impl Board {
    /// A board in that store; where the adapter says nothing else, a question hangs there for so long.
    pub fn new(store: Store, clock: Clock, within: Duration) -> Self {
        Self { store, clock, within }
    }

    async fn put_up(&self, question: Question) -> Result<Option<String>, StoreError> {
        let now = self.clock.now();
        let ask = Ask {
            kind: question.kind.word().to_owned(),
            system: question.system,
            bot: question.bot,
            run: question.run,
            account: question.account,
            entry: question.entry,
            field: question.field,
            picture: question.picture,
            deadline: now + question.within.unwrap_or(self.within),
        };
        self.store.sweep_tasks(now).await?;
        let mut changed = self.store.watch_tasks();
        let mut notice = Notice { board: self, id: Some(self.store.ask_person(&ask, now).await?) };
        let said = loop {
            changed.mark_unchanged();
            let id = notice.id.expect("it hangs until it is taken down");
            match self.store.take_answer(id, self.clock.now()).await? {
                Said::Answer(said) => break Some(said),
                Said::Over => break None,
                Said::Nothing => {}
            }
            tokio::select! {
                _ = changed.changed() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        };
        notice.id = None;
        Ok(said)
    }
}

impl People for Board {
    fn ask(&self, question: Question) -> BoxFuture<'_, Option<String>> {
        Box::pin(async move {
            self.put_up(question).await.unwrap_or_else(|error| {
                tracing::error!(error = chain(&error), "a question could not be put up");
                None
            })
        })
    }

    fn patience(&self) -> Duration {
        self.within
    }
}

/// A question that hangs on the board; taken down when whoever asked is gone. A process that is killed leaves it there until its
/// deadline.
struct Notice<'a> {
    board: &'a Board,
    id: Option<i64>,
}

impl Drop for Notice<'_> {
    fn drop(&mut self) {
        let (Some(id), Ok(runtime)) = (self.id, tokio::runtime::Handle::try_current()) else { return };
        let (store, now) = (self.board.store.clone(), self.board.clock.now());
        runtime.spawn(async move {
            if let Err(error) = store.withdraw_task(id, now).await {
                tracing::warn!(task = id, error = chain(&error), "a question stays up until its deadline");
            }
        });
    }
}
