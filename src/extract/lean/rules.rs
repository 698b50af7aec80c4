//! The rules of HTML for what is written plainly: what begins and what ends with each tag.

use scraper::{Node, node::Comment};

use super::{
    build::{Build, Part, Range},
    kind::Kind,
    scan::is_blank,
};

impl Build<'_> {
    pub(super) fn text(&mut self, range: Range) -> Option<()> {
        let blank = || self.text[range.clone()].bytes().all(is_blank);
        match self.part {
            Part::BeforeHtml | Part::BeforeHead => blank().then_some(()),
            Part::Body if !self.top().holds_no_text() => self.append_text(range),
            _ => blank().then(|| self.append_text(range.clone()))?,
        }
    }

    pub(super) fn comment(&mut self, range: Range) -> Option<()> {
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

    pub(super) fn start(&mut self, name: usize) -> Option<()> {
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

    pub(super) fn end(&mut self, name: usize) -> Option<()> {
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
}
