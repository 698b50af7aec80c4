//! What was read to a case, or the reasons why it can't be one.

use super::{
    Row,
    field::{PERSONAL, code, repeatable, set},
};
use crate::{
    adapter::{Bot, Expression, Scope},
    record::{Case, CaseFields, CaseResult, Provenance, Status},
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

/// Maps a list's row and, where the bot reads one, its detail to a case by the expressions of the bot's `[case]`.
///
/// `data_version` is 0: the caller numbers versions. `project_no` is `SYSTEM-SOURCE_NO` where the bot has none.
///
/// # Errors
/// The row's `source_no`, where it could be worked out, and every fault: a word without a code, a text that does not fit its
/// field, a required field without a value, an impossible case.
pub fn map_case(
    bot: &Bot,
    list: &Row,
    detail: Option<&Row>,
    provenance: &Provenance,
) -> Result<Case, (Option<String>, Vec<Fault>)> {
    let nothing = Row::new();
    let scope = Scope::new().row("list", list).row("detail", detail.unwrap_or(&nothing)).codes(&bot.codes);
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
    let Mapping { source_no, project_no, status, result, fields, faults } = mapping;
    let (Some(source_no), Some(status), true) = (source_no.clone(), status, faults.is_empty()) else {
        return Err((source_no, faults));
    };
    let project_no = project_no.unwrap_or_else(|| format!("{}-{source_no}", bot.system));
    let provenance = provenance.clone();
    let case =
        Case { system: bot.system.clone(), source_no, project_no, data_version: 0, status, result, fields, provenance };
    let impossible: Vec<Fault> = case.impossibilities().into_iter().map(impossibility).collect();
    if impossible.is_empty() { Ok(case) } else { Err((Some(case.source_no), impossible)) }
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
