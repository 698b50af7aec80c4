//! A page as a tree that can be changed and written again.

use scraper::{ElementRef, Html, Node as Parsed};

/// Names and values of attributes.
type Attributes = Vec<(String, String)>;

/// A node of the tree.
#[derive(Clone, Debug)]
pub enum Node {
    Element(Element),
    Text(String),
    Comment(String),
}

/// An element with all that it holds.
#[derive(Clone, Debug, Default)]
pub struct Element {
    pub name: String,
    pub attributes: Attributes,
    pub children: Vec<Node>,
}

/// A page.
#[derive(Clone, Debug)]
pub struct Dom {
    pub root: Element,
    /// How the page is written: with all tags, or as people wrote them by hand.
    pub sloppy: bool,
}

impl Dom {
    pub fn parse(text: &str) -> Self {
        let html = Html::parse_document(text);
        Self { root: element(html.root_element()), sloppy: false }
    }

    pub fn write(&self) -> String {
        let mut text = "<!DOCTYPE html>\n".to_owned();
        write(&self.root, self.sloppy, &mut text);
        text
    }
}

fn element(parsed: ElementRef<'_>) -> Element {
    let attributes = parsed.value().attrs().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let children = parsed.children().filter_map(|child| match child.value() {
        Parsed::Text(text) => Some(Node::Text(text.to_string())),
        Parsed::Comment(comment) => Some(Node::Comment(comment.to_string())),
        _ => ElementRef::wrap(child).map(|inner| Node::Element(element(inner))),
    });
    Element { name: parsed.value().name().to_owned(), attributes: attributes.collect(), children: children.collect() }
}

const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
/// Ends that HTML lets people leave out.
const OPTIONAL: &[&str] = &["td", "th", "tr", "thead", "tbody", "li", "option", "dt", "dd"];

fn write(element: &Element, sloppy: bool, text: &mut String) {
    let name = if sloppy { element.name.to_uppercase() } else { element.name.clone() };
    text.push_str(&format!("<{name}"));
    for (name, value) in &element.attributes {
        let bare = sloppy && !value.is_empty() && value.chars().all(|letter| letter.is_ascii_alphanumeric());
        let value = value.replace('&', "&amp;").replace('"', "&quot;");
        text.push_str(&if bare { format!(" {name}={value}") } else { format!(" {name}=\"{value}\"") });
    }
    text.push('>');
    if VOID.contains(&element.name.as_str()) {
        return;
    }
    for child in &element.children {
        match child {
            Node::Element(inner) => write(inner, sloppy, text),
            Node::Comment(comment) => text.push_str(&format!("<!--{comment}-->")),
            Node::Text(words) if matches!(element.name.as_str(), "script" | "style") => text.push_str(words),
            Node::Text(words) => text.push_str(&words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")),
        }
    }
    if !(sloppy && OPTIONAL.contains(&element.name.as_str())) {
        text.push_str(&format!("</{name}>"));
    }
}

/// An element of this name, with a class where one is given.
pub fn el(name: &str, class: &str, children: Vec<Node>) -> Element {
    let attributes = if class.is_empty() { Vec::new() } else { vec![("class".to_owned(), class.to_owned())] };
    Element { name: name.to_owned(), attributes, children }
}

pub fn text(words: &str) -> Node {
    Node::Text(words.to_owned())
}

impl From<Element> for Node {
    fn from(element: Element) -> Self {
        Self::Element(element)
    }
}

impl Node {
    pub fn element(&self) -> Option<&Element> {
        if let Self::Element(element) = self { Some(element) } else { None }
    }

    pub fn element_mut(&mut self) -> Option<&mut Element> {
        if let Self::Element(element) = self { Some(element) } else { None }
    }
}

impl Element {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub fn set(&mut self, name: &str, value: &str) {
        match self.attributes.iter_mut().find(|(own, _)| own == name) {
            Some((_, own)) => value.clone_into(own),
            None => self.attributes.push((name.to_owned(), value.to_owned())),
        }
    }

    pub fn is(&self, name: &str) -> bool {
        self.name == name
    }

    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(Node::element)
    }

    pub fn elements_mut(&mut self) -> impl Iterator<Item = &mut Element> {
        self.children.iter_mut().filter_map(Node::element_mut)
    }

    /// All that it says, blanks collapsed; scripts and styles left out.
    pub fn words(&self) -> String {
        let mut words = String::new();
        self.say(&mut words);
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Whether another change has hidden it: by its own style, or by a class of a sheet.
    fn is_hidden(&self) -> bool {
        let style = self.get("style").unwrap_or_default().replace(' ', "");
        let class = self.get("class").unwrap_or_default();
        let away = style.contains("display:none") || style.contains("left:-9999px") || self.get("hidden").is_some();
        away || ["ed", "kx", "nat", "drop", "sr-only", "visible-xs"].contains(&class)
    }

    fn say(&self, words: &mut String) {
        if self.is_hidden() {
            return;
        }
        for child in &self.children {
            match child {
                Node::Text(text) => words.push_str(text),
                Node::Element(inner) if !matches!(inner.name.as_str(), "script" | "style" | "head") => inner.say(words),
                _ => {}
            }
        }
    }

    /// Itself and every element in it, from the outside in.
    pub fn walk(&self, look: &mut impl FnMut(&Element)) {
        look(self);
        self.elements().for_each(|inner| inner.walk(look));
    }

    /// The same from the inside out, to change them. What is put in is not walked.
    pub fn walk_mut(&mut self, change: &mut impl FnMut(&mut Element)) {
        self.elements_mut().for_each(|inner| inner.walk_mut(change));
        change(self);
    }

    pub fn has(&self, fits: &impl Fn(&Element) -> bool) -> bool {
        fits(self) || self.elements().any(|inner| inner.has(fits))
    }

    /// Whether it holds no element but only a text.
    pub fn is_leaf(&self) -> bool {
        self.elements().next().is_none()
    }
}
