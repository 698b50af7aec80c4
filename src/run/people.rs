//! What only a person can answer.

use std::path::PathBuf;

use futures::future::BoxFuture;

/// A question for a person.
#[derive(Clone, Debug)]
pub struct Question {
    /// The system that asks.
    pub system: String,
    /// The bot's account there.
    pub account: String,
    /// The name of the field that takes the answer.
    pub field: String,
    /// The picture that is to be read, PNG.
    pub picture: Vec<u8>,
    /// Where that picture is kept, for whoever can't be shown it.
    pub kept: PathBuf,
}

/// Someone who may be asked.
pub trait People: Send + Sync {
    /// The answer; `None` when nobody answers in time.
    fn ask(&self, question: Question) -> BoxFuture<'_, Option<String>>;
}

/// Nobody is there.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl People for Nobody {
    fn ask(&self, _: Question) -> BoxFuture<'_, Option<String>> {
        Box::pin(async { None })
    }
}
