//! A style sheet: which elements it hides or shows, as far as that can be told without a browser.

use std::{
    borrow::Cow,
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    rc::Rc,
};

use cssparser::{ParseError, Parser, Token};
use scraper::ElementRef;

use super::{
    super::css::{attr, classes},
    media,
    says::{Said, Value, said},
    selector::{Chosen, Key, Read, parts, read},
};

/// Sheets kept per thread, those of some systems.
const MOST_KEPT: usize = 64;
/// Selectors that are told of one sheet as unclear.
const MOST_UNCLEAR: usize = 3;

/// One selector with what it says.
#[derive(Debug)]
pub(super) struct Rule {
    pub chosen: Chosen,
    pub said: Vec<Said>,
    /// Whether it stands in a layer: what stands in none goes before.
    pub layered: bool,
}

/// A sheet.
#[derive(Debug, Default)]
pub(super) struct Rules {
    rules: Vec<Rule>,
    by_id: HashMap<String, Vec<usize>>,
    by_class: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
    /// Those for which an element needs none of these.
    for_any: Vec<usize>,
    /// Whether anything in it hides anything.
    pub hides: bool,
    /// Selectors that hide something and that nobody can decide without a browser.
    pub unclear: Vec<String>,
    /// Attributes that its selectors ask for.
    pub rests_on: BTreeSet<String>,
}

thread_local! {
    static KEPT: RefCell<HashMap<String, Rc<Rules>>> = RefCell::default();
}

/// The rules of a sheet, read once per thread.
pub(super) fn of(sheet: &str) -> Rc<Rules> {
    KEPT.with_borrow_mut(|kept| {
        if let Some(rules) = kept.get(sheet) {
            return Rc::clone(rules);
        }
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        let mut rules = Rules::default();
        rules.take(&mut Parser::new(sheet), &Around::default());
        let rules = Rc::new(rules);
        kept.insert(sheet.to_owned(), Rc::clone(&rules));
        rules
    })
}

/// What stands around rules.
#[derive(Clone, Debug, Default)]
struct Around {
    /// The selectors of the rule that they are nested in.
    nested: Option<String>,
    layered: bool,
    unclear: bool,
}

/// What ends a statement.
enum End {
    Block,
    Semicolon,
    Input,
}

impl Rules {
    /// The rules that fit an element, each with its place in the sheet.
    pub fn fitting<'a>(&'a self, element: ElementRef<'a>) -> impl Iterator<Item = (usize, &'a Rule)> {
        let of_id = attr(element, "id").and_then(|id| self.by_id.get(id));
        let of_classes = classes(element).filter_map(|class| self.by_class.get(class));
        let of_name = self.by_name.get(element.value().name());
        let numbers = of_classes.chain(of_id).chain(of_name).flatten().chain(&self.for_any);
        let rules = numbers.map(|number| (*number, &self.rules[*number]));
        rules.filter(move |(_, rule)| rule.chosen.selector.matches(&element))
    }

    /// Takes all statements up to the end of a block; gives the declarations among them.
    fn take(&mut self, parser: &mut Parser<'_>, around: &Around) -> Vec<String> {
        let mut declarations = Vec::new();
        loop {
            parser.skip_whitespace();
            let from = parser.position();
            let end = loop {
                match parser.next_including_whitespace() {
                    Ok(Token::CurlyBracketBlock) => break End::Block,
                    Ok(Token::Semicolon) => break End::Semicolon,
                    Ok(_) => {}
                    Err(_) => break End::Input,
                }
            };
            let statement = bare(parser.slice_from(from)).trim().to_owned();
            let prelude = match end {
                End::Block => statement.strip_suffix('{'),
                End::Semicolon => statement.strip_suffix(';'),
                End::Input => None,
            };
            let prelude = prelude.unwrap_or(&statement).trim().to_owned();
            match end {
                End::Block => self.block(parser, &prelude, around),
                _ if prelude.starts_with('@') || prelude.is_empty() => {}
                _ => declarations.push(prelude),
            }
            if matches!(end, End::Input) {
                return declarations;
            }
        }
    }

    fn block(&mut self, parser: &mut Parser<'_>, prelude: &str, around: &Around) {
        let words = prelude.split_once([' ', '(', '\n', '\t']).map_or(prelude, |(name, _)| name).to_ascii_lowercase();
        let rest = prelude.get(words.len()..).unwrap_or_default();
        let within = match words.as_str() {
            "@media" => match media::holds(rest) {
                Some(true) => around.clone(),
                Some(false) => return,
                None => Around { unclear: true, ..around.clone() },
            },
            "@layer" => Around { layered: true, ..around.clone() },
            // Browsers of today support what sheets ask for.
            "@supports" if !rest.trim_start().starts_with("not") => around.clone(),
            "@container" | "@scope" | "@starting-style" => Around { unclear: true, ..around.clone() },
            // `<!--` may stand around a sheet.
            _ if !prelude.starts_with('@') => return self.rule(parser, prelude.trim_start_matches("<!--"), around),
            _ => return,
        };
        let declarations = self.nested(parser, &within);
        if let Some(selectors) = &around.nested {
            self.put(selectors, &declarations, &within);
        }
    }

    fn rule(&mut self, parser: &mut Parser<'_>, prelude: &str, around: &Around) {
        let selectors = match &around.nested {
            Some(parent) if prelude.contains('&') => prelude.replace('&', &format!(":is({parent})")),
            Some(parent) => {
                let each = parts(prelude).into_iter().map(|part| format!(":is({parent}) {part}"));
                each.collect::<Vec<_>>().join(",")
            }
            None => prelude.to_owned(),
        };
        let within = Around { nested: Some(selectors.clone()), ..around.clone() };
        let declarations = self.nested(parser, &within);
        self.put(&selectors, &declarations, around);
    }

    fn nested(&mut self, parser: &mut Parser<'_>, within: &Around) -> Vec<String> {
        let taken = parser.parse_nested_block(|parser| Ok::<_, ParseError<()>>(self.take(parser, within)));
        taken.unwrap_or_default()
    }

    /// The rules of which an element may fit that has this.
    fn listed(&mut self, key: &Key) -> &mut Vec<usize> {
        match key {
            Key::Id(id) => self.by_id.entry(id.clone()).or_default(),
            Key::Class(class) => self.by_class.entry(class.clone()).or_default(),
            Key::Name(name) => self.by_name.entry(name.clone()).or_default(),
            Key::Any => &mut self.for_any,
        }
    }

    /// Puts a rule there, as far as it matters.
    fn put(&mut self, selectors: &str, declarations: &[String], around: &Around) {
        let said = said(declarations.iter().map(String::as_str));
        if said.is_empty() {
            return;
        }
        let hides = said.iter().any(|said| said.value == Value::Hides);
        let read: Vec<Read> = parts(selectors).iter().map(|part| read(part)).collect();
        if read.iter().any(|read| matches!(read, Read::Invalid)) {
            return;
        }
        for read in read {
            match read {
                Read::Chosen(chosen) if !around.unclear => {
                    self.hides |= hides;
                    self.rests_on.extend(chosen.rests_on.iter().cloned());
                    let number = self.rules.len();
                    self.listed(&chosen.key).push(number);
                    self.rules.push(Rule { chosen, said: said.clone(), layered: around.layered });
                }
                Read::Chosen(_) | Read::Unclear if hides && self.unclear.len() < MOST_UNCLEAR => {
                    self.unclear.push(selectors.to_owned());
                }
                _ => {}
            }
        }
    }
}

/// Without its comments.
fn bare(text: &str) -> Cow<'_, str> {
    if !text.contains("/*") {
        return Cow::Borrowed(text);
    }
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        bare.push_str(before);
        bare.push(' ');
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    Cow::Owned(bare)
}
