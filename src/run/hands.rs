//! Working a list in the browser the way a person does: pressing, filtering, turning pages, opening rows.

mod scroll;
mod there;

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

use scroll::Scrolling;

use super::{
    RunError,
    about::{About, parts},
    list::{self, Known, List, PAGES_LIMIT},
    page::{Look, Place, SETTLE_LIMIT, Sight},
    site::Site,
};
use crate::{
    adapter::{Candidates, Page},
    extract::{self, Document, ExtractError, Listing, Press},
    transport::{Act, Browser, Mark, Snapshot, TransportError, Windows},
};

/// How long a page that was pressed open may take to show what it is for.
const SHOWS_WITHIN: Duration = Duration::from_secs(10);
/// Times that something is pressed in a row before it is given up that lies under something else.
const PRESSES: usize = 3;

/// A pair of hands at a browser.
struct Hands<'a> {
    site: &'a Site,
    browser: &'a Browser,
    page: &'a Page,
}

/// How a list goes on from the page that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Onward {
    /// Something is to be pressed.
    Press(usize),
    /// This was the last page.
    End,
}

/// Opens the list and reads it to its end, together with the pages that open from its rows.
pub(super) async fn walk(site: &Site, known: &Known<'_>, here: &Place, list: &Mutex<List>) -> Result<(), RunError> {
    let held = site.session(true).await?;
    let browser = held.browser.as_ref().expect("there is a session with its browser");
    let hands = Hands { site, browser, page: site.list_page() };
    let windows = browser.windows().await?;
    let walked = hands.walk(known, here, list).await;
    // The list's own window must not stay open, however the walk has ended.
    if hands.page.way.window && browser.windows().await?.count() > windows.count() {
        browser.close_window().await?;
    }
    walked
}

impl Hands<'_> {
    async fn walk(&self, known: &Known<'_>, here: &Place, list: &Mutex<List>) -> Result<(), RunError> {
        let numbered = self.page.uses("page") || self.page.uses("offset");
        let mut place = Place { page: 1, ..here.clone() };
        self.open(&place).await?;
        if self.page.way.download {
            return self.take_file(list).await;
        }
        self.press_more().await?;
        let (mut listing, mut look, mut onward) = self.look().await?;
        let full_page = listing.rows.len() as u64;
        let mut scrolling = Scrolling::default();
        for number in 2..=PAGES_LIMIT {
            let keys = self.keys(&listing)?;
            let opened = self.open_rows(known, list, &listing).await?;
            scrolling.says(listing.of);
            let (rows, fresh, whole) = {
                let mut list = list.lock().await;
                let rows = listing.rows.len();
                let fresh = list.take(self.site, listing, look, opened)?;
                (rows, fresh, list.stated_total().is_some_and(|total| list.len() >= total))
            };
            let more = match onward {
                Onward::Press(mark) => {
                    // Rows that were opened have made the marks stale.
                    let mark = if self.site.opens_by_hand() { self.back_at(&keys).await? } else { Some(mark) };
                    match mark {
                        Some(mark) => Some(self.turn(mark, &keys).await?),
                        None => None,
                    }
                }
                Onward::End if self.page.paging.scroll && scrolling.goes_on(fresh) && !whole => {
                    self.scroll(&keys, &mut scrolling).await?
                }
                Onward::End if numbered && rows > 0 && fresh > 0 && !whole => {
                    let size = self.page.page_size.map_or(full_page, u64::from);
                    place = Place { page: number, offset: (number - 1) * size, ..place };
                    self.goto(&place).await?;
                    Some(self.look().await?)
                }
                Onward::End => None,
            };
            let Some(next) = more else {
                return if whole { Ok(()) } else { self.scrolled_all(&scrolling, list.lock().await.len()) };
            };
            (listing, look, onward) = next;
        }
        Err(RunError::TooManyPages { system: self.site.run.system().name.clone(), limit: PAGES_LIMIT })
    }

    /// Goes to the page and does what leads to the list.
    async fn open(&self, place: &Place) -> Result<(), RunError> {
        self.goto(place).await?;
        let way = &self.page.way;
        if let Some(press) = &way.press {
            self.press(press, way.window).await?;
        }
        for (thing, words) in &way.filter {
            let snapshot = self.site.snapshot(self.browser, self.page, true).await?;
            let (mark, chooses) = self.find(&snapshot, |document| {
                Ok((extract::mark(thing, document)?, extract::chooses(thing, document)?))
            })?;
            let act = if chooses { Act::Choose(words.clone()) } else { Act::Fill(words.clone().into()) };
            self.act(&mark, &act).await?;
        }
        match &way.apply {
            Some(apply) => self.press(apply, false).await,
            None => Ok(()),
        }
    }

    /// Presses something of the page or of one of its frames.
    async fn press(&self, thing: &Candidates, window: bool) -> Result<(), RunError> {
        let snapshot = self.site.snapshot(self.browser, self.page, true).await?;
        let mark = self.find_anywhere(&snapshot, thing)?;
        let before = self.browser.windows().await?;
        self.act(&mark, &Act::Click).await?;
        if window { self.to_window(&before, self.page).await } else { Ok(()) }
    }

    async fn to_window(&self, before: &Windows, page: &Page) -> Result<(), RunError> {
        if !self.browser.to_new_window(before, SHOWS_WITHIN).await? {
            return Err(self.stuck(page, "opens no window"));
        }
        self.browser.settle(SETTLE_LIMIT).await?;
        Ok(())
    }

    /// Acts, and waits until what that has brought is there.
    async fn act(&self, mark: &Mark, act: &Act) -> Result<(), RunError> {
        self.site
            .in_time(self.page, async {
                match self.browser.act(mark, act).await {
                    // The next snapshot says what the dialog is about.
                    Ok(()) | Err(TransportError::DialogOpen { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
                self.browser.settle(SETTLE_LIMIT).await?;
                Ok(())
            })
            .await
    }

    /// The list as it is shown now, and how it goes on.
    async fn look(&self) -> Result<(Listing, Look, Onward), RunError> {
        let snapshot = self.site.snapshot(self.browser, self.page, true).await?;
        let framed = self.site.framed(self.page, snapshot)?;
        if let Some(name) = self.browser.has_brought()? {
            // What stands there is what stood there before.
            let what = format!("what was pressed brought a file (`{name}`)");
            return Err(TransportError::NotAPage { address: framed.address, what }.into());
        }
        let read = |page: &Page, document: &Document| Ok((extract::listing(page, document)?, onward(page, document)?));
        let ((listing, onward), look) = self.site.examine(&self.page.name, Sight::Snapshot(framed), read).await?;
        Ok((listing, look, onward))
    }

    async fn onward_mark(&self) -> Result<Option<usize>, RunError> {
        let snapshot = self.site.snapshot(self.browser, self.page, true).await?;
        let framed = self.site.framed(self.page, snapshot)?;
        let (onward, _) = self.site.examine(&self.page.name, Sight::Snapshot(framed), onward).await?;
        Ok(match onward {
            Onward::Press(mark) => Some(mark),
            Onward::End => None,
        })
    }

    /// Presses "next" and waits until other rows are shown.
    async fn turn(&self, mark: usize, before: &[String]) -> Result<(Listing, Look, Onward), RunError> {
        let snapshot = self.site.snapshot(self.browser, self.page, false).await?;
        let (_, frames) = snapshot.in_frame(&self.page.frame).unwrap_or((&snapshot, Vec::new()));
        self.act(&Mark { frames, index: mark }, &Act::Click).await?;
        let began = Instant::now();
        loop {
            let shown = self.look().await?;
            if self.keys(&shown.0)? != before {
                return Ok(shown);
            }
            if began.elapsed() > SHOWS_WITHIN {
                return Err(self.stuck(self.page, "is pressed for the next page, and the same rows stay"));
            }
            self.browser.settle(SETTLE_LIMIT).await?;
        }
    }

    /// Presses "load more" until it is gone.
    async fn press_more(&self) -> Result<(), RunError> {
        if self.page.paging.more.is_none() {
            return Ok(());
        }
        for _ in 0..PAGES_LIMIT {
            let Some(mark) = self.onward_mark().await? else { return Ok(()) };
            let snapshot = self.site.snapshot(self.browser, self.page, false).await?;
            let (_, frames) = snapshot.in_frame(&self.page.frame).unwrap_or((&snapshot, Vec::new()));
            self.act(&Mark { frames, index: mark }, &Act::Click).await?;
        }
        Err(RunError::TooManyPages { system: self.site.run.system().name.clone(), limit: PAGES_LIMIT })
    }

    /// The list that a press has brought as a file.
    async fn take_file(&self, list: &Mutex<List>) -> Result<(), RunError> {
        let file = self.browser.downloaded(SETTLE_LIMIT).await?;
        let file = file.ok_or_else(|| self.stuck(self.page, "yields no file"))?;
        let (listing, look) = self.site.examine(&self.page.name, Sight::Answer(file), extract::listing).await?;
        list.lock().await.take(self.site, listing, look, HashMap::new())?;
        Ok(())
    }

    fn keys(&self, listing: &Listing) -> Result<Vec<String>, RunError> {
        listing.rows.iter().map(|row| list::key_of(self.site.run.bot(), row)).collect()
    }

    /// Opens the pages about those rows that are new or changed.
    async fn open_rows(
        &self,
        known: &Known<'_>,
        list: &Mutex<List>,
        listing: &Listing,
    ) -> Result<HashMap<String, About>, RunError> {
        let mut opened = HashMap::new();
        if !self.site.opens_by_hand() {
            return Ok(opened);
        }
        for row in &listing.rows {
            let key = list::key_of(self.site.run.bot(), row)?;
            if known.stands(self.site, &key, row) || list.lock().await.about_of(&key) {
                continue;
            }
            let mut about: Option<About> = None;
            for page in self.site.pressed() {
                let (parts, look) = self.open_row(page, &key).await?;
                about.get_or_insert_with(|| About::at(look.clone())).add(&page.name, parts, &look);
            }
            opened.extend(about.map(|about| (key, about)));
        }
        Ok(opened)
    }

    /// Presses a page open from the row of that key, reads it, and closes it again.
    async fn open_row(&self, page: &Page, key: &str) -> Result<(Vec<super::about::Part>, Look), RunError> {
        let press = page.way.press.as_ref().expect("the adapters were checked: it is pressed open");
        let before = self.browser.windows().await?;
        for again in (0..PRESSES).rev() {
            let mark = self.of_row(key, press).await?;
            match self.act(&mark, &Act::Click).await {
                // A widget that has drawn its copies of the rows anew covers what was found. Nothing was pressed: it is looked for again.
                Err(RunError::Transport(TransportError::Act { .. })) if again > 0 => {}
                pressed => {
                    pressed?;
                    break;
                }
            }
        }
        if page.way.window {
            self.to_window(&before, page).await?;
        }
        let read = self.read_opened(page).await;
        if page.way.window {
            self.browser.close_window().await?;
        } else if let (Some(close), Ok(_)) = (&page.way.close, &read) {
            let snapshot = self.site.snapshot(self.browser, page, true).await?;
            let mark = self.find_anywhere(&snapshot, close)?;
            self.act(&mark, &Act::Click).await?;
        }
        read
    }

    /// What is to be pressed in the row of that key; of its copies, the one that lies on top.
    async fn of_row(&self, key: &str, press: &Candidates) -> Result<Mark, RunError> {
        let snapshot = self.site.snapshot(self.browser, self.page, true).await?;
        let (mut mark, copies) = self.find(&snapshot, |document| {
            let shown = extract::listing(self.page, document)?;
            let called = |row: &extract::Row| list::key_of(self.site.run.bot(), row).is_ok_and(|called| called == key);
            let at = shown.rows.iter().position(called).unwrap_or(usize::MAX);
            let marks = extract::mark_row(self.page, document, at, press)?;
            Ok((marks[0], marks))
        })?;
        if copies.len() > 1 {
            mark.index = self.browser.on_top(&mark.frames, &copies).await?.unwrap_or(mark.index);
        }
        Ok(mark)
    }

    /// Reads what was pressed open, as soon as it shows what it is for.
    async fn read_opened(&self, page: &Page) -> Result<(Vec<super::about::Part>, Look), RunError> {
        let began = Instant::now();
        loop {
            let snapshot = self.site.snapshot(self.browser, page, true).await?;
            let last = began.elapsed() > SHOWS_WITHIN;
            if !last && snapshot.in_frame(&page.frame).is_none() {
                self.browser.settle(SETTLE_LIMIT).await?;
                continue;
            }
            let framed = self.site.framed(page, snapshot)?;
            let parts = parts(&self.site.run);
            if last {
                return self.site.examine(&page.name, Sight::Snapshot(framed), parts).await;
            }
            // Not there yet is no error worth a page of evidence.
            let soon = move |page: &Page, document: &Document| Ok(parts(page, document).ok());
            match self.site.examine(&page.name, Sight::Snapshot(framed), soon).await? {
                (Some(parts), look) => return Ok((parts, look)),
                (None, _) => {
                    self.browser.settle(SETTLE_LIMIT).await?;
                }
            }
        }
    }

    /// Finds something of the list's page to act on.
    fn find<T>(
        &self,
        snapshot: &Snapshot,
        find: impl Fn(&Document) -> Result<(usize, T), ExtractError>,
    ) -> Result<(Mark, T), RunError> {
        let (framed, frames) = snapshot.in_frame(&self.page.frame).unwrap_or((snapshot, Vec::new()));
        let document = Document::parse(&framed.html, Some("text/html"));
        let (index, more) = find(&document).map_err(|source| self.missed(snapshot, source))?;
        Ok((Mark { frames, index }, more))
    }

    /// Finds something to press, in the page itself or in whichever of its frames it stands.
    fn find_anywhere(&self, snapshot: &Snapshot, thing: &Candidates) -> Result<Mark, RunError> {
        let mut missed = None;
        for (framed, frames) in snapshot.pages() {
            match extract::mark(thing, &Document::parse(&framed.html, Some("text/html"))) {
                Ok(index) => return Ok(Mark { frames, index }),
                Err(error) => missed = missed.or(Some(error)),
            }
        }
        let missed = missed.expect("a snapshot has at least one page");
        Err(self.missed(snapshot, missed))
    }

    fn missed(&self, snapshot: &Snapshot, source: ExtractError) -> RunError {
        super::evidence::keep_snapshot(&self.site.run, &self.page.name, snapshot);
        let (system, page) = (self.site.run.system().name.clone(), self.page.name.clone());
        RunError::Extract { system, page, source: source.into() }
    }

    fn stuck(&self, page: &Page, why: &'static str) -> RunError {
        RunError::Stuck { system: self.site.run.system().name.clone(), page: page.name.clone(), why }
    }
}

/// How the list goes on from here: what leads to more rows, if it can be pressed.
fn onward(page: &Page, document: &Document) -> Result<Onward, ExtractError> {
    let Some(thing) = page.paging.next.as_ref().or(page.paging.more.as_ref()) else {
        return Ok(Onward::End);
    };
    match extract::press(document, thing)? {
        Press::Absent | Press::Disabled => Ok(Onward::End),
        Press::Go(_) | Press::Submit(_) | Press::Inert | Press::Script => {
            Ok(Onward::Press(extract::mark(thing, document)?))
        }
    }
}
