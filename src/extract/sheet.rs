//! The list in a file as people see it: a title, one header, records, and what stands under them.

mod fit;

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    fmt,
};

use regex::Regex;
use std::sync::LazyLock;

use super::{
    error::Miss,
    file::{Area, CELLS_MOST, Cells, Parts},
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
#[derive(Default)]
pub struct Sheet {
    columns: Vec<Column>,
    records: Vec<Record>,
    /// Texts of the rows that are no records: titles, totals, signatures.
    around: Vec<String>,
    /// The column of each header asked for so far.
    found: RefCell<HashMap<String, Result<usize, Miss>>>,
    /// Characters that could not be decoded.
    pub(super) undecodable: usize,
}

/// One record of it.
#[derive(Default)]
struct Record {
    texts: Vec<String>,
    /// Columns whose number has more digits than are known.
    rounded: Vec<usize>,
    /// Why it can't be told what stands in which column.
    misfit: Option<String>,
}

/// A row by column: its texts, and where the cell of each begins.
type Line = Vec<(String, (usize, usize))>;

impl Sheet {
    /// Finds the header of each part by the headers that are asked for (keys), and what belongs to it, and puts the parts together.
    /// The error says why they are not one list.
    pub(super) fn of(parts: Parts, wanted: &[String]) -> Result<Self, String> {
        let named = |part: super::file::Part| (part.name, Self::part(part.cells, wanted));
        let mut read = parts.read.into_iter().map(named);
        let (mut first, mut sheet) = read.next().unwrap_or_default();
        for (name, more) in read {
            if more.is_blank() {
                continue;
            }
            if sheet.is_blank() {
                (first, sheet) = (name, more);
                continue;
            }
            let (one, other) = (sheet.headers(), more.headers());
            if one != other {
                return Err(format!(
                    "its parts have different headers, so they are not one list: {first} has {}; {name} has {}; name those that \
                     belong together",
                    one.join(", "),
                    other.join(", ")
                ));
            }
            sheet.records.extend(more.records);
            sheet.around.extend(more.around);
            sheet.undecodable += more.undecodable;
        }
        let goes_on = |(_, other): &(String, Self)| {
            !other.records.is_empty() && !sheet.headers().is_empty() && sheet.headers() == other.headers()
        };
        let others: Vec<String> = parts.others.into_iter().map(named).filter(goes_on).map(|(name, _)| name).collect();
        if others.is_empty() {
            return Ok(sheet);
        }
        Err(format!(
            "the list goes on: besides the sheet {first} there are {} with the same header; say which are meant: \
             `sheet = \"{}\"` reads all that fit, `sheet = \"?*\"` all that are seen, `sheet = \"#1\"` the first alone",
            others.join(", "),
            fit::pattern(&first, &others)
        ))
    }

    fn part(cells: Cells, wanted: &[String]) -> Self {
        let (undecodable, is_separated) = (cells.undecodable, cells.is_separated);
        let rounded = cells.rounded.clone();
        let lines = spread(cells);
        let (first, height) = header(&lines, wanted);
        let columns = columns(&lines[first..first + height]);
        let asked: Vec<usize> = wanted
            .iter()
            .filter_map(|key| {
                (0..LEVELS).find_map(|level| only(&columns, key, |column| column.is_called(key, level)).ok()?)
            })
            .collect();
        let mut records: Vec<&Line> = Vec::new();
        let mut around = Vec::new();
        for (number, line) in lines.iter().enumerate() {
            let is_header = (first..first + height).contains(&number);
            let is_below = number >= first + height && is_record(line, &columns, &asked);
            if is_below {
                records.push(line);
            }
            // What has not even a header is no list but an answer in words.
            if asked.is_empty() || !(is_header || is_below) {
                around.extend(texts_once(line));
            }
        }
        let width = lines[first..first + height].iter().map(Vec::len).max().unwrap_or(0);
        let records = fit::fitted(&records, &columns, width, is_separated);
        let record = |(line, misfit): (&Line, Option<String>)| Record::of(line, &rounded, misfit);
        let records = records.into_iter().map(record).collect();
        Self { columns, records, around, found: RefCell::default(), undecodable }
    }

    /// Whether nothing stands in it.
    fn is_blank(&self) -> bool {
        self.columns.is_empty() && self.records.is_empty() && self.around.is_empty()
    }

    /// Why it can't be told what stands in which column of a record.
    pub(super) fn misfit(&self, record: usize) -> Option<&str> {
        self.records[record].misfit.as_deref()
    }

    /// Whether the number under a header has more digits than are known.
    pub(super) fn is_rounded(&self, record: usize, header: &str) -> bool {
        self.column(header).is_ok_and(|column| self.records[record].rounded.contains(&column))
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
        Ok(self.records[record].texts.get(column).map_or("", String::as_str))
    }

    /// The texts of one record, from the left.
    pub(super) fn record(&self, record: usize) -> impl Iterator<Item = &str> {
        self.records[record].texts.iter().map(String::as_str)
    }

    /// Its headers, from the left.
    pub(super) fn headers(&self) -> Vec<String> {
        self.columns.iter().filter(|column| !column.is_blank()).map(|column| column.full_name().to_owned()).collect()
    }

    /// Every text under the headers whose names this picks.
    pub(super) fn under(&self, picks: impl Fn(&str) -> bool) -> Vec<String> {
        let picked = self.columns.iter().enumerate().filter(|(_, column)| picks(column.full_name()));
        let columns: Vec<usize> = picked.map(|(at, _)| at).collect();
        let mut cells = Vec::new();
        for record in &self.records {
            // What stands where in a row that is shifted nobody knows: all of it may speak of people.
            let picked = columns.iter().filter_map(|at| record.texts.get(*at));
            let all = record.texts.iter().filter(|_| record.misfit.is_some() && !columns.is_empty());
            cells.extend(picked.chain(all).cloned());
        }
        cells
    }

    /// All of it as text: what stands around the records, the headers and the records, a line each, tabs between.
    pub fn text(&self) -> String {
        let headers = self.columns.iter().map(|column| column.full_name().to_owned()).collect::<Vec<_>>().join("\t");
        let records = self.records.iter().map(|record| record.texts.join("\t"));
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

impl Record {
    fn of(line: &Line, rounded: &BTreeSet<(usize, usize)>, misfit: Option<String>) -> Self {
        let of_rounded =
            |(column, (_, origin)): (usize, &(String, (usize, usize)))| rounded.contains(origin).then_some(column);
        Self {
            texts: line.iter().map(|(text, _)| text.clone()).collect(),
            rounded: if rounded.is_empty() {
                Vec::new()
            } else {
                line.iter().enumerate().filter_map(of_rounded).collect()
            },
            misfit,
        }
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
mod tests;
