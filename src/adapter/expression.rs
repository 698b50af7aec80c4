//! Expressions over what was read: minijinja's expression language with the bridge's own filters.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{LazyLock, OnceLock},
};

use minijinja::Value;
use regex::Regex;

use super::filters::ENVIRONMENT;

/// Names and values an expression may use.
#[derive(Clone, Debug, Default)]
pub struct Scope<'a> {
    values: BTreeMap<&'a str, Value>,
    /// The same as minijinja takes them: made once for all expressions that are evaluated here.
    whole: OnceLock<Value>,
}

impl<'a> Scope<'a> {
    /// An empty scope.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one more plain value.
    pub fn value(mut self, name: &'a str, value: impl Into<Value>) -> Self {
        self.values.insert(name, value.into());
        self.whole = OnceLock::new();
        self
    }

    /// The same with a row: `name.FIELD`.
    pub fn row(self, name: &'a str, row: &BTreeMap<String, String>) -> Self {
        self.value(name, Value::from_pairs(row.iter().map(|(field, text)| (field.clone(), text.clone()))))
    }

    /// Everything in it.
    fn whole(&self) -> Value {
        self.whole.get_or_init(|| Value::from_pairs(self.values.clone())).clone()
    }

    /// The same with the code lists that `code('LIST')` reads.
    pub fn codes(self, codes: &CodeLists) -> Self {
        self.value(CODES, codes.compiled.clone())
    }
}

/// The code lists of a bot: list → the page's word → ours. Cheap to put into a scope.
#[derive(Debug, Default)]
pub struct CodeLists {
    lists: BTreeMap<String, BTreeMap<String, String>>,
    compiled: Value,
}

impl CodeLists {
    /// Takes the lists as a bot's `[codes.LIST]` tables say them.
    pub fn new(lists: BTreeMap<String, BTreeMap<String, String>>) -> Self {
        let pairs = |codes: &BTreeMap<String, String>| Value::from_pairs(codes.clone());
        let compiled = Value::from_pairs(lists.iter().map(|(list, codes)| (list.clone(), pairs(codes))));
        Self { lists, compiled }
    }

    /// The lists by name.
    pub fn lists(&self) -> &BTreeMap<String, BTreeMap<String, String>> {
        &self.lists
    }
}

/// Under this name the code lists stand in a scope.
pub(super) const CODES: &str = "codes";

/// The filters an expression may use, with what their argument is.
pub const FILTERS: &[(&str, Argument)] = &[
    ("code", Argument::CodeList),
    ("date", Argument::Format),
    ("datetime", Argument::Format),
    ("show", Argument::Shape),
    ("town", Argument::None),
    ("village", Argument::None),
    ("region", Argument::Any),
    ("workdays", Argument::None),
    ("days", Argument::None),
    ("numerals", Argument::None),
    ("trim", Argument::Any),
    ("replace", Argument::Any),
    ("split", Argument::Any),
    ("first", Argument::Any),
    ("last", Argument::Any),
    ("default", Argument::Any),
];

/// What a filter's argument must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// No argument.
    None,
    /// The name of one of the bot's code lists.
    CodeList,
    /// A date format of `strftime` that says a whole date.
    Format,
    /// Any format of `strftime`.
    Shape,
    /// Whatever minijinja's own filter takes.
    Any,
}

/// A filter as an expression uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterUse {
    /// Its name.
    pub name: String,
    /// Its first argument, where that is a text.
    pub argument: Option<String>,
    /// Bytes of the expression where the name stands.
    pub range: Range<usize>,
}

/// A compiled expression.
#[derive(Debug)]
pub struct Expression {
    written: String,
    /// Where it is nothing but `NAME.FIELD`, as half of all are: name and field.
    field: Option<(String, String)>,
    compiled: minijinja::Expression<'static, 'static>,
}

impl Expression {
    /// Compiles `written`; the error says what is wrong and at which bytes of it.
    pub fn parse(written: &str) -> Result<Self, (String, Range<usize>)> {
        let compiled = ENVIRONMENT.compile_expression_owned(written.to_owned()).map_err(|error| {
            let range = error.range().filter(|range| range.end <= written.len() && !range.is_empty());
            (error.detail().unwrap_or("not an expression").to_owned(), range.unwrap_or(0..written.len()))
        })?;
        Ok(Self { written: written.to_owned(), field: field(written), compiled })
    }

    /// As it stands in the file.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The names it uses, with their fields: `list.no`, `page`.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.compiled.undeclared_variables(true).into_iter().collect();
        names.sort();
        names
    }

    /// The filters it uses, in order.
    pub fn filters(&self) -> Vec<FilterUse> {
        static FILTER: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r#"'[^']*'|"[^"]*"|\|\s*(?<name>\w+)(?:\s*\(\s*(?:'(?<single>[^']*)'|"(?<double>[^"]*)"))?"#)
                .expect("the pattern is constant")
        });
        let found = FILTER.captures_iter(&self.written).filter_map(|found| {
            let name = found.name("name")?;
            let argument = found.name("single").or_else(|| found.name("double"));
            Some(FilterUse {
                name: name.as_str().to_owned(),
                argument: argument.map(|text| text.as_str().to_owned()),
                range: name.range(),
            })
        });
        found.collect()
    }

    /// The tests it uses (`is defined`), in order: there are none that an expression may use.
    pub fn tests(&self) -> Vec<&str> {
        static TEST: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r#"'[^']*'|"[^"]*"|\bis\s+(?:not\s+)?(?<name>\w+)"#).expect("the pattern is constant")
        });
        TEST.captures_iter(&self.written).filter_map(|found| found.name("name")).map(|name| name.as_str()).collect()
    }

    /// Whether it holds. The error says why that could not be worked out.
    pub fn holds(&self, scope: &Scope<'_>) -> Result<bool, String> {
        Ok(self.value(scope)?.is_true())
    }

    fn value(&self, scope: &Scope<'_>) -> Result<Value, String> {
        // What is there needs no working out; a name that is not is for minijinja to complain of.
        if let Some((name, field)) = &self.field
            && let Some(Ok(value)) = scope.values.get(name.as_str()).map(|row| row.get_attr(field))
        {
            return Ok(value);
        }
        let value = self.compiled.eval(scope.whole());
        value.map_err(|error| error.detail().map_or_else(|| error.to_string(), ToOwned::to_owned))
    }

    /// The value as text; `None` where it is undefined, none or empty. The error says why it could not be worked out,
    /// in words fit for a quarantine's reason.
    pub fn evaluate(&self, scope: &Scope<'_>) -> Result<Option<String>, String> {
        let value = self.value(scope)?;
        if value.is_undefined() || value.is_none() {
            return Ok(None);
        }
        let text = value.to_string();
        Ok(if text.trim().is_empty() { None } else { Some(text) })
    }
}

/// Name and field of an expression that is nothing else.
fn field(written: &str) -> Option<(String, String)> {
    let is_name = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let (name, field) = written.trim().split_once('.')?;
    (is_name(name) && is_name(field)).then(|| (name.to_owned(), field.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_alone_is_what_minijinja_makes_of_it() {
        let row = BTreeMap::from([("no".to_owned(), " 7 ".to_owned()), ("empty".to_owned(), String::new())]);
        let scope = Scope::new().row("list", &row).value("page", 3);
        for (written, alone) in [
            ("list.no", true),
            (" list.no\n", true),
            ("list.empty", true),
            ("list.gone", true),
            ("detail.no", true),
            ("page.no", true),
            ("true.no", true),
            ("list.no.no", false),
            ("list.no | trim", false),
            ("'list.no'", false),
            ("list", false),
            ("1.5", false),
        ] {
            let expression = Expression::parse(written).unwrap();
            assert_eq!(expression.field.is_some(), alone, "{written}");
            let worked_out = Expression { field: None, ..Expression::parse(written).unwrap() };
            assert_eq!(expression.evaluate(&scope), worked_out.evaluate(&scope), "{written}");
        }
        assert_eq!(Expression::parse("list.no").unwrap().evaluate(&scope), Ok(Some(" 7 ".to_owned())));
    }

    #[test]
    fn a_scope_that_grows_is_seen_whole() {
        let row = BTreeMap::from([("no".to_owned(), "7".to_owned())]);
        let both = Expression::parse("list.no ~ detail.no").unwrap();
        let scope = Scope::new().row("list", &row);
        assert_eq!(both.evaluate(&scope), Err("`detail` is undefined".to_owned()));
        assert_eq!(both.evaluate(&scope.row("detail", &row)), Ok(Some("77".to_owned())));
    }

    fn evaluate(written: &str, status: &str) -> Result<Option<String>, String> {
        let row = BTreeMap::from([("status".to_owned(), status.to_owned())]);
        let status = BTreeMap::from([("办结".to_owned(), "done".to_owned())]);
        let codes = CodeLists::new(BTreeMap::from([("status".to_owned(), status)]));
        Expression::parse(written).unwrap().evaluate(&Scope::new().row("list", &row).codes(&codes))
    }

    #[test]
    fn codes_are_looked_up_never_guessed() {
        assert_eq!(evaluate("list.status | code('status')", " 办结 "), Ok(Some("done".to_owned())));
        let refused = evaluate("list.status | code('status')", "已办结").unwrap_err();
        assert_eq!(refused, "`已办结` has no entry in [codes.status]");
        assert_eq!(evaluate("list.status | code('status')", " "), Ok(None));
    }

    #[test]
    fn dates_must_exist() {
        assert_eq!(evaluate("list.status | date('%Y年%m月%d日')", "2026年03月01日"), Ok(Some("2026-03-01".to_owned())));
        assert!(evaluate("list.status | date('%Y-%m-%d')", "2026-02-30").unwrap_err().contains("2026-02-30"));
        for two_digits in ["date('%Y-%m-%d')", "datetime('%Y-%m-%d %H:%M')"] {
            let text = if two_digits.contains("%H") { "26-02-03 09:30" } else { "26-02-03" };
            assert!(evaluate(&format!("list.status | {two_digits}"), text).is_err(), "the year 26 is none");
        }
        let at = evaluate("list.status | datetime('%Y-%m-%d %H:%M')", "2026-03-01 09:30");
        assert_eq!(at, Ok(Some("2026-03-01T09:30:00+08:00".to_owned())));
    }

    #[test]
    fn dates_in_words_of_two_languages_are_read() {
        for (written, text, expected) in [
            ("list.status | numerals | date('%Y年%m月%d日')", "二〇二六年十一月二十三日", "2026-11-23"),
            ("list.status | date('%d %b %Y')", "23 Nov 2026", "2026-11-23"),
            ("list.status | date('%d %b %Y')", "03 NOV 2026", "2026-11-03"),
            ("list.status | date('%B %d, %Y')", "november 3, 2026", "2026-11-03"),
            ("list.status | date('%A, %d %B %Y')", "Monday, 23 November 2026", "2026-11-23"),
            ("list.status | datetime('%Y年%m月%d日 %p%I:%M')", "2026年11月23日 下午03:20", "2026-11-23T15:20:00+08:00"),
            ("list.status | datetime('%Y-%m-%d %p %I:%M')", "2026-11-23 上午 12:05", "2026-11-23T00:05:00+08:00"),
            ("list.status | datetime('%b %d, %Y %I:%M %p')", "Nov 23, 2026 3:20 pm", "2026-11-23T15:20:00+08:00"),
        ] {
            assert_eq!(evaluate(written, text), Ok(Some(expected.to_owned())), "{written} of {text}");
        }
        assert!(evaluate("list.status | numerals", "二三十").unwrap_err().contains("no clear number"));
        assert!(evaluate("list.status | date('%A, %d %B %Y')", "Sunday, 23 November 2026").is_err());
        assert!(evaluate("list.status | datetime('%Y-%m-%d %H:%M')", "2026-11-23 下午 3:20").is_err());
    }

    #[test]
    fn times_are_written_as_a_system_wants_them() {
        let shown = evaluate("list.status | show('%Y年%m月%d日 %H:%M')", "2026-11-26T01:05:00Z");
        assert_eq!(shown, Ok(Some("2026年11月26日 09:05".to_owned())));
        assert_eq!(evaluate("list.status | show('%d.%m.%Y')", "2026-11-26"), Ok(Some("26.11.2026".to_owned())));
        assert!(evaluate("list.status | show('%Y')", "soon").unwrap_err().contains("soon"));
    }

    #[test]
    fn regions_are_named_by_their_codes() {
        let named = |filter: &str, code: &str| evaluate(&format!("list.status | {filter}"), code);
        assert_eq!(named("town", "371312001001"), Ok(Some("九曲街道".to_owned())));
        assert_eq!(named("village", "371312001001"), Ok(Some("郁九曲社区居民委员会".to_owned())));
        assert_eq!(named("region('郁九曲社区居民委员会')", "九曲街道"), Ok(Some("371312001001".to_owned())));
        assert!(named("region('郁九曲社区居民委员会')", "汤头街道").is_err());
        assert!(named("town", "371399001").is_err() && named("village", "").is_ok());
    }

    #[test]
    fn limits_are_whole_numbers() {
        assert_eq!(evaluate("list.status | workdays", "20"), Ok(Some("20 working_days".to_owned())));
        assert!(evaluate("list.status | days", "two").is_err());
    }

    #[test]
    fn names_and_filters_show_at_load() {
        let expression = Expression::parse("list.status | code('status') ~ detail.note | trim").unwrap();
        assert_eq!(expression.names(), ["detail.note", "list.status"]);
        let filters = expression.filters();
        assert_eq!((filters[0].name.as_str(), filters[0].argument.as_deref()), ("code", Some("status")));
        assert_eq!(filters[1], FilterUse { name: "trim".into(), argument: None, range: 45..49 });
        assert!(Expression::parse("'a | b' ~ list.x").unwrap().filters().is_empty());
        assert_eq!(Expression::parse("'x is y' if list.no is not defined else 1").unwrap().tests(), ["defined"]);
    }
}
