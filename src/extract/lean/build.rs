//! The rules of HTML for what is written plainly.

use ego_tree::NodeId;
use scraper::{
    Html, Node, StrTendril,
    node::{Comment, Text},
};

use super::{
    kind::{Kind, Names},
    scan::{Piece, Scan, is_blank, resolved},
};

/// Elements around each other; pages for people have some dozens.
const DEEPEST: usize = 500;

type Range = std::ops::Range<usize>;

/// Which part of the page we are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
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
struct Open {
    id: NodeId,
    name: usize,
    kind: Kind,
}

/// A page on its way to a tree.
struct Build<'a> {
    html: Html,
    /// The page; its texts are parts of this.
    page: StrTendril,
    text: &'a str,
    names: &'a mut Names,
    scan: Scan<'a>,
    part: Part,
    /// From the outermost.
    open: Vec<Open>,
    in_form: bool,
    /// Whether the page is read by the rules of the oldest pages.
    quirky: bool,
    /// Room for the attributes of one element.
    order: Vec<(usize, Range)>,
}

/// Builds the tree of what stands in `text` from byte `from` on, into a page that is empty so far.
pub(super) fn build(html: Html, quirky: bool, text: &str, from: usize, names: &mut Names) -> Option<Html> {
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
    matches!(build.part, Part::Body | Part::AfterBody | Part::AfterHtml).then_some(build.html)
}

impl Build<'_> {
    fn text(&mut self, range: Range) -> Option<()> {
        let blank = || self.text[range.clone()].bytes().all(is_blank);
        match self.part {
            Part::BeforeHtml | Part::BeforeHead => blank().then_some(()),
            Part::Body if !matches!(self.top(), Kind::Table | Kind::Section | Kind::Row | Kind::ColumnGroup) => {
                self.append_text(range)
            }
            _ => blank().then(|| self.append_text(range.clone()))?,
        }
    }

    fn comment(&mut self, range: Range) -> Option<()> {
        let comment = Node::Comment(Comment { comment: self.share(range) });
        let root = self.html.tree.root().id();
        let parent = match self.part {
            Part::BeforeHtml | Part::AfterHtml => root,
            Part::AfterBody => self.open.first()?.id,
            Part::BeforeHead | Part::Head | Part::AfterHead | Part::Body => self.open.last()?.id,
        };
        self.html.tree.get_mut(parent)?.append(comment);
        Some(())
    }

    fn start(&mut self, name: usize) -> Option<()> {
        let kind = self.names.known(name).kind;
        match (self.part, kind) {
            (Part::BeforeHtml, Kind::Html) => {
                self.part = Part::BeforeHead;
                self.push(name)
            }
            (Part::BeforeHead, Kind::Head) => {
                self.part = Part::Head;
                self.push(name)
            }
            (Part::BeforeHead, Kind::Body) => {
                self.push_left_out("head")?;
                self.part = Part::Head;
                self.start(name)
            }
            (Part::Head, Kind::Body) => {
                self.open.pop();
                self.part = Part::AfterHead;
                self.start(name)
            }
            (Part::AfterHead, Kind::Body) => {
                self.part = Part::Body;
                self.push(name)
            }
            (Part::Head, Kind::Meta) => self.insert(name),
            (Part::Head, Kind::Title | Kind::Script | Kind::Style | Kind::NoScript) => self.insert_raw(name, kind),
            (Part::Body, _) => self.start_in_body(name, kind),
            _ => None,
        }
    }

    fn start_in_body(&mut self, name: usize, kind: Kind) -> Option<()> {
        match self.top() {
            Kind::Select | Kind::Option | Kind::OptionGroup if !matches!(kind, Kind::Option | Kind::OptionGroup) => {
                return None;
            }
            Kind::Table | Kind::Section | Kind::Row | Kind::ColumnGroup => return self.start_in_table(name, kind),
            _ => {}
        }
        match kind {
            Kind::Html | Kind::Head | Kind::Body | Kind::Odd => None,
            Kind::Meta | Kind::Void | Kind::Input => self.insert(name),
            Kind::Title | Kind::Script | Kind::Style | Kind::NoScript | Kind::Iframe | Kind::Textarea => {
                self.insert_raw(name, kind)
            }
            Kind::Ruler => {
                self.end_paragraph()?;
                self.insert(name)
            }
            Kind::Paragraph | Kind::Block => {
                self.end_paragraph()?;
                self.push(name)
            }
            Kind::Heading => {
                self.end_paragraph()?;
                if self.top() == Kind::Heading {
                    return None;
                }
                self.push(name)
            }
            Kind::Pre => {
                self.end_paragraph()?;
                self.push(name)?;
                self.scan.pass_line_break();
                Some(())
            }
            Kind::Form if self.in_form => None,
            Kind::Form => {
                self.end_paragraph()?;
                self.in_form = true;
                self.push(name)
            }
            Kind::Item | Kind::Definition => self.start_item(name, kind),
            Kind::Button if self.is_open(Kind::Button) => None,
            Kind::Anchor if self.is_open(Kind::Anchor) => None,
            Kind::Button | Kind::Anchor | Kind::Format | Kind::Select | Kind::Plain => self.push(name),
            Kind::Table => {
                // In pages of the oldest kind a table may stand in a paragraph.
                if !self.quirky {
                    self.end_paragraph()?;
                }
                self.push(name)
            }
            Kind::Caption | Kind::ColumnGroup | Kind::Column | Kind::Section | Kind::Row | Kind::Cell => {
                self.end_cell()?;
                self.start_in_body(name, kind)
            }
            Kind::Option | Kind::OptionGroup => self.start_option(name, kind),
        }
    }

    /// Directly in a table, a part of it or a row: what may stand there, and what is added when it was left out.
    fn start_in_table(&mut self, name: usize, kind: Kind) -> Option<()> {
        match (self.top(), kind) {
            (_, Kind::Script | Kind::Style) if self.top() != Kind::ColumnGroup => self.insert_raw(name, kind),
            (Kind::Table, Kind::Caption | Kind::ColumnGroup | Kind::Section)
            | (Kind::Section, Kind::Row)
            | (Kind::Row, Kind::Cell) => self.push(name),
            (Kind::ColumnGroup, Kind::Column) => self.insert(name),
            (Kind::Table, Kind::Column) => {
                self.push_left_out("colgroup")?;
                self.insert(name)
            }
            (Kind::Table, Kind::Row | Kind::Cell) => {
                self.push_left_out("tbody")?;
                self.start_in_table(name, kind)
            }
            (Kind::Section, Kind::Cell) => {
                self.push_left_out("tr")?;
                self.push(name)
            }
            (
                Kind::Section | Kind::Row,
                Kind::Caption | Kind::ColumnGroup | Kind::Column | Kind::Section | Kind::Row,
            )
            | (
                Kind::ColumnGroup,
                Kind::Caption | Kind::ColumnGroup | Kind::Section | Kind::Row | Kind::Cell | Kind::Script | Kind::Style,
            ) => {
                self.open.pop();
                self.start_in_table(name, kind)
            }
            _ => None,
        }
    }

    /// `li`, `dd`, `dt`: ends the one before it in the same list.
    fn start_item(&mut self, name: usize, kind: Kind) -> Option<()> {
        let mut before = None;
        for open in self.open.iter().rev() {
            if open.kind == kind {
                before = Some(open.name);
                break;
            }
            if open.kind.ends_search(&self.names.known(open.name).name) {
                break;
            }
        }
        if let Some(before) = before {
            self.end_named(before)?;
        }
        self.end_paragraph()?;
        self.push(name)
    }

    fn start_option(&mut self, name: usize, kind: Kind) -> Option<()> {
        if !self.is_open(Kind::Select) {
            return None;
        }
        while self.top().ends_by_itself() && !(kind == Kind::Option && self.top() == Kind::OptionGroup) {
            self.open.pop();
        }
        self.push(name)
    }

    fn end(&mut self, name: usize) -> Option<()> {
        let kind = self.names.known(name).kind;
        match (self.part, kind) {
            (Part::Head, Kind::Head) => {
                self.open.pop();
                self.part = Part::AfterHead;
                Some(())
            }
            (Part::Body, Kind::Body | Kind::Html) => {
                let inner = &self.open[2..];
                let wall = inner.iter().any(|open| open.kind.is_wall());
                self.part = if kind == Kind::Body { Part::AfterBody } else { Part::AfterHtml };
                (!wall).then_some(())
            }
            (Part::AfterBody, Kind::Html) => {
                self.part = Part::AfterHtml;
                Some(())
            }
            (Part::Body, _) => self.end_in_body(name, kind),
            _ => None,
        }
    }

    fn end_in_body(&mut self, name: usize, kind: Kind) -> Option<()> {
        match (self.top(), kind) {
            (Kind::Table, Kind::Table) | (Kind::Row, Kind::Row) | (Kind::ColumnGroup, Kind::ColumnGroup) => {
                self.open.pop();
                Some(())
            }
            (Kind::Section, Kind::Section) => self.end_named(name),
            (Kind::Section | Kind::Row | Kind::ColumnGroup, Kind::Table) | (Kind::Row, Kind::Section) => {
                self.open.pop();
                self.end_in_body(name, kind)
            }
            (Kind::Table | Kind::Section | Kind::Row | Kind::ColumnGroup, _) => None,
            (_, Kind::Table | Kind::Section | Kind::Row) => {
                self.end_cell()?;
                self.end_in_body(name, kind)
            }
            (_, Kind::Form) => {
                self.in_form = false;
                self.end_named(name)
            }
            // Only options end before these.
            (Kind::Paragraph | Kind::Item | Kind::Definition, Kind::Plain | Kind::Option | Kind::OptionGroup) => None,
            // What they format goes on behind a wrong end: nothing may end by itself before theirs.
            (own, Kind::Anchor | Kind::Format) if own != kind => None,
            (_, Kind::Void | Kind::Meta | Kind::Input | Kind::Ruler | Kind::Odd | Kind::ColumnGroup | Kind::Column) => {
                None
            }
            _ => self.end_named(name),
        }
    }

    /// Ends the innermost element, which must have that name once all others have ended that end by themselves.
    fn end_named(&mut self, name: usize) -> Option<()> {
        while self.open.last().is_some_and(|open| open.kind.ends_by_itself() && open.name != name) {
            self.open.pop();
        }
        (self.open.last()?.name == name).then(|| self.open.truncate(self.open.len() - 1))
    }

    /// Ends the cell or caption that we are in.
    fn end_cell(&mut self) -> Option<()> {
        while self.top().ends_by_itself() {
            self.open.pop();
        }
        matches!(self.top(), Kind::Cell | Kind::Caption).then(|| self.open.truncate(self.open.len() - 1))
    }

    /// Ends a paragraph that what comes next can't stand in.
    fn end_paragraph(&mut self) -> Option<()> {
        for open in self.open.iter().rev() {
            match open.kind {
                Kind::Paragraph => {
                    return (self.top() == Kind::Paragraph).then(|| self.open.truncate(self.open.len() - 1));
                }
                kind if kind.is_wall() || kind == Kind::Button => break,
                _ => {}
            }
        }
        Some(())
    }

    /// Whether such an element is open, as far as can be seen from here.
    fn is_open(&self, kind: Kind) -> bool {
        self.open
            .iter()
            .rev()
            .map(|open| open.kind)
            .take_while(|own| *own == kind || !own.is_wall())
            .any(|own| own == kind)
    }

    fn top(&self) -> Kind {
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
        for (number, value) in order.drain(..) {
            let name = self.names.known_attribute(number).0[0].0.clone();
            element.attrs.push((name, self.shared(value, true)?));
        }
        self.order = order;
        let parent = self.open.last().map_or(self.html.tree.root().id(), |open| open.id);
        Some(self.html.tree.get_mut(parent)?.append(Node::Element(element)).id())
    }

    fn insert(&mut self, name: usize) -> Option<()> {
        self.append(name).map(drop)
    }

    fn push(&mut self, name: usize) -> Option<()> {
        if self.open.len() > DEEPEST {
            return None;
        }
        let id = self.append(name)?;
        self.open.push(Open { id, name, kind: self.names.known(name).kind });
        Some(())
    }

    fn push_left_out(&mut self, name: &str) -> Option<()> {
        let attributes = std::mem::take(&mut self.scan.attributes);
        let name = self.names.element(name)?;
        self.push(name)?;
        self.scan.attributes = attributes;
        Some(())
    }

    /// Puts an element and the text in it there, up to its end tag.
    fn insert_raw(&mut self, name: usize, kind: Kind) -> Option<()> {
        self.push(name)?;
        if kind == Kind::Textarea {
            self.scan.pass_line_break();
        }
        let content = self.scan.raw(&self.names.known(name).name)?;
        // Within a comment a script's end tag may mean another thing.
        let plain = kind != Kind::Script || !self.text[content.clone()].contains("<!--");
        if !content.is_empty() {
            let text = match kind {
                Kind::Title | Kind::Textarea => self.shared(content, false)?,
                _ => self.share(content),
            };
            self.html.tree.get_mut(self.open.last()?.id)?.append(Node::Text(Text { text }));
        }
        self.open.pop();
        plain.then_some(())
    }

    fn append_text(&mut self, range: Range) -> Option<()> {
        let text = self.shared(range, false)?;
        let mut parent = self.html.tree.get_mut(self.open.last()?.id)?;
        if let Some(mut last) = parent.last_child()
            && let Node::Text(before) = last.value()
        {
            before.text.push_tendril(&text);
            return Some(());
        }
        parent.append(Node::Text(Text { text }));
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
    fn share(&self, range: Range) -> StrTendril {
        let offset = |at: usize| u32::try_from(at).expect("a page is far below 4 GB");
        self.page.subtendril(offset(range.start), offset(range.end - range.start))
    }
}
