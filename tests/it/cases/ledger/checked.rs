//! The model, explored to its end; and with one rule left out each, so that the checker shows what the rule is good for.

use std::collections::HashMap;

use queqiao::{
    ledger::{self, Task},
    record::EntryState as State,
};
use stateright::{Checker, HasDiscoveries, Model};

use super::{
    plan::{Act, Life, Planted},
    world::World,
};

/// Two workers, any number of deaths, takeovers and decisions of a person, a target that saves late or never, and a look-up that lies
/// once, for as long as it likes.
const LYING: Life = Life { planted: Planted::Nothing, lies: 1, mends: false, corrects: false, decides: true };
/// The same with a mark that is mended, for each worker when it comes to it, and without lies.
const MENDED: Life = Life { lies: 0, mends: true, ..LYING };
/// The same with a source that says something new.
const CORRECTED: Life = Life { lies: 0, corrects: true, ..LYING };
/// How many states each of them has.
const STATES: [usize; 3] = [171_159, 297_428, 147_174];

fn explored(life: Life) -> usize {
    let checker = life.checker().symmetry_fn(World::in_order).spawn_dfs().join();
    checker.assert_properties();
    checker.unique_state_count()
}

#[test]
fn whatever_happens_in_whatever_order_nothing_is_sent_twice_and_every_end_is_told() {
    let states = [LYING, MENDED, CORRECTED].map(explored);
    let [lying, mended, corrected] = states;
    println!(
        "the life of an entry: {lying} states, {mended} with a mended mark, {corrected} with a correction; nothing twice"
    );
    assert_eq!(states, STATES, "the bounds have moved: state them anew");
}

/// Every rule that is left out is missed: the checker finds the order in which the target has two records.
#[test]
fn a_rule_that_is_left_out_is_missed() {
    for (planted, life) in [
        (Planted::NoWaitForWhatSettles, &LYING),
        (Planted::AbsenceByHealing, &LYING),
        (Planted::AbsenceWithoutControl, &LYING),
        (Planted::PressWithoutALease, &LYING),
        (Planted::PressWithoutEnd, &LYING),
        (Planted::TakenOverWithoutAWord, &LYING),
        (Planted::DeadTakeoverForgotten, &LYING),
        (Planted::MarkAnewAfterItWasSent, &MENDED),
    ] {
        let life = Life { planted, ..life.clone() };
        let found = HasDiscoveries::AnyOf(["once"].into());
        let checker = life.checker().symmetry_fn(World::in_order).finish_when(found).spawn_dfs().join();
        let path = checker.discovery("once").unwrap_or_else(|| panic!("{planted:?} is not missed"));
        let steps = path.into_vec();
        let (last, _) = steps.last().expect("a path has an end");
        assert_eq!(last.records(), 2, "{planted:?}");
    }
}

/// That who presses asks once more whether it still holds the entry is a second lock: as long as the time since it was written down
/// binds the press, whoever has taken over waits for it anyway.
#[test]
fn the_press_has_two_locks() {
    explored(Life { planted: Planted::PressWithoutStillHeld, ..LYING });
}

/// From wherever an entry stands it comes to an end, by the workers alone: without a person, and whatever has died before.
#[test]
fn an_entry_can_always_come_to_an_end_by_itself() {
    let (worlds, edges) = graph(&LYING);
    let mut ends: Vec<bool> = worlds.iter().map(|world| ledger::next(world.state) == Task::Rest).collect();
    let mut open: Vec<usize> = (0..worlds.len()).filter(|at| ends[*at]).collect();
    let mut before = vec![Vec::new(); worlds.len()];
    edges.iter().for_each(|(from, to)| before[*to].push(*from));
    while let Some(at) = open.pop() {
        for from in &before[at] {
            if !std::mem::replace(&mut ends[*from], true) {
                open.push(*from);
            }
        }
    }
    let lost = worlds.iter().zip(&ends).find(|(_, ends)| !**ends);
    assert!(lost.is_none(), "it never ends: {lost:?}");
    let told = worlds.iter().filter(|world| world.state == State::Verified).count();
    assert!(told > 0, "some of them are verified");
}

/// All worlds, and the steps between them that workers, time and the target take.
fn graph(life: &Life) -> (Vec<World>, Vec<(usize, usize)>) {
    let first = World::new(life.lies);
    let mut known = HashMap::from([(first.clone(), 0)]);
    let (mut worlds, mut edges, mut at) = (vec![first], Vec::new(), 0);
    while at < worlds.len() {
        for (act, world) in life.next_steps(&worlds[at].clone()) {
            let world = world.in_order();
            let new = known.len();
            let to = *known.entry(world.clone()).or_insert(new);
            if to == new {
                worlds.push(world);
            }
            if matches!(act, Act::Take(_) | Act::Go(_) | Act::Tick | Act::Saves(_) | Act::Drops(_) | Act::LieEnds) {
                edges.push((at, to));
            }
        }
        at += 1;
    }
    (worlds, edges)
}
