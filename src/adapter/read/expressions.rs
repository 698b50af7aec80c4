//! Expressions of a file: every name, filter, code list and date format resolved before anything runs.

use std::sync::LazyLock;

use regex::Regex;

use super::time_forms;
use crate::{
    adapter::{
        Argument, CodeLists, Expression, FILTERS, FilterUse, Page, Template,
        nearest::{nearest, suggestion},
        report::Findings,
        sheet::Text,
    },
    base::Message,
};

/// Tells of places for values as other notations write them (`${page}`, `{{ page }}`): here they would be letters.
fn foreign_places(findings: &Findings, text: &Text<'_>) {
    static PLACE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\{\{\s*(?<double>[a-z_]\w*(?:\.\w+)*)\s*\}\}|[$%]\{\s*(?<sign>[a-z_]\w*(?:\.\w+)*)\s*\}")
            .expect("the pattern is constant")
    });
    if let Some(found) = PLACE.find(text.value) {
        let ours = PLACE.replace_all(text.value, "{$double$sign}");
        let message = Message::new("adapter-template-foreign").with("written", found.as_str());
        findings.error(text.part(found.range()), message, Message::new("adapter-write").with("meant", ours));
    }
}

/// What stands behind a name before the dot.
pub(super) enum Fields<'a> {
    /// Whatever the other side holds: a browser's storage, an account's secrets.
    Any,
    /// These fields.
    Known(Vec<&'a str>),
    /// Nothing, at this place; the ids of the message that says so and of its mend.
    Absent(&'static str, &'static str),
}

impl<'a> Fields<'a> {
    /// What stands on a page; anything where the page is not known.
    pub(super) fn of_page(page: Option<&'a Page>) -> Self {
        page.map_or(Self::Any, |page| Self::Known(page.at.keys().map(String::as_str).collect()))
    }
}

/// The names that an expression may use at its place.
pub(super) struct Names<'a> {
    plain: &'static [&'static str],
    rows: Vec<(&'a str, Fields<'a>)>,
    codes: Option<&'a CodeLists>,
}

impl<'a> Names<'a> {
    /// In a page's path; `fields` are those of the system's list pages.
    pub(super) fn path(fields: impl Iterator<Item = &'a str>) -> Self {
        Self {
            plain: &["page", "offset", "cursor", "from", "to", "mark", "receipt"],
            rows: vec![("list", Fields::Known(fields.collect()))],
            codes: None,
        }
    }

    /// In a lent header.
    pub(super) fn storage() -> Self {
        Self { plain: &[], rows: vec![("storage", Fields::Any), ("secret", Fields::Any)], codes: None }
    }

    /// In what a login fills in.
    pub(super) fn secret() -> Self {
        Self { plain: &[], rows: vec![("secret", Fields::Any)], codes: None }
    }

    /// The same, and these names as well.
    pub(super) fn with_plain(self, plain: &'static [&'static str]) -> Self {
        Self { plain, ..self }
    }

    /// The same, and this row as well.
    pub(super) fn with_row(mut self, name: &'a str, fields: Fields<'a>) -> Self {
        self.rows.push((name, fields));
        self
    }

    /// In a bot's expressions.
    pub(super) fn rows(rows: Vec<(&'a str, Fields<'a>)>, codes: &'a CodeLists) -> Self {
        Self { plain: &[], rows, codes: Some(codes) }
    }

    /// Compiles a template without looking at its names.
    pub(super) fn parse_template(findings: &Findings, text: &Text<'_>) -> Option<Template> {
        let refuse = |(message, range): (Message, _)| {
            let mend = match message.id {
                "adapter-template-close" => Some(Message::new("adapter-template-close-mend")),
                "adapter-template-open" => Some(Message::new("adapter-template-open-mend")),
                _ => Some(Message::new("adapter-expression-mend")),
            };
            findings.error(text.part(range), message, mend);
        };
        Template::parse(text.value).map_err(refuse).ok()
    }

    /// Compiles a template and checks its names.
    pub(super) fn template(&self, findings: &Findings, text: &Text<'_>) -> Option<Template> {
        let template = Self::parse_template(findings, text)?;
        self.check_template(findings, text, &template);
        Some(template)
    }

    /// Checks the names and filters of a template.
    pub(super) fn check_template(&self, findings: &Findings, text: &Text<'_>, template: &Template) {
        foreign_places(findings, text);
        for expression in template.expressions() {
            self.check(findings, text, expression);
        }
    }

    /// Compiles an expression and checks its names and filters.
    pub(super) fn expression(&self, findings: &Findings, text: &Text<'_>) -> Option<Expression> {
        let refuse = |(why, range)| {
            let message = Message::new("adapter-expression").with("why", why);
            findings.error(text.part(range), message, Message::new("adapter-expression-mend"));
        };
        let expression = Expression::parse(text.value).map_err(refuse).ok()?;
        self.check(findings, text, &expression);
        Some(expression)
    }

    fn check(&self, findings: &Findings, text: &Text<'_>, expression: &Expression) {
        for name in expression.names() {
            if let Some((message, mend)) = self.check_name(&name) {
                findings.error(text.word(&name), message, mend);
            }
        }
        let filters = expression.filters();
        for filter in &filters {
            self.check_filter(findings, text, filter);
        }
        time_forms::cut_off(findings, text, &filters);
        for test in expression.tests() {
            let message = Message::new("adapter-test-word").with("word", test);
            findings.error(text.word(test), message, Message::new("adapter-test-word-mend"));
        }
    }

    fn check_name(&self, name: &str) -> Option<(Message, Message)> {
        let (head, field) = name.split_once('.').unwrap_or((name, ""));
        if field.is_empty() && self.plain.contains(&head) {
            return None;
        }
        let Some((_, fields)) = self.rows.iter().find(|(row, _)| *row == head) else {
            return Some((Message::new("adapter-unknown-name").with("name", head), self.offer(head, field)));
        };
        match fields {
            _ if field.is_empty() => {
                let mend = match fields {
                    Fields::Known(known) => {
                        let fields: Vec<_> = known.iter().map(|field| format!("{head}.{field}")).collect();
                        Message::new("adapter-known-are").with("known", fields.join(", "))
                    }
                    _ => Message::new("adapter-write").with("meant", format!("{head}.…")),
                };
                Some((Message::new("adapter-no-field").with("name", head), mend))
            }
            Fields::Any => None,
            Fields::Absent(message, mend) => Some((Message::new(message).with("name", name), Message::new(mend))),
            Fields::Known(known) if known.contains(&field) => None,
            Fields::Known(known) => {
                let message = Message::new("adapter-unknown-field").with("row", head).with("field", field);
                Some((message, suggestion(field, known.iter().copied())))
            }
        }
    }

    /// The name that was probably meant, or those there are; in a bot, a bare word may be a text that lacks its quotes.
    fn offer(&self, head: &str, field: &str) -> Message {
        let names: Vec<&str> = self.plain.iter().copied().chain(self.rows.iter().map(|(row, _)| *row)).collect();
        if let Some(meant) = nearest(head, names) {
            return Message::new("adapter-did-you-mean").with("meant", meant);
        }
        let rows = self.rows.iter().filter(|(_, fields)| !matches!(fields, Fields::Absent(..)));
        let known: Vec<String> =
            self.plain.iter().map(|name| (*name).to_owned()).chain(rows.map(|(row, _)| format!("{row}.…"))).collect();
        let id = if self.codes.is_some() && field.is_empty() { "adapter-known-or-text" } else { "adapter-known-are" };
        Message::new(id).with("known", known.join(", ")).with("text", head)
    }

    fn check_filter(&self, findings: &Findings, text: &Text<'_>, filter: &FilterUse) {
        let at = || text.word(&filter.name);
        let Some((_, argument)) = FILTERS.iter().find(|(name, _)| *name == filter.name) else {
            let message = Message::new("adapter-unknown-filter").with("filter", &filter.name);
            findings.error(at(), message, suggestion(&filter.name, FILTERS.iter().map(|(name, _)| *name)));
            return;
        };
        match (argument, &filter.argument) {
            (Argument::CodeList | Argument::Format | Argument::Shape, None) => {
                let message = Message::new("adapter-filter-argument").with("filter", &filter.name);
                let list = self.codes.and_then(|codes| codes.lists().keys().next()).map_or("…", String::as_str);
                let example = match filter.name.as_str() {
                    "code" => format!("code('{list}')"),
                    "date" | "show" => format!("{}('%Y-%m-%d')", filter.name),
                    _ => "datetime('%Y-%m-%d %H:%M:%S')".to_owned(),
                };
                findings.error(at(), message, Message::new("adapter-write").with("meant", example));
            }
            (Argument::CodeList, Some(list)) => self.check_list(findings, text, list),
            (Argument::Format, Some(form)) => time_forms::reads(findings, text, filter, form),
            (Argument::Shape, Some(form)) => time_forms::writes(findings, text, filter, form),
            (Argument::None | Argument::Any, _) => {}
        }
    }

    fn check_list(&self, findings: &Findings, text: &Text<'_>, list: &str) {
        let known = self.codes.map(CodeLists::lists);
        if known.is_some_and(|known| known.contains_key(list)) {
            return;
        }
        let message = Message::new("adapter-unknown-list").with("list", list);
        let known = known.into_iter().flat_map(|known| known.keys().map(String::as_str));
        let quoted = text.value.find(&format!("'{list}'")).or_else(|| text.value.find(&format!("\"{list}\"")));
        let at = quoted.map_or_else(|| text.span.clone(), |quote| text.part(quote + 1..quote + 1 + list.len()));
        findings.error(at, message, suggestion(list, known));
    }
}
