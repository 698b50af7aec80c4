//! The states of a case, and what it came to.

use super::kind::System;

/// Where a case stands: the canonical list of the domain page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Status {
    Submitted,
    Received,
    Correction,
    Accepted,
    InProgress,
    Suspended,
    Done,
    Rejected,
    Returned,
    Withdrawn,
    Void,
}

impl Status {
    /// Every state, in the order of the domain page.
    pub(super) const ALL: [Status; 11] = [
        Status::Submitted,
        Status::Received,
        Status::Correction,
        Status::Accepted,
        Status::InProgress,
        Status::Suspended,
        Status::Done,
        Status::Rejected,
        Status::Returned,
        Status::Withdrawn,
        Status::Void,
    ];

    /// The canonical English name.
    pub(super) fn canonical(self) -> &'static str {
        match self {
            Status::Submitted => "submitted",
            Status::Received => "received",
            Status::Correction => "correction",
            Status::Accepted => "accepted",
            Status::InProgress => "in_progress",
            Status::Suspended => "suspended",
            Status::Done => "done",
            Status::Rejected => "rejected",
            Status::Returned => "returned",
            Status::Withdrawn => "withdrawn",
            Status::Void => "void",
        }
    }

    /// The word that `system` shows. The systems differ, as real ones do.
    pub(super) fn word(self, system: System) -> &'static str {
        (system.status)(self)
    }

    /// Whether nothing more happens to the case.
    pub(super) fn is_end(self) -> bool {
        matches!(self, Status::Done | Status::Rejected | Status::Returned | Status::Withdrawn | Status::Void)
    }
}

/// What a done case came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Granted,
    Refused,
    Forwarded,
    Other,
}

impl Outcome {
    /// The canonical English name.
    pub(super) fn canonical(self) -> &'static str {
        match self {
            Outcome::Granted => "granted",
            Outcome::Refused => "refused",
            Outcome::Forwarded => "forwarded",
            Outcome::Other => "other",
        }
    }

    /// The word that `system` shows.
    pub(super) fn word(self, system: System) -> &'static str {
        (system.outcome)(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_state_has_its_own_word_in_each_system() {
        for &system in super::super::ALL {
            let words: HashSet<_> = Status::ALL.iter().map(|status| status.word(system)).collect();
            assert_eq!(words.len(), Status::ALL.len());
        }
    }
}
