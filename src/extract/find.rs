//! Where locators look, and what they find there.

use std::{cell::OnceCell, rc::Rc};

use scraper::ElementRef;
use serde_json::Value;

use super::{
    Document,
    control::{boxes, captions, controls, held},
    css::{ancestors, select, selector},
    document::Markup,
    error::Miss,
    label::{Holder, Labels},
    names::Names,
    press::pressable,
    sheet::Sheet,
    shown::{out_of_sight, shown, shown_in_lines},
    table::Grid,
    words::{key, nearest, normal},
};
use crate::adapter::{Candidates, Find, Locator};

/// Labels named in an error at most.
const MOST_NAMED: usize = 40;

/// Where locators look: a page, or one record of it.
pub(super) enum Scope<'a> {
    /// Part of an answer for scripts.
    Json(&'a Value),
    /// Part of a page for people.
    Html(Region<'a>),
    /// A record of the list in a file; without a number what stands around the records.
    Sheet(&'a Sheet, Option<usize>),
}

/// Part of a page for people.
pub(super) struct Region<'a> {
    /// The elements it consists of; more than one where a record takes several rows.
    pub parts: Vec<ElementRef<'a>>,
    /// Further copies of them, where a widget repeats rows for its fixed columns.
    copies: Vec<ElementRef<'a>>,
    /// The table it is a record of, and which.
    pub record: Option<(Rc<Grid<'a>>, usize)>,
    labels: OnceCell<Labels<'a>>,
    /// All of the page, where this is that.
    whole: Option<&'a Markup>,
}

/// What a locator found.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// An element; its text is all that it shows.
    Element(ElementRef<'a>),
    /// An element that belongs to a label; its text is what it holds.
    Holder(ElementRef<'a>),
    /// A text within an element.
    Text(String),
    /// A value of an answer for scripts.
    Json(&'a Value),
}

impl<'a> Scope<'a> {
    /// All of a page.
    pub(super) fn page(document: &'a Document) -> Self {
        match document {
            Document::Json(value) => Self::Json(value),
            Document::Html(markup) => {
                let whole = Region::of(vec![markup.root_element()], Vec::new());
                Self::Html(Region { whole: Some(markup), ..whole })
            }
            Document::Sheet(sheet) => Self::Sheet(sheet, None),
        }
    }

    /// One element.
    pub(super) fn element(element: ElementRef<'a>) -> Self {
        Self::Html(Region::of(vec![element], Vec::new()))
    }

    /// One record of a table.
    pub(super) fn record(grid: Rc<Grid<'a>>, record: usize) -> Self {
        let (parts, copies) = (grid.rows(record), grid.copies(record));
        Self::Html(Region { record: Some((grid, record)), ..Region::of(parts, copies) })
    }

    /// Everything that one locator points at; never nothing.
    pub(super) fn find(&self, locator: &Locator) -> Result<Vec<Found<'a>>, Miss> {
        match self {
            Self::Json(value) => find_json(value, locator),
            Self::Html(region) => region.find(&locator.find),
            Self::Sheet(sheet, record) => find_in_file(sheet, *record, &locator.find),
        }
    }

    /// The text of the one thing that the first fitting candidate points at, and which candidate that is.
    pub(super) fn text(&self, candidates: &Candidates) -> Result<(usize, String), Miss> {
        let mut missed: Vec<String> = Vec::new();
        for (number, locator) in candidates.0.iter().enumerate() {
            match self.text_at(locator) {
                Ok(text) => return Ok((number, text)),
                Err(Miss::Nothing(why)) => missed.push(why),
                Err(unclear) => return Err(unclear),
            }
        }
        Err(Miss::Nothing(missed.join("; ")))
    }

    /// The text of the one thing that a locator points at. Things that say the same count as one.
    pub(super) fn text_at(&self, locator: &Locator) -> Result<String, Miss> {
        let found = self.find(locator)?;
        let count = found.len();
        let mut texts: Vec<String> = Vec::new();
        let mut misses: Vec<String> = Vec::new();
        for one in &found {
            match one.text(locator) {
                Ok(text) if texts.contains(&text) => {}
                Ok(text) => texts.push(text),
                Err(miss) => misses.push(miss.words()),
            }
        }
        match (texts.len(), texts.pop()) {
            (1, Some(text)) => Ok(text),
            (0, _) => Err(Miss::Nothing(misses.pop().unwrap_or_else(|| "nothing is there".to_owned()))),
            (texts, _) => Err(Miss::Unclear(format!("it fits {count} things with {texts} different texts"))),
        }
    }
}

impl<'a> Region<'a> {
    fn of(parts: Vec<ElementRef<'a>>, copies: Vec<ElementRef<'a>>) -> Self {
        Self { parts, copies, record: None, labels: OnceCell::new(), whole: None }
    }

    /// Everything that this points at; never nothing.
    pub(super) fn find(&self, find: &Find) -> Result<Vec<Found<'a>>, Miss> {
        match find {
            Find::Json(_) => Err(Miss::nothing("the page is HTML, and json= reads JSON answers only")),
            Find::Itself => Ok(self.parts.iter().chain(&self.copies).map(|part| Found::Element(*part)).collect()),
            Find::Css(css) => elements(self.fitting(css), || format!("nothing fits the CSS {css}")),
            Find::Text(text) => {
                let found = self.first(|part| pressable(part, text));
                elements(found, || format!("nothing that can be pressed shows {text}"))
            }
            Find::Heading(css) => {
                let before = self.parts.first().and_then(|part| heading(*part, css));
                elements(before.into_iter().collect(), || format!("nothing before the record fits the CSS {css}"))
            }
            Find::Column { header, within } => self.column(header, within.as_deref()),
            Find::Label { label, within } => self.label(label, within.as_deref(), false),
        }
    }

    /// What fits the CSS.
    fn fitting(&self, css: &str) -> Vec<ElementRef<'a>> {
        self.whole.map_or_else(|| self.first(|part| select(part, css)), |page| page.select(css))
    }

    /// What is in the record's own rows; a fixed copy of one counts only where the rows themselves have nothing.
    fn first(&self, look: impl Fn(ElementRef<'a>) -> Vec<ElementRef<'a>>) -> Vec<ElementRef<'a>> {
        let own: Vec<_> = self.parts.iter().flat_map(|part| look(*part)).collect();
        if own.is_empty() { self.copies.iter().flat_map(|copy| look(*copy)).collect() } else { own }
    }

    /// What this points at wherever the record's rows are repeated for fixed columns; the rows themselves may be among them.
    pub(super) fn copies_of(&self, find: &Find) -> Vec<ElementRef<'a>> {
        let copies = self.copies.iter();
        match (find, &self.record) {
            (Find::Css(css), _) => copies.flat_map(|copy| select(*copy, css)).collect(),
            (Find::Text(text), _) => copies.flat_map(|copy| pressable(*copy, text)).collect(),
            (Find::Column { header, within }, Some((grid, record))) => {
                let cells = grid.cells(*record, header).unwrap_or_default();
                match within {
                    Some(css) => cells.into_iter().flat_map(|cell| select(cell, css)).collect(),
                    None => cells,
                }
            }
            (Find::Column { .. } | Find::Label { .. } | Find::Heading(_) | Find::Json(_) | Find::Itself, _) => {
                Vec::new()
            }
        }
    }

    fn column(&self, header: &str, within: Option<&str>) -> Result<Vec<Found<'a>>, Miss> {
        let Some((grid, record)) = &self.record else {
            return Err(Miss::nothing("this is no row of a table, so it has no columns; use label= or CSS"));
        };
        let cells = grid.cells(*record, header)?;
        let Some(css) = within else {
            return Ok(cells.first().map(|cell| Found::Element(*cell)).into_iter().collect());
        };
        let found = cells.iter().map(|cell| select(*cell, css)).find(|found| !found.is_empty());
        elements(found.unwrap_or_default(), || format!("nothing in the cell under {header} fits the CSS {css}"))
    }

    /// What belongs to a label; with `seen_only`, nothing out of sight.
    pub(super) fn label(&self, label: &str, within: Option<&str>, seen_only: bool) -> Result<Vec<Found<'a>>, Miss> {
        let holders = self.holders(label, seen_only)?;
        let Some(css) = within else {
            let found = holders.into_iter().flat_map(|holder| match holder {
                Holder::Element(element) => vec![Found::Holder(element)],
                // To act on, they are several things; to read, one.
                Holder::Boxes(boxes) if seen_only => boxes.into_iter().map(Found::Element).collect(),
                Holder::Boxes(boxes) => vec![Found::Text(captions(&boxes))],
                Holder::Text(text) => vec![Found::Text(text)],
            });
            return Ok(found.collect());
        };
        let inside = holders.into_iter().flat_map(|holder| match holder {
            Holder::Element(element) => select(element, css),
            Holder::Boxes(_) | Holder::Text(_) => Vec::new(),
        });
        elements(inside.collect(), || format!("nothing that belongs to {label} fits the CSS {css}"))
    }
}

impl<'a> Region<'a> {
    /// What belongs to a label; never nothing.
    fn holders(&self, label: &str, seen_only: bool) -> Result<Vec<Holder<'a>>, Miss> {
        let wanted = key(label);
        if let Some(led) = self.whole.and_then(|page| page.led(&wanted, seen_only)) {
            return Ok(led.into_iter().map(Holder::Element).collect());
        }
        let labels = self.labels.get_or_init(|| {
            let names = self.whole.map_or_else(|| Rc::new(Names::of(&self.parts)), Markup::names);
            Labels::of(&self.parts, names)
        });
        let (holders, by_name) = labels.find(&wanted, seen_only);
        if holders.is_empty() {
            return Err(Miss::Nothing(missing(labels, label)));
        }
        if let Some(page) = self.whole.filter(|_| by_name) {
            let element = |holder: &Holder<'a>| match holder {
                Holder::Element(element) => Some(*element),
                Holder::Boxes(_) | Holder::Text(_) => None,
            };
            if let Some(elements) = holders.iter().map(element).collect::<Option<Vec<_>>>() {
                page.leads(&wanted, seen_only, &elements);
            }
        }
        Ok(holders)
    }
}

impl<'a> Found<'a> {
    /// The element, where one was found.
    pub(super) fn element(&self) -> Option<ElementRef<'a>> {
        match self {
            Self::Element(element) | Self::Holder(element) => Some(*element),
            Self::Text(_) | Self::Json(_) => None,
        }
    }

    /// What it says, as the locator's attribute and pattern ask.
    pub(super) fn text(&self, locator: &Locator) -> Result<String, Miss> {
        let text = match (&locator.attribute, self) {
            (Some(name), Self::Element(element) | Self::Holder(element)) => attribute(*element, name)?,
            (Some(name), Self::Text(_) | Self::Json(_)) => {
                return Err(Miss::Nothing(format!("it is a plain text and has no attribute {name}")));
            }
            (None, Self::Element(element)) if boxes(*element).len() > 1 => held(*element),
            (None, Self::Element(element)) => {
                let text = shown(*element);
                if text.is_empty() { held(*element) } else { text }
            }
            (None, Self::Holder(element)) => held(*element),
            (None, Self::Text(text)) => text.clone(),
            (None, Self::Json(value)) => plain(value)?,
        };
        let Some(pattern) = &locator.pattern else {
            return Ok(text);
        };
        // A pattern goes by the lines that people see.
        let text = self.in_lines(&text).filter(|_| locator.attribute.is_none()).unwrap_or(text);
        let found = pattern.captures(&text).and_then(|groups| groups.get(1).or_else(|| groups.get(0)));
        let found = found.map(|found| found.as_str().trim().to_owned());
        found.ok_or_else(|| Miss::Nothing(format!("its text does not fit the pattern /{pattern}/")))
    }
}

impl Found<'_> {
    /// The same text with the line breaks that a page shows as they are written; `None` where there are none.
    fn in_lines(&self, text: &str) -> Option<String> {
        let (Self::Element(element) | Self::Holder(element)) = self else { return None };
        let areas = controls(*element);
        let lines = [*element]
            .into_iter()
            .chain(areas)
            .find_map(|part| shown_in_lines(part).filter(|lines| normal(lines) == text));
        lines.filter(|lines| lines.contains('\n'))
    }
}

/// The nearest element before `record`, in the order of the page, that fits and is in sight. What holds the record is none.
fn heading<'a>(record: ElementRef<'a>, css: &str) -> Option<ElementRef<'a>> {
    let selector = selector(css);
    let fits = |element: &ElementRef<'a>| selector.matches(element) && !out_of_sight(*element);
    for around in [record].into_iter().chain(ancestors(record)) {
        for before in around.prev_siblings().filter_map(ElementRef::wrap) {
            if let Some(found) = before.descendent_elements().filter(fits).last() {
                return Some(found);
            }
        }
    }
    None
}

fn attribute(element: ElementRef<'_>, name: &str) -> Result<String, Miss> {
    // What belongs to a label may be a block around the control that carries the attribute.
    let inner = controls(element);
    let carrier = [element].into_iter().chain(inner).find_map(|element| element.attr(name));
    carrier
        .map(|text| text.trim().to_owned())
        .ok_or_else(|| Miss::Nothing(format!("<{}> has no attribute {name}", element.value().name())))
}

fn elements<'a>(found: Vec<ElementRef<'a>>, why: impl FnOnce() -> String) -> Result<Vec<Found<'a>>, Miss> {
    if found.is_empty() { Err(Miss::Nothing(why())) } else { Ok(found.into_iter().map(Found::Element).collect()) }
}

fn find_json<'a>(value: &'a Value, locator: &Locator) -> Result<Vec<Found<'a>>, Miss> {
    match &locator.find {
        Find::Itself => Ok(vec![Found::Json(value)]),
        Find::Json(path) => {
            let found: Vec<_> = path.query(value).all().into_iter().map(Found::Json).collect();
            if found.is_empty() { Err(Miss::Nothing(format!("the answer has nothing at {path}"))) } else { Ok(found) }
        }
        Find::Column { .. } | Find::Label { .. } | Find::Text(_) | Find::Heading(_) | Find::Css(_) => {
            Err(Miss::nothing("the page is a JSON answer; use json="))
        }
    }
}

fn find_in_file<'a>(sheet: &'a Sheet, record: Option<usize>, find: &Find) -> Result<Vec<Found<'a>>, Miss> {
    let text = |text: &str| Found::Text(text.to_owned());
    match (find, record) {
        (Find::Column { within: Some(css), .. }, _) => {
            Err(Miss::Nothing(format!("the page is a file, whose cells hold no {css}; leave the CSS out")))
        }
        (Find::Column { header, within: None }, Some(record)) => Ok(vec![text(sheet.cell(record, header)?)]),
        (Find::Itself, Some(record)) => Ok(sheet.record(record).map(text).collect()),
        (Find::Itself, None) => Ok(sheet.around().map(text).collect()),
        (
            Find::Column { .. } | Find::Label { .. } | Find::Text(_) | Find::Heading(_) | Find::Css(_) | Find::Json(_),
            _,
        ) => Err(Miss::nothing(
            "the page is a file; its records have columns (column=), and a pattern alone (/共 (\\d+) 条/) reads what stands around them",
        )),
    }
}

/// A plain value as text; `null` is empty.
fn plain(value: &Value) -> Result<String, Miss> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.trim().to_owned()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Array(_) => Err(Miss::nothing("it is a list; point at one of its values")),
        Value::Object(_) => Err(Miss::nothing("it is an object; point at one of its fields")),
    }
}

fn missing(labels: &Labels<'_>, label: &str) -> String {
    let mut names = labels.names();
    if names.is_empty() {
        return format!("nothing is labelled {label}, and there are no labels");
    }
    let meant = nearest(&key(label), names.iter().copied());
    let meant = meant.map_or_else(String::new, |name| format!("; did you mean {name}?"));
    names.truncate(MOST_NAMED);
    format!("nothing is labelled {label}; there are {}{meant}", names.join(", "))
}
