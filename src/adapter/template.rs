//! Texts with expressions in braces: `case/list.do?page={page}`.

use super::{Expression, Scope};
use crate::base::Message;

/// A text with expressions in braces. `{{` and `}}` stand for the braces themselves.
#[derive(Debug)]
pub struct Template {
    written: String,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    Text(String),
    Value(Expression),
}

impl Template {
    /// Compiles `written`; the error says what is wrong and at which bytes of it.
    pub fn parse(written: &str) -> Result<Self, (Message, std::ops::Range<usize>)> {
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut rest = written;
        while let Some(at) = rest.find(['{', '}']) {
            text.push_str(&rest[..at]);
            let start = written.len() - rest.len() + at;
            let brace = &rest[at..=at];
            if rest[at + 1..].starts_with(brace) {
                text.push_str(brace);
                rest = &rest[at + 2..];
                continue;
            }
            if brace == "}" {
                return Err((Message::new("adapter-template-close"), start..start + 1));
            }
            let Some(end) = rest[at..].find('}') else {
                return Err((Message::new("adapter-template-open"), start..written.len()));
            };
            let expression = Expression::parse(&rest[at + 1..at + end]).map_err(|(why, range)| {
                (Message::new("adapter-expression").with("why", why), start + 1 + range.start..start + 1 + range.end)
            })?;
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
            }
            pieces.push(Piece::Value(expression));
            rest = &rest[at + end + 1..];
        }
        text.push_str(rest);
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Ok(Self { written: written.to_owned(), pieces })
    }

    /// As it stands in the file.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The expressions in it, in order.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Value(expression) => Some(expression),
        })
    }

    /// Whether it uses this name (`page`, `list.detail` …).
    pub fn uses(&self, name: &str) -> bool {
        self.expressions().any(|expression| expression.names().iter().any(|used| used == name))
    }

    /// The text with every expression replaced by its value; an expression without a value is an error.
    pub fn fill(&self, scope: &Scope<'_>) -> Result<String, String> {
        let mut filled = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Value(expression) => match expression.evaluate(scope)? {
                    Some(value) => filled.push_str(&value),
                    // The first page of a list has no cursor yet.
                    None if expression.names().iter().any(|name| name == "cursor") => {}
                    None => return Err(format!("`{{{}}}` has no value here", expression.written())),
                },
            }
        }
        Ok(filled)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn braces_hold_expressions_and_double_braces_hold_braces() {
        let template = Template::parse("list?{{x}}&page={page}&no={list.no}").unwrap();
        let list = BTreeMap::from([("no".to_owned(), "A-1".to_owned())]);
        let scope = Scope::new().value("page", 3).row("list", &list);
        assert_eq!(template.fill(&scope).unwrap(), "list?{x}&page=3&no=A-1");
        assert!(template.uses("page") && template.uses("list.no") && !template.uses("offset"));
    }

    #[test]
    fn mistakes_point_at_their_bytes() {
        assert_eq!(Template::parse("abc}").unwrap_err().1, 3..4);
        assert_eq!(Template::parse("a{b").unwrap_err().1, 1..3);
        let (_, range) = Template::parse("页{list.}").unwrap_err();
        assert!(range.start >= 4 && range.end <= 10, "{range:?}");
    }

    #[test]
    fn the_cursor_of_the_first_page_is_empty() {
        let template = Template::parse("list?after={cursor}&size=50").unwrap();
        assert_eq!(template.fill(&Scope::new().value("cursor", "")).unwrap(), "list?after=&size=50");
    }

    #[test]
    fn a_missing_value_is_an_error_never_an_empty_text() {
        let template = Template::parse("{list.gone}").unwrap();
        assert!(template.fill(&Scope::new().row("list", &BTreeMap::new())).unwrap_err().contains("list.gone"));
    }
}
