//! `bots/BOT.toml`.

use std::collections::BTreeMap;

use super::{Known, case, changes, collect, enter, login, saved};
use crate::{
    adapter::{Bot, CodeLists, EventFields, Expression, System, Work, nearest::suggestion, sheet::Sheet},
    base::Message,
};

/// Reads a bot; `None` where too little of it is right to be one.
pub(in crate::adapter) fn read(name: &str, sheet: Sheet<'_>, known: &Known<'_>) -> Option<Bot> {
    let title = sheet.required_text("title").map_or_else(String::new, |title| title.value.to_owned());
    let system_name = sheet.required_text("system");
    let found = system_name.as_ref().and_then(|text| {
        let found = known.systems.get(text.value);
        if found.is_none() {
            let message = Message::new("adapter-unknown-system").with("system", text.value);
            let mend = suggestion(text.value, known.systems.keys().map(String::as_str));
            sheet.findings.error(text.span.clone(), message, mend);
        }
        found
    });
    // Without its system nothing can be said about pages and fields.
    let system: Option<&System> = found.and_then(Option::as_ref);
    let account = sheet.text("account").map(|account| account.value.to_owned());
    let (sign_in, login) = sheet.table("login").map_or_else(Default::default, |login| login::read(login, system));
    if account.is_none() && login::needs_account(sign_in, &login) {
        let mend = Message::new("adapter-account-mend").with("bot", name);
        sheet.findings.error(sheet.key_span("login"), Message::new("adapter-account"), mend);
    }
    let codes = sheet.table("codes");
    let lists = codes.as_ref().map_or_else(CodeLists::default, case::read_codes);
    let work = if sheet.get("enter").is_some() {
        for key in ["collect", "case", "event"].into_iter().filter(|key| sheet.get(key).is_some()) {
            let message = Message::new("adapter-both").with("key", key);
            sheet.findings.error(sheet.key_span(key), message, Message::new("adapter-both-mend"));
        }
        let enter = sheet.table("enter").and_then(|enter| enter::read(enter, system, &lists));
        if let (Some(codes), Some(enter)) = (&codes, &enter) {
            case::check_used(codes, &enter.expressions());
        }
        enter.map(|enter| (Work::Enter(Box::new(enter)), BTreeMap::new(), None))
    } else {
        read_collect(&sheet, system, &lists, codes.as_ref())
    };
    let tests = saved::read(sheet.tables("test"), system, known.root);
    sheet.finish();
    let (work, case, event) = work?;
    Some(Bot {
        name: name.to_owned(),
        title,
        system: system_name?.value.to_owned(),
        account,
        sign_in,
        login,
        work,
        case,
        event,
        codes: lists,
        tests,
        version: String::new(),
    })
}

/// What a bot reads, and how that becomes a case with its process.
type Collected = (Work, BTreeMap<String, Expression>, Option<EventFields>);

fn read_collect(
    sheet: &Sheet<'_>,
    system: Option<&System>,
    lists: &CodeLists,
    codes: Option<&Sheet<'_>>,
) -> Option<Collected> {
    let part = |key| Message::new("adapter-missing-table-mend").with("key", key);
    sheet.require("collect", part("collect"));
    let mut collect = sheet.table("collect").and_then(|collect| collect::read(collect, system));
    let rows = collect::Rows::of(collect.as_ref(), system);
    sheet.require("case", part("case"));
    let case = sheet.table("case").map_or_else(BTreeMap::new, |case| case::read(&case, &rows, lists));
    let events = collect.as_ref().is_some_and(|collect| collect.events.is_some());
    if events {
        sheet.require("event", part("event"));
    }
    let event = sheet.table("event").and_then(|event| case::read_event(event, &rows, lists));
    if let Some(codes) = codes {
        case::check_codes(codes, &case);
    }
    if let Some(collect) = &mut collect {
        collect.shown = changes::shown(&case, event.as_ref());
        changes::check(sheet, collect, &case, system);
    }
    Some((Work::Collect(Box::new(collect?)), case, event))
}
