//! Tables as people see them: one header and rows of records, however many table elements a widget makes of it.

use std::{cell::RefCell, collections::HashMap};

use scraper::ElementRef;

use super::{
    css::{ancestors, has_class, parent, select},
    error::Miss,
    header::{Column, LEVELS, cells_of, columns, occupancy},
    shown::{hidden, shown},
    words::{key, nearest},
};

/// Elements between a widget's table and what holds its header as well: jqGrid has most.
const WIDGET_DEPTH: usize = 4;

/// Headers named in an error at most.
const MOST_NAMED: usize = 40;

/// A table as people see it. The first pane leads; the others repeat some of its columns or add frozen ones.
pub(super) struct Grid<'a> {
    panes: Vec<Pane<'a>>,
    /// Where each header asked for so far stands: pane and column, the leading pane first.
    found: RefCell<HashMap<String, Result<Vec<(usize, usize)>, Miss>>>,
}

struct Pane<'a> {
    columns: Vec<Column>,
    rows: Vec<Record<'a>>,
}

struct Record<'a> {
    row: ElementRef<'a>,
    cells: Vec<Option<ElementRef<'a>>>,
}

/// The grids that these elements belong to. `wanted`: keys of the headers asked for; by them a first row of plain cells
/// is known for a header.
pub(super) fn grids<'a>(matched: &[ElementRef<'a>], wanted: &[String]) -> Vec<Grid<'a>> {
    let mut roots: Vec<ElementRef<'a>> = Vec::new();
    for root in matched.iter().map(|element| root_of(*element)) {
        if !roots.contains(&root) {
            roots.push(root);
        }
    }
    let outermost = roots.iter().filter(|root| !ancestors(**root).any(|around| roots.contains(&around)));
    outermost.flat_map(|root| read(*root, wanted)).collect()
}

impl<'a> Grid<'a> {
    /// How many records it has.
    pub(super) fn len(&self) -> usize {
        self.panes[0].rows.len()
    }

    /// The row elements of a record, the leading pane's first.
    pub(super) fn rows(&self, record: usize) -> Vec<ElementRef<'a>> {
        self.panes.iter().filter_map(|pane| Some(pane.rows.get(record)?.row)).collect()
    }

    /// The cells of a record under a header, the best one first: seen and not empty.
    pub(super) fn cells(&self, record: usize, header: &str) -> Result<Vec<ElementRef<'a>>, Miss> {
        let found = self.found.borrow_mut().entry(header.to_owned()).or_insert_with(|| self.find(header)).clone()?;
        let cell = |(pane, column): &(usize, usize)| {
            self.panes[*pane].rows.get(record).and_then(|record| *record.cells.get(*column)?)
        };
        let mut cells: Vec<_> = found.iter().filter_map(cell).collect();
        cells.sort_by_key(|cell| hidden(*cell) || has_class(*cell, "is-hidden") || shown(*cell).is_empty());
        if cells.is_empty() {
            return Err(Miss::nothing(format!("the record has no cell under the header {header}")));
        }
        Ok(cells)
    }

    fn find(&self, header: &str) -> Result<Vec<(usize, usize)>, Miss> {
        let wanted = key(header);
        for level in 0..LEVELS {
            let mut places = Vec::new();
            for (number, pane) in self.panes.iter().enumerate() {
                let called = |(_, column): &(usize, &Column)| column.is_called(&wanted, level);
                let mut columns: Vec<_> = pane.columns.iter().enumerate().filter(called).collect();
                if columns.len() > 1 {
                    columns.retain(|(_, column)| !column.hidden);
                }
                if columns.len() > 1 {
                    let names: Vec<_> = columns.iter().map(|(_, column)| column.full_name()).collect();
                    return Err(Miss::Unclear(format!(
                        "{} columns have the header {header}: {}; name the group as well (group/header), or use CSS",
                        names.len(),
                        names.join(", "),
                    )));
                }
                places.extend(columns.iter().map(|(column, _)| (number, *column)));
            }
            if !places.is_empty() {
                return Ok(places);
            }
        }
        Err(Miss::Nothing(self.missing(&wanted, header)))
    }

    fn missing(&self, wanted: &str, header: &str) -> String {
        let mut names: Vec<&str> = Vec::new();
        for column in self.panes.iter().flat_map(|pane| &pane.columns).filter(|column| !column.is_blank()) {
            if !names.contains(&column.full_name()) {
                names.push(column.full_name());
            }
        }
        if names.is_empty() {
            return format!("the table has no headers, so none is {header}");
        }
        let meant = nearest(wanted, names.iter().copied());
        let meant = meant.map_or_else(String::new, |name| format!("; did you mean {name}?"));
        names.truncate(MOST_NAMED);
        format!("no header is {header}; there are {}{meant}", names.join(", "))
    }
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

/// The smallest element that holds the whole of what the matched element is a part of.
fn root_of(matched: ElementRef<'_>) -> ElementRef<'_> {
    let part_of_table = matches!(matched.value().name(), "tr" | "tbody" | "thead" | "td" | "th");
    let table = if part_of_table { ancestors(matched).find(|around| around.value().name() == "table") } else { None };
    let table = table.unwrap_or(matched);
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
    let left_out = |around: ElementRef<'_>| {
        let footer = |class: &str| class.contains("footer") || class == "layui-table-total";
        around.value().name() == "table" || around.value().classes().any(footer)
    };
    let inside = |table: &ElementRef<'a>| !ancestors(*table).take_while(|around| *around != root).any(left_out);
    select(root, "table").into_iter().filter(inside).filter(|table| !has_class(*table, "el-table__footer")).collect()
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
    let records = body.iter().zip(cells).filter(|(row, _)| is_record(*row, width));
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

/// Puts panes that show the same records beside each other: copies of fixed columns, and, where `frozen`, columns of their own.
fn join(mut panes: Vec<Pane<'_>>, frozen: bool) -> Vec<Grid<'_>> {
    let mut joined: Vec<Vec<Pane<'_>>> = Vec::new();
    while !panes.is_empty() {
        let widest = panes.iter().map(|pane| pane.columns.len()).max().unwrap_or(0);
        let lead = panes.iter().position(|pane| pane.columns.len() == widest).unwrap_or(0);
        let mut grid = vec![panes.remove(lead)];
        let mut others = Vec::new();
        for pane in panes {
            if (frozen && pane.rows.len() == grid[0].rows.len()) || copies(&pane, &grid[0]) {
                grid.push(pane);
            } else if !pane.rows.is_empty() || pane.columns.iter().any(|column| counterpart(column, &grid[0]).is_none())
            {
                others.push(pane);
            }
        }
        joined.push(grid);
        panes = others;
    }
    joined.into_iter().map(|panes| Grid { panes, found: RefCell::default() }).collect()
}

/// Whether a pane shows columns of the lead again: the same headers over as many records with the same texts. Tables of
/// different records that look alike are no copies.
fn copies(pane: &Pane<'_>, lead: &Pane<'_>) -> bool {
    if pane.rows.len() != lead.rows.len() || pane.columns.iter().all(Column::is_blank) {
        return false;
    }
    let pairs = pane.columns.iter().enumerate().filter(|(_, column)| !column.is_blank());
    let Some(pairs) = pairs.map(|(at, column)| Some((at, counterpart(column, lead)?))).collect::<Option<Vec<_>>>()
    else {
        return false;
    };
    let text = |record: &Record<'_>, at: usize| record.cells.get(at).copied().flatten().map(shown).unwrap_or_default();
    pane.rows.iter().zip(&lead.rows).all(|(copy, original)| {
        pairs.iter().all(|(copied, own)| {
            let (copied, own) = (text(copy, *copied), text(original, *own));
            copied.is_empty() || own.is_empty() || copied == own
        })
    })
}

fn counterpart(column: &Column, lead: &Pane<'_>) -> Option<usize> {
    lead.columns.iter().position(|own| own.full_name() == column.full_name())
}
