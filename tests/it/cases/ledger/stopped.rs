//! A bot whose entries stand in the target as something else, or can't be read there, sends nothing more.

use queqiao::{
    ledger::Decision,
    record::Outcome,
    run::{RunReport, Said, decide},
};

use crate::entry_faults::{
    office::Trick,
    room::{BOT, Room},
};

const THREE: [&str; 3] = ["YC1", "YC2", "YC3"];

fn reason(report: &RunReport) -> String {
    report.reading.reason.clone().unwrap_or_default()
}

async fn decided(room: &Room, number: &str, decision: Decision) {
    let said = Said { person: "li", words: None, receipt: None };
    let id = room.entry(number).await.id;
    decide(&room.trial.bridge.store, &room.clock, id, decision, said).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_conflict_nothing_more_is_sent_until_a_person_has_decided() {
    let room = Room::open().await;
    room.office.play(Trick::CutsName);
    room.want(BOT, &THREE).await;
    for _ in 0..3 {
        let report = room.run(BOT).await;
        assert_eq!(room.office.desk().posts, 1, "eight lanes, and one entry until one is verified");
        assert_eq!((report.exit_code(), report.reading.outcome), (3, Outcome::NeedsPerson));
        let said = reason(&report);
        assert!(said.contains("2 entries are not sent, because entry") && said.contains("not what was sent"), "{said}");
        room.wait(600);
    }
    assert_eq!(room.entry("YC2").await.state, "wanted");
    assert_eq!(room.entry("YC2").await.tries, 0, "nothing was tried");
    // Somebody has put the record right in the target, and the field's limit in the form.
    room.office.play(Trick::Nothing);
    let first = room.trial.entries().await.into_iter().find(|entry| entry.state == "conflict").expect("one was sent");
    decided(&room, &first.wish.origin_no, Decision::Settled).await;
    let report = room.run(BOT).await;
    assert_eq!((report.exit_code(), room.office.desk().posts), (0, 3), "{report:?}");
    room.trial.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn as_long_as_the_verify_page_cannot_be_read_nothing_more_is_sent_and_then_it_goes_on_by_itself() {
    let room = Room::open().await;
    room.office.play(Trick::VerifyUnreadable);
    room.want(BOT, &THREE).await;
    for _ in 0..2 {
        let report = room.run(BOT).await;
        assert_eq!((room.office.desk().posts, report.reading.outcome), (1, Outcome::NeedsPerson), "{report:?}");
        room.wait(600);
    }
    let sent = room.trial.entries().await.into_iter().find(|entry| entry.state == "submitted").expect("one was sent");
    let events = room.events(&sent.wish.origin_no).await;
    assert_eq!(events.iter().filter(|event| *event == "unread").count(), 1, "told once: {events:?}");
    room.office.play(Trick::Nothing);
    let report = room.run(BOT).await;
    assert_eq!((report.exit_code(), room.office.desk().posts), (0, 3), "{report:?}");
    assert!(room.trial.entries().await.iter().all(|entry| entry.state == "verified"));
    room.trial.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_stays_unreadable_is_a_persons_in_the_end_and_stops_the_bot_all_the_same() {
    let room = Room::open().await;
    room.office.play(Trick::VerifyUnreadable);
    room.want(BOT, &THREE).await;
    for _ in 0..8 {
        room.run(BOT).await;
        room.wait(3600);
    }
    let sent = room.trial.entries().await.into_iter().find(|entry| entry.state == "waiting").expect("a person knows");
    assert_eq!(room.office.desk().posts, 1);
    assert!(reason(&room.run(BOT).await).contains("can't be read"));
    room.office.play(Trick::Nothing);
    decided(&room, &sent.wish.origin_no, Decision::Enter).await;
    assert_eq!((room.run(BOT).await.exit_code(), room.office.desk().posts), (0, 3), "it is only looked for");
    room.trial.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stood_there_before_and_was_never_sent_stops_nobody_else() {
    let room = Room::open().await;
    room.office.holds("YC1", "王小红");
    room.want(BOT, &THREE).await;
    let report = room.run(BOT).await;
    assert_eq!((room.entry("YC1").await.state.as_str(), room.office.desk().posts), ("conflict", 2), "{report:?}");
    assert_eq!(report.reading.reason, None);
    room.trial.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_reads_back_what_is_known_to_stand_there() {
    let room = Room::open().await;
    let report = room.dry_run(BOT).await;
    assert!(report.reading.warnings[0].contains("could not be tried"), "{report:?}");
    room.want(BOT, &["YC1"]).await;
    assert_eq!(room.run(BOT).await.exit_code(), 0);
    let before = room.events("YC1").await;
    let report = room.dry_run(BOT).await;
    let read = report.entries.clone().and_then(|entries| entries.read_back).expect("one is known to stand there");
    assert_eq!((read.origin.as_str(), report.exit_code()), ("onewindow/YC1", 0));
    let fields: Vec<_> =
        read.fields.iter().map(|seen| (seen.field.as_str(), seen.shown.as_str(), seen.agrees)).collect();
    let own = ("applicant", "王小明YC1", true);
    assert_eq!(fields, [own, ("note", "YC1", true), own]);
    room.office.play(Trick::VerifyUnreadable);
    let report = room.dry_run(BOT).await;
    assert_eq!(report.reading.outcome, Outcome::NeedsPerson);
    assert!(reason(&report).contains("page `one`"), "{report:?}");
    room.office.play(Trick::LookUpWithoutTable);
    assert!(reason(&room.dry_run(BOT).await).contains("page `registered`"));
    assert_eq!(room.events("YC1").await, before, "nothing is written down");
    assert_eq!(room.office.desk().posts, 1);
    room.trial.end().await;
}
