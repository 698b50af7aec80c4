//! The states of a case, with the words each practice system has for them.

use super::System;

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
        let (permits, water) = match self {
            Status::Submitted => ("待预审", "网上申报"),
            Status::Received => ("已收件", "待受理"),
            Status::Correction => ("补正告知", "待补正"),
            Status::Accepted => ("已受理", "已受理"),
            Status::InProgress => ("审核中", "审批中"),
            Status::Suspended => ("特别程序", "挂起"),
            Status::Done => ("已办结", "办结"),
            Status::Rejected => ("不予受理", "不受理"),
            Status::Returned => ("已退件", "退件"),
            Status::Withdrawn => ("申请人撤回", "撤销"),
            Status::Void => ("已作废", "作废"),
        };
        match system {
            System::Permits => permits,
            System::Water => water,
        }
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
        let (permits, water) = match self {
            Outcome::Granted => ("准予许可", "准予"),
            Outcome::Refused => ("不予许可", "不准予"),
            Outcome::Forwarded => ("转报上级", "转报"),
            Outcome::Other => ("其他", "其它"),
        };
        match system {
            System::Permits => permits,
            System::Water => water,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_state_has_its_own_word_in_each_system() {
        for system in [System::Permits, System::Water] {
            let words: HashSet<_> = Status::ALL.iter().map(|status| status.word(system)).collect();
            assert_eq!(words.len(), Status::ALL.len());
        }
    }
}
