//! Whether the rows of a list fit its header. A row with more cells, or with fewer, may say everything in the wrong column.

use std::collections::{BTreeMap, BTreeSet};

use super::Line;
use crate::extract::header::Column;

/// A row by what it has.
struct Row {
    /// Cells, as they are written.
    cells: usize,
    /// Cells up to the last one that says something.
    filled: usize,
    /// How its first cell is built.
    first: String,
}

impl Row {
    fn of(line: &Line) -> Self {
        Self {
            cells: line.len(),
            filled: line.iter().rposition(|(text, _)| !text.is_empty()).map_or(0, |last| last + 1),
            first: line.first().map(|(text, _)| built(text)).unwrap_or_default(),
        }
    }
}

/// The records among these rows, each with why it does not fit, where that is so. `width`: cells of the header as they are written.
pub(super) fn fitted<'l>(
    lines: &[&'l Line],
    columns: &[Column],
    width: usize,
    is_separated: bool,
) -> Vec<(&'l Line, Option<String>)> {
    let headers = columns.iter().rposition(|column| !column.is_blank()).map_or(0, |last| last + 1);
    let rows: Vec<Row> = lines.iter().map(|line| Row::of(line)).collect();
    if headers == 0 {
        return lines.iter().map(|line| (*line, None)).collect();
    }
    if !is_separated {
        let beyond = rows.iter().filter(|row| row.filled > headers).count();
        // A column without a header has texts in most rows; cells of a sheet are never shifted by one too many.
        let is_a_column = beyond > 1 && beyond * 2 > rows.len();
        let wide = |row: &Row| (row.filled > headers && !is_a_column).then(|| wide(row.filled, headers));
        return lines.iter().zip(&rows).map(|(line, row)| (*line, wide(row))).collect();
    }
    let usual = usual(&rows, headers).max(width);
    let omits = !rows.iter().any(|row| row.cells >= headers && row.filled < headers);
    let known: BTreeSet<&str> = rows.iter().filter(|row| row.cells >= headers).map(|row| row.first.as_str()).collect();
    let is_short = |row: &Row| row.cells < headers;
    let mut fitted = Vec::with_capacity(lines.len());
    let mut number = 0;
    while let Some(row) = rows.get(number) {
        let breaks = rows.get(number + 1).is_some_and(|next| {
            let together = row.cells + next.cells == headers + 1;
            is_short(row) && is_short(next) && together && !known.is_empty() && !known.contains(next.first.as_str())
        });
        let misfit = if breaks {
            Some(format!(
                "the row breaks off after {} cells under {headers} headers, and the next line has the rest: a value with a line break that \
                 stands in no quotes. Have it corrected at the source",
                row.cells
            ))
        } else if row.filled > headers || row.cells > usual {
            Some(wide(row.cells, headers))
        } else if is_short(row) && !omits {
            Some(format!(
                "the row has {} cells under {headers} headers, and other rows of the file have their empty cells: it can't be told which \
                 is missing. Have it corrected at the source",
                row.cells
            ))
        } else {
            None
        };
        fitted.push((lines[number], misfit));
        // The rest of a row that breaks off is no record.
        number += 1 + usize::from(breaks);
    }
    fitted
}

fn wide(cells: usize, headers: usize) -> String {
    format!(
        "the row has {cells} cells under {headers} headers, so it can't be told what stands in which column (a separator within a value that \
         stands in no quotes?). Have it corrected at the source"
    )
}

/// Cells that more than half of the rows have, empty ones at the end included.
fn usual(rows: &[Row], headers: usize) -> usize {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.filled <= headers) {
        *counts.entry(row.cells).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, rows)| *rows);
    most.filter(|(_, same)| *same > 1 && same * 2 > rows.len()).map_or(0, |(cells, _)| cells)
}

/// How a text is built: runs of digits, of letters and of words.
fn built(text: &str) -> String {
    let sign = |letter: char| match letter {
        letter if letter.is_ascii_digit() => '9',
        letter if letter.is_ascii_alphabetic() => 'A',
        letter if letter.is_alphanumeric() => '字',
        letter => letter,
    };
    let mut signs: Vec<char> = text.chars().map(sign).collect();
    signs.dedup();
    signs.into_iter().collect()
}

/// A pattern that fits these names: what they have in common at the beginning, and anything behind it.
pub(super) fn pattern(first: &str, others: &[String]) -> String {
    let common = others.iter().fold(first.chars().collect::<Vec<_>>(), |common, other| {
        common.into_iter().zip(other.chars()).take_while(|(one, other)| one == other).map(|(one, _)| one).collect()
    });
    if common.is_empty() { "?*".to_owned() } else { common.into_iter().chain(['*']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{
        file::{Cells, Parts},
        sheet::Sheet,
        words::key,
    };

    /// By record, whether it fits.
    fn fits(rows: &[&str], is_separated: bool) -> Vec<bool> {
        let rows = rows.iter().map(|row| row.split('|').map(str::to_owned).collect()).collect();
        let cells = Cells { rows, is_separated, ..Cells::default() };
        let sheet = Sheet::of(Parts::one(cells), &["编号", "状态"].map(key)).unwrap();
        (0..sheet.len()).map(|record| sheet.misfit(record).is_none()).collect()
    }

    #[test]
    fn a_row_with_a_cell_too_many_does_not_fit() {
        let header = "编号|姓名|状态|电话";
        for (rows, expected) in [
            (vec![header, "A1|甲|在办|1", "A2|山东|临沂|在办|2", "A3|乙|在办|3"], vec![true, false, true]),
            // The cell too many pushes an empty one out.
            (vec![header, "A1|甲|在办|1", "A2|山东|临沂|在办|", "A3|乙|在办|3"], vec![true, false, true]),
            (vec![header, "A2|山东|临沂|在办|"], vec![false]),
            // A separator at the end of every line.
            (vec!["编号|姓名|状态|电话|", "A1|甲|在办|1|", "A2|乙|在办||"], vec![true, true]),
            (vec![header, "A1|甲|在办|1|", "A2|乙|在办||"], vec![true, true]),
        ] {
            assert_eq!(fits(&rows, true), expected, "{rows:?}");
        }
    }

    #[test]
    fn a_row_with_a_cell_too_few_fits_where_the_file_leaves_empty_ones_out() {
        let header = "编号|姓名|状态|电话";
        for (rows, expected) in [
            (vec![header, "A1|甲|在办|1", "A2|乙|在办"], vec![true, true]),
            (vec![header, "A1|甲|在办|", "A2|在办|2"], vec![true, false]),
            // A line break within a value.
            (vec![header, "A1|甲|在办|1", "A2|山东", "新华|在办|2", "A3|丙|在办|3"], vec![true, false, true]),
            // Two rows that leave out what is empty.
            (vec![header, "A1|甲|在办|1", "A2|乙|在办", "A3|丙", "A4|丁|在办|3"], vec![true; 4]),
        ] {
            assert_eq!(fits(&rows, true), expected, "{rows:?}");
        }
    }

    #[test]
    fn of_a_sheet_only_single_cells_beyond_the_header_are_a_reason() {
        let header = "编号|姓名|状态";
        assert_eq!(fits(&[header, "A1|甲|在办|?", "A2|乙|在办", "A3|丙"], false), [false, true, true]);
        assert_eq!(fits(&[header, "A1|甲|在办|x", "A2|乙|在办|y", "A3|丙|在办|"], false), [true, true, true]);
        assert_eq!(fits(&["编号|姓名|状态||", "A1|甲|在办||"], false), [true]);
    }

    #[test]
    fn a_pattern_is_what_names_have_in_common() {
        assert_eq!(pattern("办件1", &["办件2".to_owned(), "办件10".to_owned()]), "办件*");
        assert_eq!(pattern("1月", &["2月".to_owned()]), "?*");
    }
}
