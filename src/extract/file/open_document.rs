//! What the reader of OpenDocument leaves out: which cells cover others.

use std::io::{Cursor, Read};

use calamine::Dimensions;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::{COLUMNS_MOST, ROWS_MOST, UNPACKED_MOST, xml};

/// The cells of a sheet that cover others, from the first row and column of the sheet.
pub(super) fn merged(bytes: &[u8], sheet: &str) -> Vec<Dimensions> {
    let content = ZipArchive::new(Cursor::new(bytes)).ok().and_then(|mut archive| {
        let mut text = String::new();
        archive.by_name("content.xml").ok()?.take(UNPACKED_MOST).read_to_string(&mut text).ok()?;
        Some(text)
    });
    content.map(|content| in_content(&content, sheet)).unwrap_or_default()
}

fn in_content(content: &str, sheet: &str) -> Vec<Dimensions> {
    let mut reader = xml::reader(content);
    let mut merged = Vec::new();
    let (mut is_meant, mut row, mut next_row, mut column) = (false, 0_u32, 0_u32, 0_u32);
    while let Ok(event) = reader.read_event() {
        let Event::Start(start) = event else {
            if matches!(event, Event::Eof) {
                break;
            }
            continue;
        };
        match start.local_name().as_ref() {
            "table" => {
                is_meant = xml::attribute(&start, "name").as_deref() == Some(sheet);
                (row, next_row, column) = (0, 0, 0);
            }
            "table-row" => {
                (row, column) = (next_row, 0);
                next_row = row.saturating_add(times(&start, "number-rows-repeated"));
            }
            "table-cell" | "covered-table-cell" if is_meant => {
                let (across, down) = (times(&start, "number-columns-spanned"), times(&start, "number-rows-spanned"));
                if (across > 1 || down > 1) && row < ROWS_MOST as u32 && column < COLUMNS_MOST as u32 {
                    let last = (row.saturating_add(down - 1), column.saturating_add(across - 1));
                    merged.push(Dimensions::new((row, column), last));
                }
                column = column.saturating_add(times(&start, "number-columns-repeated"));
            }
            _ => {}
        }
    }
    merged
}

/// How many one element stands for, at least one.
fn times(element: &BytesStart<'_>, name: &str) -> u32 {
    xml::count(element, name).and_then(|count| u32::try_from(count).ok()).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_cover_others_are_counted_from_the_sheets_first() {
        let content = "<a><t:table t:name=\"x\"><t:table-row><t:table-cell t:number-rows-spanned=\"9\"/></t:table-row></t:table>\
                       <t:table t:name=\"y\"><t:table-row t:number-rows-repeated=\"2\"><t:table-cell/></t:table-row>\
                       <t:table-row><t:table-cell t:number-columns-repeated=\"3\"/><t:table-cell t:number-rows-spanned=\"2\" \
                       t:number-columns-spanned=\"1\"><t:p>x</t:p></t:table-cell></t:table-row></t:table></a>";
        assert_eq!(in_content(content, "y"), [Dimensions::new((2, 3), (3, 3))]);
        assert_eq!(in_content(content, "z"), []);
    }
}
