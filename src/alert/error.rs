//! Why an alert did not arrive.

use crate::{base::Remedy, store::StoreError, vault::VaultError};

/// Why an alert did not arrive. No text holds an address: whoever knows a robot's can speak for it.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// The place's address, or one of its mail addresses, can't be used.
    #[error("the alert `{sink}` in queqiao.toml: {reason}")]
    Address {
        /// The place's name.
        sink: String,
        /// What is wrong.
        reason: String,
    },
    /// What is secret about the place is missing.
    #[error("the alert `{sink}` in queqiao.toml")]
    Vault {
        /// The place's name.
        sink: String,
        /// Which secret, and where to write it.
        source: Box<VaultError>,
    },
    /// The place does not answer.
    #[error(
        "the alert `{sink}` can't be delivered now; it is tried again by itself. If it stays so, see that its address is right and \
             can be reached from here"
    )]
    Away {
        /// The place's name.
        sink: String,
        /// What the network said, without the address.
        source: reqwest::Error,
    },
    /// The place says no.
    #[error(
        "the alert `{sink}` was refused with {code}: \"{words}\". It is tried again; if it stays so, mend what the words say (a \
             robot's key, signature, keyword or address)"
    )]
    Refused {
        /// The place's name.
        sink: String,
        /// Its code.
        code: i64,
        /// Its words.
        words: String,
    },
    /// The mail server does not take it.
    #[error(
        "the alert `{sink}` can't be mailed now; it is tried again by itself. If it stays so, see that server, account and \
             addresses are right"
    )]
    Mail {
        /// The place's name.
        sink: String,
        /// What the server said.
        source: lettre::transport::smtp::Error,
    },
    /// No client can be made for any address.
    #[error("no alert can be delivered from here: {reason}. Please report this with the log")]
    Client {
        /// Why.
        reason: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AlertError {
    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Address { .. } | Self::Vault { .. } => Remedy::Human,
            Self::Away { .. } | Self::Refused { .. } | Self::Mail { .. } => Remedy::Backoff,
            Self::Client { .. } => Remedy::Never,
            Self::Store(error) => error.remedy(),
        }
    }
}
