//! The list in a file as people see it: a title, one header, records, and what stands under them.

use std::{cell::RefCell, collections::HashMap, fmt};

use regex::Regex;
use std::sync::LazyLock;

use super::{
    error::Miss,
    file::{Area, CELLS_MOST, Cells},
    header::{Column, LEVELS},
    table::{missing, only},
    words::{key, normal},
};

/// Rows among which the header is looked for.
const HEADER_WITHIN: usize = 60;
/// Rows that a header may have.
const HEADER_ROWS: usize = 4;
/// Of a row's width, the share that one merged cell takes in headings and footers: half.
const WIDE_SHARE: usize = 2;

/// The list in a file.
pub struct Sheet {
    columns: Vec<Column>,
    records: Vec<Vec<String>>,
    /// Texts of the rows that are no records: titles, totals, signatures.
    around: Vec<String>,
    /// The column of each header asked for so far.
    found: RefCell<HashMap<String, Result<usize, Miss>>>,
    /// Characters that could not be decoded.
    pub(super) undecodable: usize,
}

/// A row by column: its texts, and where the cell of each begins.
type Line = Vec<(String, (usize, usize))>;

impl Sheet {
    /// Finds the header by the headers that are asked for (keys), and what belongs to it.
    pub(super) fn of(cells: Cells, wanted: &[String]) -> Self {
        let undecodable = cells.undecodable;
        let lines = spread(cells);
        let (first, height) = header(&lines, wanted);
        let columns = columns(&lines[first..first + height]);
        let asked: Vec<usize> = wanted
            .iter()
            .filter_map(|key| {
                (0..LEVELS).find_map(|level| only(&columns, key, |column| column.is_called(key, level)).ok()?)
            })
            .collect();
        let mut records = Vec::new();
        let mut around = Vec::new();
        for (number, line) in lines.iter().enumerate() {
            let is_header = (first..first + height).contains(&number);
            let is_below = number >= first + height && is_record(line, &columns, &asked);
            if is_below {
                records.push(line.iter().map(|(text, _)| text.clone()).collect());
            }
            // What has not even a header is no list but an answer in words.
            if asked.is_empty() || !(is_header || is_below) {
                around.extend(texts_once(line));
            }
        }
        Self { columns, records, around, found: RefCell::default(), undecodable }
    }

    /// How many records it has.
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// The column under a header.
    pub(super) fn column(&self, header: &str) -> Result<usize, Miss> {
        self.found.borrow_mut().entry(header.to_owned()).or_insert_with(|| self.find(header)).clone()
    }

    /// The text under a header.
    pub(super) fn cell(&self, record: usize, header: &str) -> Result<&str, Miss> {
        let column = self.column(header)?;
        // A row that ends early has nothing in its last columns.
        Ok(self.records[record].get(column).map_or("", String::as_str))
    }

    /// The texts of one record, from the left.
    pub(super) fn record(&self, record: usize) -> impl Iterator<Item = &str> {
        self.records[record].iter().map(String::as_str)
    }

    /// Its headers, from the left.
    pub(super) fn headers(&self) -> Vec<String> {
        self.columns.iter().filter(|column| !column.is_blank()).map(|column| column.full_name().to_owned()).collect()
    }

    /// Every text under the headers whose names this picks.
    pub(super) fn under(&self, picks: impl Fn(&str) -> bool) -> Vec<String> {
        let picked = self.columns.iter().enumerate().filter(|(_, column)| picks(column.full_name()));
        let columns: Vec<usize> = picked.map(|(at, _)| at).collect();
        let cells = self.records.iter().flat_map(|record| columns.iter().filter_map(|at| record.get(*at)));
        cells.cloned().collect()
    }

    /// All of it as text: what stands around the records, the headers and the records, a line each, tabs between.
    pub fn text(&self) -> String {
        let headers = self.columns.iter().map(|column| column.full_name().to_owned()).collect::<Vec<_>>().join("\t");
        let records = self.records.iter().map(|record| record.join("\t"));
        self.around.iter().cloned().chain([headers]).chain(records).map(|line| line + "\n").collect()
    }

    /// The texts around the records.
    pub(super) fn around(&self) -> impl Iterator<Item = &str> {
        self.around.iter().map(String::as_str)
    }

    fn find(&self, header: &str) -> Result<usize, Miss> {
        let wanted = key(header);
        for level in 0..LEVELS {
            if let Some(column) = only(&self.columns, header, |column| column.is_called(&wanted, level))? {
                return Ok(column);
            }
        }
        Err(Miss::Nothing(missing(&self.columns, &wanted, header)))
    }
}

impl fmt::Debug for Sheet {
    /// Without what the records say.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sheet({} columns, {} records)", self.columns.len(), self.records.len())
    }
}

/// Gives every cell that a merged one covers the text of that one, and leaves out blank rows.
fn spread(cells: Cells) -> Vec<Line> {
    let at = |row: usize| move |(column, text): (usize, String)| (normal(&text), (row, column));
    let rows = cells.rows.into_iter().enumerate();
    let mut lines: Vec<Line> = rows.map(|(row, texts)| texts.into_iter().enumerate().map(at(row)).collect()).collect();
    let width = lines.iter().map(Vec::len).max().unwrap_or(0);
    let mut covered = 0_usize;
    for Area { first, last } in cells.merged {
        let Some(origin) = lines.get(first.0).and_then(|line| line.get(first.1)).cloned() else { continue };
        // Below the last row and beside the widest nothing can be covered that matters.
        let last = (last.0.min(lines.len() - 1), last.1.min(width - 1));
        covered += (last.0 + 1).saturating_sub(first.0).saturating_mul((last.1 + 1).saturating_sub(first.1));
        if covered > CELLS_MOST {
            break;
        }
        for line in lines.iter_mut().take(last.0 + 1).skip(first.0) {
            while line.len() <= last.1 {
                let place = (usize::MAX, line.len());
                line.push((String::new(), place));
            }
            line[first.1..=last.1].fill(origin.clone());
        }
    }
    lines.retain(|line| line.iter().any(|(text, _)| !text.is_empty()));
    lines
}

/// The rows of the header: those under which most of what is asked for is found, and of equals the fewest.
fn header(lines: &[Line], wanted: &[String]) -> (usize, usize) {
    let fits = |first: usize, height: usize| {
        let columns = columns(&lines[first..first + height]);
        let called = |key: &&String| (0..LEVELS).any(|level| columns.iter().any(|one| one.is_called(key, level)));
        wanted.iter().filter(called).count()
    };
    let mut best = (0, 0, 0);
    for height in 1..=HEADER_ROWS {
        for first in 0..lines.len().min(HEADER_WITHIN).saturating_sub(height - 1) {
            let found = fits(first, height);
            if found > best.0 {
                best = (found, first, height);
            }
        }
    }
    match best {
        (0, _, _) if lines.is_empty() => (0, 0),
        (0, _, _) => whole(lines, likely(lines), 1),
        (_, first, height) => whole(lines, first, height),
    }
}

/// What a person would take for the header where nothing that is asked for is found: the first row with several texts.
fn likely(lines: &[Line]) -> usize {
    lines.iter().take(HEADER_WITHIN).position(|line| texts_once(line).count() > 1).unwrap_or(0)
}

/// A header with all rows that its cells reach into.
fn whole(lines: &[Line], first: usize, height: usize) -> (usize, usize) {
    let shares = |one: usize, other: usize| {
        let pairs = lines[one].iter().zip(&lines[other]);
        pairs.into_iter().any(|((text, origin), (_, other))| !text.is_empty() && origin == other)
    };
    let mut last = first + height - 1;
    while last + 1 < lines.len() && last - first + 1 < HEADER_ROWS && shares(last, last + 1) {
        last += 1;
    }
    let mut top = first;
    while top > 0 && last - top + 1 < HEADER_ROWS && shares(top - 1, top) {
        top -= 1;
    }
    (top, last - top + 1)
}

/// Resolves header rows to their columns.
fn columns(rows: &[Line]) -> Vec<Column> {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let path = |at: usize| {
        let mut path: Vec<(String, bool)> = Vec::new();
        let mut before = None;
        for (level, row) in rows.iter().enumerate() {
            let own = row.get(at).filter(|(text, _)| !text.is_empty());
            // Without merged cells a group's header stands over its first column only.
            let below = rows[level + 1..].iter().any(|row| row.get(at).is_some_and(|(text, _)| !text.is_empty()));
            let group = || row[..at.min(row.len())].iter().rev().find(|(text, _)| !text.is_empty());
            let Some((text, origin)) = own.or_else(|| if below { group() } else { None }) else { continue };
            if before == Some(*origin) {
                continue;
            }
            before = Some(*origin);
            // What covers several columns covers those beside this one.
            let shared = |beside: Option<usize>| {
                beside.and_then(|beside| row.get(beside)).is_some_and(|(_, other)| other == origin)
            };
            let alone = own.is_some() && !shared(at.checked_sub(1)) && !shared(Some(at + 1));
            path.push((key(text), alone));
        }
        Column::along(&path, false)
    };
    (0..width).map(path).collect()
}

/// Whether a row under the header is a record: no blank row, heading, repeated header, total or signature.
fn is_record(line: &Line, columns: &[Column], asked: &[usize]) -> bool {
    let text = |column: usize| line.get(column).map_or("", |(text, _)| text.as_str());
    if !asked.is_empty() && asked.iter().all(|column| text(*column).is_empty()) {
        return false;
    }
    let repeats = |column: &usize| key(text(*column)) == columns[*column].name;
    if !asked.is_empty() && asked.iter().all(repeats) {
        return false;
    }
    let filled = line.iter().filter(|(text, _)| !text.is_empty());
    let Some((first, origin)) = filled.clone().next() else { return false };
    let covers = filled.clone().count();
    if covers > 1 && covers * WIDE_SHARE >= columns.len() && filled.clone().all(|(_, other)| other == origin) {
        return false;
    }
    !is_footer(first)
}

/// Whether the first text of a row says that the row sums up, counts or signs.
fn is_footer(text: &str) -> bool {
    static FOOTER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"^(?:(?:本页|本表)?\s*[合总小共]\s*计|总\s*数)\s*[:：]?$|^(?:[合总共小]\s*计|总共|共有?)\s*[:：]?\s*\d+\s*[条件笔项户宗份个行]|^(?:制表|填表|填报|审核|复核|打印|导出|统计|截止|备注|说明|注)[^:：]{0,6}[:：]",
        )
        .expect("the pattern is a constant")
    });
    FOOTER.is_match(text)
}

/// The texts of a row, a merged cell's once.
fn texts_once(line: &Line) -> impl Iterator<Item = String> + '_ {
    let new = |at: usize| at == 0 || line[at - 1].1 != line[at].1;
    line.iter()
        .enumerate()
        .filter(move |(at, (text, _))| !text.is_empty() && new(*at))
        .map(|(_, (text, _))| text.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Corners = ((usize, usize), (usize, usize));

    /// Rows of one line each, their values set apart by `|`.
    fn sheet(rows: &[&str], merged: &[Corners], wanted: &[&str]) -> Sheet {
        let rows = rows.iter().map(|row| row.split('|').map(str::to_owned).collect()).collect();
        let merged = merged.iter().map(|(first, last)| Area { first: *first, last: *last }).collect();
        let wanted: Vec<String> = wanted.iter().map(|header| key(header)).collect();
        Sheet::of(Cells { rows, merged, undecodable: 0 }, &wanted)
    }

    fn under(sheet: &Sheet, header: &str) -> Vec<String> {
        (0..sheet.len()).map(|record| sheet.cell(record, header).unwrap().to_owned()).collect()
    }

    #[test]
    fn the_header_stands_under_titles_and_records_above_footers() {
        let rows =
            ["办件明细表", "导出时间：2026-03-02||", "", "序号|编号|状态", "1|A1|办结", "2|A2|", "合 计|2|", "共 2 条"];
        let read = sheet(&rows, &[((0, 0), (0, 2))], &["编号", "状态"]);
        assert_eq!(
            (under(&read, "编号"), under(&read, "状态")),
            (vec!["A1".into(), "A2".into()], vec!["办结".into(), String::new()])
        );
        let around: Vec<&str> = read.around().collect();
        assert_eq!(around, ["办件明细表", "导出时间：2026-03-02", "合 计", "2", "共 2 条"]);
    }

    #[test]
    fn a_header_of_two_rows_is_found_merged_or_not() {
        let merged = [((0, 0), (1, 0)), ((0, 1), (0, 2)), ((0, 3), (1, 3))];
        let plain = ["编号|申请人||状态", "|姓名|证件|", "A1|王|1|办结"];
        for (rows, merged) in [(plain, merged.as_slice()), (plain, &[])] {
            for wanted in [["编号", "姓名"], ["编号", "申请人/证件"], ["编号", "状态"]] {
                let read = sheet(&rows, merged, &wanted);
                assert_eq!(under(&read, "编号"), ["A1"], "{wanted:?} {merged:?}");
            }
            let read = sheet(&rows, merged, &["编号", "姓名", "证件", "状态"]);
            assert_eq!(
                (under(&read, "申请人/姓名"), under(&read, "证件")),
                (vec!["王".to_owned()], vec!["1".to_owned()])
            );
            let missed = read.cell(0, "姓名者").unwrap_err().words();
            assert!(missed.contains("编号, 申请人/姓名, 申请人/证件, 状态"), "{missed}");
        }
    }

    #[test]
    fn merged_cells_count_for_all_that_they_cover() {
        let rows = ["编号|姓名|事项", "一、取水", "A1|王|新办", "A2||变更", "二、排水", "A3|李|新办"];
        let merged = [((1, 0), (1, 2)), ((2, 1), (3, 1)), ((4, 0), (4, 2))];
        let read = sheet(&rows, &merged, &["编号", "姓名"]);
        assert_eq!(
            (under(&read, "编号"), under(&read, "姓名")),
            (vec!["A1".into(), "A2".into(), "A3".into()], vec!["王".into(), "王".into(), String::from("李")])
        );
    }

    #[test]
    fn a_merged_cell_is_no_wider_than_the_sheet() {
        let read = sheet(
            &["办件明细", "编号|状态", "A1|办结"],
            &[((0, 0), (0, 16_383)), ((1, 1), (1, 60_000))],
            &["编号", "状态"],
        );
        assert_eq!((under(&read, "编号"), under(&read, "状态")), (vec!["A1".to_owned()], vec!["办结".to_owned()]));
        assert_eq!(read.columns.len(), 2);
    }

    #[test]
    fn headers_that_are_repeated_on_every_page_are_no_records() {
        let rows = ["编号|状态", "A1|办结", "编号|状态", "A2|办结"];
        assert_eq!(under(&sheet(&rows, &[], &["编号", "状态"]), "编号"), ["A1", "A2"]);
    }

    #[test]
    fn what_only_resembles_a_footer_is_a_record() {
        for first in ["共享单车备案", "合计量检定站", "注册公司", "说明书备案", "总计划"] {
            let read = sheet(&["事项|编号", &format!("{first}|A1")], &[], &["编号"]);
            assert_eq!(read.len(), 1, "{first}");
        }
        for first in ["合计", "总 计：", "共 12 条", "共计：12件", "本页小计", "制表人：王", "备注："]
        {
            let read = sheet(&["事项|编号", &format!("{first}|")], &[], &["事项", "编号"]);
            assert_eq!(read.len(), 0, "{first}");
        }
    }

    #[test]
    fn nothing_asked_for_is_found_or_nothing_is_there() {
        let read = sheet(&["办件明细", "编号|状态", "A1|办结"], &[], &["事项"]);
        assert!(read.cell(0, "编码").unwrap_err().words().contains("did you mean 编号?"));
        assert_eq!(sheet(&[], &[], &["编号"]).len(), 0);
        assert_eq!(sheet(&["编号|状态"], &[], &["编号"]).len(), 0);
        assert_eq!(sheet(&["编号|状态", "A1"], &[], &["编号"]).cell(0, "状态").unwrap(), "");
    }
}
