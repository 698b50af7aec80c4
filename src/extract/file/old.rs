//! What the reader of workbooks of before 2007 leaves out: the formats of their numbers, and in which letters their texts are.

use std::collections::HashMap;

use encoding_rs::GB18030;

use super::compound::{records, sheets, short};

/// The version of the last format before 2007, whose texts are Unicode.
const LAST: u16 = 0x0600;

/// Records of a workbook.
mod kind {
    pub const EOF: u16 = 0x000A;
    pub const BOF: u16 = 0x0809;
    pub const CODE_PAGE: u16 = 0x0042;
    pub const FORMAT: u16 = 0x041E;
    pub const STYLE: u16 = 0x00E0;
    pub const MANY_NUMBERS: u16 = 0x00BD;
    /// Numbers and what is worked out: row, column, style.
    pub const NUMBERS: [u16; 3] = [0x0006, 0x0203, 0x027E];
}

/// Formats that every workbook has, by their numbers. Those of moments are not asked for.
const BUILT_IN: [(u16, &str); 10] = [
    (1, "0"),
    (2, "0.00"),
    (3, "#,##0"),
    (4, "#,##0.00"),
    (9, "0%"),
    (10, "0.00%"),
    (37, "#,##0 ;(#,##0)"),
    (38, "#,##0 ;[Red](#,##0)"),
    (39, "#,##0.00;(#,##0.00)"),
    (40, "#,##0.00;[Red](#,##0.00)"),
];

/// The formats of a workbook.
#[derive(Default)]
pub(super) struct Formats {
    /// Whether its texts are Unicode, whatever code page it states.
    pub is_unicode: bool,
    /// Whether it states a code page.
    pub states_code_page: bool,
    codes: HashMap<u16, String>,
    /// The number of the format of each style.
    styles: Vec<u16>,
}

impl Formats {
    /// Looks through the part that is about all sheets.
    pub(super) fn of(stream: &[u8]) -> Self {
        let built_in = BUILT_IN.iter().map(|(number, code)| (*number, (*code).to_owned()));
        let mut formats = Self { codes: built_in.collect(), ..Self::default() };
        for (kind, data) in records(stream) {
            match kind {
                kind::BOF => formats.is_unicode = short(data, 0) == Some(LAST),
                kind::CODE_PAGE => formats.states_code_page = true,
                kind::FORMAT => {
                    if let Some((number, code)) = format(data, formats.is_unicode) {
                        formats.codes.insert(number, code);
                    }
                }
                kind::STYLE => formats.styles.push(short(data, 2).unwrap_or_default()),
                kind::EOF => break,
                _ => {}
            }
        }
        formats
    }

    /// The format codes of the numbers of a sheet, by row and column; the sheet by its place among all.
    pub(super) fn of_sheet(&self, stream: &[u8], place: usize) -> HashMap<(u32, u32), &str> {
        let mut found = HashMap::new();
        let start = sheets(stream).and_then(|sheets| sheets.get(place).copied());
        let mut depth = 0_usize;
        for (kind, data) in records(start.and_then(|start| stream.get(start..)).unwrap_or_default()) {
            match kind {
                kind::BOF => depth += 1,
                // That of an embedded chart ends that one.
                kind::EOF if depth > 1 => depth -= 1,
                kind::EOF => break,
                kind if depth <= 1 && kind::NUMBERS.contains(&kind) => self.note(data, 4, 0, &mut found),
                kind::MANY_NUMBERS if depth <= 1 => {
                    for number in 0..data.len().saturating_sub(6) / 6 {
                        self.note(data, 4 + number * 6, number, &mut found);
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// Notes the format of one cell: so many columns behind the first that its record names, its style at that byte.
    fn note<'f>(&'f self, data: &[u8], style: usize, further: usize, found: &mut HashMap<(u32, u32), &'f str>) {
        let (Some(row), Some(column), Some(style)) = (short(data, 0), short(data, 2), short(data, style)) else {
            return;
        };
        let code = self.styles.get(usize::from(style)).and_then(|format| self.codes.get(format));
        if let (Some(code), Ok(further)) = (code, u32::try_from(further)) {
            found.insert((u32::from(row), u32::from(column) + further), code);
        }
    }
}

/// Number and code of a format.
fn format(data: &[u8], is_unicode: bool) -> Option<(u16, String)> {
    let number = short(data, 0)?;
    if !is_unicode {
        let letters = data.get(3..3 + usize::from(*data.get(2)?))?;
        return Some((number, GB18030.decode_without_bom_handling(letters).0.into_owned()));
    }
    let (length, flags) = (usize::from(short(data, 2)?), *data.get(4)?);
    let code = if flags & 1 == 0 {
        data.get(5..5 + length)?.iter().map(|letter| char::from(*letter)).collect()
    } else {
        let letters = data.get(5..5 + 2 * length)?.chunks_exact(2);
        String::from_utf16_lossy(&letters.map(|two| u16::from_le_bytes([two[0], two[1]])).collect::<Vec<_>>())
    };
    Some((number, code))
}
