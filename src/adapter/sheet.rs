//! One table of an adapter file, read key by key. What is wrong is noted, never the end of reading.

use std::{cell::RefCell, ops::Range, ops::RangeInclusive};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{nearest::suggestion, report::Findings};
use crate::base::Message;

/// A value with the place where it stands.
pub(super) type Placed<'a> = Spanned<DeValue<'a>>;

/// A text of the file with the place where it stands.
#[derive(Clone, Debug)]
pub(super) struct Text<'a> {
    pub(super) value: &'a str,
    /// Bytes of the file, quotes included.
    pub(super) span: Range<usize>,
    /// The byte of the file where the value's first byte stands, unless escapes shift what follows.
    inner: Option<usize>,
}

impl<'a> Text<'a> {
    fn new(source: &str, value: &'a str, span: Range<usize>) -> Self {
        let raw = source.get(span.clone()).unwrap_or("");
        let quotes = if raw.starts_with("\"\"\"") || raw.starts_with("'''") {
            3
        } else {
            usize::from(raw.starts_with(['"', '\'']))
        };
        let rest = &raw[quotes..];
        let newline = if quotes == 3 { rest.len() - rest.trim_start_matches(['\r', '\n']).len() } else { 0 };
        let plain = rest[newline..].strip_prefix(value).is_some_and(|closing| closing.len() == quotes);
        Self { value, inner: plain.then_some(span.start + quotes + newline), span }
    }

    /// The bytes of the file where this part of the value stands; the whole text where escapes hide it.
    pub(super) fn part(&self, part: Range<usize>) -> Range<usize> {
        match self.inner {
            Some(start) if part.end <= self.value.len() => start + part.start..start + part.end,
            _ => self.span.clone(),
        }
    }

    /// The bytes of the file where `word` stands in the value as a word of its own; the whole text where it does not.
    pub(super) fn word(&self, word: &str) -> Range<usize> {
        let continues = |text: Option<char>| text.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let found = self.value.match_indices(word).find(|(at, _)| {
            !continues(self.value[..*at].chars().next_back())
                && !continues(self.value[at + word.len()..].chars().next())
        });
        found.map_or_else(|| self.span.clone(), |(at, _)| self.part(at..at + word.len()))
    }
}

/// One table of an adapter file.
pub(super) struct Sheet<'a> {
    pub(super) findings: &'a Findings,
    /// Where the table begins: its header, or all of it where it stands in braces.
    pub(super) span: Range<usize>,
    source: &'a str,
    table: &'a DeTable<'a>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(findings: &'a Findings, source: &'a str, table: &'a DeTable<'a>, span: Range<usize>) -> Self {
        Self { findings, span, source, table, asked: RefCell::default() }
    }

    /// The value under `key`, which counts as known from now on.
    pub(super) fn get(&self, key: &'static str) -> Option<&'a Placed<'a>> {
        self.asked.borrow_mut().push(key);
        self.table.get(key)
    }

    /// The line where the table begins, from 1.
    pub(super) fn line(&self) -> usize {
        self.source.get(..self.span.start).unwrap_or("").matches('\n').count() + 1
    }

    /// Where the key itself stands.
    pub(super) fn key_span(&self, key: &str) -> Range<usize> {
        self.table.get_key_value(key).map_or_else(|| self.span.clone(), |(key, _)| key.span())
    }

    /// The text under `key`, which must not be empty.
    pub(super) fn text(&self, key: &'static str) -> Option<Text<'a>> {
        let text = self.as_text(self.get(key)?)?;
        if text.value.trim().is_empty() {
            self.findings.error(text.span, Message::new("adapter-empty").with("key", key), None);
            return None;
        }
        Some(text)
    }

    /// The text under `key`, which must be there.
    pub(super) fn required_text(&self, key: &'static str) -> Option<Text<'a>> {
        if !self.table.contains_key(key) {
            self.missing(key, Message::new("adapter-missing-text-mend").with("key", key));
        }
        self.text(key)
    }

    /// Notes that `key` is missing, and what to do.
    pub(super) fn missing(&self, key: &'static str, mend: Message) {
        self.findings.error(self.span.clone(), Message::new("adapter-missing").with("key", key), mend);
    }

    /// The whole number under `key`, which must lie in `range`.
    pub(super) fn number(&self, key: &'static str, range: RangeInclusive<u64>) -> Option<u64> {
        let placed = self.get(key)?;
        let Some(number) = placed.get_ref().as_integer() else {
            self.wrong_type(placed, "number");
            return None;
        };
        let number = i128::from_str_radix(number.as_str(), number.radix()).ok();
        let fits = number.and_then(|number| u64::try_from(number).ok()).filter(|number| range.contains(number));
        if fits.is_none() {
            let message = Message::new("adapter-number-range").with("least", range.start()).with("most", range.end());
            self.findings.error(placed.span(), message.with("key", key), None);
        }
        fits
    }

    /// The texts under `key`: one text, or a list of them.
    pub(super) fn texts(&self, key: &'static str) -> Vec<Text<'a>> {
        self.get(key).map_or_else(Vec::new, |placed| self.as_texts(placed))
    }

    /// The table under `key`.
    pub(super) fn table(&self, key: &'static str) -> Option<Sheet<'a>> {
        self.as_table(self.get(key)?, self.key_span(key))
    }

    /// The tables under `key`: `[[key]]`, or tables in braces in a list.
    pub(super) fn tables(&self, key: &'static str) -> Vec<Sheet<'a>> {
        let Some(placed) = self.get(key) else { return Vec::new() };
        let Some(list) = placed.get_ref().as_array() else {
            self.wrong_type(placed, "tables");
            return Vec::new();
        };
        list.iter().filter_map(|item| self.as_table(item, item.span())).collect()
    }

    /// Every key with its value, in the order of the file; for tables whose keys are the admin's own.
    pub(super) fn entries(&self) -> Vec<(Text<'a>, &'a Placed<'a>)> {
        let key = |key: &'a Spanned<_>| Text::new(self.source, AsRef::<str>::as_ref(key.get_ref()), key.span());
        let mut entries: Vec<_> = self.table.iter().map(|(name, value)| (key(name), value)).collect();
        entries.sort_by_key(|(key, _)| key.span.start);
        entries
    }

    /// `placed` as a text; an empty one is one as well.
    pub(super) fn as_text(&self, placed: &'a Placed<'a>) -> Option<Text<'a>> {
        let text = placed.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(placed, "text");
        }
        text.map(|value| Text::new(self.source, value, placed.span()))
    }

    /// `placed` as texts: one, or a list.
    pub(super) fn as_texts(&self, placed: &'a Placed<'a>) -> Vec<Text<'a>> {
        match placed.get_ref() {
            DeValue::Array(list) => {
                if list.is_empty() {
                    self.findings.error(placed.span(), Message::new("adapter-empty-list"), None);
                }
                list.iter().filter_map(|item| self.as_text(item)).collect()
            }
            DeValue::String(_) => self.as_text(placed).into_iter().collect(),
            _ => {
                self.wrong_type(placed, "texts");
                Vec::new()
            }
        }
    }

    /// `placed` as a table that `key` introduces.
    pub(super) fn as_table(&self, placed: &'a Placed<'a>, key: Range<usize>) -> Option<Sheet<'a>> {
        let Some(table) = placed.get_ref().as_table() else {
            self.wrong_type(placed, "table");
            return None;
        };
        // A table that only its sub-tables introduce has no place of its own.
        let span = if placed.span().is_empty() { key } else { placed.span() };
        Some(Sheet::new(self.findings, self.source, table, span))
    }

    /// Notes that `placed` is not an `expected` (an option of the message `adapter-type`).
    pub(super) fn wrong_type(&self, placed: &Placed<'_>, expected: &'static str) {
        let found = match placed.get_ref() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) | DeValue::Float(_) => "number",
            DeValue::Boolean(_) => "boolean",
            DeValue::Datetime(_) => "time",
            DeValue::Array(_) => "list",
            DeValue::Table(_) => "table",
        };
        let written = self.source.get(placed.span()).unwrap_or("");
        let mend = match (expected, found) {
            ("text" | "texts", "number" | "boolean" | "time") => {
                Some(Message::new("adapter-add-quotes").with("written", written))
            }
            ("number", "text") => Some(Message::new("adapter-drop-quotes")),
            _ => None,
        };
        let message = Message::new("adapter-type").with("expected", expected).with("found", found);
        self.findings.error(placed.span(), message, mend);
    }

    /// Ends reading: every key that nobody asked for is a mistake.
    pub(super) fn finish(self) {
        let asked = self.asked.borrow();
        for (key, _) in self.table {
            let name: &str = key.get_ref();
            if !asked.contains(&name) {
                let message = Message::new("adapter-unknown-key").with("key", name);
                self.findings.error(key.span(), message, suggestion(name, asked.iter().copied()));
            }
        }
    }
}
