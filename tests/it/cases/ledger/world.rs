//! The world of the model: one entry, its ledger, the target, two workers and what may befall them.
//!
//! Time is what is left of each wait, in ticks; no clock is counted, so that the world has a last state, however long it goes on.

use std::time::Duration;

use queqiao::{ledger::Sight, record::EntryState as State};

/// How long the target may take from the press to the moment when it shows what it has received: in that time, and not later.
pub const SETTLES: u8 = 2;
/// How long after it was written down as being sent the press may still be made.
pub const PRESS_WITHIN: u8 = 2;
/// How long whoever has pressed waits for an answer.
pub const WAITS: u8 = 1;
/// Tries without any headway before a person is asked.
pub const TRIES_MOST: u8 = 2;
/// Presses under way at once that the model can hold.
pub const FLIGHTS: usize = 3;

/// Ticks as the ledger's rules know time.
pub const fn long(ticks: u8) -> Duration {
    Duration::from_secs(ticks as u64)
}

/// The other way round.
pub fn ticks(time: Duration) -> u8 {
    u8::try_from(time.as_secs()).unwrap_or(u8::MAX)
}

/// Who holds the entry, as the ledger says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lease {
    Free,
    Held,
    /// Its time is over by the clock of whoever looks, and nobody has let go of it.
    Silent,
}

/// A record that was sent and has not been saved yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Flight {
    pub mark: usize,
    pub version: u8,
    /// Ticks within which it is saved or never.
    pub left: u8,
}

/// How a look-up lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lie {
    No,
    /// The list is gone, and something else on the page reads as "0".
    ListGone,
    /// The list is there, and the search finds nothing, whatever it is asked.
    SearchDown,
}

/// What a worker is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    Idle,
    /// It has just taken the entry.
    Taken,
    /// It goes on with it from where it stands.
    At,
    /// It has looked the record up; nothing where the absence is not believed.
    Looked(Option<Sight>),
    /// It has read back how many records stand there, and whether the one says what is meant.
    ReadBack(u8, bool),
    /// It is written down as being sent, and the press is allowed for so long.
    Written(u8),
    /// That nobody else holds it is made sure of.
    Cleared(u8),
    /// It has pressed, and waits for the answer. `answered`: the target has saved it by now.
    Pressed {
        answered: bool,
        waits: u8,
    },
}

/// A worker. `holds`: the number of its lease is the newest one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hand {
    pub phase: Phase,
    pub holds: bool,
    pub taken_over: bool,
    /// The mark and the version that it has read from the ledger.
    pub mark: usize,
    pub version: u8,
    /// It has just seen that nothing stands there under that mark.
    pub absent: bool,
}

impl Hand {
    pub const IDLE: Self =
        Self { phase: Phase::Idle, holds: false, taken_over: false, mark: 0, version: 0, absent: false };
}

/// Everything.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    pub state: State,
    /// The state that others have heard of last.
    pub told: State,
    /// Whether the mark may still be made anew, by all that the entry has lived through.
    pub markable: bool,
    pub mark: usize,
    /// What the source says now, and what the state speaks of.
    pub version: u8,
    pub known: u8,
    pub due_in: u8,
    pub tries: u8,
    pub lease: Lease,
    pub hands: [Hand; 2],
    /// Records in the target under each mark, and the version that the first of them says.
    pub rows: [u8; 2],
    pub says: [u8; 2],
    /// In order: which of them was sent first makes no difference.
    pub flights: Vec<Flight>,
    pub lie: Lie,
    /// What may still happen so often.
    pub lies: u8,
    pub mended: [bool; 2],
}

impl World {
    pub fn new(lies: u8) -> Self {
        Self {
            state: State::Wanted,
            told: State::Wanted,
            markable: true,
            mark: 0,
            version: 0,
            known: 0,
            due_in: 0,
            tries: 0,
            lease: Lease::Free,
            hands: [Hand::IDLE; 2],
            rows: [0; 2],
            says: [0; 2],
            flights: Vec::new(),
            lie: Lie::No,
            lies,
            mended: [false; 2],
        }
    }

    /// The same with its workers in order: which of the two is which makes no difference.
    #[must_use]
    pub fn in_order(&self) -> Self {
        let mut world = self.clone();
        if (world.hands[0], world.mended[0]) > (world.hands[1], world.mended[1]) {
            world.hands.swap(0, 1);
            world.mended.swap(0, 1);
        }
        world
    }

    /// Records in the target.
    pub fn records(&self) -> u8 {
        self.rows.iter().sum()
    }

    /// A flight arrives. Whoever waits for it is answered, if anyone does.
    pub fn save(&mut self, at: usize) {
        let flight = self.flights.remove(at);
        if self.rows[flight.mark] == 0 {
            self.says[flight.mark] = flight.version;
        }
        self.rows[flight.mark] = self.rows[flight.mark].saturating_add(1);
        let waits = |hand: &&mut Hand| {
            matches!(hand.phase, Phase::Pressed { answered: false, .. })
                && (hand.mark, hand.version) == (flight.mark, flight.version)
        };
        if let Some(Hand { phase: Phase::Pressed { answered, .. }, .. }) = self.hands.iter_mut().find(waits) {
            *answered = true;
        }
    }

    /// Whether a tick may pass: what must have happened before the next one has.
    pub fn may_tick(&self) -> bool {
        let waits = |hand: &Hand| !matches!(hand.phase, Phase::Pressed { waits: 0, .. });
        self.flights.iter().all(|flight| flight.left > 1) && self.hands.iter().all(waits)
    }

    pub fn tick(&mut self, press_has_no_end: bool) {
        self.due_in = self.due_in.saturating_sub(1);
        for flight in &mut self.flights {
            flight.left -= 1;
        }
        for hand in &mut self.hands {
            match &mut hand.phase {
                Phase::Written(left) | Phase::Cleared(left) if !press_has_no_end => *left = left.saturating_sub(1),
                Phase::Pressed { waits, .. } => *waits -= 1,
                _ => {}
            }
        }
    }
}
