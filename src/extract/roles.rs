//! Tables that are made of blocks: rows and cells are known by their roles, or by the names that widgets give them.

use std::collections::BTreeMap;

use scraper::ElementRef;

use super::{
    css::{ancestors, select},
    header::{Column, plain_column},
    shown::{hidden, out_of_sight, shown},
    table::{Line, Pane, Record},
};

/// What holds such a table.
const GRIDS: &str = "[role=grid], [role=treegrid], [role=table]";
const HEADERS: &str = "[role=columnheader], [class*=header-cell]:not([role])";
const ROWS: &str = "[role=row]";
const CELLS: &str = "[role=gridcell], [role=cell], [role=rowheader]";

/// Rows of widgets that name no roles.
const NAMED_ROWS: &str = "div[class~=ant-table-row], div[class*=table-v2__row]:not([class*=__row-cell])";
const NAMED_CELLS: &str = "div[class~=ant-table-cell], div[class*=table-v2__row-cell]";

/// The table of blocks around a part of one.
pub(super) fn around(matched: ElementRef<'_>) -> Option<ElementRef<'_>> {
    let is_grid = |element: &ElementRef<'_>| {
        let role = element.attr("role");
        element.value().name() != "table" && matches!(role, Some("grid" | "treegrid" | "table"))
    };
    let is_part = matches!(matched.attr("role"), Some("row" | "rowgroup" | "gridcell" | "cell" | "columnheader"));
    if is_part { ancestors(matched).filter(is_grid).last() } else { None }
}

/// Whether an element is a row in a table of blocks.
pub(super) fn in_blocks(element: ElementRef<'_>) -> bool {
    around(element).is_some()
}

/// The table of blocks that this element is or holds; `None` where it holds none, or a table of the usual kind.
pub(super) fn pane(root: ElementRef<'_>) -> Option<Pane<'_>> {
    let outer = if root.attr("role").is_some() { root } else { select(root, GRIDS).first().copied().unwrap_or(root) };
    if outer.value().name() == "table" || !select(outer, "td, th").is_empty() {
        return None;
    }
    let headers = last_row(headers(outer));
    let rows = rows(outer);
    if headers.is_empty() && rows.is_empty() {
        return None;
    }
    let places = Places::of(&headers);
    let columns = headers.iter().map(|cell| plain_column(*cell)).collect();
    Some(Pane { columns, below: Vec::new(), rows: records(rows, &places) })
}

/// The cells of the header, each once: those that say by their role that they are, and what is called so apart from them.
fn headers(outer: ElementRef<'_>) -> Vec<ElementRef<'_>> {
    let seen: Vec<_> = select(outer, HEADERS).into_iter().filter(|cell| !out_of_sight(*cell)).collect();
    let lies_in = |inner: ElementRef<'_>, outer: &ElementRef<'_>| ancestors(inner).any(|around| around == *outer);
    let (by_role, by_name): (Vec<_>, Vec<_>) = seen.iter().copied().partition(|cell| cell.attr("role").is_some());
    let apart = |cell: &ElementRef<'_>| !by_role.iter().any(|said| lies_in(*cell, said) || lies_in(*said, cell));
    // What holds several headers that say something is no header itself.
    let several = |cell: &ElementRef<'_>| {
        let inner = outermost(by_name.iter().copied().filter(|other| lies_in(*other, cell)).collect());
        inner.iter().filter(|inner| !shown(**inner).is_empty()).count() > 1
    };
    let by_name = outermost(by_name.iter().copied().filter(|cell| apart(cell) && !several(cell)).collect());
    let headers = [outermost(by_role.clone()), by_name].concat();
    seen.into_iter().filter(|cell| headers.contains(cell)).collect()
}

/// Without those that lie within another one.
fn outermost(elements: Vec<ElementRef<'_>>) -> Vec<ElementRef<'_>> {
    let within = |element: ElementRef<'_>| ancestors(element).any(|around| elements.contains(&around));
    elements.iter().copied().filter(|element| !within(*element)).collect()
}

/// The rows of blocks under a header that is a table of the usual kind.
pub(super) fn under<'a>(root: ElementRef<'a>, columns: Vec<Column>) -> Pane<'a> {
    Pane { rows: records(rows(root), &Places::default()), below: Vec::new(), columns }
}

/// Whether rows of blocks stand somewhere after this table.
pub(super) fn rows_after(around: ElementRef<'_>, table: ElementRef<'_>) -> bool {
    rows(around).iter().any(|row| row.id() > table.id())
}

/// Of headers in several rows, those of the lowest.
fn last_row(headers: Vec<ElementRef<'_>>) -> Vec<ElementRef<'_>> {
    let row = |cell: ElementRef<'_>| {
        ancestors(cell).find(|around| around.attr("role") == Some("row")).map(|row| index(row, &["aria-rowindex"]))
    };
    let last = headers.iter().filter_map(|cell| row(*cell)).flatten().max();
    headers.into_iter().filter(|cell| last.is_none() || row(*cell).flatten() == last).collect()
}

/// The rows of records, with those that widgets keep apart for fixed columns.
fn rows(root: ElementRef<'_>) -> Vec<ElementRef<'_>> {
    let named = |rows: &str, cells: &str| -> Vec<ElementRef<'_>> {
        let seen = |row: &ElementRef<'_>| !hidden(*row) && !select(*row, cells).is_empty();
        select(root, rows).into_iter().filter(seen).collect()
    };
    let by_role = named(ROWS, CELLS);
    let rows = if by_role.is_empty() { outermost(named(NAMED_ROWS, NAMED_CELLS)) } else { by_role };
    rows.into_iter().filter(|row| row.value().name() != "tr").collect()
}

/// Where cells stand: by what the page counts or names columns by, where headers and cells both say it.
#[derive(Default)]
struct Places {
    by: Option<(&'static str, Vec<String>)>,
}

/// The attributes by which widgets say which column a cell stands in.
const NAMES: &[&str] = &["aria-colindex", "col-id", "data-field", "data-col-key", "data-column-id"];

impl Places {
    fn of(headers: &[ElementRef<'_>]) -> Self {
        let named = |name: &&'static str| {
            let names: Option<Vec<String>> =
                headers.iter().map(|cell| cell.attr(name).map(ToOwned::to_owned)).collect();
            names.filter(|names| !names.is_empty()).map(|names| (*name, names))
        };
        Self { by: NAMES.iter().find_map(named) }
    }

    /// The cells of a row by column.
    fn cells<'a>(&self, cells: Vec<ElementRef<'a>>) -> Vec<Option<ElementRef<'a>>> {
        let Some((name, columns)) =
            self.by.as_ref().filter(|(name, _)| cells.iter().all(|cell| cell.attr(name).is_some()))
        else {
            return cells.into_iter().map(Some).collect();
        };
        columns.iter().map(|column| cells.iter().copied().find(|cell| cell.attr(name) == Some(column))).collect()
    }
}

/// Rows that count as the same, kept in several places, are one record.
fn records<'a>(rows: Vec<ElementRef<'a>>, places: &Places) -> Vec<Record<'a>> {
    let counted = rows.iter().all(|row| index(*row, ROW_NUMBERS).is_some());
    let mut by_number: BTreeMap<u64, (ElementRef<'a>, Vec<ElementRef<'a>>)> = BTreeMap::new();
    for (at, row) in rows.into_iter().enumerate() {
        let number = index(row, ROW_NUMBERS).filter(|_| counted).unwrap_or(at as u64);
        let own = select(row, CELLS);
        let own = if own.is_empty() { outermost(select(row, NAMED_CELLS)) } else { own };
        let cells = own.into_iter().filter(|cell| innermost(*cell, row));
        by_number.entry(number).or_insert_with(|| (row, Vec::new())).1.extend(cells);
    }
    by_number
        .into_values()
        .map(|(row, cells)| Record(vec![Line { row, cells: places.cells(cells) }]))
        .filter(|record| record.0[0].width() > 1 || places.by.is_none())
        .collect()
}

/// Whether the nearest row around a cell is this one.
fn innermost(cell: ElementRef<'_>, row: ElementRef<'_>) -> bool {
    ancestors(cell).find(|around| around.attr("role") == Some("row") || *around == row) == Some(row)
}

/// The attributes by which widgets count rows.
const ROW_NUMBERS: &[&str] = &["aria-rowindex", "row-index", "data-row-index", "data-index"];

fn index(row: ElementRef<'_>, names: &[&str]) -> Option<u64> {
    names.iter().find_map(|name| row.attr(name)?.trim().parse().ok())
}
