//! Pages to rows.

use std::{
    collections::{BTreeMap, HashSet},
    rc::Rc,
};

use regex::Regex;
use scraper::ElementRef;
use serde_json::Value;
use serde_json_path::JsonPath;

use super::{
    Document, ExtractError,
    absence::says_none,
    css::select,
    doubt::{Doubt, doubt},
    drawn::{Drawn, drawn},
    error::Miss,
    find::{Found, Scope},
    records::{Shape, is_idle},
    roles::in_blocks,
    sheet::Sheet,
    shown::{lines, out_of_sight},
    table::Grid,
    widget::grids,
    words::normal,
};
use crate::adapter::{Candidates, Find, Locator, Page};

/// What was read of one record: field → text as the page shows it.
pub type Row = BTreeMap<String, String>;

/// Letters of an unreadable total that an error repeats.
const LONGEST_TOTAL_SHOWN: usize = 40;

/// What a list page holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Its records, in the page's order.
    pub rows: Vec<Row>,
    /// The total that the system states, where the page says one is stated.
    pub total: Option<u64>,
    /// Field → the highest number (from 0) of a candidate that had to be used for it: above 0, the page drifts.
    pub matched: BTreeMap<String, usize>,
    /// Records (from 0) that do not say all that they show for certain, each with why.
    pub doubts: BTreeMap<usize, Doubt>,
    /// What was not where the adapter points and had to be known by its words, a sentence each: the page drifts.
    pub strays: Vec<String>,
    /// How many records the list says that it has, where it has not drawn them all.
    pub of: Option<u64>,
}

/// Reads a list page. Every field of `at` is required on every record.
///
/// # Errors
/// When the records, a field or the total are not where the adapter points, or more than one thing is there. Finding no
/// records is an error as well, unless an empty table or the page's sign `none` is there, or the stated total is 0: that is enough to
/// read on, and no proof that something is missing ([`super::look_up`]).
pub fn listing(page: &Page, document: &Document) -> Result<Listing, ExtractError> {
    let scope = Scope::page(document);
    let mut strays = Vec::new();
    let records = match found_records(page, &scope) {
        Ok((records, stray)) => {
            strays.extend(stray);
            records
        }
        Err(_) if says_none(page, document) => Vec::new(),
        Err(_) if stated_total(page, &scope).is_ok_and(|(total, _)| total == Some(0)) => Vec::new(),
        Err(error) => return Err(error),
    };
    let mut matched: BTreeMap<String, usize> = BTreeMap::new();
    let mut rows = Vec::with_capacity(records.len());
    let mut doubts = BTreeMap::new();
    for (number, record) in records.iter().enumerate() {
        let mut row = Row::new();
        doubts.extend(doubt(page, record).map(|doubt| (number, doubt)));
        for (field, candidates) in &page.at {
            let (candidate, text) =
                record.text(candidates).map_err(|miss| field_error(page, field, candidates, Some(number + 1), miss))?;
            let highest = matched.entry(field.clone()).or_default();
            *highest = candidate.max(*highest);
            row.insert(field.clone(), text);
        }
        rows.push(row);
    }
    let total = match stated_total(page, &scope) {
        // A pager vanishes with the records; a total that is there has to be readable.
        Err(ExtractError::Field { .. }) if rows.is_empty() => None,
        total => {
            let (total, stray) = total?;
            strays.extend(stray);
            total
        }
    };
    let of = undrawn(page, &records, &mut strays)?;
    if !document.unclear().is_empty() {
        let unclear = document.unclear().join(" | ");
        strays.push(format!(
            "a style sheet hides something in a way that only a browser can tell ({unclear}); say `via = \"browser\"`"
        ));
    }
    Ok(Listing { rows, total, matched, doubts, strays, of })
}

/// The list's own count of its records, where it has not drawn them all and they are scrolled to.
fn undrawn(page: &Page, records: &[Scope<'_>], strays: &mut Vec<String>) -> Result<Option<u64>, ExtractError> {
    let regions = records.iter().filter_map(|record| match record {
        Scope::Html(region) => region.parts.first(),
        Scope::Json(_) | Scope::Sheet(..) => None,
    });
    let rows: Vec<ElementRef<'_>> = regions.copied().collect();
    let turns = page.paging.next.is_some()
        || page.paging.more.is_some()
        || page.paging.cursor.is_some()
        || page.uses("page")
        || page.uses("offset");
    match drawn(&rows) {
        Some(Drawn::Of(of)) if page.paging.scroll || turns => Ok(Some(of).filter(|_| page.paging.scroll)),
        Some(Drawn::Of(of)) => Err(ExtractError::Undrawn { page: page.name.clone(), drawn: rows.len() as u64, of }),
        Some(Drawn::Room(pixels)) if !page.paging.scroll => {
            strays.push(format!(
                "the list has drawn {} rows and keeps room for more ({pixels} pixels); if it draws only what is in sight, say `scroll = true`",
                rows.len()
            ));
            Ok(None)
        }
        _ => Ok(None),
    }
}

/// Reads a page about one record. Every field of `at` is required.
///
/// # Errors
/// When a field is not where the adapter points, or more than one thing is there.
pub fn detail(page: &Page, document: &Document) -> Result<Row, ExtractError> {
    let scope = Scope::page(document);
    let read = |(field, candidates): (&String, &Candidates)| match scope.text(candidates) {
        Ok((_, text)) => Ok((field.clone(), text)),
        Err(miss) => Err(field_error(page, field, candidates, None, miss)),
    };
    page.at.iter().map(read).collect()
}

/// Candidates as they stand in the file.
pub(super) fn written(candidates: &Candidates) -> String {
    let written: Vec<_> = candidates.0.iter().map(|locator| locator.written.as_str()).collect();
    written.join(" | ")
}

fn field_error(page: &Page, field: &str, candidates: &Candidates, row: Option<usize>, miss: Miss) -> ExtractError {
    ExtractError::Field {
        page: page.name.clone(),
        field: field.to_owned(),
        locator: written(candidates),
        row,
        there: miss.words(),
    }
}

/// The stated total, and how it was known where it is not where the adapter points.
fn stated_total(page: &Page, scope: &Scope<'_>) -> Result<(Option<u64>, Option<String>), ExtractError> {
    let Some(candidates) = &page.total else {
        return Ok((None, None));
    };
    let (number, text, stray) = match scope.text(candidates) {
        Ok((number, text)) => (number, text, None),
        Err(miss) => {
            let last = candidates.0.len().saturating_sub(1);
            let pattern = candidates.0.last().and_then(|locator| locator.pattern.as_ref());
            match (&miss, pattern.and_then(|pattern| said_once(scope, pattern))) {
                (Miss::Nothing(_), Some(text)) => {
                    (last, text, Some(stray("total", candidates, "the one text of its pattern")))
                }
                _ => return Err(field_error(page, "total", candidates, None, miss)),
            }
        }
    };
    let separates = |letter: char| letter.is_whitespace() || matches!(letter, ',' | '，' | '\'' | '’');
    let digits: String = text.chars().filter(|letter| !separates(*letter)).collect();
    let total = digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()));
    total.map(|total| (Some(total), stray)).ok_or_else(|| ExtractError::Total {
        page: page.name.clone(),
        locator: candidates.0[number].written.clone(),
        text: text.chars().take(LONGEST_TOTAL_SHOWN).collect(),
    })
}

fn stray(what: &str, candidates: &Candidates, instead: &str) -> String {
    format!("`{what}` is no longer where `{}` points; {instead} was taken. Mend the adapter", written(candidates))
}

/// What a pattern finds in the lines of a page, where that is one thing wherever it stands.
fn said_once(scope: &Scope<'_>, pattern: &Regex) -> Option<String> {
    let Scope::Html(region) = scope else {
        return None;
    };
    let mut said: Vec<String> = Vec::new();
    for line in region.parts.iter().flat_map(|part| lines(*part)) {
        for found in pattern.captures_iter(&normal(&line)) {
            let group = found.get(1).or_else(|| found.get(0)).map(|group| group.as_str().trim().to_owned());
            said.extend(group.filter(|group| !said.contains(group)));
        }
    }
    if said.len() == 1 { said.pop() } else { None }
}

/// The records of a list, in the page's order.
pub(super) fn records<'a>(page: &Page, scope: &Scope<'a>) -> Result<Vec<Scope<'a>>, ExtractError> {
    found_records(page, scope).map(|(records, _)| records)
}

/// The same, with how they were known where they are not where the adapter points.
fn found_records<'a>(page: &Page, scope: &Scope<'a>) -> Result<(Vec<Scope<'a>>, Option<String>), ExtractError> {
    if let Scope::Sheet(sheet, _) = scope {
        if sheet.len() == 0 {
            check_headers(page, sheet)?;
        }
        return Ok(((0..sheet.len()).map(|record| Scope::Sheet(sheet, Some(record))).collect(), None));
    }
    // Some systems call a page with a table a workbook.
    let any_table = page.is_file().then(|| Candidates(vec![Locator::parse("css=table").expect("it is CSS")]));
    let Some(candidates) = page.rows.as_ref().or(page.table.as_ref()).or(any_table.as_ref()) else {
        return Err(ExtractError::Declare { page: page.name.clone() });
    };
    if let (None, None, Scope::Html(region)) = (&page.rows, &page.table, scope)
        && region.parts.iter().all(|part| select(*part, "table").is_empty())
    {
        let why = "it is a page without a table instead of a file: look at what was kept of it (a login, a notice?), and at the \
                   page's address";
        return Err(ExtractError::File { page: page.name.clone(), why: why.to_owned() });
    }
    let (mut missed, mut unclear, mut stray_rows) = (Vec::new(), false, None);
    for locator in &candidates.0 {
        let found = match (&locator.find, scope) {
            (Find::Json(path), Scope::Json(value)) => json_records(path, value),
            _ => scope.find(locator).and_then(|found| {
                let (records, left_out) = html_records(page, &found, locator)?;
                stray_rows = left_out;
                Ok(records)
            }),
        };
        match found {
            Ok(records) => return Ok((records, stray_rows)),
            Err(Miss::Nothing(why)) => missed.push(why),
            Err(Miss::Unclear(why)) => {
                unclear = true;
                missed.push(why);
            }
        }
    }
    if let (false, None, Some(table), Some(records)) = (unclear, &page.rows, &page.table, by_headers(page, scope)) {
        return Ok((records, Some(stray("table", table, "the one table with all the headers"))));
    }
    Err(ExtractError::Records { page: page.name.clone(), locator: written(candidates), there: missed.join("; ") })
}

/// A list without records has its headers at least; what has not is no list.
fn check_headers(page: &Page, sheet: &Sheet) -> Result<(), ExtractError> {
    for (field, candidates) in &page.at {
        let missed = candidates.0.iter().filter_map(|locator| match &locator.find {
            Find::Column { header, .. } => sheet.column(header).err(),
            _ => None,
        });
        let mut missed: Vec<Miss> = missed.collect();
        if missed.len() == candidates.0.len()
            && let Some(miss) = missed.pop()
        {
            return Err(field_error(page, field, candidates, None, miss));
        }
    }
    Ok(())
}

fn json_records<'a>(path: &JsonPath, value: &'a Value) -> Result<Vec<Scope<'a>>, Miss> {
    let found = path.query(value).all();
    match found.as_slice() {
        [Value::Array(records)] => Ok(records.iter().map(Scope::Json).collect()),
        [] if empty_list(path, value) => Ok(Vec::new()),
        [] => Err(Miss::Nothing(format!("the answer has nothing at {path}"))),
        records if records.iter().all(|record| record.is_object() || record.is_array()) => {
            Ok(records.iter().map(|record| Scope::Json(record)).collect())
        }
        _ => Err(Miss::Nothing(format!("what the answer has at {path} are no records but plain values"))),
    }
}

/// Whether a path that found nothing points into a list that is there and has nothing that fits.
fn empty_list(path: &JsonPath, value: &Value) -> bool {
    let path = path.to_string();
    let Some(around) = path.ends_with([']', '*']).then(|| path.rfind(['[', '.'])).flatten() else {
        return false;
    };
    let list = JsonPath::parse(&path[..around]);
    list.is_ok_and(|list| matches!(list.query(value).all().as_slice(), [Value::Array(_)]))
}

/// Headers by which a table is known at least.
const FEWEST_HEADERS: usize = 2;

/// The records of the one table on the page, in sight, that has every header that the fields ask for.
fn by_headers<'a>(page: &Page, scope: &Scope<'a>) -> Option<Vec<Scope<'a>>> {
    let Scope::Html(region) = scope else {
        return None;
    };
    let mut shape = Shape::of(page);
    shape.wanted.sort();
    shape.wanted.dedup();
    if shape.wanted.len() < FEWEST_HEADERS {
        return None;
    }
    let tables =
        region.parts.iter().flat_map(|part| select(*part, "table, [role=grid], [role=treegrid], [role=table]"));
    let mut fitting: Vec<Grid<'a>> = Vec::new();
    for grid in tables.filter(|table| !out_of_sight(*table)).flat_map(|table| grids(&[table], &shape)) {
        let known = fitting.iter().any(|other| other.len() == grid.len() && other.rows(0) == grid.rows(0));
        if !known && shape.wanted.iter().all(|header| grid.has(header)) {
            fitting.push(grid);
        }
    }
    let grid = if fitting.len() == 1 { Rc::new(fitting.remove(0)) } else { return None };
    Some((0..grid.len()).map(|record| Scope::record(grid.clone(), record)).collect())
}

/// The records that these elements are or hold, and what to tell where rows that were pointed at are none.
fn html_records<'a>(
    page: &Page,
    found: &[Found<'a>],
    locator: &Locator,
) -> Result<(Vec<Scope<'a>>, Option<String>), Miss> {
    let elements: Vec<ElementRef<'a>> = found.iter().filter_map(Found::element).collect();
    let named = |names: &[&str]| elements.iter().filter(|element| names.contains(&element.value().name())).count();
    let (rows, bodies) = (named(&["tr"]), named(&["tbody"]));
    let mut shape = Shape::of(page);
    match (page.rows.is_some(), rows + bodies) {
        // Blocks that make a table with others have columns; other blocks are records by themselves.
        (true, 0) if shape.wanted.is_empty() || !elements.iter().all(|element| in_blocks(*element)) => {
            return Ok((elements.into_iter().map(Scope::element).collect(), None));
        }
        (true, parts) if parts > 0 && rows < elements.len() && bodies < elements.len() => {
            return Err(Miss::Unclear("it fits rows of tables and other elements as well".to_owned()));
        }
        _ => {}
    }
    let chosen: HashSet<_> = elements.iter().map(|element| element.id()).collect();
    if page.rows.is_some() && bodies > 0 {
        shape.bodies.clone_from(&chosen);
    }
    if page.rows.is_some() && rows > 0 && matches!(&locator.find, Find::Css(css) if names_rows(css)) {
        shape.named.clone_from(&chosen);
    }
    let grids: Vec<Rc<Grid<'a>>> = grids(&elements, &shape).into_iter().map(Rc::new).collect();
    if grids.is_empty() {
        let names: Vec<_> = elements.iter().map(|element| format!("<{}>", element.value().name())).collect();
        return Err(Miss::Nothing(format!("there is {}, without a table in it", names.join(", "))));
    }
    let mut records = Vec::new();
    for grid in &grids {
        let all = page.rows.is_none() || bodies > 0;
        let chosen = |record: &usize| {
            let mut rows = grid.rows(*record).into_iter().chain(grid.copies(*record));
            all || rows.any(|row| chosen.contains(&row.id()))
        };
        records.extend((0..grid.len()).filter(chosen).map(|record| Scope::record(grid.clone(), record)));
    }
    let left_out = elements.iter().filter(|row| row.value().name() == "tr" && !is_idle(**row)).count();
    let tells = records.is_empty() && page.rows.is_some() && left_out >= FEWEST_LEFT_OUT;
    Ok((records, tells.then(|| no_records(&locator.written, left_out))))
}

/// Rows that CSS found and that are no records, from which on that is told: one alone is a header.
const FEWEST_LEFT_OUT: usize = 2;

fn no_records(written: &str, rows: usize) -> String {
    format!(
        "`{written}` fits {rows} rows, and none of them is a record: they are headings, sums, or one cell over the whole table. \
         If they are records, name them by a class of theirs (tr.item)"
    )
}

/// Whether CSS names elements by what is said of them themselves (`tr.item`, `#list tr[data-id]`), and not all rows of a table.
fn names_rows(css: &str) -> bool {
    let (mut depth, mut said, mut all) = (0_usize, false, true);
    for letter in css.chars() {
        match letter {
            '(' | '[' => {
                said |= letter == '[' && depth == 0;
                depth += 1;
            }
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            '.' | '#' => said = true,
            ',' => (all, said) = (all && said, false),
            ' ' | '>' | '+' | '~' => said = false,
            _ => {}
        }
    }
    all && said
}
