//! Table elements to tables: what widgets make of one table is put together again.

use std::collections::HashSet;

use scraper::ElementRef;

use super::{
    css::{ancestors, has_class, parent, select},
    header::{Column, cells_of, columns, occupancy},
    shown::{hidden, shown},
    table::{Grid, Pane, Record, join},
    words::key,
};

/// Elements between a widget's table and what holds its header as well: jqGrid has most.
const WIDGET_DEPTH: usize = 4;

/// The grids that these elements belong to. `wanted`: keys of the headers asked for; by them a first row of plain cells
/// is known for a header.
pub(super) fn grids<'a>(matched: &[ElementRef<'a>], wanted: &[String]) -> Vec<Grid<'a>> {
    let tables = distinct(matched.iter().map(|element| around_part(*element)).filter(|table| !is_sum(*table)));
    let roots = distinct(tables.into_iter().map(root_of));
    let outermost = roots.iter().filter(|root| !ancestors(**root).any(|around| roots.contains(&around)));
    outermost.flat_map(|root| read(*root, wanted)).collect()
}

fn distinct<'a>(elements: impl Iterator<Item = ElementRef<'a>>) -> Vec<ElementRef<'a>> {
    let mut seen = HashSet::new();
    elements.filter(|element| seen.insert(element.id())).collect()
}

/// The table around a part of one; anything else as it is.
fn around_part(matched: ElementRef<'_>) -> ElementRef<'_> {
    let part = matches!(matched.value().name(), "tr" | "tbody" | "thead" | "td" | "th");
    let table = ancestors(matched).find(|around| part && around.value().name() == "table");
    table.unwrap_or(matched)
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
        let headings = parts.body.iter().take_while(|row| only_headings(**row) && cells_of(**row).count() > 1).count();
        parts.head = parts.body.drain(..headings).collect();
    }
    parts.head_only = !parts.head.is_empty() && !has_body;
    parts
}

fn only_headings(row: ElementRef<'_>) -> bool {
    cells_of(row).next().is_some() && cells_of(row).all(|cell| cell.value().name() == "th")
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
    select(root, "table").into_iter().filter(|table| !nested(table) && !is_sum(*table)).collect()
}

/// Whether a table holds the sums that a widget shows under its records.
fn is_sum(table: ElementRef<'_>) -> bool {
    let class =
        |class: &str| class.contains("table-footer") || class.contains("table__footer") || class == "layui-table-total";
    let says = |element: ElementRef<'_>| element.value().classes().any(class);
    table.value().name() == "table" && (says(table) || parent(table).is_some_and(says))
}

fn read<'a>(root: ElementRef<'a>, wanted: &[String]) -> Vec<Grid<'a>> {
    let mut panes: Vec<Pane<'a>> = Vec::new();
    let mut pending: Option<Vec<Column>> = None;
    for table in tables_of(root) {
        let Parts { head, mut body, head_only } = parts(table);
        if head_only {
            panes.extend(pending.replace(columns(&head)).map(|columns| Pane { columns, rows: Vec::new() }));
            continue;
        }
        let columns = match (head.is_empty(), pending.take()) {
            (false, _) => columns(&head),
            (true, Some(columns)) => columns,
            (true, None) => plain_header(&mut body, wanted),
        };
        panes.push(Pane { rows: records(&body, columns.len()), columns });
    }
    panes.extend(pending.map(|columns| Pane { columns, rows: Vec::new() }));
    join(panes, has_class(root, "datagrid-view"))
}

/// Old pages write the header as plain cells: it is one when it has a header that was asked for.
fn plain_header(body: &mut Vec<ElementRef<'_>>, wanted: &[String]) -> Vec<Column> {
    let is_header = body.first().is_some_and(|row| cells_of(*row).any(|cell| wanted.contains(&key(&shown(cell)))));
    if is_header { columns(&body.drain(..1).collect::<Vec<_>>()) } else { Vec::new() }
}

fn records<'a>(body: &[ElementRef<'a>], width: usize) -> Vec<Record<'a>> {
    let cells = occupancy(body);
    let records = body.iter().zip(cells).filter(|(row, _)| is_record(row, width));
    records.map(|(row, cells)| Record { row: *row, cells }).collect()
}

/// Whether a row is a record: seen, not a heading between records, not the line that says that there are none.
fn is_record(row: &ElementRef<'_>, width: usize) -> bool {
    let mut cells = cells_of(*row);
    let Some(first) = cells.next() else {
        return false;
    };
    // A line of measures, as some widgets keep above the records.
    let spacer = has_class(*row, "jqgfirstrow") || has_class(*row, "ant-table-measure-row");
    if hidden(*row) || only_headings(*row) || spacer {
        return false;
    }
    let lone = cells.next().is_none() && (width > 1 || first.attr("colspan").is_some());
    !(lone && (says_nothing(&shown(first)) || has_class(first, "el-table__expanded-cell")))
}

/// The ways to say that a list is empty.
fn says_nothing(text: &str) -> bool {
    let text = text.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
    text.is_empty()
        || ["暂无", "没有", "无数据", "无记录", "无匹配", "查无", "未找到", "未查询到", "抱歉"]
            .iter()
            .any(|start| text.starts_with(start))
        || ["no data", "no record", "no matching", "no result", "nothing found", "empty"]
            .iter()
            .any(|start| text.starts_with(start))
}
