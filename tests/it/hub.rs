//! The hub on both databases: what stands, what is counted, what is fed on.

mod courier;
mod entries;
mod figures;
mod property;

use std::{collections::BTreeSet, sync::Arc};

use chrono::{TimeDelta, Utc};
use queqiao::{
    base::Clock,
    calendar::Calendar,
    hub::{CaseFilter, Fate, Hub, Topic, View},
    record::{Case, Outcome, Record, Status},
    store::Store,
};

use crate::{
    databases::{Fresh, on_both},
    sample::{self, case, quarantined, record},
};

on_both! {
    the_higher_version_holds_in_whatever_order
    one_version_with_two_contents_ends_alike_in_any_order
    a_good_case_stays_marked_while_its_newest_reading_is_in_quarantine
    what_stands_and_its_mark_follow_from_what_came_in_any_order
    cases_that_an_older_version_let_vanish_come_back
    an_illegal_move_is_kept_and_flagged
    what_cannot_be_taken_is_refused_alone
    cases_are_found_by_filter_and_masked
    the_feed_resumes_without_gap_or_repeat_while_others_write
    readings_of_long_ago_go_and_what_figures_rest_on_stays
}

/// A hub whose clock stands at 10:00 on Monday, 23 November 2026.
pub async fn hub(fresh: &Fresh) -> (Hub, Clock) {
    hub_on(fresh.store().await).await
}

/// The same on a store that others use, too.
pub async fn hub_on(store: Store) -> (Hub, Clock) {
    let clock = Clock::held_at(sample::at("2026-11-23 10:00").with_timezone(&Utc));
    let hub = Hub::open(store, clock.clone(), Arc::new(Calendar::district())).await;
    (hub.expect("an empty store"), clock)
}

/// The tallies are those of the journal.
pub async fn proven(hub: &Hub) {
    assert_eq!(hub.tallies().await.unwrap(), hub.recount().await.unwrap());
}

/// What systems say of a case, complete; nothing for an unknown number.
pub async fn cases(hub: &Hub, number: &str) -> Vec<Case> {
    hub.case(number, View::Full).await.unwrap().map(|found| found.cases).unwrap_or_default()
}

async fn the_higher_version_holds_in_whatever_order(fresh: Fresh) {
    let (hub, _) = hub(&fresh).await;
    let version = |version, status| record(case("permits", "1", version, status));
    let given = [
        version(2, Status::Accepted),
        version(2, Status::Accepted),
        version(1, Status::Received),
        version(4, Status::InProgress),
    ];
    let fates = hub.ingest(&given).await.unwrap();
    assert_eq!(fates, [Fate::New, Fate::Unchanged, Fate::Superseded, Fate::Changed]);
    let again = [version(4, Status::InProgress), version(5, Status::InProgress), version(4, Status::Suspended)];
    assert_eq!(hub.ingest(&again).await.unwrap(), [Fate::Unchanged, Fate::Unchanged, Fate::Superseded]);
    let stands = cases(&hub, "permits-1").await;
    assert_eq!((stands.len(), stands[0].status), (1, Status::InProgress));
    assert_eq!(hub.position().await.unwrap(), 2, "only what changed is in the journal");
    proven(&hub).await;
}

async fn one_version_with_two_contents_ends_alike_in_any_order(fresh: Fresh) {
    let (hub, _) = hub(&fresh).await;
    let said = [Status::Accepted, Status::InProgress, Status::Suspended];
    for (key, order) in [("1", [0, 1, 2]), ("2", [2, 1, 0]), ("3", [1, 0, 2])] {
        for place in order {
            let mut one = case("permits", "1", 9, said[place]);
            one.system = format!("permits{key}");
            hub.ingest(&[record(one)]).await.unwrap();
        }
    }
    // The hash that decides covers the system's name, so that each system is asked twice with opposite orders.
    for key in ["1", "2", "3"] {
        let held = cases(&hub, "permits-1").await;
        let held = held.iter().find(|case| case.system == format!("permits{key}")).unwrap().clone();
        for place in [2, 0, 1, 0, 2] {
            let mut one = case("permits", "1", 9, said[place]);
            one.system = format!("permits{key}");
            hub.ingest(&[record(one)]).await.unwrap();
        }
        let now = cases(&hub, "permits-1").await;
        assert!(now.iter().any(|case| case.system == held.system && case.status == held.status));
    }
    proven(&hub).await;
}

/// known, quarantined, accepted, done; each case counts once, and the newest change of each carries its mark.
async fn counted(hub: &Hub) -> [i64; 4] {
    let tallies = hub.tallies().await.unwrap();
    ["known", "quarantined", "accepted", "done"].map(|measure| {
        tallies.iter().filter(|cell| cell.measure == measure && cell.item.is_empty()).map(|cell| cell.n).sum()
    })
}

/// The cases as a list shows them: number, status, and the reason of the mark.
async fn listed(hub: &Hub) -> Vec<(String, Status, Option<String>)> {
    let page = hub.cases(&CaseFilter::default()).await.unwrap();
    let mut listed: Vec<_> = page
        .cases
        .into_iter()
        .map(|view| (view.case.source_no, view.case.status, view.quarantine.map(|mark| mark.reason)))
        .collect();
    listed.sort_by(|one, other| one.0.cmp(&other.0));
    listed
}

fn bad(version: i64, reason: &str) -> Record {
    let Record::Quarantined(row) = quarantined("permits", "1", version) else { unreachable!("it is one") };
    Record::Quarantined(queqiao::record::Quarantined { reason: reason.to_owned(), ..row })
}

async fn a_good_case_stays_marked_while_its_newest_reading_is_in_quarantine(fresh: Fresh) {
    let (hub, _) = hub(&fresh).await;
    let one = |version, status| record(case("permits", "1", version, status));
    let shown = |status, mark: Option<&str>| vec![("1".to_owned(), status, mark.map(str::to_owned))];
    // Never read well: as ever, no case at all.
    assert_eq!(hub.ingest(&[bad(1, "no code")]).await.unwrap(), [Fate::New]);
    assert_eq!((counted(&hub).await, listed(&hub).await), ([1, 1, 0, 0], vec![]));
    assert_eq!(hub.ingest(&[one(2, Status::Accepted)]).await.unwrap(), [Fate::Changed]);
    assert_eq!((counted(&hub).await, listed(&hub).await), ([1, 0, 1, 0], shown(Status::Accepted, None)));
    // It turns bad: it stays, is counted once, and says so everywhere.
    assert_eq!(hub.ingest(&[bad(3, "no code")]).await.unwrap(), [Fate::Changed]);
    assert_eq!(hub.ingest(&[bad(3, "no code")]).await.unwrap(), [Fate::Unchanged]);
    assert_eq!((counted(&hub).await, listed(&hub).await), ([1, 1, 1, 0], shown(Status::Accepted, Some("no code"))));
    let found = hub.case("permits-1", View::Masked).await.unwrap().unwrap();
    assert_eq!((found.cases.len(), found.quarantined.len()), (1, 1));
    assert_eq!((found.quarantined[0].source_no.as_str(), found.quarantined[0].reason.as_str()), ("1", "no code"));
    let overview = hub.overview().await.unwrap();
    assert_eq!((overview.gap.ours, overview.gap.quarantined, overview.systems[0].quarantined), (1, 1, Some(1)));
    proven(&hub).await;
    // For another reason.
    assert_eq!(hub.ingest(&[bad(4, "no date")]).await.unwrap(), [Fate::Changed]);
    assert_eq!((counted(&hub).await, listed(&hub).await), ([1, 1, 1, 0], shown(Status::Accepted, Some("no date"))));
    // It reads right again, saying what it said before: the mark goes, and the feed hears of it.
    let position = hub.position().await.unwrap();
    assert_eq!(hub.ingest(&[one(5, Status::Accepted)]).await.unwrap(), [Fate::Changed]);
    assert_eq!((counted(&hub).await, listed(&hub).await), ([1, 0, 1, 0], shown(Status::Accepted, None)));
    assert_eq!(hub.position().await.unwrap(), position + 1);
    let mut done = case("permits", "1", 6, Status::Done);
    done.fields.result_date = Some(sample::at("2026-11-20 10:00"));
    hub.ingest(&[bad(4, "no date"), record(done)]).await.unwrap();
    assert_eq!((counted(&hub).await, listed(&hub).await), ([1, 0, 1, 1], shown(Status::Done, None)));
    proven(&hub).await;
}

async fn what_stands_and_its_mark_follow_from_what_came_in_any_order(fresh: Fresh) {
    // The same contents under two versions, on either side, and of each kind two that say something else.
    let given = [
        record(case("permits", "1", 1, Status::Accepted)),
        bad(2, "no code"),
        record(case("permits", "1", 3, Status::Accepted)),
        bad(4, "no date"),
        record(case("permits", "1", 5, Status::InProgress)),
        bad(6, "no code"),
    ];
    let mut orders: Vec<Vec<usize>> = vec![vec![]];
    for next in 0..given.len() {
        orders = orders
            .iter()
            .flat_map(|order| (0..=order.len()).map(move |at| [&order[..at], &[next], &order[at..]].concat()))
            .collect();
    }
    let full = std::env::var_os("QUEQIAO_FULL").is_some();
    let (hub, _) = hub(&fresh).await;
    for (number, order) in orders.iter().enumerate().filter(|(number, _)| full || number % 31 == 0) {
        for known in 1..=given.len() {
            let renamed = order[..known].iter().map(|at| match given[*at].clone() {
                Record::Case(mut case) => {
                    (case.source_no, case.project_no) = (format!("{number}-{known}"), format!("p{number}-{known}"));
                    Record::Case(case)
                }
                Record::Quarantined(row) => {
                    let source_no = format!("{number}-{known}");
                    Record::Quarantined(queqiao::record::Quarantined { source_no, ..row })
                }
                _ => unreachable!("only these are given"),
            });
            let batch: Vec<Record> = renamed.collect();
            let (first, second) = batch.split_at(number % (known + 1));
            hub.ingest(first).await.unwrap();
            hub.ingest(second).await.unwrap();
            hub.ingest(&batch).await.unwrap();
            let newest = |odd: bool| order[..known].iter().filter(|at| (**at % 2 == 1) == odd).max();
            let expected = match (newest(false), newest(true)) {
                (None, _) => None,
                (Some(case), bad) => {
                    let status = if *case == 4 { Status::InProgress } else { Status::Accepted };
                    let reason = bad.filter(|bad| *bad > case).map(|bad| if *bad == 3 { "no date" } else { "no code" });
                    Some((status, reason.map(str::to_owned)))
                }
            };
            let found = hub.case(&format!("p{number}-{known}"), View::Full).await.unwrap();
            let found =
                found.map(|found| (found.cases[0].status, found.quarantined.first().map(|mark| mark.reason.clone())));
            assert_eq!(found, expected, "{:?}", &order[..known]);
        }
    }
    proven(&hub).await;
}

async fn cases_that_an_older_version_let_vanish_come_back(fresh: Fresh) {
    let (hub, clock) = hub(&fresh).await;
    hub.ingest(&[record(case("permits", "1", 1, Status::Accepted)), bad(2, "no code")]).await.unwrap();
    // As the older version left it: the quarantined row in the case's place, and its tallies.
    fresh.run("UPDATE states SET kind = 'quarantined', body = bad_body, contents = bad_contents, version = bad_version, open = 0, \
               project_no = NULL, status = NULL, bad_version = 0, bad_contents = '', bad_body = ''").await;
    fresh.run("DELETE FROM tallies WHERE measure NOT IN ('known', 'quarantined')").await;
    fresh.run("UPDATE counters SET value = 1 WHERE name = 'vanished'").await;
    assert!(listed(&hub).await.is_empty());
    let again = Hub::open(fresh.store().await, clock, Arc::new(Calendar::district())).await.unwrap();
    assert_eq!(listed(&again).await, [("1".to_owned(), Status::Accepted, Some("no code".to_owned()))]);
    proven(&again).await;
}

async fn an_illegal_move_is_kept_and_flagged(fresh: Fresh) {
    let (hub, _) = hub(&fresh).await;
    for (version, status) in [(1, Status::Withdrawn), (2, Status::Accepted), (3, Status::InProgress)] {
        hub.ingest(&[record(case("permits", "1", version, status))]).await.unwrap();
    }
    let page = hub.cases(&CaseFilter::default()).await.unwrap();
    assert_eq!(page.cases[0].case.status, Status::InProgress);
    assert_eq!(page.cases[0].flags, ["illegal_move withdrawn accepted"]);
}

async fn what_cannot_be_taken_is_refused_alone(fresh: Fresh) {
    let (hub, _) = hub(&fresh).await;
    let mut odd = case("permits", "3", 1, Status::Accepted);
    odd.fields.org_name = Some("民政\0局".to_owned());
    let mut huge = case("permits", "4", 1, Status::Accepted);
    huge.fields.window = Some("窗".repeat(100_000));
    let mut long = case("permits", "5", 1, Status::Accepted);
    long.fields.task_name = Some("项".repeat(3_000));
    let given = [
        record(case("permits", "", 1, Status::Accepted)),
        record(case("permits", "1\0", 1, Status::Accepted)),
        record(case("permits", &"9".repeat(5_000), 1, Status::Accepted)),
        record(odd),
        record(huge),
        record(long),
        record(case("permits", "2", 1, Status::Accepted)),
    ];
    let fates = hub.ingest(&given).await.unwrap();
    assert!(fates[..5].iter().all(|fate| matches!(fate, Fate::Refused { .. })), "{fates:?}");
    assert_eq!(fates[5..], [Fate::New, Fate::New]);
    let told = serde_json::to_value(&fates[0]).unwrap();
    assert_eq!(told["fate"], "refused");
    assert!(told["reason"].as_str().unwrap().contains("empty"));
    proven(&hub).await;
}

async fn cases_are_found_by_filter_and_masked(fresh: Fresh) {
    let (hub, _) = hub(&fresh).await;
    let mut given: Vec<Record> = (0..5).map(|n| record(case("permits", &n.to_string(), 1, Status::Accepted))).collect();
    given.push(record(case("seals", "7", 1, Status::InProgress)));
    hub.ingest(&given).await.unwrap();
    let filter = CaseFilter { system: Some("permits".to_owned()), limit: 2, ..CaseFilter::default() };
    let mut numbers = Vec::new();
    let mut cursor = None;
    loop {
        let page = hub.cases(&CaseFilter { cursor, ..filter.clone() }).await.unwrap();
        numbers.extend(page.cases.iter().map(|view| view.case.source_no.clone()));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(numbers, ["4", "3", "2", "1", "0"]);
    let filter = CaseFilter { status: Some(Status::InProgress), q: Some("救助".to_owned()), ..CaseFilter::default() };
    let shown = hub.cases(&filter).await.unwrap().cases.remove(0).case.fields;
    assert_eq!(shown.applicant_name.as_deref(), Some("王**"));
    assert_eq!(shown.applicant_id.as_deref(), Some("999*************11"));
    assert_eq!(shown.contact_phone.as_deref(), Some("138******34"));
    let full = hub.cases(&CaseFilter { view: View::Full, ..filter }).await.unwrap().cases.remove(0).case.fields;
    assert_eq!(full.applicant_name.as_deref(), Some("王小明"));
    let bad = CaseFilter { cursor: Some("x".to_owned()), ..CaseFilter::default() };
    assert!(hub.cases(&bad).await.unwrap_err().to_string().contains("next"));
}

async fn the_feed_resumes_without_gap_or_repeat_while_others_write(fresh: Fresh) {
    const WRITERS: i64 = 4;
    const EACH: i64 = 25;
    let (hub, _) = hub(&fresh).await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let hub = hub.clone();
            tokio::spawn(async move {
                for number in 0..EACH {
                    let given = [
                        record(case("permits", &format!("{writer}-{number}"), 1, Status::Accepted)),
                        sample::card("permits", writer * EACH + number),
                    ];
                    hub.ingest(&given).await.unwrap();
                }
            })
        })
        .collect();
    let mut watch = hub.watch();
    let mut read = Vec::new();
    while read.len() < (WRITERS * EACH) as usize {
        // Every read is a new resume from the last position known, with an odd page size.
        let after = read.last().map_or(0, |(position, _)| *position);
        let changes = hub.changes(after, 7, &[Topic::Cases]).await.unwrap();
        if changes.is_empty() {
            let newer = tokio::time::timeout(std::time::Duration::from_secs(60), watch.changed());
            newer.await.expect("writers go on").expect("the hub is open");
        }
        read.extend(changes.into_iter().map(|change| (change.position, change.key)));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert!(read.windows(2).all(|pair| pair[0].0 < pair[1].0), "positions rise");
    let keys: BTreeSet<&String> = read.iter().map(|(_, key)| key).collect();
    assert_eq!(keys.len(), read.len(), "no repeat");
    let whole = hub.changes(0, 1_000, &[]).await.unwrap();
    assert!(whole.iter().zip(1..).all(|(change, position)| change.position == position), "no gap");
    proven(&hub).await;
}

async fn readings_of_long_ago_go_and_what_figures_rest_on_stays(fresh: Fresh) {
    let (hub, clock) = hub(&fresh).await;
    let reading = |run: &str, minute: i64, outcome, stated| {
        let at = sample::at("2026-11-23 09:00") + TimeDelta::minutes(minute);
        sample::reading("permits", run, &at.format("%Y-%m-%d %H:%M").to_string(), outcome, stated)
    };
    hub.ingest(&[record(case("permits", "1", 1, Status::Accepted)), sample::card("permits", 1)]).await.unwrap();
    // The newest good one, and the newest one that states a total, are both of long ago.
    let long_ago = [reading("good", 1, Outcome::Good, Some(7)), reading("stated", 2, Outcome::Incomplete, Some(8))];
    hub.ingest(&long_ago).await.unwrap();
    let many: Vec<_> = (3..2_504).map(|minute| reading(&format!("r{minute}"), minute, Outcome::Failed, None)).collect();
    hub.ingest(&many).await.unwrap();
    clock.set(clock.now() + TimeDelta::days(200));
    hub.ingest(&[reading("late", 2_600, Outcome::Failed, None)]).await.unwrap();
    let (before, position) = (hub.overview().await.unwrap(), hub.position().await.unwrap());

    let keep = clock.now() - TimeDelta::days(184);
    assert_eq!(hub.sweep(keep).await.unwrap(), 2_501);
    assert_eq!(hub.sweep(keep).await.unwrap(), 0);
    let left: Vec<String> = hub.changes(0, 1_000, &[]).await.unwrap().into_iter().map(|change| change.key).collect();
    assert_eq!(left, ["1", "permits", "good", "stated", "late"]);
    assert_eq!(hub.overview().await.unwrap(), before);
    // What comes again does not come back, and numbers go on.
    assert_eq!(hub.ingest(&many[..1]).await.unwrap(), [Fate::Superseded]);
    assert_eq!(hub.position().await.unwrap(), position);
    // Where the newest of all is of long ago, it stays too.
    clock.set(clock.now() + TimeDelta::days(400));
    assert_eq!(hub.sweep(clock.now()).await.unwrap(), 0);
    proven(&hub).await;
}
