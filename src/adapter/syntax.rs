//! What is wrong with a file that is no TOML, in words for an admin.

use super::report::Findings;
use crate::base::Message;

/// Signs that Chinese keyboards give in place of the ones TOML knows.
const WIDE: &[(char, char)] = &[
    ('“', '"'),
    ('”', '"'),
    ('‘', '\''),
    ('’', '\''),
    ('＂', '"'),
    ('＝', '='),
    ('，', ','),
    ('［', '['),
    ('］', ']'),
    ('【', '['),
    ('】', ']'),
    ('｛', '{'),
    ('｝', '}'),
    ('＃', '#'),
];

/// How far a mistake of syntax spoils the rest of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Damage {
    /// The line alone; what stands around it can be read.
    Line,
    /// What follows may have been read into the wrong table.
    Structure,
}

/// Notes a mistake of the TOML parser.
pub(super) fn explain(findings: &Findings, source: &str, error: &toml::de::Error) -> Damage {
    let span = error.span().unwrap_or(0..0);
    let line_start = source.get(..span.start).unwrap_or("").rfind('\n').map_or(0, |newline| newline + 1);
    let line = source.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or("");
    let (id, damage) = kind(error.message());
    if let Some((at, wide, plain)) = wide_sign(line) {
        let message = Message::new("adapter-toml-wide").with("letter", wide).with("instead", plain);
        let mend = Message::new("adapter-toml-wide-mend").with("instead", plain);
        findings.error(line_start + at..line_start + at + wide.len_utf8(), message, mend);
        return damage;
    }
    // Nothing at all after `=` is told as a text without quotes.
    let id = if span.is_empty() && id.is_some_and(|(id, _)| id == "adapter-toml-unquoted") {
        Some(("adapter-toml-value", "adapter-toml-value-mend"))
    } else {
        id
    };
    match id {
        Some((id, mend)) => findings.error(span, Message::new(id), Message::new(mend)),
        None => findings.error(span, Message::new("adapter-toml").with("why", error.message()), None),
    }
    damage
}

/// The first full-width sign of a line that stands outside quotes and comments.
fn wide_sign(line: &str) -> Option<(usize, char, char)> {
    let mut quote = None;
    for (at, letter) in line.char_indices() {
        match quote {
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None if letter == '"' || letter == '\'' => quote = Some(letter),
            None if letter == '#' => return None,
            None => {
                if let Some((wide, plain)) = WIDE.iter().find(|(wide, _)| *wide == letter) {
                    return Some((at, *wide, *plain));
                }
            }
        }
    }
    None
}

/// The ids that say it, and how much is spoilt. The parser names its mistakes only by English words.
fn kind(why: &str) -> (Option<(&'static str, &'static str)>, Damage) {
    let says = |words: &[&str]| words.iter().any(|word| why.contains(word));
    let (id, mend, damage) = if says(&["must be quoted", "opening quote", "invalid value"]) {
        ("adapter-toml-unquoted", "adapter-toml-unquoted-mend", Damage::Line)
    } else if says(&["duplicate key", "cannot extend"]) {
        ("adapter-toml-twice", "adapter-toml-twice-mend", Damage::Line)
    } else if says(&["escape", "unicode value"]) {
        ("adapter-toml-escape", "adapter-toml-escape-mend", Damage::Line)
    } else if says(&["invalid basic string", "invalid literal string"]) {
        ("adapter-toml-open", "adapter-toml-open-mend", Damage::Line)
    } else if says(&["multi-line"]) {
        ("adapter-toml-open", "adapter-toml-open-mend", Damage::Structure)
    } else if says(&["unclosed table", "unclosed array table", "table open"]) {
        ("adapter-toml-header", "adapter-toml-header-mend", Damage::Structure)
    } else if says(&["unclosed array", "unclosed inline", "array opening", "inline table opening"]) {
        ("adapter-toml-close", "adapter-toml-close-mend", Damage::Structure)
    } else if says(&["comma"]) {
        ("adapter-toml-comma", "adapter-toml-comma-mend", Damage::Line)
    } else if says(&["missing value"]) {
        ("adapter-toml-value", "adapter-toml-value-mend", Damage::Line)
    } else if says(&["no value", "assignment", "extra `=`", "unquoted key", "key-value pair"]) {
        ("adapter-toml-equals", "adapter-toml-equals-mend", Damage::Structure)
    } else {
        return (None, Damage::Structure);
    };
    (Some((id, mend)), damage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_signs_are_found_outside_quotes_only() {
        assert_eq!(wide_sign("title = “水利局”"), Some((8, '“', '"')));
        assert_eq!(wide_sign("title ＝ \"a\""), Some((6, '＝', '=')));
        assert_eq!(wide_sign("title = \"共，条\" # ，"), None);
    }
}
