//! `[case]` and `[codes.…]` of a bot: how a page's words become ours.

use std::{collections::BTreeMap, str::FromStr};

use super::collect::Rows;
use crate::{
    adapter::{
        CodeLists, EventFields, Expression,
        nearest::{nearest, suggestion},
        sheet::{Sheet, Text},
    },
    base::Message,
    record::{CaseFields, CaseResult, Channel, ProjectType, Status},
};

/// Fields of a case that stand beside [`CaseFields`].
const OWN_FIELDS: &[&str] = &["source_no", "project_no", "status", "result"];
/// Fields without which there is no case.
const REQUIRED: &[&str] = &["source_no", "status"];

/// Reads `[case]`.
pub(super) fn read(sheet: &Sheet<'_>, rows: &Rows<'_>, codes: &CodeLists) -> BTreeMap<String, Expression> {
    let names = rows.all(codes);
    let mut case = BTreeMap::new();
    // What stands there, and what was meant by a slip of the pen.
    let mut written = Vec::new();
    for (field, value) in sheet.entries() {
        written.push(field.value);
        let known = || OWN_FIELDS.iter().chain(CaseFields::NAMES).copied();
        if !known().any(|name| name == field.value) {
            let message = Message::new("adapter-unknown-case-field").with("field", field.value);
            sheet.findings.error(field.span.clone(), message, suggestion(field.value, known()));
            written.extend(nearest(field.value, known()));
        }
        let Some(text) = sheet.as_text(value) else { continue };
        if let Some(expression) = names.expression(sheet.findings, &text) {
            check_conversion(sheet, &field, &text, &expression);
            case.insert(field.value.to_owned(), expression);
        }
    }
    for required in REQUIRED.iter().filter(|required| !written.contains(required)) {
        let mend = Message::new("adapter-missing-mend").with("line", format!("{required} = \"…\""));
        sheet.findings.error(sheet.span.clone(), Message::new("adapter-missing").with("key", required), mend);
    }
    case
}

/// A time, a limit or a code that is taken as the page writes it would land in quarantine row by row.
fn check_conversion(sheet: &Sheet<'_>, field: &Text<'_>, text: &Text<'_>, expression: &Expression) {
    let (filters, example): (&[&str], _) = match field.value {
        "apply_date" | "accept_date" | "promise_date" | "result_date" => {
            (&["date", "datetime"], "datetime('%Y-%m-%d %H:%M:%S')")
        }
        "legal_limit" | "promise_limit" => (&["workdays", "days"], "workdays"),
        "status" => (&["code"], "code('status')"),
        "result" => (&["code"], "code('result')"),
        "channel" => (&["code"], "code('channel')"),
        "project_type" => (&["code"], "code('project_type')"),
        _ => return,
    };
    let converted = expression.filters().iter().any(|filter| filters.contains(&filter.name.as_str()));
    if !converted && !expression.names().is_empty() {
        let meant = format!("{} = \"{} | {example}\"", field.value, text.value);
        let message =
            Message::new("adapter-unconverted").with("field", field.value).with("filters", filters.join(" / "));
        sheet.findings.warn(text.span.clone(), message, Message::new("adapter-write").with("meant", meant));
    }
}

/// Reads `[event]`; `None` where what or when is missing.
pub(super) fn read_event(sheet: Sheet<'_>, rows: &Rows<'_>, codes: &CodeLists) -> Option<EventFields> {
    let names = rows.event(codes);
    let read = |text: Option<Text<'_>>| text.and_then(|text| names.expression(sheet.findings, &text));
    let (name, time) = (read(sheet.required_text("name")), read(sheet.required_text("time")));
    let (actor, note) = (read(sheet.text("actor")), read(sheet.text("note")));
    sheet.finish();
    Some(EventFields { name: name?, time: time?, actor, note })
}

/// Reads every `[codes.LIST]`.
pub(super) fn read_codes(sheet: &Sheet<'_>) -> CodeLists {
    let mut lists = BTreeMap::new();
    for (name, value) in sheet.entries() {
        let mut codes = BTreeMap::new();
        if let Some(list) = sheet.as_table(value, name.span.clone()) {
            for (word, value) in list.entries() {
                if let Some(ours) = list.as_text(value) {
                    codes.insert(word.value.trim().to_owned(), ours.value.to_owned());
                }
            }
        }
        lists.insert(name.value.to_owned(), codes);
    }
    CodeLists::new(lists)
}

/// Checks every list against the fields that use it: a canonical field takes canonical words only.
pub(super) fn check_codes(sheet: &Sheet<'_>, case: &BTreeMap<String, Expression>) {
    for (name, value) in sheet.entries() {
        let uses_it = |expression: &Expression| uses_list(expression, name.value);
        let fields: Vec<&str> =
            case.iter().filter(|(_, used)| uses_it(used)).map(|(field, _)| field.as_str()).collect();
        if fields.is_empty() {
            unused(sheet, &name);
        }
        let Some(list) = value.get_ref().as_table().and_then(|_| sheet.as_table(value, name.span.clone())) else {
            continue;
        };
        for (_, value) in list.entries() {
            if let Some(text) = value.get_ref().as_str().and_then(|_| list.as_text(value)) {
                fields.iter().for_each(|field| check_code(&list, field, &text));
            }
        }
    }
}

/// Checks that every code list is used by one of these expressions.
pub(super) fn check_used(sheet: &Sheet<'_>, expressions: &[&Expression]) {
    for (name, _) in sheet.entries() {
        if !expressions.iter().any(|expression| uses_list(expression, name.value)) {
            unused(sheet, &name);
        }
    }
}

fn uses_list(expression: &Expression, list: &str) -> bool {
    let uses = expression.filters();
    uses.iter().any(|filter| filter.name == "code" && filter.argument.as_deref() == Some(list))
}

/// Where something else is wrong, a list may only seem unused.
fn unused(sheet: &Sheet<'_>, name: &Text<'_>) {
    if !sheet.findings.has_errors() {
        let message = Message::new("adapter-unused-list").with("list", name.value);
        let mend = Message::new("adapter-unused-list-mend").with("list", name.value);
        sheet.findings.warn(name.span.clone(), message, mend);
    }
}

fn check_code(list: &Sheet<'_>, field: &str, text: &Text<'_>) {
    let offered: Vec<(&str, &str)> = match field {
        "status" => Status::ALL.iter().map(|code| (code.word(), code.title())).collect(),
        "result" => CaseResult::ALL.iter().map(|code| (code.word(), code.title())).collect(),
        "channel" => Channel::ALL.iter().map(|code| (code.word(), code.title())).collect(),
        "project_type" => ProjectType::ALL.iter().map(|code| (code.word(), code.title())).collect(),
        "region_code" => return check_region(list, text),
        "deficient_accept" | "commitment" | "cross_region" | "off_hours" => {
            if bool::from_str(text.value).is_ok() {
                return;
            }
            vec![("true", "是"), ("false", "否")]
        }
        _ => return,
    };
    if offered.iter().any(|(word, _)| *word == text.value) {
        return;
    }
    // An admin may well write the Chinese name: that is no guess, it is the same list.
    let titled = offered.iter().find(|(_, title)| *title == text.value).map(|(word, _)| *word);
    let mend = match titled.or_else(|| nearest(text.value, offered.iter().map(|(word, _)| *word))) {
        Some(meant) => Message::new("adapter-did-you-mean").with("meant", meant),
        None => {
            let words: Vec<_> = offered.iter().map(|(word, title)| format!("{word} ({title})")).collect();
            Message::new("adapter-known-are").with("known", words.join(", "))
        }
    };
    let message = Message::new("adapter-code").with("word", text.value).with("field", field);
    list.findings.error(text.span.clone(), message, mend);
}

fn check_region(list: &Sheet<'_>, text: &Text<'_>) {
    if !(matches!(text.value.len(), 9 | 12) && text.value.bytes().all(|byte| byte.is_ascii_digit())) {
        let message = Message::new("adapter-region").with("code", text.value);
        list.findings.error(text.span.clone(), message, Message::new("adapter-region-mend"));
    }
}
