//! A page on its way to a tree: what has begun and not ended, and how things are put into it.

use ego_tree::NodeId;
use scraper::{Html, Node, StrTendril, node::Text};

use super::{
    again::{Holds, Place, Plain},
    kind::{Kind, Names},
    scan::{Piece, Scan, resolved},
};

/// Elements around each other; pages for people have some dozens.
const DEEPEST: usize = 500;

pub(super) type Range = std::ops::Range<usize>;

/// Which part of the page we are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    BeforeHtml,
    BeforeHead,
    Head,
    AfterHead,
    Body,
    AfterBody,
    AfterHtml,
}

/// An element that has not ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    pub id: NodeId,
    pub name: usize,
    pub kind: Kind,
}

/// A page on its way to a tree.
pub(super) struct Build<'a> {
    pub html: Html,
    /// The page; its texts are parts of this.
    page: StrTendril,
    pub text: &'a str,
    pub names: &'a mut Names,
    pub scan: Scan<'a>,
    pub part: Part,
    /// From the outermost.
    pub open: Vec<Open>,
    pub in_form: bool,
    /// Whether the page is read by the rules of the oldest pages.
    pub quirky: bool,
    /// Where words stand that may be others in a page built like this one.
    places: Vec<Place>,
    /// Room for the attributes of one element.
    order: Vec<(usize, Range)>,
}

/// Builds the tree of what stands in `text` from byte `from` on, into a page that is empty so far.
pub(super) fn build(html: Html, quirky: bool, text: &str, from: usize, names: &mut Names) -> Option<Plain> {
    let mut build = Build {
        html,
        page: StrTendril::from(text),
        text,
        names,
        scan: Scan::new(text, from),
        part: Part::BeforeHtml,
        open: Vec::new(),
        in_form: false,
        quirky,
        places: Vec::new(),
        order: Vec::new(),
    };
    while let Some(piece) = build.scan.next()? {
        match piece {
            Piece::Text(range) => build.text(range)?,
            Piece::Comment(range) => build.comment(range)?,
            Piece::Start(range) => {
                let name = build.names.element(&text[range])?;
                build.start(name)?;
            }
            Piece::End(range) => {
                let name = build.names.element(&text[range])?;
                build.end(name)?;
            }
        }
    }
    // Without a body, scraper adds what is missing.
    let whole = matches!(build.part, Part::Body | Part::AfterBody | Part::AfterHtml);
    build.places.sort_unstable_by_key(|place| place.range.start);
    whole.then(|| Plain::new(build.html, build.page, build.places))
}

impl Build<'_> {
    pub(super) fn top(&self) -> Kind {
        self.open.last().map_or(Kind::Odd, |open| open.kind)
    }

    /// Puts an element with the attributes of the tag that was met last into the innermost one.
    fn append(&mut self, name: usize) -> Option<NodeId> {
        let mut element = self.names.known(name).element.clone();
        let mut order = std::mem::take(&mut self.order);
        for (attribute, value) in self.scan.attributes.drain(..) {
            let number = self.names.attribute(&self.text[attribute])?;
            // Of two with one name, the first counts.
            if order.iter().all(|(own, _)| *own != number) {
                order.push((number, value));
            }
        }
        order.sort_unstable_by_key(|(number, _)| self.names.known_attribute(*number).1);
        element.attrs.reserve_exact(order.len());
        for (number, value) in &order {
            let name = self.names.known_attribute(*number).0[0].0.clone();
            element.attrs.push((name, self.shared(value.clone(), true)?));
        }
        let parent = self.open.last().map_or(self.html.tree.root().id(), |open| open.id);
        let node = self.html.tree.get_mut(parent)?.append(Node::Element(element)).id();
        for (number, (_, range)) in order.drain(..).enumerate() {
            if self.is_quoted(&range) {
                self.places.push(Place { range, node, holds: Holds::Value(number) });
            }
        }
        self.order = order;
        Some(node)
    }

    /// Whether a value has quotes around it.
    fn is_quoted(&self, value: &Range) -> bool {
        let quote = self.text.as_bytes()[value.end];
        matches!(quote, b'"' | b'\'') && self.text.as_bytes()[value.start - 1] == quote
    }

    pub(super) fn insert(&mut self, name: usize) -> Option<()> {
        self.append(name).map(drop)
    }

    pub(super) fn push(&mut self, name: usize) -> Option<()> {
        if self.open.len() > DEEPEST {
            return None;
        }
        let id = self.append(name)?;
        self.open.push(Open { id, name, kind: self.names.known(name).kind });
        Some(())
    }

    pub(super) fn push_left_out(&mut self, name: &str) -> Option<()> {
        let attributes = std::mem::take(&mut self.scan.attributes);
        let name = self.names.element(name)?;
        self.push(name)?;
        self.scan.attributes = attributes;
        Some(())
    }

    /// Puts an element and the text in it there, up to its end tag.
    pub(super) fn insert_raw(&mut self, name: usize, kind: Kind) -> Option<()> {
        self.push(name)?;
        if kind == Kind::Textarea {
            self.scan.pass_line_break();
        }
        let content = self.scan.raw(&self.names.known(name).name)?;
        // Within a comment a script's end tag may mean another thing.
        let plain = kind != Kind::Script || !self.text[content.clone()].contains("<!--");
        if !content.is_empty() {
            let text = match kind {
                Kind::Title | Kind::Textarea => self.shared(content.clone(), false)?,
                _ => self.share(content.clone()),
            };
            let node = self.html.tree.get_mut(self.open.last()?.id)?.append(Node::Text(Text { text })).id();
            let (holds, end) = match kind {
                Kind::Title | Kind::Textarea => (Holds::Text, "<"),
                _ => (Holds::Raw, "</"),
            };
            if !self.text[content.clone()].contains(end) {
                self.places.push(Place { range: content, node, holds });
            }
        }
        self.open.pop();
        plain.then_some(())
    }

    pub(super) fn append_text(&mut self, range: Range) -> Option<()> {
        let text = self.shared(range.clone(), false)?;
        let (in_body, blank_only) = (self.part == Part::Body, self.top().holds_no_text());
        let mut parent = self.html.tree.get_mut(self.open.last()?.id)?;
        if let Some(mut last) = parent.last_child()
            && let Node::Text(before) = last.value()
        {
            before.text.push_tendril(&text);
            let merged = last.id();
            self.places.retain(|place| place.node != merged);
            return Some(());
        }
        let node = parent.append(Node::Text(Text { text })).id();
        if in_body && !blank_only {
            self.places.push(Place { range, node, holds: Holds::Text });
        }
        Some(())
    }

    /// A part of the page with its character references resolved.
    fn shared(&self, range: Range, value: bool) -> Option<StrTendril> {
        let text = &self.text[range.clone()];
        if text.as_bytes().contains(&b'&') {
            Some(StrTendril::from(resolved(text, value)?))
        } else {
            Some(self.share(range))
        }
    }

    /// A part of the page, without a copy.
    pub(super) fn share(&self, range: Range) -> StrTendril {
        let offset = |at: usize| u32::try_from(at).expect("a page is far below 4 GB");
        self.page.subtendril(offset(range.start), offset(range.end - range.start))
    }
}
