//! Two readings of one page held against each other, as a run holds one against what it remembers: without a store, a session or a
//! second run, for whoever wants to know what a redesign of a page would do.

use std::collections::{BTreeMap, HashMap};

use super::{Baseline, Details, EVENT, Guard, Known, LIST, Lasting, Listing, Opened, list, looked, twice};
use crate::{
    adapter::{Bot, Page},
    extract,
    run::list::key_of,
};

/// What a run's guards say of a whole list of this bot, if its system showed `before` at the last good run and now shows `after`.
/// A row without a key counts as an unknown one; a run does not get as far as its guards with it.
///
/// # Errors
/// The guard that stops publication.
pub fn compare(bot: &Bot, page: &Page, before: &extract::Listing, after: &extract::Listing) -> Result<(), Guard> {
    let key = |row: &extract::Row| key_of(bot, row).ok();
    let keys: Vec<Option<String>> = after.rows.iter().map(key).collect();
    twice(keys.iter().flatten().map(String::as_str), bot.reading().key.written())?;
    let lasting = Lasting::of(bot);
    let marked = |row| Some((key(row)?, lasting.marks([(LIST, row)], &[])));
    let known: HashMap<String, String> = before.rows.iter().filter_map(marked).collect();
    let (good, _) = looked(&lasting, before.rows.iter().map(|row| (row, None)), |_| true);
    let former = |key: &Option<String>| key.as_ref().and_then(|key| known.get(key)).map(String::as_str);
    let (profile, changes) = looked(&lasting, after.rows.iter().zip(keys.iter().map(former)), |_| true);
    let baseline = Baseline::of_list(page, &good, &BTreeMap::new(), None);
    let shown = Listing { profile: &profile, stated: after.total, whole: true, changes: &changes };
    list(page, shown, &baseline, &bot.reading().expect)
}

/// What a run's guards say of the process of one case, if its page showed `before` when the case was last opened and now shows
/// `after`.
///
/// # Errors
/// The guard that stops publication.
pub fn compare_process(
    bot: &Bot,
    page: &Page,
    before: &extract::Listing,
    after: &extract::Listing,
) -> Result<(), Guard> {
    let lasting = Lasting::of(bot);
    let marks = lasting.marks([], &before.rows);
    let open = |before: Option<&Baseline>, steps, former| {
        let known = BTreeMap::from([(EVENT.to_owned(), Known { page, before })]);
        let mut details = Details::default();
        details.take(
            &known,
            &[Opened { pages: &[], steps, named: None, same: None, former, quarantined: None }],
            &lasting,
        );
        let verdict = details.judge(&known, &bot.reading().expect);
        (details, verdict)
    };
    let (good, _) = open(None, &before.rows, None);
    let seen =
        good.pages.get(EVENT).map(|so_far| Baseline::of_details(page, &so_far.profile, &BTreeMap::new(), (0, 0), None));
    let (_, verdict) = open(seen.as_ref(), &after.rows, Some(marks.as_str()));
    verdict.map_or(Ok(()), |(_, guard)| Err(guard))
}
