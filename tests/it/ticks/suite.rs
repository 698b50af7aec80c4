//! The suite `ticks`: thousands of ticks with an engine that crashes in a loop, before a real system whose password is wrong; and two
//! engines that take turns in dying.

use std::sync::Arc;

use chrono::TimeDelta;
use queqiao::{
    adapter::Adapters,
    base::Clock,
    run::Bridge,
    store::{Store, TickQuery},
    vault::Vault,
};

use super::{office::Led, takeover::fail_over};
use crate::{databases::Fresh, rig::Rig};

/// Ticks and fail-overs of the bounded share, and of all of it.
const TICKS: (usize, usize) = (1_500, 10_000);
const FAIL_OVERS: (usize, usize) = (60, 200);
/// The engine crashes in the middle of every so manieth tick.
const CRASHES_EVERY: usize = 7;

pub fn share((bounded, whole): (usize, usize)) -> usize {
    if std::env::var_os("QUEQIAO_FULL").is_some() { whole } else { bounded }
}

const MINUTELY: &str = "[[schedule]]\nname = \"minutely\"\nbots = [\"permits-collect\"]\ncron = \"* * * * *\"\n";

/// A new process, as far as the bridge is concerned: nothing is left of the one before but the store and the files.
pub async fn bridge(rig: &Rig, store: &Store, clock: &Clock, schedules: &str) -> Arc<Bridge> {
    let root = rig.path("root");
    std::fs::write(root.join("schedules/demo.toml"), schedules).unwrap();
    let mut adapters = Adapters::load(&root).unwrap();
    let bases = rig.sandbox.systems().iter().map(|one| (one.name().to_owned(), one.address().parse().unwrap()));
    adapters.rebase(&bases.collect());
    let vault = Vault::open(Some(&rig.path("secrets.toml")), &root, []).unwrap();
    let bridge = Bridge::new(Arc::new(adapters), store.clone(), Arc::new(vault), clock.clone(), rig.path("evidence"));
    Arc::new(bridge.named("engine".to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn ticks_are_all_explained_and_a_wrong_password_is_tried_once() {
    let rig = Rig::start_with(&["permits"], 20, 0.0).await;
    rig.write_secrets("wrong");
    let fresh = Fresh::sqlite();
    let store = fresh.store().await;
    let start = "2026-11-23T00:00:30Z".parse().unwrap();
    let clock = Clock::held_at(start);
    let mut now = start;
    let mut living = bridge(&rig, &store, &clock, MINUTELY).await;
    let mut led = Led::by(Arc::new(Arc::clone(&living)), &store, &clock, "engine");
    led.at(now).await;
    let due = share(TICKS);
    for tick in 1..=due {
        now += TimeDelta::seconds(60);
        if tick % CRASHES_EVERY == 3 {
            // It dies with the run in the middle of whatever it is at, the login too, and comes back as a new process.
            led.pass_at(now).await;
            drop(led);
            if tick < CRASHES_EVERY {
                living.close().await;
            }
            living = bridge(&rig, &store, &clock, MINUTELY).await;
            led = Led::by(Arc::new(Arc::clone(&living)), &store, &clock, "engine");
        }
        led.at(now).await;
    }
    living.close().await;
    let failed = rig.practice("permits").failed_logins();
    let ticks = store.ticks(&TickQuery { limit: 1_000_000, ..TickQuery::default() }).await.unwrap();
    let unexplained = ticks.iter().filter(|tick| tick.ended.is_none() || tick.why.is_empty()).count();
    let pg = Fresh::postgres().await;
    let fail_overs = share(FAIL_OVERS);
    let (starts, fired, taken) = fail_over(&pg, fail_overs).await;
    // `fail_over` has found each tick to have fired once.
    println!(
        "ticks: {} due, 0 double, {unexplained} unexplained, {failed} failed login ({fail_overs} fail-overs of two engines: {fired} ticks, {starts} starts, {taken} taken over)",
        ticks.len()
    );
    assert_eq!((ticks.len(), unexplained), (due, 0));
    assert!(failed <= 1, "{failed} failed logins");
}
