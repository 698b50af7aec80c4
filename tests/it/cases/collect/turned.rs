//! A published case whose later reading can't be mapped: it stays, marked.

use queqiao::{
    record::Status,
    store::{Kept, Which, Wish},
};

use super::register::{Register, row};
use crate::{
    databases::{Fresh, on_both},
    sample::at,
};

on_both! {
    an_entry_of_a_case_that_turned_bad_waits_as_long_as_nothing_was_sent
}

fn rows(count: usize) -> Vec<super::register::Row> {
    (1..=count).map(|no| row(no, "2026-11-02 09:00")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_turns_bad_stays_marked_until_it_reads_right_again() {
    let register = Register::open("2026-12-01 10:00", rows(12), |_| {}).await;
    // One was never read right: as ever it is no case.
    register.change(12, |row| row.status = "已归档".to_owned());
    register.run_at("2026-12-01 10:00").await;
    assert_eq!(register.held().await.len(), 11);
    let to = async |status: &str, now: &str| {
        register.change(5, |row| row.status = status.to_owned());
        let report = register.run_at(now).await;
        let view = register.held().await.remove("5").expect("it does not vanish");
        let overview = register.hub.overview().await.unwrap();
        assert_eq!((overview.gap.ours, overview.systems[0].ours, report.reading.rows_read), (12, Some(12), 12));
        assert_eq!(overview.gap.quarantined, report.reading.quarantined, "the hub counts as the run does");
        assert_eq!(register.hub.tallies().await.unwrap(), register.hub.recount().await.unwrap());
        (view.case.status, view.quarantine.map(|mark| mark.reason), report.reading.quarantined)
    };
    let (status, mark, quarantined) = to("已归档", "2026-12-01 10:01").await;
    assert!(mark.is_some_and(|mark| mark.contains("已归档")) && status == Status::InProgress && quarantined == 2);
    let (status, mark, quarantined) = to("已移交", "2026-12-01 10:02").await;
    assert!(mark.is_some_and(|mark| mark.contains("已移交")) && status == Status::InProgress && quarantined == 2);
    assert_eq!(to("审批中", "2026-12-01 10:03").await, (Status::InProgress, None, 1));
    assert!(to("已归档", "2026-12-01 10:04").await.1.is_some());
    assert_eq!(to("办结", "2026-12-01 10:05").await, (Status::Done, None, 1));
    register.trial.end().await;
}

async fn an_entry_of_a_case_that_turned_bad_waits_as_long_as_nothing_was_sent(fresh: Fresh) {
    let store = fresh.store().await;
    let (now, until) = (at("2026-12-01 10:00").to_utc(), at("2026-12-01 10:05").to_utc());
    let wish = |version| Wish {
        target: "water".to_owned(),
        purpose: "enter".to_owned(),
        bot: "water-enter".to_owned(),
        origin_system: "onewindow".to_owned(),
        origin_no: "1".to_owned(),
        project_no: "p1".to_owned(),
        mark: "M1".to_owned(),
        wanted: "{}".to_owned(),
        version,
    };
    let kept = |quarantined, wishes| Kept { key: "1".to_owned(), version: 1, quarantined, wishes, ..Kept::default() };
    store.keep("onewindow", &[kept(false, vec![wish(1)])]).await.unwrap();
    assert_eq!(store.due_entries("water-enter", now).await.unwrap().len(), 1);
    store.keep("onewindow", &[kept(true, vec![])]).await.unwrap();
    assert_eq!(store.due_entries("water-enter", now).await.unwrap().len(), 0);
    assert!(store.lease_entry("water-enter", Which::All, "w", now, until).await.unwrap().is_none());
    store.keep("onewindow", &[kept(false, vec![wish(2)])]).await.unwrap();
    let mut entry = store.lease_entry("water-enter", Which::All, "w", now, until).await.unwrap().expect("it goes on");
    // Once it was sent, its doubt has to be ended whatever the source says.
    entry.state = "submitting".to_owned();
    entry.changed_at = now;
    let moved = queqiao::store::EntryMove {
        event: "submitting".to_owned(),
        detail: "{}".to_owned(),
        until: now,
        records: Vec::new(),
        read_again: None,
    };
    store.move_entry(&entry, &moved).await.unwrap();
    store.release_entry(&entry).await.unwrap();
    store.keep("onewindow", &[kept(true, vec![])]).await.unwrap();
    assert!(store.lease_entry("water-enter", Which::All, "w", until, until).await.unwrap().is_some());
}
