//! Headers of tables: rows of cells with spans, resolved to one name per column.

use std::collections::HashMap;

use ego_tree::NodeId;
use scraper::ElementRef;

use super::{
    shown::{hidden, shown},
    words::key,
};

/// Columns or rows that one cell may span: more than any table for people has, so that a wrong attribute costs no memory.
const WIDEST_SPAN: usize = 200;

/// Between the header of a group and the header under it.
const GROUP: &str = "/";

/// The cells of rows by column, spans resolved: a cell stands under every column and in every row that it covers.
pub(super) fn occupancy<'a>(rows: &[ElementRef<'a>]) -> Vec<Vec<Option<ElementRef<'a>>>> {
    let mut resolved = Vec::with_capacity(rows.len());
    // Cells of earlier rows that reach down: by column, with the rows they still cover.
    let mut reaching: Vec<Option<(ElementRef<'a>, usize)>> = Vec::new();
    for row in rows {
        let mut cells: Vec<Option<ElementRef<'a>>> = Vec::new();
        let take_reaching = |cells: &mut Vec<Option<ElementRef<'a>>>, reaching: &mut Vec<_>| {
            while let Some(Some((cell, left))) = reaching.get_mut(cells.len()) {
                let taken = *cell;
                *left -= 1;
                if *left == 0 {
                    reaching[cells.len()] = None;
                }
                cells.push(Some(taken));
            }
        };
        for cell in cells_of(*row) {
            take_reaching(&mut cells, &mut reaching);
            let down = span(cell, "rowspan") - 1;
            for _ in 0..span(cell, "colspan") {
                if down > 0 {
                    reaching.resize(reaching.len().max(cells.len() + 1), None);
                    reaching[cells.len()] = Some((cell, down));
                }
                cells.push(Some(cell));
            }
        }
        // What reaches down behind the row's own cells, over gaps.
        take_reaching(&mut cells, &mut reaching);
        for (column, slot) in reaching.iter_mut().enumerate().skip(cells.len()) {
            if let Some((cell, left)) = slot.take() {
                cells.resize(column, None);
                cells.push(Some(cell));
                *slot = (left > 1).then_some((cell, left - 1));
            }
        }
        resolved.push(cells);
    }
    resolved
}

/// The cells that belong to a row itself.
pub(super) fn cells_of<'a>(row: ElementRef<'a>) -> impl Iterator<Item = ElementRef<'a>> {
    row.child_elements().filter(|cell| matches!(cell.value().name(), "td" | "th"))
}

/// A column by its headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// The lowest header's key.
    pub name: String,
    /// What the column may be called: the lowest header; a higher one over this column alone; `group/header`. Keys.
    keys: [Vec<String>; 3],
    /// Whether the header is kept from sight.
    pub hidden: bool,
}

impl Column {
    /// The column under these headers, the highest first, each with whether it stands over this column alone.
    pub(super) fn along(path: &[(String, bool)], hidden: bool) -> Self {
        let name = path.last().map_or_else(String::new, |(key, _)| key.clone());
        let alone = path.iter().rev().skip(1).filter(|(_, alone)| *alone).map(|(key, _)| key.clone());
        let full: Vec<&str> = path.iter().map(|(key, _)| key.as_str()).collect();
        Self {
            keys: [
                vec![name.clone()],
                alone.collect(),
                if full.len() > 1 { vec![full.join(GROUP)] } else { Vec::new() },
            ],
            name,
            hidden,
        }
    }

    /// Whether the column has this key, on the given level: 0 lowest header, 1 a header over it alone, 2 with its group.
    pub(super) fn is_called(&self, key: &str, level: usize) -> bool {
        self.keys[level].iter().any(|own| own == key)
    }

    /// Whether it has no words at all.
    pub(super) fn is_blank(&self) -> bool {
        self.name.is_empty()
    }

    /// `group/header`, or the header where there is no group.
    pub(super) fn full_name(&self) -> &str {
        self.keys[2].first().map_or(&self.name, |path| path)
    }
}

/// Levels of names that [`Column::is_called`] knows.
pub(super) const LEVELS: usize = 3;

/// Resolves header rows to their columns.
pub(super) fn columns(rows: &[ElementRef<'_>]) -> Vec<Column> {
    let resolved = occupancy(rows);
    let width = resolved.iter().map(Vec::len).max().unwrap_or(0);
    let mut texts: HashMap<NodeId, String> = HashMap::new();
    let mut covers: HashMap<NodeId, usize> = HashMap::new();
    for cells in &resolved {
        let mut seen: Vec<NodeId> = Vec::new();
        for cell in cells.iter().flatten() {
            texts.entry(cell.id()).or_insert_with(|| shown(*cell));
            seen.push(cell.id());
        }
        for id in &seen {
            covers.insert(*id, seen.iter().filter(|other| *other == id).count());
        }
    }
    let column = |at: usize| {
        let mut path: Vec<ElementRef<'_>> = Vec::new();
        for cell in resolved.iter().filter_map(|cells| cells.get(at).copied().flatten()) {
            if path.last() != Some(&cell) {
                path.push(cell);
            }
        }
        let named = path.iter().filter(|cell| !texts[&cell.id()].is_empty());
        let named: Vec<_> = named.map(|cell| (key(&texts[&cell.id()]), covers[&cell.id()] == 1)).collect();
        Column::along(&named, path.last().is_some_and(|cell| hidden(*cell)))
    };
    (0..width).map(column).collect()
}

/// One row of cells as a header by itself, where each line of a record has one.
pub(super) fn line_columns(cells: &[Option<ElementRef<'_>>]) -> Vec<Column> {
    let column = |cell: &Option<ElementRef<'_>>| {
        let name = cell.map_or_else(String::new, |cell| key(&shown(cell)));
        let hidden = cell.is_some_and(hidden);
        Column { keys: [vec![name.clone()], Vec::new(), Vec::new()], name, hidden }
    };
    cells.iter().map(column).collect()
}

/// A column of this name alone.
pub(super) fn plain_column(cell: ElementRef<'_>) -> Column {
    line_columns(&[Some(cell)]).remove(0)
}

fn span(cell: ElementRef<'_>, attribute: &str) -> usize {
    let stated = cell.attr(attribute).and_then(|text| text.trim().parse().ok()).unwrap_or(1_usize);
    stated.clamp(1, WIDEST_SPAN)
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::{super::css, *};

    fn names(html: &str) -> Vec<String> {
        let page = Html::parse_document(html);
        let rows = css::select(page.root_element(), "tr");
        columns(&rows).iter().map(|column| column.full_name().to_owned()).collect()
    }

    #[test]
    fn headers_in_two_rows_come_down_to_their_columns() {
        let html = "<table><tr><th rowspan=2>编号</th><th colspan=2>受理</th><th rowspan=2>状态</th></tr>
            <tr><th>时间</th><th>人员</th></tr></table>";
        assert_eq!(names(html), ["编号", "受理/时间", "受理/人员", "状态"]);
    }

    #[test]
    fn spans_reach_down_at_the_right_edge_and_wrong_spans_are_bounded() {
        let html = "<table><tr><th>a<th rowspan=3>b<tr><th>c<tr><th rowspan=0>d</table>";
        assert_eq!(names(html), ["a/c/d", "b"]);
        assert_eq!(names("<table><tr><th colspan=99999>a</table>").len(), WIDEST_SPAN);
    }
}
