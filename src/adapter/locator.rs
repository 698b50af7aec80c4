//! The small language for pointing at something on a page. Here it is only parsed; `extract` finds.

use regex::Regex;
use serde_json_path::JsonPath;

/// Locators in order of preference; the first that finds something holds.
#[derive(Clone, Debug)]
pub struct Candidates(pub Vec<Locator>);

/// One way to point at something.
#[derive(Clone, Debug)]
pub struct Locator {
    /// As it stands in the file.
    pub written: String,
    /// What to look for.
    pub find: Find,
    /// `@href`: the attribute instead of the text.
    pub attribute: Option<String>,
    /// `/共 (\d+) 条/`: the first group of the pattern (or all of the match) over the text.
    pub pattern: Option<Regex>,
}

/// What a locator looks for.
#[derive(Clone, Debug)]
pub enum Find {
    /// The cell under that header; with CSS, an element in the cell.
    Column {
        /// The header's text.
        header: String,
        /// CSS within the cell.
        within: Option<String>,
    },
    /// What belongs to that label; with CSS, an element in it.
    Label {
        /// The label's text.
        label: String,
        /// CSS within what belongs to the label.
        within: Option<String>,
    },
    /// What can be pressed and shows that text.
    Text(String),
    /// What fits that CSS and stands nearest before a record: the heading of its group.
    Heading(String),
    /// CSS.
    Css(String),
    /// JSONPath (RFC 9535) over a JSON answer.
    Json(JsonPath),
    /// The record itself: `@data-id`, `/No (\d+)/` on their own.
    Itself,
}

/// What is wrong with a locator, and at which bytes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocatorMistake {
    /// What is wrong.
    pub why: Why,
    /// Bytes of the locator.
    pub at: std::ops::Range<usize>,
}

/// What can be wrong with a locator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// There is nothing after `column=`, `label=` …
    Empty,
    /// A quote is never closed.
    Quote,
    /// The CSS is none; the parser's words.
    Css(String),
    /// The JSONPath is none; the parser's words.
    Json(String),
    /// The pattern is none; the parser's words.
    Pattern(String),
    /// `colunm=`: not a kind of locator, with the one that was probably meant.
    Kind(String, Option<&'static str>),
}

/// The kinds of locator, as they are written.
pub const KINDS: &[&str] = &["column", "label", "text", "heading", "css", "json"];

impl Locator {
    /// Parses what an adapter says.
    pub fn parse(written: &str) -> Result<Self, LocatorMistake> {
        let (rest, pattern) = split_pattern(written)?;
        let (rest, attribute) = split_attribute(rest);
        let find = parse_find(rest)?;
        Ok(Self { written: written.to_owned(), find, attribute, pattern })
    }
}

/// Cuts a trailing `/pattern/` off.
fn split_pattern(written: &str) -> Result<(&str, Option<Regex>), LocatorMistake> {
    let trimmed = written.trim_end();
    let Some(body) = trimmed.strip_suffix('/') else {
        return Ok((trimmed, None));
    };
    let opening = if body.starts_with('/') { Some(0) } else { body.find(" /").map(|space| space + 1) };
    let Some(opening) = opening else {
        return Ok((trimmed, None));
    };
    let pattern = Regex::new(&body[opening + 1..])
        .map_err(|error| LocatorMistake { why: Why::Pattern(last_line(&error)), at: opening..trimmed.len() })?;
    Ok((trimmed[..opening].trim_end(), Some(pattern)))
}

/// Cuts a trailing ` @attribute` off.
fn split_attribute(rest: &str) -> (&str, Option<String>) {
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_:".contains(c));
    let (before, name) = match rest.rsplit_once(' ') {
        Some((before, last)) => (before, last),
        None => ("", rest),
    };
    match name.strip_prefix('@').filter(|name| is_name(name)) {
        Some(name) => (before.trim_end(), Some(name.to_owned())),
        None => (rest, None),
    }
}

fn parse_find(rest: &str) -> Result<Find, LocatorMistake> {
    if rest.is_empty() {
        return Ok(Find::Itself);
    }
    let whole = 0..rest.len();
    let kind =
        rest.split_once('=').filter(|(kind, _)| !kind.is_empty() && kind.chars().all(|c| c.is_ascii_lowercase()));
    let Some((kind, value)) = kind else {
        return css(rest, 0).map(Find::Css);
    };
    let at = kind.len() + 1;
    if value.trim().is_empty() && KINDS.contains(&kind) {
        return Err(LocatorMistake { why: Why::Empty, at: whole });
    }
    match kind {
        "column" => {
            let (header, within) = header(value, at, true)?;
            Ok(Find::Column { header, within })
        }
        "label" => {
            let (label, within) = header(value, at, false)?;
            Ok(Find::Label { label, within })
        }
        "text" => Ok(Find::Text(header(value, at, false)?.0)),
        "heading" => css(value, at).map(Find::Heading),
        "css" => css(value, at).map(Find::Css),
        "json" => JsonPath::parse(value.trim())
            .map(Find::Json)
            .map_err(|error| LocatorMistake { why: Why::Json(error.to_string()), at: at..rest.len() }),
        _ => {
            let meant = KINDS.iter().copied().find(|known| strsim::damerau_levenshtein(known, kind) <= 2);
            Err(LocatorMistake { why: Why::Kind(kind.to_owned(), meant), at: 0..kind.len() })
        }
    }
}

/// `'two words' a` → the words and the CSS after them. Unquoted, a header is one word; a label or text is all of it.
fn header(value: &str, at: usize, one_word: bool) -> Result<(String, Option<String>), LocatorMistake> {
    let quote = value.chars().next().filter(|first| "'\"".contains(*first));
    let (words, rest) = match quote {
        Some(quote) => {
            value[1..].split_once(quote).ok_or(LocatorMistake { why: Why::Quote, at: at..at + value.len() })?
        }
        None if one_word => value.trim().split_once(' ').unwrap_or((value, "")),
        None => (value, ""),
    };
    let rest_at = at + value.len() - rest.len();
    let within = if rest.trim().is_empty() { None } else { Some(css(rest, rest_at)?) };
    Ok((words.trim().to_owned(), within))
}

/// Checks that CSS parses, and returns it.
fn css(text: &str, at: usize) -> Result<String, LocatorMistake> {
    let trimmed = text.trim();
    match scraper::Selector::parse(trimmed) {
        Ok(_) => Ok(trimmed.to_owned()),
        Err(error) => Err(LocatorMistake { why: Why::Css(error.to_string()), at: at..at + text.len() }),
    }
}

/// The last line of a parser's error: the part that says what is wrong.
fn last_line(error: &impl ToString) -> String {
    let text = error.to_string();
    text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(written: &str) -> String {
        let locator = Locator::parse(written).unwrap();
        let find = match locator.find {
            Find::Column { header, within } => format!("column {header} {within:?}"),
            Find::Label { label, within } => format!("label {label} {within:?}"),
            Find::Text(text) => format!("text {text}"),
            Find::Heading(css) => format!("heading {css}"),
            Find::Css(css) => format!("css {css}"),
            Find::Json(path) => format!("json {path}"),
            Find::Itself => "itself".to_owned(),
        };
        format!("{find} {:?} {:?}", locator.attribute, locator.pattern.map(|regex| regex.to_string()))
    }

    #[test]
    fn every_form_of_the_language_parses() {
        let forms = [
            ("column=办件编号", "column 办件编号 None None None"),
            ("column=操作 a @href", "column 操作 Some(\"a\") Some(\"href\") None"),
            ("column='Created on' span", "column Created on Some(\"span\") None None"),
            ("label=Assigned to", "label Assigned to None None None"),
            ("label='申请人' b", "label 申请人 Some(\"b\") None None"),
            ("text=登 录", "text 登 录 None None"),
            ("heading=tr.group td /^(.+)（/", "heading tr.group td None Some(\"^(.+)（\")"),
            ("#grid tr", "css #grid tr None None"),
            ("css=.count /共 (\\d+) 条/", "css .count None Some(\"共 (\\\\d+) 条\")"),
            ("a[href='x/y'] @href", "css a[href='x/y'] Some(\"href\") None"),
            ("json=$.rows[*]", "json $.rows[*] None None"),
            ("@data-id", "itself Some(\"data-id\") None"),
            ("/No (\\d+)/", "itself None Some(\"No (\\\\d+)\")"),
        ];
        for (written, expected) in forms {
            assert_eq!(shape(written), expected, "{written}");
        }
    }

    #[test]
    fn mistakes_point_at_their_bytes() {
        let mistake = |written: &str| Locator::parse(written).unwrap_err();
        assert_eq!(mistake("colunm=a"), LocatorMistake { why: Why::Kind("colunm".into(), Some("column")), at: 0..6 });
        assert_eq!(mistake("label="), LocatorMistake { why: Why::Empty, at: 0..6 });
        assert_eq!(mistake("column='a").at, 7..9);
        assert!(matches!(mistake("column=操作 [[").why, Why::Css(_)));
        assert!(matches!(mistake("json=rows").why, Why::Json(_)));
        assert_eq!(mistake("b /(/").at, 2..5);
    }
}
