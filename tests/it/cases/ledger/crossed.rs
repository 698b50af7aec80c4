//! Messages that a system says once, on whatever page it shows next, the one token of a form, and the draft in the session: several
//! entries at once in one session take none of them from each other.

use std::collections::BTreeSet;

use crate::entry_faults::room::{BOT, Room};

const ENTRIES: usize = 40;

async fn entered(bot: &str) {
    let room = Room::open().await;
    let numbers: Vec<String> = (1..=ENTRIES).map(|number| format!("YC{number:03}")).collect();
    room.want(bot, &numbers.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let report = room.run(bot).await;
    let tally = report.entries.clone().expect("it enters");
    assert_eq!((tally.verified, tally.conflict, tally.unknown, tally.later), (ENTRIES as u64, 0, 0, 0), "{report:?}");
    let desk = room.office.brought();
    assert_eq!((desk.len(), room.office.desk().posts), (ENTRIES, ENTRIES), "each once");
    let mut receipts = BTreeSet::new();
    for entry in room.trial.entries().await {
        let its = desk.iter().find(|record| record.note == entry.wish.origin_no).expect("it stands there");
        assert_eq!(entry.receipt.as_ref(), Some(&its.no), "{}", entry.wish.origin_no);
        assert_eq!(its.applicant, format!("王小明{}", its.note), "nobody else's name");
        receipts.insert(its.no.clone());
        // Each was taken at its first answer: nobody else had read it.
        let events = room.events(&entry.wish.origin_no).await;
        assert_eq!(events, ["looked_absent", "intended", "submitting", "submitted", "agrees"]);
    }
    assert_eq!(receipts.len(), ENTRIES);
    room.trial.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_once_is_said_to_who_has_pressed() {
    entered(BOT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_draft_of_a_form_of_two_pages_is_nobody_elses() {
    entered("target-draft").await;
}
