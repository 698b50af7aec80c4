//! Pages to rows.

use std::{
    collections::{BTreeMap, HashSet},
    rc::Rc,
};

use scraper::ElementRef;
use serde_json::Value;
use serde_json_path::JsonPath;

use super::{
    Document, ExtractError,
    error::Miss,
    find::{Found, Scope},
    records::Shape,
    roles::in_blocks,
    sheet::Sheet,
    table::Grid,
    widget::grids,
};
use crate::adapter::{Candidates, Find, Locator, Page};

/// What was read of one record: field → text as the page shows it.
pub type Row = BTreeMap<String, String>;

/// Letters of an unreadable total that an error repeats.
const LONGEST_TOTAL_SHOWN: usize = 40;

/// What a list page holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Its records, in the page's order.
    pub rows: Vec<Row>,
    /// The total that the system states, where the page says one is stated.
    pub total: Option<u64>,
    /// Field → the highest number (from 0) of a candidate that had to be used for it: above 0, the page drifts.
    pub matched: BTreeMap<String, usize>,
}

/// Reads a list page. Every field of `at` is required on every record.
///
/// # Errors
/// When the records, a field or the total are not where the adapter points, or more than one thing is there. Finding no
/// records is an error as well, unless an empty table is there or the stated total is 0.
pub fn listing(page: &Page, document: &Document) -> Result<Listing, ExtractError> {
    let scope = Scope::page(document);
    let records = match records(page, &scope) {
        Ok(records) => records,
        Err(_) if stated_total(page, &scope).is_ok_and(|total| total == Some(0)) => Vec::new(),
        Err(error) => return Err(error),
    };
    let mut matched: BTreeMap<String, usize> = BTreeMap::new();
    let mut rows = Vec::with_capacity(records.len());
    for (number, record) in records.iter().enumerate() {
        let mut row = Row::new();
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
        total => total?,
    };
    Ok(Listing { rows, total, matched })
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

fn stated_total(page: &Page, scope: &Scope<'_>) -> Result<Option<u64>, ExtractError> {
    let Some(candidates) = &page.total else {
        return Ok(None);
    };
    let (number, text) = scope.text(candidates).map_err(|miss| field_error(page, "total", candidates, None, miss))?;
    let separates = |letter: char| letter.is_whitespace() || matches!(letter, ',' | '，' | '\'' | '’');
    let digits: String = text.chars().filter(|letter| !separates(*letter)).collect();
    digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit())).map(Some).ok_or_else(|| {
        ExtractError::Total {
            page: page.name.clone(),
            locator: candidates.0[number].written.clone(),
            text: text.chars().take(LONGEST_TOTAL_SHOWN).collect(),
        }
    })
}

/// The records of a list, in the page's order.
pub(super) fn records<'a>(page: &Page, scope: &Scope<'a>) -> Result<Vec<Scope<'a>>, ExtractError> {
    if let Scope::Sheet(sheet, _) = scope {
        if sheet.len() == 0 {
            check_headers(page, sheet)?;
        }
        return Ok((0..sheet.len()).map(|record| Scope::Sheet(sheet, Some(record))).collect());
    }
    // Some systems call a page with a table a workbook.
    let any_table = page.is_file().then(|| Candidates(vec![Locator::parse("css=table").expect("it is CSS")]));
    let Some(candidates) = page.rows.as_ref().or(page.table.as_ref()).or(any_table.as_ref()) else {
        return Err(ExtractError::Declare { page: page.name.clone() });
    };
    let mut missed = Vec::new();
    for locator in &candidates.0 {
        let found = match (&locator.find, scope) {
            (Find::Json(path), Scope::Json(value)) => json_records(path, value),
            _ => scope.find(locator).and_then(|found| html_records(page, &found)),
        };
        match found {
            Ok(records) => return Ok(records),
            Err(miss) => missed.push(miss.words()),
        }
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

fn html_records<'a>(page: &Page, found: &[Found<'a>]) -> Result<Vec<Scope<'a>>, Miss> {
    let elements: Vec<ElementRef<'a>> = found.iter().filter_map(Found::element).collect();
    let named = |names: &[&str]| elements.iter().filter(|element| names.contains(&element.value().name())).count();
    let (rows, bodies) = (named(&["tr"]), named(&["tbody"]));
    let mut shape = Shape::of(page);
    match (page.rows.is_some(), rows + bodies) {
        // Blocks that make a table with others have columns; other blocks are records by themselves.
        (true, 0) if shape.wanted.is_empty() || !elements.iter().all(|element| in_blocks(*element)) => {
            return Ok(elements.into_iter().map(Scope::element).collect());
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
    Ok(records)
}
