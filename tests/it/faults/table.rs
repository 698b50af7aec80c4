//! The faults, by name, and what must come of each.

mod answers;
mod details;
mod interface;
mod lists;
mod seen;
mod texts;
mod times;
mod wire;

use super::{BOT, INTERFACE_BOT, office::Corrupt};

pub use answers::ANSWERS;
pub use details::DETAILS;
pub use interface::INTERFACE;
pub use lists::LISTS;
pub use seen::SEEN;
pub use texts::TEXTS;
pub use times::{STORIES, Story, TIMES};
pub use wire::WIRE;

/// A fault and what must come of it.
pub struct Fault {
    pub bot: &'static str,
    pub name: &'static str,
    pub corrupt: Corrupt,
    pub must: Must,
    /// Whether it is also tried where nothing was ever read before.
    pub first: bool,
}

/// What must come of a fault after a good run. The figures are stale in all but the first three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Must {
    /// Everything is right all the same.
    Right,
    /// Everything is right but for so many rows, which stand in quarantine.
    Quarantine(usize),
    /// Everything is right, and the run warns in these words.
    Warn(&'static str),
    /// The run stops and says this.
    Say(&'static str),
}

const fn fault(name: &'static str, corrupt: Corrupt, must: Must) -> Fault {
    Fault { bot: BOT, name, corrupt, must, first: true }
}

/// One of the list as an answer for scripts.
const fn interface(name: &'static str, corrupt: Corrupt, must: Must) -> Fault {
    Fault { bot: INTERFACE_BOT, ..fault(name, corrupt, must) }
}

/// One that only shows against what was read before.
const fn later(name: &'static str, corrupt: Corrupt, must: Must) -> Fault {
    Fault { first: false, ..fault(name, corrupt, must) }
}
