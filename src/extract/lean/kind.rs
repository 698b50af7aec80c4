//! The names of elements and attributes, and what the rules of HTML make of each element.

use std::{
    cell::RefCell,
    collections::HashMap,
    hash::{BuildHasher, Hasher},
};

use ego_tree::Tree;
use scraper::{
    Html, Node,
    node::{Attributes, Element},
};

/// Names kept per thread; more than all pages of a district have, so that only strange pages ever reach it.
const MOST_KEPT: usize = 4_096;

/// What the rules make of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Html,
    Head,
    Body,
    /// Without content, also in the head.
    Meta,
    Title,
    Script,
    Style,
    /// Read as text: nothing in it is shown where scripts run.
    NoScript,
    Iframe,
    Textarea,
    /// Without content.
    Void,
    Input,
    Ruler,
    Paragraph,
    /// Ends a paragraph.
    Block,
    Heading,
    Pre,
    Form,
    Item,
    /// `dd`, `dt`
    Definition,
    Button,
    Anchor,
    /// `b`, `i`, `font` …
    Format,
    Table,
    Caption,
    ColumnGroup,
    Column,
    /// `tbody`, `thead`, `tfoot`
    Section,
    Row,
    Cell,
    Select,
    Option,
    OptionGroup,
    /// Follows no rule of its own.
    Plain,
    /// Follows rules that are not known here.
    Odd,
}

impl Kind {
    fn of(name: &str) -> Self {
        match name {
            "html" => Self::Html,
            "head" => Self::Head,
            "body" => Self::Body,
            "base" | "basefont" | "bgsound" | "link" | "meta" => Self::Meta,
            "title" => Self::Title,
            "script" => Self::Script,
            "style" => Self::Style,
            "noscript" => Self::NoScript,
            "iframe" => Self::Iframe,
            "textarea" => Self::Textarea,
            "area" | "br" | "embed" | "img" | "keygen" | "wbr" | "param" | "source" | "track" => Self::Void,
            "input" => Self::Input,
            "hr" => Self::Ruler,
            "p" => Self::Paragraph,
            "address" | "article" | "aside" | "blockquote" | "center" | "details" | "dialog" | "dir" | "div" | "dl"
            | "fieldset" | "figcaption" | "figure" | "footer" | "header" | "hgroup" | "main" | "menu" | "nav"
            | "ol" | "search" | "section" | "summary" | "ul" => Self::Block,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Self::Heading,
            "pre" => Self::Pre,
            "form" => Self::Form,
            "li" => Self::Item,
            "dd" | "dt" => Self::Definition,
            "button" => Self::Button,
            "a" => Self::Anchor,
            "b" | "big" | "code" | "em" | "font" | "i" | "s" | "small" | "strike" | "strong" | "tt" | "u" => {
                Self::Format
            }
            "table" => Self::Table,
            "caption" => Self::Caption,
            "colgroup" => Self::ColumnGroup,
            "col" => Self::Column,
            "tbody" | "thead" | "tfoot" => Self::Section,
            "tr" => Self::Row,
            "td" | "th" => Self::Cell,
            "select" => Self::Select,
            "option" => Self::Option,
            "optgroup" => Self::OptionGroup,
            "applet" | "frame" | "frameset" | "image" | "isindex" | "listing" | "marquee" | "math" | "nobr"
            | "noembed" | "noframes" | "object" | "plaintext" | "rb" | "rp" | "rt" | "rtc" | "selectedcontent"
            | "svg" | "template" | "xmp" => Self::Odd,
            _ => Self::Plain,
        }
    }

    /// Whether nothing but white space may stand directly in it.
    pub(super) fn holds_no_text(self) -> bool {
        matches!(self, Self::Table | Self::Section | Self::Row | Self::ColumnGroup)
    }

    /// Whether its end tag may be left out before most others.
    pub(super) fn ends_by_itself(self) -> bool {
        matches!(self, Self::Definition | Self::Item | Self::Option | Self::OptionGroup | Self::Paragraph)
    }

    /// Whether nothing around it is reached from within it.
    pub(super) fn is_wall(self) -> bool {
        matches!(self, Self::Html | Self::Table | Self::Caption | Self::Cell | Self::Select)
    }

    /// Whether it ends the search for an open item of a list.
    pub(super) fn ends_search(self, name: &str) -> bool {
        !matches!(self, Self::Plain | Self::Format | Self::Anchor | Self::Option | Self::OptionGroup | Self::Paragraph)
            && !matches!(name, "address" | "div" | "dialog" | "search")
    }
}

/// An element's name as it is known here.
#[derive(Debug)]
pub(super) struct Known {
    pub kind: Kind,
    pub name: Box<str>,
    /// Such an element, without attributes.
    pub element: Element,
}

/// An attribute's name as it is known here.
#[derive(Debug)]
struct KnownAttribute {
    name: Box<str>,
    /// One attribute of that name.
    model: Attributes,
    /// Its place among all names in the order in which scraper keeps them.
    rank: usize,
}

/// The names met so far.
#[derive(Debug)]
pub(super) struct Names {
    elements: Vec<Known>,
    by_name: HashMap<Box<str>, usize, Quick>,
    attributes: Vec<KnownAttribute>,
    attributes_by_name: HashMap<Box<str>, usize, Quick>,
    /// By document type as it is written, what scraper makes of it.
    types: HashMap<Box<str>, Html>,
    /// What scraper makes of a page without one.
    untyped: Html,
}

thread_local! {
    static NAMES: RefCell<Names> = RefCell::new(Names::new());
}

/// Lends the names of this thread.
pub(super) fn with_names<T>(work: impl FnOnce(&mut Names) -> T) -> T {
    NAMES.with_borrow_mut(|names| {
        if names.are_too_many() {
            *names = Names::new();
        }
        work(names)
    })
}

impl Names {
    fn new() -> Self {
        // scraper's own types of names can be had from a page only.
        let model = Html::parse_document("<html a>");
        let mut element = model.root_element().value().clone();
        let attribute = KnownAttribute { name: "a".into(), model: std::mem::take(&mut element.attrs), rank: 0 };
        Self {
            elements: vec![Known { kind: Kind::Html, name: "html".into(), element }],
            by_name: HashMap::from_iter([("html".into(), 0)]),
            attributes: vec![attribute],
            attributes_by_name: HashMap::from_iter([("a".into(), 0)]),
            types: HashMap::new(),
            untyped: model,
        }
    }

    fn are_too_many(&self) -> bool {
        self.by_name.len() + self.attributes_by_name.len() + self.types.len() > MOST_KEPT
    }

    /// A page of that document type with nothing else in it, and whether it is read by the rules of the oldest pages.
    pub(super) fn begun(&mut self, doctype: &str, nodes: usize) -> (Html, bool) {
        // What a document type means is scraper's to say.
        let typed = match self.types.get(doctype) {
            Some(typed) => typed,
            None if doctype.is_empty() => &self.untyped,
            None => self.types.entry(doctype.into()).or_insert(Html::parse_document(doctype)),
        };
        let quirky = typed.quirks_mode == self.untyped.quirks_mode;
        let mut html = Html { tree: Tree::with_capacity(Node::Document, nodes), ..Html::new_document() };
        html.quirks_mode = typed.quirks_mode;
        if let Some(node) = typed.tree.root().first_child().filter(|node| node.value().is_doctype()) {
            html.tree.root_mut().append(node.value().clone());
        }
        (html, quirky)
    }

    /// The number of that name, in whatever case it is written; `None` when a page has too many names.
    pub(super) fn element(&mut self, written: &str) -> Option<usize> {
        if let Some(number) = self.by_name.get(written) {
            return Some(*number);
        }
        if self.are_too_many() {
            return None;
        }
        let name = written.to_ascii_lowercase();
        let number = self.by_name.get(name.as_str()).copied().unwrap_or_else(|| {
            let mut element = self.elements[0].element.clone();
            element.name.local = name.as_str().into();
            self.elements.push(Known { kind: Kind::of(&name), name: name.as_str().into(), element });
            self.elements.len() - 1
        });
        self.by_name.insert(name.into(), number);
        self.by_name.insert(written.into(), number);
        Some(number)
    }

    pub(super) fn known(&self, number: usize) -> &Known {
        &self.elements[number]
    }

    /// The number of that attribute's name, likewise.
    pub(super) fn attribute(&mut self, written: &str) -> Option<usize> {
        if let Some(number) = self.attributes_by_name.get(written) {
            return Some(*number);
        }
        if self.are_too_many() {
            return None;
        }
        let name = written.to_ascii_lowercase();
        let number = self.attributes_by_name.get(name.as_str()).copied().unwrap_or_else(|| {
            let mut model = self.attributes[0].model.clone();
            model[0].0.local = name.as_str().into();
            let rank = self.attributes.iter().filter(|own| *own.name < *name).count();
            self.attributes.iter_mut().filter(|own| *own.name > *name).for_each(|own| own.rank += 1);
            self.attributes.push(KnownAttribute { name: name.as_str().into(), model, rank });
            self.attributes.len() - 1
        });
        self.attributes_by_name.insert(name.into(), number);
        self.attributes_by_name.insert(written.into(), number);
        Some(number)
    }

    /// The attribute of that number, and its place in the order of names.
    pub(super) fn known_attribute(&self, number: usize) -> (&Attributes, usize) {
        (&self.attributes[number].model, self.attributes[number].rank)
    }
}

/// Hashes names of a few letters in a few steps. Who chooses them gains nothing by it: their number is bounded.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Quick(u64);

impl BuildHasher for Quick {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        Self(0)
    }
}

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
        for part in bytes.chunks(8) {
            let part = part.iter().fold(0, |whole, byte| whole << 8 | u64::from(*byte));
            self.0 = (self.0.rotate_left(5) ^ part).wrapping_mul(SPREAD);
        }
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}
