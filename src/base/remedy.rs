//! What to do about an error. Every error of every room is classified once, by an exhaustive match beside its enum.

use serde::{Deserialize, Serialize};

/// The five answers to "and now?".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Passing trouble: the same again, soon.
    Retry,
    /// The other side asks for patience (busy, kicked, maintenance): the same again, much later.
    Backoff,
    /// Only a person can mend it (wrong password, broken adapter, changed page).
    Human,
    /// The same again would fail the same way, and nobody needs to be asked.
    Never,
    /// It may have happened: look before doing anything again.
    OutcomeUnknown,
}
