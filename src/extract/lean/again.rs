//! A page that is built like one before it: the same tree with other words in it.
//!
//! Pages of one kind differ in what stands between their tags and in their attributes' quotes, and in little else. Where all the
//! rest is the same, byte for byte, so is the tree; then only words are exchanged in the tree of the page before, which its
//! reader has done with. That is the same tree that the page would have by itself, at a tenth of the work.

use std::{cell::RefCell, collections::VecDeque, mem};

use ego_tree::NodeId;
use scraper::{Html, Node, StrTendril, node::Element};

use super::{
    super::{
        found::{Change, Changed, FoundLabels},
        selected::Selected,
        words::chinese,
    },
    build::Range,
    scan::resolved,
    sight::Seen,
};

/// Trees kept per thread: those of a list, of a detail, and of the same with parts that not every case has.
const MOST_KEPT: usize = 4;
/// Bytes of the longest page whose tree is kept: a tree takes many times its page.
const LONGEST_KEPT: usize = 256 << 10;

/// A place in a page where words stand that may be others in the next.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub range: Range,
    pub node: NodeId,
    pub holds: Holds,
}

/// What stands in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// A text between tags.
    Text,
    /// The text of a script or style, where `<` and `&` are letters like others.
    Raw,
    /// The value of the attribute of that number, in its quotes.
    Value(usize),
}

/// A tree with the page that it was made of.
#[derive(Debug)]
pub(in crate::extract) struct Plain {
    pub html: Html,
    pub(super) page: StrTendril,
    /// In the order of the page.
    pub(super) places: Vec<Place>,
    /// What its sheets hide, where that was asked.
    pub(super) seen: Option<Seen>,
    /// What labels have led to.
    pub found: RefCell<FoundLabels>,
    /// What CSS has led to.
    pub selected: RefCell<Selected>,
}

/// Words that are others: of which place, by number, and where they stand in the new page.
type Other = (usize, Range);

thread_local! {
    /// From the one used last.
    static KEPT: RefCell<VecDeque<Plain>> = const { RefCell::new(VecDeque::new()) };
}

/// The tree of a page by the tree of a page like it, where one was kept.
pub(super) fn parse(page: &str) -> Option<Plain> {
    let fitting = |kept: &mut VecDeque<Plain>| {
        let (at, changes) = kept.iter().enumerate().find_map(|(at, plain)| Some((at, plain.changes(page)?)))?;
        Some((kept.remove(at)?, changes))
    };
    let (mut plain, changes) = KEPT.with_borrow_mut(fitting)?;
    plain.change(page, &changes)?;
    Some(plain)
}

impl Plain {
    pub(super) fn new(html: Html, page: StrTendril, places: Vec<Place>) -> Self {
        Self { html, page, places, seen: None, found: RefCell::default(), selected: RefCell::default() }
    }

    /// Whether this letter may be written somewhere on the page, or in its tags.
    pub(in crate::extract) fn may_write(&self, letter: char) -> bool {
        // Any letter may be written as a reference, and some have names for it.
        !chinese(letter) || self.page.contains(&*letter.encode_utf8(&mut [0; 4])) || self.page.contains("&#")
    }

    /// Leaves the tree to the next page that is built like it.
    pub(in crate::extract) fn keep(self) {
        if self.page.len() <= LONGEST_KEPT {
            // A thread that ends keeps nothing.
            let _ = KEPT.try_with(|kept| {
                let mut kept = kept.borrow_mut();
                kept.truncate(MOST_KEPT - 1);
                kept.push_front(self);
            });
        }
    }

    /// What is other in `page`; `None` when that is more than words.
    fn changes(&self, page: &str) -> Option<Vec<Other>> {
        let (mut changes, mut next) = (Vec::new(), 0);
        // How far both have been compared.
        let (mut own, mut at) = (0, 0);
        loop {
            let (before, after) = (&self.page.as_bytes()[own..], &page.as_bytes()[at..]);
            let Some(same) = first_difference(before, after) else {
                return (before.len() == after.len()).then_some(changes);
            };
            let differs = own + same;
            next += self.places[next..].partition_point(|place| place.range.end < differs);
            let place = self.places.get(next).filter(|place| place.range.start <= differs)?;
            let from = at + (place.range.start - own);
            let range = from..from + place.holds.length(&self.page[..place.range.start], &page[from..])?;
            let (was, is) = (&self.page[place.range.clone()], &page[range.clone()]);
            // Behind some tags a line break is none.
            if is.is_empty() && place.holds.is_text() || is.starts_with('\n') != was.starts_with('\n') {
                return None;
            }
            // Within a comment a script's end tag may mean another thing.
            if place.holds == Holds::Raw && is.contains("<!--") {
                return None;
            }
            (own, at) = (place.range.end, range.end);
            changes.push((next, range));
        }
    }

    /// Exchanges words. `None` when there is something in them that is not plain; then the tree is of no use any more.
    fn change(&mut self, page: &str, changes: &[Other]) -> Option<()> {
        self.unsee_if(changes.iter().map(|(number, _)| *number));
        let named = self.weigh(page, changes);
        for (number, range) in changes {
            let place = &self.places[*number];
            let words = &page[range.clone()];
            let refers = place.holds != Holds::Raw && words.as_bytes().contains(&b'&');
            let value = matches!(place.holds, Holds::Value(_));
            let words = if refers { StrTendril::from(resolved(words, value)?) } else { StrTendril::from(words) };
            match (self.html.tree.get_mut(place.node)?.value(), place.holds) {
                (Node::Text(text), Holds::Text | Holds::Raw) => text.text = words,
                (Node::Element(element), Holds::Value(number)) => {
                    self.selected.get_mut().forget(&element.attrs[number].0.local);
                    set(element, number, words);
                }
                _ => return None,
            }
        }
        self.forget_if(&named);
        self.page = StrTendril::from(page);
        let (mut changes, mut longer) = (changes.iter().peekable(), 0);
        for (number, place) in self.places.iter_mut().enumerate() {
            match changes.next_if(|(changed, _)| *changed == number) {
                Some((_, range)) => {
                    longer = range.end.wrapping_sub(place.range.end);
                    place.range = range.clone();
                }
                None => place.range = place.range.start.wrapping_add(longer)..place.range.end.wrapping_add(longer),
            }
        }
        Some(())
    }

    /// Forgets what labels led to, where these changes may lead them elsewhere. Gives the texts that may be, or have been, part of
    /// such a label.
    fn weigh(&mut self, page: &str, changes: &[Other]) -> Vec<NodeId> {
        if self.found.get_mut().is_empty() {
            return Vec::new();
        }
        let change = |(number, range): &Other| {
            let place = &self.places[*number];
            let element = self.html.tree.get(place.node).and_then(|node| node.value().as_element());
            let of = match (place.holds, element) {
                (Holds::Value(number), Some(element)) => Changed::Attribute(&element.attrs[number].0.local),
                (Holds::Raw, _) => Changed::Script,
                (Holds::Text | Holds::Value(_), _) => Changed::Text,
            };
            Change { of, was: &self.page[place.range.clone()], is: &page[range.clone()] }
        };
        let idle = changes.iter().all(|other| change(other).is_idle());
        if !idle {
            self.found.get_mut().clear();
            return Vec::new();
        }
        let found = self.found.borrow();
        let may_name = |other: &&Other| {
            let Change { was, is, .. } = change(other);
            found.may_name(was) || found.may_name(is)
        };
        let named = changes.iter().filter(|(number, _)| self.places[*number].holds == Holds::Text).filter(may_name);
        let named: Vec<NodeId> = named.map(|(number, _)| self.places[*number].node).collect();
        drop(found);
        self.forget_if(&named);
        named
    }

    /// Forgets what labels led to, where one of these texts is part of one.
    fn forget_if(&mut self, named: &[NodeId]) {
        let found = self.found.get_mut();
        if !found.is_empty() && named.iter().any(|text| found.names(&self.html, *text)) {
            found.clear();
        }
    }
}

impl Holds {
    fn is_text(self) -> bool {
        !matches!(self, Self::Value(_))
    }

    /// How long the words are that begin here, in the place that begins `before` ends.
    fn length(self, before: &str, words: &str) -> Option<usize> {
        match self {
            Self::Text => words.find('<'),
            Self::Raw => words.find("</"),
            Self::Value(_) => words.find(char::from(*before.as_bytes().last()?)),
        }
    }
}

fn set(element: &mut Element, attribute: usize, words: StrTendril) {
    element.attrs[attribute].1 = words;
    if matches!(&*element.attrs[attribute].0.local, "id" | "class") {
        // An element remembers these two.
        let attributes = mem::take(&mut element.attrs);
        *element = Element::new(element.name.clone(), Vec::new());
        element.attrs = attributes;
    }
}

/// The first byte at which one differs from the other, or is longer than it; `None` when none does.
fn first_difference(one: &[u8], other: &[u8]) -> Option<usize> {
    const STEP: usize = 64;
    let steps = one.as_chunks::<STEP>().0.iter().zip(other.as_chunks::<STEP>().0);
    let same = STEP * steps.take_while(|(one, other)| one == other).count();
    let rest = one[same..].iter().zip(&other[same..]).take_while(|(one, other)| one == other).count();
    let same = same + rest;
    (same < one.len() || same < other.len()).then_some(same)
}
