//! What never changes in the life of a case, as short hashes: columns that were swapped, or are written otherwise, show in it
//! although nothing else about them is wrong.

use std::collections::{BTreeMap, BTreeSet};

use super::{Guard, history::History};
use crate::{
    adapter::{Bot, Expression, Page},
    extract::Row,
    run::guard::baseline::written,
};

/// Unified fields that stay as they are once they say something.
const LASTING: &[&str] = &[
    "source_no",
    "project_no",
    "task_code",
    "catalog_code",
    "task_name",
    "task_type",
    "project_type",
    "applicant_name",
    "applicant_type",
    "applicant_id_type",
    "applicant_id",
    "channel",
    "apply_date",
    "accept_date",
    "legal_limit",
    "promise_limit",
    "org_code",
    "org_name",
    "region_code",
];

/// The fields of a bot's pages that make up what lasts.
#[derive(Clone, Debug, Default)]
pub(in crate::run) struct Lasting {
    /// `list.no`, `detail.applicant` …
    names: BTreeSet<String>,
    /// What stays of its process.
    pub(super) history: History,
}

/// How often a field said something else for a known case, and how often it could be compared.
pub(in crate::run) type Changes = BTreeMap<String, (u64, u64)>;

impl Lasting {
    /// What lasts of this bot's cases.
    pub(in crate::run) fn of(bot: &Bot) -> Self {
        let lasting = bot.case.iter().filter(|(field, _)| LASTING.contains(&field.as_str()));
        let names = lasting.flat_map(|(_, expression)| Expression::names(expression)).collect();
        Self { names, history: History::of(bot) }
    }

    /// Made of these names.
    #[cfg(test)]
    pub(super) fn naming(names: &[&str]) -> Self {
        Self { names: names.iter().map(|name| (*name).to_owned()).collect(), ..Self::default() }
    }

    /// The marks of a record and of the steps of its process: `list.no=1a2b3c detail.applied=…`. What says nothing has none.
    pub(in crate::run) fn marks<'r>(
        &self,
        rows: impl IntoIterator<Item = (&'r str, &'r Row)>,
        steps: &[Row],
    ) -> String {
        let rows: Vec<_> = rows.into_iter().collect();
        let mark = |name: &String| {
            let (page, field) = name.split_once('.')?;
            let value = rows.iter().find(|(name, _)| *name == page)?.1.get(field)?.trim();
            (!value.is_empty()).then(|| format!("{name}={:06x}", hash(value)))
        };
        self.names.iter().filter_map(mark).chain(self.history.marks(steps)).collect::<Vec<_>>().join(" ")
    }

    /// Counts in which fields of one page a record differs from its former marks; of those only that are still read from the
    /// same place.
    pub(in crate::run) fn compare(
        &self,
        page: &str,
        row: &Row,
        former: &str,
        same: impl Fn(&str) -> bool,
        changes: &mut Changes,
    ) {
        for (name, mark) in former.split(' ').filter_map(|mark| mark.split_once('=')) {
            let Some(field) = name.strip_prefix(page).and_then(|name| name.strip_prefix('.')) else { continue };
            let value = row.get(field).map(|value| value.trim()).filter(|value| !value.is_empty());
            if let Some(value) = value.filter(|_| self.names.contains(name) && same(field)) {
                let (changed, compared) = changes.entry(field.to_owned()).or_default();
                *compared += 1;
                *changed += u64::from(format!("{:06x}", hash(value)) != mark);
            }
        }
    }
}

/// Whether so many cases can have been corrected at once; the worst field where they can't.
pub(super) fn rewritten(page: &Page, changes: &Changes) -> Option<Guard> {
    let many = |(changed, compared): (u64, u64)| match compared {
        0..3 => false,
        3..10 => changed * 2 > compared,
        10.. => changed * 5 > compared,
    };
    let worst = changes.iter().filter(|(_, counts)| many(**counts)).max_by_key(|(_, (changed, _))| *changed)?;
    let (field, (changed, compared)) = worst;
    Some(Guard::Rewritten {
        field: field.clone(),
        locator: page.at.get(field).map(written).unwrap_or_default(),
        changed: *changed,
        compared: *compared,
    })
}

/// FNV-1a, cut to 24 bits: stable over versions, fast, and too short to give a name away.
pub(super) fn hash(text: &str) -> u32 {
    let wide = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    ((wide >> 40) ^ (wide & 0xff_ffff)) as u32 & 0xff_ffff
}
