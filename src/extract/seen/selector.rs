//! One selector of a sheet, as far as a page that nobody touches decides it.

use cssparser::{ParseError, Parser, Token};
use scraper::Selector;

/// A selector that is understood.
#[derive(Debug)]
pub(super) struct Chosen {
    pub selector: Selector,
    /// Ids; classes, attributes and states; names: as CSS weighs them.
    pub weight: [u32; 3],
    pub key: Key,
    /// The attributes that it asks for, besides ids and classes.
    pub rests_on: Vec<String>,
}

/// What the element itself must have, so that few elements are compared with a selector.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Id(String),
    Class(String),
    Name(String),
    Any,
}

/// What became of a selector.
#[derive(Debug)]
pub(super) enum Read {
    Chosen(Chosen),
    /// It is about no element: what stands before one, or a state in which nothing is.
    Nothing,
    /// It depends on something that only a browser knows.
    Unclear,
    /// It is no CSS, and the whole rule with it.
    Invalid,
}

/// Nothing is so on a page that nobody touches.
const NEVER: &[&str] = &[
    "hover",
    "focus",
    "active",
    "focus-within",
    "focus-visible",
    "visited",
    "target",
    "fullscreen",
    "modal",
    "popover-open",
    "autofill",
    "indeterminate",
    "target-within",
];
/// What the tree itself says.
const OF_TREE: &[&str] = &[
    "root",
    "empty",
    "first-child",
    "last-child",
    "only-child",
    "first-of-type",
    "last-of-type",
    "only-of-type",
    "scope",
];

/// What a selector comes to while it is gone through.
#[derive(Default)]
struct Walk {
    /// The same in words that can be compared with a tree.
    text: String,
    weight: [u32; 3],
    key: Option<Key>,
    rests_on: Vec<String>,
    about_nothing: bool,
    unclear: bool,
}

/// Reads one selector, without commas outside of brackets.
pub(super) fn read(text: &str) -> Read {
    let mut walk = Walk::default();
    let mut parser = Parser::new(text);
    walk.over(&mut parser, true);
    if walk.about_nothing {
        return Read::Nothing;
    }
    if walk.unclear {
        return Read::Unclear;
    }
    match Selector::parse(walk.text.trim()) {
        Ok(selector) => {
            let Walk { weight, key, rests_on, .. } = walk;
            Read::Chosen(Chosen { selector, weight, key: key.unwrap_or(Key::Any), rests_on })
        }
        Err(_) => Read::Invalid,
    }
}

impl Walk {
    /// Goes through one level of brackets.
    fn over(&mut self, parser: &mut Parser<'_>, outermost: bool) {
        // What stands before the next name: `.` or `:`.
        let mut sign = None;
        loop {
            let from = parser.position();
            let Ok(token) = parser.next_including_whitespace() else { return };
            let token = token.clone();
            let written = parser.slice_from(from);
            let before = sign.take();
            match &token {
                Token::Colon if before == Some(':') => self.about_nothing = true,
                Token::Colon => sign = Some(':'),
                Token::Delim('.') => sign = Some('.'),
                Token::Ident(name) if before == Some(':') => self.state(&name.to_ascii_lowercase()),
                Token::Ident(name) if before == Some('.') => {
                    self.weight[1] += 1;
                    self.text.push('.');
                    self.text.push_str(written);
                    self.keyed(outermost, Key::Class(name.to_string()));
                }
                Token::Ident(name) => {
                    self.weight[2] += 1;
                    self.text.push_str(written);
                    self.keyed(outermost, Key::Name(name.to_ascii_lowercase()));
                }
                Token::IDHash(name) | Token::Hash(name) => {
                    self.weight[0] += 1;
                    self.text.push_str(written);
                    self.keyed(outermost, Key::Id(name.to_string()));
                }
                Token::Function(name) => self.function(parser, &name.to_ascii_lowercase()),
                Token::SquareBracketBlock => {
                    self.weight[1] += 1;
                    let asked = inside(parser);
                    let name =
                        asked.trim().split(|letter: char| !letter.is_alphanumeric() && !"-_:".contains(letter)).next();
                    self.rests_on.extend(name.map(str::to_ascii_lowercase));
                    self.text.push('[');
                    self.text.push_str(&asked);
                    self.text.push(']');
                }
                Token::WhiteSpace(_) | Token::Delim('>' | '+' | '~') => {
                    self.text.push_str(written);
                    if outermost {
                        self.key = None;
                    }
                }
                _ => self.text.push_str(written),
            }
        }
    }

    fn keyed(&mut self, outermost: bool, key: Key) {
        let rank = |key: &Key| match key {
            Key::Id(_) => 3,
            Key::Class(_) => 2,
            Key::Name(_) => 1,
            Key::Any => 0,
        };
        if outermost && self.key.as_ref().is_none_or(|own| rank(own) < rank(&key)) {
            self.key = Some(key);
        }
    }

    /// `:name`.
    fn state(&mut self, name: &str) {
        self.weight[1] += 1;
        match name {
            "before" | "after" | "first-line" | "first-letter" => self.about_nothing = true,
            _ if NEVER.contains(&name) => self.text.push_str(":not(*)"),
            _ if OF_TREE.contains(&name) => {
                self.text.push(':');
                self.text.push_str(name);
            }
            "link" | "any-link" => self.text.push_str("[href]"),
            "checked" => self.text.push_str(":is([checked], [selected])"),
            "disabled" | "required" | "open" => self.text.push_str(&format!("[{name}]")),
            "enabled" => self.text.push_str(":not([disabled])"),
            "defined" => self.text.push_str(":is(*)"),
            _ => self.unclear = true,
        }
    }

    /// `:name(…)`, whose sign was read.
    fn function(&mut self, parser: &mut Parser<'_>, name: &str) {
        if !(matches!(name, "is" | "not" | "where" | "has") || name.starts_with("nth-")) {
            self.unclear = true;
            inside(parser);
            return;
        }
        self.text.push_str(&format!(":{name}("));
        if name.starts_with("nth-") {
            let formula = inside(parser);
            self.unclear |= formula.contains(" of ");
            self.text.push_str(&formula);
            self.weight[1] += 1;
        } else {
            let mut heaviest = [0; 3];
            for (number, part) in parts(&inside(parser)).iter().enumerate() {
                let mut walk = Self::default();
                walk.over(&mut Parser::new(part), false);
                heaviest = heaviest.max(walk.weight);
                self.rests_on.extend(walk.rests_on);
                self.text.push_str(if number == 0 { "" } else { "," });
                self.text.push_str(&walk.text);
                self.unclear |= walk.unclear || walk.about_nothing;
            }
            if name != "where" {
                (0..3).for_each(|at| self.weight[at] += heaviest[at]);
            }
        }
        self.text.push(')');
    }
}

/// What stands within the brackets that have just begun.
fn inside(parser: &mut Parser<'_>) -> String {
    let within = parser.parse_nested_block(|parser| {
        let from = parser.position();
        while parser.next_including_whitespace().is_ok() {}
        Ok::<_, ParseError<()>>(parser.slice_from(from).to_owned())
    });
    within.unwrap_or_default()
}

/// The parts of a list, at its commas outside of brackets.
pub(super) fn parts(list: &str) -> Vec<String> {
    let mut parser = Parser::new(list);
    let (mut parts, mut from) = (Vec::new(), parser.position());
    loop {
        match parser.next_including_whitespace() {
            // Where the parser stands before it has brackets behind it that it has yet to pass.
            Ok(Token::Comma) => {
                let part = parser.slice_from(from);
                parts.push(part.strip_suffix(',').unwrap_or(part).trim().to_owned());
                from = parser.position();
            }
            Ok(_) => {}
            Err(_) => break,
        }
    }
    parts.push(parser.slice_from(from).trim().to_owned());
    parts
}
