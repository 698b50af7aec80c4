//! The files that belong to a record.

use super::{Document, ExtractError, find::Scope, listing::written, shown::shown};
use crate::adapter::Page;

/// Names and addresses of the record's files, in the page's order; none where the page has none. The name is what a person
/// reads there, the address as it is written.
///
/// # Errors
/// When something is there that has no address.
pub fn files(page: &Page, document: &Document) -> Result<Vec<(String, String)>, ExtractError> {
    let Some(candidates) = &page.files else { return Ok(Vec::new()) };
    let scope = Scope::page(document);
    for locator in &candidates.0 {
        let Ok(found) = scope.find(locator) else { continue };
        let file = |one: &super::find::Found<'_>| {
            let address = one
                .text(locator)
                .map_err(|miss| ExtractError::Thing { locator: written(candidates), there: miss.words() })?;
            Ok((one.element().map(shown).unwrap_or_default(), address))
        };
        return found.iter().map(file).collect();
    }
    Ok(Vec::new())
}
