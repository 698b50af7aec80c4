//! What figures must not pass off as 0: cases whose day nobody knows, and what was never counted at all.

use std::collections::BTreeMap;

use crate::{
    hub::{Hub, HubError, honesty::Honesty},
    measure::{Flow, Measure},
    record::region_name,
    store::{Cells, Dim},
};

use super::{Counts, StatsQuery};

/// Whether a dimension is one of time.
pub(super) const fn is_time(dim: Dim) -> bool {
    matches!(dim, Dim::Day | Dim::Hour)
}

/// Adds the done cases whose day nobody knows: to `done` where no day, hour or window is asked for, else as a group of their own,
/// whose day is empty.
pub(super) fn add_undated(
    measure: Measure,
    query: &StatsQuery,
    undated: &BTreeMap<Vec<String>, i64>,
    counts: &mut Counts,
) {
    let split = query.by.iter().any(|dim| is_time(*dim));
    for (place, n) in undated {
        let mut values = place.iter().cloned();
        let dims: Vec<String> = query
            .by
            .iter()
            .map(|dim| if is_time(*dim) { String::new() } else { values.next().unwrap_or_default() })
            .collect();
        let nothing = if measure == Measure::Done && !split { Some(0.0) } else { None };
        let (value, of) = counts.entry(dims).or_insert((nothing, 0));
        if measure == Measure::Done && !query.is_bounded() {
            *of += n;
            *value = Some(*of as f64);
        }
    }
}

impl Hub {
    /// The done cases whose day nobody knows, by everything but time; none for what does not go by that day.
    pub(super) async fn undated(
        &self,
        measure: Measure,
        query: &StatsQuery,
    ) -> Result<BTreeMap<Vec<String>, i64>, HubError> {
        let flow = match measure {
            Measure::Done => Flow::DoneUndated,
            Measure::OnTimeRate => Flow::DoneUndatedPromised,
            _ => return Ok(BTreeMap::new()),
        };
        let cells = Cells {
            by: query.by.iter().copied().filter(|dim| !is_time(*dim)).collect(),
            only: query.only.iter().filter(|(dim, _)| !is_time(*dim)).cloned().collect(),
            ..Cells::default()
        };
        let sums = self.store.sums(&[flow.word()], &cells).await?;
        Ok(sums.into_iter().filter(|cell| cell.n > 0).map(|cell| (cell.dims, cell.n)).collect())
    }

    /// Whether a 0 only says that nobody ever counted: no case behind the figure shows what it goes by, or no case has the place
    /// that is asked for.
    pub(super) async fn is_unknown(
        &self,
        measure: Measure,
        query: &StatsQuery,
        dims: &[String],
        honesty: &Honesty,
    ) -> Result<bool, HubError> {
        let flow = match measure {
            Measure::Received => Flow::Received,
            Measure::Accepted | Measure::Open | Measure::OverdueOpen | Measure::Warning | Measure::TopItems => {
                Flow::Accepted
            }
            Measure::Done if query.is_bounded() || query.by.iter().any(|dim| is_time(*dim)) => Flow::Done,
            Measure::Done | Measure::OnTimeRate => return Ok(false),
        };
        if self.never_counted(flow, query.system_of(dims), honesty).await? {
            return Ok(true);
        }
        let named = |(dim, value): &&(Dim, String)| match dim {
            Dim::Department | Dim::Item => true,
            Dim::Town => region_name(value).is_none(),
            Dim::Day | Dim::Hour | Dim::System => false,
        };
        let only: Vec<_> = query.only.iter().filter(named).cloned().collect();
        if only.is_empty() {
            return Ok(false);
        }
        let sums = self.store.sums(&DATED.map(Flow::word), &Cells { only, ..Cells::default() }).await?;
        Ok(sums.is_empty())
    }

    /// Whether no case of a system, or of all of them, ever showed the date that a flow goes by, although there are cases.
    pub(in crate::hub) async fn never_counted(
        &self,
        flow: Flow,
        system: Option<&str>,
        honesty: &Honesty,
    ) -> Result<bool, HubError> {
        let ever = honesty.ever(self).await?;
        let behind = honesty.systems.iter().filter(|(name, _)| system.is_none_or(|only| only == *name));
        let mut with_cases = behind.filter(|(_, state)| state.known > state.quarantined).peekable();
        if with_cases.peek().is_none() {
            return Ok(false);
        }
        Ok(with_cases.all(|(name, _)| {
            let [received, accepted, done, undated] = ever.flows.get(name).copied().unwrap_or_default();
            // Cases that were entered from elsewhere are counted where they come from.
            let dateless = [received, accepted, done, undated] == [0; 4] && !ever.targets.contains(name);
            match flow {
                Flow::Received => received == 0 && (dateless || accepted + done + undated > 0),
                Flow::Accepted => accepted == 0 && (dateless || done + undated > 0),
                Flow::Done => done == 0 && undated > 0,
                _ => false,
            }
        }))
    }
}

/// The flows that show which dates a system's cases have.
pub(in crate::hub) const DATED: [Flow; 4] = [Flow::Received, Flow::Accepted, Flow::Done, Flow::DoneUndated];
