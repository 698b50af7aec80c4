//! Reading a list to its end, and finding out whether that was all of it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use tokio::sync::Mutex;

use super::{
    Progress, RunError,
    about::About,
    forms, guard, hands, keep,
    page::{Look, Place},
    paging,
    site::{Site, Way},
    spans, watch,
};
use crate::{
    adapter::{Bot, Scope},
    extract::{Listing, Row},
    store::Seen,
};

/// Pages of one list: ten times the largest that a district's system has shown.
pub(super) const PAGES_LIMIT: u64 = 10_000;
/// Times that a list is read again because it moved or did not show what it states.
const SECOND_LOOKS: usize = 2;

/// A row of the list, the page it stood on, and the pages about it that could only be opened from there.
pub(super) struct Listed {
    pub(super) key: String,
    pub(super) row: Row,
    pub(super) look: Arc<Look>,
    pub(super) about: Option<About>,
}

/// What is known before the list is read.
pub(super) struct Known<'a> {
    pub(super) seen: &'a HashMap<String, Seen>,
    /// Whether everything is to be opened all the same.
    pub(super) full: bool,
    /// Those that are to be opened all the same because it is their turn.
    pub(super) turn: HashSet<String>,
}

impl Known<'_> {
    /// Whether nothing has changed about this row since it was last read, and that reading has seen it all.
    pub(super) fn stands(&self, site: &Site, key: &str, row: &Row) -> bool {
        let stands = |seen: &&Seen| seen.left_at == 0 && seen.read_at >= seen.sure_from && !self.turn.contains(key);
        let seen = self.seen.get(key).filter(stands).filter(|_| !self.full);
        seen.is_some_and(|seen| keep::Shown::of(site.run.bot(), row, site.run.began).same(seen))
    }

    /// Those that its pages do not show so far, and have not left it.
    fn further<'s>(&'s self, list: &'s List) -> impl Iterator<Item = &'s Seen> {
        self.seen.iter().filter(|(key, seen)| seen.left_at == 0 && !list.has(key)).map(|(_, seen)| seen)
    }
}

/// Everything that a list showed.
#[derive(Default)]
pub(super) struct List {
    rows: Vec<Listed>,
    by_key: HashMap<String, usize>,
    /// The totals that its pages stated, the first and the last.
    totals: Option<(u64, u64)>,
    /// Whether the total fell while it was read: rows went away, others moved up, and some may never have been seen.
    shrank: bool,
    /// Rows on the first page: as many as a full page has.
    pub(super) full_page: u64,
    /// Rows that were not read because nothing about them has changed.
    skipped: u64,
    astray: Astray,
}

/// What of a list was not found at the first place where its adapter points.
#[derive(Default)]
pub(super) struct Astray {
    /// Field → the highest candidate that had to be used for it.
    pub(super) matched: BTreeMap<String, usize>,
    /// What had to be known by its words, a sentence each.
    pub(super) strays: BTreeSet<String>,
}

impl Astray {
    fn take(&mut self, matched: BTreeMap<String, usize>, strays: impl IntoIterator<Item = String>) {
        for (field, candidate) in matched {
            let highest = self.matched.entry(field).or_default();
            *highest = candidate.max(*highest);
        }
        self.strays.extend(strays);
    }
}

impl List {
    /// Whether it shows less than it states, or states nothing.
    pub(super) fn lacks_rows(&self) -> bool {
        self.totals.is_none_or(|(_, last)| self.len() < last)
    }

    /// Distinct rows, those included that did not have to be read.
    pub(super) fn len(&self) -> u64 {
        self.rows.len() as u64 + self.skipped
    }

    /// The total that the system states. While rows arrive it is any of those between its first and its last page.
    pub(super) fn stated_total(&self) -> Option<u64> {
        self.totals.map(|(first, last)| self.len().clamp(first.min(last), first.max(last)))
    }

    /// Whether rows may be missing that the system has.
    pub(super) fn is_whole(&self) -> bool {
        !self.shrank && self.stated_total().is_none_or(|stated| stated == self.len())
    }

    /// Whether rows went away while it was read, at the last look too.
    pub(super) fn moves(&self) -> bool {
        self.shrank
    }

    /// Whether all of it was read, not only its beginning.
    pub(super) fn is_read(&self) -> bool {
        self.skipped == 0
    }

    /// Whether a row with this key was seen.
    pub(super) fn has(&self, key: &str) -> bool {
        self.by_key.contains_key(key)
    }

    /// What was not found at the first place where the adapter points.
    pub(super) fn astray(&self) -> &Astray {
        &self.astray
    }

    pub(super) fn rows(&self) -> &[Listed] {
        &self.rows
    }

    pub(super) fn into_rows(self) -> Vec<Listed> {
        self.rows
    }

    pub(super) fn about_of(&self, key: &str) -> bool {
        self.by_key.get(key).is_some_and(|at| self.rows[*at].about.is_some())
    }

    /// Takes a page in; a row that is there already (the list moved while it was read) is replaced by its newer reading.
    /// Returns how many rows were new.
    pub(super) fn take(
        &mut self,
        site: &Site,
        listing: Listing,
        look: Look,
        mut opened: HashMap<String, About>,
    ) -> Result<usize, RunError> {
        let look = Arc::new(look);
        if let Some(total) = listing.total {
            let (first, last) = self.totals.unwrap_or((total, total));
            self.shrank |= total < last;
            self.totals = Some((first, total));
        }
        let before = self.rows.len();
        self.astray.take(listing.matched, listing.strays);
        let keys = listing.rows.iter().map(|row| key_of(site.run.bot(), row)).collect::<Result<Vec<_>, _>>();
        let keys = keys.inspect_err(|_| watch::keep_page(site, site.list_page(), Some(&look.address)))?;
        guard::twice(keys.iter().map(String::as_str), site.run.bot().reading().key.written())
            .map_err(|guard| watch::stop(site, site.list_page(), Some(&look.address), guard))?;
        for (row, key) in listing.rows.into_iter().zip(keys) {
            let about = opened.remove(&key);
            self.put(Listed { key, row, look: Arc::clone(&look), about });
        }
        site.run.tell(Progress::Rows { read: self.len(), total: self.stated_total() });
        Ok(self.rows.len() - before)
    }

    fn put(&mut self, listed: Listed) {
        match self.by_key.get(&listed.key) {
            Some(at) => {
                let before = &mut self.rows[*at];
                let about = listed.about.or(before.about.take());
                *before = Listed { about, ..listed };
            }
            None => {
                self.by_key.insert(listed.key.clone(), self.rows.len());
                self.rows.push(listed);
            }
        }
    }

    /// Adds another part of the list: another window of dates.
    pub(super) fn join(&mut self, part: Self) {
        self.totals = match (self.totals, part.totals) {
            (Some((first, last)), Some((more_first, more_last))) => Some((first + more_first, last + more_last)),
            (one, other) => one.or(other),
        };
        self.shrank |= part.shrank;
        self.skipped += part.skipped;
        self.astray.take(part.astray.matched, part.astray.strays);
        part.rows.into_iter().for_each(|listed| self.put(listed));
    }

    /// What a second reading makes of the first: one that is whole says all by itself, and what it no longer shows is gone.
    fn then(mut self, again: Self) -> Self {
        let gone_for_good = again.is_whole();
        let shown: HashSet<String> = again.by_key.keys().cloned().collect();
        let (totals, shrank, skipped, astray) = (again.totals, again.shrank, again.skipped, again.astray);
        again.rows.into_iter().for_each(|listed| self.put(listed));
        if gone_for_good {
            self.rows.retain(|listed| shown.contains(&listed.key));
            self.by_key = self.rows.iter().enumerate().map(|(at, listed)| (listed.key.clone(), at)).collect();
        }
        Self { totals, shrank, skipped, astray, ..self }
    }
}

/// The record's key: what the list's `key` expression gives for this row.
pub(super) fn key_of(bot: &Bot, row: &Row) -> Result<String, RunError> {
    let collect = bot.reading();
    let wrong = |why| RunError::Address { system: bot.system.clone(), page: collect.list.clone(), why };
    let key = collect.key.evaluate(&Scope::new().row("list", row)).map_err(wrong)?;
    key.ok_or_else(|| wrong(format!("a row has no `{}`: rows can't be told apart", collect.key.written())))
}

/// Reads the list to its end; where it then lacks rows that the system states, or has moved, has a second look.
pub(super) async fn read(site: &Arc<Site>, known: &Known<'_>) -> Result<List, RunError> {
    let mut list = pass(site, known).await?;
    for _ in 0..SECOND_LOOKS {
        if list.is_whole() {
            break;
        }
        tracing::info!(read = list.len(), stated = list.stated_total(), "rows are missing: the list is read again");
        list = list.then(pass(site, known).await?);
    }
    top_up(site, &mut list).await?;
    Ok(list)
}

/// Rows that arrived while the list was read stand on pages that had been read by then: on the first ones, where a list shows what is
/// new.
async fn top_up(site: &Site, list: &mut List) -> Result<(), RunError> {
    let page = site.list_page();
    let numbered_pages = (page.uses("page") || page.uses("offset")) && page.paging.spans.is_none();
    let mut number = 1;
    while numbered_pages && list.totals.is_some_and(|(_, last)| list.len() < last) && list.is_whole() {
        let (listing, look) = paging::numbered(site, &Place::default(), number, list.full_page).await?;
        if list.take(site, listing, look, HashMap::new())? == 0 {
            break;
        }
        number += 1;
    }
    Ok(())
}

async fn pass(site: &Arc<Site>, known: &Known<'_>) -> Result<List, RunError> {
    match site.list_page().paging.spans {
        Some(windows) => spans::read(site, known, windows).await,
        None => part(site, known, &Place::default()).await,
    }
}

/// Reads what the list shows here, all its pages.
pub(super) async fn part(site: &Arc<Site>, known: &Known<'_>, here: &Place) -> Result<List, RunError> {
    let page = site.list_page();
    let list = Mutex::new(List::default());
    let by_hand = page.is_worked() || page.way.download || site.opens_by_hand();
    match site.way(&page.name).await {
        Some(Way::Http) if by_hand => site.renewing(|| forms::walk(site, here, &list)).await?,
        _ if by_hand => site.renewing(|| hands::walk(site, known, here, &list)).await?,
        _ if page.paging.cursor.is_some() => paging::by_cursor(site, here, &list).await?,
        _ => paging::by_number(site, known, here, &list).await?,
    }
    Ok(list.into_inner())
}

impl List {
    /// Whether a row that is known was not seen.
    pub(super) fn misses(&self, known: &Known<'_>) -> bool {
        known.further(self).next().is_some()
    }

    /// Takes the rows further down as read, if what was read and what is known together are all that the system states, and what is known
    /// was read late enough.
    pub(super) fn skip_known(&mut self, known: &Known<'_>) -> bool {
        let sure = |seen: &Seen| seen.read_at >= seen.sure_from;
        let (mut further, mut all_sure) = (0, true);
        for seen in known.further(self) {
            (further, all_sure) = (further + 1, all_sure && sure(seen));
        }
        let all = all_sure && self.totals.is_some_and(|(_, last)| self.rows.len() as u64 + further == last);
        if all {
            self.skipped = further;
        }
        all
    }
}
