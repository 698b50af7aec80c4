//! Pages to rows: every construct that the locator language promises, over small pages.
#![expect(clippy::unwrap_used, reason = "a test that can't go on should stop there")]

mod acting;
mod cases;
mod entries;
mod files;
mod forms;
mod labels;
mod lists;
mod saved;
mod shapes;

use std::collections::BTreeMap;

use queqiao::{
    adapter::{Candidates, Locator, Page, Template},
    extract::{Document, Row},
};

/// Candidates as an adapter writes them; alternatives separated by ` || `.
pub fn at(written: &str) -> Candidates {
    Candidates(written.split(" || ").map(|one| Locator::parse(one).unwrap()).collect())
}

/// A page with these fields.
pub fn page(fields: &[(&str, &str)]) -> Page {
    let fields = fields.iter().map(|(name, written)| ((*name).to_owned(), at(written)));
    Page {
        name: "list".to_owned(),
        path: Some(Template::parse("list").unwrap()),
        at: fields.collect(),
        ..Page::default()
    }
}

/// A list whose records are the rows of `table`.
pub fn table(table: &str, fields: &[(&str, &str)]) -> Page {
    Page { table: Some(at(table)), ..page(fields) }
}

/// A list whose records are `rows`.
pub fn rows(rows: &str, fields: &[(&str, &str)]) -> Page {
    Page { rows: Some(at(rows)), ..page(fields) }
}

pub fn html(text: &str) -> Document {
    Document::parse(text, Some("text/html"))
}

pub fn row(fields: &[(&str, &str)]) -> Row {
    fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect::<BTreeMap<_, _>>()
}
