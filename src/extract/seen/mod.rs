//! What a page's own style sheets hide, where no browser has said it.
//!
//! A page that was read without a browser is marked as the browser marks its own: what is hidden carries [`HIDDEN`], a control that
//! is drawn as nothing [`CLEAR`]. The sheets are applied as CSS says: by origin, importance, layer, weight and order. What only a
//! browser can decide is told, never guessed.

mod media;
mod rules;
mod says;
mod selector;

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    sync::Arc,
};

use ego_tree::{NodeId, iter::Edge};
use scraper::{ElementRef, Html, Node, node::Element};

use self::{
    rules::Rules,
    says::{PROPERTIES, Property, Said, Value, said},
};
use super::{
    control::is_control,
    css::attr,
    shown::{CLEAR, HIDDEN},
};

/// The sheets that a page links to: what each says, by its address as the page writes it.
pub type Sheets = BTreeMap<String, Arc<str>>;

/// What browsers hide by themselves.
const OF_BROWSERS: &str = "details:not([open]) > :not(summary), dialog:not([open]), [popover] { display: none }";

/// What becomes of a page by its sheets.
#[derive(Debug, Default)]
pub(super) struct Fates {
    /// Elements with the mark that they get, in document order.
    pub marks: Vec<(NodeId, &'static str)>,
    /// Elements that can't be seen but hold some that can: what they write themselves is no text of the page.
    pub around: Vec<NodeId>,
    /// Selectors that hide something and that only a browser can decide.
    pub unclear: Vec<String>,
    /// Attributes, besides the usual ones, on whose values all this rests.
    pub rests_on: BTreeSet<String>,
}

/// Whether a page may have anything that a sheet hides: most answers for scripts and plain tables have not.
pub(super) fn may_hide(text: &str) -> bool {
    ["<style", "<STYLE", "<link", "<LINK", "<details", "<dialog", " popover"].iter().any(|sign| text.contains(sign))
}

/// What the sheets of a page do to it.
pub(super) fn fates(html: &Html, linked: &Sheets) -> Fates {
    let mut sheets = vec![rules::of(OF_BROWSERS)];
    sheets.extend(own(html, linked));
    let mut fates = Fates::default();
    for sheet in &sheets {
        fates.unclear.extend(sheet.unclear.iter().cloned());
        fates.rests_on.extend(sheet.rests_on.iter().cloned());
    }
    if sheets.iter().any(|sheet| sheet.hides) {
        fates.walk(html, &sheets);
    }
    fates
}

/// Marks a page that no browser has shown; says which selectors only a browser could decide.
pub(super) fn apply(html: &mut Html, linked: &Sheets) -> Vec<String> {
    let Fates { marks, around, unclear, .. } = fates(html, linked);
    for (node, mark) in marks {
        if let Some(mut node) = html.tree.get_mut(node)
            && let Node::Element(element) = node.value()
        {
            put(element, mark);
        }
    }
    for node in around {
        let texts = html.tree.get(node).into_iter().flat_map(|node| node.children());
        let texts: Vec<NodeId> = texts.filter(|child| child.value().is_text()).map(|child| child.id()).collect();
        for text in texts {
            if let Some(mut node) = html.tree.get_mut(text)
                && let Node::Text(text) = node.value()
            {
                text.text.clear();
            }
        }
    }
    unclear
}

thread_local! {
    /// Both marks as attributes of an element.
    static MARKED: Html = Html::parse_fragment(&format!("<p {CLEAR} {HIDDEN}></p>"));
}

/// Puts a mark on an element, where its attributes stay in their order; says at which place it stands among them. `None` where it has one.
pub(super) fn put(element: &mut Element, mark: &str) -> Option<usize> {
    MARKED.with(|page| {
        let mut marks = page.root_element().descendent_elements().flat_map(|element| &element.value().attrs);
        let (name, value) = marks.find(|(name, _)| &*name.local == mark)?;
        let at = element.attrs.binary_search_by(|(own, _)| own.cmp(name)).err()?;
        element.attrs.insert(at, (name.clone(), value.clone()));
        Some(at)
    })
}

/// The addresses of the sheets that a page links to, as it writes them.
pub fn linked_sheets(page: &[u8]) -> Vec<String> {
    // Most pages of old systems link to none; addresses are ASCII whatever the page's encoding is.
    let says = |letters: &[u8]| matches!(letters[0], b's' | b'S') && letters.eq_ignore_ascii_case(b"stylesheet");
    if !page.windows("stylesheet".len()).any(says) {
        return Vec::new();
    }
    let page = String::from_utf8_lossy(page);
    let tags = page.match_indices('<').map(|(at, _)| &page[at..]);
    let links = tags.filter(|tag| tag.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("<link")));
    let hrefs = links.filter_map(|tag| {
        let tag = Html::parse_fragment(&tag[..=tag.find('>')?]);
        let link = tag.root_element().descendent_elements().find(|element| element.value().name() == "link")?;
        sheet_of(link).map(str::to_owned)
    });
    hrefs.collect()
}

/// The sheets of a page in their order.
fn own(html: &Html, linked: &Sheets) -> Vec<Rc<Rules>> {
    let sheets = html.root_element().descendent_elements().filter_map(|element| {
        let name = element.value().name();
        if !matches!(name, "style" | "link")
            || attr(element, "media").is_some_and(|media| media::holds(media) == Some(false))
        {
            return None;
        }
        if name == "style" {
            let plain =
                attr(element, "type").is_none_or(|kind| kind.is_empty() || kind.eq_ignore_ascii_case("text/css"));
            return plain.then(|| rules::of(&element.text().collect::<String>()));
        }
        let text = linked.get(sheet_of(element)?)?;
        Some(rules::of(text))
    });
    sheets.collect()
}

/// The address of the sheet that a `<link>` names, as written.
fn sheet_of(link: ElementRef<'_>) -> Option<&str> {
    let mut words = attr(link, "rel")?.split_ascii_whitespace();
    let (mut sheet, mut other) = (false, false);
    words.by_ref().for_each(|word| {
        sheet |= word.eq_ignore_ascii_case("stylesheet");
        other |= word.eq_ignore_ascii_case("alternate");
    });
    let disabled = attr(link, "disabled").is_some();
    if sheet && !other && !disabled { attr(link, "href").filter(|href| !href.is_empty()) } else { None }
}

/// An element that has begun.
struct Open {
    visible: bool,
    /// Where its mark stands, if it was marked for being invisible alone.
    invisible: Option<usize>,
    /// Whether something in it can be seen.
    shows: bool,
}

impl Fates {
    /// Goes through all elements with what they inherit.
    fn walk(&mut self, html: &Html, sheets: &[Rc<Rules>]) {
        let mut marks: Vec<Option<(NodeId, &'static str)>> = Vec::new();
        let mut open = vec![Open { visible: true, invisible: None, shows: false }];
        let mut skipped = None;
        for edge in html.root_element().traverse() {
            match edge {
                Edge::Open(node) if skipped.is_none() => {
                    let Some(element) = ElementRef::wrap(node) else { continue };
                    let fate = fate(element, sheets);
                    let visible = match fate.of(Property::Visibility) {
                        Some(Value::Hides) => false,
                        Some(Value::Shows) => true,
                        _ => open.last().is_none_or(|around| around.visible),
                    };
                    // What hides all of a page is taken away by its scripts, or nobody would ever see anything.
                    let all = matches!(element.value().name(), "html" | "body" | "head");
                    let visible = visible || all;
                    let mark = if all { None } else { fate.mark(element, visible) };
                    let gone = mark == Some(HIDDEN) && fate.with_all();
                    if gone {
                        skipped = Some(node.id());
                    }
                    let invisible = (!visible && !gone).then_some(marks.len());
                    marks.extend(mark.map(|mark| Some((node.id(), mark))));
                    open.push(Open { visible, invisible, shows: visible && !gone });
                }
                Edge::Close(node)
                    if skipped.is_none_or(|skipped| skipped == node.id()) && node.value().is_element() =>
                {
                    skipped = None;
                    let Some(closed) = open.pop() else { continue };
                    if let Some(at) = closed.invisible.filter(|_| closed.shows) {
                        self.around.extend(marks[at].take().map(|(node, _)| node));
                    }
                    if let Some(around) = open.last_mut() {
                        around.shows |= closed.shows;
                    }
                }
                _ => {}
            }
        }
        self.marks = marks.into_iter().flatten().collect();
    }
}

/// What was said about one element, the strongest for each property.
#[derive(Default)]
struct Fate([Option<Value>; 5]);

impl Fate {
    fn of(&self, property: Property) -> Option<Value> {
        self.0[property as usize]
    }

    fn hides(&self, property: Property) -> bool {
        self.of(property) == Some(Value::Hides)
    }

    /// Whether what it hides is hidden with all that it holds.
    fn with_all(&self) -> bool {
        self.hides(Property::Display) || self.hides(Property::Content) || self.hides(Property::Cut)
    }

    fn mark(&self, element: ElementRef<'_>, visible: bool) -> Option<&'static str> {
        if self.hides(Property::Display) || self.hides(Property::Content) || !visible {
            return Some(HIDDEN);
        }
        if self.hides(Property::Cut) {
            return match is_control(element) {
                true => Some(CLEAR),
                false => (!element.descendent_elements().any(is_control)).then_some(HIDDEN),
            };
        }
        (self.hides(Property::Opacity) && is_control(element)).then_some(CLEAR)
    }
}

/// How strong a declaration is: what comes later in this order holds.
type Strength = (bool, i8, [u32; 3], usize, usize);

fn fate(element: ElementRef<'_>, sheets: &[Rc<Rules>]) -> Fate {
    let mut strongest: [Option<(Strength, Value)>; 5] = [None; 5];
    let mut take = |said: &Said, strength: Strength| {
        let held = &mut strongest[said.property as usize];
        if held.is_none_or(|(own, _)| own <= strength) {
            *held = Some((strength, said.value));
        }
    };
    for (number, sheet) in sheets.iter().enumerate() {
        for (place, rule) in sheet.fitting(element) {
            for said in &rule.said {
                // Important ones in layers go before those in none, others after them; browsers' own before all others.
                let layer = match (number, rule.layered, said.important) {
                    (0, ..) => -2,
                    (_, true, true) => 1,
                    (_, true, false) => -1,
                    (_, false, _) => 0,
                };
                take(said, (said.important, layer, rule.chosen.weight, number, place));
            }
        }
    }
    if let Some(style) = attr(element, "style") {
        for said in said(style.split(';')) {
            take(&said, (said.important, 0, [u32::MAX; 3], 0, 0));
        }
    }
    let mut fate = Fate::default();
    PROPERTIES
        .iter()
        .for_each(|property| fate.0[*property as usize] = strongest[*property as usize].map(|held| held.1));
    fate
}
