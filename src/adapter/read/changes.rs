//! Whether a list lets changes be seen at all.

use std::{collections::BTreeMap, sync::LazyLock};

use regex::Regex;

use crate::{
    adapter::{Candidates, Collect, EventFields, Expression, System, sheet::Sheet},
    base::Message,
};

/// Fields of a case that say the same for all its life: a list that shows nothing else shows no change.
const LASTING: &[&str] = &[
    "source_no",
    "project_no",
    "task_code",
    "catalog_code",
    "task_name",
    "task_type",
    "project_type",
    "applicant_name",
    "applicant_type",
    "applicant_id_type",
    "applicant_id",
    "contact_name",
    "contact_phone",
    "channel",
    "apply_date",
    "accept_date",
    "promise_date",
    "legal_limit",
    "promise_limit",
    "org_code",
    "org_name",
    "region_code",
    "site",
];

/// Words in a header, a label, a name or a path that speak of where a case stands, or of when it was touched last.
static TELLING: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"(?i)状态|环节|进度|进展|阶段|步骤|节点|结果|办结|更新|修改|变更|变动|最新|最后|时间|日期|时刻|版本|stat(e|us)|stage|step|phase|progress|result|updat|modif|chang|edited|touch|latest|last|version|time|date",
    )
});

/// Words that say that a time is one of those that never change.
static LASTING_TIME: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"(?i)申请|受理|登记|收件|接收|创建|提交|承诺|生日|出生|appl|accept|creat|receiv|submit|promis|birth|due|deadline",
    )
});

fn constant(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is constant")
}

/// The fields of the list that a case and its process are made of; `*` where an expression takes the row as a whole.
pub(super) fn shown(case: &BTreeMap<String, Expression>, event: Option<&EventFields>) -> Vec<String> {
    let of_event = event.into_iter().flat_map(|event| {
        [Some(&event.name), Some(&event.time), event.actor.as_ref(), event.note.as_ref()].into_iter().flatten()
    });
    let names = case.values().chain(of_event).flat_map(Expression::names);
    let mut fields: Vec<String> = names
        .filter_map(|name| match name.split_once('.') {
            Some(("list", field)) => Some(field.split('.').next().unwrap_or(field).to_owned()),
            None if name == "list" => Some("*".to_owned()),
            _ => None,
        })
        .collect();
    fields.sort();
    fields.dedup();
    fields
}

/// Warns of a bot that opens details, and whose list says neither where a case stands nor when it was touched last.
pub(super) fn check(
    sheet: &Sheet<'_>,
    collect: &Collect,
    case: &BTreeMap<String, Expression>,
    system: Option<&System>,
) {
    let Some(list) = system.and_then(|system| system.pages.get(&collect.list)) else { return };
    if !list.is_list() || collect.about().next().is_none() || collect.always || collect.reread_percent > 0.0 {
        return;
    }
    let named = collect.changed.iter().flat_map(Expression::names);
    let named = named.filter_map(|name| Some(name.strip_prefix("list.")?.to_owned()));
    let fields: Vec<String> = if collect.changed.is_empty() {
        list.at.keys().cloned().collect()
    } else {
        named.chain(collect.shown.iter().cloned()).collect()
    };
    if fields.iter().any(|field| tells(field, list.at.get(field), case)) {
        return;
    }
    let span = if sheet.get("collect").is_some() { sheet.key_span("collect") } else { sheet.span.clone() };
    let message = Message::new("adapter-unseen").with("page", &list.name);
    sheet.findings.warn(span, message, Message::new("adapter-unseen-mend"));
}

/// Whether a field of the list can tell that its case has changed.
fn tells(field: &str, locator: Option<&Candidates>, case: &BTreeMap<String, Expression>) -> bool {
    let name = format!("list.{field}");
    let mut mapped =
        case.iter().filter(|(_, expression)| expression.names().contains(&name)).map(|(of, _)| of).peekable();
    if field == "*" || mapped.peek().is_some() && !mapped.clone().all(|of| LASTING.contains(&of.as_str())) {
        return true;
    }
    let lasting = mapped.peek().is_some();
    let written = locator.iter().flat_map(|candidates| &candidates.0).map(|locator| locator.written.as_str());
    !lasting
        && std::iter::once(field).chain(written).any(|words| TELLING.is_match(words) && !LASTING_TIME.is_match(words))
}
