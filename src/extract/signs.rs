//! The signs that tell who we are on a page.

use scraper::ElementRef;
use serde_json::{Value, json};

use super::{
    Document,
    find::{Found, Scope},
    press::showing,
    shown::out_of_sight,
    words::{key, normal},
};
use crate::adapter::{Candidates, Find, Locator, Signs};

/// Letters of a sign's words that are kept: enough for a sentence.
const LONGEST_WORDS: usize = 120;

/// Fields in which a JSON answer says in words what is the matter.
const MESSAGES: &[&str] = &["msg", "message", "error", "info"];

/// The signs of one page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignsSeen {
    /// The page is one that only a signed-in user sees.
    pub signed_in: bool,
    /// The session has ended or never was.
    pub signed_out: bool,
    /// Someone else signed in with this account: the page's words.
    pub kicked: Option<String>,
    /// The system wants to be left alone: the page's words.
    pub busy: Option<String>,
}

/// Why a page is no data, as its signs say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Someone else signed in with this account: the page's words.
    Kicked(String),
    /// The system wants to be left alone: the page's words.
    Busy(String),
    /// The session has ended or never was.
    SignedOut,
}

/// Looks for a system's signs. Any one of several candidates is enough; `text=` is any visible text here, not only what can
/// be pressed; a sign made for HTML is never seen on JSON, nor the other way round.
pub fn signs(signs: &Signs, document: &Document) -> SignsSeen {
    SignsSeen {
        signed_in: seen(&signs.signed_in, document).is_some(),
        signed_out: seen(&signs.signed_out, document).is_some(),
        kicked: seen(&signs.kicked, document),
        busy: seen(&signs.busy, document),
    }
}

/// The first of the signs, in this order, that says that a page is no data. The sign of being signed in is not looked for: it is
/// asked of every page, and a page without it may be data all the same.
pub fn trouble(signs: &Signs, document: &Document) -> Option<Trouble> {
    let kicked = || seen(&signs.kicked, document).map(Trouble::Kicked);
    let busy = || seen(&signs.busy, document).map(Trouble::Busy);
    kicked().or_else(busy).or_else(|| seen(&signs.signed_out, document).map(|_| Trouble::SignedOut))
}

fn seen(candidates: &Option<Candidates>, document: &Document) -> Option<String> {
    candidates.iter().flat_map(|candidates| &candidates.0).find_map(|locator| sign(locator, document))
}

/// The words of one sign, where it is seen.
pub(super) fn sign(locator: &Locator, document: &Document) -> Option<String> {
    let words = match (&locator.find, document) {
        (Find::Json(path), Document::Json(value)) => {
            // A filter asks about the members of what it stands at; at the root of a sign, the answer itself is meant too.
            let itself = Value::Array(vec![value.clone()]);
            let filters_root = path.to_string().starts_with("$[?");
            let around = if filters_root { path.query(&itself).all() } else { Vec::new() };
            path.query(value).all().into_iter().chain(around).find_map(|found| json_words(found, value, locator))
        }
        (Find::Text(text), Document::Html(html)) if !html.says(&key(text)) => None,
        (Find::Text(text), Document::Html(html)) => {
            let shown = showing(html.root_element(), text);
            shown.into_iter().find_map(|element| words_of(Found::Element(element), locator))
        }
        (_, Document::Html(_)) => {
            let found = Scope::page(document).find(locator).unwrap_or_default();
            found.into_iter().filter(visible).find_map(|one| words_of(one, locator))
        }
        (Find::Text(text), Document::Sheet(sheet)) => {
            sheet.around().find(|around| around.contains(text.as_str())).map(normal)
        }
        (_, Document::Json(_) | Document::Sheet(_)) => None,
    }?;
    Some(words.chars().take(LONGEST_WORDS).collect())
}

fn words_of(found: Found<'_>, locator: &Locator) -> Option<String> {
    found.text(locator).ok().map(|text| normal(&text))
}

/// Whether it is in sight, or nothing that ever is (a meta tag, a hidden field).
fn visible(found: &Found<'_>) -> bool {
    let never_seen = |element: &ElementRef<'_>| {
        matches!(element.value().name(), "meta" | "link" | "script" | "title" | "html" | "head" | "body")
            || element.attr("type") == Some("hidden")
    };
    found.element().is_none_or(|element| never_seen(&element) || !out_of_sight(element))
}

/// The words of a JSON sign: what was found, or the answer's own message. Nothing, `null` and `false` are no sign.
fn json_words(found: &Value, answer: &Value, locator: &Locator) -> Option<String> {
    if matches!(found, Value::Null | Value::Bool(false)) {
        return None;
    }
    if locator.pattern.is_some() {
        return Found::Json(found).text(locator).ok();
    }
    let message = |value: &Value| MESSAGES.iter().find_map(|name| Some(value.get(name)?.as_str()?.to_owned()));
    let plain = found.as_str().map(ToOwned::to_owned);
    Some(plain.or_else(|| message(found)).or_else(|| message(answer)).unwrap_or_else(|| json!(found).to_string()))
}
