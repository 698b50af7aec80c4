//! Whatever comes, in whatever order, split however: the tallies are those of the journal, and those of what stands.

use std::collections::BTreeMap;

use proptest::{prelude::*, test_runner::Config};
use queqiao::{
    measure::{self, Contribution},
    record::{Record, Status},
    store::Tally,
};

use super::hub;
use crate::{
    databases::Fresh,
    sample::{self, case, quarantined, record},
};

/// What a key says under a version: a few statuses and days, or quarantine.
#[derive(Clone, Debug)]
enum Said {
    Case { status: usize, day: u32, town: usize, promised: bool },
    Quarantined,
}

fn said() -> impl Strategy<Value = Said> {
    let a_case = (0..Status::ALL.len(), 1..4_u32, 0..3_usize, any::<bool>())
        .prop_map(|(status, day, town, promised)| Said::Case { status, day, town, promised });
    prop_oneof![4 => a_case, 1 => Just(Said::Quarantined)]
}

/// Every (system, key, version) says one thing; then a sequence of them with repeats, cut into batches.
fn history() -> impl Strategy<Value = (BTreeMap<(u8, u8, i64), Said>, Vec<(usize, bool)>, u64)> {
    let says = prop::collection::btree_map((0..2_u8, 0..4_u8, 1..5_i64), said(), 1..20);
    let sequence = prop::collection::vec((any::<usize>(), prop::bool::weighted(0.3)), 1..40);
    (says, sequence, any::<u64>())
}

fn written(key: (u8, u8, i64), said: &Said) -> Record {
    let (system, number, version) = (format!("s{}", key.0), key.1.to_string(), key.2);
    let Said::Case { status, day, town, promised } = said else { return quarantined(&system, &number, version) };
    let mut one = case(&system, &number, version, Status::ALL[*status]);
    let when = |hour: u32| Some(sample::at(&format!("2026-11-{:02} {:02}:30", 10 + day, hour)));
    one.fields.apply_date = when(8);
    one.fields.accept_date = (*town != 2).then(|| when(9)).flatten();
    one.fields.promise_date = promised.then(|| when(17)).flatten();
    one.fields.result_date = (one.status == Status::Done).then(|| when(16 + day)).flatten();
    one.fields.region_code = ["371312001", "371312100", "x"].get(*town).map(|code| (*code).to_owned());
    record(one)
}

fn sums(records: impl Iterator<Item = Record>) -> Vec<Tally> {
    let mut cells: BTreeMap<Contribution, i64> = BTreeMap::new();
    for record in records {
        let contributions = match &record {
            Record::Case(case) => measure::contributions(case),
            Record::Quarantined(row) => measure::quarantined(row),
            Record::Reading(_) | Record::System(_) => Vec::new(),
        };
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

async fn holds(
    fresh: Fresh,
    says: &BTreeMap<(u8, u8, i64), Said>,
    sequence: &[(usize, bool)],
    seed: u64,
) -> Result<(), TestCaseError> {
    let all: Vec<(u8, u8, i64)> = says.keys().copied().collect();
    let mut given: Vec<((u8, u8, i64), bool)> = sequence.iter().map(|(at, cut)| (all[at % all.len()], *cut)).collect();
    let (hub, _) = hub(&fresh).await;
    let mut newest: BTreeMap<(u8, u8), i64> = BTreeMap::new();
    for round in 0..2 {
        let mut batch = Vec::new();
        for (key, cut) in &given {
            batch.push(written(*key, &says[key]));
            let held = newest.entry((key.0, key.1)).or_default();
            *held = key.2.max(*held);
            if *cut {
                hub.ingest(&std::mem::take(&mut batch)).await.expect("an ordinary batch");
            }
        }
        hub.ingest(&batch).await.expect("an ordinary batch");
        let stands = newest.iter().map(|((system, number), version)| {
            let key = (*system, *number, *version);
            written(key, &says[&key])
        });
        let tallies = hub.tallies().await.expect("the database answers");
        prop_assert_eq!(&tallies, &hub.recount().await.expect("the database answers"), "journal, round {}", round);
        prop_assert_eq!(&tallies, &sums(stands), "what stands, round {}", round);
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
