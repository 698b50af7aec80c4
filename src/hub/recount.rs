//! The tallies computed anew: to prove them, or to make them again under changed formulas.

use std::collections::{BTreeMap, HashMap};

use crate::{record::Record, store::Tally};

use super::{Hub, HubError, decide, feed::PAGE_CHANGES};

impl Hub {
    /// The tallies as they stand: every cell that is not 0, in order.
    pub async fn tallies(&self) -> Result<Vec<Tally>, HubError> {
        Ok(self.store.tallies().await?)
    }

    /// The tallies as the journal says they must be; equal to [`Hub::tallies`] unless something is broken. Reads the whole
    /// journal and holds the newest record of each key in memory.
    pub async fn recount(&self) -> Result<Vec<Tally>, HubError> {
        let mut newest: HashMap<(String, String), Record> = HashMap::new();
        let mut after = 0;
        loop {
            let changes = self.changes(after, PAGE_CHANGES, &[super::Topic::Cases]).await?;
            let Some(last) = changes.last() else { break };
            after = last.position;
            newest.extend(changes.into_iter().map(|change| ((change.system, change.key), change.body)));
        }
        let mut sums = BTreeMap::new();
        for record in newest.values() {
            decide::add(&mut sums, record, 1);
        }
        Ok(decide::cells(sums))
    }
}
