//! One thing of a page: to act on, or to read.

use scraper::ElementRef;

use super::{
    Document, ExtractError,
    control::{controls, is_control, ticked},
    css::{ancestors, has_class},
    error::Miss,
    find::{Found, Region, Scope},
    listing::{records, written},
    press::showing,
    shown::{out_of_sight, visible},
};
use crate::adapter::{Candidates, Find, Locator, Page};

/// The attribute by which a marked snapshot numbers its elements.
const MARK: &str = "data-queqiao";

/// The element to act on: the number in its `data-queqiao` attribute, which marked snapshots put on every element.
///
/// For `label=` it is the control that belongs to the label; for `text=` what can be pressed.
///
/// # Errors
/// When nothing or more than one thing is there, or when the page was not marked.
pub fn mark(candidates: &Candidates, document: &Document) -> Result<usize, ExtractError> {
    mark_in(candidates, &Scope::page(document))
}

/// The element to enter something into, as [`mark`]; where that is several controls of one thing (the radios of a question, the
/// fields of a widget), the first of them. Entering finds the others from there.
///
/// # Errors
/// As [`mark`].
pub fn mark_entry(candidates: &Candidates, document: &Document) -> Result<usize, ExtractError> {
    let Scope::Html(region) = &Scope::page(document) else {
        return mark(candidates, document);
    };
    for locator in &candidates.0 {
        if let Ok(targets) = targets(region, locator)
            && is_one(region, locator, &targets)
            && let Some(mark) = targets[0].attr(MARK).and_then(|mark| mark.parse().ok())
        {
            return Ok(mark);
        }
    }
    mark(candidates, document)
}

/// The element to act on in a list's record (counted from 0), as [`mark`]; after it, where a widget repeats rows for its fixed
/// columns, the same element in those copies. Which of them lies on top only the browser knows.
///
/// # Errors
/// As [`mark`], and when the list has no such record.
pub fn mark_row(
    page: &Page,
    document: &Document,
    record: usize,
    candidates: &Candidates,
) -> Result<Vec<usize>, ExtractError> {
    let records = records(page, &Scope::page(document))?;
    match records.get(record) {
        Some(scope) => marks_in(candidates, scope),
        None => Err(error(candidates, format!("the list has {} records, so none is number {record}", records.len()))),
    }
}

fn mark_in(candidates: &Candidates, scope: &Scope<'_>) -> Result<usize, ExtractError> {
    marks_in(candidates, scope).map(|marks| marks[0])
}

/// The mark of the one thing, then those of its copies.
fn marks_in(candidates: &Candidates, scope: &Scope<'_>) -> Result<Vec<usize>, ExtractError> {
    let Scope::Html(region) = scope else {
        return Err(error(candidates, "the page is a JSON answer or a file; there is nothing to act on".to_owned()));
    };
    let mut missed = Vec::new();
    for locator in &candidates.0 {
        match target(region, locator) {
            Ok(element) => {
                let copies = region.copies_of(&locator.find).into_iter().filter(|copy| *copy != element);
                let all = std::iter::once(element).chain(copies);
                let marks = all.map(|element| element.attr(MARK).and_then(|mark| mark.parse().ok()));
                return marks.collect::<Option<Vec<usize>>>().ok_or_else(|| {
                    error(candidates, "the page was read without marks, so nothing can be done on it".to_owned())
                });
            }
            Err(Miss::Nothing(why)) => missed.push(why),
            Err(Miss::Unclear(why)) => return Err(error(candidates, why)),
        }
    }
    Err(error(candidates, missed.join("; ")))
}

/// Whether a person chooses from what this thing of a page offers, rather than types into it.
///
/// # Errors
/// When nothing or more than one thing is there.
pub fn chooses(candidates: &Candidates, document: &Document) -> Result<bool, ExtractError> {
    match things(candidates, document)?.as_slice() {
        [thing] => Ok(thing.value().name() == "select"),
        several => Err(error(candidates, format!("it fits {} things", several.len()))),
    }
}

/// The text of one thing on a page, such as a login's error message; `None` when nothing is there to be seen, or it is empty.
/// `text=` is any visible text that says so.
///
/// # Errors
/// When there are several things that say different things.
pub fn read(candidates: &Candidates, document: &Document) -> Result<Option<String>, ExtractError> {
    let scope = Scope::page(document);
    for locator in &candidates.0 {
        match texts(&scope, locator).as_slice() {
            [] => {}
            [text] => return Ok(Some(text.clone())),
            texts => {
                return Err(error(candidates, format!("it fits several things with {} different texts", texts.len())));
            }
        }
    }
    Ok(None)
}

/// Whether a page asks for something where a locator points: a control in sight that a person would fill.
pub fn asks(candidates: &Candidates, document: &Document) -> bool {
    let filled = |thing: &ElementRef<'_>| is_control(*thing) && !out_of_sight(*thing);
    things(candidates, document).is_ok_and(|things| things.iter().any(filled))
}

/// The different texts of what can be seen where a locator points.
fn texts(scope: &Scope<'_>, locator: &Locator) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for (_, text) in said(scope, locator) {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

/// What can be seen where a locator points, as far as it says something. `text=` is any visible text that says so.
pub(super) fn said<'a>(scope: &Scope<'a>, locator: &Locator) -> Vec<(Found<'a>, String)> {
    let found = match (&locator.find, scope) {
        (Find::Text(text), Scope::Html(region)) => {
            region.parts.iter().flat_map(|part| showing(*part, text)).map(Found::Element).collect()
        }
        _ => scope.find(locator).unwrap_or_default(),
    };
    let seen = found.into_iter().filter(|one| !one.element().is_some_and(out_of_sight));
    let said = seen.filter_map(|one| one.text(locator).ok().map(|text| (one, text)));
    said.filter(|(_, text)| !text.is_empty()).collect()
}

/// The elements that the first fitting candidate points at on a page; none when nothing is there.
pub(super) fn things<'a>(candidates: &Candidates, document: &'a Document) -> Result<Vec<ElementRef<'a>>, ExtractError> {
    things_in(candidates, &Scope::page(document))
}

/// The same within one record of a list, counted from 0.
pub(super) fn in_record<'a>(
    page: &Page,
    document: &'a Document,
    record: usize,
    candidates: &Candidates,
) -> Result<Vec<ElementRef<'a>>, ExtractError> {
    let records = records(page, &Scope::page(document))?;
    let Some(scope) = records.get(record) else {
        return Err(error(candidates, format!("the list has {} records, so none is number {record}", records.len())));
    };
    things_in(candidates, scope)
}

fn things_in<'a>(candidates: &Candidates, scope: &Scope<'a>) -> Result<Vec<ElementRef<'a>>, ExtractError> {
    let Scope::Html(region) = scope else {
        return Err(error(candidates, "the page is a JSON answer; there is nothing to act on".to_owned()));
    };
    for locator in &candidates.0 {
        match targets(region, locator) {
            Ok(targets) => return Ok(targets),
            Err(Miss::Nothing(_)) => {}
            Err(Miss::Unclear(why)) => return Err(error(candidates, why)),
        }
    }
    Ok(Vec::new())
}

/// An error about a thing of a page.
pub(super) fn error(candidates: &Candidates, there: String) -> ExtractError {
    ExtractError::Thing { locator: written(candidates), there }
}

/// The one visible element that a locator points at.
fn target<'a>(region: &Region<'a>, locator: &Locator) -> Result<ElementRef<'a>, Miss> {
    match targets(region, locator)?.as_slice() {
        [target] => Ok(*target),
        several => Err(Miss::Unclear(format!("it fits {} things", several.len()))),
    }
}

/// The visible elements that a locator points at; never none.
fn targets<'a>(region: &Region<'a>, locator: &Locator) -> Result<Vec<ElementRef<'a>>, Miss> {
    let found = match &locator.find {
        Find::Label { label, within } => region.label(label, within.as_deref(), true)?,
        find => region.find(find)?,
    };
    let mut targets: Vec<ElementRef<'a>> = Vec::new();
    for one in &found {
        let elements = match one {
            Found::Holder(holder) => actable(*holder),
            Found::Element(element) => vec![*element],
            Found::Text(_) | Found::Json(_) => Vec::new(),
        };
        for element in elements {
            if !targets.contains(&element) {
                targets.push(element);
            }
        }
    }
    // A thing out of sight counts only where nothing else is meant: widgets keep their file fields so.
    if targets.iter().any(|target| !out_of_sight(*target)) {
        targets.retain(|target| !out_of_sight(*target));
    }
    if targets.is_empty() { Err(Miss::nothing("what belongs to it is a text, nothing to act on")) } else { Ok(targets) }
}

/// Names of what widgets put around their fields.
const WIDGETS: &[&str] = &[
    "el-select",
    "el-cascader",
    "el-date-editor",
    "el-input-number",
    "ant-select",
    "ant-picker",
    "ant-upload-wrapper",
    "el-upload",
    "textbox",
    "bootstrap-select",
    "layui-form-select",
];
/// Elements between a box and what holds all boxes of its question: a table of them has most.
const BOX_DEPTH: usize = 4;

/// Whether several controls are one thing to a person: the boxes of one question, or the fields of one widget.
fn is_one(region: &Region<'_>, locator: &Locator, targets: &[ElementRef<'_>]) -> bool {
    let [first, rest @ ..] = targets else { return false };
    if rest.is_empty() {
        return false;
    }
    if let Find::Label { label, within } = &locator.find {
        let holders = region.label(label, within.as_deref(), true).unwrap_or_default();
        if holders.iter().filter(|found| matches!(found, Found::Holder(_))).count() > 1 {
            return false; // two labels say so
        }
    }
    let around = |element: ElementRef<'_>, depth| ancestors(element).take(depth).map(|around| around.id()).collect();
    let boxes = targets.iter().all(|target| ticked(*target).is_some());
    let shared: Vec<_> = if boxes {
        around(*first, BOX_DEPTH)
    } else {
        let widget = |element: &ElementRef<'_>| WIDGETS.iter().any(|class| has_class(*element, class));
        ancestors(*first).find(widget).map(|widget| widget.id()).into_iter().collect()
    };
    let within = |target: &ElementRef<'_>| ancestors(*target).any(|around| shared.first() == Some(&around.id()));
    let near = |target: &ElementRef<'_>| ancestors(*target).take(BOX_DEPTH).any(|around| shared.contains(&around.id()));
    !shared.is_empty() && rest.iter().all(|target| if boxes { near(target) } else { within(target) })
}

/// What can be acted on in what belongs to a label: its controls, or else its button, or else itself where it can be pressed.
fn actable(holder: ElementRef<'_>) -> Vec<ElementRef<'_>> {
    let controls = controls(holder);
    if !controls.is_empty() {
        return controls;
    }
    let pressable = |element: &ElementRef<'_>| {
        matches!(element.value().name(), "button" | "a" | "input")
            || element.attr("role").is_some()
            || element.attr("contenteditable").is_some()
    };
    visible(holder).filter(pressable).collect()
}
