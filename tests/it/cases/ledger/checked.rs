//! The model, explored to its end; and with one rule left out each, so that the checker shows what the rule is good for.

use std::collections::HashMap;

use queqiao::{
    ledger::{self, Task},
    record::EntryState as State,
};
use stateright::{Checker, HasDiscoveries, Model};

use super::{
    model::{Act, Life, Planted},
    world::World,
};

/// All that may happen, and the number of its states: with two workers, any number of deaths and of a person's decisions, one lie of
/// the look-up, one correction.
const WHOLE: Life = Life { planted: Planted::Nothing, lies: 1, mends: false, corrects: true, decides: true };
const WHOLE_STATES: usize = 0;
/// The same with a mark that is mended, for each worker when it comes to it, and without lies.
const MENDED: Life = Life { planted: Planted::Nothing, lies: 0, mends: true, corrects: false, decides: true };
const MENDED_STATES: usize = 0;

fn explored(life: Life) -> usize {
    let checker = life.checker().spawn_bfs().join();
    checker.assert_properties();
    checker.unique_state_count()
}

#[test]
fn whatever_happens_in_whatever_order_nothing_is_sent_twice_and_every_end_is_told() {
    let (whole, mended) = (explored(WHOLE), explored(MENDED));
    println!("the life of an entry: {whole} states, and {mended} with a mark that is mended; nothing twice");
    assert_eq!((whole, mended), (WHOLE_STATES, MENDED_STATES), "the bounds have moved: state them anew");
}

/// Every rule that is left out is missed: the checker finds the order in which the target has two records.
#[test]
fn a_rule_that_is_left_out_is_missed() {
    for (planted, life) in [
        (Planted::NoWaitForWhatSettles, &WHOLE),
        (Planted::AbsenceByHealing, &WHOLE),
        (Planted::AbsenceWithoutControl, &WHOLE),
        (Planted::PressWithoutALease, &WHOLE),
        (Planted::PressWithoutEnd, &WHOLE),
        (Planted::TakenOverWithoutAWord, &WHOLE),
        (Planted::MarkAnewAfterItWasSent, &MENDED),
    ] {
        let life = Life { planted, ..life.clone() };
        let found = HasDiscoveries::AnyOf(["once"].into());
        let checker = life.checker().finish_when(found).spawn_bfs().join();
        let path = checker.discovery("once").unwrap_or_else(|| panic!("{planted:?} is not missed"));
        let steps = path.into_vec();
        let (last, _) = steps.last().expect("a path has an end");
        assert_eq!(last.records(), 2, "{planted:?}");
        println!("{planted:?}: two records after {} steps", steps.len() - 1);
    }
}

/// That who presses asks once more whether it still holds the entry is a second lock: as long as the time since it was written down
/// binds the press, whoever has taken over waits for it anyway.
#[test]
fn the_press_has_two_locks() {
    explored(Life { planted: Planted::PressWithoutStillHeld, ..WHOLE });
}

/// From wherever an entry stands it comes to an end, by the workers alone: without a person, and whatever has died before.
#[test]
fn an_entry_can_always_come_to_an_end_by_itself() {
    let life = Life { corrects: false, ..WHOLE };
    let (worlds, edges) = graph(&life);
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
