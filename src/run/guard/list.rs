//! A list, before any detail is opened.

use std::collections::BTreeMap;

use super::{
    Baseline, Guard, Lasting, Profile,
    baseline::{Column, written},
    lasting::{Changes, rewritten},
    shape,
};
use crate::{
    adapter::{Expect, Page},
    extract::Row,
};

/// Under this name expressions speak of a list's rows, and its baseline is kept.
pub(in crate::run) const LIST: &str = "list";

/// Rows of which one speaks as "many".
const MANY: u64 = 5;
/// Rows from which a fall is no matter of a few.
const FALL_ROWS: u64 = 20;
/// Rows from which an empty column is no chance.
const COLUMN_ROWS: u64 = 10;

/// What a list showed.
#[derive(Clone, Copy, Debug)]
pub(in crate::run) struct Listing<'a> {
    /// What its rows show.
    pub(in crate::run) profile: &'a Profile,
    /// The total that the system states.
    pub(in crate::run) stated: Option<u64>,
    /// Whether it was read to its end.
    pub(in crate::run) whole: bool,
    /// What differs of what never changes.
    pub(in crate::run) changes: &'a Changes,
}

/// What the rows of a list show, and what differs of what never changes: a row comes with the marks of its former reading, if it is
/// known. `same` says which fields are still read from the same place.
pub(in crate::run) fn looked<'r>(
    lasting: &Lasting,
    rows: impl Iterator<Item = (&'r Row, Option<&'r str>)>,
    same: impl Fn(&str) -> bool,
) -> (Profile, Changes) {
    let (mut profile, mut changes) = (Profile::default(), Changes::new());
    for (row, former) in rows {
        profile.take(row);
        if let Some(former) = former {
            lasting.compare(LIST, row, former, &same, &mut changes);
        }
    }
    (profile, changes)
}

/// Holds a list against what it looked like before.
pub(in crate::run) fn list(page: &Page, listing: Listing<'_>, before: &Baseline, expect: &Expect) -> Result<(), Guard> {
    // Rows that the system states and does not show are another matter: then the reading is incomplete, not the system smaller.
    let read = listing.whole.then_some(listing.profile.rows);
    if let Some(now) = read.max(listing.stated) {
        fell(now, before.rows, expect)?;
    }
    for field in page.at.keys() {
        if let Some(column) = before.column(page, field)
            && emptied(column, listing.profile.filled(field), listing.profile.rows, listing.whole)
        {
            return Err(gone(page, field, column, listing.profile));
        }
    }
    let reshaped = || shape::look(page, listing.profile, before, listing.whole);
    rewritten(page, listing.changes).or_else(reshaped).map_or(Ok(()), Err)
}

fn fell(now: u64, before: u64, expect: &Expect) -> Result<(), Guard> {
    if now == 0 && before >= MANY {
        return Err(Guard::Empty { before });
    }
    let least = before as f64 * (1.0 - expect.fall_percent / 100.0);
    if before >= FALL_ROWS && (now as f64) < least {
        return Err(Guard::Fell { now, before, allowed: expect.fall_percent.to_string() });
    }
    Ok(())
}

/// Whether a column says so much less than before that it can't be chance. Records of a part of a list, or the details of
/// some rows, are no fair sample: there only a column that always said something can be judged.
pub(super) fn emptied(before: &Column, filled: u64, rows: u64, whole: bool) -> bool {
    let mostly = before.filled * 2 >= before.of && before.of > 0;
    if !whole {
        return before.always() && ((rows >= 2 && filled == 0) || (rows >= COLUMN_ROWS && filled * 2 < rows));
    }
    let halved = filled * before.of * 2 < before.filled * rows;
    mostly && ((rows >= COLUMN_ROWS && filled == 0) || (rows >= FALL_ROWS && halved))
}

pub(super) fn gone(page: &Page, field: &str, before: &Column, now: &Profile) -> Guard {
    Guard::Emptied {
        field: field.to_owned(),
        locator: page.at.get(field).map(written).unwrap_or_default(),
        filled: now.filled(field),
        of: now.rows,
        percent: before.percent(),
    }
}

/// A key that stands in several rows of one page.
pub(in crate::run) fn twice<'k>(keys: impl IntoIterator<Item = &'k str>, key: &str) -> Result<(), Guard> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for key in keys {
        *counts.entry(key).or_default() += 1;
    }
    match counts.into_iter().find(|(_, rows)| *rows > 1) {
        Some((twice, rows)) => Err(Guard::Twice { key: twice.to_owned(), rows, written: key.to_owned() }),
        None => Ok(()),
    }
}

/// What begins to go astray, in words: fields that a later candidate had to find, headers that have gone or come.
pub(in crate::run) fn drift(
    page: &Page,
    matched: &BTreeMap<String, usize>,
    headers: &[String],
    before: Option<&Baseline>,
) -> Vec<String> {
    let mut warnings = Vec::new();
    for (field, candidate) in matched.iter().filter(|(_, candidate)| **candidate > 0) {
        let Some(candidates) = page.at.get(field) else { continue };
        let found = candidates.0.get(*candidate).map_or("", |locator| locator.written.as_str());
        let missed = candidates.0.first().map_or("", |locator| locator.written.as_str());
        let used = before.and_then(|before| before.column(page, field)).map_or(0, |column| column.candidate);
        let since = if used < *candidate { "now" } else { "still" };
        warnings.push(format!(
            "page `{}`: `{field}` is {since} found by its candidate number {} ({found}); the first ({missed}) finds nothing. Look at \
             the page, and mend the adapter before the last candidate goes too",
            page.name,
            candidate + 1
        ));
    }
    let known = before.map(|before| before.headers.as_slice()).filter(|known| !known.is_empty() && !headers.is_empty());
    let without = |these: &[String], those: &[String]| {
        let left: Vec<&str> = these.iter().filter(|it| !those.contains(it)).map(String::as_str).collect();
        if left.is_empty() { "none".to_owned() } else { left.join(", ") }
    };
    let moved = |known: &&[String]| known.len() != headers.len() || known.iter().any(|it| !headers.contains(it));
    if let Some(known) = known.filter(moved) {
        warnings.push(format!(
            "page `{}`: the headers of its table have changed (gone: {}; new: {})",
            page.name,
            without(known, headers),
            without(headers, known)
        ));
    }
    warnings
}
