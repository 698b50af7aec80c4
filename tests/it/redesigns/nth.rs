//! An adapter that knows places only, made from the page as it is: each value by its nth-child path.

use queqiao::extract::Row;
use scraper::{ElementRef, Html};

use super::pages::Reading;

/// Where a value stood: the numbers of the children from the root down, and the attribute where it was one.
struct Place {
    path: Vec<usize>,
    attribute: Option<String>,
    /// What stood around the value in its element.
    around: Option<(String, String)>,
    value: String,
}

/// Such an adapter for one page.
pub struct ByPlace {
    places: Vec<Place>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Right,
    Stopped,
    Wrong,
}

impl ByPlace {
    /// Finds each value on the page as it is; values that stand nowhere, or are empty, it can't learn.
    pub fn learn(text: &str, reading: &Reading) -> Self {
        let html = Html::parse_document(text);
        let mut places = Vec::new();
        for row in &reading.rows {
            let around = record(&html, row);
            for value in row.values().filter(|value| !value.is_empty()) {
                let Some((element, attribute, rest)) = around.and_then(|around| holder(around, value)) else {
                    continue;
                };
                let path = path(element);
                places.push(Place { path, attribute, around: rest, value: value.clone() });
            }
        }
        Self { places }
    }

    /// Whether it learnt anything.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Reads a changed page.
    pub fn outcome(&self, text: &str) -> Outcome {
        let html = Html::parse_document(text);
        let mut outcome = Outcome::Right;
        for place in &self.places {
            match place.read(&html) {
                None => return Outcome::Stopped,
                Some(read) if read != place.value => outcome = Outcome::Wrong,
                Some(_) => {}
            }
        }
        outcome
    }
}

impl Place {
    fn read(&self, html: &Html) -> Option<String> {
        let mut element = html.root_element();
        for at in &self.path {
            element = element.child_elements().nth(*at)?;
        }
        let text = match &self.attribute {
            Some(name) => element.attr(name)?.trim().to_owned(),
            None => words(element),
        };
        match &self.around {
            Some((before, after)) => Some(text.strip_prefix(before)?.strip_suffix(after)?.to_owned()),
            None => Some(text),
        }
    }
}

fn words(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The smallest element that holds every value of a record.
fn record<'a>(html: &'a Html, row: &Row) -> Option<ElementRef<'a>> {
    let holds = |element: ElementRef<'a>| {
        row.values().filter(|value| !value.is_empty()).all(|value| holder(element, value).is_some())
    };
    let mut element = Some(html.root_element()).filter(|root| holds(*root))?;
    while let Some(inner) = element.child_elements().find(|child| holds(*child)) {
        element = inner;
    }
    Some(element)
}

type Holder<'a> = (ElementRef<'a>, Option<String>, Option<(String, String)>);

/// The first innermost element that shows the value, or has it in an attribute, or shows it within more.
fn holder<'a>(around: ElementRef<'a>, value: &str) -> Option<Holder<'a>> {
    let all = || around.descendent_elements();
    let shows = |element: &ElementRef<'a>| {
        words(*element) == value && !element.child_elements().any(|inner| words(inner) == value)
    };
    if let Some(element) = all().find(shows) {
        return Some((element, None, None));
    }
    for element in all() {
        if let Some((name, _)) = element.value().attrs().find(|(_, own)| own.trim() == value) {
            return Some((element, Some(name.to_owned()), None));
        }
    }
    let within = |element: ElementRef<'a>| {
        let words = words(element);
        let (before, after) = words.split_once(value)?;
        let leaf = element.child_elements().next().is_none();
        leaf.then(|| (element, None, Some((before.to_owned(), after.to_owned()))))
    };
    all().find_map(within)
}

fn path(element: ElementRef<'_>) -> Vec<usize> {
    let mut path = Vec::new();
    let mut element = element;
    while let Some(parent) = element.parent().and_then(ElementRef::wrap) {
        path.push(parent.child_elements().position(|child| child == element).unwrap());
        element = parent;
    }
    path.reverse();
    path
}
