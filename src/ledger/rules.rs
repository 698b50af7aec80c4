//! The rules beside the moves: what a look proves, how long what was sent may still arrive, when a press is allowed, when a mark may
//! change, and which entries keep their bot from sending any other. The product and the model of `tests/it/cases/ledger` ask the same.

use std::time::Duration;

use super::{Event, Sight};
use crate::record::{Does, EntryState as State};

/// What a look-up has shown: how many rows are the record's, and whether a single one says what the entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Rows of the record.
    pub rows: usize,
    /// Whether the one row agrees; it says nothing of any other number of rows.
    pub same: bool,
}

/// What a look-up means for an entry that stands there. `settled`: what was sent last would have arrived by now.
pub const fn sight(does: Does, state: State, seen: Seen, settled: bool) -> Sight {
    let sight = match seen {
        Seen { rows: 0, .. } => Sight::Absent,
        Seen { rows: 1, same: true } => Sight::Same,
        Seen { rows: 1, same: false } => Sight::Different,
        Seen { .. } => Sight::Several,
    };
    if is_missing(does, sight) && may_show_later(state, settled) { Sight::AbsentSoFar } else { sight }
}

/// Whether what the entry says is not there: no record of a case that is to be entered, an update that was not written.
const fn is_missing(does: Does, sight: Sight) -> bool {
    matches!((does, sight), (Does::Enter, Sight::Absent) | (Does::Update, Sight::Different))
}

/// Whether what was sent may not show yet.
pub const fn may_show_later(state: State, settled: bool) -> bool {
    matches!(state, State::Unknown) && !settled
}

/// Whether "no such record" may be believed: the list itself was there to be read (`list_proven`), and the same look-up has found, in
/// the same run, a record that is known to stand there (`control_found`).
pub const fn believes_absence(list_proven: bool, control_found: bool) -> bool {
    list_proven && control_found
}

/// How long after nobody waits for an answer any more what was sent may still arrive. Whoever was only late, and by whose clock one
/// never knows, may have been about to press (`taken_over`): the time within which a press is allowed is added then.
pub const fn settled_after(settles: Duration, taken_over: bool, press_within: Duration) -> Duration {
    if taken_over { settles.saturating_add(press_within) } else { settles }
}

/// How long the press may still be made: what is left of `press_within` since it was written down as being sent. Nothing, unless
/// whoever wrote that still holds the entry.
pub const fn may_press(still_held: bool, press_within: Duration, since_written: Duration) -> Duration {
    if still_held { press_within.saturating_sub(since_written) } else { Duration::ZERO }
}

/// Whether others hear that an entry stands there. What is only on its way to being sent is nobody's news.
pub const fn is_news(state: State) -> bool {
    !matches!(state, State::LookedUp | State::Intended)
}

/// Whether the mark may be made anew: nothing was ever sent under it, and under it the record was never found in the target; or a
/// look-up has just shown that nothing stands there under it (`looked`), so that it might be sent again.
pub fn mark_may_change(past: impl IntoIterator<Item = State>, looked: Option<Sight>) -> bool {
    let absent = matches!(looked, Some(Sight::Absent));
    absent
        || past.into_iter().all(|state| match state {
            State::Submitting | State::Unknown | State::Submitted | State::Verified => false,
            State::Wanted
            | State::LookedUp
            | State::Intended
            | State::Refused
            | State::Conflict
            | State::Waiting
            | State::Cancelled => true,
        })
}

/// Whether an entry keeps its bot from sending any other: what the bot sent stands in the target as something else, or can't be read
/// there. A record that this bot never sent, or that was verified since, says nothing of how the bot enters. A person's decision
/// ends it, and so does a reading that agrees.
pub fn stops_others(state: State, past: impl IntoIterator<Item = Event>) -> bool {
    let (mut sent, mut stops) = (false, false);
    for event in past {
        match event {
            Event::Submitting => (sent, stops) = (true, false),
            Event::Agrees => (sent, stops) = (false, false),
            Event::Decided(_) => stops = false,
            Event::Unread => stops = true,
            Event::Differs | Event::Looked(Sight::Different | Sight::Several) => stops = sent,
            _ => {}
        }
    }
    stops && matches!(state, State::Conflict | State::Submitted | State::Waiting)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Decision;

    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn what_may_be_under_way_is_not_absent_and_an_update_that_does_not_show_may_be_under_way_too() {
        let none = Seen { rows: 0, same: false };
        let other = Seen { rows: 1, same: false };
        assert_eq!(sight(Does::Enter, State::Unknown, none, false), Sight::AbsentSoFar);
        assert_eq!(sight(Does::Enter, State::Unknown, none, true), Sight::Absent);
        assert_eq!(sight(Does::Enter, State::Wanted, none, false), Sight::Absent);
        assert_eq!(sight(Does::Update, State::Unknown, other, false), Sight::AbsentSoFar);
        assert_eq!(sight(Does::Enter, State::Unknown, other, false), Sight::Different);
        assert_eq!(sight(Does::Enter, State::Unknown, Seen { rows: 2, same: true }, false), Sight::Several);
        assert_eq!(sight(Does::Enter, State::Unknown, Seen { rows: 1, same: true }, false), Sight::Same);
    }

    #[test]
    fn a_press_is_allowed_to_who_holds_it_and_for_a_while_only() {
        assert_eq!(may_press(true, LONG, Duration::from_secs(10)), Duration::from_secs(20));
        assert_eq!(may_press(true, LONG, Duration::from_secs(31)), Duration::ZERO);
        assert_eq!(may_press(false, LONG, Duration::ZERO), Duration::ZERO);
        assert_eq!(settled_after(LONG, true, LONG), LONG * 2);
        assert!(believes_absence(true, true) && !believes_absence(true, false) && !believes_absence(false, true));
    }

    #[test]
    fn a_mark_changes_only_where_nothing_was_ever_sent_or_found_under_it() {
        assert!(mark_may_change([State::LookedUp, State::Intended, State::Wanted, State::Waiting], None));
        for stood in [State::Submitting, State::Unknown, State::Submitted, State::Verified] {
            let changes = |looked| mark_may_change([stood, State::Wanted], looked);
            assert!(
                !changes(None) && !changes(Some(Sight::AbsentSoFar)) && !changes(Some(Sight::Different)),
                "{stood:?}"
            );
            assert!(changes(Some(Sight::Absent)), "{stood:?}");
        }
    }

    #[test]
    fn what_was_sent_and_stands_there_otherwise_stops_the_bot_until_a_person_has_decided() {
        let sent = [Event::Looked(Sight::Absent), Event::Intended, Event::Submitting, Event::Submitted];
        let and = |more: &[Event]| [&sent[..], more].concat();
        let enter = Event::Decided(Decision::Enter);
        let doubt = [Event::Looked(Sight::Absent), Event::Submitting, Event::Lost, Event::Looked(Sight::Different)];
        for (state, past, stops) in [
            (State::Conflict, and(&[Event::Differs]), true),
            (State::Conflict, doubt.to_vec(), true),
            (State::Submitted, and(&[Event::Unread]), true),
            (State::Waiting, and(&[Event::Unread, Event::Unread, Event::Stuck]), true),
            (State::Verified, and(&[Event::Unread, Event::Agrees]), false),
            (State::Wanted, and(&[Event::Differs, enter]), false),
            (State::Conflict, and(&[Event::Differs, enter, Event::Looked(Sight::Different)]), true),
            // Of these nothing says that the bot enters anything wrongly.
            (State::Conflict, vec![Event::Looked(Sight::Different)], false),
            (State::Conflict, and(&[Event::Agrees, Event::Corrected, Event::Looked(Sight::Different)]), false),
            (State::Submitted, vec![Event::Looked(Sight::Same), Event::Unread], true),
            (State::Waiting, and(&[Event::Stuck]), false),
        ] {
            assert_eq!(stops_others(state, past.iter().copied()), stops, "{state:?} after {past:?}");
        }
    }
}
