//! The pages about records and what was made of them, batch by batch, before anything of a batch is kept.

use std::collections::BTreeMap;

use super::{
    Baseline, EVENT, Guard, Lasting, Profile,
    lasting::{Changes, rewritten},
    list::{emptied, gone},
    shape,
};
use crate::{
    adapter::{Expect, Page},
    extract::Row,
    run::report::QuarantinedRow,
};

/// Records in quarantine from which their share counts.
const QUARANTINED_LEAST: u64 = 5;
/// Records with a date in the future from which it is the page and not a slip of the pen.
const FUTURE_LEAST: u64 = 3;
/// How `record` says that a date lies in the future.
const FUTURE: &str = "lies in the future";
/// Records from which it can be said whether their pages show their own key.
const NAMED_LEAST: u64 = 10;
/// Fields from which a page that is empty in all of them is no page.
const HOLLOW_FIELDS: usize = 3;

/// A page about records, by the name under which expressions speak of it, and what it looked like before.
pub(in crate::run) struct Known<'a> {
    pub(in crate::run) page: &'a Page,
    pub(in crate::run) before: Option<&'a Baseline>,
}

/// A record that was read and mapped.
#[derive(Clone, Debug)]
pub(in crate::run) struct Opened<'a> {
    /// What the pages about it said, by name.
    pub(in crate::run) pages: &'a [(String, Row)],
    /// The steps of its process.
    pub(in crate::run) steps: &'a [Row],
    /// Whether one of them shows the key; unknown where nobody looked.
    pub(in crate::run) named: Option<bool>,
    /// Whether they show the key where the bot says that they do; unknown where it says nothing.
    pub(in crate::run) same: Option<bool>,
    /// The marks of its former reading.
    pub(in crate::run) former: Option<&'a str>,
    /// Why it stands in quarantine, where it did not before.
    pub(in crate::run) quarantined: Option<&'a QuarantinedRow>,
}

/// Why a record must not be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::run) enum Stranger {
    /// Its page is that of another record.
    Other,
    /// Its page says nothing.
    Hollow,
}

/// What one page has said so far.
#[derive(Debug, Default)]
pub(in crate::run) struct SoFar {
    pub(in crate::run) profile: Profile,
    changes: Changes,
}

/// Everything that a run has mapped so far.
#[derive(Debug, Default)]
pub(in crate::run) struct Details {
    pub(in crate::run) pages: BTreeMap<String, SoFar>,
    /// Records whose page shows their key, and records of which that is known.
    pub(in crate::run) named: (u64, u64),
    mapped: u64,
    quarantined: u64,
    first: Option<QuarantinedRow>,
    future: u64,
    first_future: Option<QuarantinedRow>,
}

impl Details {
    /// Takes a batch in. Gives those that must not be kept, by their place in it.
    pub(in crate::run) fn take(
        &mut self,
        known: &BTreeMap<String, Known<'_>>,
        batch: &[Opened<'_>],
        lasting: &Lasting,
    ) -> Vec<(usize, Stranger)> {
        let shows_key = self.shows_key(known, batch);
        let mut strangers = Vec::new();
        for (place, one) in batch.iter().enumerate() {
            let hollow =
                |(name, row): &(String, Row)| known.get(name).is_some_and(|known| hollow(known, row, one.named));
            let other = one.same.map_or(shows_key && one.named == Some(false), |same| !same);
            match (one.pages.iter().any(hollow), other) {
                (true, _) => strangers.push((place, Stranger::Hollow)),
                (false, true) => strangers.push((place, Stranger::Other)),
                (false, false) => self.count(one, known, lasting),
            }
        }
        strangers
    }

    /// Whether the pages of this system show the key of their record, by those of earlier runs or of this batch.
    fn shows_key(&self, known: &BTreeMap<String, Known<'_>>, batch: &[Opened<'_>]) -> bool {
        let before = known.values().filter_map(|known| known.before).find(|before| before.of >= NAMED_LEAST);
        if let Some(before) = before {
            return before.named * 100 >= before.of * 98;
        }
        let of = batch.iter().filter(|one| one.named.is_some()).count() as u64 + self.named.1;
        let named = batch.iter().filter(|one| one.named == Some(true)).count() as u64 + self.named.0;
        // One odd page in few may be; as a share it is judged as against earlier runs.
        of >= NAMED_LEAST && (of - named) * 50 <= of.max(50)
    }

    fn count(&mut self, one: &Opened<'_>, known: &BTreeMap<String, Known<'_>>, lasting: &Lasting) {
        self.mapped += 1;
        self.named.1 += u64::from(one.named.is_some());
        self.named.0 += u64::from(one.named == Some(true));
        for (name, row) in one.pages {
            let so_far = self.pages.entry(name.clone()).or_default();
            so_far.profile.take(row);
            if let (Some(former), Some(known)) = (one.former, known.get(name)) {
                let same = |field: &str| known.before.is_some_and(|before| before.column(known.page, field).is_some());
                lasting.compare(name, row, former, same, &mut so_far.changes);
            }
        }
        if let Some(known) = known.get(EVENT).filter(|_| !one.steps.is_empty()) {
            let so_far = self.pages.entry(EVENT.to_owned()).or_default();
            one.steps.iter().for_each(|step| so_far.profile.take(step));
            let same = |field: &str| known.before.is_some_and(|before| before.column(known.page, field).is_some());
            lasting.history.compare(one.steps, one.former.unwrap_or_default(), same, &mut so_far.changes);
        }
        let Some(row) = one.quarantined else { return };
        self.quarantined += 1;
        self.first.get_or_insert_with(|| row.clone());
        if row.reason.contains(FUTURE) {
            self.future += 1;
            self.first_future.get_or_insert_with(|| row.clone());
        }
    }

    /// What speaks against everything taken so far, held against what it looked like before; with the name of the page.
    pub(in crate::run) fn judge(
        &self,
        known: &BTreeMap<String, Known<'_>>,
        expect: &Expect,
    ) -> Option<(String, Guard)> {
        if let Err(guard) = self.mappable(expect) {
            return Some(("detail".to_owned(), guard));
        }
        for (name, so_far) in &self.pages {
            let Some(Known { page, before: Some(before) }) = known.get(name) else { continue };
            for field in page.at.keys() {
                let filled = so_far.profile.filled(field);
                let column = before.column(page, field);
                if let Some(column) = column.filter(|it| emptied(it, filled, so_far.profile.rows, false)) {
                    return Some((name.clone(), gone(page, field, column, &so_far.profile)));
                }
            }
            let reshaped = || shape::look(page, &so_far.profile, before, false);
            if let Some(guard) = rewritten(page, &so_far.changes).or_else(reshaped) {
                return Some((name.clone(), guard));
            }
        }
        None
    }

    fn mappable(&self, expect: &Expect) -> Result<(), Guard> {
        if let Some(first) = self.first_future.as_ref().filter(|_| self.future >= FUTURE_LEAST) {
            let (field, key) = (first.field.clone(), first.source_no.clone());
            return Err(Guard::Future { count: self.future, of: self.mapped, field, key });
        }
        let allowed = self.mapped as f64 * expect.quarantined_percent / 100.0;
        let many = self.quarantined >= QUARANTINED_LEAST && self.quarantined as f64 > allowed;
        let Some(first) = self.first.as_ref().filter(|_| many) else { return Ok(()) };
        Err(Guard::Quarantined {
            count: self.quarantined,
            of: self.mapped,
            allowed: expect.quarantined_percent.to_string(),
            key: first.source_no.clone(),
            field: first.field.clone(),
            reason: first.reason.clone(),
        })
    }
}

/// Whether a page says nothing in the fields that always said something; where nothing is known of them, nothing at all, not even
/// the record's key.
fn hollow(known: &Known<'_>, row: &Row, named: Option<bool>) -> bool {
    let empty = |field: &String| row.get(field).is_none_or(|value| value.trim().is_empty());
    let always = |field: &&String| match known.before {
        Some(before) => before.column(known.page, field).is_some_and(|column| column.always()),
        None => named == Some(false),
    };
    let expected: Vec<&String> = known.page.at.keys().filter(always).collect();
    expected.len() >= HOLLOW_FIELDS && expected.iter().all(|field| empty(field))
}
