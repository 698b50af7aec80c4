//! Rows of a table to records: which rows are none, and which of them make one record together.

use std::collections::HashSet;

use ego_tree::NodeId;
use scraper::ElementRef;

use super::{
    css::{has_class, parent, select, selector},
    header::{Column, cells_of, columns, line_columns, occupancy},
    shown::{hidden, shown},
    table::{Line, Pane, Record, width},
    words::{chinese, key},
};
use crate::adapter::{Find, Page};

/// What the page says about its records.
#[derive(Default)]
pub(super) struct Shape {
    /// Keys of the headers asked for; by them a first row of plain cells is known for a header.
    pub wanted: Vec<String>,
    /// Rows that one record takes.
    pub lines: Option<usize>,
    /// Parts of tables of which each is a record.
    pub bodies: HashSet<NodeId>,
    /// Rows that the adapter's CSS names one by one (`tr.item`): they are records, whatever cells they have.
    pub named: HashSet<NodeId>,
    /// CSS of the headings over groups of records.
    headings: Vec<String>,
}

impl Shape {
    /// What this page says.
    pub(super) fn of(page: &Page) -> Self {
        let mut shape = Self {
            lines: page.lines.and_then(|lines| usize::try_from(lines).ok()).filter(|lines| *lines > 1),
            ..Self::default()
        };
        for locator in page.at.values().flat_map(|candidates| &candidates.0) {
            match &locator.find {
                Find::Column { header, .. } => shape.wanted.push(key(header)),
                Find::Heading(css) => shape.headings.push(css.clone()),
                Find::Label { .. } | Find::Text(_) | Find::Css(_) | Find::Json(_) | Find::Itself => {}
            }
        }
        shape
    }

    /// Whether the adapter's CSS names this row as a record.
    pub(super) fn names(&self, row: ElementRef<'_>) -> bool {
        self.named.contains(&row.id())
    }

    fn is_heading(&self, row: ElementRef<'_>) -> bool {
        self.headings.iter().any(|css| selector(css).matches(&row) || !select(row, css).is_empty())
    }
}

/// Puts the header and the rows of one table together.
pub(super) fn pane<'a>(head: &[ElementRef<'a>], body: &[ElementRef<'a>], shape: &Shape) -> Pane<'a> {
    let columns = columns(head);
    let head = occupancy(head);
    let wide = columns.len();
    let lines = lines(body, shape);
    let records = match shape.lines {
        _ if !shape.bodies.is_empty() => in_bodies(lines, &shape.bodies),
        Some(most) => in_chunks(lines, most, wide),
        None => by_spans(alone(lines, wide, shape), &head, wide),
    };
    let most = records.iter().map(|record| record.0.len()).max().unwrap_or(0);
    match own_headers(&head, &records, most) {
        Some(mut own) => Pane { columns: own.remove(0), below: own, rows: records },
        None => Pane { columns, below: Vec::new(), rows: records },
    }
}

/// The rows that may be part of a record, with their cells.
fn lines<'a>(body: &[ElementRef<'a>], shape: &Shape) -> Vec<Line<'a>> {
    let lines = body.iter().zip(occupancy(body)).map(|(row, cells)| Line { row: *row, cells });
    let may_be = |row| may_be_part(row, shape.names(row)) && !shape.is_heading(row);
    lines.filter(|line| may_be(line.row) && !is_sum(line)).collect()
}

/// Whether a row is no heading of columns (but for one that CSS names), not hidden, no line that only measures.
fn may_be_part(row: ElementRef<'_>, named: bool) -> bool {
    // A line of measures, as some widgets keep above the records.
    let spacer = has_class(row, "jqgfirstrow") || has_class(row, "ant-table-measure-row");
    !(hidden(row) || (only_headings(row) && !named) || spacer)
}

/// Whether a row has nothing but headings of columns.
pub(super) fn only_headings(row: ElementRef<'_>) -> bool {
    cells_of(row).next().is_some() && cells_of(row).all(|cell| cell.value().name() == "th")
}

/// Whether a row is one cell over the whole table: the heading of a group, the line that says that there is nothing, what a
/// record shows when it is unfolded. One cell that covers one column of several is a record that lacks the others.
fn is_lone(line: &Line<'_>, wide: usize) -> bool {
    let covers = line.cells.len() > 1;
    let spans = cells_of(line.row).next().is_some_and(|cell| cell.attr("colspan").is_some());
    line.width() <= 1 && (covers || ((wide > 1 || spans) && says_nothing(&shown(line.row))))
}

/// Without the rows of one cell, but for those that CSS names and that say something.
fn alone<'a>(lines: Vec<Line<'a>>, wide: usize, shape: &Shape) -> Vec<Line<'a>> {
    let named = |line: &Line<'_>| shape.names(line.row) && !says_nothing(&shown(line.row));
    lines.into_iter().filter(|line| named(line) || !is_lone(line, wide)).collect()
}

/// Whether a row is one that may be left out of a list without a word: hidden, a header's, one that says that there is nothing.
pub(super) fn is_idle(row: ElementRef<'_>) -> bool {
    let in_head = parent(row).is_some_and(|section| section.value().name() == "thead");
    in_head || hidden(row) || says_nothing(&shown(row))
}

/// One record for each part of the table that was pointed at.
fn in_bodies<'a>(lines: Vec<Line<'a>>, bodies: &HashSet<NodeId>) -> Vec<Record<'a>> {
    let mut records: Vec<Record<'a>> = Vec::new();
    let mut last = None;
    for line in lines {
        let body = parent(line.row).map(|body| body.id());
        if body.is_some_and(|body| !bodies.contains(&body)) {
            continue;
        }
        match records.last_mut().filter(|_| body == last) {
            Some(record) => record.0.push(line),
            None => records.push(Record(vec![line])),
        }
        last = body;
    }
    records
}

/// So many rows for each record; a row of one cell in place of a record's first is none.
fn in_chunks(lines: Vec<Line<'_>>, most: usize, wide: usize) -> Vec<Record<'_>> {
    let mut records: Vec<Record<'_>> = Vec::new();
    for line in lines {
        match records.last_mut().filter(|record| record.0.len() < most) {
            Some(record) => record.0.push(line),
            None if is_lone(&line, wide) => {}
            None => records.push(Record(vec![line])),
        }
    }
    records
}

/// Rows that a first cell joins are one record where they can't be records of their own: the same number in every record,
/// each of the build that the header says for it, or of another build than the first.
fn by_spans<'a>(lines: Vec<Line<'a>>, head: &[Vec<Option<ElementRef<'a>>>], wide: usize) -> Vec<Record<'a>> {
    let mut records: Vec<Record<'a>> = Vec::new();
    for line in &lines {
        let first = line.cells.first().copied().flatten();
        let own = cells_of(line.row).next();
        match records.last_mut().filter(|_| first.is_some() && first != own) {
            Some(record) => record.0.push(line.clone()),
            None => records.push(Record(vec![line.clone()])),
        }
    }
    let most = records.first().map_or(0, |record| record.0.len());
    let regular = most > 1 && records.iter().all(|record| record.0.len() == most);
    let built = |at: usize| records.iter().all(|record| record.0[at].width() == records[0].0[at].width());
    let says = |records: &[Record<'a>]| own_headers(head, records, most).is_some();
    let partial = |record: &Record<'a>| record.0[1..].iter().all(|line| line.width() < wide.min(record.0[0].width()));
    let joined = regular && (0..most).all(built) && (says(&records) || (wide > 1 && records.iter().all(partial)));
    if joined { records } else { lines.into_iter().map(|line| Record(vec![line])).collect() }
}

/// The columns of each line of the records, where the header has a row of the same build for each.
fn own_headers(head: &[Vec<Option<ElementRef<'_>>>], records: &[Record<'_>], most: usize) -> Option<Vec<Vec<Column>>> {
    if most < 2 || head.len() < most {
        return None;
    }
    let head = &head[head.len() - most..];
    let fits = |record: &Record<'_>| {
        record.0.iter().zip(head).all(|(line, cells)| {
            let headers = width(cells);
            headers == line.width() || headers == line.width() + 1
        })
    };
    records.iter().all(fits).then(|| head.iter().map(|cells| line_columns(cells)).collect())
}

/// What the first words of a row of sums are.
const SUMS: &[&str] = &["合计", "小计", "总计", "共计", "累计", "汇总", "total", "subtotal", "grandtotal", "sum"];

/// Whether a row shows sums of the others and no record.
fn is_sum(line: &Line<'_>) -> bool {
    let mut cells = line.cells.iter().flatten().map(|cell| shown(*cell));
    let Some(first) = cells.find(|text| !text.is_empty()) else {
        return false;
    };
    let letters: String = first.chars().filter(|letter| letter.is_alphabetic()).collect();
    let letters = letters.to_lowercase();
    let bare = letters
        .trim_start_matches("本页")
        .trim_start_matches("当前页")
        .trim_end_matches(['件', '条', '项', '笔', '个']);
    if SUMS.contains(&bare) {
        return true;
    }
    // 九曲街道小计: the name of a group, and otherwise numbers.
    let named = bare.ends_with("小计") || bare.ends_with("合计");
    named && cells.all(|text| text == first || !text.chars().any(|letter| letter.is_alphabetic() && !unit(letter)))
}

/// Whether a letter only says of what a number is.
fn unit(letter: char) -> bool {
    !chinese(letter) || matches!(letter, '件' | '条' | '项' | '笔' | '个' | '元' | '万' | '次' | '人')
}

/// The ways to say that a list is empty.
pub(super) fn says_nothing(text: &str) -> bool {
    let text = text.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
    text.is_empty()
        || ["暂无", "没有", "无数据", "无记录", "无匹配", "查无", "未找到", "未查询到", "抱歉"]
            .iter()
            .any(|start| text.starts_with(start))
        || ["no data", "no record", "no matching", "no result", "nothing found", "empty"]
            .iter()
            .any(|start| text.starts_with(start))
}
