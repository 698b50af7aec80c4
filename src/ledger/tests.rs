//! The promise, over every path: no submission after one whose outcome is open.

use std::collections::HashSet;

use super::*;
use crate::record::{Does, EntryState as State};

const DOES: [Does; 2] = [Does::Enter, Does::Update];

fn events() -> Vec<Event> {
    Event::ALL.to_vec()
}

/// What ends the doubt about what was sent: the target itself, or a person.
fn settles(event: Event) -> bool {
    match event {
        Event::Looked(sight) => sight != Sight::AbsentSoFar,
        Event::NotSent | Event::Submitted | Event::Refused | Event::Decided(_) => true,
        _ => false,
    }
}

/// Every state that can be reached, with whether something was sent whose outcome nobody knows: all paths, not some.
#[test]
fn nothing_is_sent_while_the_outcome_of_what_was_sent_is_open() {
    for does in DOES {
        let mut reached = HashSet::from([(State::Wanted, false)]);
        let mut open = vec![(State::Wanted, false)];
        while let Some((state, doubt)) = open.pop() {
            for event in events() {
                let Ok(after) = step(does, state, event) else { continue };
                assert!(!(doubt && event == Event::Submitting), "{does:?}: sent again from {state:?} in doubt");
                let doubt = event == Event::Submitting || doubt && !settles(event);
                if reached.insert((after, doubt)) {
                    open.push((after, doubt));
                }
            }
        }
        let states: HashSet<State> = reached.iter().map(|(state, _)| *state).collect();
        assert_eq!(states.len(), State::ALL.len(), "every state can be reached");
        let doubtful: HashSet<State> = reached.iter().filter(|(_, doubt)| *doubt).map(|(state, _)| *state).collect();
        assert_eq!(doubtful, HashSet::from([State::Submitting, State::Unknown, State::Waiting]), "{does:?}");
    }
}

#[test]
fn unknown_is_left_by_a_look_or_a_person_only() {
    for (does, event) in DOES.into_iter().flat_map(|does| events().into_iter().map(move |event| (does, event))) {
        let Ok(after) = step(does, State::Unknown, event) else { continue };
        let allowed = matches!(event, Event::Looked(_) | Event::Decided(_));
        assert!(allowed || matches!(after, State::Unknown | State::Waiting), "{event:?} leads to {after:?}");
    }
}

#[test]
fn an_end_is_left_only_by_a_correction_or_a_person() {
    for state in [State::Verified, State::Refused, State::Conflict, State::Waiting, State::Cancelled] {
        assert_eq!(next(state), Task::Rest);
        for event in events().into_iter().filter(|event| step(Does::Enter, state, *event).is_ok()) {
            assert!(matches!(event, Event::Corrected | Event::Decided(_)), "{state:?} is left by {event:?}");
        }
    }
}

#[test]
fn an_entry_that_is_there_already_differently_is_a_conflict_and_an_update_is_made() {
    let looked = Event::Looked(Sight::Different);
    assert_eq!(step(Does::Enter, State::Wanted, looked), Ok(State::Conflict));
    assert_eq!(step(Does::Update, State::Wanted, looked), Ok(State::LookedUp));
    assert_eq!(step(Does::Update, State::Wanted, Event::Looked(Sight::Absent)), Ok(State::Waiting));
}

#[test]
fn no_two_events_share_a_word() {
    assert!(State::ALL.iter().all(|state| state.word().parse() == Ok(*state)));
    let words: HashSet<&str> = events().into_iter().map(Event::word).collect();
    assert_eq!(words.len(), events().len(), "no two events share a word");
    assert!(events().into_iter().all(|event| Event::of(event.word()) == Some(event)));
    assert_eq!(Event::of("from_tomorrow"), None);
}

#[test]
fn what_was_cancelled_has_a_way_back_and_is_looked_up_first() {
    let back = step(Does::Enter, State::Cancelled, Event::Decided(Decision::Reopen));
    assert_eq!(back.map(next), Ok(Task::LookUp));
    for state in State::ALL.iter().filter(|state| **state != State::Cancelled) {
        assert!(step(Does::Enter, *state, Event::Decided(Decision::Reopen)).is_err(), "{state:?} was not cancelled");
    }
}
