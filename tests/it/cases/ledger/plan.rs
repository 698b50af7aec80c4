//! What may happen in the model, and which rules may be left out.

use queqiao::ledger::Decision;

use super::world::Lie;

/// A rule that the bridge does not keep in one of the models, so that it shows what the rule is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planted {
    Nothing,
    /// What was sent and is not there is taken for absent at once.
    NoWaitForWhatSettles,
    /// Something else on the page that reads as "0" proves that the record is absent.
    AbsenceByHealing,
    /// No record that is known to stand there is looked up beside.
    AbsenceWithoutControl,
    /// A mended mark is made anew whatever was sent.
    MarkAnewAfterItWasSent,
    /// Who presses does not make sure that the entry is still held; the time since it was written down binds it all the same.
    PressWithoutStillHeld,
    /// Nor that.
    PressWithoutALease,
    /// A press is allowed for ever.
    PressWithoutEnd,
    /// Whoever takes an entry over does not reckon with a press that is still to come.
    TakenOverWithoutAWord,
    /// Nor one who takes over after the one that had taken it over has died.
    DeadTakeoverForgotten,
}

/// The model. `lies`: how often the look-up may begin to lie; `mends`, `corrects`: whether the bot's mark may be mended, and the source
/// say something new.
#[derive(Clone, Debug)]
pub struct Life {
    pub planted: Planted,
    pub lies: u8,
    pub mends: bool,
    pub corrects: bool,
    pub decides: bool,
}

/// What may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A worker takes the entry.
    Take(usize),
    /// It does the next thing.
    Go(usize),
    /// It reads a page that says no, or that it is not to be read.
    Refuse(usize),
    Unreadable(usize),
    /// It dies; known to be gone, or silent.
    Die(usize),
    FallSilent(usize),
    /// The holder's time is over by the clock of the others, while it goes on.
    LeaseEnds,
    Saves(usize),
    Drops(usize),
    Tick,
    LieBegins(Lie),
    LieEnds,
    Mend(usize),
    Correct,
    Decide(Decision),
}
