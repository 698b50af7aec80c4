//! `selectors/SYSTEM.toml`.

use std::collections::BTreeMap;

use url::Url;

use super::{
    expressions::Names,
    locators::candidates,
    page,
    schedule::{ZONE, hours, time_span, windows},
};
use crate::{
    adapter::{
        AccountRules, Candidates, Limits, Sessions, Signs, System, Template,
        nearest::suggestion,
        sheet::{Sheet, Text},
    },
    base::Message,
    calendar::Hours,
};

/// Requests in flight that any system may be asked to bear: beyond it a bot looks like an attack.
const CONCURRENCY_MOST: u64 = 64;
/// Requests per second that any system may be asked to bear, for the same reason.
const REQUESTS_PER_SECOND_MOST: u64 = 1000;
/// Pages that any browser may be trusted with.
const BROWSER_PAGES_MOST: u64 = 100_000;
/// Failed logins that may be risked: systems freeze accounts after three to five.
const FAILED_LOGINS_MOST: u64 = 5;

/// Reads a system. What has a mistake in it is left out or stands with its default, so that its name is known.
pub(in crate::adapter) fn read(name: &str, sheet: Sheet<'_>) -> System {
    let text = |key| sheet.required_text(key).map_or_else(String::new, |text| text.value.to_owned());
    let (limits, quiet) = sheet.table("limits").map_or_else(Default::default, limits);
    let system = System {
        name: name.to_owned(),
        title: text("title"),
        owner: text("owner"),
        zone: sheet.text("zone").map(|zone| zone.value.to_owned()),
        base: sheet.required_text("base").and_then(|text| base(&sheet, &text)).unwrap_or_else(nowhere),
        charset: sheet.text("charset").and_then(|text| charset(&sheet, &text)),
        query_charset: sheet.text("query_charset").and_then(|text| charset(&sheet, &text)),
        limits,
        quiet,
        maintenance: windows(&sheet, ZONE),
        account: sheet.table("account").map_or_else(AccountRules::default, account),
        signs: sheet.table("signs").map_or_else(Signs::default, signs),
        lend: sheet.table("lend").map_or_else(BTreeMap::new, |sheet| lend(&sheet)),
        pages: sheet.table("page").map_or_else(BTreeMap::new, |sheet| page::read_all(&sheet)),
        version: String::new(),
    };
    sheet.finish();
    system
}

/// Stands in for an address that is none; a system with it is never used.
fn nowhere() -> Url {
    Url::parse("http://nowhere.invalid/").expect("a constant address")
}

fn base(sheet: &Sheet<'_>, text: &Text<'_>) -> Option<Url> {
    let refuse = |id, mend| sheet.findings.error(text.span.clone(), Message::new(id), mend);
    let url = Url::parse(text.value).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(url) = url else {
        refuse("adapter-base", Message::new("adapter-base-mend"));
        return None;
    };
    if !url.username().is_empty() || url.password().is_some() {
        refuse("adapter-base-secret", Message::new("adapter-base-secret-mend"));
    } else if url.query().is_some() || url.fragment().is_some() || !url.path().ends_with('/') {
        let mut meant = url.clone();
        meant.set_query(None);
        meant.set_fragment(None);
        let folder = meant.path().rsplit_once('/').map_or("/", |(folder, _)| folder).to_owned();
        let last = meant.path().trim_start_matches(folder.as_str()).to_owned();
        let folder = if last.contains('.') { format!("{folder}/") } else { format!("{}/", meant.path()) };
        meant.set_path(&folder.replace("//", "/"));
        refuse("adapter-base-slash", Message::new("adapter-write").with("meant", format!("base = \"{meant}\"")));
    }
    Some(url)
}

pub(super) fn charset(sheet: &Sheet<'_>, text: &Text<'_>) -> Option<String> {
    if encoding_rs::Encoding::for_label(text.value.as_bytes()).is_some() {
        return Some(text.value.to_owned());
    }
    let usual = ["utf-8", "gb18030", "gbk", "gb2312", "big5"];
    let message = Message::new("adapter-charset").with("charset", text.value);
    sheet.findings.error(text.span.clone(), message, suggestion(text.value, usual));
    None
}

/// How much it may be asked to do, and its quiet hours.
fn limits(sheet: Sheet<'_>) -> (Limits, Option<Hours>) {
    let usual = Limits::default();
    let concurrency = sheet.number("concurrency", 1..=CONCURRENCY_MOST).and_then(|most| usize::try_from(most).ok());
    let rate = sheet.number("requests_per_second", 1..=REQUESTS_PER_SECOND_MOST);
    let pages = sheet.number("browser_pages", 1..=BROWSER_PAGES_MOST).and_then(|pages| u32::try_from(pages).ok());
    let answer = sheet.text("answer").and_then(|text| time_span(&sheet, &text));
    let quiet = hours(&sheet, "quiet");
    sheet.finish();
    let limits = Limits {
        concurrency: concurrency.unwrap_or(usual.concurrency),
        requests_per_second: rate.and_then(|rate| u32::try_from(rate).ok()).unwrap_or(usual.requests_per_second),
        browser_pages: pages.unwrap_or(usual.browser_pages),
        answer: answer.unwrap_or(usual.answer),
    };
    (limits, quiet)
}

fn account(sheet: Sheet<'_>) -> AccountRules {
    let usual = AccountRules::default();
    let sessions = sheet.text("sessions").and_then(|text| match text.value {
        "one" => Some(Sessions::One),
        "many" => Some(Sessions::Many),
        other => {
            let message = Message::new("adapter-word").with("word", other);
            sheet.findings.error(text.span, message, suggestion(other, ["one", "many"]));
            None
        }
    });
    let failed_logins = sheet.number("failed_logins", 1..=FAILED_LOGINS_MOST);
    let back_off = sheet.text("back_off").and_then(|text| time_span(&sheet, &text));
    sheet.finish();
    AccountRules {
        sessions: sessions.unwrap_or(usual.sessions),
        failed_logins: failed_logins.and_then(|most| u32::try_from(most).ok()).unwrap_or(usual.failed_logins),
        back_off: back_off.unwrap_or(usual.back_off),
    }
}

fn signs(sheet: Sheet<'_>) -> Signs {
    let sign = |key| -> Option<Candidates> {
        sheet.get(key).map(|placed| candidates(sheet.findings, &sheet.as_texts(placed)))
    };
    let signs = Signs {
        signed_in: sign("signed_in"),
        signed_out: sign("signed_out"),
        kicked: sign("kicked"),
        busy: sign("busy"),
    };
    sheet.finish();
    signs
}

/// Headers in which a session travels: a literal in one of them is a secret in a file.
const SESSION_HEADERS: &[&str] = &["authorization", "cookie", "token"];

fn lend(sheet: &Sheet<'_>) -> BTreeMap<String, Template> {
    let mut lent = BTreeMap::new();
    for (header, value) in sheet.entries() {
        if !header.value.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) {
            let message = Message::new("adapter-header").with("header", header.value);
            sheet.findings.error(header.span.clone(), message, Message::new("adapter-header-mend"));
        }
        let Some(text) = sheet.as_text(value) else { continue };
        let Some(template) = Names::storage().template(sheet.findings, &text) else { continue };
        let session = SESSION_HEADERS.iter().any(|word| header.value.to_lowercase().contains(word));
        if session && template.expressions().next().is_none() {
            let message = Message::new("adapter-lend-secret").with("header", header.value);
            sheet.findings.error(text.span.clone(), message, Message::new("adapter-lend-secret-mend"));
        }
        lent.insert(header.value.to_owned(), template);
    }
    lent
}
