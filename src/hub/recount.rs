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
        let mut newest: HashMap<Key, Newest> = HashMap::new();
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
                    newest.entry(key).or_default().take(change.body);
                }
            }
        }
        let cases = newest.iter().filter(|(_, newest)| newest.case.is_some()).map(|(key, _)| key.clone());
        let elsewhere = counted_elsewhere(&origins, &cases.collect());
        let mut sums = BTreeMap::new();
        for (key, newest) in &newest {
            let Some(record) = newest.stands() else { continue };
            decide::add(&mut sums, record, 1);
            if elsewhere.contains(key) {
                decide::mute(&mut sums, record, 1);
            }
            if newest.is_marked() {
                decide::mark(&mut sums, record.system(), 1);
            }
        }
        Ok(decide::cells(sums))
    }
}

/// The newest of each kind under a key, each with its contents' hash.
#[derive(Default)]
struct Newest {
    case: Option<(Record, String)>,
    row: Option<(Record, String)>,
}

impl Newest {
    fn take(&mut self, record: Record) {
        let contents = decide::contents(&record);
        let held = if matches!(record, Record::Case(_)) { &mut self.case } else { &mut self.row };
        if held.as_ref().is_none_or(|held| !is_newer(held, (record.version(), &contents))) {
            *held = Some((record, contents));
        }
    }

    fn stands(&self) -> Option<&Record> {
        self.case.as_ref().or(self.row.as_ref()).map(|(record, _)| record)
    }

    /// Whether the newest quarantined row is newer than the case.
    fn is_marked(&self) -> bool {
        let case = self.case.as_ref().map(|(record, contents)| (record.version(), contents.as_str()));
        case.is_some_and(|case| self.row.as_ref().is_some_and(|row| is_newer(row, case)))
    }
}

fn is_newer((record, contents): &(Record, String), than: (i64, &str)) -> bool {
    decide::newer((record.version(), contents), than)
}
