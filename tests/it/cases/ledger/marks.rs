//! A mark that was mended in the bot, and what was cancelled and is wanted after all.

use queqiao::{
    ledger::Decision,
    run::{DecideError, Said, decide},
};

use crate::{
    entering::accepted,
    entry_faults::{
        office::{STOOD, Trick},
        room::{BOT, Room},
    },
};

const OLD: &str = "mark    = \"case.source_no\"";
const NEW: &str = "mark    = \"case.project_no\"";
/// The number across systems of the window's case YC1.
const ACROSS: &str = "onewindow-YC1";

async fn said(room: &Room, decision: Decision) -> Result<(), DecideError> {
    let said = Said { person: "li", words: Some("想好了"), receipt: None };
    let id = room.entry("YC1").await.id;
    decide(&room.trial.bridge.store, &room.clock, id, decision, said).await.map(drop)
}

/// The notes that the office holds.
fn notes(room: &Room) -> Vec<String> {
    room.office.brought().into_iter().map(|record| record.note).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_under_which_nothing_was_sent_is_made_anew() {
    let mut room = Room::open().await;
    room.office.play(Trick::Form500);
    room.want(BOT, &["YC1"]).await;
    room.run(BOT).await;
    assert_eq!((room.entry("YC1").await.wish.mark.as_str(), notes(&room).len()), ("YC1", 0));
    room.mends(BOT, OLD, NEW);
    room.office.play(Trick::Nothing);
    room.wait(60);
    assert_eq!(room.run(BOT).await.exit_code(), 0);
    assert_eq!((room.entry("YC1").await.wish.mark.as_str(), notes(&room)), (ACROSS, vec![ACROSS.to_owned()]));
    let events = room.events("YC1").await;
    assert!(events.ends_with(&["looked_absent", "intended", "submitting", "submitted", "agrees"].map(str::to_owned)));
    assert_eq!(events.iter().filter(|event| *event == "remarked").count(), 1, "{events:?}");
    room.trial.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_that_was_refused_is_looked_up_once_more_and_then_made_anew() {
    let mut room = Room::open().await;
    room.office.desk().prefix = "onewindow-".to_owned();
    room.want(BOT, &["YC1"]).await;
    assert_eq!((room.run(BOT).await.exit_code(), room.entry("YC1").await.state.as_str()), (3, "refused"));
    room.mends(BOT, OLD, NEW);
    said(&room, Decision::Enter).await.unwrap();
    room.office.desk().asked.clear();
    assert_eq!(room.run(BOT).await.exit_code(), 0);
    let mut asked = room.office.desk().asked.clone();
    asked.retain(|keyword| keyword != STOOD);
    assert_eq!(asked[..2], ["YC1", ACROSS], "the old one first");
    assert_eq!(notes(&room), [ACROSS]);
    room.trial.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_there_under_the_old_mark_keeps_it_and_that_is_told() {
    let mut room = Room::open().await;
    room.want(BOT, &["YC1"]).await;
    assert_eq!(room.run(BOT).await.exit_code(), 0);
    room.mends(BOT, OLD, NEW);
    let mut corrected = accepted("water", "YC1");
    corrected.data_version += 1;
    room.want_cases(BOT, &[corrected]).await;
    let report = room.run(BOT).await;
    assert_eq!((room.entry("YC1").await.state.as_str(), notes(&room)), ("verified", vec!["YC1".to_owned()]));
    let warnings = &report.reading.warnings;
    let told = warnings.iter().any(|said| said.contains("under the mark `YC1`") && said.contains(ACROSS));
    assert!(told, "{warnings:?}");
    assert_eq!(room.office.desk().posts, 1);
    room.trial.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doubt_is_looked_up_by_the_mark_under_which_it_was_sent() {
    let mut room = Room::open().await;
    room.office.play(Trick::SavedLate);
    room.want(BOT, &["YC1"]).await;
    room.run(BOT).await;
    assert_eq!((room.entry("YC1").await.state.as_str(), notes(&room).len()), ("unknown", 0));
    room.mends(BOT, OLD, NEW);
    // A person who has looked too early says that it is not there.
    said(&room, Decision::Enter).await.unwrap();
    room.run(BOT).await;
    room.wait(60);
    room.run(BOT).await;
    assert_eq!((room.entry("YC1").await.state.as_str(), notes(&room)), ("verified", vec!["YC1".to_owned()]));
    assert_eq!(room.office.desk().posts, 1);
    room.trial.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_cancelled_is_entered_after_all_and_looked_up_first() {
    let room = Room::open().await;
    room.want(BOT, &["YC1"]).await;
    said(&room, Decision::Cancel).await.unwrap();
    assert_eq!(room.run(BOT).await.entries.unwrap().taken, 0);
    said(&room, Decision::Reopen).await.unwrap();
    let twice = said(&room, Decision::Reopen).await.unwrap_err();
    assert!(matches!(twice, DecideError::Meaningless { .. }), "{twice}");
    assert_eq!((room.run(BOT).await.exit_code(), notes(&room)), (0, vec!["YC1".to_owned()]));
    let events = room.events("YC1").await;
    assert_eq!(events[..3], ["decided_cancel", "decided_reopen", "looked_absent"]);
    room.trial.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doubt_that_was_cancelled_and_reopened_is_not_doubled() {
    let room = Room::open().await;
    room.office.play(Trick::SavedLate);
    room.want(BOT, &["YC1"]).await;
    room.run(BOT).await;
    said(&room, Decision::Cancel).await.unwrap();
    said(&room, Decision::Reopen).await.unwrap();
    assert_eq!(room.run(BOT).await.entries.unwrap().taken, 0, "what was sent may still be under way");
    room.wait(60);
    room.run(BOT).await;
    assert_eq!((room.entry("YC1").await.state.as_str(), notes(&room)), ("verified", vec!["YC1".to_owned()]));
    assert_eq!(room.office.desk().posts, 1);
    room.trial.end().await;
}
