//! What only a person ends: a guard that has spoken up, and an account that someone else is using.

use queqiao::base::Remedy;

use super::{
    BOT,
    office::{Corrupt, Office, Reply},
    rig::{Rig, after_a_good_run},
    verdict::{Verdict, held},
    world::{World, page},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_guard_stopped_is_taken_once_a_person_accepts_it() {
    let (store, _folder) = after_a_good_run(World::new(), BOT).await;
    let office = Office::open(World::new().later()).await;
    let rig = Rig::start(&office.base, Some(&store)).await;
    // The system keeps half of its cases, for good.
    office.corrupt(Corrupt::List(|ask, list| *list = ask.only(|at, _| at % 2 == 0)));
    let before = held(&rig).await;
    for _ in 0..2 {
        rig.wait(2);
        let stopped = rig.run(BOT, false).await;
        let reason = stopped.reading.reason.clone().unwrap_or_default();
        assert!(reason.contains("queqiao run office-collect --accept"), "{reason}");
        let verdict = Verdict::of(&rig, stopped, &before, &office.world()).await;
        assert_eq!(verdict.published(), "the last good, stale");
    }
    rig.wait(2);
    let accepted = rig.run(BOT, true).await;
    assert!(accepted.reconciled(), "{accepted:?}");
    assert!(accepted.reading.warnings[0].contains("are no longer in its list"), "{:?}", accepted.reading.warnings);
    rig.wait(2);
    let next = rig.run(BOT, false).await;
    assert!(next.reconciled() && next.reading.changed == 0, "it is the new state from here on: {next:?}");
    rig.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_in_use_is_left_alone_also_by_the_next_process() {
    let (store, _folder) = after_a_good_run(World::new(), BOT).await;
    let office = Office::open(World::new().later()).await;
    let rig = Rig::start(&office.base, Some(&store)).await;
    rig.wait(2);
    office.corrupt(Corrupt::Reply(|ask, reply| {
        let kicked = Reply::html(page("<div class=\"notice\">该账号在其他地方登录，您已下线</div>"));
        if ask.is_page(3) { kicked } else { reply }
    }));
    let kicked = rig.run(BOT, false).await;
    assert_eq!(kicked.remedy, Some(Remedy::Backoff), "{kicked:?}");
    assert!(kicked.reading.reason.unwrap().contains("stays away until 2026-11-23 10:12"));
    let (store, _folder) = rig.end().await;

    let rig = Rig::start(&office.base, Some(&store)).await;
    rig.wait(11);
    office.corrupt(Corrupt::Nothing);
    let away = rig.run(BOT, false).await;
    let reason = away.reading.reason.clone().unwrap();
    assert!(reason.contains("until 2026-11-23 10:12; nothing was sent"), "{reason}");
    assert_eq!((office.asked(), away.remedy), (0, Some(Remedy::Backoff)));
    rig.wait(1);
    assert!(rig.run(BOT, false).await.reconciled(), "the time is over");
    rig.end().await;
}
