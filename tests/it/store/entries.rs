//! Entries: one per record and target, one holder at a time, moved only by whoever holds them.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeZone, Utc};
use queqiao::{
    record::Status,
    store::{Entry, EntryMove, EntryQuery, Kept, Store, StoreError, Wish},
};

use crate::{
    databases::{Fresh, on_both},
    sample,
};

on_both! {
    a_wish_is_one_entry_and_a_correction_makes_it_due_again
    an_entry_has_one_holder_and_only_the_holder_moves_it
    many_workers_never_hold_the_same_entry
    a_person_takes_what_nobody_holds
}

pub fn at(second: i64) -> DateTime<Utc> {
    Utc.timestamp_opt(1_800_000_000 + second, 0).unwrap()
}

pub fn wish(number: &str, version: i64) -> Wish {
    let text = str::to_owned;
    Wish {
        target: text("water"),
        purpose: text("enter"),
        bot: text("water-enter"),
        origin_system: text("onewindow"),
        origin_no: number.to_owned(),
        project_no: format!("P{number}"),
        mark: format!("P{number}"),
        wanted: format!("{{\"version\":{version}}}"),
        version,
    }
}

pub async fn keep(store: &Store, wishes: Vec<Wish>) {
    let case = |wish: &Wish| sample::record(sample::case("onewindow", &wish.origin_no, wish.version, Status::Accepted));
    let kept = wishes.into_iter().map(|wish| Kept {
        key: wish.origin_no.clone(),
        version: wish.version,
        record: Some(case(&wish)),
        wishes: vec![wish],
        ..Kept::default()
    });
    store.keep("onewindow", &kept.collect::<Vec<_>>()).await.unwrap();
}

pub fn moved(entry: &Entry, state: &str, resting: bool, second: i64) -> (Entry, EntryMove) {
    let known_version = entry.wish.version;
    let entry = Entry { state: state.to_owned(), resting, known_version, changed_at: at(second), ..entry.clone() };
    let until = at(second + 60);
    (
        entry,
        EntryMove { event: state.to_owned(), detail: "{}".to_owned(), until, records: Vec::new(), read_again: None },
    )
}

pub async fn lease(store: &Store, worker: &str, second: i64) -> Option<Entry> {
    store.lease_entry("water-enter", worker, at(second), at(second + 60)).await.unwrap()
}

async fn a_wish_is_one_entry_and_a_correction_makes_it_due_again(fresh: Fresh) {
    let store = fresh.store().await;
    keep(&store, vec![wish("1", 5), wish("2", 5)]).await;
    keep(&store, vec![wish("1", 5)]).await;
    let all = store.entries(&EntryQuery { limit: 10, ..EntryQuery::default() }).await.unwrap();
    assert_eq!(all.len(), 2, "the same wish again is the same entry");
    let first = lease(&store, "a", 0).await.unwrap();
    assert_eq!((first.wish.origin_no.as_str(), first.state.as_str()), ("1", "wanted"));
    let (verified, told) = moved(&first, "verified", true, 1);
    let verified = Entry { receipt: Some("SL1".to_owned()), submitted_at: Some(at(1)), ..verified };
    store.move_entry(&verified, &told).await.unwrap();
    store.release_entry(&verified).await.unwrap();
    assert_eq!(store.entered("water").await.unwrap().len(), 1);
    assert_eq!(lease(&store, "a", 2).await.unwrap().wish.origin_no, "2", "what rests is not due");
    assert_eq!(lease(&store, "a", 2).await, None);
    keep(&store, vec![wish("1", 4)]).await;
    assert_eq!(lease(&store, "a", 3).await, None, "an older version is no correction");
    keep(&store, vec![wish("1", 6)]).await;
    let corrected = lease(&store, "a", 3).await.expect("a correction is due");
    assert_eq!((corrected.known_version, corrected.wish.version), (5, 6));
    assert_eq!((corrected.receipt.as_deref(), corrected.submitted_at), (Some("SL1"), Some(at(1))));
    let events = store.entry_events(corrected.id).await.unwrap();
    assert_eq!(events.iter().map(|event| event.worker.as_str()).collect::<Vec<_>>(), ["a"]);
}

async fn an_entry_has_one_holder_and_only_the_holder_moves_it(fresh: Fresh) {
    let store = fresh.store().await;
    keep(&store, vec![wish("1", 5)]).await;
    let slow = lease(&store, "slow", 0).await.unwrap();
    assert_eq!(lease(&store, "quick", 59).await, None);
    store.hold_entry(&slow, at(90)).await.unwrap();
    assert_eq!(lease(&store, "quick", 89).await, None, "it is held on");
    store.still_held(&slow).await.unwrap();
    let quick = lease(&store, "quick", 90).await.expect("a holder that is silent loses it");
    assert!(!slow.taken_over && quick.taken_over, "by whose clock its time was over is not known");
    assert!(matches!(store.still_held(&slow).await, Err(StoreError::LeaseLost { .. })));
    store.still_held(&quick).await.unwrap();
    let (sent, told) = moved(&slow, "submitting", false, 91);
    let lost = store.move_entry(&sent, &told).await.unwrap_err();
    assert!(matches!(lost, StoreError::LeaseLost { entry } if entry == slow.id), "{lost:?}");
    assert!(matches!(store.hold_entry(&slow, at(200)).await, Err(StoreError::LeaseLost { .. })));
    assert!(store.entry_events(slow.id).await.unwrap().is_empty(), "nothing of a lost move is written");
    store.release_entry(&slow).await.unwrap();
    assert_eq!(lease(&store, "third", 92).await, None, "whoever lost it can't let it go");
    let (sent, told) = moved(&quick, "submitting", false, 92);
    store.move_entry(&sent, &told).await.unwrap();
    assert_eq!(store.entry(quick.id).await.unwrap().unwrap().state, "submitting");
    store.release_worker("quick", None).await.unwrap();
    assert!(!lease(&store, "third", 93).await.unwrap().taken_over, "what a dead process held is known to be free");
}

async fn many_workers_never_hold_the_same_entry(fresh: Fresh) {
    const ENTRIES: usize = 60;
    let store = fresh.store().await;
    keep(&store, (0..ENTRIES).map(|number| wish(&number.to_string(), 5)).collect()).await;
    let mut workers = Vec::new();
    for worker in 0..4 {
        let store = store.clone();
        workers.push(tokio::spawn(async move {
            let mut held = Vec::new();
            while let Some(entry) = lease(&store, &worker.to_string(), 0).await {
                held.push(entry.id);
            }
            held
        }));
    }
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.unwrap());
    }
    assert_eq!(all.len(), ENTRIES);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), ENTRIES, "nobody has what another one holds");
}

async fn a_person_takes_what_nobody_holds(fresh: Fresh) {
    let store = fresh.store().await;
    keep(&store, vec![wish("1", 5)]).await;
    let held = lease(&store, "bot", 0).await.unwrap();
    assert_eq!(store.take_entry(held.id, "li", at(10), at(20)).await.unwrap(), None, "a bot is at it");
    store.release_entry(&held).await.unwrap();
    let taken = store.take_entry(held.id, "li", at(10), at(20)).await.unwrap().expect("nobody is at it");
    assert!(taken.fence > held.fence);
    assert_eq!(store.take_entry(held.id + 1, "li", at(10), at(20)).await.unwrap(), None, "there is no such entry");
}
