//! Proof that a look-up page shows nothing of a record. Reading may heal what a page has lost; proof may not: only the list itself, in
//! the place and shape in which it was seen with rows, says what does not stand in it.

mod html;
mod json;
mod may;

use std::collections::BTreeMap;

use super::{
    Document, ExtractError, Listing, Row,
    find::Scope,
    listing::{self, records},
    signs::sign,
};
use crate::adapter::{Page, Via};
use may::{may_be, mentions};

/// What a look-up looks for.
#[derive(Clone, Debug)]
pub struct Sought {
    /// The key by which the target shows the record.
    pub mark: String,
    /// What a row must say to be the record's, by field.
    pub row: Vec<(String, String)>,
    /// Whether the target was asked for the mark: then rows that lack it are no answer.
    pub searched: bool,
    /// Whether what was meant and what is shown say the same.
    pub agree: fn(&str, &str) -> bool,
}

/// What a look-up has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookedUp {
    /// These rows are the record's.
    There(There),
    /// There is none.
    Absent(Absence),
}

/// Rows that are a record's; never none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct There {
    /// What they say.
    pub rows: Vec<Row>,
    /// Fields that were not where their first candidate points.
    pub healed: Vec<String>,
    /// The list that they stand in.
    pub shape: Shape,
}

/// Proof that a page shows nothing of a record: made by [`look_up`] alone, and never by a way of reading that heals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence(());

/// How a list looks that has rows, so that the same list is known without them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// The headers of each of its tables.
    headers: Vec<Vec<String>>,
    /// Where it stands in a JSON answer.
    place: Option<String>,
    /// What the answer around it says of itself: `code`, `success` …
    flags: BTreeMap<String, String>,
    /// The line in which a total is stated that has no place of its own, without its digits.
    total: Option<String>,
    /// Whether the sign for "nothing found" is seen beside its rows: then it is none.
    none: bool,
}

/// Looks a record up in a list page. `seen` is the same list with rows, where it was seen.
///
/// # Errors
/// [`ExtractError::Unproven`] where no row is the record's and the page does not prove that there is none; as [`super::listing`]
/// where the page can't be read.
pub fn look_up(
    page: &Page,
    document: &Document,
    sought: &Sought,
    seen: Option<&Shape>,
) -> Result<LookedUp, ExtractError> {
    let unproven = |why: String| ExtractError::Unproven { page: page.name.clone(), why };
    let listing = match listing::listing(page, document) {
        Ok(listing) => listing,
        // The page may show no list at all where nothing is found, as long as it says so where the adapter points.
        Err(_) if says_none(page, document) => Listing::default(),
        Err(error) => return Err(error),
    };
    if let Some(total) = listing.total.filter(|total| *total > listing.rows.len() as u64) {
        return Err(unproven(format!(
            "it shows {} of {total} rows: search for `{{mark}}` in its address",
            listing.rows.len()
        )));
    }
    let is_it = |row: &&Row| sought.row.iter().all(|(field, meant)| (sought.agree)(meant, text(row, field)));
    let rows: Vec<Row> = listing.rows.iter().filter(is_it).cloned().collect();
    if rows.is_empty() {
        return prove(page, document, sought, seen, &listing).map(LookedUp::Absent).map_err(unproven);
    }
    let healed = listing.matched.iter().filter(|(_, candidate)| **candidate > 0).map(|(field, _)| field.clone());
    Ok(LookedUp::There(There { rows, healed: healed.collect(), shape: shape(page, document) }))
}

/// The sign for "nothing found", exactly where the adapter points first.
pub(super) fn says_none(page: &Page, document: &Document) -> bool {
    let first = page.none.as_ref().and_then(|none| none.0.first());
    first.is_some_and(|locator| sign(locator, document).is_some())
}

fn text<'r>(row: &'r Row, field: &str) -> &'r str {
    row.get(field).map(String::as_str).unwrap_or_default()
}

fn shape(page: &Page, document: &Document) -> Shape {
    let shape = match (document, Scope::page(document)) {
        (Document::Html(markup), scope) => html::shape(page, &scope, markup.root_element()),
        (Document::Json(value), _) => json::shape(page, value),
        (Document::Sheet(sheet), _) => Shape { headers: vec![sheet.headers()], ..Shape::default() },
    };
    Shape { none: says_none(page, document), ..shape }
}

/// Why there is no proof, in words; the error says more of the page.
fn prove(
    page: &Page,
    document: &Document,
    sought: &Sought,
    seen: Option<&Shape>,
    listing: &Listing,
) -> Result<Absence, String> {
    check_way(page)?;
    if let Some(stray) = listing.strays.first() {
        return Err(stray.clone());
    }
    let none = says_none(page, document);
    if none && seen.is_some_and(|seen| seen.none) {
        return Err("its sign for \"nothing found\" (`none`) stands there as well where something is found".to_owned());
    }
    match document {
        Document::Html(markup) => {
            let root = markup.root_element();
            html::check_mentions(page, document, sought, root)?;
            if !(none && listing.rows.is_empty()) {
                html::check_list(page, &Scope::page(document), sought, seen, listing.rows.is_empty())?;
            }
        }
        Document::Json(value) => {
            json::check_mentions(value, sought)?;
            if !(none && listing.rows.is_empty()) {
                json::check_list(page, value, seen, listing)?;
            }
        }
        Document::Sheet(sheet) => {
            if let Some(seen) = seen.filter(|seen| seen.headers != [sheet.headers()]) {
                return Err(other_headers(&seen.headers, &[sheet.headers()]));
            }
            let mut texts = (0..sheet.len()).flat_map(|record| sheet.record(record)).chain(sheet.around());
            if listing.rows.is_empty() && texts.any(|text| mentions(text, &sought.mark)) {
                return Err("the record's mark stands there, and in none of its rows".to_owned());
            }
        }
    }
    if listing.rows.is_empty() {
        return if none { Ok(Absence(())) } else { nothing_stated(page, document, seen).map(|()| Absence(())) };
    }
    check_rows(page, document, sought, listing)?;
    whole(page, document, seen, listing.rows.len()).map(|()| Absence(()))
}

/// A look-up is a question to the target as it is now, asked by the page's address alone.
fn check_way(page: &Page) -> Result<(), String> {
    if page.via == Via::Folder {
        return Err("a file says what stood there when it was made, not what is missing now".to_owned());
    }
    let way = &page.way;
    if way.press.is_some() || way.apply.is_some() || !way.filter.is_empty() {
        return Err("a look-up neither presses nor filters: search for `{mark}` in its address".to_owned());
    }
    Ok(())
}

/// No row may be the record: each says in the right place, and in words of its own, that it is another one.
fn check_rows(page: &Page, document: &Document, sought: &Sought, listing: &Listing) -> Result<(), String> {
    let healed = |(field, _): &&(String, String)| listing.matched.get(field).is_some_and(|candidate| *candidate > 0);
    if let Some((field, _)) = sought.row.iter().find(healed) {
        let why = format!("`{field}` is not where its first candidate points, so other rows can't be told from it");
        return Err(why);
    }
    let scope = Scope::page(document);
    let records = records(page, &scope).map_err(|error| error.to_string())?;
    let mut answers = !sought.searched;
    for (number, (row, record)) in listing.rows.iter().zip(&records).enumerate() {
        let told: Vec<(&str, &str)> =
            sought.row.iter().map(|(field, meant)| (meant.as_str(), text(row, field))).collect();
        let agrees = told.iter().any(|(meant, shown)| (sought.agree)(meant, shown));
        let all = row.values().cloned().chain(texts_of(record)).collect::<Vec<_>>();
        let mentioned = all.iter().any(|text| mentions(text, &sought.mark));
        answers |= all.iter().any(|text| text.contains(&sought.mark));
        let may = told.iter().all(|(meant, shown)| (sought.agree)(meant, shown) || may_be(meant, shown));
        if may || (mentioned && !agrees) {
            let field = sought.row.first().map(|(field, _)| field.as_str()).unwrap_or_default();
            let number = number + 1;
            return Err(format!(
                "row {number} may be it: its `{field}` is empty, cut short, or says more than the mark"
            ));
        }
    }
    if answers {
        Ok(())
    } else {
        Err("it was asked for the mark and shows rows that have nothing to do with it: does it still search by this address?"
            .to_owned())
    }
}

fn texts_of(record: &Scope<'_>) -> Vec<String> {
    match record {
        Scope::Html(region) => html::texts(region),
        Scope::Json(value) => json::texts(value),
        Scope::Sheet(sheet, Some(record)) => sheet.record(*record).map(str::to_owned).collect(),
        Scope::Sheet(_, None) => Vec::new(),
    }
}

/// An empty list is believed where it states that it is empty, if it states anything.
fn nothing_stated(page: &Page, document: &Document, seen: Option<&Shape>) -> Result<(), String> {
    if let (Document::Html(_), true) = (document, html::says_nothing(page, &Scope::page(document))) {
        return Ok(());
    }
    match page.total {
        None => Ok(()),
        Some(_) => whole(page, document, seen, 0),
    }
}

/// The rows are all that the target has: it says so itself, where the adapter points first.
fn whole(page: &Page, document: &Document, seen: Option<&Shape>, rows: usize) -> Result<(), String> {
    let Some(locator) = page.total.as_ref().and_then(|total| total.0.first()) else {
        let sheet = matches!(document, Document::Sheet(_));
        let part = page.page_size.is_some_and(|size| rows < usize::try_from(size).unwrap_or(usize::MAX));
        return if sheet || part {
            Ok(())
        } else {
            Err("it shows rows of others, and nothing says that these are all: add `total`".to_owned())
        };
    };
    let scope = Scope::page(document);
    let text =
        scope.text_at(locator).map_err(|miss| format!("its total is not where it should be: {}", miss.words()))?;
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits != rows.to_string() {
        return Err(format!("it states a total of {text}, and shows {rows} rows"));
    }
    let Document::Html(markup) = document else { return Ok(()) };
    match html::floating(locator, markup.root_element()) {
        html::Floating::Placed => Ok(()),
        html::Floating::Once { line, alone } if seen.map_or(alone, |seen| seen.total.as_ref() == Some(&line)) => Ok(()),
        html::Floating::Once { line, .. } => {
            Err(format!("what states its total (`{line}`) is not what stated it where a record was found"))
        }
        html::Floating::Unclear => {
            Err("its total has no place of its own, and its words stand there more than once: point at it".to_owned())
        }
    }
}

fn other_headers(seen: &[Vec<String>], now: &[Vec<String>]) -> String {
    let words = |all: &[Vec<String>]| match all {
        [] => "no table".to_owned(),
        all => all.iter().map(|headers| headers.join(", ")).collect::<Vec<_>>().join(" | "),
    };
    format!("where a record was found, the list has {}; here it has {}", words(seen), words(now))
}
