//! What was read to a case, or the reasons why it can't be one.

use super::{
    Row,
    field::{PERSONAL, code, instant, repeatable, set},
};
use crate::{
    adapter::{Bot, Expression, Scope},
    record::{Case, CaseEvent, CaseFields, CaseResult, Provenance, Status},
};

/// Why a row can't become a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The unified field that failed.
    pub field: String,
    /// Why, in words that say what to mend, without personal data.
    pub reason: String,
}

impl Fault {
    fn new(field: &str, reason: impl Into<String>) -> Self {
        Self { field: field.to_owned(), reason: reason.into() }
    }
}

/// Everything that was read of one record.
#[derive(Clone, Copy, Debug)]
pub struct Reads<'a> {
    /// The list's row.
    pub list: &'a Row,
    /// The pages about the record, by the name under which expressions speak of them (`detail`, or the page's own).
    pub pages: &'a [(String, Row)],
    /// The rows of its process, in the page's order.
    pub events: &'a [Row],
}

/// Maps what was read to a case by the expressions of the bot's `[case]`, and its process by those of `[event]`.
///
/// `data_version` is 0: the caller numbers versions. `project_no` is `SYSTEM-SOURCE_NO` where the bot has none.
///
/// # Errors
/// The row's `source_no`, where it could be worked out, and every fault: a word without a code, a text that does not fit its
/// field, a required field without a value, an impossible case.
pub fn map_case(bot: &Bot, reads: Reads<'_>, provenance: &Provenance) -> Result<Case, (Option<String>, Vec<Fault>)> {
    let nothing = Row::new();
    // A bot without detail page may still have expressions that ask for one: they find nothing.
    let scope = Scope::new().row("list", reads.list).row("detail", &nothing).codes(&bot.codes);
    let scope = reads.pages.iter().fold(scope, |scope, (name, row)| scope.row(name, row));
    let mut mapping = Mapping::default();
    for (field, expression) in &bot.case {
        mapping.take(field, expression, &scope);
    }
    let required = [("source_no", mapping.source_no.is_some()), ("status", mapping.status.is_some())];
    for (field, there) in required {
        if !there && mapping.faults.iter().all(|fault| fault.field != field) {
            mapping.faults.push(Fault::new(field, "every case needs one, and the page shows none"));
        }
    }
    let events = events(bot, reads).unwrap_or_else(|fault| {
        mapping.faults.push(fault);
        Vec::new()
    });
    let Mapping { source_no, project_no, status, result, fields, faults } = mapping;
    let (Some(source_no), Some(status), true) = (source_no.clone(), status, faults.is_empty()) else {
        return Err((source_no, faults));
    };
    let project_no = project_no.unwrap_or_else(|| format!("{}-{source_no}", bot.system));
    let provenance = provenance.clone();
    let system = bot.system.clone();
    let attachments = Vec::new();
    let case = Case {
        system,
        source_no,
        project_no,
        data_version: 0,
        status,
        result,
        fields,
        events,
        attachments,
        provenance,
    };
    let impossible: Vec<Fault> = case.impossibilities().into_iter().map(impossibility).collect();
    if impossible.is_empty() { Ok(case) } else { Err((Some(case.source_no), impossible)) }
}

/// The rows of the process as events, numbered as the page shows them.
fn events(bot: &Bot, reads: Reads<'_>) -> Result<Vec<CaseEvent>, Fault> {
    let Some(fields) = &bot.event else { return Ok(Vec::new()) };
    let mut events = Vec::with_capacity(reads.events.len());
    for (row, sequence) in reads.events.iter().zip(1..) {
        let scope = Scope::new().row("event", row).row("list", reads.list).codes(&bot.codes);
        let read = |expression: &Expression| {
            let wrong =
                |reason: String| Fault::new("events", format!("step {sequence}: {}", repeatable_reason(&reason)));
            expression.evaluate(&scope).map_err(wrong)
        };
        let needed = |expression: &Expression| {
            let none = || Fault::new("events", format!("step {sequence} has no `{}`", expression.written()));
            read(expression)?.ok_or_else(none)
        };
        let time = instant("time", &needed(&fields.time)?).map_err(|reason| Fault::new("events", reason))?;
        let optional = |expression: &Option<Expression>| expression.as_ref().map_or(Ok(None), read);
        let (actor, note) = (optional(&fields.actor)?, optional(&fields.note)?);
        events.push(CaseEvent { sequence, name: needed(&fields.name)?, time, actor, note });
    }
    Ok(events)
}

/// A case in the making.
#[derive(Default)]
struct Mapping {
    source_no: Option<String>,
    project_no: Option<String>,
    status: Option<Status>,
    result: Option<CaseResult>,
    fields: CaseFields,
    faults: Vec<Fault>,
}

impl Mapping {
    fn take(&mut self, field: &str, expression: &Expression, scope: &Scope<'_>) {
        let taken = match expression.evaluate(scope) {
            Ok(None) => Ok(()),
            Ok(Some(text)) => self.put(field, text.trim()),
            Err(reason) => Err(reason_for(field, expression, &reason)),
        };
        self.faults.extend(taken.err().map(|reason| Fault::new(field, reason)));
    }

    fn put(&mut self, field: &str, text: &str) -> Result<(), String> {
        match field {
            "source_no" => self.source_no = Some(text.to_owned()),
            "project_no" => self.project_no = Some(text.to_owned()),
            "status" => self.status = Some(code(text)?),
            "result" => self.result = Some(code(text)?),
            _ => set(&mut self.fields, field, text)?,
        }
        Ok(())
    }
}

/// An expression's error repeats what the page says, which is nobody's business in a field about a person.
fn reason_for(field: &str, expression: &Expression, reason: &str) -> String {
    if PERSONAL.contains(&field) {
        format!("`{}` can't be worked out for what the page says", expression.written())
    } else {
        repeatable_reason(reason)
    }
}

/// Keeps the end of a reason, which says what to mend, whatever the length of the word before it.
fn repeatable_reason(reason: &str) -> String {
    match reason.strip_prefix('`').and_then(|rest| rest.rsplit_once('`')) {
        Some((word, rest)) => format!("`{}`{rest}", repeatable(word)),
        None => reason.to_owned(),
    }
}

/// Puts an impossibility to the field that it is about.
fn impossibility(reason: String) -> Fault {
    let first = reason.split(' ').next().unwrap_or_default();
    let about = CaseFields::NAMES.iter().copied().chain(["status"]).find(|name| *name == first);
    Fault::new(about.unwrap_or("result"), reason)
}
