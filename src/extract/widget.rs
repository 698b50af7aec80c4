//! Table elements to tables: what widgets make of one table is put together again.

use std::collections::HashSet;

use scraper::ElementRef;

use super::{
    css::{ancestors, has_class, parent, select},
    header::{cells_of, columns, occupancy},
    records::{Shape, only_headings, pane},
    roles,
    shown::{out_of_sight, shown},
    table::{Grid, Pane, join, merge},
    words::key,
};

/// Elements between a widget's table and what holds its header as well: jqGrid has most.
const WIDGET_DEPTH: usize = 4;

/// Rows over a header that only say what the table is about, at most.
const MOST_TITLES: usize = 2;

/// The grids that these elements belong to.
pub(super) fn grids<'a>(matched: &[ElementRef<'a>], shape: &Shape) -> Vec<Grid<'a>> {
    let tables = distinct(matched.iter().map(|element| around_part(*element)).filter(|table| !is_sum(*table)));
    let roots = distinct(in_sight(tables).into_iter().map(root_of));
    let outermost = roots.iter().filter(|root| !ancestors(**root).any(|around| roots.contains(&around)));
    merge(outermost.flat_map(|root| read(*root, shape)).collect())
}

/// Without what is kept from sight, where anything is in sight: pages keep a second copy for phones.
fn in_sight(elements: Vec<ElementRef<'_>>) -> Vec<ElementRef<'_>> {
    let (seen, unseen): (Vec<_>, Vec<_>) = elements.into_iter().partition(|element| !out_of_sight(*element));
    if seen.is_empty() { unseen } else { seen }
}

fn distinct<'a>(elements: impl Iterator<Item = ElementRef<'a>>) -> Vec<ElementRef<'a>> {
    let mut seen = HashSet::new();
    elements.filter(|element| seen.insert(element.id())).collect()
}

/// The table around a part of one; anything else as it is.
fn around_part(matched: ElementRef<'_>) -> ElementRef<'_> {
    let part = matches!(matched.value().name(), "tr" | "tbody" | "thead" | "td" | "th");
    let table = ancestors(matched).find(|around| part && around.value().name() == "table");
    table.or_else(|| roles::around(matched)).unwrap_or(matched)
}

/// What one table element holds by itself.
struct Parts<'a> {
    /// Header rows of its own.
    head: Vec<ElementRef<'a>>,
    body: Vec<ElementRef<'a>>,
    /// Made to hold a header only: its rows stand in another table.
    head_only: bool,
}

fn parts<'a>(table: ElementRef<'a>) -> Parts<'a> {
    let mut parts = Parts { head: Vec::new(), body: Vec::new(), head_only: false };
    let mut has_body = false;
    for section in table.child_elements() {
        match section.value().name() {
            "thead" => parts.head.extend(section.child_elements().filter(|row| row.value().name() == "tr")),
            "tbody" => {
                has_body = true;
                parts.body.extend(section.child_elements().filter(|row| row.value().name() == "tr"));
            }
            _ => {}
        }
    }
    // EasyUI writes headers as plain cells in a body.
    if has_class(table, "datagrid-htable") {
        parts.head.append(&mut parts.body);
        parts.head_only = true;
        return parts;
    }
    if parts.head.is_empty() {
        let titles = parts.body.iter().take(MOST_TITLES).take_while(|row| cells_of(**row).count() == 1).count();
        let rest = parts.body.iter().skip(titles);
        let headings = rest.take_while(|row| only_headings(**row) && cells_of(**row).count() > 1).count();
        if headings > 0 {
            parts.head = parts.body.drain(..titles + headings).skip(titles).collect();
        }
    }
    parts.head_only = !parts.head.is_empty() && !has_body;
    parts
}

/// The smallest element that holds the whole of what this element is a part of.
fn root_of(table: ElementRef<'_>) -> ElementRef<'_> {
    if table.value().name() != "table" {
        return table;
    }
    let own = parts(table);
    if !own.head.is_empty() && !own.head_only {
        return table;
    }
    let Some(root) = ancestors(table).take(WIDGET_DEPTH).find(|around| joins(*around, table)) else {
        return table;
    };
    // EasyUI keeps frozen columns in a view beside the main one.
    parent(root).filter(|around| has_class(*around, "datagrid-view")).unwrap_or(root)
}

/// Whether `around` holds the other half of `table`: its header before it, or its rows after it.
fn joins(around: ElementRef<'_>, table: ElementRef<'_>) -> bool {
    let tables = tables_of(around);
    let Some(at) = tables.iter().position(|other| *other == table) else {
        return false;
    };
    if parts(table).head_only {
        tables[at + 1..].iter().any(|other| parts(*other).head.is_empty() && fits(table, *other))
            || roles::rows_after(around, table)
    } else {
        tables[..at].iter().any(|other| parts(*other).head_only && fits(*other, table))
    }
}

/// Whether a header and rows have as many columns; a header may have one more, over the scroll bar.
fn fits(header: ElementRef<'_>, rows: ElementRef<'_>) -> bool {
    let headers = columns(&parts(header).head).len();
    let body = parts(rows).body;
    let cells = occupancy(&body).iter().map(Vec::len).max();
    cells.is_none_or(|cells| cells == headers || cells + 1 == headers)
}

/// The tables in an element that are not inside each other, without those of footers.
fn tables_of<'a>(root: ElementRef<'a>) -> Vec<ElementRef<'a>> {
    if root.value().name() == "table" {
        return vec![root];
    }
    let nested = |table: &ElementRef<'a>| {
        ancestors(*table).take_while(|around| *around != root).any(|around| around.value().name() == "table")
    };
    in_sight(select(root, "table").into_iter().filter(|table| !nested(table) && !is_sum(*table)).collect())
}

/// Whether a table holds the sums that a widget shows under its records.
fn is_sum(table: ElementRef<'_>) -> bool {
    let class =
        |class: &str| class.contains("table-footer") || class.contains("table__footer") || class == "layui-table-total";
    let says = |element: ElementRef<'_>| element.value().classes().any(class);
    table.value().name() == "table" && (says(table) || parent(table).is_some_and(says))
}

fn read<'a>(root: ElementRef<'a>, shape: &Shape) -> Vec<Grid<'a>> {
    if let Some(grid) = roles::pane(root) {
        return join(vec![grid], false);
    }
    let mut panes: Vec<Pane<'a>> = Vec::new();
    let mut pending: Vec<ElementRef<'a>> = Vec::new();
    let alone = |head: &[ElementRef<'a>]| (!head.is_empty()).then(|| pane(head, &[], shape));
    for table in tables_of(root) {
        let Parts { head, mut body, head_only } = parts(table);
        let (named, head): (Vec<_>, Vec<_>) = head.into_iter().partition(|row| shape.names(*row));
        let head_only = head_only && named.is_empty();
        body.splice(0..0, named);
        if head_only {
            panes.extend(alone(&std::mem::replace(&mut pending, head)));
            continue;
        }
        let head = match (head.is_empty(), pending.is_empty()) {
            (false, _) => head,
            (true, false) => std::mem::take(&mut pending),
            (true, true) => plain_header(&mut body, shape),
        };
        panes.push(pane(&head, &body, shape));
    }
    if !pending.is_empty() {
        panes.push(roles::under(root, columns(&pending)));
    }
    join(panes, has_class(root, "datagrid-view"))
}

/// Old pages write the header as plain cells: it is one when it has a header that was asked for.
fn plain_header<'a>(body: &mut Vec<ElementRef<'a>>, shape: &Shape) -> Vec<ElementRef<'a>> {
    let says = |row: &ElementRef<'_>| cells_of(*row).any(|cell| shape.wanted.contains(&key(&shown(cell))));
    let titles = body.iter().take(MOST_TITLES).take_while(|row| cells_of(**row).count() == 1).count();
    let rows = shape.lines.unwrap_or(1);
    let is_header = body.get(titles).is_some_and(says) && body.len() >= titles + rows;
    if is_header { body.drain(..titles + rows).skip(titles).collect() } else { Vec::new() }
}
