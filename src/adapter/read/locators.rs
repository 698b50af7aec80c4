//! Locators of a file: every candidate compiled, every slip told with its place.

use std::ops::Range;

use super::html;
use crate::{
    adapter::{
        Candidates, Find, KINDS, Locator, LocatorMistake, Why, nearest::suggestion, report::Findings, sheet::Text,
    },
    base::Message,
};

/// Compiles candidates; those with a mistake are left out.
pub(super) fn candidates(findings: &Findings, texts: &[Text<'_>]) -> Candidates {
    Candidates(texts.iter().filter_map(|text| locator(findings, text)).collect())
}

fn locator(findings: &Findings, text: &Text<'_>) -> Option<Locator> {
    if text.value.trim().is_empty() {
        findings.error(text.span.clone(), Message::new("adapter-locator-empty"), Message::new("adapter-locator-forms"));
        return None;
    }
    match Locator::parse(text.value) {
        Ok(locator) => {
            check_words(findings, text, &locator);
            Some(locator)
        }
        Err(mistake) => {
            let (message, mend) = explain(text.value, &mistake);
            findings.error(text.part(mistake.at), message, mend);
            None
        }
    }
}

/// A plain word in the place of CSS was hardly meant as CSS: a header of two words without quotes, a forgotten `column=`.
fn check_words(findings: &Findings, text: &Text<'_>, locator: &Locator) {
    match &locator.find {
        Find::Column { header, within: Some(css) } if !is_quoted(text.value) => {
            let mend = || Message::new("adapter-write").with("meant", format!("column='{header} {css}'"));
            if let Some(word) = html::stranger(css) {
                findings.error(text.word(word), Message::new("adapter-column-words").with("word", word), mend());
            } else if html::may_be_word(css) && header.is_ascii() && locator.attribute.is_none() {
                findings.warn(text.word(css), Message::new("adapter-column-maybe").with("word", css), mend());
            }
        }
        Find::Css(css) if !text.value.starts_with("css=") => {
            if let Some(word) = html::stranger(css) {
                let mend = Message::new("adapter-bare-word-mend").with("word", css);
                findings.error(text.word(word), Message::new("adapter-bare-word").with("word", word), mend);
            }
        }
        _ => {}
    }
}

fn is_quoted(locator: &str) -> bool {
    locator.starts_with("column='") || locator.starts_with("column=\"")
}

fn explain(written: &str, mistake: &LocatorMistake) -> (Message, Option<Message>) {
    let forms = || Some(Message::new("adapter-locator-forms"));
    match &mistake.why {
        Why::Empty => (Message::new("adapter-locator-empty"), forms()),
        Why::Quote => (Message::new("adapter-locator-quote"), Some(Message::new("adapter-locator-quote-mend"))),
        Why::Css(why) => {
            let part = written.get(mistake.at.clone()).unwrap_or(written);
            (
                Message::new("adapter-locator-css").with("css", part.trim()).with("why", why),
                Some(Message::new("adapter-locator-css-mend")),
            )
        }
        Why::Json(why) => {
            (Message::new("adapter-locator-json").with("why", why), Some(Message::new("adapter-locator-json-mend")))
        }
        Why::Pattern(why) => {
            let mend = Message::new("adapter-locator-pattern-mend");
            (Message::new("adapter-locator-pattern").with("why", why), Some(mend))
        }
        Why::Kind(kind, meant) => {
            let mend = match meant {
                Some(meant) => Message::new("adapter-did-you-mean").with("meant", format!("{meant}=")),
                None => suggestion(kind, KINDS.iter().copied()),
            };
            (Message::new("adapter-locator-kind").with("kind", kind), Some(mend))
        }
    }
}

/// What the locators of one page point into: a page is HTML or JSON, never both.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    json: Vec<Range<usize>>,
    html: Vec<Range<usize>>,
    columns: Vec<Range<usize>>,
    headings: Vec<Range<usize>>,
}

impl Kinds {
    /// Compiles candidates and remembers what they point into.
    pub(super) fn read(&mut self, findings: &Findings, texts: &[Text<'_>]) -> Candidates {
        let mut compiled = Vec::new();
        for text in texts {
            let Some(locator) = locator(findings, text) else { continue };
            match locator.find {
                Find::Json(_) => self.json.push(text.span.clone()),
                Find::Itself => {}
                Find::Column { .. } => {
                    self.html.push(text.span.clone());
                    self.columns.push(text.span.clone());
                }
                Find::Heading(_) => {
                    self.html.push(text.span.clone());
                    self.headings.push(text.span.clone());
                }
                Find::Label { .. } | Find::Text(_) | Find::Css(_) => self.html.push(text.span.clone()),
            }
            compiled.push(locator);
        }
        Candidates(compiled)
    }

    /// Notes what does not fit together: the kind that is rarer on the page is taken for the slip.
    pub(super) fn check(&self, findings: &Findings, is_list: bool) {
        if !self.json.is_empty() && !self.html.is_empty() {
            let (rarer, message) = if self.json.len() < self.html.len() {
                (&self.json, "adapter-mixed-json")
            } else {
                (&self.html, "adapter-mixed-html")
            };
            for span in rarer {
                findings.error(span.clone(), Message::new(message), Message::new("adapter-mixed-mend"));
            }
        }
        if !is_list {
            for span in &self.columns {
                let mend = Message::new("adapter-column-table-mend");
                findings.error(span.clone(), Message::new("adapter-column-table"), mend);
            }
            for span in &self.headings {
                let mend = Message::new("adapter-heading-list-mend");
                findings.error(span.clone(), Message::new("adapter-heading-list"), mend);
            }
        }
    }
}
