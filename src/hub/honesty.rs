//! What stands behind a figure: which systems, how fresh, how complete.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};

use crate::{
    measure::Flow,
    record::{Outcome, Reading, Record, SystemCard},
    store::{Cells, Dim, Slot},
};

use super::{Coverage, Gap, Hub, HubError, decide};

/// For how long a reading is fresh where no card says so, in seconds: ten minutes, twice the usual collect interval.
const FRESH_FOR_SECONDS: u64 = 600;

/// What is known of one system.
#[derive(Clone, Debug, Default)]
pub(super) struct SystemState {
    pub(super) card: Option<SystemCard>,
    pub(super) latest: Option<Reading>,
    pub(super) good: Option<Reading>,
    pub(super) stated: Option<Reading>,
    pub(super) known: u64,
    pub(super) quarantined: u64,
}

impl SystemState {
    /// Seconds for which its readings are fresh.
    pub(super) fn fresh_for(&self) -> u64 {
        self.card.as_ref().map_or(FRESH_FOR_SECONDS, |card| card.fresh_for_seconds)
    }

    /// Age of its last good reading in seconds, 0 for one that a clock ahead of ours made.
    pub(super) fn age(&self, now: DateTime<FixedOffset>) -> Option<u64> {
        self.good.as_ref().map(|good| (now - good.read_at).num_seconds().max(0).unsigned_abs())
    }

    /// Whether its last good reading is young enough.
    pub(super) fn fresh(&self, now: DateTime<FixedOffset>) -> bool {
        self.age(now).is_some_and(|age| age <= self.fresh_for())
    }

    fn ended_well(&self) -> bool {
        self.latest.as_ref().is_some_and(|latest| latest.outcome == Outcome::Good)
    }
}

/// What a figure must not travel without, for one set of systems.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Behind {
    pub(super) as_of: Option<DateTime<FixedOffset>>,
    pub(super) coverage: Coverage,
    pub(super) gap: Gap,
    pub(super) stale: bool,
}

/// Every expected system, at one instant.
pub(super) struct Honesty {
    pub(super) systems: BTreeMap<String, SystemState>,
    pub(super) now: DateTime<FixedOffset>,
}

impl Honesty {
    /// Reads what is known of all systems.
    pub(super) async fn read(hub: &Hub) -> Result<Self, HubError> {
        let mut systems: BTreeMap<String, SystemState> = BTreeMap::new();
        for row in hub.store.slots().await? {
            let record = decide::read(&row.body, &(row.system.clone(), "reading".to_owned()))?;
            let state = systems.entry(row.system).or_default();
            match (row.slot, record) {
                (Slot::Card, Record::System(card)) => state.card = Some(card),
                (Slot::Latest, Record::Reading(reading)) => state.latest = Some(reading),
                (Slot::Good, Record::Reading(reading)) => state.good = Some(reading),
                (Slot::Stated, Record::Reading(reading)) => state.stated = Some(reading),
                (Slot::Card | Slot::Latest | Slot::Good | Slot::Stated, _) => {}
            }
        }
        let flows = [Flow::Known.word(), Flow::Quarantined.word()];
        for cell in hub.store.sums(&flows, &Cells { by: vec![Dim::System], ..Cells::default() }).await? {
            let state = systems.entry(cell.dims.concat()).or_default();
            let n = cell.n.max(0).unsigned_abs();
            if cell.measure == Flow::Known.word() {
                state.known = n;
            } else {
                state.quarantined = n;
            }
        }
        Ok(Self { systems, now: hub.clock.local() })
    }

    /// What stands behind a figure of one system, or of all.
    pub(super) fn behind(&self, system: Option<&str>) -> Behind {
        let states: Vec<&SystemState> = self
            .systems
            .iter()
            .filter(|(name, _)| system.is_none_or(|only| only == *name))
            .map(|(_, state)| state)
            .collect();
        let fresh = states.iter().filter(|state| state.fresh(self.now)).count();
        let stated: Vec<(u64, u64)> =
            states.iter().filter_map(|state| Some((state.stated.as_ref()?.stated_total?, state.known))).collect();
        let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        Behind {
            as_of: states.iter().filter_map(|state| Some(state.good.as_ref()?.read_at)).min(),
            coverage: Coverage { fresh: fresh as u64, expected: states.len() as u64 },
            gap: Gap {
                ours: states.iter().map(|state| state.known).sum(),
                stated: (!stated.is_empty()).then(|| stated.iter().map(|(stated, _)| stated).sum()),
                missing: stated.iter().map(|(stated, ours)| signed(*stated) - signed(*ours)).sum(),
                quarantined: states.iter().map(|state| state.quarantined).sum(),
            },
            stale: states.is_empty() || states.iter().any(|state| !state.fresh(self.now) || !state.ended_well()),
        }
    }
}
