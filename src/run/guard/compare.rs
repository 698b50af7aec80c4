//! Two readings of one list held against each other, as a run holds one against what it remembers.

use std::collections::{BTreeMap, HashMap};

use super::{Baseline, Changes, Guard, Lasting, Listing, Profile, list, twice};
use crate::{
    adapter::{Bot, Page, Scope},
    extract,
};

/// Under this name expressions speak of a list's rows.
const LIST: &str = "list";

/// Holds a reading of a whole list against an earlier good one: what a run's guards would say if the system had shown the one
/// and now shows the other.
///
/// # Errors
/// The guard that would stop publication.
pub fn compare(bot: &Bot, page: &Page, before: &extract::Listing, after: &extract::Listing) -> Result<(), Guard> {
    let key = |row: &extract::Row| {
        let key = bot.collect.key.evaluate(&Scope::new().row(LIST, row).codes(&bot.codes));
        key.ok().flatten().unwrap_or_default()
    };
    let keys: Vec<String> = after.rows.iter().map(key).collect();
    twice(keys.iter().map(String::as_str), bot.collect.key.written())?;
    let profile = |listing: &extract::Listing| {
        let mut profile = Profile::default();
        listing.rows.iter().for_each(|row| profile.take(row));
        profile
    };
    let lasting = Lasting::of(bot);
    let known: HashMap<String, String> =
        before.rows.iter().map(|row| (key(row), lasting.marks([(LIST, row)]))).collect();
    let mut changes = Changes::new();
    for (key, row) in keys.iter().zip(&after.rows) {
        if let Some(marks) = known.get(key) {
            lasting.compare(LIST, row, marks, |_| true, &mut changes);
        }
    }
    let baseline = Baseline::of_list(page, &profile(before), &BTreeMap::new(), None);
    let shown = Listing { profile: &profile(after), stated: after.total, whole: true, changes: &changes };
    list(page, shown, &baseline, &bot.collect.expect)
}
