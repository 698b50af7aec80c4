//! How a page was read: which candidates had to be used, and what its records are made of. It shows what begins to go astray.

use std::collections::BTreeMap;

use super::{Document, find::Scope, listing::records};
use crate::adapter::Page;

/// Field → the candidate (from 0) that is used for it, on a page about one record or on the first record of a list. What is not
/// there is left out.
pub fn matched(page: &Page, document: &Document) -> BTreeMap<String, usize> {
    let whole = Scope::page(document);
    let scope = if page.is_list() { first(page, &whole) } else { Some(whole) };
    let used = |scope: &Scope<'_>| {
        let fields = page.at.iter().filter_map(|(field, at)| Some((field.clone(), scope.text(at).ok()?.0)));
        fields.collect()
    };
    scope.as_ref().map(used).unwrap_or_default()
}

/// The headers of a list's table, in order, or the names in its first record.
pub fn headers(page: &Page, document: &Document) -> Vec<String> {
    match first(page, &Scope::page(document)) {
        Some(Scope::Html(region)) => region.record.map(|(grid, _)| grid.headers()).unwrap_or_default(),
        Some(Scope::Json(record)) => {
            record.as_object().map(|fields| fields.keys().cloned().collect()).unwrap_or_default()
        }
        Some(Scope::Sheet(sheet, _)) => sheet.headers(),
        None => Vec::new(),
    }
}

fn first<'a>(page: &Page, whole: &Scope<'a>) -> Option<Scope<'a>> {
    records(page, whole).ok()?.into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::{Candidates, Locator};

    fn candidates(written: &[&str]) -> Candidates {
        Candidates(written.iter().map(|written| Locator::parse(written).unwrap()).collect())
    }

    #[test]
    fn a_page_says_which_candidates_and_headers_it_has() {
        let at = [("no", ["column=编号", "column=号"]), ("who", ["column=甲", "column=乙"])];
        let page = Page {
            table: Some(candidates(&["table"])),
            at: at.map(|(field, written)| (field.to_owned(), candidates(&written))).into(),
            ..Page::default()
        };
        let html = "<table><tr><th>编号</th><th>乙</th></tr><tr><td>1</td><td>王</td></tr></table>";
        let document = Document::parse(html, None);
        assert_eq!(matched(&page, &document), BTreeMap::from([("no".to_owned(), 0), ("who".to_owned(), 1)]));
        assert_eq!(headers(&page, &document), ["编号", "乙"]);
        let json = Page { rows: Some(candidates(&["json=$.rows[*]"])), ..Page::default() };
        assert_eq!(headers(&json, &Document::parse(r#"{"rows":[{"no":1,"who":"王"}]}"#, None)), ["no", "who"]);
    }
}
