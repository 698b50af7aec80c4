//! What a batch comes to, pure: records and what stands in, fates and writes out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sha2::{Digest, Sha256};

use crate::{
    base::hex,
    calendar::Calendar,
    measure::{self, Contribution},
    record::{Case, Outcome, Quarantined, Reading, Record, SystemCard},
    store::{Before, Current, Line, Slot, SlotRow, State, Tally, Writes},
};

use super::{Fate, HubError};

/// Longest system name, source number or project number, in characters: real ones have 10 to 40, and the database's
/// keys have room for this many.
const KEY_CHARS: usize = 128;

/// Longest record, in bytes of JSON: a case with every field filled has 3,000.
const RECORD_BYTES: usize = 128 * 1024;

/// Decides a batch, record by record in the order given.
pub(super) fn decide(records: &[Record], before: Before, calendar: &Calendar) -> Result<(Vec<Fate>, Writes), HubError> {
    let mut desk = Desk::new(before, calendar);
    let fates = records.iter().map(|record| desk.take(record)).collect::<Result<_, _>>()?;
    Ok((fates, desk.writes()))
}

/// Why a record cannot be taken at all.
pub(super) fn refusal(record: &Record) -> Option<String> {
    let project_no = match record {
        Record::Case(case) => case.project_no.as_str(),
        Record::Quarantined(_) | Record::Reading(_) | Record::System(_) => "-",
    };
    for (name, text) in [("system", record.system()), ("key", record.key()), ("project_no", project_no)] {
        if text.trim().is_empty() {
            return Some(format!("{name} is empty: give the record one"));
        }
        if text.contains('\0') {
            return Some(format!("{name} holds a NUL character: remove it"));
        }
        if text.chars().count() > KEY_CHARS {
            return Some(format!("{name} is longer than {KEY_CHARS} characters: shorten it"));
        }
    }
    if let Record::Case(case) = record
        && [measure::department_of(case), measure::item_of(case), measure::town(case)]
            .iter()
            .chain(&case.fields.site)
            .any(|text| text.contains('\0'))
    {
        return Some("a name in the record holds a NUL character: remove it".to_owned());
    }
    None
}

/// What a record adds to the tallies.
pub(super) fn contributions(record: &Record) -> Vec<Contribution> {
    match record {
        Record::Case(case) => measure::contributions(case),
        Record::Quarantined(row) => measure::quarantined(row),
        Record::Reading(_) | Record::System(_) => Vec::new(),
    }
}

/// Sums of contributions as cells, without those that come to 0, in order.
pub(super) fn cells(sums: BTreeMap<Contribution, i64>) -> Vec<Tally> {
    let cell = |(cell, n): (Contribution, i64)| {
        let Contribution { measure, day, hour, system, department, town, item, n: _ } = cell;
        (n != 0).then(|| Tally { measure: measure.word().to_owned(), day, hour, system, department, town, item, n })
    };
    let mut cells: Vec<Tally> = sums.into_iter().filter_map(cell).collect();
    cells.sort();
    cells
}

/// Adds what a record contributes, `times` 1 or -1.
pub(super) fn add(sums: &mut BTreeMap<Contribution, i64>, record: &Record, times: i64) {
    for contribution in contributions(record) {
        let n = contribution.n * times;
        *sums.entry(Contribution { n: 0, ..contribution }).or_default() += n;
    }
}

/// A key while its batch is being decided.
struct Standing {
    current: Current,
    /// The line that made it, and the record, when this batch did.
    made: Option<(usize, Record)>,
    /// Whether only its version rose.
    raised: bool,
}

struct Desk<'a> {
    calendar: &'a Calendar,
    states: HashMap<(String, String), Standing>,
    slots: HashMap<(String, Slot), SlotRow>,
    written: BTreeSet<(String, usize)>,
    sums: BTreeMap<Contribution, i64>,
    lines: Vec<Line>,
}

impl<'a> Desk<'a> {
    fn new(before: Before, calendar: &'a Calendar) -> Self {
        let standing = |current| Standing { current, made: None, raised: false };
        Self {
            calendar,
            states: before.states.into_iter().map(|(key, current)| (key, standing(current))).collect(),
            slots: before.slots.into_iter().map(|row| ((row.system.clone(), row.slot), row)).collect(),
            written: BTreeSet::new(),
            sums: BTreeMap::new(),
            lines: Vec::new(),
        }
    }

    fn take(&mut self, record: &Record) -> Result<Fate, HubError> {
        if let Some(reason) = refusal(record) {
            return Ok(Fate::Refused { reason });
        }
        let body = serde_json::to_string(record).map_err(crate::store::StoreError::from)?;
        if body.len() > RECORD_BYTES {
            let reason = format!("the record has {} bytes: at most {RECORD_BYTES} are taken", body.len());
            return Ok(Fate::Refused { reason });
        }
        match record {
            Record::Case(case) => self.row(record, case.contents(), body),
            Record::Quarantined(row) => self.row(record, contents(row), body),
            Record::Reading(reading) => Ok(self.reading(record, reading, body)),
            Record::System(card) => self.card(record, card, body),
        }
    }

    /// A case or a quarantined row: both share the sequence of versions of their key.
    fn row(&mut self, record: &Record, contents: String, body: String) -> Result<Fate, HubError> {
        let key = (record.system().to_owned(), record.key().to_owned());
        let version = record.version();
        let mut flags = String::new();
        let fate = if let Some(standing) = self.states.get_mut(&key) {
            let held = &mut standing.current;
            if held.contents == contents {
                let raised = version > held.version;
                let superseded = version < held.version;
                held.version = held.version.max(version);
                standing.raised |= raised;
                return Ok(if superseded { Fate::Superseded } else { Fate::Unchanged });
            }
            // Of two that say different things under one version, one must hold whichever came first.
            if (version, &contents) < (held.version, &held.contents) {
                return Ok(Fate::Superseded);
            }
            let former = match &standing.made {
                Some((_, record)) => record.clone(),
                None => read(&held.body, &key)?,
            };
            flags = flagged(&held.flags, &former, record);
            add(&mut self.sums, &former, -1);
            Fate::Changed
        } else {
            Fate::New
        };
        add(&mut self.sums, record, 1);
        let line = self.line(record, &body);
        let current = Current { version, contents, flags, body };
        self.states.insert(key, Standing { current, made: Some((line, record.clone())), raised: false });
        Ok(fate)
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

    fn writes(mut self) -> Writes {
        let mut writes = Writes { lines: self.lines, tallies: cells(self.sums), ..Writes::default() };
        for ((system, source_no), standing) in self.states {
            match standing.made {
                Some((line, record)) => {
                    writes.states.push(state(&record, line, standing.current, self.calendar));
                }
                None if standing.raised => writes.raised.push((system, source_no, standing.current.version)),
                None => {}
            }
        }
        let slots = &mut self.slots;
        writes.slots =
            self.written.into_iter().filter_map(|(system, place)| slots.remove(&(system, Slot::ALL[place]))).collect();
        writes
    }
}

/// Hash of what a quarantined row says, without version and provenance.
fn contents(row: &Quarantined) -> String {
    let said = serde_json::json!(["quarantined", row.system, row.source_no, row.field, row.reason]).to_string();
    hex(&Sha256::digest(said))
}

pub(super) fn read(body: &str, key: &(String, String)) -> Result<Record, HubError> {
    let what = || format!("{} {}", key.0, key.1);
    serde_json::from_str(body).map_err(|source| HubError::Unreadable { what: what(), source })
}

/// The flags of a key whose record is being replaced: those it had, and one more for a move that is not legal.
fn flagged(flags: &str, former: &Record, next: &Record) -> String {
    let mut words: Vec<String> = flags.lines().map(str::to_owned).collect();
    if let (Record::Case(former), Record::Case(next)) = (former, next)
        && !former.status.may_become(next.status)
    {
        let word = format!("illegal_move {} {}", former.status.word(), next.status.word());
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join("\n")
}

fn state(record: &Record, line: usize, current: Current, calendar: &Calendar) -> State {
    let Current { version, contents, flags, body } = current;
    let bare = State {
        system: record.system().to_owned(),
        source_no: record.key().to_owned(),
        kind: record.kind().to_owned(),
        version,
        contents,
        line,
        flags,
        body,
        ..State::default()
    };
    match record {
        Record::Case(case) => case_state(case, bare, calendar),
        Record::Quarantined(_) | Record::Reading(_) | Record::System(_) => bare,
    }
}

fn case_state(case: &Case, bare: State, calendar: &Calendar) -> State {
    let warn_at = measure::warn_at(case, calendar).unwrap_or_else(|error| {
        tracing::warn!(system = case.system, error = %error, "no warning can be foreseen for a case");
        None
    });
    let millis = |instant: chrono::DateTime<chrono::FixedOffset>| instant.timestamp_millis();
    State {
        project_no: Some(case.project_no.clone()),
        status: Some(case.status.word().to_owned()),
        site: case.fields.site.clone(),
        open: measure::is_open(case),
        accept_at: case.fields.accept_date.map(millis),
        due_at: case.fields.promise_date.map(millis),
        warn_at: warn_at.map(millis),
        department: measure::department_of(case),
        town: measure::town(case),
        item: measure::item_of(case),
        ..bare
    }
}
