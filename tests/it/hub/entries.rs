//! Links and entries: what they change in the figures, and how one case is found by any of its numbers.

use std::collections::BTreeMap;

use queqiao::{
    hub::{Fate, Happened, Hub, StatsQuery, Topic, View},
    record::{Does, Entry, EntryEvent, EntryState, Outcome, Record, Status},
};

use super::{cases, hub, proven};
use crate::{
    databases::{Fresh, on_both},
    sample::{at, card, case, done, entry, link, quarantined, reading, record},
};

on_both! {
    a_case_entered_elsewhere_counts_once_whatever_comes_first
    a_system_is_reconciled_by_its_rows_whatever_counts_elsewhere
    links_and_entries_are_repeat_safe_and_fed_on
    what_a_link_or_an_entry_cannot_be_is_refused
    a_case_is_found_by_any_of_its_numbers_in_all_its_systems
    one_number_in_two_systems_is_not_one_case
    what_a_target_says_is_shown_without_people
    the_overview_says_how_entries_stand
}

fn entered(given: Entry) -> Record {
    Record::Entry(Box::new(given))
}

/// accepted, open, warning and overdue over everything; `of` counts before any reading as well.
async fn figures(hub: &Hub) -> BTreeMap<String, u64> {
    let asked = StatsQuery::parse("received,accepted,done,open,warning,overdue_open", "").unwrap();
    hub.stats(&asked).await.unwrap().into_iter().map(|figure| (figure.measure, figure.of)).collect()
}

async fn a_case_entered_elsewhere_counts_once_whatever_comes_first(fresh: Fresh) {
    let origin = |version| record(case("onewindow", "YC1", version, Status::InProgress));
    let target = |version| record(case("water", "SL1", version, Status::Accepted));
    let tied = link(("water", "SL1"), ("onewindow", "YC1"), 1);
    let orders: [[&Record; 3]; 4] = [
        [&origin(1), &target(1), &tied],
        [&tied, &target(1), &origin(1)],
        [&target(1), &tied, &origin(1)],
        [&tied, &origin(1), &target(1)],
    ];
    let (once, _) = hub(&fresh).await;
    for (number, order) in orders.into_iter().enumerate() {
        for (step, given) in order.into_iter().enumerate() {
            let mut given = given.clone();
            match &mut given {
                Record::Case(case) => case.source_no += &number.to_string(),
                Record::Link(link) => {
                    link.source_no += &number.to_string();
                    link.origin_no += &number.to_string();
                }
                _ => unreachable!("only these are given"),
            }
            once.ingest(&[given.clone(), given]).await.unwrap();
            proven(&once).await;
            let open = figures(&once).await["open"];
            let before = u64::try_from(number).unwrap();
            assert!(open >= before && (step < 2 || open == before + 1), "order {number}, step {step}: {open}");
        }
    }
    assert_eq!(figures(&once).await["accepted"], 4);
    // Either changes later: still once; the end of the one that counts elsewhere ends nothing.
    once.ingest(&[record(done("water", "SL10", 2, "2026-11-23 08:00"))]).await.unwrap();
    let now = figures(&once).await;
    assert_eq!((now["open"], now["done"], now["warning"]), (4, 0, 4));
    once.ingest(&[record(done("onewindow", "YC10", 2, "2026-11-23 09:00"))]).await.unwrap();
    let now = figures(&once).await;
    assert_eq!((now["open"], now["done"], now["accepted"]), (3, 1, 4));
    // The origin turns out to be unreadable: the case must not vanish.
    once.ingest(&[quarantined("onewindow", "YC11", 3)]).await.unwrap();
    assert_eq!(figures(&once).await["accepted"], 4);
    // The link turns out to be another case's: both count.
    once.ingest(&[link(("water", "SL12"), ("onewindow", "nobody"), 2)]).await.unwrap();
    let now = figures(&once).await;
    assert_eq!((now["accepted"], now["open"]), (5, 4));
    proven(&once).await;
}

async fn a_system_is_reconciled_by_its_rows_whatever_counts_elsewhere(fresh: Fresh) {
    let (hub, _) = hub(&fresh).await;
    let given = [
        card("water", 1),
        record(case("onewindow", "YC1", 1, Status::Accepted)),
        record(case("water", "SL1", 1, Status::Accepted)),
        record(case("water", "SL2", 1, Status::Accepted)),
        link(("water", "SL1"), ("onewindow", "YC1"), 1),
        reading("water", "r", "2026-11-23 09:59", Outcome::Good, Some(2)),
    ];
    hub.ingest(&given).await.unwrap();
    let asked = StatsQuery::parse("accepted", "system").unwrap();
    let figures = hub.stats(&asked).await.unwrap();
    let water = figures.iter().find(|figure| figure.dims["system"] == "water").unwrap();
    assert_eq!((water.of, water.gap.ours, water.gap.missing), (1, 2, Some(0)));
    let overview = hub.overview().await.unwrap();
    let row = overview.systems.iter().find(|row| row.system == "water").unwrap();
    assert_eq!((row.ours, row.stated_total), (Some(2), Some(2)));
}

async fn links_and_entries_are_repeat_safe_and_fed_on(fresh: Fresh) {
    let (hub, _) = hub(&fresh).await;
    let origin = ("onewindow", "YC1");
    let state = |version, state| entered(entry("water", origin, version, state, None));
    let given = [
        link(("water", "SL1"), origin, 2),
        link(("water", "SL1"), origin, 3),
        link(("water", "SL1"), ("onewindow", "YC2"), 2),
        state(1, EntryState::Wanted),
        state(2, EntryState::Submitting),
        state(2, EntryState::Submitting),
        state(1, EntryState::Wanted),
    ];
    let fates = hub.ingest(&given).await.unwrap();
    let expected =
        [Fate::New, Fate::Unchanged, Fate::Superseded, Fate::New, Fate::Changed, Fate::Unchanged, Fate::Superseded];
    assert_eq!(fates, expected);
    let again = hub.ingest(&given).await.unwrap();
    assert!(again.iter().all(|fate| matches!(fate, Fate::Unchanged | Fate::Superseded)), "{again:?}");
    let raised = [link(("water", "SL1"), origin, 9), state(9, EntryState::Submitting)];
    assert_eq!(hub.ingest(&raised).await.unwrap(), [Fate::Unchanged, Fate::Unchanged]);
    let late = [link(("water", "SL1"), ("onewindow", "YC2"), 8), state(8, EntryState::Wanted)];
    assert_eq!(
        hub.ingest(&late).await.unwrap(),
        [Fate::Superseded, Fate::Superseded],
        "the higher version is remembered"
    );
    let kinds = async |topics: &[Topic]| -> Vec<String> {
        hub.changes(0, 100, topics).await.unwrap().into_iter().map(|change| change.record).collect()
    };
    assert_eq!(kinds(&[]).await, ["link", "entry", "entry"], "only what changed is in the journal");
    assert_eq!(kinds(&[Topic::Links]).await, ["link"]);
    assert_eq!(kinds(&[Topic::Entries]).await, ["entry", "entry"]);
    assert!(kinds(&[Topic::Cases]).await.is_empty());
    let stands = hub.case("YC1", View::Full).await.unwrap().unwrap();
    assert_eq!(stands.links[0].origin_no, "YC1");
    assert_eq!(stands.entries[0].state, EntryState::Submitting);
}

async fn what_a_link_or_an_entry_cannot_be_is_refused(fresh: Fresh) {
    let (hub, _) = hub(&fresh).await;
    let origin = ("onewindow", "YC1");
    let good = entry("water", origin, 1, EntryState::Wanted, None);
    let given = [
        link(("water", "1"), ("water", "1"), 1),
        link(("water", "1"), ("", "1"), 1),
        entered(Entry { source_no: "another".to_owned(), ..good.clone() }),
        entered(Entry { does: Does::Update, ..good.clone() }),
        entered(Entry { receipt: Some("\0".to_owned()), ..good.clone() }),
        entered(good),
    ];
    let fates = hub.ingest(&given).await.unwrap();
    assert!(fates[..5].iter().all(|fate| matches!(fate, Fate::Refused { .. })), "{fates:?}");
    assert_eq!(fates[5], Fate::New);
    let line = serde_json::to_string(&given[5]).unwrap();
    assert!(serde_json::from_str::<Record>(&line.replace("\"wanted\"", "\"wished\"")).is_err());
    assert_eq!(serde_json::from_str::<Record>(&line).unwrap(), given[5]);
}

/// One case in three systems: the window's, entered into two departments; one of them is not read by anybody.
async fn three(hub: &Hub) {
    let origin = ("onewindow", "YC1");
    let mut window = case("onewindow", "YC1", 1, Status::InProgress);
    window.project_no = "371312-1".to_owned();
    let mut made = entry("water", origin, 1, EntryState::Verified, Some("SL1"));
    made.events.push(EntryEvent { at: at("2026-11-23 09:15"), state: EntryState::Submitted, words: None });
    let given = [
        record(window),
        record(done("water", "SL1", 1, "2026-11-23 09:40")),
        link(("water", "SL1"), origin, 1),
        entered(made),
        entered(entry("permits", origin, 1, EntryState::Verified, Some("XK1"))),
        link(("permits", "XK1"), origin, 1),
        record(case("water", "SL2", 1, Status::Accepted)),
    ];
    hub.ingest(&given).await.unwrap();
}

async fn a_case_is_found_by_any_of_its_numbers_in_all_its_systems(fresh: Fresh) {
    let (hub, _) = hub(&fresh).await;
    three(&hub).await;
    for number in ["371312-1", "YC1", "SL1", "XK1", "water-SL1", " SL1 "] {
        let found = hub.case(number, View::Full).await.unwrap().unwrap();
        assert_eq!(found.project_no, "371312-1", "{number}");
        let systems: Vec<&str> = found.cases.iter().map(|case| case.system.as_str()).collect();
        assert_eq!(systems, ["onewindow", "water"], "{number}");
        assert_eq!((found.links.len(), found.entries.len(), found.others.len()), (2, 2, 0), "{number}");
        let titles: BTreeMap<&str, bool> = found.systems.iter().map(|one| (one.system.as_str(), one.fresh)).collect();
        assert_eq!(titles.into_keys().collect::<Vec<_>>(), ["onewindow", "permits", "water"]);
        assert!(found.events.windows(2).all(|pair| pair[0].at <= pair[1].at), "in order");
        let water: Vec<(Happened, Option<EntryState>)> =
            found.events.iter().filter(|row| row.system == "water").map(|row| (row.what, row.state)).collect();
        let expected = [
            (Happened::Applied, None),
            (Happened::Accepted, None),
            (Happened::Entry, Some(EntryState::Wanted)),
            (Happened::Entry, Some(EntryState::Submitted)),
            (Happened::Entry, Some(EntryState::Verified)),
            (Happened::Ended, None),
        ];
        assert_eq!(water, expected, "{number}");
    }
    assert!(cases(&hub, "nothing").await.is_empty());
    assert_eq!(cases(&hub, "SL2").await.len(), 1);
}

async fn one_number_in_two_systems_is_not_one_case(fresh: Fresh) {
    let (hub, _) = hub(&fresh).await;
    let given = ["permits", "seals"].map(|system| record(case(system, "2026-1", 1, Status::Accepted)));
    hub.ingest(&given).await.unwrap();
    let mut conflict = entry("seals", ("permits", "2026-1"), 1, EntryState::Conflict, Some("2026-1"));
    conflict.words = Some("该编号已登记".to_owned());
    hub.ingest(&[entered(conflict)]).await.unwrap();
    let found = hub.case("2026-1", View::Masked).await.unwrap().unwrap();
    assert_eq!(found.cases.len(), 1, "a number that only looks alike ties nothing");
    let other = &found.others[0];
    assert_eq!((found.others.len(), other.task_name.as_deref()), (1, Some("临时救助")));
    assert_ne!(other.project_no, found.project_no);
    let alone = hub.case(&other.project_no, View::Masked).await.unwrap().unwrap();
    assert_eq!((&alone.cases[0].system, alone.others.len()), (&other.system, 0));
}

async fn what_a_target_says_is_shown_without_people(fresh: Fresh) {
    let (hub, _) = hub(&fresh).await;
    let mut refused = entry("water", ("onewindow", "YC1"), 1, EntryState::Refused, None);
    refused.words = Some("王小明（999999199001010011）的联系电话 13800001234 不正确，登记号 20260001".to_owned());
    refused.field = Some("联系电话".to_owned());
    refused.events.push(EntryEvent { at: refused.at, state: EntryState::Refused, words: refused.words.clone() });
    hub.ingest(&[record(case("onewindow", "YC1", 1, Status::Accepted)), entered(refused.clone())]).await.unwrap();
    let shown = hub.case("YC1", View::Masked).await.unwrap().unwrap();
    let words = shown.entries[0].words.clone().unwrap();
    assert!(words.starts_with("王**（") && words.ends_with("不正确，登记号 20260001"), "{words}");
    let text = serde_json::to_string(&shown).unwrap();
    for secret in ["王小明", "13800001234", "999999199001010011"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert_eq!(shown.events.last().unwrap().words, Some(words));
    let whole = hub.case("YC1", View::Full).await.unwrap().unwrap();
    assert_eq!(whole.entries[0], refused);
    let fed = queqiao::hub::mask_record(entered(refused), View::Masked);
    assert!(!serde_json::to_string(&fed).unwrap().contains("不正确"), "nobody knows whom such words name");
}

async fn the_overview_says_how_entries_stand(fresh: Fresh) {
    use EntryState::{Cancelled, Conflict, Intended, Refused, Submitted, Unknown, Verified, Waiting, Wanted};
    let (hub, _) = hub(&fresh).await;
    let states = [Cancelled, Conflict, Intended, Refused, Submitted, Unknown, Verified, Waiting, Wanted, Verified];
    let mut given: Vec<Entry> = (0..)
        .zip(states)
        .map(|(number, state)| entry("water", ("onewindow", &format!("YC{number}")), 1, state, None))
        .collect();
    given[9].at = at("2026-11-22 23:59");
    let mut update = entry("onewindow", ("water", "SL1"), 1, Verified, None);
    (update.does, update.source_no) = (Does::Update, Entry::key("water", "SL1", Does::Update));
    given.push(update);
    hub.ingest(&given.into_iter().map(entered).collect::<Vec<_>>()).await.unwrap();
    let row = hub.overview().await.unwrap().entries;
    assert_eq!((row.entered_today, row.updated_today, row.under_way), (2, 1, 2));
    assert_eq!((row.in_doubt, row.waiting, row.refused), (1, 2, 1));
}
