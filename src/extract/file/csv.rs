//! Lists whose values are set apart by commas, semicolons or tabs.

use csv::ReaderBuilder;

use super::{CELLS_MOST, COLUMNS_MOST, Cells, ROWS_MOST, too_large};

/// What values are set apart by.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];
/// Rows by which the separator is told.
const ROWS_LOOKED_AT: usize = 50;
/// Letters of one value: what a cell of a workbook can hold. A longer one begins with a quote that is never closed.
const LETTERS_MOST: usize = 32_767;

/// Reads a text.
pub(super) fn read(text: &str) -> Result<Cells, String> {
    let (said, text) = said_separator(text);
    let separator = said.unwrap_or_else(|| separator(text));
    let mut rows = Vec::new();
    let mut cells = 0;
    for record in reader(text, separator).records() {
        let record = record.map_err(|error| format!("it is no CSV ({error})"))?;
        if let Some(long) = record.iter().position(|value| value.len() > LETTERS_MOST) {
            let line = record.position().map_or(0, csv::Position::line);
            return Err(format!("value {} of line {line} begins with a quote that is never closed", long + 1));
        }
        cells += record.len();
        if rows.len() == ROWS_MOST || record.len() > COLUMNS_MOST || cells > CELLS_MOST {
            return Err(too_large());
        }
        rows.push(record.iter().map(|value| plain(value).to_owned()).collect());
    }
    Ok(Cells { rows, is_separated: true, ..Cells::default() })
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes())
}

/// The separator that a first line `sep=;` names, and the text without that line.
fn said_separator(text: &str) -> (Option<u8>, &str) {
    let Some(rest) = text.strip_prefix("sep=") else { return (None, text) };
    let (line, rest) = rest.split_once('\n').unwrap_or((rest, ""));
    match line.trim_end_matches('\r').as_bytes() {
        [only] if SEPARATORS.contains(only) => (Some(*only), rest),
        _ => (None, text),
    }
}

/// The separator that parts most of the first rows into equally many values.
fn separator(text: &str) -> u8 {
    let alike = |separator: &u8| {
        let records = reader(text, *separator).into_records().take(ROWS_LOOKED_AT).flatten();
        let widths: Vec<usize> = records.map(|record| record.len()).filter(|width| *width > 1).collect();
        let rows = |width: usize| widths.iter().filter(|other| **other == width).count();
        widths.iter().map(|width| (rows(*width), *width)).max()
    };
    // Of equals the last would be taken.
    SEPARATORS.into_iter().rev().max_by_key(alike).unwrap_or(b',')
}

/// `="0012"`, by which a program keeps another from reading a code as a number, is 0012.
fn plain(value: &str) -> &str {
    let inner = value.trim().strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        read(text).unwrap().rows
    }

    #[test]
    fn the_separator_is_told_by_the_rows() {
        for text in ["a,b\n1;2,3", "a;b\n1,5;2,3\n4;5,5", "a\tb,c\n1\t2", "sep=;\r\na,b;c\n1;2,3", "a;b;c,d\n"] {
            assert!(rows(text).iter().all(|row| row.len() == rows(text)[0].len()) && rows(text)[0].len() > 1, "{text}");
        }
        assert_eq!(rows("a\n1\n"), [["a"], ["1"]]);
        assert!(rows("").is_empty());
    }

    #[test]
    fn quotes_keep_what_stands_in_them() {
        assert_eq!(rows("a,b\n\"x, y\",\"say \"\"z\"\"\nnext\"\n"), [["a", "b"], ["x, y", "say \"z\"\nnext"]]);
        assert_eq!(rows("a,b\n=\"0012\",\"=\"\"0013\"\"\"\n"), [["a", "b"], ["0012", "0013"]]);
        let open = format!("a,b\n1,\"{}", "x\n".repeat(LETTERS_MOST));
        assert!(read(&open).err().unwrap().contains("line 2"));
    }

    #[test]
    fn what_is_larger_than_any_list_is_refused() {
        assert!(read(&"1\n".repeat(ROWS_MOST)).is_ok());
        assert!(read(&"1\n".repeat(ROWS_MOST + 1)).is_err());
        assert!(read(&",".repeat(COLUMNS_MOST)).is_err());
    }
}
