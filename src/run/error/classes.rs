//! What each error means: what to do, what it does to the session, how the run ends.

use super::RunError;
use crate::{base::Remedy, record::Outcome, transport::TransportError};

/// Who else meets the same trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Every bot of the system.
    System,
    /// Every bot with the account.
    Account,
    /// This bot alone.
    Bot,
}

impl RunError {
    /// Who else meets it.
    pub fn about(&self) -> About {
        match self {
            Self::Details { source, .. } => source.about(),
            // It is this bot's page that is none.
            Self::Transport(TransportError::NotAPage { .. } | TransportError::Astray { .. }) => About::Bot,
            Self::Transport(_) | Self::Status { .. } | Self::Busy { .. } => About::System,
            Self::Vault(_)
            | Self::LoginRefused { .. }
            | Self::LoginUnclear { .. }
            | Self::Frozen { .. }
            | Self::Kicked { .. }
            | Self::Away { .. }
            | Self::AccountHeld { .. }
            | Self::NobodyAnswered { .. }
            | Self::Misread { .. }
            | Self::LentOver { .. } => About::Account,
            Self::Extract { .. }
            | Self::Store(_)
            | Self::Address { .. }
            | Self::SessionLost { .. }
            | Self::Guard { .. }
            | Self::BreaksOff { .. }
            | Self::Stranger { .. }
            | Self::Hangs { .. }
            | Self::Dialog { .. }
            | Self::Stuck { .. }
            | Self::Unscrolled { .. }
            | Self::NoFile { .. }
            | Self::Moving { .. }
            | Self::TooDense { .. }
            | Self::TooManyPages { .. }
            | Self::Missing { .. }
            | Self::Unexpected { .. }
            | Self::TooLong { .. }
            | Self::Entry { .. }
            | Self::HeldBack { .. }
            | Self::LookUp { .. }
            | Self::Receipt { .. }
            | Self::Ledger(_)
            | Self::Task(_) => About::Bot,
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Transport(error) => error.remedy(),
            Self::Extract { source, .. } => source.remedy(),
            Self::Details { source, .. } => source.remedy(),
            Self::Store(error) => error.remedy(),
            Self::Vault(error) => error.remedy(),
            Self::Address { .. }
            | Self::LoginRefused { .. }
            | Self::LoginUnclear { .. }
            | Self::Frozen { .. }
            | Self::Dialog { .. }
            | Self::NoFile { .. }
            | Self::NobodyAnswered { .. }
            | Self::Misread { .. }
            | Self::LentOver { .. }
            | Self::TooDense { .. }
            | Self::TooManyPages { .. }
            | Self::Unscrolled { .. }
            | Self::Guard { .. }
            | Self::Entry { .. }
            | Self::HeldBack { .. }
            | Self::LookUp { .. }
            | Self::Receipt { .. }
            | Self::Unexpected { .. } => Remedy::Human,
            Self::Status { status, .. } if *status >= 500 || *status == 429 => Remedy::Retry,
            Self::Status { .. } => Remedy::Human,
            Self::SessionLost { .. }
            | Self::Missing { .. }
            | Self::Moving { .. }
            | Self::Hangs { .. }
            | Self::Stuck { .. }
            | Self::BreaksOff { .. }
            | Self::Stranger { .. }
            | Self::TooLong { .. } => Remedy::Retry,
            Self::Kicked { .. } | Self::Away { .. } | Self::AccountHeld { .. } | Self::Busy { .. } => Remedy::Backoff,
            Self::Task(_) | Self::Ledger(_) => Remedy::Never,
        }
    }

    /// Whether the session may be worth nothing after this: the next run then signs in anew.
    pub fn spoils_session(&self) -> bool {
        match self {
            Self::Details { source, .. } => source.spoils_session(),
            Self::Transport(_)
            | Self::LoginRefused { .. }
            | Self::LoginUnclear { .. }
            | Self::SessionLost { .. }
            | Self::Kicked { .. }
            | Self::TooLong { .. }
            | Self::Hangs { .. }
            | Self::Dialog { .. }
            | Self::Stuck { .. }
            | Self::Unscrolled { .. }
            | Self::NobodyAnswered { .. }
            | Self::Misread { .. }
            | Self::LentOver { .. }
            | Self::Task(_) => true,
            Self::Extract { .. }
            | Self::Store(_)
            | Self::Vault(_)
            | Self::Address { .. }
            | Self::Frozen { .. }
            | Self::Busy { .. }
            | Self::Away { .. }
            | Self::AccountHeld { .. }
            | Self::Guard { .. }
            | Self::Entry { .. }
            | Self::HeldBack { .. }
            | Self::LookUp { .. }
            | Self::Receipt { .. }
            | Self::Ledger(_)
            | Self::BreaksOff { .. }
            | Self::Stranger { .. }
            | Self::Status { .. }
            | Self::NoFile { .. }
            | Self::TooDense { .. }
            | Self::TooManyPages { .. }
            | Self::Missing { .. }
            | Self::Moving { .. }
            | Self::Unexpected { .. } => false,
        }
    }

    /// Whether the page that it came with shows what was wrong, so that it is worth keeping.
    pub(in crate::run) fn shows_on_page(&self) -> bool {
        matches!(self, Self::Extract { .. } | Self::Status { .. } | Self::BreaksOff { .. })
    }

    /// How a run ends that this error stopped, after it had kept something (or nothing).
    pub fn outcome(&self, kept_something: bool) -> Outcome {
        match self.remedy() {
            Remedy::Human => Outcome::NeedsPerson,
            Remedy::Retry | Remedy::Backoff | Remedy::Never | Remedy::OutcomeUnknown if kept_something => {
                Outcome::Incomplete
            }
            Remedy::Retry | Remedy::Backoff | Remedy::Never | Remedy::OutcomeUnknown => Outcome::Failed,
        }
    }
}
