//! The tallies computed anew: to prove them, or to make them again under changed formulas.

use std::collections::{BTreeMap, HashMap};

use crate::{
    record::Record,
    store::{Key, Tally},
};

use super::{
    Hub, HubError, decide,
    feed::PAGE_CHANGES,
    linked::{Origins, counted_elsewhere},
};

impl Hub {
    /// The tallies as they stand: every cell that is not 0, in order.
    pub async fn tallies(&self) -> Result<Vec<Tally>, HubError> {
        Ok(self.store.tallies().await?)
    }

    /// The tallies as the journal says they must be; equal to [`Hub::tallies`] unless something is broken. Reads the whole
    /// journal and holds the newest record of each key in memory.
    pub async fn recount(&self) -> Result<Vec<Tally>, HubError> {
        let mut newest: HashMap<Key, Record> = HashMap::new();
        let mut origins = Origins::new();
        let mut after = 0;
        loop {
            let changes = self.changes(after, PAGE_CHANGES, &[super::Topic::Cases, super::Topic::Links]).await?;
            let Some(last) = changes.last() else { break };
            after = last.position;
            for change in changes {
                let key = (change.system, change.key);
                if let Record::Link(link) = change.body {
                    origins.insert(key, (link.origin_system, link.origin_no));
                } else {
                    newest.insert(key, change.body);
                }
            }
        }
        let cases = newest.iter().filter(|(_, record)| matches!(record, Record::Case(_))).map(|(key, _)| key.clone());
        let elsewhere = counted_elsewhere(&origins, &cases.collect());
        let mut sums = BTreeMap::new();
        for (key, record) in &newest {
            decide::add(&mut sums, record, 1);
            if elsewhere.contains(key) {
                decide::mute(&mut sums, record, 1);
            }
        }
        Ok(decide::cells(sums))
    }
}
