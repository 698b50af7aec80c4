//! `[page.NAME]` of a system.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    expressions::Names,
    locators::{self, candidates},
    paging,
    system::charset,
};
use crate::{
    adapter::{
        Candidates, Find, Page, Via,
        nearest::suggestion,
        report::Findings,
        sheet::{Sheet, Text},
    },
    base::Message,
};

/// Rows that a full page may have: beyond it a system is asked for more than a page.
const PAGE_SIZE_MOST: u64 = 10_000;
/// Rows of a table that one record may take.
const LINES_MOST: u64 = 20;

/// Reads every page; the names of pages and of the things on them are kept even where there is a mistake in them.
pub(super) fn read_all(sheet: &Sheet<'_>) -> BTreeMap<String, Page> {
    let mut pages: Vec<(Page, [Option<Text<'_>>; 2])> = Vec::new();
    for (name, value) in sheet.entries() {
        let Some(page) = sheet.as_table(value, name.span.clone()) else { continue };
        check_name(sheet.findings, &name);
        pages.push(read(name.value, page));
    }
    let lists = pages.iter().filter(|(page, _)| page.is_list());
    let fields: BTreeSet<&str> = lists.flat_map(|(page, _)| page.at.keys().map(String::as_str)).collect();
    for (page, texts) in &pages {
        for (text, template) in texts.iter().zip([&page.path, &page.post]) {
            if let (Some(text), Some(template)) = (text, template) {
                Names::path(fields.iter().copied()).check_template(sheet.findings, text, template);
            }
        }
    }
    pages.into_iter().map(|(page, _)| (page.name.clone(), page)).collect()
}

/// Whether the number of the page stands in its address.
pub(super) fn is_paged(page: &Page) -> bool {
    page.uses("page") || page.uses("offset")
}

/// Names stand in expressions, which know no others.
pub(super) fn check_name(findings: &Findings, name: &Text<'_>) {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    let mut rest = name.value.chars();
    if !(rest.next().is_some_and(letter) && rest.all(|c| letter(c) || c.is_ascii_digit())) {
        let message = Message::new("adapter-name").with("name", name.value);
        findings.error(name.span.clone(), message, Message::new("adapter-name-mend"));
    }
}

fn read<'a>(name: &str, sheet: Sheet<'a>) -> (Page, [Option<Text<'a>>; 2]) {
    let way = paging::way(&sheet);
    // What is pressed on the list's row, or stands on another page, has no address of its own.
    let with = sheet.text("with");
    let reached = way.press.is_some() || with.is_some();
    let path = if reached { sheet.text("path") } else { sheet.required_text("path") };
    let template = path.as_ref().and_then(|path| Names::parse_template(sheet.findings, path));
    let post = sheet.text("post");
    let body = post.as_ref().and_then(|post| Names::parse_template(sheet.findings, post));
    let page_size = sheet.number("page_size", 1..=PAGE_SIZE_MOST).and_then(|size| u32::try_from(size).ok());
    let offset = template.iter().chain(&body).any(|template| template.uses("offset"));
    if offset && page_size.is_none() {
        let span = path.as_ref().map_or_else(|| sheet.span.clone(), |path| path.word("offset"));
        sheet.findings.error(span, Message::new("adapter-page-size"), Message::new("adapter-page-size-mend"));
    }
    let mut kinds = locators::Kinds::default();
    // What is there but wrong stands as an empty list, so that nothing more is said about it.
    let mut read = |key| -> Option<Candidates> {
        sheet.get(key).map(|placed| kinds.read(sheet.findings, &sheet.as_texts(placed)))
    };
    let (table, rows, total, files) = (read("table"), read("rows"), read("total"), read("files"));
    // A sign like those of a system: any visible text, whatever the page is.
    let none = sheet.get("none").map(|placed| candidates(sheet.findings, &sheet.as_texts(placed)));
    let paging = paging::paging(&sheet, &mut kinds);
    let at = sheet.table("at").map_or_else(BTreeMap::new, |at| read_at(&at, &mut kinds));
    let via = sheet.text("via").and_then(|text| via(&sheet, &text)).unwrap_or_default();
    let file = paging::file_part(&sheet, via);
    let is_file = file.sheet.is_some() || file.member.is_some() || file.is_many();
    kinds.check(sheet.findings, table.is_some() || rows.is_some() || is_file);
    let page = Page {
        name: name.to_owned(),
        path: template,
        with: with.map(|with| with.value.to_owned()),
        post: body,
        query_charset: sheet.text("query_charset").and_then(|text| charset(&sheet, &text)),
        via,
        way,
        paging,
        file,
        frame: sheet.texts("frame").iter().map(|frame| frame.value.to_owned()).collect(),
        table,
        rows,
        total,
        none,
        page_size,
        lines: sheet.number("lines", 1..=LINES_MOST).and_then(|lines| u32::try_from(lines).ok()),
        files,
        at,
    };
    check_total(&sheet, &page);
    paging::check(&sheet, &page);
    sheet.finish();
    (page, [path, post])
}

fn read_at(sheet: &Sheet<'_>, kinds: &mut locators::Kinds) -> BTreeMap<String, Candidates> {
    let mut at = BTreeMap::new();
    for (name, value) in sheet.entries() {
        check_name(sheet.findings, &name);
        let texts = sheet.as_texts(value);
        at.insert(name.value.to_owned(), kinds.read(sheet.findings, &texts));
    }
    at
}

/// A table holds HTML, and a total counts records.
fn check_total(sheet: &Sheet<'_>, page: &Page) {
    if page.total.is_some() && !page.is_list() {
        let span = sheet.key_span("total");
        sheet.findings.error(span, Message::new("adapter-total"), Message::new("adapter-total-mend"));
    }
    let is_json = |table: &Candidates| table.0.iter().any(|locator| matches!(locator.find, Find::Json(_)));
    if page.table.as_ref().is_some_and(is_json) {
        let span = sheet.key_span("table");
        sheet.findings.error(span, Message::new("adapter-json-table"), Message::new("adapter-json-table-mend"));
    }
}

fn via(sheet: &Sheet<'_>, text: &Text<'_>) -> Option<Via> {
    match text.value {
        "auto" => Some(Via::Auto),
        "http" => Some(Via::Http),
        "browser" => Some(Via::Browser),
        "folder" => Some(Via::Folder),
        other => {
            let message = Message::new("adapter-word").with("word", other);
            sheet.findings.error(text.span.clone(), message, suggestion(other, ["auto", "http", "browser", "folder"]));
            None
        }
    }
}
