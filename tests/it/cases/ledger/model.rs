//! The life of an entry as a model: every order in which what may happen can happen. The moves and the rules are the ledger's own.

use queqiao::{
    ledger::{self, Decision, Event, Seen, Task},
    record::{Does, EntryState as State},
};
use stateright::{Model, Property};

use super::{
    plan::{Act, Life, Planted},
    world::{FLIGHTS, Flight, Hand, Lease, Lie, PRESS_WITHIN, Phase, SETTLES, TRIES_MOST, WAITS, World, long, ticks},
};

impl Life {
    /// Something befalls the entry, by who holds it; whether the ledger has taken it.
    fn befall(&self, world: &mut World, at: usize, event: Event) -> bool {
        let hand = world.hands[at];
        let moved = ledger::step(Does::Enter, world.state, event).ok().filter(|_| hand.holds);
        let Some(state) = moved else {
            world.hands[at] = Hand::IDLE;
            return false;
        };
        self.moved(world, state);
        match event {
            Event::Corrected => world.known = hand.version,
            Event::Lost => {
                world.tries = (world.tries + 1).min(TRIES_MOST);
                let settles = if self.planted == Planted::NoWaitForWhatSettles { 0 } else { SETTLES };
                let over = hand.taken_over && self.planted != Planted::TakenOverWithoutAWord;
                world.due_in = ticks(ledger::settled_after(long(settles), over, long(PRESS_WITHIN)));
            }
            Event::NotSent | Event::BrokenOff => world.tries = (world.tries + 1).min(TRIES_MOST),
            Event::Submitted | Event::Agrees => world.tries = 0,
            _ => {}
        }
        if ledger::next(world.state) == Task::Rest {
            self.let_go(world, at);
        }
        true
    }

    fn moved(&self, world: &mut World, state: State) {
        world.state = state;
        world.markable &= ledger::mark_may_change([state], None);
        if ledger::is_news(state) {
            world.told = state;
        }
    }

    fn let_go(&self, world: &mut World, at: usize) {
        if world.hands[at].holds {
            world.lease = Lease::Free;
        }
        world.hands[at] = Hand::IDLE;
    }

    /// Makes the mark anew where the worker's bot says another one; whether it did.
    fn remarks(&self, world: &mut World, at: usize) -> bool {
        let (hand, says) = (world.hands[at], usize::from(world.mended[at]));
        let legal = ledger::step(Does::Enter, world.state, Event::Remarked).is_ok();
        let looked = hand.absent.then_some(ledger::Sight::Absent);
        // Whether all states that it has lived through allow it was kept as they came.
        let past = if world.markable { State::Wanted } else { State::Submitting };
        let may = ledger::mark_may_change([past], looked) || self.planted == Planted::MarkAnewAfterItWasSent;
        if says == hand.mark || !legal || !may || !self.befall(world, at, Event::Remarked) {
            return false;
        }
        (world.mark, world.hands[at].mark, world.hands[at].absent) = (says, says, false);
        true
    }

    /// As the beginning of `Life::live`.
    fn begins(&self, world: &mut World, at: usize) {
        if world.known < world.hands[at].version {
            self.befall(world, at, Event::Corrected);
        } else if !self.remarks(world, at) && world.hands[at].phase == Phase::Taken {
            let stale = matches!(world.state, State::LookedUp | State::Intended);
            if !stale || self.befall(world, at, Event::BrokenOff) {
                world.hands[at].phase = Phase::At;
            }
        }
    }

    /// The look-up as it shows now: nothing where the absence is not believed.
    fn looks(&self, world: &World, hand: &Hand) -> Option<ledger::Sight> {
        let list_proven = world.lie != Lie::ListGone || self.planted == Planted::AbsenceByHealing;
        let control_found = match world.lie {
            Lie::No => true,
            Lie::ListGone => self.planted == Planted::AbsenceByHealing,
            Lie::SearchDown => self.planted == Planted::AbsenceWithoutControl,
        };
        let rows = if world.lie == Lie::No { world.rows[hand.mark] } else { 0 };
        let seen = Seen { rows: rows.into(), same: world.says[hand.mark] == hand.version };
        if rows == 0 && !ledger::believes_absence(list_proven, control_found) {
            return None;
        }
        Some(ledger::sight(Does::Enter, world.state, seen, world.due_in == 0))
    }

    /// Nothing has moved: it is looked at again, and after several tries a person is asked.
    fn later(&self, world: &mut World, at: usize) {
        if !world.hands[at].holds {
            world.hands[at] = Hand::IDLE;
            return;
        }
        world.tries = (world.tries + 1).min(TRIES_MOST);
        if world.tries < TRIES_MOST || !self.befall(world, at, Event::Stuck) {
            self.let_go(world, at);
        }
    }

    fn looked(&self, world: &mut World, at: usize, sight: Option<ledger::Sight>) {
        match sight {
            // The page is not as the adapter says: the run ends with an error.
            None if world.state == State::Wanted => {
                if self.befall(world, at, Event::BrokenOff) {
                    self.let_go(world, at);
                }
            }
            None => self.later(world, at),
            Some(ledger::Sight::Absent) if world.state == State::Unknown && world.tries >= TRIES_MOST => {
                self.befall(world, at, Event::Stuck);
            }
            Some(sight) => {
                world.hands[at].absent = sight == ledger::Sight::Absent;
                if self.befall(world, at, Event::Looked(sight)) && sight == ledger::Sight::AbsentSoFar {
                    self.let_go(world, at);
                }
            }
        }
    }

    fn goes(&self, world: &mut World, at: usize) {
        let hand = world.hands[at];
        let next = match hand.phase {
            Phase::Idle => return,
            Phase::Taken => return self.begins(world, at),
            Phase::At => match ledger::next(world.state) {
                Task::Rest => return self.let_go(world, at),
                Task::LookUp => Phase::Looked(self.looks(world, &hand)),
                Task::Compare => {
                    let rows = if world.lie == Lie::No { world.rows[hand.mark] } else { 0 };
                    Phase::ReadBack(rows, world.says[hand.mark] == hand.version)
                }
                Task::Intend if hand.holds && self.remarks(world, at) => Phase::At,
                Task::Intend if self.befall(world, at, Event::Intended) => Phase::At,
                Task::Submit if self.befall(world, at, Event::Submitting) => Phase::Written(PRESS_WITHIN),
                Task::GiveUp if self.befall(world, at, Event::Lost) => Phase::At,
                Task::Intend | Task::Submit | Task::GiveUp => return,
            },
            Phase::Looked(sight) => {
                world.hands[at].phase = Phase::At;
                return self.looked(world, at, sight);
            }
            Phase::ReadBack(rows, same) => {
                world.hands[at].phase = Phase::At;
                match rows {
                    0 => self.later(world, at),
                    1 if same => drop(self.befall(world, at, Event::Agrees)),
                    _ => drop(self.befall(world, at, Event::Differs)),
                }
                return;
            }
            Phase::Written(left) => {
                let (unheld, unbound) = match self.planted {
                    Planted::PressWithoutStillHeld => (true, false),
                    Planted::PressWithoutALease => (true, true),
                    _ => (false, false),
                };
                let since = if unbound { 0 } else { PRESS_WITHIN - left };
                Phase::Cleared(ticks(ledger::may_press(hand.holds || unheld, long(PRESS_WITHIN), long(since))))
            }
            Phase::Cleared(0) => {
                self.befall(world, at, Event::NotSent);
                return self.let_go(world, at);
            }
            Phase::Cleared(_) => {
                let flight = Flight { mark: hand.mark, version: hand.version, left: SETTLES };
                world.flights.push(flight);
                world.flights.sort_unstable();
                Phase::Pressed { answered: false, waits: WAITS }
            }
            // Answered: it says that it was taken. Not answered: nobody knows.
            Phase::Pressed { answered, .. } => {
                let event = if answered { Event::Submitted } else { Event::Lost };
                if !self.befall(world, at, event) {
                    return;
                }
                Phase::At
            }
        };
        world.hands[at].phase = next;
    }

    /// Whose work ended without a word, or with its process.
    fn dies(&self, world: &mut World, at: usize, lease: Lease) {
        let hand = world.hands[at];
        if hand.holds {
            // Whom it has taken over may not be gone, and it has not written down that nobody knows how that ended.
            let sending = world.state == State::Submitting && matches!(hand.phase, Phase::Taken | Phase::At);
            let lost = sending && hand.taken_over && self.planted != Planted::DeadTakeoverForgotten;
            world.lease = if lost { Lease::Silent } else { lease };
        }
        world.hands[at] = Hand::IDLE;
    }

    fn takes(&self, world: &mut World, at: usize) {
        for hand in &mut world.hands {
            hand.holds = false;
        }
        let taken_over = world.lease == Lease::Silent;
        world.lease = Lease::Held;
        let (mark, version) = (world.mark, world.version);
        world.hands[at] = Hand { phase: Phase::Taken, holds: true, taken_over, mark, version, absent: false };
    }

    /// As `decide`: only what nobody holds, and due no earlier than before.
    fn decides(&self, world: &mut World, decision: Decision) -> bool {
        // A person who says that it stands there has seen it.
        let sees = decision != Decision::Settled || world.records() > 0;
        let Ok(state) = ledger::step(Does::Enter, world.state, Event::Decided(decision)) else { return false };
        if world.lease == Lease::Held || !sees {
            return false;
        }
        for hand in &mut world.hands {
            hand.holds = false;
        }
        self.moved(world, state);
        (world.tries, world.known, world.lease) = (0, world.version, Lease::Free);
        true
    }

    fn may_take(world: &World) -> bool {
        let rests = ledger::next(world.state) == Task::Rest && world.version <= world.known;
        world.lease != Lease::Held && world.due_in == 0 && !rests
    }
}

impl Model for Life {
    type State = World;
    type Action = Act;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self.lies)]
    }

    fn actions(&self, world: &World, acts: &mut Vec<Act>) {
        for (at, hand) in world.hands.iter().enumerate() {
            match hand.phase {
                Phase::Idle if Self::may_take(world) => acts.push(Act::Take(at)),
                Phase::Idle => continue,
                phase => {
                    acts.extend([Act::Go(at), Act::Die(at), Act::FallSilent(at)]);
                    if matches!(phase, Phase::Pressed { answered: false, .. }) {
                        acts.push(Act::Refuse(at));
                    }
                    if matches!(phase, Phase::ReadBack(..)) {
                        acts.push(Act::Unreadable(at));
                    }
                }
            }
            if self.mends && !world.mended[at] {
                acts.push(Act::Mend(at));
            }
        }
        if world.lease == Lease::Held {
            acts.push(Act::LeaseEnds);
        }
        for at in 0..world.flights.len() {
            acts.extend([Act::Saves(at), Act::Drops(at)]);
        }
        acts.push(Act::Tick);
        match world.lie {
            Lie::No if world.lies > 0 => acts.extend([Act::LieBegins(Lie::ListGone), Act::LieBegins(Lie::SearchDown)]),
            Lie::No => {}
            Lie::ListGone | Lie::SearchDown => acts.push(Act::LieEnds),
        }
        if self.corrects && world.version == 0 {
            acts.push(Act::Correct);
        }
        if self.decides {
            let all = [Decision::Enter, Decision::Settled, Decision::Cancel, Decision::Reopen];
            acts.extend(all.map(Act::Decide));
        }
    }

    fn next_state(&self, last: &World, act: Act) -> Option<World> {
        let mut world = last.clone();
        match act {
            Act::Take(at) => self.takes(&mut world, at),
            Act::Go(at) => self.goes(&mut world, at),
            Act::Refuse(at) => {
                let hand = world.hands[at];
                let sent = |flight: &Flight| (flight.mark, flight.version) == (hand.mark, hand.version);
                let flight = world.flights.iter().position(sent)?;
                world.flights.remove(flight);
                self.befall(&mut world, at, Event::Refused);
            }
            Act::Unreadable(at) => {
                world.hands[at].phase = Phase::At;
                if self.befall(&mut world, at, Event::Unread) {
                    self.later(&mut world, at);
                }
            }
            Act::Die(at) => self.dies(&mut world, at, Lease::Free),
            Act::FallSilent(at) => self.dies(&mut world, at, Lease::Silent),
            Act::LeaseEnds => world.lease = Lease::Silent,
            Act::Saves(at) => world.save(at),
            Act::Drops(at) => drop(world.flights.remove(at)),
            Act::Tick if world.may_tick() => world.tick(self.planted == Planted::PressWithoutEnd),
            Act::Tick => return None,
            Act::LieBegins(lie) => (world.lie, world.lies) = (lie, world.lies - 1),
            Act::LieEnds => world.lie = Lie::No,
            Act::Mend(at) => world.mended[at] = true,
            Act::Correct => world.version = 1,
            Act::Decide(decision) => {
                if !self.decides(&mut world, decision) {
                    return None;
                }
            }
        }
        Some(world).filter(|world| world != last)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("once", |_, world: &World| world.records() <= 1),
            Property::always("one press under way", |_, world: &World| world.flights.len() <= 1),
            Property::always("what is verified stands there", |_, world: &World| {
                world.state != State::Verified || world.records() > 0
            }),
            Property::always("every end is told", |_, world: &World| {
                ledger::next(world.state) != Task::Rest || world.told == world.state
            }),
            Property::sometimes("verified", |_, world: &World| world.state == State::Verified),
            Property::sometimes("in doubt, and it stands there", |_, world: &World| {
                world.state == State::Unknown && world.records() == 1
            }),
            Property::sometimes("pressed by one whose entry was taken over", |_, world: &World| {
                let late = |hand: &Hand| !hand.holds && matches!(hand.phase, Phase::Pressed { .. });
                world.lease == Lease::Held && world.hands.iter().any(late)
            }),
        ]
    }

    fn within_boundary(&self, world: &World) -> bool {
        world.flights.len() <= FLIGHTS && world.records() <= 2
    }
}
