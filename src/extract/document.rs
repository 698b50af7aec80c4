//! A page as it can be looked into: HTML, JSON, or the list in a file.

use std::{cell::OnceCell, mem, ops::Deref, rc::Rc};

use scraper::{ElementRef, Html, Node};
use serde_json::Value;

use super::{
    ExtractError, css,
    file::{self, Opened},
    lean::{self, Plain},
    names::Names,
    numbers,
    press::says,
    records::Shape,
    seen::{self, Sheets},
    sheet::Sheet,
    shown::SEEN,
};
use crate::adapter::Page;

/// A page as it can be looked into.
#[derive(Debug)]
pub enum Document {
    /// A page for people.
    Html(Markup),
    /// An answer for scripts.
    Json(Value),
    /// The list in a file.
    Sheet(Sheet),
}

/// A page for people, and what is asked of all of it again and again.
#[derive(Debug)]
pub struct Markup {
    tree: Tree,
    names: OnceCell<Rc<Names>>,
    says: OnceCell<String>,
    /// Selectors of its sheets that hide something and that only a browser could decide.
    unclear: Vec<String>,
}

#[derive(Debug)]
enum Tree {
    Plain(Box<Plain>),
    Other(Html),
}

impl Document {
    /// Parses what was answered where that page is: a workbook or archive by its bytes, CSV where the page says that it is a
    /// file and the text is neither a page nor JSON, or else as [`Document::parse`] does. `text` is the body, decoded.
    ///
    /// # Errors
    /// [`ExtractError::File`] when a file can't be read as a list.
    pub fn of(page: &Page, body: &[u8], text: &str, hint: Option<&str>) -> Result<Self, ExtractError> {
        Self::with(page, body, text, hint, &Sheets::new())
    }

    /// The same for a page that links to style sheets.
    ///
    /// # Errors
    /// As [`Document::of`].
    pub fn with(
        page: &Page,
        body: &[u8],
        text: &str,
        hint: Option<&str>,
        sheets: &Sheets,
    ) -> Result<Self, ExtractError> {
        if !file::is_binary(body) {
            return Self::of_text(page, text, hint, 0, sheets);
        }
        match file::open(body, &page.file).map_err(|why| unreadable(page, why))? {
            Opened::Cells(parts) => Self::of_parts(page, parts),
            Opened::Text(text, undecodable) => Self::of_text(page, &text, None, undecodable, sheets),
        }
    }

    fn of_parts(page: &Page, parts: file::Parts) -> Result<Self, ExtractError> {
        Sheet::of(parts, &Shape::of(page).wanted).map(Self::Sheet).map_err(|why| unreadable(page, why))
    }

    /// Characters that were lost while a file in an archive was decoded.
    pub fn undecodable(&self) -> usize {
        match self {
            Self::Sheet(sheet) => sheet.undecodable,
            Self::Html(_) | Self::Json(_) => 0,
        }
    }

    /// Selectors of the page's sheets that hide something and that only a browser could decide.
    pub fn unclear(&self) -> &[String] {
        match self {
            Self::Html(markup) => &markup.unclear,
            Self::Json(_) | Self::Sheet(_) => &[],
        }
    }

    fn of_text(
        page: &Page,
        text: &str,
        hint: Option<&str>,
        undecodable: usize,
        sheets: &Sheets,
    ) -> Result<Self, ExtractError> {
        if let Some(parts) = file::workbook_of_2003(text, page.file.sheet.as_deref()) {
            return Self::of_parts(page, parts.map_err(|why| unreadable(page, why))?);
        }
        if let Some(kind) = file::other_kind(text).filter(|_| page.is_file()) {
            return Err(unreadable(page, kind));
        }
        // Some systems call a page a workbook, and answer with a page where the session has ended.
        let is_page = text.trim_start_matches('\u{feff}').trim_start().starts_with('<');
        if !page.is_file() || is_page || matches!(json(text, false), Some(Value::Object(_))) {
            return Ok(Self::parsed(text, hint, sheets));
        }
        let cells = file::separated(text.trim_start_matches('\u{feff}')).map_err(|why| unreadable(page, why))?;
        Self::of_parts(page, file::Parts::one(file::Cells { undecodable, ..cells }))
    }

    /// Parses the text of a page; `hint` is its content type, where one is known.
    ///
    /// It is JSON when it looks and parses like JSON whatever it calls itself (systems answer with JSON that they label
    /// HTML), also in a browser's view of it (`<pre>`); otherwise HTML.
    ///
    /// What its own sheets hide is marked, unless a browser has marked what is hidden.
    pub fn parse(text: &str, hint: Option<&str>) -> Self {
        Self::parsed(text, hint, &Sheets::new())
    }

    fn parsed(text: &str, hint: Option<&str>, sheets: &Sheets) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        let called_json = hint.is_some_and(|hint| hint.to_ascii_lowercase().contains("json"));
        if let Some(value) = json(text, called_json) {
            return Self::Json(value);
        }
        let tree = lean::parse(text)
            .map_or_else(|| Tree::Other(Html::parse_document(text)), |plain| Tree::Plain(Box::new(plain)));
        let markup = Markup::of(tree, text, sheets);
        match json_view(&markup) {
            Some(value) => Self::Json(value),
            None => Self::Html(markup),
        }
    }

    /// Whether this text stands somewhere on the page, or in one of its fields. What only its addresses say does not count: they
    /// repeat what was asked for.
    pub fn shows(&self, text: &str) -> bool {
        match self {
            Self::Html(html) => html.written().any(|written| written.contains(text)),
            Self::Json(value) => shows(value, text),
            Self::Sheet(sheet) => sheet.text().contains(text),
        }
    }
}

fn unreadable(page: &Page, why: String) -> ExtractError {
    ExtractError::File { page: page.name.clone(), why }
}

fn shows(value: &Value, text: &str) -> bool {
    match value {
        Value::String(words) => words.contains(text),
        Value::Number(number) => number.to_string() == text,
        Value::Array(values) => values.iter().any(|value| shows(value, text)),
        Value::Object(fields) => fields.values().any(|value| shows(value, text)),
        Value::Null | Value::Bool(_) => false,
    }
}

impl Deref for Markup {
    type Target = Html;

    fn deref(&self) -> &Html {
        self.tree.html()
    }
}

impl Tree {
    fn html(&self) -> &Html {
        match self {
            Self::Plain(plain) => &plain.html,
            Self::Other(html) => html,
        }
    }
}

impl Drop for Markup {
    fn drop(&mut self) {
        if let Tree::Plain(plain) = mem::replace(&mut self.tree, Tree::Other(Html::new_document())) {
            plain.keep();
        }
    }
}

impl Markup {
    fn of(mut tree: Tree, text: &str, sheets: &Sheets) -> Self {
        let mut unclear = Vec::new();
        if seen::may_hide(text) && tree.html().root_element().attr(SEEN).is_none() {
            let marked = match &mut tree {
                Tree::Plain(plain) => plain.see(sheets),
                Tree::Other(html) => Some(seen::apply(html, sheets)),
            };
            unclear = marked.unwrap_or_else(|| {
                let mut html = Html::parse_document(text);
                let unclear = seen::apply(&mut html, sheets);
                tree = Tree::Other(html);
                unclear
            });
        }
        Self { tree, names: OnceCell::new(), says: OnceCell::new(), unclear }
    }

    /// What its elements are called.
    pub(super) fn names(&self) -> Rc<Names> {
        Rc::clone(self.names.get_or_init(|| Rc::new(Names::of(&[self.root_element()]))))
    }

    /// The elements to which a label led on a page built like this one, where they must be the same here.
    pub(super) fn led(&self, key: &str, seen_only: bool) -> Option<Vec<ElementRef<'_>>> {
        let Tree::Plain(plain) = &self.tree else { return None };
        let found = plain.found.borrow();
        let elements = found.get(key, seen_only)?.iter();
        elements.map(|element| ElementRef::wrap(plain.html.tree.get(*element)?)).collect()
    }

    /// Remembers the elements to which a label leads, for pages built like this one.
    pub(super) fn leads(&self, key: &str, seen_only: bool, elements: &[ElementRef<'_>]) {
        if let Tree::Plain(plain) = &self.tree {
            let elements = elements.iter().map(|element| element.id()).collect();
            plain.found.borrow_mut().put(key, seen_only, elements);
        }
    }

    /// The elements that fit this CSS, in document order.
    pub(super) fn select(&self, css: &str) -> Vec<ElementRef<'_>> {
        if let Some(elements) = self.selected(css) {
            return elements;
        }
        let elements = css::select(self.root_element(), css);
        if let Tree::Plain(plain) = &self.tree {
            plain.selected.borrow_mut().put(css, elements.iter().map(|element| element.id()).collect());
        }
        elements
    }

    /// The same, where a page built like this one has told.
    pub(super) fn selected(&self, css: &str) -> Option<Vec<ElementRef<'_>>> {
        let Tree::Plain(plain) = &self.tree else { return None };
        let selected = plain.selected.borrow();
        let elements = selected.get(css)?.iter();
        elements.map(|element| ElementRef::wrap(plain.html.tree.get(*element)?)).collect()
    }

    /// Whether it shows this key, alone or within more.
    pub(super) fn says(&self, key: &str) -> bool {
        // What it shows is costly to say. A letter that is written nowhere it does not show either.
        key.chars().all(|letter| self.may_write(letter))
            && self.says.get_or_init(|| says(self.root_element())).contains(key)
    }

    /// Whether this letter may be written somewhere.
    fn may_write(&self, letter: char) -> bool {
        match &self.tree {
            Tree::Plain(plain) => plain.may_write(letter),
            Tree::Other(_) => self.written().any(|written| written.contains(letter)),
        }
    }

    /// All its texts, those that nobody sees too, and the values of its fields.
    fn written(&self) -> impl Iterator<Item = &str> {
        (**self).tree.values().flat_map(|node| {
            let (text, attributes) = match node {
                Node::Text(text) => (Some(&**text), None),
                Node::Element(element) => (None, Some(element)),
                _ => (None, None),
            };
            let values = attributes.into_iter().flat_map(|element| {
                let of = |name: &str| name == "value" || element.name() == "html";
                element.attrs().filter_map(move |(name, value)| of(name).then_some(value))
            });
            text.into_iter().chain(values)
        })
    }
}

fn json(text: &str, called_json: bool) -> Option<Value> {
    if called_json || text.trim_start().starts_with(['{', '[']) {
        serde_json::from_str(&numbers::kept(text)).ok()
    } else {
        None
    }
}

/// What a browser shows where the answer was JSON: one `<pre>` and nothing else to read.
fn json_view(html: &Html) -> Option<Value> {
    let named = |element: ElementRef<'_>, name: &str| element.value().name() == name;
    let body = html.root_element().child_elements().find(|child| named(*child, "body"))?;
    let mut pres = body.child_elements().filter(|child| named(*child, "pre"));
    let (Some(pre), None) = (pres.next(), pres.next()) else {
        return None;
    };
    let (pre, body): (String, String) = (pre.text().collect(), body.text().collect());
    if body.trim() == pre.trim() { json(&pre, false) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_known_by_its_looks_and_html_by_the_rest() {
        let is_json = |text: &str, hint| matches!(Document::parse(text, hint), Document::Json(_));
        assert!(is_json("\u{feff} {\"code\":401}", Some("text/html")));
        assert!(is_json("null", Some("application/json; charset=utf-8")));
        assert!(is_json("<html><body><pre>[1]</pre><div class='json-formatter-container'></div></body></html>", None));
        assert!(!is_json("{not json}", None));
        assert!(!is_json("<pre>[1]</pre><p>more</p>", None));
        assert!(!is_json("", Some("application/json")));
    }
}
