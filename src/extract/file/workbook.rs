//! Workbooks, of every age.

use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{Data, Dimensions, Ods, Range, Reader, SheetType, Xls, Xlsx};

use super::{
    Area, CELLS_MOST, COLUMNS_MOST, Cells, ROWS_MOST,
    archive::Book,
    cell::{Shown, shown, shown_plain, texts},
    compound, too_large,
};

/// Sheets named in an error at most.
const MOST_NAMED: usize = 20;

type Bytes<'a> = Cursor<&'a [u8]>;

/// A workbook of before 2007.
pub(super) fn old(bytes: &[u8], sheet: Option<&str>) -> Result<Cells, String> {
    compound::check(bytes)?;
    guarded(|| {
        let mut book: Xls<Bytes<'_>> = Xls::new(Cursor::new(bytes)).map_err(unreadable)?;
        let name = chosen(&book, sheet)?;
        let range = book.worksheet_range(&name).map_err(unreadable)?;
        let merged = book.merge_cells_by_sheet_name(&name).map_err(unreadable)?;
        from_range(&range, &merged)
    })
}

/// A workbook that is an archive: Office since 2007, or OpenDocument.
pub(super) fn packed(book: Book, bytes: &[u8], sheet: Option<&str>) -> Result<Cells, String> {
    let bytes = Cursor::new(bytes);
    guarded(|| match book {
        Book::Office => streamed(&mut Xlsx::new(bytes).map_err(unreadable)?, sheet),
        // Its sheets may say that they are as large as they like, and the reader believes them.
        Book::Binary => Err("it is a binary workbook (.xlsb); have it saved as .xlsx".to_owned()),
        Book::OpenDocument => open_document(Ods::new(bytes).map_err(unreadable)?, sheet),
    })
}

/// A sheet of a workbook that does not tell which cells cover others.
fn open_document(mut book: Ods<Bytes<'_>>, sheet: Option<&str>) -> Result<Cells, String> {
    let name = chosen(&book, sheet)?;
    from_range(&book.worksheet_range(&name).map_err(unreadable)?, &[])
}

/// Damage that the reader has not foreseen ends it with a panic; here that is one more reason.
fn guarded(read: impl FnOnce() -> Result<Cells, String>) -> Result<Cells, String> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(unreadable("its parts don't fit together")))
}

fn unreadable(error: impl std::fmt::Display) -> String {
    format!("the workbook can't be read ({error}): it is damaged, or protected by a password")
}

/// The name of the sheet that is meant: the first one where none is named.
fn chosen<R: Reader<C>, C: std::io::Read + std::io::Seek>(book: &R, wanted: Option<&str>) -> Result<String, String> {
    let sheets = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<&str> = sheets.map(|sheet| sheet.name.as_str()).collect();
    let found = match wanted {
        None | Some("*") => names.first(),
        Some(wanted) => names.iter().find(|name| name.trim() == wanted.trim()),
    };
    match (found, wanted) {
        (Some(name), _) => Ok((*name).to_owned()),
        (None, Some(wanted)) if !names.is_empty() => {
            let there: Vec<&str> = names.into_iter().take(MOST_NAMED).collect();
            Err(format!("no sheet is called `{wanted}`; there are {}", there.join(", ")))
        }
        (None, _) => Err("the workbook has no sheet".to_owned()),
    }
}

/// Reads cell by cell: what a damaged sheet says of its size must not cost memory.
fn streamed(book: &mut Xlsx<Bytes<'_>>, sheet: Option<&str>) -> Result<Cells, String> {
    let name = chosen(book, sheet)?;
    let mut rows: Vec<Vec<Shown>> = Vec::new();
    let mut cells = 0;
    let mut reader = book.worksheet_cells_reader(&name).map_err(unreadable)?;
    while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(unreadable)? {
        let (row, column) = place(cell.get_position());
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
        cells += grown;
        if cells > CELLS_MOST {
            return Err(too_large());
        }
        if grown > 0 {
            rows[row].resize(column + 1, Shown::Text(String::new()));
        }
        rows[row][column] = value;
    }
    drop(reader);
    let merged = book.merge_cells_by_sheet_name(&name).map_err(unreadable)?;
    Ok(Cells { rows: texts(rows), merged: merged.iter().map(|area| area_of(area, (0, 0))).collect(), undecodable: 0 })
}

fn from_range(range: &Range<Data>, merged: &[Dimensions]) -> Result<Cells, String> {
    let (height, width) = range.get_size();
    if height > ROWS_MOST || width > COLUMNS_MOST || height.saturating_mul(width) > CELLS_MOST {
        return Err(too_large());
    }
    let start = range.start().map_or((0, 0), place);
    let rows = range.rows().map(|row| row.iter().map(shown_plain).collect()).collect();
    Ok(Cells {
        rows: texts(rows),
        merged: merged.iter().filter(|area| place(area.start) >= start).map(|area| area_of(area, start)).collect(),
        undecodable: 0,
    })
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
