//! What an entry meets at the edges: doubt, what is there already, what is corrected, what goes away in the middle.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures::FutureExt;
use queqiao::{record::Case, sandbox::Practice};

use super::{
    desk::{Desk, accepted, add_blind, change},
    life::SYSTEMS,
};
use crate::rig::PATIENCE;

/// Longer than the adapter of that test gives the page.
const SAVED_AFTER: Duration = Duration::from_secs(8);

#[tokio::test(flavor = "multi_thread")]
async fn a_doubt_in_a_target_without_a_look_up_is_a_persons() {
    let desk = Desk::open_changed(&["water"], |root| add_blind(root, "water"), |bridge| bridge).await;
    desk.want("water-blind", &[accepted("water", "YC1")]).await;
    assert_eq!(desk.run("water-blind").await.exit_code(), 0);
    let entered = desk.entries().await.remove(0);
    assert_eq!(desk.events(&entered).await, ["blind", "intended", "submitting", "submitted", "agrees"]);
    desk.practice("water").set_cut_answer(1);
    desk.want("water-blind", &[accepted("water", "YC2")]).await;
    assert_eq!(desk.run("water-blind").await.exit_code(), 3);
    let (state, _, words) = desk.left().await;
    assert_eq!(state, "waiting");
    assert!(words.contains("look there yourself"), "{words}");
    desk.wait(3600);
    assert_eq!(desk.run("water-blind").await.entries.unwrap().taken, 0, "it is never tried again");
    assert_eq!(desk.registered("water").len(), 2);
    desk.bridge.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_saved_late_is_found_and_not_entered_again() {
    // Their scripts go on; a page that a form itself replaces is waited for by the browser.
    for system in ["housing", "permits"] {
        let bot = format!("{system}-enter");
        let file = format!("bots/{bot}.toml");
        let hasty = |root: &std::path::Path| change(root, &file, "[enter.form]\n", "[enter.form]\nwithin = \"2s\"\n");
        let desk = Desk::open_changed(&[system], hasty, |bridge| bridge).await;
        desk.practice(system).set_save_delay(SAVED_AFTER, Duration::ZERO);
        desk.want(&bot, &[accepted(system, "YC1")]).await;
        desk.run(&bot).await;
        let entry = desk.entries().await.remove(0);
        let so_far = ["looked_absent", "intended", "submitting", "lost", "looked_absent_so_far"];
        assert_eq!((entry.state.as_str(), desk.events(&entry).await), ("unknown", so_far.map(str::to_owned).to_vec()));
        desk.wait(5);
        assert_eq!(desk.run(&bot).await.entries.unwrap().taken, 0, "what may be under way is not looked up yet");
        let began = Instant::now();
        while desk.registered(system).is_empty() {
            assert!(began.elapsed() < PATIENCE, "it is saved in the end");
            tokio::task::yield_now().await;
        }
        desk.wait(6);
        desk.run(&bot).await;
        let entry = desk.entries().await.remove(0);
        assert_eq!((entry.state.as_str(), desk.registered(system).len()), ("verified", 1), "{entry:?}");
        assert!(entry.receipt.is_some());
        desk.bridge.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_says_of_an_answer_that_broke_off_is_no_refusal() {
    // All of them have saved it. What is left on the screen then is an empty page, or the browser's own words where refusals stand.
    for system in ["water", "permits", "social", "housing"] {
        let bot = format!("{system}-enter");
        let file = format!("bots/{bot}.toml");
        let hasty = |root: &std::path::Path| change(root, &file, "[enter.form]\n", "[enter.form]\nwithin = \"2s\"\n");
        let desk = Desk::open_changed(&[system], hasty, |bridge| bridge).await;
        desk.practice(system).set_cut_answer(1);
        desk.want(&bot, &[accepted(system, "YC1")]).await;
        desk.run(&bot).await;
        let entry = desk.entries().await.remove(0);
        let events = desk.events(&entry).await;
        assert_eq!((entry.state.as_str(), desk.registered(system).len()), ("verified", 1), "{system}: {events:?}");
        assert_eq!(events, ["looked_absent", "intended", "submitting", "lost", "looked_same", "agrees"], "{system}");
        desk.bridge.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_already_is_taken_for_entered_or_is_a_conflict() {
    let desk = Desk::open_changed(&["water"], |root| add_blind(root, "water"), |bridge| bridge).await;
    let first = accepted("water", "YC1");
    desk.want("water-enter", std::slice::from_ref(&first)).await;
    desk.run("water-enter").await;
    let same = Case { source_no: "YC2".to_owned(), ..first.clone() };
    desk.want_marked("water-enter", &[("YC1", &same)]).await;
    desk.run("water-enter").await;
    let entry = desk.entries().await.remove(1);
    assert_eq!((entry.state.as_str(), desk.registered("water").len()), ("verified", 1));
    assert_eq!(desk.events(&entry).await, ["looked_same", "agrees"], "nothing was sent");
    assert_eq!(entry.receipt.as_ref(), Some(&desk.registered("water")[0].receipt));

    desk.want_marked("water-enter", &[("YC1", &accepted("water", "YC3"))]).await;
    desk.run("water-enter").await;
    let (state, field, words) = desk.left().await;
    assert_eq!((state.as_str(), field.as_str()), ("conflict", "applicant"));
    assert!(words.contains("王小明YC3") && words.contains("王小明YC1"), "{words}");
    assert_eq!(desk.registered("water").len(), 1);
    desk.bridge.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_rows_with_the_mark_are_a_conflict() {
    let desk = Desk::open_changed(&["social"], |root| add_blind(root, "social"), |bridge| bridge).await;
    let [one, two, three] = ["YC1", "YC2", "YC3"].map(|number| accepted("social", number));
    desk.want_marked("social-blind", &[("YC1", &one), ("YC1", &two)]).await;
    desk.run("social-blind").await;
    assert_eq!(desk.registered("social").len(), 2, "whoever can't look enters what another one has entered");
    desk.want_marked("social-enter", &[("YC1", &three)]).await;
    desk.run("social-enter").await;
    let (state, _, words) = desk.left().await;
    assert_eq!(state, "conflict");
    assert!(words.contains("2 times"), "{words}");
    assert_eq!(desk.registered("social").len(), 2);
    desk.bridge.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_at_the_source_is_a_persons_where_the_target_takes_none() {
    for system in ["water", "permits"] {
        let bot = format!("{system}-enter");
        let desk = Desk::open(&[system]).await;
        desk.want(&bot, &[accepted(system, "YC1")]).await;
        desk.run(&bot).await;
        let mut corrected = accepted(system, "YC1");
        corrected.data_version += 1;
        desk.want(&bot, std::slice::from_ref(&corrected)).await;
        desk.run(&bot).await;
        assert_eq!(desk.entries().await[0].state, "verified", "what was corrected is not entered there");
        corrected.data_version += 1;
        corrected.fields.contact_phone = Some("13800009999".to_owned());
        desk.want(&bot, &[corrected]).await;
        assert_eq!(desk.run(&bot).await.exit_code(), 3);
        let (state, field, words) = desk.left().await;
        assert_eq!((state.as_str(), field.as_str()), ("conflict", "phone"), "{words}");
        assert!(words.contains("13800009999") && words.contains("13800001234"), "{words}");
        let registered = desk.registered(system);
        assert_eq!((registered.len(), registered[0].times), (1, 1));
        desk.bridge.close().await;
    }
}

/// A bridge that ends the practice's sessions once, at that point of an entry's life.
async fn desk_that_loses_its_session(system: &str, at: &str) -> Desk {
    let practice: Arc<OnceLock<Practice>> = Arc::default();
    let (known, ended) = (Arc::clone(&practice), AtomicBool::new(false));
    let at = format!("{system}-enter.{at}");
    let desk = Desk::open_with(&[system], |bridge| {
        bridge.pausing(Arc::new(move |point| {
            if point == at && !ended.swap(true, Ordering::SeqCst) {
                known.get().expect("it was told").end_sessions();
            }
            async {}.boxed()
        }))
    })
    .await;
    assert!(practice.set(desk.practice(system).clone()).is_ok());
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_in_the_middle_of_a_form_is_begun_anew() {
    for system in SYSTEMS {
        let bot = format!("{system}-enter");
        let desk = desk_that_loses_its_session(system, "intended.after").await;
        desk.want(&bot, &[accepted(system, "YC1")]).await;
        let report = desk.run(&bot).await;
        assert_eq!((report.exit_code(), desk.registered(system).len()), (0, 1), "{report:?}");
        assert_eq!(desk.practice(system).logins(), 2, "{system}");
        desk.bridge.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_right_before_the_press_leaves_no_doubt_and_no_second_entry() {
    for system in SYSTEMS {
        let bot = format!("{system}-enter");
        let desk = desk_that_loses_its_session(system, "submitting.after").await;
        desk.want(&bot, &[accepted(system, "YC1")]).await;
        desk.run(&bot).await;
        desk.wait(60);
        let report = desk.run(&bot).await;
        let entry = desk.entries().await.remove(0);
        assert_eq!(entry.state, "verified", "{system}: {:?} {report:?}", desk.events(&entry).await);
        assert_eq!(desk.registered(system).len(), 1, "{system}");
        desk.bridge.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn maintenance_loses_nothing_and_is_waited_for() {
    for system in SYSTEMS {
        let bot = format!("{system}-enter");
        let desk = Desk::open(&[system]).await;
        desk.want(&bot, &[accepted(system, "YC1"), accepted(system, "YC2")]).await;
        desk.practice(system).set_maintenance(true);
        let report = desk.run(&bot).await;
        assert_eq!(report.remedy, Some(queqiao::base::Remedy::Backoff), "{report:?}");
        assert_ne!(report.exit_code(), 0);
        desk.wait(1);
        assert!(desk.entries().await.iter().all(|entry| entry.state == "wanted"));
        desk.practice(system).set_maintenance(false);
        desk.wait(60);
        assert_eq!(desk.run(&bot).await.exit_code(), 0);
        let states: Vec<String> = desk.entries().await.into_iter().map(|entry| entry.state).collect();
        assert_eq!((states, desk.registered(system).len()), (vec!["verified".to_owned(); 2], 2));
        desk.bridge.close().await;
    }
}
