//! `bots/BOT.toml`.

use std::collections::BTreeMap;

use super::{Known, case, collect, login, saved};
use crate::{
    adapter::{Bot, CodeLists, System, nearest::suggestion, sheet::Sheet},
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
    let part = |key| Message::new("adapter-missing-table-mend").with("key", key);
    sheet.require("collect", part("collect"));
    let collect = sheet.table("collect").and_then(|collect| collect::read(collect, system));
    let rows = collect::Rows::of(collect.as_ref(), system);
    sheet.require("case", part("case"));
    let case = sheet.table("case").map_or_else(BTreeMap::new, |case| case::read(&case, &rows, &lists));
    let events = collect.as_ref().is_some_and(|collect| collect.events.is_some());
    if events {
        sheet.require("event", part("event"));
    }
    let event = sheet.table("event").and_then(|event| case::read_event(event, &rows, &lists));
    if let Some(codes) = &codes {
        case::check_codes(codes, &case);
    }
    let tests = saved::read(sheet.tables("test"), system, known.root);
    sheet.finish();
    Some(Bot {
        name: name.to_owned(),
        title,
        system: system_name?.value.to_owned(),
        account,
        sign_in,
        login,
        collect: collect?,
        case,
        event,
        codes: lists,
        tests,
        version: String::new(),
    })
}
