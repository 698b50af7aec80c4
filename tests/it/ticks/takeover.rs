//! Several engines on one database: each tick fires once, whoever dies or falls silent.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use queqiao::{
    base::Clock,
    engine::EngineOptions,
    store::{JobQuery, TickQuery},
};

use super::office::{Led, Office, at, told};
use crate::databases::{Fresh, on_both};

on_both! {
    what_a_dead_engine_was_at_is_taken_over_within_one_lease
    what_an_engine_that_stops_is_at_is_handed_back_at_once
    an_account_for_one_session_is_one_engines
    a_job_whose_end_could_not_be_written_down_is_not_held_for_ever
}

const EVERY_MINUTE: &str = "[[schedule]]\nname = \"minutely\"\nbots = [\"read\", \"read-2\"]\ncron = \"* * * * *\"\n";
const BOTS: [&str; 2] = ["read", "read-2"];

/// Two engines take turns in dying in the middle of their work; whoever is left, or comes back, goes on. Gives starts, ticks and
/// take-overs, once each tick has been found to have fired once.
pub async fn fail_over(fresh: &Fresh, times: usize) -> (usize, usize, i64) {
    let office = Office::with(EVERY_MINUTE, &BOTS);
    let clock = Clock::held_at(at("00:00:30"));
    let (one, other) = (fresh.store().await, fresh.store().await);
    let stores = [&one, &other];
    let mut engines = [Led::new(&office, &one, &clock, "engine-0"), Led::new(&office, &other, &clock, "engine-1")];
    let mut now = at("00:00:30");
    for round in 0..times {
        now += TimeDelta::seconds(30);
        clock.set(now);
        BOTS.iter().for_each(|bot| office.shut(bot));
        // Both see the same instant at the same time, and both want it.
        let [first, second] = &mut engines;
        let (first, second) = tokio::join!(first.heart.pass(), second.heart.pass());
        first.unwrap();
        second.unwrap();
        // One dies with what it holds; it comes back under its name at once, or as late as its lease ends.
        let dying = round % 2;
        engines[dying] = Led::new(&office, stores[dying], &clock, &format!("engine-{dying}"));
        office.left(engines[1 - dying].heart.under_way()).await;
        office.open();
        if round % 4 < 2 {
            engines[1 - dying].heart.settle().await.unwrap();
            now += EngineOptions::LEASE + TimeDelta::seconds(1);
            clock.set(now);
            engines[1 - dying].heart.settle().await.unwrap();
        }
        for engine in &mut engines {
            engine.heart.settle().await.unwrap();
        }
    }
    let ticks = engines[0].ticks().await;
    let unexplained = ticks.iter().filter(|tick| tick.ended.is_none()).count();
    assert_eq!(unexplained, 0, "{:?}", ticks.iter().filter(|tick| tick.ended.is_none()).collect::<Vec<_>>());
    let jobs = one.jobs(&JobQuery { limit: 1_000_000, ..JobQuery::default() }).await.unwrap();
    let mut per_tick: BTreeMap<_, usize> = BTreeMap::new();
    jobs.iter().for_each(|job| *per_tick.entry((job.due, job.bot.clone())).or_default() += 1);
    assert!(per_tick.values().all(|count| *count == 1), "a tick fired twice: {per_tick:?}");
    let begun = office.begun.lock().unwrap().clone();
    for job in &jobs {
        // Begun once, and once more only after whoever was at it had died with it.
        let starts = i64::try_from(begun.iter().filter(|(id, ..)| *id == job.id).count()).unwrap();
        assert_eq!(starts > 0, job.state == "ran", "{job:?}");
        assert!(starts <= 2, "{job:?} was begun {starts} times");
    }
    assert_eq!(office.crowded.load(std::sync::atomic::Ordering::SeqCst), 0, "no two runs of one bot at once");
    (begun.len(), ticks.len(), jobs.iter().map(|job| job.taken).sum())
}

async fn what_a_dead_engine_was_at_is_taken_over_within_one_lease(fresh: Fresh) {
    let office = Office::with(EVERY_MINUTE, &BOTS);
    let clock = Clock::held_at(at("09:00:30"));
    let store = fresh.store().await;
    let mut dying = Led::new(&office, &store, &clock, "dying");
    dying.at(at("09:00:30")).await;
    office.shut("read");
    dying.pass_at(at("09:01:00")).await;
    assert_eq!(office.begun().len(), 2);
    drop(dying);
    let mut other = Led::new(&office, &store, &clock, "other");
    let lease_ends = at("09:01:00") + EngineOptions::LEASE;
    other.pass_at(lease_ends - TimeDelta::seconds(1)).await;
    assert_eq!(office.begun().len(), 2, "its lease holds");
    let wake = other.heart.pass().await.unwrap();
    assert!(wake <= lease_ends, "it wakes by itself when the lease ends: {wake}");
    office.open();
    other.at(lease_ends).await;
    assert_eq!(office.begun().len(), 4);
    let ticks: Vec<String> = other.ticks().await.iter().map(told).collect();
    assert_eq!(ticks, ["09:01:00 ran"]);
}

async fn what_an_engine_that_stops_is_at_is_handed_back_at_once(fresh: Fresh) {
    let office = Office::with(EVERY_MINUTE, &BOTS);
    let clock = Clock::held_at(at("09:00:30"));
    let store = fresh.store().await;
    let mut stopping = Led::new(&office, &store, &clock, "stopping");
    stopping.at(at("09:00:30")).await;
    office.shut("read");
    stopping.pass_at(at("09:01:00")).await;
    let stop = tokio_util::sync::CancellationToken::new();
    stop.cancel();
    stopping.heart.beat(stop).await;
    let ticks = store.ticks(&TickQuery { limit: 10, ..TickQuery::default() }).await.unwrap();
    assert_eq!(ticks.iter().map(told).collect::<Vec<_>>(), ["09:01:00 queued handed_back"], "nobody runs it now");
    let mut other = Led::new(&office, &store, &clock, "other");
    office.open();
    other.at(at("09:01:02")).await;
    let again: Vec<_> = office.begun().iter().filter(|(bot, _)| bot == "read").cloned().collect();
    assert_eq!(again.len(), 2, "taken up at once, by whoever is there");
    assert_eq!(other.ticks().await.iter().map(told).collect::<Vec<_>>(), ["09:01:00 ran handed_back"]);
    let engines = store.engines().await.unwrap();
    assert!(engines.iter().any(|engine| engine.worker == "stopping" && engine.ended.is_some()));
}

async fn an_account_for_one_session_is_one_engines(fresh: Fresh) {
    let store = fresh.store().await;
    let now = at("09:00:00");
    let until = now + TimeDelta::seconds(60);
    assert_eq!(store.lease_account("water/bot", "one", now, until).await.unwrap(), Ok(()));
    assert_eq!(store.lease_account("water/bot", "one", now, until).await.unwrap(), Ok(()), "its holder may hold it");
    assert_eq!(store.lease_account("water/bot", "other", now, until).await.unwrap(), Err(("one".to_owned(), until)));
    assert_eq!(store.lease_account("water/bot", "other", until, until).await.unwrap(), Ok(()), "its time is over");
    store.release_account("water/bot", "one").await.unwrap();
    assert!(
        store.lease_account("water/bot", "one", now, until).await.unwrap().is_err(),
        "who has lost it frees nothing"
    );
    store.release_account("water/bot", "other").await.unwrap();
    assert_eq!(store.lease_account("water/bot", "one", now, until).await.unwrap(), Ok(()));
}

async fn a_job_whose_end_could_not_be_written_down_is_not_held_for_ever(fresh: Fresh) {
    let store = fresh.store().await;
    let office = Office::with(EVERY_MINUTE, &BOTS);
    let clock = Clock::held_at(at("09:00:30"));
    let mut led = Led::new(&office, &store, &clock, "engine");
    led.at(at("09:00:30")).await;
    office.shut("read");
    led.pass_at(at("09:01:00")).await;
    let until = at("09:01:00") + EngineOptions::LEASE;
    let jobs = store.jobs(&JobQuery { limit: 10, ..JobQuery::default() }).await.unwrap();
    let one = jobs.iter().find(|job| job.bot == "read").unwrap();
    // The process goes on, and has forgotten one of its jobs.
    let (held, _) = store.hold_jobs("engine", &[], at("09:01:10"), until + TimeDelta::minutes(5)).await.unwrap();
    assert!(held.is_empty() && !store.jobs_wait(until - TimeDelta::seconds(1)).await.unwrap());
    assert!(store.jobs_wait(until).await.unwrap(), "its lease ends");
    let (held, _) = store.hold_jobs("engine", &[one.id], at("09:01:20"), until + TimeDelta::minutes(5)).await.unwrap();
    assert_eq!(held, [one.id]);
    let (held, _) = store.hold_jobs("other", &[one.id], at("09:01:20"), until).await.unwrap();
    assert!(held.is_empty(), "only its holder holds it");
    office.open();
}
