//! How a page is reached and how it goes on: what is pressed, filled in, scrolled, counted or asked by date.

use chrono::NaiveDate;

use super::{locators, page::is_paged};
use crate::{
    adapter::{
        Candidates, FilePart, Find, FolderParts, Paging, Spans, Via, Way,
        nearest::suggestion,
        sheet::{Sheet, Text},
    },
    base::Message,
};

/// Days of one window: beyond a year it is no window.
const DAYS_MOST: u64 = 366;
/// Rows that a window may be said to show at most.
const ROWS_MOST: u64 = 1_000_000;

/// Reads `press`, `window`, `close`, `filter` and `apply`.
pub(super) fn way(sheet: &Sheet<'_>) -> Way {
    let filter = sheet.table("filter").map_or_else(Vec::new, |filter| {
        let one = |(name, value): (Text<'_>, _)| {
            let candidates = locators::candidates(filter.findings, std::slice::from_ref(&name));
            in_html(&filter, &name, &candidates);
            Some((candidates, filter.as_text(value)?.value.to_owned()))
        };
        filter.entries().into_iter().filter_map(one).collect()
    });
    let way = Way {
        press: thing(sheet, "press"),
        window: sheet.flag("window"),
        download: sheet.flag("download"),
        close: thing(sheet, "close"),
        filter,
        apply: thing(sheet, "apply"),
    };
    for (key, there) in [("window", way.window), ("download", way.download), ("close", way.close.is_some())] {
        if there && way.press.is_none() {
            let mend = Message::new("adapter-press-mend");
            sheet.findings.error(sheet.key_span(key), Message::new("adapter-press").with("key", key), mend);
        }
    }
    way
}

/// Reads `next`, `more`, `scroll`, `cursor` and `spans`; a list goes on in one way.
pub(super) fn paging(sheet: &Sheet<'_>, kinds: &mut locators::Kinds) -> Paging {
    let paging = Paging {
        next: thing(sheet, "next"),
        more: thing(sheet, "more"),
        scroll: sheet.flag("scroll"),
        cursor: sheet.get("cursor").map(|placed| kinds.read(sheet.findings, &sheet.as_texts(placed))),
        spans: sheet.table("spans").and_then(spans),
    };
    let ways = [
        ("next", paging.next.is_some()),
        ("more", paging.more.is_some()),
        ("scroll", paging.scroll),
        ("cursor", paging.cursor.is_some()),
    ];
    for (key, _) in ways.into_iter().filter(|(_, there)| *there).skip(1) {
        let message = Message::new("adapter-paging").with("key", key);
        sheet.findings.error(sheet.key_span(key), message, Message::new("adapter-paging-mend"));
    }
    paging
}

/// What the address (or the posted body) says must fit the way in which the list goes on.
pub(super) fn check(sheet: &Sheet<'_>, page: &crate::adapter::Page) {
    let Paging { cursor, spans, .. } = &page.paging;
    let missing = |key, names: &str| {
        let message = Message::new("adapter-paging-name").with("key", key).with("names", names);
        let mend = Message::new("adapter-paging-name-mend").with("names", names);
        sheet.findings.error(sheet.key_span(key), message, mend);
    };
    if cursor.is_some() && !page.uses("cursor") {
        missing("cursor", "{cursor}");
    }
    if spans.is_some() && !(page.uses("from") && page.uses("to")) {
        missing("spans", "{from}, {to}");
    }
    for (name, key, there) in
        [("cursor", "cursor", cursor.is_some()), ("from", "spans", spans.is_some()), ("to", "spans", spans.is_some())]
    {
        if page.uses(name) && !there {
            let message = Message::new("adapter-paging-key").with("name", name).with("key", key);
            sheet.findings.error(
                sheet.key_span("path"),
                message,
                Message::new("adapter-paging-key-mend").with("key", key),
            );
        }
    }
    let by_hand = page.paging.next.is_some() || page.paging.more.is_some() || page.paging.scroll;
    if by_hand && is_paged(page) {
        let message = Message::new("adapter-paging").with("key", "{page}");
        sheet.findings.error(sheet.key_span("path"), message, Message::new("adapter-paging-mend"));
    }
}

/// Reads `sheet`, `member` and `parts`, which is about the files of a folder.
pub(super) fn file_part(sheet: &Sheet<'_>, via: Via) -> FilePart {
    let text = |key| sheet.text(key).map(|text| text.value.to_owned());
    let parts = sheet.text("parts").map_or(FolderParts::Newest, |parts| {
        let word = match parts.value {
            "newest" => Some(FolderParts::Newest),
            "day" => Some(FolderParts::Day),
            "all" => Some(FolderParts::All),
            _ => None,
        };
        if word.is_none() {
            let message = Message::new("adapter-word").with("word", parts.value);
            sheet.findings.error(parts.span, message, suggestion(parts.value, ["newest", "day", "all"]));
        } else if via != Via::Folder {
            sheet.findings.error(parts.span, Message::new("adapter-parts"), Message::new("adapter-parts-mend"));
        }
        word.unwrap_or_default()
    });
    FilePart { sheet: text("sheet"), member: text("member"), parts }
}

/// Something on an HTML page.
pub(super) fn thing(sheet: &Sheet<'_>, key: &'static str) -> Option<Candidates> {
    let texts = sheet.get(key).map(|placed| sheet.as_texts(placed))?;
    let candidates = locators::candidates(sheet.findings, &texts);
    if let Some(text) = texts.first() {
        in_html(sheet, text, &candidates);
    }
    Some(candidates)
}

fn in_html(sheet: &Sheet<'_>, text: &Text<'_>, candidates: &Candidates) {
    if candidates.0.iter().any(|locator| matches!(locator.find, Find::Json(_))) {
        let mend = Message::new("adapter-json-thing-mend");
        sheet.findings.error(text.span.clone(), Message::new("adapter-json-thing"), mend);
    }
}

fn spans(sheet: Sheet<'_>) -> Option<Spans> {
    sheet.require("days", Message::new("adapter-write").with("meant", "days = 31"));
    let days = sheet.number("days", 1..=DAYS_MOST).and_then(|days| u32::try_from(days).ok());
    let since = sheet.required_text("since").and_then(|text| {
        let day = NaiveDate::parse_from_str(text.value, "%Y-%m-%d").ok();
        if day.is_none() {
            let message = Message::new("adapter-day").with("written", text.value);
            sheet.findings.error(
                text.span,
                message,
                Message::new("adapter-write").with("meant", "since = \"2025-01-01\""),
            );
        }
        day
    });
    let most = sheet.number("most", 1..=ROWS_MOST);
    sheet.finish();
    Some(Spans { days: days?, since: since?, most })
}
