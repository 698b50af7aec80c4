//! Files that hold a list: workbooks, CSV, and archives with them. What a file is, its bytes say.

mod archive;
mod cell;
mod compound;
mod csv;
mod format;
mod kinds;
mod literal;
mod long;
mod old;
mod open_document;
mod sheets;
mod spreadsheet_ml;
mod workbook;
mod xml;

use std::collections::BTreeSet;

use encoding_rs::{Encoding, GB18030};
use regex::Regex;

pub(super) use sheets::{Part, Parts};

use crate::adapter::FilePart;

/// Rows of one list: three times what the largest of a district's departments has had in all its years.
pub(super) const ROWS_MOST: usize = 200_000;
/// Columns of one list.
pub(super) const COLUMNS_MOST: usize = 1_000;
/// Cells of one list, those that merged ones cover included.
pub(super) const CELLS_MOST: usize = 4_000_000;
/// Bytes that a file may hold once it is unpacked: twenty times what is taken of an answer.
pub(super) const UNPACKED_MOST: u64 = 400_000_000;
/// Files in one archive.
pub(super) const MEMBERS_MOST: usize = 2_000;

/// How archives and today's workbooks begin.
const PACKED: &[u8] = b"PK\x03\x04";
/// How an archive without files begins.
const PACKED_EMPTY: &[u8] = b"PK\x05\x06";
/// How workbooks of before 2007 begin, and encrypted ones.
const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// The cells of one list as they stand in the file.
#[derive(Default)]
pub(super) struct Cells {
    /// Texts by row and column; rows may be of different lengths.
    pub rows: Vec<Vec<String>>,
    /// Cells that cover others.
    pub merged: Vec<Area>,
    /// Places of numbers whose last digits are not known.
    pub rounded: BTreeSet<(usize, usize)>,
    /// Whether signs part the values, so that a sign too many shifts the rest of its row.
    pub is_separated: bool,
    /// Characters that could not be decoded.
    pub undecodable: usize,
}

/// A cell over several rows or columns: its own place and the last one that it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub first: (usize, usize),
    pub last: (usize, usize),
}

/// What a file that is no text turned out to hold.
pub(super) enum Opened {
    /// A list, in its parts.
    Cells(Parts),
    /// A text, and how many characters of it are lost.
    Text(String, usize),
}

/// Whether these bytes are no text but a workbook, an archive, or another kind of file.
pub fn is_binary(bytes: &[u8]) -> bool {
    [PACKED, PACKED_EMPTY, COMPOUND].iter().any(|magic| bytes.starts_with(magic)) || kinds::is_known(bytes)
}

/// Opens a file that is no text; the error says why it can't be, and what to do.
pub(super) fn open(bytes: &[u8], file: &FilePart) -> Result<Opened, String> {
    let sheet = file.sheet.as_deref();
    if bytes.starts_with(COMPOUND) {
        return workbook::old(bytes, sheet).map(Opened::Cells);
    }
    if let Some(kind) = kinds::of_bytes(bytes) {
        return Err(kind);
    }
    let mut archive = archive::Archive::open(bytes)?;
    if let Some(book) = archive.workbook()? {
        return workbook::packed(book, bytes, sheet).map(Opened::Cells);
    }
    let members = archive.members(file.member.as_deref().or(file.is_many().then_some("*")))?;
    if let [(_, only)] = members.as_slice() {
        return member(only, sheet);
    }
    let mut parts = Parts::default();
    for (name, bytes) in members {
        let failed = |why: String| format!("{name}: {why}");
        let inner = match member(&bytes, sheet).map_err(failed)? {
            Opened::Cells(inner) => inner,
            Opened::Text(text, undecodable) => listed(&text, sheet, undecodable).map_err(failed)?,
        };
        let called = |part: Part| Part { name: format!("{name} {}", part.name).trim().to_owned(), ..part };
        parts.read.extend(inner.read.into_iter().map(called));
        parts.others.extend(inner.others.into_iter().map(called));
    }
    Ok(Opened::Cells(parts))
}

/// Opens a file of an archive.
fn member(bytes: &[u8], sheet: Option<&str>) -> Result<Opened, String> {
    if bytes.starts_with(COMPOUND) {
        return workbook::old(bytes, sheet).map(Opened::Cells);
    }
    if let Some(kind) = kinds::of_bytes(bytes) {
        return Err(kind);
    }
    if is_binary(bytes) {
        return match archive::Archive::open(bytes)?.workbook()? {
            Some(book) => workbook::packed(book, bytes, sheet).map(Opened::Cells),
            None => Err("the file in the archive is an archive again, and only one is unpacked".to_owned()),
        };
    }
    let (text, undecodable) = decoded(bytes);
    Ok(Opened::Text(text, undecodable))
}

/// Reads one of several texts, none of which may be a page.
fn listed(text: &str, sheet: Option<&str>, undecodable: usize) -> Result<Parts, String> {
    if let Some(parts) = workbook_of_2003(text, sheet) {
        return parts;
    }
    if text.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        return Err(
            "it is a page, and of several files none may be one: name the one that is meant with `member`".to_owned()
        );
    }
    Ok(Parts::one(Cells { undecodable, ..separated(text.trim_start_matches('\u{feff}'))? }))
}

/// Reads a text as Excel's XML of 2003, where it is that.
pub(super) fn workbook_of_2003(text: &str, sheet: Option<&str>) -> Option<Result<Parts, String>> {
    spreadsheet_ml::is(text).then(|| spreadsheet_ml::read(text, sheet))
}

/// Reads a text as CSV.
pub(super) fn separated(text: &str) -> Result<Cells, String> {
    match kinds::of_text(text) {
        Some(kind) => Err(kind),
        None => csv::read(text),
    }
}

/// Says what a text that begins like a page is, where it is another kind of file.
pub(super) fn other_kind(text: &str) -> Option<String> {
    kinds::of_text(text)
}

/// `*` and `?` as in the names of files; capital letters don't matter.
fn glob(pattern: &str) -> Regex {
    let letters = pattern.chars().map(|letter| match letter {
        '*' => ".*".to_owned(),
        '?' => ".".to_owned(),
        letter => regex::escape(&letter.to_string()),
    });
    Regex::new(&format!("(?is)^{}$", letters.collect::<String>())).expect("all else is escaped")
}

/// The text of a file in an archive, and how many characters of it are lost: by its byte order mark, as UTF-8 where it is
/// that, as GB18030 otherwise.
fn decoded(bytes: &[u8]) -> (String, usize) {
    let (encoding, skip) = Encoding::for_bom(bytes)
        .unwrap_or_else(|| if std::str::from_utf8(bytes).is_ok() { (encoding_rs::UTF_8, 0) } else { (GB18030, 0) });
    let (text, malformed) = encoding.decode_without_bom_handling(&bytes[skip..]);
    let undecodable = if malformed { text.matches('\u{FFFD}').count() } else { 0 };
    (text.into_owned(), undecodable)
}

/// Says that a list is larger than anything that is taken.
fn too_large() -> String {
    format!(
        "it has more than {ROWS_MOST} rows, {COLUMNS_MOST} columns or {CELLS_MOST} cells; ask the system for less at a time"
    )
}
