//! The pages about one record: its detail, further pages, its process, its files.

use std::{collections::HashMap, mem, sync::Arc};

use futures::{StreamExt, stream};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::{
    Run, RunError,
    ask::Asked,
    keep,
    list::Listed,
    page::{self, Look, Place, Sight},
    read::Extract,
    signs,
    site::{Site, Way},
    watch::Mapped,
};
use crate::{
    adapter::Page,
    extract::{self, Document, ExtractError, Row},
    record::Attachment,
    store::Seen,
    transport::Answer,
};

/// What the pages about one record said.
pub(super) struct About {
    /// By the name under which expressions speak of them.
    pub(super) pages: Vec<(String, Row)>,
    pub(super) events: Vec<Row>,
    /// What to tell of where the process stands, a sentence each.
    pub(super) strays: Vec<String>,
    pub(super) attachments: Vec<Attachment>,
    /// Whether one of its pages shows the record's key; unknown where nobody looked.
    pub(super) named: Option<bool>,
    /// Files that are still to be fetched.
    files: Vec<Named>,
    /// The page that was opened first.
    pub(super) look: Arc<Look>,
}

/// A file that a page names.
struct Named {
    page: String,
    from: Look,
    name: String,
    address: String,
}

/// What one page about a record said of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A page with fields, under the name that expressions have for it.
    Row(String, Row),
    /// The process, and what to tell of where it stands.
    Events(Vec<Row>, Vec<String>),
    /// Names and addresses of files.
    Files(Vec<(String, String)>),
    /// Whether the page shows the record's key.
    Named(bool),
}

/// A row with what the pages about it said and what becomes of it, or why its pages could not be read.
pub(super) struct Detailed {
    pub(super) key: String,
    pub(super) read: Result<Mapped, RunError>,
    /// Whether a page of it was read before it was proven how.
    early: bool,
}

/// Rows as they come in. They are read on while whoever takes them is busy; once this is dropped, no more.
pub(super) struct Incoming {
    rows: mpsc::Receiver<Detailed>,
    reading: AbortOnDropHandle<()>,
    site: Arc<Site>,
    seen: Arc<HashMap<String, Seen>>,
}

/// The rows with the pages about them, in the order in which they come in, mapped; read on up to `ahead` of them.
pub(super) fn open(site: &Arc<Site>, rows: Vec<Listed>, seen: &Arc<HashMap<String, Seen>>, ahead: usize) -> Incoming {
    let (give, taken) = mpsc::channel(ahead);
    let (incoming, seen_before) = (Arc::clone(site), Arc::clone(seen));
    let (site, seen) = (Arc::clone(site), Arc::clone(seen));
    let reading = tokio::spawn(async move {
        let at_once = site.pages_at_once();
        // A task each: reading and mapping take all processors that there are.
        let one =
            |listed| AbortOnDropHandle::new(tokio::spawn(one(Arc::clone(&site), listed, Arc::clone(&seen), true)));
        let mut rows = stream::iter(rows).map(one).buffer_unordered(at_once);
        while let Some(detailed) = rows.next().await {
            let detailed = detailed.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
            if give.send(detailed).await.is_err() {
                break; // Nobody wants more.
            }
        }
    });
    Incoming { rows: taken, reading: AbortOnDropHandle::new(reading), site: incoming, seen: seen_before }
}

impl Incoming {
    /// Those that have come in, at least one and at most so many; none at the end.
    pub(super) async fn next(&mut self, most: usize) -> Result<Vec<Detailed>, RunError> {
        let mut come = Vec::new();
        if self.rows.recv_many(&mut come, most).await == 0 {
            // Only a reading that came to its end is one.
            (&mut self.reading).await?;
        }
        if come.iter().any(|row| row.early) && !self.site.early_was_right().await {
            let again = come.into_iter().map(|row| self.as_proven(row));
            come = stream::iter(again).buffered(self.site.pages_at_once()).collect().await;
        }
        Ok(come)
    }

    /// What was read before it was proven how is read as is proven now.
    async fn as_proven(&self, row: Detailed) -> Detailed {
        match row {
            Detailed { read: Ok(Mapped { listed, .. }), early: true, .. } => {
                one(Arc::clone(&self.site), listed, Arc::clone(&self.seen), false).await
            }
            row => row,
        }
    }
}

/// Reads the pages about a row and maps it; with `may_early`, perhaps before it is proven how they are read.
async fn one(site: Arc<Site>, mut listed: Listed, seen: Arc<HashMap<String, Seen>>, may_early: bool) -> Detailed {
    let mut early = false;
    let about = match listed.about.take() {
        Some(about) => Ok(Some(about)),
        None => read(&site, &listed.key, &listed.row, may_early.then_some(&mut early)).await,
    };
    let about = match about {
        Ok(Some(about)) => about.with_files(&site).await.map(Some),
        about => about,
    };
    let key = listed.key.clone();
    let read = about.map(|about| {
        let fate = keep::map(&site, &listed, about.as_ref(), seen.get(&listed.key));
        Mapped { listed, about, fate }
    });
    Detailed { key, read, early }
}

/// Opens every page that has an address of its own; with `early`, perhaps before it is proven how they are read, which is then said there.
async fn read(site: &Site, key: &str, row: &Row, mut early: Option<&mut bool>) -> Result<Option<About>, RunError> {
    let place = Place { row: row.clone(), ..Place::default() };
    let mut about: Option<About> = None;
    for name in site.addressed() {
        let extract = about_key(&site.run, key);
        let mut came = None;
        if let Some(early) = &mut early {
            came = site.read_early(name, &place, extract.clone()).await;
            **early |= came.is_some();
        }
        let (parts, look) = match came {
            Some(came) => came,
            None => site.read(name, &place, extract).await?,
        };
        about.get_or_insert_with(|| About::at(look.clone())).add(name, parts, &look);
    }
    Ok(about)
}

/// Finds out how the pages about a record are to be read, where that is not known yet: while the list is still being read, so that nobody
/// waits for it. What goes wrong here goes wrong again when they are read.
pub(super) async fn prove(site: &Site, key: &str, row: &Row) {
    let place = Place { row: row.clone(), ..Place::default() };
    for name in site.addressed() {
        if site.way(name).await.is_none()
            && let Err(error) = site.read(name, &place, about_key(&site.run, key)).await
        {
            tracing::debug!(page = name, %error, "how it is to be read stays open");
            return;
        }
    }
}

/// The same, and whether the page shows the record's key.
fn about_key(run: &Arc<Run>, key: &str) -> impl Extract<Vec<Part>> + use<> {
    let (read, key) = (parts(run), key.to_owned());
    move |page: &Page, document: &Document| {
        let mut parts = read(page, document)?;
        parts.push(Part::Named(document.shows(&key)));
        Ok(parts)
    }
}

/// Reads a page about a record, and all pages that stand on it.
pub(super) fn parts(run: &Arc<Run>) -> impl Extract<Vec<Part>> + use<> {
    let run = Arc::clone(run);
    move |page: &Page, document: &Document| {
        let (system, collect) = (run.system(), run.bot().reading());
        let mut parts = Vec::new();
        for name in collect.about() {
            let there = &system.pages[name];
            if there.name == page.name || there.with.as_ref() == Some(&page.name) {
                parts.push(part(&run, there, document)?);
            }
            if collect.attachments && there.files.is_some() && there.name == page.name {
                parts.push(Part::Files(extract::files(there, document)?));
            }
        }
        Ok(parts)
    }
}

fn part(run: &Run, page: &Page, document: &Document) -> Result<Part, ExtractError> {
    let collect = run.bot().reading();
    if collect.events.as_ref() == Some(&page.name) {
        let list = extract::listing(page, document)?;
        let strays = list.strays.iter().map(|stray| format!("page `{}`: {stray}", page.name));
        return Ok(Part::Events(list.rows, strays.collect()));
    }
    let row = extract::detail(page, document)?;
    let detail = collect.detail.as_ref() == Some(&page.name);
    Ok(Part::Row(if detail { "detail".to_owned() } else { page.name.clone() }, row))
}

impl About {
    /// Nothing read yet, from this page on.
    pub(super) fn at(look: Look) -> Self {
        let look = Arc::new(look);
        let (pages, events, strays, files) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { pages, events, strays, attachments: Vec::new(), named: None, files, look }
    }

    /// Takes in what a page said.
    pub(super) fn add(&mut self, page: &str, parts: Vec<Part>, look: &Look) {
        for part in parts {
            match part {
                Part::Row(name, row) => self.pages.push((name, row)),
                Part::Events(rows, strays) => (self.events, self.strays) = (rows, strays),
                Part::Named(named) => self.named = Some(named || self.named == Some(true)),
                Part::Files(files) => self.files.extend(files.into_iter().map(|(name, address)| {
                    let (page, from) = (page.to_owned(), look.clone());
                    Named { page, from, name, address }
                })),
            }
        }
    }

    /// Fetches the files that its pages named.
    async fn with_files(mut self, site: &Site) -> Result<Self, RunError> {
        for named in mem::take(&mut self.files) {
            self.attachments.push(site.attachment(named).await?);
        }
        Ok(self)
    }
}

impl Site {
    /// The list's page.
    pub(super) fn list_page(&self) -> &Page {
        &self.run.system().pages[&self.run.bot().reading().list]
    }

    /// The pages about a record that have an address.
    pub(super) fn addressed(&self) -> impl Iterator<Item = &str> {
        let pages = &self.run.system().pages;
        self.run.bot().reading().about().filter(|name| pages[*name].path.is_some())
    }

    /// The pages about a record that are pressed open from its row.
    pub(super) fn pressed(&self) -> impl Iterator<Item = &Page> {
        let pages = &self.run.system().pages;
        let about = self.run.bot().reading().about().map(|name| &pages[name]);
        about.filter(|page| page.path.is_none() && page.with.is_none())
    }

    /// Whether some page about a record can only be opened from its row.
    pub(super) fn opens_by_hand(&self) -> bool {
        self.pressed().next().is_some()
    }

    /// Downloads a file and hashes it.
    async fn attachment(&self, named: Named) -> Result<Attachment, RunError> {
        let Named { page, from, name, address } = named;
        let by_fetch = matches!(self.way(&page).await, Some(Way::Browser | Way::Fetch));
        let asked = self.followed(&self.run.system().pages[&page], &from, &address)?;
        let answer = self.renewing(|| self.file(&page, &asked, by_fetch)).await?;
        let called = Some(name).filter(|name| !name.is_empty()).or(answer.file_name);
        Ok(Attachment {
            name: called.unwrap_or_default(),
            address: answer.address,
            bytes: answer.body.len() as u64,
            sha256: page::sha256(&answer.body),
        })
    }

    async fn file(&self, page: &str, asked: &Asked, by_fetch: bool) -> Result<Answer, RunError> {
        let sight =
            if by_fetch { self.fetch(&self.run.system().pages[page], asked).await? } else { self.send(asked).await? };
        let Sight::Answer(answer) = sight else { unreachable!("neither way shows a page") };
        // A login page instead of the file is no file.
        let looks_like_page = answer.body.trim_ascii_start().first().is_some_and(|first| b"<{".contains(first));
        if looks_like_page {
            let run = Arc::clone(&self.run);
            let asks = move |page: &Page, document: &Document| Ok(signs::asks_to_sign_in(&run, &page.name, document));
            // A file may be handed out to be kept: that is what it is for.
            let looked_at = Answer { attachment: false, content_type: None, ..answer.clone() };
            if self.examine(page, Sight::Answer(looked_at), asks).await?.0 {
                return Err(RunError::SessionLost { system: self.run.system().name.clone() });
            }
        } else if answer.status >= 400 {
            let system = self.run.system().name.clone();
            return Err(RunError::Status { system, page: page.to_owned(), status: answer.status });
        }
        Ok(answer)
    }
}
