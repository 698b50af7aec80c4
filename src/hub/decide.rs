//! What a batch comes to, pure: records and what stands in, fates and writes out.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
};

mod prepared;
mod refusal;
mod row;
mod rows;

use crate::{
    calendar::Calendar,
    measure::{self, Contribution},
    record::{Outcome, Reading, Record, SystemCard},
    store::{Before, Current, Key, Keys, Line, Shelf, Slot, SlotRow, Tally, Writes},
};

use super::{
    Fate, HubError,
    linked::{Origins, counted_elsewhere},
};

pub(super) use prepared::{Prepared, contents, prepare};
use refusal::refusal;
pub(super) use row::newer;

/// Decides a batch, record by record in the order given.
pub(super) fn decide(
    given: Vec<Prepared<'_>>,
    before: Before,
    calendar: &Calendar,
) -> Result<(Vec<Fate>, Writes), HubError> {
    let mut desk = Desk::new(before, calendar)?;
    let fates = given.into_iter().map(|given| desk.take(given)).collect::<Result<_, _>>()?;
    Ok((fates, desk.writes()?))
}

/// What a batch is decided by.
pub(super) fn keys(given: &[Prepared<'_>]) -> Keys {
    let mut keys = Keys::default();
    for Prepared { record, .. } in given.iter().filter(|given| given.refused.is_none()) {
        let key = (record.system().to_owned(), record.key().to_owned());
        match &**record {
            Record::Case(_) | Record::Quarantined(_) => drop(keys.states.insert(key)),
            Record::Link(link) => keys.links.extend([key, (link.origin_system.clone(), link.origin_no.clone())]),
            Record::Entry(_) => drop(keys.entries.insert(key)),
            Record::Reading(_) | Record::System(_) => drop(keys.systems.insert(key.0)),
        }
    }
    keys
}

/// What a record adds to the tallies.
pub(super) fn contributions(record: &Record) -> Vec<Contribution> {
    match record {
        Record::Case(case) => measure::contributions(case),
        Record::Quarantined(row) => measure::quarantined(row),
        Record::Reading(_) | Record::System(_) | Record::Link(_) | Record::Entry(_) => Vec::new(),
    }
}

/// Sums of contributions as cells, without those that come to 0, in order.
pub(super) fn cells(sums: Sums) -> Vec<Tally> {
    let cell = |(cell, n): (Contribution, i64)| {
        let Contribution { measure, day, hour, system, department, town, item, n: _ } = cell;
        (n != 0).then(|| Tally { measure: measure.word().to_owned(), day, hour, system, department, town, item, n })
    };
    let mut cells: Vec<Tally> = sums.into_iter().filter_map(cell).collect();
    cells.sort();
    cells
}

/// Sums of contributions by cell.
pub(super) type Sums = BTreeMap<Contribution, i64>;

/// Adds what a record contributes, `times` 1 or -1.
pub(super) fn add(sums: &mut Sums, record: &Record, times: i64) {
    sum(sums, contributions(record), times);
}

/// Adds that a case's newest reading is in quarantine, `times` 1, or -1 to take that back.
pub(super) fn mark(sums: &mut Sums, system: &str, times: i64) {
    sum(sums, measure::marked(system), times);
}

/// Adds what makes of a record's contributions those of one that is counted elsewhere, `times` 1, or -1 to take that back.
pub(super) fn mute(sums: &mut Sums, record: &Record, times: i64) {
    if let Record::Case(case) = record {
        sum(sums, measure::contributions(case), -times);
        sum(sums, measure::linked(case), times);
    }
}

fn sum(sums: &mut Sums, contributions: Vec<Contribution>, times: i64) {
    for contribution in contributions {
        let n = contribution.n * times;
        *sums.entry(Contribution { n: 0, ..contribution }).or_default() += n;
    }
}

/// A key while its batch is being decided.
struct Standing<'a> {
    current: Current,
    /// The line that made it, and the record, when this batch did.
    made: Option<(usize, Cow<'a, Record>)>,
    /// Whether only its version rose.
    raised: bool,
}

struct Desk<'a> {
    calendar: &'a Calendar,
    stands: HashMap<(Shelf, Key), Standing<'a>>,
    slots: HashMap<(String, Slot), SlotRow>,
    written: BTreeSet<(String, usize)>,
    /// Cases that were counted elsewhere before this batch, with what they said.
    muted: BTreeMap<Key, Record>,
    sums: Sums,
    lines: Vec<Line>,
}

impl<'a> Desk<'a> {
    fn new(before: Before, calendar: &'a Calendar) -> Result<Self, HubError> {
        let Before { states, links, entries, slots } = before;
        let shelves = [(Shelf::States, states), (Shelf::Links, links), (Shelf::Entries, entries)];
        let standing = |current| Standing { current, made: None, raised: false };
        let stands = shelves
            .into_iter()
            .flat_map(|(shelf, held)| held.into_iter().map(move |(key, current)| ((shelf, key), standing(current))));
        let mut desk = Self {
            calendar,
            stands: stands.collect(),
            slots: slots.into_iter().map(|row| ((row.system.clone(), row.slot), row)).collect(),
            written: BTreeSet::new(),
            muted: BTreeMap::new(),
            sums: BTreeMap::new(),
            lines: Vec::new(),
        };
        desk.muted = desk.counted_elsewhere()?;
        Ok(desk)
    }

    /// What stands under a key; `None` for nothing.
    fn record(&self, shelf: Shelf, key: &Key) -> Result<Option<Record>, HubError> {
        let Some(standing) = self.stands.get(&(shelf, key.clone())) else { return Ok(None) };
        match &standing.made {
            Some((_, record)) => Ok(Some((**record).clone())),
            None => read(&standing.current.body, key).map(Some),
        }
    }

    /// The cases that are counted elsewhere by what stands now, with what they say.
    fn counted_elsewhere(&self) -> Result<BTreeMap<Key, Record>, HubError> {
        let mut origins = Origins::new();
        for (shelf, key) in self.stands.keys().filter(|(shelf, _)| *shelf == Shelf::Links) {
            if let Some(Record::Link(link)) = self.record(*shelf, key)? {
                origins.insert(key.clone(), (link.origin_system, link.origin_no));
            }
        }
        let mut cases = BTreeMap::new();
        for key in origins.iter().flat_map(|(key, origin)| [key, origin]) {
            if let Some(record @ Record::Case(_)) = self.record(Shelf::States, key)? {
                cases.insert(key.clone(), record);
            }
        }
        let elsewhere = counted_elsewhere(&origins, &cases.keys().cloned().collect());
        cases.retain(|key, _| elsewhere.contains(key));
        Ok(cases)
    }

    fn take(&mut self, given: Prepared<'a>) -> Result<Fate, HubError> {
        let Prepared { record, refused, body, contents, counts } = given;
        if let Some(reason) = refused {
            return Ok(Fate::Refused { reason });
        }
        let current = Current { version: record.version(), contents, body, ..Current::default() };
        match &*record {
            Record::Case(_) | Record::Quarantined(_) => self.row(Shelf::States, record, current, counts),
            Record::Link(_) => self.row(Shelf::Links, record, current, counts),
            Record::Entry(_) => self.row(Shelf::Entries, record, current, counts),
            Record::Reading(reading) => Ok(self.reading(&record, reading, current.body)),
            Record::System(card) => self.card(&record, card, current.body),
        }
    }

    fn reading(&mut self, record: &Record, reading: &Reading, body: String) -> Fate {
        let fitting = [
            (Slot::Latest, true),
            (Slot::Good, reading.outcome == Outcome::Good),
            (Slot::Stated, reading.stated_total.is_some()),
        ];
        let mut known = false;
        let mut newer = Vec::new();
        for slot in fitting.into_iter().filter_map(|(slot, fits)| fits.then_some(slot)) {
            match self.slots.get(&(reading.system.clone(), slot)) {
                Some(held) if held.body == body => known = true,
                Some(held) if (held.version, &held.body) > (record.version(), &body) => {}
                Some(_) | None => newer.push(slot),
            }
        }
        if newer.is_empty() {
            return if known { Fate::Unchanged } else { Fate::Superseded };
        }
        for slot in newer {
            self.fill(slot, record, &body);
        }
        self.line(record, &body);
        Fate::New
    }

    fn card(&mut self, record: &Record, card: &SystemCard, body: String) -> Result<Fate, HubError> {
        let key = (card.system.clone(), Slot::Card);
        let Some(held) = self.slots.get(&key) else {
            self.fill(Slot::Card, record, &body);
            self.line(record, &body);
            return Ok(Fate::New);
        };
        let former = read(&held.body, &(card.system.clone(), "card".to_owned()))?;
        let same = matches!(&former, Record::System(former)
            if SystemCard { data_version: card.data_version, ..former.clone() } == *card);
        if (held.version, &held.body) > (record.version(), &body) {
            return Ok(Fate::Superseded);
        }
        let raised = record.version() > held.version;
        if same && !raised {
            return Ok(Fate::Unchanged);
        }
        self.fill(Slot::Card, record, &body);
        if same {
            return Ok(Fate::Unchanged);
        }
        self.line(record, &body);
        Ok(Fate::Changed)
    }

    fn fill(&mut self, slot: Slot, record: &Record, body: &str) {
        let system = record.system().to_owned();
        let place = Slot::ALL.iter().position(|known| *known == slot).expect("ALL holds every slot");
        self.written.insert((system.clone(), place));
        let row = SlotRow { system: system.clone(), slot, version: record.version(), body: body.to_owned() };
        self.slots.insert((system, slot), row);
    }

    /// Appends a journal line; gives its place among the batch's.
    fn line(&mut self, record: &Record, body: &str) -> usize {
        self.lines.push(Line {
            record: record.kind().to_owned(),
            system: record.system().to_owned(),
            key: record.key().to_owned(),
            version: record.version(),
            body: body.to_owned(),
        });
        self.lines.len() - 1
    }

    fn writes(mut self) -> Result<Writes, HubError> {
        let muted = self.counted_elsewhere()?;
        for record in self.muted.values() {
            mute(&mut self.sums, record, -1);
        }
        for record in muted.values() {
            mute(&mut self.sums, record, 1);
        }
        let mut writes = Writes { lines: self.lines, tallies: cells(self.sums), ..Writes::default() };
        writes.reopened = rows::reopened(&self.muted, &muted, |key| {
            self.stands.get(&(Shelf::States, key.clone())).is_some_and(|standing| standing.made.is_some())
        });
        for ((shelf, key), standing) in self.stands {
            match standing.made {
                Some((line, record)) => {
                    let counts = !muted.contains_key(&key);
                    rows::put(&mut writes, &record, line, standing.current, counts, self.calendar);
                }
                None if standing.raised => writes.raised.push((shelf, key, standing.current.version)),
                None => {}
            }
        }
        // In the order of the list that they come from: neighbours there are neighbours in the database's trees.
        writes.states.sort_by_key(|state| state.line);
        let slots = &mut self.slots;
        writes.slots =
            self.written.into_iter().filter_map(|(system, place)| slots.remove(&(system, Slot::ALL[place]))).collect();
        Ok(writes)
    }
}

pub(super) fn read(body: &str, key: &(String, String)) -> Result<Record, HubError> {
    let what = || format!("{} {}", key.0, key.1);
    serde_json::from_str(body).map_err(|source| HubError::Unreadable { what: what(), source })
}
