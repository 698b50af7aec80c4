//! One page of a system, once checked: how it is reached, how it goes on, and what stands on it.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Candidates, Template};

/// How a page is fetched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Via {
    /// The first page is read both ways; HTTP only if both readings are equal.
    #[default]
    Auto,
    /// Plain HTTP with the lent session.
    Http,
    /// The browser.
    Browser,
    /// A file that a person or a gatekeeper puts into a folder.
    Folder,
}

/// One page of a system.
#[derive(Debug, Default)]
pub struct Page {
    /// Its name in the file.
    pub name: String,
    /// Address relative to the base; may use `page` (from 1), `offset` (rows before this page, from 0), `cursor`, `from`, `to` and
    /// `list.FIELD`. None where `press` leads to the page from a row of the list. With [`Via::Folder`]: a pattern of files.
    pub path: Option<Template>,
    /// The page on which this one stands: it is read where that one is.
    pub with: Option<String>,
    /// What is sent to `path`, as a POST: a form's body, or JSON where it begins with a brace. May use what `path` may use.
    pub post: Option<Template>,
    /// What stands after the `?` of its address is encoded in, where that is not what the system's pages are.
    pub query_charset: Option<String>,
    /// How it is fetched.
    pub via: Via,
    /// What is done on the way to it, and back.
    pub way: Way,
    /// How its further pages are reached.
    pub paging: Paging,
    /// How a file is read as a list.
    pub file: FilePart,
    /// In the browser: names, ids or CSS of the frames from the outermost in, in which the page stands.
    pub frame: Vec<String>,
    /// The table whose rows are the records.
    pub table: Option<Candidates>,
    /// What one record is, where it is not a row of `table`: CSS, or `json=$.rows[*]`.
    pub rows: Option<Candidates>,
    /// The total that the system itself states; its text must be digits (spaces and thousands separators allowed).
    pub total: Option<Candidates>,
    /// What the page shows where nothing is found and no list is there; the first candidate alone proves it.
    pub none: Option<Candidates>,
    /// Rows on a full page; what `offset` counts by.
    pub page_size: Option<u32>,
    /// Rows of the table that one record takes.
    pub lines: Option<u32>,
    /// Where the addresses of the record's attachments stand.
    pub files: Option<Candidates>,
    /// Things on the page (or, on a list, on each record) by name.
    pub at: BTreeMap<String, Candidates>,
}

impl Page {
    /// Whether the page shows many records.
    pub fn is_list(&self) -> bool {
        self.table.is_some() || self.rows.is_some() || self.is_file()
    }

    /// Whether the page is a file that holds a list: it says which sheet, which file of an archive or
    /// which files of a folder.
    pub fn is_file(&self) -> bool {
        self.file.sheet.is_some() || self.file.member.is_some() || self.file.is_many()
    }

    /// Whether its address or what is posted to it uses this name (`page`, `cursor`, `list.detail` …).
    pub fn uses(&self, name: &str) -> bool {
        self.path.iter().chain(&self.post).any(|template| template.uses(name))
    }

    /// Whether a person's hands are needed to reach it: something is pressed, scrolled or filled in.
    pub fn is_worked(&self) -> bool {
        let Paging { next, more, scroll, .. } = &self.paging;
        let Way { press, filter, apply, .. } = &self.way;
        *scroll || next.is_some() || more.is_some() || press.is_some() || apply.is_some() || !filter.is_empty()
    }
}

/// What is done on the way to a page, and back.
#[derive(Debug, Default)]
pub struct Way {
    /// Pressed on the page at `path`, or, without one, on the list's row.
    pub press: Option<Candidates>,
    /// What is pressed opens a window of its own.
    pub window: bool,
    /// What is pressed yields a file.
    pub download: bool,
    /// Pressed when the page has been read.
    pub close: Option<Candidates>,
    /// Form fields and what they must say, as a person sees it, in order.
    pub filter: Vec<(Candidates, String)>,
    /// Pressed after the filter is set.
    pub apply: Option<Candidates>,
}

/// How a list's further pages are reached, apart from `page` and `offset` in its address.
#[derive(Debug, Default)]
pub struct Paging {
    /// A link, button or post-back to the next page.
    pub next: Option<Candidates>,
    /// A button that adds rows.
    pub more: Option<Candidates>,
    /// Rows come while the page is scrolled.
    pub scroll: bool,
    /// What `cursor` is on the next page.
    pub cursor: Option<Candidates>,
    /// Windows of dates.
    pub spans: Option<Spans>,
}

/// Windows of dates that a list is read by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spans {
    /// Days of a window.
    pub days: u32,
    /// The first day of the first window.
    pub since: NaiveDate,
    /// A window with so many rows or more may hide some: it is halved.
    pub most: Option<u64>,
}

/// How a file is read as a list.
#[derive(Clone, Debug, Default)]
pub struct FilePart {
    /// The sheet of a workbook, or, with `*` and `?`, all that fit and are seen; `*` and none for the only one that is seen, `#1`
    /// for the first.
    pub sheet: Option<String>,
    /// The files in an archive, with `*` and `?`: the parts of one list. The only one where none is named.
    pub member: Option<String>,
    /// Which files of a folder are read, with [`Via::Folder`].
    pub parts: FolderParts,
}

/// Which files of a folder are read as one list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FolderParts {
    /// The newest one.
    #[default]
    Newest,
    /// All that were written on the day of the newest one, in the district's time.
    Day,
    /// All that fit.
    All,
}

impl FilePart {
    /// Whether several files of a folder are read.
    pub fn is_many(&self) -> bool {
        self.parts != FolderParts::Newest
    }
}
