//! What can go wrong in the hub and on the way to it.

use crate::{base::Remedy, store::StoreError};

/// An error of the hub.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A batch is too large.
    #[error("{given} records in one batch: send at most {limit}")]
    TooMany {
        /// How many there were.
        given: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Something stored is not a record.
    #[error(
        "what is stored under {what} is not a record of this program's version: restore the database from a backup"
    )]
    Unreadable {
        /// Which.
        what: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A question that has no answer.
    #[error("{reason}")]
    Ask {
        /// What is wrong with it and what is offered.
        reason: String,
    },
    /// The other hub's address or this program's HTTP client cannot be used.
    #[error("cannot make a client for the hub: {reason}")]
    Client {
        /// Why.
        reason: String,
    },
    /// The other hub cannot be reached; what waits is kept.
    #[error("the hub at {address} does not answer; what waits for it is kept and sent later")]
    Away {
        /// Where.
        address: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The other hub answers that it is not able to.
    #[error("the hub at {address} answers {status}; what waits for it is kept and sent later")]
    Busy {
        /// Where.
        address: String,
        /// HTTP status.
        status: u16,
    },
    /// The other hub does not let this runner in.
    #[error(
        "the hub at {address} refuses the token ({status}): give this runner the hub's own one: `queqiao secret set hub token`"
    )]
    Unauthorised {
        /// Where.
        address: String,
        /// HTTP status.
        status: u16,
    },
    /// The other hub refuses a batch as such; the courier splits it.
    #[error("the hub at {address} refuses a batch ({status}): {answer}")]
    Batch {
        /// Where.
        address: String,
        /// HTTP status.
        status: u16,
        /// Beginning of its answer.
        answer: String,
    },
    /// The other hub's answer does not say what became of each line.
    #[error("{address} does not answer like a hub: correct the address")]
    Answer {
        /// Where.
        address: String,
    },
}

impl HubError {
    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Store(error) => error.remedy(),
            Self::TooMany { .. } | Self::Ask { .. } | Self::Batch { .. } => Remedy::Never,
            Self::Unreadable { .. } | Self::Client { .. } | Self::Unauthorised { .. } | Self::Answer { .. } => {
                Remedy::Human
            }
            Self::Away { .. } => Remedy::Retry,
            Self::Busy { .. } => Remedy::Backoff,
        }
    }
}
