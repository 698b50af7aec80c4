//! One table of an adapter file, read key by key. What is wrong is noted, never the end of reading.

use std::{cell::RefCell, ops::Range, ops::RangeInclusive};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    nearest::{nearest, suggestion},
    report::Findings,
};
use crate::base::Message;

/// A value with the place where it stands.
pub(super) type Placed<'a> = Spanned<DeValue<'a>>;

/// A text of the file with the place where it stands.
#[derive(Clone, Debug)]
pub(super) struct Text<'a> {
    pub(super) value: &'a str,
    /// Bytes of the file, quotes included.
    pub(super) span: Range<usize>,
    /// The file, for finding where a part of the value stands.
    source: &'a str,
}

impl<'a> Text<'a> {
    /// The bytes of the file where this part of the value stands; the whole text where that cannot be told.
    pub(super) fn part(&self, part: Range<usize>) -> Range<usize> {
        let raw = self.source.get(self.span.clone()).unwrap_or("");
        match (written_at(raw, self.value, part.start), written_at(raw, self.value, part.end)) {
            (Some(start), Some(end)) => self.span.start + start..self.span.start + end,
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

/// The byte of `raw` (a TOML key or string with its quotes) that gives the byte `at` of `value`, through escapes.
fn written_at(raw: &str, value: &str, at: usize) -> Option<usize> {
    let quotes = match raw.chars().next() {
        Some(quote @ ('"' | '\''))
            if raw.len() >= 6 && raw[1..].starts_with([quote; 2].iter().collect::<String>().as_str()) =>
        {
            3
        }
        Some('"' | '\'') => 1,
        _ => 0,
    };
    let newline = if quotes == 3 {
        ["\r\n", "\n"].iter().find(|end| raw[3..].starts_with(**end)).map_or(0, |end| end.len())
    } else {
        0
    };
    let escapes = raw.starts_with('"');
    let (mut raw_at, mut value_at) = (quotes + newline, 0);
    while value_at < at {
        let rest = raw.get(raw_at..)?;
        let step = match rest.strip_prefix('\\').filter(|_| escapes) {
            Some(escape) => 1 + escape_length(escape)?,
            None => rest.chars().next()?.len_utf8(),
        };
        raw_at += step;
        value_at += value.get(value_at..)?.chars().next()?.len_utf8();
    }
    (value_at == at && raw_at + quotes <= raw.len()).then_some(raw_at)
}

/// Bytes of an escape after its backslash; `None` for a line's end, which gives no character.
fn escape_length(escape: &str) -> Option<usize> {
    match escape.chars().next()? {
        'x' => Some(3),
        'u' => Some(5),
        'U' => Some(9),
        letter if letter.is_whitespace() => None,
        letter => Some(letter.len_utf8()),
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
    missing: RefCell<Vec<(&'static str, Message)>>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(findings: &'a Findings, source: &'a str, table: &'a DeTable<'a>, span: Range<usize>) -> Self {
        Self { findings, span, source, table, asked: RefCell::default(), missing: RefCell::default() }
    }

    /// The value under `key`, which counts as known from now on.
    pub(super) fn get(&self, key: &'static str) -> Option<&'a Placed<'a>> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
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
            let mend = Message::new("adapter-empty-mend");
            self.findings.error(text.span, Message::new("adapter-empty").with("key", key), mend);
            return None;
        }
        Some(text)
    }

    /// The text under `key`, which must be there.
    pub(super) fn required_text(&self, key: &'static str) -> Option<Text<'a>> {
        self.require(key, Message::new("adapter-missing-mend").with("line", format!("{key} = \"…\"")));
        self.text(key)
    }

    /// Asks for `key`; where it is missing, `mend` says what to do.
    pub(super) fn require(&self, key: &'static str, mend: Message) {
        if self.get(key).is_none() {
            self.missing.borrow_mut().push((key, mend));
        }
    }

    /// The whole number under `key`, which must lie in `range`.
    pub(super) fn number(&self, key: &'static str, range: RangeInclusive<u64>) -> Option<u64> {
        self.whole(key, i128::from(*range.start())..=i128::from(*range.end())).and_then(|number| number.try_into().ok())
    }

    /// The same for a number that may be negative.
    pub(super) fn integer(&self, key: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        self.whole(key, i128::from(*range.start())..=i128::from(*range.end())).and_then(|number| number.try_into().ok())
    }

    fn whole(&self, key: &'static str, range: RangeInclusive<i128>) -> Option<i128> {
        let placed = self.get(key)?;
        let Some(number) = placed.get_ref().as_integer() else {
            self.wrong_type(placed, "number");
            return None;
        };
        let number = i128::from_str_radix(number.as_str(), number.radix()).ok();
        let fits = number.filter(|number| range.contains(number));
        if fits.is_none() {
            let message = Message::new("adapter-number-range").with("least", range.start()).with("most", range.end());
            self.findings.error(placed.span(), message.with("key", key), None);
        }
        fits
    }

    /// Whether `key` says true.
    pub(super) fn flag(&self, key: &'static str) -> bool {
        let Some(placed) = self.get(key) else { return false };
        let said = placed.get_ref().as_bool();
        if said.is_none() {
            self.wrong_type(placed, "boolean");
        }
        said.unwrap_or_default()
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
        let text = |key: &'a Spanned<std::borrow::Cow<'a, str>>| Text {
            value: key.get_ref(),
            span: key.span(),
            source: self.source,
        };
        let mut entries: Vec<_> = self.table.iter().map(|(key, value)| (text(key), value)).collect();
        entries.sort_by_key(|(key, _)| key.span.start);
        entries
    }

    /// `placed` as a text; an empty one is one as well.
    pub(super) fn as_text(&self, placed: &'a Placed<'a>) -> Option<Text<'a>> {
        let text = placed.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(placed, "text");
        }
        text.map(|value| Text { value, span: placed.span(), source: self.source })
    }

    /// `placed` as texts: one, or a list.
    pub(super) fn as_texts(&self, placed: &'a Placed<'a>) -> Vec<Text<'a>> {
        match placed.get_ref() {
            DeValue::Array(list) => {
                if list.is_empty() {
                    self.findings.error(
                        placed.span(),
                        Message::new("adapter-empty-list"),
                        Message::new("adapter-empty-list-mend"),
                    );
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
            DeValue::Integer(_) => "number",
            DeValue::Float(_) => "fraction",
            DeValue::Boolean(_) => "boolean",
            DeValue::Datetime(_) => "time",
            DeValue::Array(_) => "list",
            DeValue::Table(_) => "table",
        };
        let written = self.source.get(placed.span()).unwrap_or("");
        let mend = match (expected, found) {
            ("text" | "texts", "number" | "fraction" | "boolean" | "time") => {
                Some(Message::new("adapter-add-quotes").with("written", written))
            }
            ("number", "text") => Some(Message::new("adapter-drop-quotes")),
            ("tables", "table") if written.starts_with('[') => {
                Some(Message::new("adapter-write").with("meant", format!("[{written}]")))
            }
            ("table" | "tables", _) => Some(Message::new("adapter-table-mend")),
            _ => None,
        };
        let message = Message::new("adapter-type").with("expected", expected).with("found", found);
        self.findings.error(placed.span(), message, mend);
    }

    /// Ends reading: every key that nobody asked for is a mistake, and every key that was asked for and must be there.
    pub(super) fn finish(self) {
        let asked = self.asked.borrow();
        let mut missing = self.missing.into_inner();
        for (key, _) in self.table {
            let name: &str = key.get_ref();
            if !asked.contains(&name) {
                let message = Message::new("adapter-unknown-key").with("key", name);
                self.findings.error(key.span(), message, suggestion(name, asked.iter().copied()));
                // A slip of the pen is one mistake, not two.
                let meant = nearest(name, asked.iter().copied());
                missing.retain(|(key, _)| Some(*key) != meant);
            }
        }
        for (key, mend) in missing {
            self.findings.error(self.span.clone(), Message::new("adapter-missing").with("key", key), mend);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_text_is_found_in_the_file_through_quotes_and_escapes() {
        let part = |source: &'static str, value: &'static str, range| {
            let span = Text { value, span: 0..source.len(), source }.part(range);
            &source[span]
        };
        assert_eq!(part("'共 (\\d'", "共 (\\d", 4..7), "(\\d");
        assert_eq!(part("\"共 (\\\\d\"", "共 (\\d", 4..7), "(\\\\d");
        assert_eq!(part("\"a\\u4e00b\"", "a一b", 4..5), "b");
        assert_eq!(part("\"\"\"\nab\"\"\"", "ab", 1..2), "b");
        assert_eq!(part("bare", "bare", 1..3), "ar");
        assert_eq!(part("\"a\\\n  b\"", "ab", 1..2), "\"a\\\n  b\"");
    }
}
