//! A person's word in the ledger, typed as an operator types it; what the bots do then.

use std::time::{Duration, Instant};

use queqiao::{
    ledger::Decision,
    run::{Said, decide},
    store::{Entry, Outgoing, Which},
};

use super::{
    back::for_water,
    desk::{Desk, WINDOW, accepted, add_blind, change, make_blind},
};
use crate::rig::PATIENCE;

/// Longer than the adapter of that test gives the page.
const SAVED_AFTER: Duration = Duration::from_secs(8);

/// How often the target has received what stands there under this mark.
fn times(desk: &Desk, system: &str, mark: &str) -> u32 {
    let marked = desk.registered(system).into_iter().filter(|one| one.fields["note"] == mark);
    marked.map(|one| one.times).sum()
}

async fn only(desk: &Desk) -> Entry {
    let mut entries = desk.entries().await;
    assert_eq!(entries.len(), 1, "{entries:?}");
    entries.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_is_entered_once_when_a_person_says_so() {
    let desk = Desk::open(&["water"]).await;
    desk.practice("water").set_closed(true);
    desk.want("water-enter", &[accepted("water", "YC1")]).await;
    assert_eq!(desk.run("water-enter").await.exit_code(), 3);
    let listed = desk.typed(&["people"], 3);
    assert!(["onewindow/YC1", "受理期已截止", "--enter"].iter().all(|words| listed.contains(words)), "{listed}");
    desk.practice("water").set_closed(false);
    desk.wait(3600);
    assert_eq!(desk.run("water-enter").await.entries.unwrap().taken, 0, "nobody has said so yet");
    desk.bridge.close().await;

    let told = desk.typed(&["entries", "1", "--enter", "--because", "受理期延长了"], 0);
    assert!(told.contains("Entry 1 is wanted now: the next run of water-enter"), "{told}");
    for _ in 0..2 {
        desk.typed(&["run", "water-enter"], 0);
        assert_eq!((only(&desk).await.state.as_str(), times(&desk, "water", "YC1")), ("verified", 1));
    }
    let events = desk.events(&only(&desk).await).await;
    let entered = ["looked_absent", "intended", "submitting"];
    let again = [&["refused", "decided_enter"][..], &entered, &["submitted", "agrees"]].concat();
    assert_eq!(events, [&entered[..], &again].concat());
    let life = desk.typed(&["entries", "1"], 0);
    let parts =
        ["受理期已截止", "a person has decided: enter it", "受理期延长了", "applicant = 王小明YC1", "picture: "];
    assert!(parts.iter().all(|part| life.contains(part)), "{life}");
    assert_eq!(desk.typed(&["people"], 0).trim(), "Nothing waits for a person.");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_finds_in_the_target_is_linked_and_the_window_hears_of_it() {
    let desk = Desk::open_changed(&[WINDOW, "water"], |root| make_blind(root, "water"), |bridge| bridge).await;
    let (window, water) = (desk.practice(WINDOW).clone(), desk.practice("water").clone());
    while !window.truth().iter().any(for_water) {
        window.add_case();
    }
    desk.run("onewindow-collect").await;
    water.set_cut_answer(1);
    assert_eq!(desk.run("water-enter").await.exit_code(), 3, "its answer was cut, and nobody can look there");
    let (id, number) = {
        let entries = desk.entries().await;
        let doubtful = entries.iter().find(|entry| entry.state == "waiting").expect("one is a person's");
        (doubtful.id.to_string(), doubtful.wish.origin_no.clone())
    };
    let saved = water.registered().into_iter().find(|saved| saved.fields["note"] == number);
    let receipt = saved.expect("it arrived").receipt;
    let both_ways = async || {
        desk.wait(60);
        desk.run("water-collect").await;
        desk.run("onewindow-progress").await;
    };
    both_ways().await;
    assert_eq!(window.progress(&number), None, "nobody knows that the two are one case");

    let refused = desk.typed(&["entries", &id, "--settled"], 1);
    assert!(refused.contains("--receipt"), "{refused}");
    let because = ["--because", "在水利局系统里查到了"];
    let settled = [&["entries", &id, "--settled", "--receipt", &receipt][..], &because].concat();
    let told = desk.typed(&settled, 0);
    assert!(told.contains(&format!("Entry {id} is verified now, under the number {receipt}")), "{told}");
    let lines = desk.store.outbox(10_000).await.unwrap();
    let link = |line: &&Outgoing| {
        line.line.starts_with(r#"{"record":"link""#) && line.line.contains(&receipt) && line.line.contains(&number)
    };
    assert_eq!(lines.iter().filter(link).count(), 1, "the hub hears that the two are one");
    both_ways().await;
    assert_eq!(window.progress(&number).map(|(told, ..)| told), Some(receipt));
    desk.run("water-enter").await;
    assert_eq!(times(&desk, "water", &number), 1);
    desk.bridge.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_says_too_early_that_it_is_not_there_doubles_nothing() {
    let hasty = |root: &std::path::Path| {
        change(root, "bots/permits-enter.toml", "[enter.form]\n", "[enter.form]\nwithin = \"2s\"\n");
    };
    let desk = Desk::open_changed(&["permits"], hasty, |bridge| bridge).await;
    desk.practice("permits").set_save_delay(SAVED_AFTER, Duration::ZERO);
    desk.want("permits-enter", &[accepted("permits", "YC1")]).await;
    desk.run("permits-enter").await;
    assert_eq!(only(&desk).await.state, "unknown");
    let said = Said { person: "li", words: Some("没查到"), receipt: None };
    let decided = decide(&desk.store, &desk.clock, 1, Decision::Enter, said).await.unwrap();
    assert_eq!(decided.state, "wanted");
    desk.wait(5);
    assert_eq!(desk.run("permits-enter").await.entries.unwrap().taken, 0, "what was sent may still be under way");
    let began = Instant::now();
    while desk.registered("permits").is_empty() {
        assert!(began.elapsed() < PATIENCE, "it is saved in the end");
        tokio::task::yield_now().await;
    }
    desk.wait(60);
    desk.run("permits-enter").await;
    let entry = only(&desk).await;
    assert_eq!((entry.state.as_str(), times(&desk, "permits", "YC1")), ("verified", 1), "{entry:?}");
    assert!(
        desk.events(&entry).await.ends_with(&["looked_same", "agrees"].map(str::to_owned)),
        "it was only looked for"
    );
    desk.bridge.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_conflict_is_settled_or_left_alone() {
    let desk = Desk::open(&["water"]).await;
    let first = accepted("water", "YC1");
    desk.want("water-enter", std::slice::from_ref(&first)).await;
    desk.run("water-enter").await;
    let receipt = desk.registered("water")[0].receipt.clone();
    // Another one stands there under its number, and the first one is corrected: two conflicts.
    desk.want_marked("water-enter", &[("YC1", &accepted("water", "YC2"))]).await;
    let mut corrected = first.clone();
    corrected.data_version += 1;
    corrected.fields.contact_phone = Some("13800009999".to_owned());
    desk.want("water-enter", &[corrected]).await;
    assert_eq!(desk.run("water-enter").await.exit_code(), 3);
    let listed = desk.typed(&["people"], 3);
    assert!(listed.contains("applicant: ") && listed.contains("phone: ") && listed.contains("13800009999"), "{listed}");

    let told = desk.typed(&["entries", "1", "--settled", "--because", "电话已在对方系统改好"], 0);
    assert!(told.contains(&receipt), "its number is known: {told}");
    let told = desk.typed(&["entries", "2", "--cancel", "--because", "重复申请"], 0);
    assert!(told.contains("Entry 2 is cancelled now"), "{told}");
    desk.wait(3600);
    assert_eq!(desk.run("water-enter").await.entries.unwrap().taken, 0);
    let states: Vec<String> = desk.entries().await.into_iter().map(|entry| entry.state).collect();
    assert_eq!((states, times(&desk, "water", "YC1")), (vec!["verified".to_owned(), "cancelled".to_owned()], 1));
    let cancelled = desk.typed(&["--lang", "zh", "entries", "2"], 0);
    assert!(["人工决定：不再录入", "重复申请", "已取消"].iter().all(|words| cancelled.contains(words)), "{cancelled}");
    let told = desk.typed(&["entries", "2", "--reopen", "--because", "不是重复申请"], 0);
    assert!(told.contains("Entry 2 is wanted now"), "{told}");
    assert_eq!(desk.run("water-enter").await.exit_code(), 3, "it is looked up first, and another one stands there");
    let reopened = desk.typed(&["--lang", "zh", "entries", "2"], 0);
    assert!(reopened.contains("人工决定：还是要录入") && times(&desk, "water", "YC1") == 1, "{reopened}");
    desk.bridge.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_is_not_taken_says_why_and_changes_nothing() {
    let desk = Desk::open_changed(&["water"], |root| add_blind(root, "water"), |bridge| bridge).await;
    desk.want("water-blind", &[accepted("water", "YC1"), accepted("water", "YC2")]).await;
    let now = chrono::Utc::now();
    let held =
        desk.store.lease_entry("water-blind", Which::All, "bot", now, now + chrono::TimeDelta::hours(1)).await.unwrap();
    let (held, free) = (held.unwrap().id.to_string(), "2");
    let before = desk.entries().await;
    for (arguments, code, words) in [
        (&["entries", "99", "--cancel"][..], 1, "there is no entry 99"),
        (&["entries", "99"], 1, "there is no entry 99"),
        (&["entries", &held, "--cancel"], 1, "a bot is working on entry 1"),
        (&["entries", free, "--enter"], 1, "entry 2 is wanted; that can be decided only of an entry that is"),
        (&["entries", free, "--settled", "--receipt", "SL1"], 1, "refused, conflict, waiting, unknown"),
        (&["--lang", "zh", "entries", free, "--enter"], 1, "录入 2 的状态是“待录入”"),
        (&["entries", free, "--enter", "--cancel"], 2, "cannot be used with"),
        (&["entries", "--cancel"], 2, "ID"),
        (&["entries", free, "--receipt", "SL1"], 2, "--settled"),
        (&["entries", free, "--because", "…"], 2, "required"),
    ] {
        let said = desk.typed(arguments, code);
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    let after = desk.entries().await;
    let stands = |entries: &[Entry]| entries.iter().map(|one| (one.state.clone(), one.changed_at)).collect::<Vec<_>>();
    assert_eq!(stands(&before), stands(&after));
    for entry in &after {
        assert!(desk.events(entry).await.is_empty());
    }
    assert!(desk.typed(&["entries", free, "--cancel"], 0).contains("cancelled"), "what nobody holds is free at once");
    desk.bridge.close().await;
}
