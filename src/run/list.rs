//! Reading a list to its end, and finding out whether that was all of it.

use std::{collections::HashMap, sync::Arc};

use futures::{StreamExt, TryStreamExt, stream};

use super::{
    Progress, RunError,
    page::{Look, Place},
    site::Site,
};
use crate::{
    adapter::Scope,
    extract::{self, Listing, Row},
};

/// Pages of one list: ten times the largest that a district's system has shown.
const PAGES_LIMIT: u64 = 10_000;

/// A row of the list, and the page it stood on.
pub(super) struct Listed {
    pub(super) key: String,
    pub(super) row: Row,
    pub(super) look: Arc<Look>,
}

/// Everything that the list showed.
#[derive(Default)]
pub(super) struct List {
    rows: Vec<Listed>,
    by_key: HashMap<String, usize>,
    /// The total that the page read last states.
    pub(super) stated_total: Option<u64>,
    /// Pages read.
    pub(super) pages: u64,
    /// Rows on the first page: as many as a full page has.
    full_page: u64,
}

impl List {
    /// Distinct rows.
    pub(super) fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    pub(super) fn into_rows(self) -> Vec<Listed> {
        self.rows
    }

    /// Takes a page in; a row that is there already (the list moved while it was read) is replaced by its newer reading.
    /// Returns how many rows were new.
    fn take(&mut self, site: &Site, listing: Listing, look: Look) -> Result<usize, RunError> {
        let look = Arc::new(look);
        self.pages += 1;
        self.stated_total = listing.total.or(self.stated_total);
        let before = self.rows.len();
        for row in listing.rows {
            let key = key_of(site, &row)?;
            let listed = Listed { key: key.clone(), row, look: Arc::clone(&look) };
            match self.by_key.get(&key) {
                Some(at) => self.rows[*at] = listed,
                None => {
                    self.by_key.insert(key, self.rows.len());
                    self.rows.push(listed);
                }
            }
        }
        let read = self.len();
        site.run.tell(Progress::Rows { read, total: self.stated_total });
        Ok(self.rows.len() - before)
    }

    /// Whether the system states more rows than were seen.
    fn lacks_rows(&self) -> bool {
        self.stated_total.is_some_and(|stated| self.len() < stated)
    }
}

/// The record's key: what the list's `key` expression gives for this row.
fn key_of(site: &Site, row: &Row) -> Result<String, RunError> {
    let collect = &site.run.bot().collect;
    let wrong = |why| RunError::Address { system: site.run.bot().system.clone(), page: collect.list.clone(), why };
    let key = collect.key.evaluate(&Scope::new().row("list", row)).map_err(wrong)?;
    key.ok_or_else(|| wrong(format!("a row has no `{}`: rows can't be told apart", collect.key.written())))
}

/// Reads the list page by page; where it then lacks rows that the system states, has a second look.
pub(super) async fn read(site: &Site) -> Result<List, RunError> {
    let mut list = List::default();
    pass(site, &mut list).await?;
    if list.lacks_rows() {
        tracing::info!(read = list.len(), stated = list.stated_total, "rows are missing: the list is read again");
        pass(site, &mut list).await?;
    }
    Ok(list)
}

/// One pass over all pages: the first alone, those that its total promises side by side, then on until nothing more comes.
async fn pass(site: &Site, list: &mut List) -> Result<(), RunError> {
    let (first, look) = page(site, 1, list.full_page).await?;
    let (full_page, total) = (first.rows.len() as u64, first.total);
    list.full_page = full_page;
    list.take(site, first, look)?;
    let list_page = &site.run.system().pages[&site.run.bot().collect.list];
    if full_page == 0 || !(list_page.uses("page") || list_page.uses("offset")) {
        return Ok(());
    }
    let promised = total.map_or(1, |total| total.div_ceil(full_page)).min(PAGES_LIMIT);
    let in_flight = site.run.system().limits.concurrency;
    let mut pages = stream::iter(2..=promised).map(|number| page(site, number, full_page)).buffered(in_flight);
    let mut last_rows = full_page;
    while let Some((listing, look)) = pages.try_next().await? {
        last_rows = listing.rows.len() as u64;
        list.take(site, listing, look)?;
    }
    drop(pages);
    // Rows may have arrived meanwhile, and a list without a total only ends where its pages end.
    let mut number = promised + 1;
    while last_rows > 0 && (list.lacks_rows() || list.stated_total.is_none()) {
        if number > PAGES_LIMIT {
            return Err(RunError::TooManyPages { system: site.run.bot().system.clone(), limit: PAGES_LIMIT });
        }
        let (listing, look) = page(site, number, full_page).await?;
        last_rows = listing.rows.len() as u64;
        if list.take(site, listing, look)? == 0 {
            break;
        }
        number += 1;
    }
    Ok(())
}

async fn page(site: &Site, number: u64, full_page: u64) -> Result<(Listing, Look), RunError> {
    let name = &site.run.bot().collect.list;
    let size = site.run.system().pages[name].page_size.map_or(full_page, u64::from);
    let place = Place { page: number, offset: (number - 1) * size, row: Row::new() };
    site.read(name, &place, extract::listing).await
}
