//! SIGTERM and SIGKILL while a bridge serves a schedule and is in the middle of entering: what was begun is finished or handed back, what
//! was being sent is looked for, and the target has received each case once.

use std::{sync::Mutex, thread};

use super::{
    enter::full,
    points::{Point, Scene},
    stage::{End, Stage, Tally},
};
use crate::databases::Fresh;

/// Bridges that serve at once: most of the time they wait for the lease of a dead one.
const AT_ONCE: usize = 6;

/// Steps of the life of an entry: those of the bounded share first.
const STEPS: [(Scene, &str, &str); 8] = [
    (Scene::Plain, "submitting", "after"),
    (Scene::Plain, "press", "after"),
    (Scene::Plain, "submitting", "before"),
    (Scene::Silent, "lost", "after"),
    (Scene::Plain, "submitted", "after"),
    (Scene::Plain, "submitted", "before"),
    (Scene::Plain, "intended", "after"),
    (Scene::Plain, "agrees", "before"),
];
const ENDS: [End; 3] = [End::Finishes, End::HandsBack, End::Killed];

/// Where it is entered.
#[derive(Clone, Copy)]
enum Place {
    Http,
    Browser,
    Postgres,
}

async fn stage(place: Place) -> Stage {
    match place {
        Place::Http => Stage::counter("counter-enter", Fresh::sqlite()).await,
        Place::Browser => Stage::practice("water", Fresh::sqlite()).await,
        Place::Postgres => Stage::counter("counter-enter", Fresh::postgres().await).await,
    }
}

/// The rounds that are still to come: place, step and end.
fn rounds() -> Vec<(Place, Point, End)> {
    let mut rounds = Vec::new();
    for (place, bounded) in [(Place::Postgres, 1), (Place::Http, 4), (Place::Browser, 1)] {
        for (scene, event, when) in STEPS.into_iter().take(if full() { STEPS.len() } else { bounded }) {
            rounds.extend(ENDS.map(|end| (place, Point { scene, event, when }, end)));
        }
    }
    rounds
}

/// One round after the other, in a runtime of its own: whoever waits for a process must not keep a target from answering.
fn work(rounds: &Mutex<Vec<(Place, Point, End)>>) -> Vec<(Tally, End, i64)> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let next = || rounds.lock().unwrap().pop();
    std::iter::from_fn(next)
        .map(|(place, point, end)| {
            let (tally, waited) = runtime.block_on(async { stage(place).await.end_serving(point, end).await });
            (tally, end, waited)
        })
        .collect()
}

#[test]
fn a_bridge_that_is_ended_while_it_enters_leaves_each_case_entered_once() {
    let rounds = Mutex::new(rounds());
    let ended: Vec<_> = thread::scope(|scope| {
        let workers = [(); AT_ONCE].map(|()| scope.spawn(|| work(&rounds)));
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let count = |wanted: End| ended.iter().filter(|(_, end, _)| *end == wanted).count();
    let [finished, handed_back, killed] = ENDS.map(count);
    let longest = ended.iter().map(|(_, _, waited)| *waited).max().unwrap();
    let tally = ended.into_iter().fold(Tally::default(), |mut sum, (one, ..)| {
        sum.add(one);
        sum
    });
    println!(
        "serving: {} ended while they entered ({finished} finished and {handed_back} handed back after SIGTERM, {killed} killed), \
         {} duplicates, {} lost, {} with a person; begun anew at the latest {longest} s after the end",
        tally.kills,
        tally.duplicates.len(),
        tally.lost.len(),
        tally.person
    );
    assert!(tally.duplicates.is_empty() && tally.lost.is_empty() && tally.person == 0, "{tally:?}");
}
