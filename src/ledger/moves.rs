//! The moves. A pair of state and event that does not stand here is illegal.

use super::{Decision, Event, Sight};
use crate::record::{Does, EntryState as State};

/// A move that the ledger does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an entry that is `{}` can't become anything by `{}`", state.word(), event.word())]
pub struct Illegal {
    /// Where the entry stood.
    pub state: State,
    /// What was to befall it.
    pub event: Event,
}

/// What is to be done with an entry that stands here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Look whether the target has it.
    LookUp,
    /// Settle what will be typed.
    Intend,
    /// Fill the form, write [`Event::Submitting`] down, and send it.
    Submit,
    /// Nobody is at it any more and nobody saw how it ended: write [`Event::Lost`] down.
    GiveUp,
    /// Read back what stands in the target.
    Compare,
    /// Nothing: it has ended, or a person has to look.
    Rest,
}

/// Moves an entry.
///
/// # Errors
/// [`Illegal`] for an event that can't befall an entry in this state; the entry then stays as it is.
pub const fn step(does: Does, state: State, event: Event) -> Result<State, Illegal> {
    use State::{
        Cancelled, Conflict, Intended, LookedUp, Refused, Submitted, Submitting, Unknown, Verified, Waiting, Wanted,
    };
    Ok(match (state, event) {
        (Wanted | Unknown, Event::Looked(sight)) => looked(does, state, sight),
        // A first try in a target without a look-up can't double anything; a doubt there is a person's.
        (Wanted, Event::Blind) => LookedUp,
        (Unknown, Event::Blind) => Waiting,
        (LookedUp, Event::Intended) => Intended,
        (Intended, Event::Submitting) => Submitting,
        (Submitting, Event::NotSent) => Wanted,
        (Submitting, Event::Submitted) => Submitted,
        // A form of several pages may be refused before it is sent.
        (Intended | Submitting, Event::Refused) => Refused,
        (Submitting, Event::Lost) => Unknown,
        (Submitted, Event::Agrees) => Verified,
        (Submitted, Event::Differs) => Conflict,
        (Submitted, Event::Unread) => Submitted,
        (Wanted | LookedUp | Intended, Event::BrokenOff | Event::HeldBack | Event::Remarked) => Wanted,
        (Wanted | LookedUp | Intended | Submitted | Unknown, Event::Stuck) => Waiting,
        (Wanted | LookedUp | Intended | Refused | Verified, Event::Corrected) => Wanted,
        // What a person looks at stays there: the correction shows beside it.
        (Submitting | Submitted | Unknown | Waiting | Conflict | Cancelled, Event::Corrected) => state,
        (Waiting | Unknown | Conflict | Refused, Event::Decided(Decision::Enter)) => Wanted,
        (Waiting | Unknown | Conflict | Refused | Submitted, Event::Decided(Decision::Settled)) => Verified,
        (Wanted | LookedUp | Intended | Waiting | Unknown | Conflict | Refused, Event::Decided(Decision::Cancel)) => {
            Cancelled
        }
        (Cancelled, Event::Decided(Decision::Reopen)) => Wanted,
        (state, event) => return Err(Illegal { state, event }),
    })
}

/// Where a look at the target leads from `wanted` or `unknown`.
const fn looked(does: Does, state: State, sight: Sight) -> State {
    match (does, sight) {
        // What may still be under way is not there yet, and not absent.
        (_, Sight::AbsentSoFar) => state,
        (Does::Enter, Sight::Absent) => State::LookedUp,
        (Does::Update, Sight::Absent) => State::Waiting,
        (_, Sight::Same) => State::Submitted,
        (Does::Enter, Sight::Different) | (_, Sight::Several) => State::Conflict,
        // Setting a field to what it should say is the same, once or twice.
        (Does::Update, Sight::Different) => State::LookedUp,
    }
}

/// What is to be done next with an entry that nobody else is working on.
pub const fn next(state: State) -> Task {
    match state {
        State::Wanted | State::Unknown => Task::LookUp,
        State::LookedUp => Task::Intend,
        State::Intended => Task::Submit,
        State::Submitting => Task::GiveUp,
        State::Submitted => Task::Compare,
        State::Verified | State::Refused | State::Conflict | State::Waiting | State::Cancelled => Task::Rest,
    }
}
