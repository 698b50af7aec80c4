//! The words of the ledger: what can befall an entry.

/// What a look at the target shows of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sight {
    /// No such record, long enough after the last submission that one under way would have arrived.
    Absent,
    /// No such record yet, or, for an update, not yet what was written into it; a submission may still be under way.
    AbsentSoFar,
    /// One such record, which says what the entry says.
    Same,
    /// One such record, which says something else.
    Different,
    /// More than one.
    Several,
}

/// What a person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// It does not stand in the target: enter it.
    Enter,
    /// It stands in the target as it should.
    Settled,
    /// It is not to be entered.
    Cancel,
    /// It is to be entered after all: what was cancelled is wanted again, and looked up first.
    Reopen,
}

/// What befalls an entry. Each is written down before its effect, or as soon as its cause is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The target was looked at.
    Looked(Sight),
    /// The target has no place where it could be looked up.
    Blind,
    /// What will be typed is settled.
    Intended,
    /// The form is sent right after this is written.
    Submitting,
    /// It was certainly not sent: the press came too late, or the page did not take it.
    NotSent,
    /// The target says that it was taken.
    Submitted,
    /// The target says no.
    Refused,
    /// Nobody saw how the submission ended.
    Lost,
    /// What stands in the target is what was meant.
    Agrees,
    /// What stands in the target is something else.
    Differs,
    /// What stands in the target could not be read: nobody knows yet whether it is what was meant.
    Unread,
    /// The work was broken off before anything was sent: a process died, a page did not come.
    BrokenOff,
    /// Another entry of its bot has to be cleared up first; nothing was sent, and no try is lost.
    HeldBack,
    /// Its mark is made anew, as the bot says it now; nothing was sent under the old one.
    Remarked,
    /// Only a person can go on.
    Stuck,
    /// The source says something new.
    Corrected,
    /// A person has decided.
    Decided(Decision),
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 24] = [
        Self::Looked(Sight::Absent),
        Self::Looked(Sight::AbsentSoFar),
        Self::Looked(Sight::Same),
        Self::Looked(Sight::Different),
        Self::Looked(Sight::Several),
        Self::Blind,
        Self::Intended,
        Self::Submitting,
        Self::NotSent,
        Self::Submitted,
        Self::Refused,
        Self::Lost,
        Self::Agrees,
        Self::Differs,
        Self::Unread,
        Self::BrokenOff,
        Self::HeldBack,
        Self::Remarked,
        Self::Stuck,
        Self::Corrected,
        Self::Decided(Decision::Enter),
        Self::Decided(Decision::Settled),
        Self::Decided(Decision::Cancel),
        Self::Decided(Decision::Reopen),
    ];

    /// The event of that word; `None` for one that only a newer version of this program knows.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.word() == word)
    }

    /// The word under which it is written down.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Looked(Sight::Absent) => "looked_absent",
            Self::Looked(Sight::AbsentSoFar) => "looked_absent_so_far",
            Self::Looked(Sight::Same) => "looked_same",
            Self::Looked(Sight::Different) => "looked_different",
            Self::Looked(Sight::Several) => "looked_several",
            Self::Blind => "blind",
            Self::Intended => "intended",
            Self::Submitting => "submitting",
            Self::NotSent => "not_sent",
            Self::Submitted => "submitted",
            Self::Refused => "refused",
            Self::Lost => "lost",
            Self::Agrees => "agrees",
            Self::Differs => "differs",
            Self::Unread => "unread",
            Self::BrokenOff => "broken_off",
            Self::HeldBack => "held_back",
            Self::Remarked => "remarked",
            Self::Stuck => "stuck",
            Self::Corrected => "corrected",
            Self::Decided(Decision::Enter) => "decided_enter",
            Self::Decided(Decision::Settled) => "decided_settled",
            Self::Decided(Decision::Cancel) => "decided_cancel",
            Self::Decided(Decision::Reopen) => "decided_reopen",
        }
    }
}
