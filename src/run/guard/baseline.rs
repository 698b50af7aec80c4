//! What good readings of one page looked like: what the next one is held against.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Ends,
    shape::{Builds, Shapes},
};
use crate::{
    adapter::{Candidates, Page},
    extract::Row,
};

/// Records that a baseline of details weighs: older ones count for less and less.
const WEIGHED: u64 = 1_000;

/// What good readings of one page looked like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::run) struct Baseline {
    /// Of a list, the most rows of a good reading since a person last accepted one; of a detail, the records weighed.
    pub(in crate::run) rows: u64,
    /// The total that the system stated last.
    pub(in crate::run) stated: Option<u64>,
    /// Its fields.
    pub(in crate::run) columns: BTreeMap<String, Column>,
    /// Headers of its table, in order.
    pub(in crate::run) headers: Vec<String>,
    /// How its pages end.
    pub(in crate::run) ends: Ends,
    /// Known cases that a list no longer shows.
    pub(in crate::run) gone: u64,
    /// Of a page about a record: records whose page shows their own key …
    pub(in crate::run) named: u64,
    /// … of so many.
    pub(in crate::run) of: u64,
    /// When it was read, RFC 3339.
    pub(in crate::run) at: String,
}

/// One field of a page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::run) struct Column {
    /// Its locators as written: under others, it is another column.
    pub(in crate::run) locator: String,
    /// The highest candidate (from 0) that had to be used.
    pub(in crate::run) candidate: usize,
    /// Records in which it says something.
    pub(in crate::run) filled: u64,
    /// Of so many.
    pub(in crate::run) of: u64,
    /// How its texts are built.
    pub(super) builds: Builds,
}

impl Column {
    /// Whether it says something in practically every record.
    pub(super) fn always(&self) -> bool {
        self.of >= 20 && self.filled * 100 >= self.of * 98
    }

    /// Percent of the records in which it says something.
    pub(super) fn percent(&self) -> u64 {
        (self.filled * 100).checked_div(self.of).unwrap_or(0)
    }
}

/// What one reading showed of a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::run) struct Profile {
    pub(in crate::run) rows: u64,
    shapes: BTreeMap<String, Shapes>,
}

impl Profile {
    /// Counts a record in.
    pub(in crate::run) fn take(&mut self, row: &Row) {
        self.rows += 1;
        for (field, value) in row {
            match self.shapes.get_mut(field) {
                Some(shapes) => shapes.take(value),
                None => self.shapes.entry(field.clone()).or_default().take(value),
            }
        }
    }

    /// How the texts of a field are built.
    pub(super) fn shapes(&self, field: &str) -> Option<&Shapes> {
        self.shapes.get(field)
    }

    /// How they are built, together with those of good readings before.
    fn builds(&self, page: &Page, field: &str, before: Option<&Baseline>) -> Builds {
        let known = before.and_then(|before| before.column(page, field)).map(|column| column.builds.clone());
        let known = known.unwrap_or_default();
        match self.shapes(field) {
            Some(now) => known.with(now),
            None => known,
        }
    }

    /// Records in which a field says something.
    pub(super) fn filled(&self, field: &str) -> u64 {
        self.shapes.get(field).map_or(0, Shapes::filled)
    }
}

impl Baseline {
    /// What this reading of a list leaves behind. A list that fell a little keeps what it had at most, so that many small falls
    /// are not forgiven one by one; a reading that a person accepted counts as it is.
    pub(in crate::run) fn of_list(
        page: &Page,
        profile: &Profile,
        matched: &BTreeMap<String, usize>,
        before: Option<&Self>,
    ) -> Self {
        Self {
            rows: profile.rows.max(before.map_or(0, |before| before.rows)),
            columns: columns(page, profile, matched, before),
            ..before.cloned().unwrap_or_default()
        }
    }

    /// What a part of a list leaves behind: how many rows there are it can't say, how their texts are built it can.
    pub(in crate::run) fn with_part(&self, page: &Page, profile: &Profile) -> Self {
        let mut after = self.clone();
        let same = |field: &str| self.column(page, field).is_some();
        for (field, column) in after.columns.iter_mut().filter(|(field, _)| same(field)) {
            column.builds = profile.builds(page, field, Some(self));
        }
        after
    }

    /// What the details of a run leave behind, together with those of earlier runs.
    pub(in crate::run) fn of_details(
        page: &Page,
        profile: &Profile,
        matched: &BTreeMap<String, usize>,
        (named, of): (u64, u64),
        before: Option<&Self>,
    ) -> Self {
        let faded = |count: u64| {
            let left = WEIGHED.saturating_sub(profile.rows);
            let held = before.map_or(0, |before| before.rows);
            if held > left { count * left / held } else { count }
        };
        let mut columns = columns(page, profile, matched, before);
        for (field, column) in &mut columns {
            let former = before.and_then(|before| before.columns.get(field)).filter(|it| it.locator == column.locator);
            if let Some(former) = former {
                column.filled += faded(former.filled);
                column.of += faded(former.of);
            }
        }
        let former = |count: fn(&Self) -> u64| before.map_or(0, |before| faded(count(before)));
        Self {
            rows: profile.rows + former(|it| it.rows),
            named: named + former(|it| it.named),
            of: of + former(|it| it.of),
            columns,
            ..before.cloned().unwrap_or_default()
        }
    }

    /// The column of a field, unless the adapter has since pointed it elsewhere.
    pub(in crate::run) fn column(&self, page: &Page, field: &str) -> Option<&Column> {
        let locator = page.at.get(field).map(written)?;
        self.columns.get(field).filter(|column| column.locator == locator)
    }
}

fn columns(
    page: &Page,
    profile: &Profile,
    matched: &BTreeMap<String, usize>,
    before: Option<&Baseline>,
) -> BTreeMap<String, Column> {
    let column = |(field, candidates): (&String, &Candidates)| {
        let column = Column {
            locator: written(candidates),
            candidate: matched.get(field).copied().unwrap_or_default(),
            filled: profile.filled(field),
            of: profile.rows,
            builds: profile.builds(page, field, before),
        };
        (field.clone(), column)
    };
    page.at.iter().map(column).collect()
}

/// Candidates as they stand in the file.
pub(in crate::run) fn written(candidates: &Candidates) -> String {
    let written: Vec<_> = candidates.0.iter().map(|locator| locator.written.as_str()).collect();
    written.join(" | ")
}
