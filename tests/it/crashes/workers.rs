//! Two workers on one store, one of them minutes ahead, so that every lease of the other is over as soon as it is given.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{TimeDelta, Utc};
use queqiao::{
    adapter::Adapters,
    base::{Clock, Lang},
    run::{Bridge, RunOptions},
    store::{EntryQuery, Store},
    vault::Vault,
};
use tokio::sync::watch;

use super::{enter::full, stage};
use crate::{
    entering::{WINDOW, accepted, wanted},
    postgres,
    rig::{PATIENCE, Rig},
};

const BOT: &str = "counter-enter";
/// Entries of one wave, in each of which the slow worker is stalled at four points and then right before it would send.
const WAVE: usize = 10;
/// The fast worker's clock is that far ahead: further than a lease lasts.
const AHEAD: TimeDelta = TimeDelta::minutes(20);
/// What the fast worker waits by its own clock: longer than what was sent may still be on its way.
const WAITS: TimeDelta = TimeDelta::minutes(1);

/// Where the slow one stands still until the fast one has taken what it holds; last of all right before it would send.
const STALLS: [&str; 9] = [
    "looked_absent.before",
    "looked_absent.after",
    "intended.before",
    "intended.after",
    "submitting.before",
    "press.after",
    "submitted.before",
    "submitted.after",
    "agrees.before",
];
/// Written down as being sent, and not sent.
const ABOUT_TO_SEND: &str = "submitting.after";

/// What the two know of each other; the bridges know nothing of it.
#[derive(Debug, Default)]
struct Between {
    /// Where the slow one is to be stalled, the next first.
    stalls: Mutex<Vec<&'static str>>,
    /// Whether the slow one sends nothing just now: it stands still, or has ended.
    still: watch::Sender<bool>,
    /// Entries that the fast one has proven.
    proven: watch::Sender<usize>,
    /// Runs of the fast one that have ended while the slow one sent nothing.
    runs: watch::Sender<usize>,
    stalled: AtomicUsize,
}

impl Between {
    /// The slow one stands still at the next of its points until the other has taken over what it holds.
    async fn stall(&self, point: &str) {
        let here = self.stalls.lock().unwrap().pop_if(|next| point.ends_with(*next));
        let Some(here) = here else { return };
        let (mut proven, mut runs) = (self.proven.subscribe(), self.runs.subscribe());
        let (one_more, all) = (*proven.borrow_and_update() + 1, *runs.borrow_and_update() + 3);
        self.still.send_replace(true);
        if here == ABOUT_TO_SEND {
            self.stalled.fetch_add(1, Ordering::SeqCst);
            runs.wait_for(|runs| *runs >= all).await.unwrap();
        } else {
            tokio::select! {
                done = proven.wait_for(|proven| *proven >= one_more) => drop(done.unwrap()),
                done = runs.wait_for(|runs| *runs >= all) => drop(done.unwrap()),
            }
        }
        self.still.send_replace(false);
    }

    /// The fast one moves only while the other does not: what that one has sent must have its time to arrive, as it has where
    /// clocks are not moved by hand.
    async fn step(&self, point: &str) {
        self.still.subscribe().wait_for(|still| *still).await.unwrap();
        if point.ends_with("agrees.after") {
            self.proven.send_modify(|proven| *proven += 1);
        }
    }
}

async fn bridge(rig: &Rig, address: &str, url: &str, clock: Clock) -> Bridge {
    let root = rig.path("root");
    let mut adapters = Adapters::load(&root).unwrap_or_else(|report| panic!("{}", report.render(Lang::En, false)));
    adapters.rebase(&BTreeMap::from([("counter".to_owned(), address.parse().unwrap())]));
    // Who stands still must hold one entry, not several: the other one waits for that.
    adapters.systems.get_mut("counter").unwrap().limits.concurrency = 1;
    let vault = Arc::new(Vault::open(Some(&rig.path("secrets.toml")), &root, []).unwrap());
    let store = Store::open(url).await.unwrap();
    Bridge::new(Arc::new(adapters), store, vault, clock, rig.path("evidence"))
}

async fn run(bridge: &Arc<Bridge>) {
    bridge.run(BOT, RunOptions::default(), Arc::new(|_| ())).await.expect("the bot exists");
}

/// Takes over whatever the other one holds, until all is done.
async fn rob(bridge: &Arc<Bridge>, clock: &Clock, between: &Between, done: impl AsyncFn() -> bool) {
    let began = Instant::now();
    let mut still = between.still.subscribe();
    loop {
        run(bridge).await;
        still.wait_for(|still| *still).await.unwrap();
        if done().await {
            return;
        }
        clock.set(clock.now() + WAITS);
        between.runs.send_modify(|runs| *runs += 1);
        assert!(began.elapsed() < PATIENCE, "the two never come to an end");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_that_rob_each_other_enter_each_case_once() {
    let (rig, counter, address) = stage::counter().await;
    let url = postgres::database().await;
    let between = Arc::new(Between::default());
    let (slow_clock, fast_clock) = (Clock::held_at(Utc::now()), Clock::held_at(Utc::now() + AHEAD));
    let (stalling, stepping) = (Arc::clone(&between), Arc::clone(&between));
    let slow = Arc::new(bridge(&rig, &address, &url, slow_clock).await.pausing(Arc::new(move |point| {
        let between = Arc::clone(&stalling);
        Box::pin(async move { between.stall(&point).await })
    })));
    let fast = Arc::new(bridge(&rig, &address, &url, fast_clock.clone()).await.pausing(Arc::new(move |point| {
        let between = Arc::clone(&stepping);
        Box::pin(async move { between.step(&point).await })
    })));
    let entries = async || {
        let query = EntryQuery { limit: 10_000, ..EntryQuery::default() };
        slow.store.entries(&query).await.unwrap()
    };
    let waves = if full() { 100 } else { 20 };
    for wave in 0..waves {
        let numbers = (0..WAVE).map(|number| format!("YC{wave:03}{number:02}"));
        let cases = numbers.map(|number| wanted(BOT, &number, &accepted("counter", &number)));
        slow.store.keep(WINDOW, &cases.collect::<Vec<_>>()).await.unwrap();
        let mut stalls: Vec<&str> = STALLS.iter().cycle().skip(wave * 4).take(4).copied().collect();
        stalls.insert(0, ABOUT_TO_SEND);
        *between.stalls.lock().unwrap() = stalls;
        between.still.send_replace(false);
        let ended = AtomicBool::new(false);
        let working = async {
            run(&slow).await;
            ended.store(true, Ordering::SeqCst);
            between.still.send_replace(true);
        };
        let done = async || ended.load(Ordering::SeqCst) && entries().await.iter().all(|entry| entry.resting);
        let ((), ()) = tokio::join!(working, rob(&fast, &fast_clock, &between, done));
    }
    let entries = entries().await;
    let mut robbed = 0;
    for entry in &entries {
        let events = slow.store.entry_events(entry.id).await.unwrap();
        robbed += usize::from(events.iter().any(|event| event.worker != events[0].worker));
    }
    let received = counter.book().all.iter().fold(BTreeMap::<String, usize>::new(), |mut counts, fields| {
        *counts.entry(fields["note"].clone()).or_default() += 1;
        counts
    });
    let twice: Vec<_> = received.iter().filter(|(_, times)| **times > 1).collect();
    let verified = entries.iter().filter(|entry| entry.state == "verified" && received.contains_key(&entry.wish.mark));
    let person = entries.iter().filter(|entry| matches!(entry.state.as_str(), "waiting" | "conflict"));
    let (verified, person, stalled) = (verified.count(), person.count(), between.stalled.load(Ordering::SeqCst));
    println!(
        "two workers: {} entries, {robbed} taken over in the middle, {stalled} of them right before the press, {} duplicates, \
         {verified} verified, {person} with a person",
        entries.len(),
        twice.len()
    );
    assert!(twice.is_empty(), "received twice: {twice:?}");
    assert_eq!((entries.len(), verified + person), (waves * WAVE, waves * WAVE));
    assert!(stalled > waves / 2, "only {stalled} were stalled: the test shows little");
}

/// What is still on its way when everybody has stopped waiting for it arrives within the time that the target is given from then
/// on, however long it had been waited for before.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_waited_for_longer_than_a_target_settles_is_not_sent_again() {
    let (rig, counter, address) = stage::counter().await;
    counter.book().late = Duration::from_secs(4);
    let url = format!("sqlite:{}", rig.path("queqiao.db").display());
    let clock = Clock::held_at(Utc::now());
    let moved = clock.clone();
    let bridge = bridge(&rig, &address, &url, clock.clone()).await.pausing(Arc::new(move |point| {
        if point == format!("{BOT}.press.after") {
            moved.set(moved.now() + WAITS);
        }
        Box::pin(async {})
    }));
    let bridge = Arc::new(bridge);
    bridge.store.keep(WINDOW, &[wanted(BOT, "YC1", &accepted("counter", "YC1"))]).await.unwrap();
    run(&bridge).await;
    let began = Instant::now();
    while counter.book().all.is_empty() {
        assert!(began.elapsed() < PATIENCE, "it never arrived");
        tokio::task::yield_now().await;
    }
    clock.set(clock.now() + WAITS);
    run(&bridge).await;
    let entry = bridge.store.entry(1).await.unwrap().unwrap();
    let events = bridge.store.entry_events(1).await.unwrap();
    let life: Vec<&str> = events.iter().map(|event| event.event.as_str()).collect();
    assert_eq!((entry.state.as_str(), counter.book().all.len()), ("verified", 1), "{life:?}");
    assert!(life.contains(&"looked_absent_so_far"), "{life:?}");
}
