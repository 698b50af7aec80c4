//! Workbooks in Excel's XML of 2003, which are often called .xls.

use std::{collections::HashMap, sync::LazyLock};

use quick_xml::events::{BytesStart, Event};
use regex::Regex;

use super::{
    Area, CELLS_MOST, COLUMNS_MOST, Cells, ROWS_MOST,
    cell::{Form, Shown, cells, exact_form, float, iso},
    long,
    sheets::{self, Parts, Tab},
    too_large, xml,
};

/// Letters among which the root element stands.
const HEAD: usize = 4_096;

/// A sheet as it is read.
#[derive(Default)]
struct Table {
    name: String,
    is_hidden: bool,
    rows: Vec<Vec<Shown>>,
    merged: Vec<Area>,
    /// Those of them that reach into the row that is read, or further down.
    open: Vec<Area>,
    cells: usize,
}

/// Where in a table one is.
#[derive(Default)]
struct Cursor {
    /// The row that is read, and the one after it.
    row: usize,
    next_row: usize,
    column: usize,
    next_column: usize,
    style: Option<String>,
    kind: String,
}

/// Whether a text is such a workbook.
pub(super) fn is(text: &str) -> bool {
    static ROOT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"<(?:[A-Za-z]+:)?Workbook[\s>]").expect("the pattern is a constant"));
    let head = &text[..text.floor_char_boundary(HEAD)];
    head.contains("urn:schemas-microsoft-com:office:spreadsheet") && ROOT.is_match(head)
}

/// Reads one.
pub(super) fn read(text: &str, sheet: Option<&str>) -> Result<Parts, String> {
    let mut tables = tables(text)?;
    let tab = |table: &Table| Tab { name: table.name.clone(), is_seen: !table.is_hidden };
    let tabs: Vec<Tab> = tables.iter().map(tab).collect();
    sheets::read(&tabs, sheet, |tab, _| {
        let table = std::mem::take(&mut tables[tab]);
        Ok::<Cells, String>(cells(table.rows, table.merged))
    })
}

fn tables(text: &str) -> Result<Vec<Table>, String> {
    let mut reader = xml::reader(text);
    let (mut tables, mut formats): (Vec<Table>, HashMap<String, String>) = Default::default();
    let (mut at, mut style) = (Cursor::default(), None);
    let (mut data, mut visible) = (None::<String>, None::<String>);
    loop {
        let event = reader.read_event().map_err(|error| format!("the workbook (XML of 2003) is damaged ({error})"))?;
        match &event {
            Event::Start(start) => match start.local_name().as_ref() {
                "Style" => style = xml::attribute(start, "ID"),
                "NumberFormat" => formats.extend(style.clone().zip(xml::attribute(start, "Format"))),
                "Worksheet" => {
                    tables.push(Table { name: xml::attribute(start, "Name").unwrap_or_default(), ..Table::default() });
                    at = Cursor::default();
                }
                "Row" => {
                    at.begin_row(start);
                    tables.iter_mut().for_each(|table| table.open.retain(|area| area.last.0 >= at.row));
                }
                "Cell" => at.begin_cell(start, tables.last_mut()),
                "Data" => {
                    at.kind = xml::attribute(start, "Type").unwrap_or_default();
                    data = Some(String::new());
                }
                "Visible" => visible = Some(String::new()),
                _ => {}
            },
            Event::End(end) => match end.local_name().as_ref() {
                "Data" => {
                    let format = at.style.as_ref().and_then(|style| formats.get(style)).map(|code| named(code));
                    let value = value(&data.take().unwrap_or_default(), &at.kind, format);
                    if let Some(table) = tables.last_mut() {
                        table.put(at.row, at.column, value)?;
                    }
                }
                "Visible" => {
                    let hidden = visible.take().is_some_and(|word| word.trim().starts_with("Sheet"));
                    if let Some(table) = tables.last_mut().filter(|_| hidden) {
                        table.is_hidden = true;
                    }
                }
                _ => {}
            },
            Event::Eof if tables.is_empty() => return Err("the workbook has no sheet".to_owned()),
            // A download that broke off ends within a sheet.
            Event::Eof if !text.trim_end().ends_with("Workbook>") => {
                return Err("the workbook (XML of 2003) is damaged: it breaks off".to_owned());
            }
            Event::Eof => return Ok(tables),
            event => {
                if let Some(text) = data.as_mut().or(visible.as_mut()) {
                    xml::add(text, event);
                }
            }
        }
    }
}

impl Cursor {
    fn begin_row(&mut self, row: &BytesStart<'_>) {
        self.row = xml::count(row, "Index").and_then(|index| index.checked_sub(1)).unwrap_or(self.next_row);
        // One element may stand for several empty rows.
        self.next_row = self.row.saturating_add(1).saturating_add(xml::count(row, "Span").unwrap_or(0));
        (self.column, self.next_column) = (0, 0);
    }

    fn begin_cell(&mut self, cell: &BytesStart<'_>, table: Option<&mut Table>) {
        self.column = xml::count(cell, "Index").and_then(|index| index.checked_sub(1)).unwrap_or(self.next_column);
        let (across, down) = (xml::count(cell, "MergeAcross"), xml::count(cell, "MergeDown"));
        let last = self.column.saturating_add(across.unwrap_or(0));
        self.next_column = last.saturating_add(1);
        self.style = xml::attribute(cell, "StyleID");
        if let Some(table) = table.filter(|_| across.is_some() || down.is_some()) {
            let first = (self.row, self.column);
            let area = Area { first, last: (self.row.saturating_add(down.unwrap_or(0)), last) };
            table.merged.push(area);
            table.open.push(area);
        }
    }
}

impl Table {
    fn put(&mut self, row: usize, column: usize, value: Shown) -> Result<(), String> {
        if row >= ROWS_MOST || column >= COLUMNS_MOST {
            return Err(too_large());
        }
        let covered = |area: &Area| {
            area.first != (row, column) && area.first.0 <= row && (area.first.1..=area.last.1).contains(&column)
        };
        if self.open.iter().any(covered) {
            return Err(format!(
                "in its row {} a cell stands where a merged one stands already, so that it can't be told which columns the row has",
                row + 1
            ));
        }
        self.rows.resize_with(self.rows.len().max(row + 1), Vec::new);
        let line = &mut self.rows[row];
        let grown = (column + 1).saturating_sub(line.len());
        self.cells += grown;
        if self.cells > CELLS_MOST {
            return Err(too_large());
        }
        line.resize(line.len().max(column + 1), Shown::Text(String::new()));
        line[column] = value;
        Ok(())
    }
}

/// A value as its type says, in the format of its style.
fn value(text: &str, kind: &str, format: Option<&str>) -> Shown {
    match kind {
        "Number" => match (long::believed(text).filter(|digits| digits.len() > 15), text.trim().parse::<f64>()) {
            (Some(digits), _) => Shown::Text(digits.to_owned()),
            (None, Ok(number)) => float(number, format),
            (None, Err(_)) => Shown::Text(text.to_owned()),
        },
        "Boolean" => Shown::Text(if text.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned()),
        "DateTime" => match (iso(text.trim()), format.and_then(exact_form)) {
            // What lies on the day before the first is a time of day alone.
            (Shown::Moment(moment, _), None) if moment.date().to_string() == "1899-12-31" => {
                Shown::Moment(moment, Some(Form::Time))
            }
            (Shown::Moment(moment, _), form) => Shown::Moment(moment, form),
            (other, _) => other,
        },
        _ => Shown::Text(text.to_owned()),
    }
}

/// The code of a format that has a name.
fn named(format: &str) -> &str {
    match format {
        "General Date" | "General Number" => "General",
        "Short Date" | "Medium Date" | "Long Date" => "yyyy-mm-dd",
        "Short Time" | "Medium Time" | "Long Time" => "hh:mm:ss",
        "Fixed" => "0.00",
        "Standard" => "#,##0.00",
        "Percent" => "0.00%",
        code => code,
    }
}
