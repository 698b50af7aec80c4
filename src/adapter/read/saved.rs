//! `[[test]]` of a bot: saved pages and what must be read from them.

use std::{
    collections::BTreeMap,
    path::{Component, Path, PathBuf},
};

use super::login::find_page;
use crate::{
    adapter::{Page, SavedTest, System, nearest::suggestion, sheet::Sheet},
    base::Message,
};

/// Rows and totals that a test may expect: more is a slip of the pen.
const COUNT_MOST: u64 = 1_000_000_000;

/// Reads the tests; those without page or file are left out.
pub(super) fn read(sheets: Vec<Sheet<'_>>, system: Option<&System>, root: &Path) -> Vec<SavedTest> {
    sheets.into_iter().filter_map(|sheet| read_one(sheet, system, root)).collect()
}

fn read_one(sheet: Sheet<'_>, system: Option<&System>, root: &Path) -> Option<SavedTest> {
    let name = sheet.required_text("page");
    let page = name.as_ref().and_then(|name| find_page(&sheet, name, system?));
    let saved = saved(&sheet, root);
    let rows = sheet.number("rows", 0..=COUNT_MOST);
    let total = sheet.number("total", 0..=COUNT_MOST);
    if let Some(page) = page {
        if rows.is_some() && !page.is_list() {
            let message = Message::new("adapter-no-list").with("page", &page.name);
            let mend = Message::new("adapter-no-list-mend").with("page", &page.name);
            sheet.findings.error(sheet.key_span("rows"), message, mend);
        }
        if total.is_some() && page.total.is_none() {
            let message = Message::new("adapter-test-total").with("page", &page.name);
            let mend = Message::new("adapter-test-total-mend").with("page", &page.name);
            sheet.findings.error(sheet.key_span("total"), message, mend);
        }
    }
    let fields = |key| sheet.table(key).map_or_else(BTreeMap::new, |fields| read_fields(&fields, page));
    let (first, last) = (fields("first"), fields("last"));
    if rows.is_none() && total.is_none() && first.is_empty() && last.is_empty() {
        let mend = Message::new("adapter-test-nothing-mend");
        sheet.findings.error(sheet.span.clone(), Message::new("adapter-test-nothing"), mend);
    }
    let line = sheet.line();
    sheet.finish();
    Some(SavedTest {
        page: name?.value.to_owned(),
        saved: saved?,
        rows: rows.and_then(|rows| usize::try_from(rows).ok()),
        total,
        first,
        last,
        line,
    })
}

fn saved(sheet: &Sheet<'_>, root: &Path) -> Option<PathBuf> {
    let text = sheet.required_text("saved")?;
    let path = PathBuf::from(text.value);
    let refuse = |id: &'static str, mend: &'static str| {
        sheet.findings.error(text.span.clone(), Message::new(id).with("file", text.value), Message::new(mend));
    };
    if !path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        refuse("adapter-saved-outside", "adapter-saved-outside-mend");
        return None;
    }
    if !root.join(&path).is_file() {
        refuse("adapter-saved-missing", "adapter-saved-missing-mend");
        return None;
    }
    Some(path)
}

fn read_fields(sheet: &Sheet<'_>, page: Option<&Page>) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    for (name, value) in sheet.entries() {
        if let Some(page) = page.filter(|page| !page.at.contains_key(name.value)) {
            let message = Message::new("adapter-unknown-thing").with("name", name.value).with("page", &page.name);
            let mend = suggestion(name.value, page.at.keys().map(String::as_str));
            sheet.findings.error(name.span.clone(), message, mend);
        }
        if let Some(text) = sheet.as_text(value) {
            fields.insert(name.value.to_owned(), text.value.to_owned());
        }
    }
    fields
}
