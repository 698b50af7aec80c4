//! Files that hold a list: workbooks, CSV, and archives with one of them. What a file is, its bytes say.

mod archive;
mod cell;
mod compound;
mod csv;
mod workbook;

use encoding_rs::{Encoding, GB18030};

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
    /// A list.
    Cells(Cells),
    /// A text, and how many characters of it are lost.
    Text(String, usize),
}

/// Whether these bytes are no text but a workbook or an archive.
pub fn is_binary(bytes: &[u8]) -> bool {
    [PACKED, PACKED_EMPTY, COMPOUND].iter().any(|magic| bytes.starts_with(magic))
}

/// Opens a file that is no text; the error says why it can't be, and what to do.
pub(super) fn open(bytes: &[u8], sheet: Option<&str>, member: Option<&str>) -> Result<Opened, String> {
    if bytes.starts_with(COMPOUND) {
        return workbook::old(bytes, sheet).map(Opened::Cells);
    }
    let mut archive = archive::Archive::open(bytes)?;
    if let Some(book) = archive.workbook() {
        return workbook::packed(book, bytes, sheet).map(Opened::Cells);
    }
    let inner = archive.member(member)?;
    if inner.starts_with(COMPOUND) {
        return workbook::old(&inner, sheet).map(Opened::Cells);
    }
    if is_binary(&inner) {
        return match archive::Archive::open(&inner)?.workbook() {
            Some(book) => workbook::packed(book, &inner, sheet).map(Opened::Cells),
            None => Err("the file in the archive is an archive again, and only one is unpacked".to_owned()),
        };
    }
    let (text, undecodable) = decoded(&inner);
    Ok(Opened::Text(text, undecodable))
}

/// Reads a text as CSV.
pub(super) fn separated(text: &str) -> Result<Cells, String> {
    csv::read(text)
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
