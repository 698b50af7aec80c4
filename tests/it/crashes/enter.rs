//! The loop: every event of the life of an entry, before and after, on every framework, and whatever can die there.

use futures::{FutureExt, StreamExt, future::BoxFuture};

use super::{
    points::{Point, Scene, points, update_points},
    stage::{Stage, Tally},
    victims::Victim,
};
use crate::{databases::Fresh, entering::WIZARD};

/// Systems with a form that a bot fills in the browser, each built in another way; and one with a form in parts over HTTP.
const FRAMEWORKS: [&str; 5] = ["water", "permits", "social", "housing", WIZARD];

/// Everything, and not only the share that a machine has time for every day.
pub fn full() -> bool {
    std::env::var("QUEQIAO_FULL").is_ok_and(|full| full == "1")
}

async fn rounds(mut stage: Stage, rounds: Vec<(Point, Victim)>) -> Tally {
    for (point, victim) in rounds {
        stage.kill(point, victim).await;
    }
    stage.finish().await
}

/// Each of these points with each of these victims, so many times.
fn each(points: &[Point], victims: &[(Victim, usize)]) -> Vec<(Point, Victim)> {
    let times = victims.iter().flat_map(|(victim, times)| std::iter::repeat_n(*victim, *times));
    times.flat_map(|victim| points.iter().map(move |point| (*point, victim))).collect()
}

fn only(wanted: &[(Scene, &str, &str)]) -> Vec<Point> {
    of(&points(|_, _| true), wanted)
}

fn of(all: &[Point], wanted: &[(Scene, &str, &str)]) -> Vec<Point> {
    let point = |(scene, event, when): &(Scene, &str, &str)| {
        let found = all.iter().find(|point| (point.scene, point.event, point.when) == (*scene, *event, *when));
        *found.expect("there is such a point")
    };
    wanted.iter().map(point).collect()
}

/// The plain form over HTTP, where a death costs little.
async fn over_http() -> Tally {
    let (few, share) = http_points();
    let found = points(|scene, event| event != "blind" && scene != Scene::Gone);
    let stage = Stage::counter("counter-enter", Fresh::sqlite()).await;
    let mut all = each(&found, &[(Victim::Process, if full() { 6 } else { 1 })]);
    all.extend(each(&few, &[(Victim::Lock, usize::from(full()))]));
    all.extend(each(
        &share,
        &[(Victim::Line, if full() { 3 } else { 1 }), (Victim::Store, if full() { 3 } else { 1 })],
    ));
    rounds(stage, all).await
}

/// The same with the entries in PostgreSQL.
async fn on_postgres() -> Tally {
    let (_, share) = http_points();
    let stage = Stage::counter("counter-enter", Fresh::postgres().await).await;
    let times = if full() { 2 } else { 1 };
    rounds(stage, each(&share, &[(Victim::Process, times), (Victim::Store, times)])).await
}

/// The most telling points of a form over HTTP, and those of the share that is asked for.
fn http_points() -> (Vec<Point>, Vec<Point>) {
    let few = only(&[
        (Scene::Plain, "looked_absent", "after"),
        (Scene::Plain, "submitting", "before"),
        (Scene::Plain, "submitting", "after"),
        (Scene::Plain, "press", "after"),
        (Scene::Plain, "submitted", "after"),
    ]);
    let share = if full() { points(|scene, event| event != "blind" && scene != Scene::Gone) } else { few.clone() };
    (few, share)
}

/// The same without a place to look: a doubt is a person's.
async fn without_a_look_up() -> Tally {
    let blind = points(|scene, event| match scene {
        Scene::Plain => event != "looked_absent",
        Scene::Silent => event == "lost",
        Scene::Refused => true,
        _ => false,
    });
    let stage = Stage::counter("counter-blind", Fresh::sqlite()).await;
    let times = if full() { 2 } else { 1 };
    rounds(stage, each(&blind, &[(Victim::Process, times), (Victim::Line, times - 1)])).await
}

/// A form in the browser.
async fn in_the_browser(system: &'static str) -> Tally {
    // The wizard's form goes over HTTP: it has no page that could go away.
    let found = points(|scene, event| match scene {
        Scene::There | Scene::Twice | Scene::Down => false,
        Scene::Gone => system != WIZARD,
        // It refuses a part before the whole is sent.
        Scene::Refused => system != WIZARD || event != "press",
        _ => event != "blind",
    });
    let all = if full() {
        each(&found, &[(Victim::Process, 1), (Victim::Browser, 1), (Victim::Driver, 1), (Victim::Line, 1)])
    } else {
        let killed = only(&[
            (Scene::Plain, "submitting", "after"),
            (Scene::Plain, "press", "after"),
            (Scene::Silent, "lost", "after"),
        ]);
        let struck = only(&[(Scene::Plain, "press", "after")]);
        let mut all = each(&killed, &[(Victim::Process, 1)]);
        all.extend(each(&struck, &[(Victim::Browser, 1), (Victim::Line, 1)]));
        all.extend(each(&only(&[(Scene::Plain, "submitting", "after")]), &[(Victim::Driver, 1)]));
        if system == "water" {
            all.extend(each(&only(&[(Scene::Gone, "not_sent", "before")]), &[(Victim::Process, 1)]));
        }
        all
    };
    rounds(Stage::practice(system, Fresh::sqlite()).await, all).await
}

/// The way back: what stands there is brought up to date, each time once.
async fn brought_up_to_date() -> Tally {
    let found = update_points(|_, _| true);
    let all = if full() {
        each(&found, &[(Victim::Process, 2), (Victim::Line, 1), (Victim::Store, 1)])
    } else {
        let killed = of(
            &found,
            &[
                (Scene::Plain, "submitting", "after"),
                (Scene::Plain, "press", "after"),
                (Scene::Late, "looked_absent_so_far", "after"),
                (Scene::Unfit, "looked_absent", "before"),
                (Scene::Corrected, "corrected", "after"),
            ],
        );
        let mut all = each(&killed, &[(Victim::Process, 1)]);
        all.extend(each(&killed[1..2], &[(Victim::Line, 1)]));
        all
    };
    rounds(Stage::window(Fresh::sqlite()).await, all).await
}

/// Everything that is entered into, by name, played some at once, since most of their time is waiting; `QUEQIAO_STAGE` names one to play it alone.
fn stages() -> Vec<(&'static str, BoxFuture<'static, Tally>)> {
    let mut stages: Vec<(&'static str, BoxFuture<'static, Tally>)> = vec![
        ("http", over_http().boxed()),
        ("postgres", on_postgres().boxed()),
        ("blind", without_a_look_up().boxed()),
        ("updates", brought_up_to_date().boxed()),
    ];
    stages.extend(FRAMEWORKS.map(|system| (system, in_the_browser(system).boxed())));
    if let Ok(only) = std::env::var("QUEQIAO_STAGE") {
        stages.retain(|(name, _)| *name == only);
        assert!(!stages.is_empty(), "there is no stage {only}");
    }
    stages
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_dies_at_whichever_step_each_case_is_entered_once() {
    let alone = std::env::var_os("QUEQIAO_STAGE").is_some();
    let mut tally = Tally::default();
    // Whoever waits for a process blocks its thread, which must be none of those that the targets answer on.
    let here = tokio::runtime::Handle::current();
    let played = stages().into_iter().map(|(name, stage)| {
        let here = here.clone();
        async move { (name, tokio::task::spawn_blocking(move || here.block_on(stage)).await) }
    });
    let mut played = futures::stream::iter(played).buffer_unordered(if full() { 3 } else { 2 });
    while let Some((name, stage)) = played.next().await {
        // What one stage fails at says nothing of the others.
        let stage =
            stage.unwrap_or_else(|error| Tally { broken: vec![format!("{name}: {error}")], ..Tally::default() });
        println!("{name}: {stage}");
        for lost in stage.lost.iter().chain(&stage.duplicates) {
            println!("    {lost}");
        }
        tally.add(stage);
    }
    println!("crashes: {tally}");
    assert!(tally.duplicates.is_empty() && tally.lost.is_empty(), "{tally:#?}");
    assert!(tally.broken.is_empty(), "{:#?}", tally.broken);
    assert!(tally.missed.is_empty(), "never reached: {:#?}", tally.missed);
    assert!(alone || tally.kills >= if full() { 1000 } else { 60 }, "{tally}");
}
