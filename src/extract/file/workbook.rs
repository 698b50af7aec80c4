//! Workbooks, of every age.

use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{Data, Dimensions, Ods, Range, Reader, SheetType, SheetVisible, Xls, XlsOptions, Xlsx};

use super::{
    Area, CELLS_MOST, COLUMNS_MOST, Cells, ROWS_MOST,
    archive::Book,
    cell::{Shown, cells, shown, shown_plain},
    compound, literal,
    old::Formats,
    open_document,
    sheets::{self, Parts, Tab},
    too_large,
};

/// The code page of texts that are Unicode.
const UNICODE: u16 = 1200;
/// The code page of Chinese Windows.
const CHINESE: u16 = 936;

type Bytes<'a> = Cursor<&'a [u8]>;

/// A workbook of before 2007.
pub(super) fn old(bytes: &[u8], sheet: Option<&str>) -> Result<Parts, String> {
    let stream = compound::check(bytes)?;
    let formats = Formats::of(&stream);
    guarded(|| {
        let mut options = XlsOptions::default();
        // Texts of the last format are Unicode, whatever code page it states; older ones have only that to go by.
        options.force_codepage = match (formats.is_unicode, formats.states_code_page) {
            (true, _) => Some(UNICODE),
            (false, true) => None,
            (false, false) => Some(CHINESE),
        };
        let mut book: Xls<Bytes<'_>> = Xls::new_with_options(Cursor::new(bytes), options).map_err(unreadable)?;
        let (tabs, places) = tabs(&book);
        sheets::read(&tabs, sheet, |tab, _| {
            let range = book.worksheet_range(&tabs[tab].name).map_err(unreadable)?;
            let merged = book.merge_cells_by_sheet_name(&tabs[tab].name).map_err(unreadable)?;
            let codes = formats.of_sheet(&stream, places[tab]);
            from_range(&range, &merged, |at| codes.get(&at).copied())
        })
    })
}

/// A workbook that is an archive: Office since 2007, or OpenDocument.
pub(super) fn packed(book: Book, bytes: &[u8], sheet: Option<&str>) -> Result<Parts, String> {
    let stream = Cursor::new(bytes);
    guarded(|| match book {
        Book::Office => {
            let mut book: Xlsx<Bytes<'_>> = Xlsx::new(stream).map_err(unreadable)?;
            let (tabs, _) = tabs(&book);
            sheets::read(&tabs, sheet, |tab, most| streamed(&mut book, bytes, &tabs[tab].name, most))
        }
        Book::OpenDocument => {
            let mut book: Ods<Bytes<'_>> = Ods::new(stream).map_err(unreadable)?;
            let (tabs, _) = tabs(&book);
            sheets::read(&tabs, sheet, |tab, _| {
                let merged = open_document::merged(bytes, &tabs[tab].name);
                from_range(&book.worksheet_range(&tabs[tab].name).map_err(unreadable)?, &merged, |_| None)
            })
        }
    })
}

/// Damage that the reader has not foreseen ends it with a panic; here that is one more reason.
fn guarded(read: impl FnOnce() -> Result<Parts, String>) -> Result<Parts, String> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(unreadable("its parts don't fit together")))
}

fn unreadable(error: impl std::fmt::Display) -> String {
    let error = error.to_string();
    if error.to_lowercase().contains("password") {
        return super::kinds::protected();
    }
    format!("the workbook can't be read ({error}): it is damaged")
}

/// The sheets of a workbook that hold cells, and the place of each among all.
fn tabs<R: Reader<C>, C: std::io::Read + std::io::Seek>(book: &R) -> (Vec<Tab>, Vec<usize>) {
    let sheets = book.sheets_metadata().iter().enumerate().filter(|(_, sheet)| sheet.typ == SheetType::WorkSheet);
    let tab = |(place, sheet): (usize, &calamine::Sheet)| {
        (Tab { name: sheet.name.clone(), is_seen: sheet.visible == SheetVisible::Visible }, place)
    };
    sheets.map(tab).unzip()
}

/// Reads cell by cell: what a damaged sheet says of its size must not cost memory.
fn streamed(book: &mut Xlsx<Bytes<'_>>, bytes: &[u8], name: &str, most: Option<usize>) -> Result<Cells, String> {
    let mut rows: Vec<Vec<Shown>> = Vec::new();
    let mut count = 0;
    let mut rounded = Vec::new();
    let mut reader = book.worksheet_cells_reader(name).map_err(unreadable)?;
    while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(unreadable)? {
        let (row, column) = place(cell.get_position());
        if most.is_some_and(|most| row >= most) {
            break;
        }
        let format = reader.styles().get(style).and_then(|style| style.number_format.as_ref());
        let value = shown(cell.get_value(), format.map(|format| format.format_code.as_str()));
        if matches!(&value, Shown::Text(text) if text.is_empty()) {
            continue;
        }
        if row >= ROWS_MOST || column >= COLUMNS_MOST {
            return Err(too_large());
        }
        rows.resize_with(rows.len().max(row + 1), Vec::new);
        let grown = (column + 1).saturating_sub(rows[row].len());
        count += grown;
        if count > CELLS_MOST {
            return Err(too_large());
        }
        if grown > 0 {
            rows[row].resize(column + 1, Shown::Text(String::new()));
        }
        if matches!(value, Shown::Rounded(_)) {
            rounded.push((row, column));
        }
        rows[row][column] = value;
    }
    drop(reader);
    // Whoever wrote the file may have had all digits, and then they stand in it.
    for ((row, column), digits) in literal::of(bytes, name, &rounded) {
        rows[row][column] = Shown::Text(digits);
    }
    let merged = book.merge_cells_by_sheet_name(name).map_err(unreadable)?;
    Ok(cells(rows, merged.iter().map(|area| area_of(area, (0, 0))).collect()))
}

/// The cells of a range; `format` gives the format code at a place, where one is known.
fn from_range<'f>(
    range: &Range<Data>,
    merged: &[Dimensions],
    format: impl Fn((u32, u32)) -> Option<&'f str>,
) -> Result<Cells, String> {
    let (height, width) = range.get_size();
    if height > ROWS_MOST || width > COLUMNS_MOST || height.saturating_mul(width) > CELLS_MOST {
        return Err(too_large());
    }
    let first = range.start().unwrap_or_default();
    let start = place(first);
    let row = |(values, row): (&[Data], u32)| {
        let cell = |(value, column): (&Data, u32)| shown_plain(value, format((first.0 + row, first.1 + column)));
        values.iter().zip(0..).map(cell).collect()
    };
    let rows = range.rows().zip(0..).map(row).collect();
    let is_inside = |area: &&Dimensions| area.start.0 >= first.0 && area.start.1 >= first.1;
    let inside = merged.iter().filter(is_inside);
    Ok(cells(rows, inside.map(|area| area_of(area, start)).collect()))
}

fn place((row, column): (u32, u32)) -> (usize, usize) {
    (row as usize, column as usize)
}

/// An area counted from the first row and column that are read.
fn area_of(area: &Dimensions, (top, left): (usize, usize)) -> Area {
    let within = |at: (u32, u32)| {
        let (row, column) = place(at);
        (row.saturating_sub(top), column.saturating_sub(left))
    };
    Area { first: within(area.start), last: within(area.end) }
}
