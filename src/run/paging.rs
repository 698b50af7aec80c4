//! Page after page of a list: by their numbers, side by side, or each by what the one before says.

use std::{collections::HashMap, sync::Arc};

use futures::{StreamExt, TryStreamExt, stream};
use tokio::sync::Mutex;

use super::{
    RunError,
    list::{Known, List, PAGES_LIMIT, key_of},
    page::{Look, Place},
    site::Site,
};
use crate::{
    adapter::Page,
    extract::{self, Listing, Row},
};

/// Page after page, each told by the one before where it begins.
pub(super) async fn by_cursor(site: &Site, here: &Place, list: &Mutex<List>) -> Result<(), RunError> {
    let page = site.list_page();
    let read = |page: &Page, document: &extract::Document| {
        let next = page.paging.cursor.as_ref().map_or(Ok(None), |cursor| extract::read(cursor, document))?;
        Ok((extract::listing(page, document)?, next))
    };
    let mut place = Place { page: 1, ..here.clone() };
    loop {
        let ((listing, next), look) = site.read(&page.name, &place, read).await?;
        let fresh = list.lock().await.take(site, listing, look, HashMap::new())?;
        let next = next.unwrap_or_default();
        // A cursor that stands still is the last page's way of saying so.
        if next.is_empty() || next == place.cursor || fresh == 0 {
            return Ok(());
        }
        if place.page >= PAGES_LIMIT {
            return Err(RunError::TooManyPages { system: site.run.system().name.clone(), limit: PAGES_LIMIT });
        }
        place = Place { page: place.page + 1, cursor: next, ..place };
    }
}

/// The first page alone, those that its total promises side by side, then on until nothing more comes.
pub(super) async fn by_number(
    site: &Arc<Site>,
    known: &Known<'_>,
    here: &Place,
    list: &Mutex<List>,
) -> Result<(), RunError> {
    let page = site.list_page();
    let (first, look) = numbered(site, here, 1, 0).await?;
    let (full_page, total) = (first.rows.len() as u64, first.total);
    let mut list = list.lock().await;
    list.full_page = full_page;
    let changed = first_changed(site, known, &first)?;
    list.take(site, first, look, HashMap::new())?;
    if full_page == 0 || !(page.uses("page") || page.uses("offset")) {
        return Ok(());
    }
    let promised = total.map_or(1, |total| total.div_ceil(full_page)).min(PAGES_LIMIT);
    let quiet = changed.is_none();
    if let Some((key, row)) = changed {
        site.begin_proving(key, row);
    }
    // Boxed: it would take much of a thread's stack.
    Box::pin(further(site, known, here, &mut list, promised, quiet)).await
}

/// The pages after the first, of which so many are promised. `quiet`: nothing on the first has changed.
async fn further(
    site: &Site,
    known: &Known<'_>,
    here: &Place,
    list: &mut List,
    promised: u64,
    mut quiet: bool,
) -> Result<(), RunError> {
    let full_page = list.full_page;
    let mut number = 2;
    // What changed last stands first: where nothing has, nothing has further down either. The total proves it.
    // But for those whose turn it is to be read again: they may stand anywhere.
    if site.run.bot().reading().newest_first && !known.full && known.turn.is_empty() {
        while number <= promised {
            if quiet && list.skip_known(known) {
                return Ok(());
            }
            let (listing, look) = numbered(site, here, number, full_page).await?;
            quiet = is_quiet(site, known, &listing)?;
            list.take(site, listing, look, HashMap::new())?;
            number += 1;
        }
    }
    let pages = stream::iter(number..=promised).map(|number| numbered(site, here, number, full_page));
    let mut pages = pages.buffered(site.pages_at_once());
    let mut last_rows = full_page;
    while let Some((listing, look)) = pages.try_next().await? {
        last_rows = listing.rows.len() as u64;
        list.take(site, listing, look, HashMap::new())?;
    }
    drop(pages);
    // A list without a total only ends where its pages end, and one that lacks rows may have been pushed onto a further page.
    let mut number = promised.max(number - 1) + 1;
    loop {
        let lacks = list.lacks_rows();
        // A full last page may hide that the total is too small: where nothing was ever seen behind it, or what was is missed.
        let doubtful = last_rows >= full_page && (known.seen.is_empty() || list.misses(known));
        if last_rows == 0 || !lacks && !doubtful {
            break;
        }
        if number > PAGES_LIMIT {
            return Err(RunError::TooManyPages { system: site.run.system().name.clone(), limit: PAGES_LIMIT });
        }
        let (listing, look) = match numbered(site, here, number, full_page).await {
            // Beyond the end that it states, a system may answer as it likes.
            Err(error) if !lacks => {
                tracing::debug!(%error, number, "nothing beyond the last page");
                break;
            }
            read => read?,
        };
        last_rows = listing.rows.len() as u64;
        if list.take(site, listing, look, HashMap::new())? == 0 {
            break;
        }
        number += 1;
    }
    Ok(())
}

/// The first row of a page that has changed, with its key.
fn first_changed(site: &Site, known: &Known<'_>, listing: &Listing) -> Result<Option<(String, Row)>, RunError> {
    for row in &listing.rows {
        let key = key_of(site.run.bot(), row)?;
        if !known.stands(site, &key, row) {
            return Ok(Some((key, row.clone())));
        }
    }
    Ok(None)
}

/// Whether a page shows nothing but rows that have not changed.
fn is_quiet(site: &Site, known: &Known<'_>, listing: &Listing) -> Result<bool, RunError> {
    Ok(!listing.rows.is_empty() && first_changed(site, known, listing)?.is_none())
}

/// The page of that number.
pub(super) async fn numbered(
    site: &Site,
    here: &Place,
    number: u64,
    full_page: u64,
) -> Result<(Listing, Look), RunError> {
    let page = site.list_page();
    let size = page.page_size.map_or(full_page, u64::from);
    let place = Place { page: number, offset: (number - 1) * size, ..here.clone() };
    site.list_at(&place).await
}
