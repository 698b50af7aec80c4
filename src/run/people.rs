//! What only a person can answer.

use std::{path::PathBuf, sync::Arc, time::Duration};

use futures::future::BoxFuture;

use super::{Run, RunError, enter::LEASE, evidence};
use crate::{
    adapter::{self, AskKind},
    store::Entry,
};

/// A question for a person.
#[derive(Clone, Debug)]
pub struct Question {
    /// What is wanted.
    pub kind: AskKind,
    /// The system that asks.
    pub system: String,
    /// The bot before it.
    pub bot: String,
    /// Its run.
    pub run: String,
    /// The bot's account there.
    pub account: String,
    /// The entry that is being entered; `None` at a login.
    pub entry: Option<i64>,
    /// The name of the field that takes the answer.
    pub field: String,
    /// The picture that is to be read, PNG.
    pub picture: Vec<u8>,
    /// Where that picture is kept, for whoever can't be shown it.
    pub kept: PathBuf,
    /// How long an answer may take, where the adapter says so.
    pub within: Option<Duration>,
}

/// Someone who may be asked.
pub trait People: Send + Sync {
    /// The answer; `None` when nobody answers in time.
    fn ask(&self, question: Question) -> BoxFuture<'_, Option<String>>;

    /// How long that takes at most, where the adapter says nothing of it.
    fn patience(&self) -> Duration {
        Duration::ZERO
    }
}

/// Nobody is there.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl People for Nobody {
    fn ask(&self, _: Question) -> BoxFuture<'_, Option<String>> {
        Box::pin(async { None })
    }
}

/// Someone beside this process, and whoever else can be reached: both are asked, the first answer counts.
pub struct Both(pub Arc<dyn People>, pub Arc<dyn People>);

impl People for Both {
    fn ask(&self, question: Question) -> BoxFuture<'_, Option<String>> {
        Box::pin(async move {
            let (mut beside, mut further) = (self.0.ask(question.clone()), self.1.ask(question));
            // In this order: where the one beside answers at once, nobody else is disturbed.
            tokio::select! {
                biased;
                said = &mut beside => match said {
                    Some(said) => Some(said),
                    None => further.await,
                },
                said = &mut further => said,
            }
        })
    }

    fn patience(&self) -> Duration {
        self.0.patience().max(self.1.patience())
    }
}

/// Asks what a step of the adapter asks. No share of what the system bears may be held meanwhile: a person takes minutes.
pub(super) async fn ask(
    run: &Run,
    ask: &adapter::Ask,
    picture: Vec<u8>,
    entry: Option<&Entry>,
) -> Result<String, RunError> {
    let kept = evidence::keep_picture(run, "question.png", &picture);
    let people = &run.bridge.people;
    if let Some(entry) = entry {
        // Nobody else may take it over while somebody thinks.
        let thinks = ask.within.unwrap_or(people.patience());
        let until = run.bridge.clock.now() + LEASE + thinks;
        run.bridge.store.hold_entry(entry, until).await?;
    }
    let question = Question {
        kind: ask.kind,
        system: run.system().name.clone(),
        bot: run.bot.clone(),
        run: run.id.clone(),
        account: run.bot().account.clone().unwrap_or_default(),
        entry: entry.map(|entry| entry.id),
        field: ask.answer.clone(),
        picture,
        kept: kept.clone(),
        within: ask.within,
    };
    let said = people.ask(question).await;
    said.ok_or_else(|| RunError::NobodyAnswered { system: run.system().name.clone(), kept: kept.display().to_string() })
}
