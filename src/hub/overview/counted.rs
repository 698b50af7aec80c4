//! What was ever counted at all: where it was not, a count is not known, and is no 0.

use crate::{
    hub::{Hub, HubError, honesty::Honesty},
    measure::Flow,
    store::{Cells, Dim},
};

/// Whether received, accepted and done were ever counted, and whether anything was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted([bool; 3]);

impl Counted {
    /// Counts of received, accepted and done, without those that nobody knows.
    pub(super) fn of(self, flows: [i64; 3]) -> [Option<i64>; 3] {
        let mut known = flows.map(Some);
        for (count, counted) in known.iter_mut().zip(self.0) {
            *count = count.filter(|_| counted);
        }
        known
    }

    /// What is open: it goes by what was accepted.
    pub(super) fn open(self, open: i64) -> Option<i64> {
        Some(open).filter(|_| self.0[1])
    }
}

impl Hub {
    /// What is counted of all systems; `month` is what the screen shows.
    pub(super) async fn counted(&self, month: &Cells, honesty: &Honesty) -> Result<Counted, HubError> {
        if honesty.behind(None).as_of.is_none() {
            return Ok(Counted([false; 3]));
        }
        let mut shown = [0; 3];
        for flows in self.flows(month, Dim::System).await?.into_values() {
            shown.iter_mut().zip(flows).for_each(|(sum, n)| *sum += n);
        }
        let mut counted = [true; 3];
        for (place, flow) in [Flow::Received, Flow::Accepted, Flow::Done].into_iter().enumerate() {
            counted[place] = shown[place] > 0 || !self.never_counted(flow, None, honesty).await?;
        }
        Ok(Counted(counted))
    }
}
