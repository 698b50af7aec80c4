//! The list on a page for people.

use std::collections::HashSet;

use scraper::ElementRef;

use super::{Shape, Sought, mentions, other_headers};
use crate::{
    adapter::{Find, Locator, Page},
    extract::{
        Document,
        css::{ancestors, select},
        find::{Found, Region, Scope},
        header::cells_of,
        listing::records,
        records::{Shape as Wanted, says_nothing as is_nothing},
        shown::{lines, shown},
        table::Grid,
        widget::grids,
        words::{key, normal},
    },
};

/// Whether a total has a place of its own on the page.
pub(super) enum Floating {
    /// It has.
    Placed,
    /// It is known by its words alone, which stand there once.
    Once {
        /// Their line, without its digits.
        line: String,
        /// Whether it says nothing else.
        alone: bool,
    },
    /// They stand there more than once, or over several lines.
    Unclear,
}

pub(super) fn shape(page: &Page, scope: &Scope<'_>, root: ElementRef<'_>) -> Shape {
    let total = page.total.as_ref().and_then(|total| total.0.first()).map(|locator| floating(locator, root));
    let total = match total {
        Some(Floating::Once { line, .. }) => Some(line),
        Some(Floating::Placed | Floating::Unclear) | None => None,
    };
    let headers = tables(page, scope).map(|(_, grids)| headers_of(&grids)).unwrap_or_default();
    Shape { headers, total, ..Shape::default() }
}

/// The table stands where its first candidate points, with all the headers that are asked for, as it did with rows.
pub(super) fn check_list(
    page: &Page,
    scope: &Scope<'_>,
    sought: &Sought,
    seen: Option<&Shape>,
    empty: bool,
) -> Result<(), String> {
    if page.rows.is_some() {
        return if empty {
            Err("no row is there, and nothing else shows that the list is: add `none`".to_owned())
        } else {
            Ok(())
        };
    }
    let (found, grids) = tables(page, scope)?;
    // What else a list lacks that looks as it did with rows, it lacked there as well.
    let tells = |field: &str| seen.is_none() || sought.row.iter().any(|(name, _)| name == field);
    let asked = page.at.iter().filter(|(field, _)| tells(field));
    let asked: Vec<&str> = asked.filter_map(|(_, candidates)| column(candidates.0.first()?)).collect();
    for grid in &grids {
        if let Some(lacking) = asked.iter().find(|header| !grid.has(header)) {
            let there = grid.headers().join(", ");
            return Err(format!("a table is there whose headers are {there}; {lacking} is none of them"));
        }
    }
    let now = headers_of(&grids);
    match seen {
        Some(seen) if seen.headers != now => return Err(other_headers(&seen.headers, &now)),
        None if empty && asked.is_empty() => {
            return Err("an empty table without headers could be any: read its fields by column=".to_owned());
        }
        _ => {}
    }
    // Of a row that is one cell it is known only by its words that it is no record.
    let odd = |row: &ElementRef<'_>| lone(*row).is_some_and(|text| !is_nothing(&text) || text.is_empty());
    // A row of several cells that was not read is hidden, or taken for something else.
    let headers: Vec<String> = now.iter().flatten().map(|header| key(header)).collect();
    let left_out = |row: &ElementRef<'_>| {
        let cells =
            cells_of(*row).filter(|cell| cell.value().name() == "td").map(|cell| cell.text().collect::<String>());
        let said: Vec<String> = cells.map(|text| key(&text)).filter(|text| !text.is_empty()).collect();
        said.len() > 1 && !said.iter().all(|text| headers.contains(text))
    };
    let mut rows = found.iter().flat_map(|table| select(*table, "tr"));
    match rows.find(|row| odd(row) || left_out(row)).filter(|_| empty) {
        Some(row) => Err(format!("no row could be read, and in their place stands \"{}\"", shown(row))),
        None => Ok(()),
    }
}

/// Whether the list says in its own place that it is empty.
pub(super) fn says_nothing(page: &Page, scope: &Scope<'_>) -> bool {
    let Ok((found, _)) = tables(page, scope) else { return false };
    let says = |row: ElementRef<'_>| lone(row).is_some_and(|text| !text.is_empty() && is_nothing(&text));
    found.iter().flat_map(|table| select(*table, "tr")).any(says)
}

/// The mark may stand where a page repeats the question, and in no cell that is not a row's.
pub(super) fn check_mentions(
    page: &Page,
    document: &Document,
    sought: &Sought,
    root: ElementRef<'_>,
) -> Result<(), String> {
    let scope = Scope::page(document);
    let records = records(page, &scope).unwrap_or_default();
    let regions = records.iter().filter_map(|record| match record {
        Scope::Html(region) => Some(region),
        Scope::Json(_) | Scope::Sheet(..) => None,
    });
    let rows: HashSet<_> = regions.flat_map(|region| region.parts.iter().map(|part| part.id())).collect();
    let in_row = |cell: ElementRef<'_>| ancestors(cell).chain([cell]).any(|around| rows.contains(&around.id()));
    let cells = select(root, "td, th, [role=gridcell], [role=cell]").into_iter().filter(|cell| {
        // A table that holds the page is no cell of the list.
        select(*cell, "table").is_empty() && !in_row(*cell)
    });
    for cell in cells {
        let text: String = cell.text().collect();
        if mentions(&text, &sought.mark) && !is_nothing(&normal(&text)) {
            return Err("the record's mark stands in a table of the page, and in no row that could be read".to_owned());
        }
    }
    Ok(())
}

/// What the cells of a record say, hidden ones included.
pub(super) fn texts(region: &Region<'_>) -> Vec<String> {
    let cells = region.parts.iter().flat_map(|part| {
        let cells: Vec<_> = cells_of(*part).collect();
        if cells.is_empty() { vec![*part] } else { cells }
    });
    cells.map(|cell| cell.text().collect()).collect()
}

/// Whether a total is known by its words alone, and where they stand then.
pub(super) fn floating(locator: &Locator, root: ElementRef<'_>) -> Floating {
    let (Find::Itself, Some(pattern)) = (&locator.find, &locator.pattern) else { return Floating::Placed };
    let lines: Vec<String> = lines(root).iter().map(|line| normal(line)).collect();
    let said = lines.iter().map(|line| pattern.find_iter(line).count()).sum::<usize>();
    match lines.iter().find(|line| pattern.is_match(line)) {
        Some(line) if said == 1 => {
            let alone = pattern.find(line).is_some_and(|found| found.as_str().trim() == line.trim());
            Floating::Once { line: line.chars().filter(|letter| !letter.is_ascii_digit()).collect(), alone }
        }
        _ => Floating::Unclear,
    }
}

/// What the first candidate of `table` points at, and the tables that it makes.
fn tables<'a>(page: &Page, scope: &Scope<'a>) -> Result<(Vec<ElementRef<'a>>, Vec<Grid<'a>>), String> {
    let Some(locator) = page.table.as_ref().and_then(|table| table.0.first()) else {
        return Err("the page names no table".to_owned());
    };
    let found = scope.find(locator).map_err(|miss| format!("its table is not there: {}", miss.words()))?;
    let found: Vec<ElementRef<'a>> = found.iter().filter_map(Found::element).collect();
    let grids = grids(&found, &Wanted::of(page));
    if grids.is_empty() { Err("its table is not there".to_owned()) } else { Ok((found, grids)) }
}

fn headers_of(grids: &[Grid<'_>]) -> Vec<Vec<String>> {
    grids.iter().map(Grid::headers).collect()
}

fn column(locator: &Locator) -> Option<&str> {
    match &locator.find {
        Find::Column { header, .. } => Some(header),
        _ => None,
    }
}

/// The text of a row that is one cell, and no heading.
fn lone(row: ElementRef<'_>) -> Option<String> {
    let mut cells = cells_of(row);
    let (cell, more) = (cells.next()?, cells.next());
    let body = cell.value().name() == "td" && more.is_none();
    body.then(|| shown(cell))
}
