//! Faults that only time shows: changes within a unit of the list's clock, cases that leave, contents that turn bad. Most take several
//! readings, and are told as such.

use super::{
    Fault,
    Must::{self, Quarantine, Right, Warn},
    fault, later,
};
use crate::{
    faults::{
        office::Corrupt::{self, List, Nothing, World as Change},
        world::{self, World},
    },
    sample::at,
};

/// One reading of a story: so many minutes after the one before, the office has changed so, and answers so.
pub struct Scene {
    pub minutes: i64,
    pub change: fn(&mut World),
    pub corrupt: Corrupt,
}

/// What happens over several readings after a good one, and what must come of the last.
pub struct Story {
    pub name: &'static str,
    pub scenes: &'static [Scene],
    pub must: Must,
}

const fn scene(minutes: i64, change: fn(&mut World), corrupt: Corrupt) -> Scene {
    Scene { minutes, change, corrupt }
}

/// Faults of one reading.
pub static TIMES: &[Fault] = &[
    fault(
        "a case that moves to an earlier page",
        Change(|ask, world| {
            if ask.is_page(3) && ask.before == 0 {
                let moved = world.cases.remove(70);
                world.cases.insert(0, moved);
            }
        }),
        Right,
    ),
    later(
        "an open case that has left",
        Change(|ask, world| {
            if ask.nth == 0 {
                drop(world.cases.remove(40))
            }
        }),
        Warn("known as open are no longer in its list"),
    ),
    later(
        "an item in the list renamed without its time",
        Change(|ask, world| {
            if ask.nth == 0 {
                world.cases[50].item = "取水许可（延续）".to_owned();
            }
        }),
        Right,
    ),
];

/// The number of the case that the stories are about.
const ABOUT: &str = "SL20261100";

fn about(world: &mut World) -> &mut world::Case {
    world.cases.iter_mut().find(|case| case.no == ABOUT).expect("the office has it")
}

/// The case was touched at that minute; clocks stand at 10:00 at first.
fn touched(world: &mut World, minute: &str, phone: &str) {
    let case = about(world);
    case.updated = at(&format!("2026-11-23 {minute}"));
    case.phone = phone.to_owned();
}

fn phoned(world: &mut World, phone: &str) {
    about(world).phone = phone.to_owned();
}

fn nothing(_: &mut World) {}

/// Shows the column of changes otherwise: its texts are `2026-11-23 10:02`.
fn shown(list: &mut world::List, change: impl Fn(&str) -> String) {
    list.rows.iter_mut().for_each(|row| row[6] = change(&row[6]));
}

const BEHIND: Corrupt = List(|_, list| shown(list, |time| time.replace("2026-11-23 10:", "2026-11-23 09:")));
const AHEAD: Corrupt = List(|_, list| shown(list, |time| time.replace("2026-11-23 10:", "2026-11-23 11:")));
const IN_WORDS: Corrupt = List(|_, list| {
    shown(list, |time| if time.starts_with("2026-11-23 10:") { "刚刚".to_owned() } else { time.to_owned() })
});
const UNKNOWN: Corrupt = List(|_, list| status(list, "已归档"));
const UNKNOWN_TOO: Corrupt = List(|_, list| status(list, "已移交"));

fn status(list: &mut world::List, word: &str) {
    list.rows.iter_mut().filter(|row| row[0] == ABOUT).for_each(|row| row[4] = word.to_owned());
}

fn leaves(world: &mut World) {
    world.cases.retain(|case| case.no != ABOUT);
}

fn returns(world: &mut World) {
    let mut case = World::new().cases.into_iter().find(|case| case.no == ABOUT).expect("it is of the first ones");
    case.phone = "13900000009".to_owned();
    world.cases.push(case);
}

fn ends(world: &mut World) {
    let case = about(world);
    (case.status, case.finished) = ("办结".to_owned(), Some(at("2026-11-23 10:03")));
    case.updated = at("2026-11-23 10:03");
}

pub static STORIES: &[Story] = &[
    Story {
        name: "a second change within the minute",
        scenes: &[
            scene(2, |world| touched(world, "10:02", "13900000001"), Nothing),
            scene(1, |world| phoned(world, "13900000002"), Nothing),
        ],
        must: Right,
    },
    Story {
        name: "a third change within the minute",
        scenes: &[
            scene(2, |world| touched(world, "10:02", "13900000001"), Nothing),
            scene(0, |world| phoned(world, "13900000002"), Nothing),
            scene(1, |world| phoned(world, "13900000003"), Nothing),
        ],
        must: Right,
    },
    Story {
        name: "a second change within the minute of a clock that is behind",
        scenes: &[
            scene(2, |world| touched(world, "10:02", "13900000001"), BEHIND),
            scene(1, |world| phoned(world, "13900000002"), BEHIND),
        ],
        must: Right,
    },
    Story {
        name: "a second change within the minute of a clock that is ahead",
        scenes: &[
            scene(2, |world| touched(world, "10:02", "13900000001"), AHEAD),
            scene(30, |world| phoned(world, "13900000002"), AHEAD),
        ],
        must: Right,
    },
    Story {
        name: "a second change while the list says 刚刚",
        scenes: &[
            scene(2, |world| touched(world, "10:02", "13900000001"), IN_WORDS),
            scene(3, |world| phoned(world, "13900000002"), IN_WORDS),
        ],
        must: Right,
    },
    Story {
        name: "a state that changes without its time",
        scenes: &[scene(5, |world| about(world).status = "审批中".to_owned(), Nothing)],
        must: Right,
    },
    Story {
        name: "a name in the list that changes without its time",
        scenes: &[scene(5, |world| about(world).item = "取水许可（变更）".to_owned(), Nothing)],
        must: Right,
    },
    Story {
        name: "an open case that left, in the second reading after",
        scenes: &[scene(2, leaves, Nothing), scene(2, nothing, Nothing)],
        must: Warn("(SL20261100)"),
    },
    Story {
        name: "a case that left and came back changed",
        scenes: &[scene(2, leaves, Nothing), scene(2, returns, Nothing)],
        must: Right,
    },
    Story { name: "a case that turns unreadable", scenes: &[scene(2, nothing, UNKNOWN)], must: Quarantine(1) },
    Story {
        name: "a case that turns unreadable for another reason",
        scenes: &[scene(2, nothing, UNKNOWN), scene(2, nothing, UNKNOWN_TOO)],
        must: Quarantine(1),
    },
    Story {
        name: "a case that was unreadable and reads right again",
        scenes: &[scene(2, nothing, UNKNOWN), scene(2, nothing, Nothing)],
        must: Right,
    },
    Story {
        name: "a case that was unreadable and left",
        scenes: &[scene(2, nothing, UNKNOWN), scene(2, leaves, Nothing)],
        must: Warn("(SL20261100)"),
    },
    Story {
        name: "two open cases that left one after the other",
        scenes: &[scene(2, leaves, Nothing), scene(2, |world| drop(world.cases.remove(63)), Nothing)],
        must: Warn("2 case(s)"),
    },
    Story {
        name: "a case that was unreadable and is done",
        scenes: &[scene(2, nothing, UNKNOWN), scene(2, ends, Nothing)],
        must: Right,
    },
];
