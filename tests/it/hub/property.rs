//! Whatever comes, in whatever order, split however: the tallies are those of the journal, and those of what stands; each case
//! counts once, however its records are linked.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{prelude::*, test_runner::Config};
use queqiao::{
    hub::{CaseFilter, StatsQuery},
    measure::{self, Contribution},
    record::{Record, Status},
    store::Tally,
};

use super::hub;
use crate::{
    databases::Fresh,
    sample::{self, case, link, quarantined, record},
};

/// What a key says under a version: a few statuses and days, or quarantine; or from which key its record comes.
#[derive(Clone, Debug)]
enum Said {
    Case { status: usize, day: u32, town: usize, promised: bool },
    Quarantined,
    From(u8, u8),
}

fn said() -> impl Strategy<Value = Said> {
    let a_case = (0..Status::ALL.len(), 1..4_u32, 0..3_usize, any::<bool>())
        .prop_map(|(status, day, town, promised)| Said::Case { status, day, town, promised });
    prop_oneof![4 => a_case, 1 => Just(Said::Quarantined)]
}

/// Whether it is a link; system, key.
type Place = (bool, u8, u8);

/// What every place says under every version.
type Says = BTreeMap<(Place, i64), Said>;

/// Every place says one thing under a version; then a sequence of them with repeats, cut into batches.
fn history() -> impl Strategy<Value = (Says, Vec<(usize, bool)>, u64)> {
    let place = |link| (Just(link), 0..2_u8, 0..4_u8);
    let rows = prop::collection::btree_map((place(false), 1..5_i64), said(), 1..20);
    let from = (0..2_u8, 0..4_u8).prop_map(|(system, number)| Said::From(system, number));
    let links = prop::collection::btree_map((place(true), 1..4_i64), from, 0..8);
    let says = (rows, links).prop_map(|(mut rows, links)| {
        rows.extend(links.into_iter().filter(|(((_, system, number), _), said)| match said {
            Said::From(origin, origin_no) => (system, number) != (origin, origin_no),
            Said::Case { .. } | Said::Quarantined => true,
        }));
        rows
    });
    let sequence = prop::collection::vec((any::<usize>(), prop::bool::weighted(0.3)), 1..40);
    (says, sequence, any::<u64>())
}

fn written((place, version): (Place, i64), said: &Said) -> Record {
    let (system, number) = (format!("s{}", place.1), place.2.to_string());
    let (status, day, town, promised) = match said {
        Said::Case { status, day, town, promised } => (status, day, town, promised),
        Said::Quarantined => return quarantined(&system, &number, version),
        Said::From(origin, origin_no) => {
            return link((&system, &number), (&format!("s{origin}"), &origin_no.to_string()), version);
        }
    };
    let mut one = case(&system, &number, version, Status::ALL[*status]);
    let when = |hour: u32| Some(sample::at(&format!("2026-11-{:02} {:02}:30", 10 + day, hour)));
    one.fields.apply_date = when(8);
    one.fields.accept_date = (*town != 2).then(|| when(9)).flatten();
    one.fields.promise_date = promised.then(|| when(17)).flatten();
    one.fields.result_date = (one.status == Status::Done).then(|| when(16 + day)).flatten();
    one.fields.region_code = ["371312001", "371312100", "x"].get(*town).map(|code| (*code).to_owned());
    record(one)
}

/// Whether a case counts at another one, looked up step by step: if one that it comes from stands, but of a circle one counts.
fn elsewhere(of: (u8, u8), origins: &BTreeMap<(u8, u8), (u8, u8)>, cases: &BTreeSet<(u8, u8)>) -> bool {
    let mut passed = BTreeSet::new();
    let mut at = of;
    while let Some(origin) = origins.get(&at) {
        if !passed.insert(*origin) {
            break;
        }
        at = *origin;
    }
    let standing = passed.intersection(cases);
    if passed.contains(&of) { standing.min() != Some(&of) } else { standing.count() > 0 }
}

/// What stands under a key at last: the record, whether it counts elsewhere, and whether a newer quarantined row marks it.
type Stands = (Record, bool, bool);

/// What stands at last: of a key that ever was a case the newest one, marked where a newer row is in quarantine; else that row.
fn standing(says: &Says, given: &BTreeSet<(Place, i64)>) -> Vec<Stands> {
    let (mut origins, mut cases, mut rows) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    // In the order of their versions: the last of each holds.
    for (place, version) in given {
        let key = (place.1, place.2);
        match &says[&(*place, *version)] {
            Said::From(system, number) => drop(origins.insert(key, (*system, *number))),
            Said::Case { .. } => drop(cases.insert(key, *version)),
            Said::Quarantined => drop(rows.insert(key, *version)),
        }
    }
    let known: BTreeSet<(u8, u8)> = cases.keys().copied().collect();
    let keys: BTreeSet<(u8, u8)> = known.iter().chain(rows.keys()).copied().collect();
    keys.into_iter()
        .map(|key| {
            let (case, row) = (cases.get(&key), rows.get(&key));
            let version = *case.or(row).expect("one of the two gave the key");
            let place = ((false, key.0, key.1), version);
            let away = case.is_some() && elsewhere(key, &origins, &known);
            (written(place, &says[&place]), away, case.is_some() && row > case)
        })
        .collect()
}

fn sums(records: &[Stands]) -> Vec<Tally> {
    let mut cells: BTreeMap<Contribution, i64> = BTreeMap::new();
    for (record, away, marked) in records {
        let mut contributions = match record {
            Record::Case(case) if *away => measure::linked(case),
            Record::Case(case) => measure::contributions(case),
            Record::Quarantined(row) => measure::quarantined(row),
            Record::Reading(_) | Record::System(_) | Record::Link(_) | Record::Entry(_) => Vec::new(),
        };
        if *marked {
            contributions.extend(measure::marked(record.system()));
        }
        for one in contributions {
            *cells.entry(Contribution { n: 0, ..one }).or_default() += one.n;
        }
    }
    let mut tallies: Vec<Tally> = cells
        .into_iter()
        .map(|(cell, n)| Tally {
            measure: cell.measure.word().to_owned(),
            day: cell.day,
            hour: cell.hour,
            system: cell.system,
            department: cell.department,
            town: cell.town,
            item: cell.item,
            n,
        })
        .collect();
    tallies.sort();
    tallies
}

/// How many are open, and how many of those are overdue: every promise has passed when they are counted.
fn clocked(records: &[Stands]) -> [u64; 2] {
    let open = records.iter().filter_map(|(record, away, _)| match record {
        Record::Case(case) if !away && measure::is_open(case) => Some(case.fields.promise_date.is_some()),
        _ => None,
    });
    let open: Vec<bool> = open.collect();
    [open.len() as u64, open.iter().filter(|promised| **promised).count() as u64]
}

async fn holds(fresh: Fresh, says: &Says, sequence: &[(usize, bool)], seed: u64) -> Result<(), TestCaseError> {
    let all: Vec<(Place, i64)> = says.keys().copied().collect();
    let mut given: Vec<((Place, i64), bool)> = sequence.iter().map(|(at, cut)| (all[at % all.len()], *cut)).collect();
    let (hub, _) = hub(&fresh).await;
    let mut came: BTreeSet<(Place, i64)> = BTreeSet::new();
    for round in 0..2 {
        let mut batch = Vec::new();
        for (key, cut) in &given {
            batch.push(written(*key, &says[key]));
            came.insert(*key);
            if *cut {
                hub.ingest(&std::mem::take(&mut batch)).await.expect("an ordinary batch");
            }
        }
        hub.ingest(&batch).await.expect("an ordinary batch");
        let stands = standing(says, &came);
        let tallies = hub.tallies().await.expect("the database answers");
        prop_assert_eq!(&tallies, &hub.recount().await.expect("the database answers"), "journal, round {}", round);
        prop_assert_eq!(&tallies, &sums(&stands), "what stands, round {}", round);
        let marks = |marked: bool| stands.iter().filter(|(_, _, mark)| *mark == marked).count();
        let shown = hub.cases(&CaseFilter { limit: 200, ..CaseFilter::default() }).await.expect("the database answers");
        prop_assert_eq!(shown.cases.iter().filter(|view| view.quarantine.is_some()).count(), marks(true));
        let rows = stands.iter().filter(|(record, ..)| matches!(record, Record::Quarantined(_))).count();
        prop_assert_eq!(shown.cases.len() + rows, marks(true) + marks(false));
        let asked = StatsQuery::parse("open,overdue_open", "").expect("these are measures");
        let figures = hub.stats(&asked).await.expect("the database answers");
        let [open, promised] = clocked(&stands);
        prop_assert_eq!(
            figures.iter().map(|figure| figure.of).collect::<Vec<_>>(),
            [open, promised],
            "round {}",
            round
        );
        // Once more, everything in another order and cut elsewhere.
        fastrand::Rng::with_seed(seed).shuffle(&mut given);
    }
    Ok(())
}

fn run(cases: u32, fresh: impl AsyncFn() -> Fresh) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    proptest!(config, |((says, sequence, seed) in history())| {
        runtime.block_on(async { holds(fresh().await, &says, &sequence, seed).await })?;
    });
}

#[test]
fn tallies_equal_a_recount_on_sqlite() {
    let full = std::env::var_os("QUEQIAO_FULL").is_some();
    run(if full { 1_000 } else { 40 }, async || Fresh::sqlite());
}

#[test]
fn tallies_equal_a_recount_on_postgres() {
    run(8, Fresh::postgres);
}
