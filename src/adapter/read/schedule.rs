//! `schedules/FILE.toml`.

mod seen;
mod times;

use std::collections::BTreeSet;

use super::{Known, cron};
use crate::{
    adapter::{
        Cron, Missed, Overlap, Retry, Schedule,
        nearest::{nearest, suggestion},
        sheet::{Sheet, Text},
    },
    base::Message,
};

pub(in crate::adapter) use seen::Seen;
pub(super) use times::{hours, time_span, windows};

/// The district's zone, where a schedule names none; systems' quiet hours and maintenance are in it.
pub(super) const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;
/// Tries after the first that can be meant: what fails more often needs a person.
const TIMES_MOST: u64 = 20;
/// How far up and down priorities go.
const PRIORITY_MOST: i64 = 100;

/// Reads every `[[schedule]]` of a file; those with a mistake in what decides when they run are left out.
pub(in crate::adapter) fn read(file: &str, sheet: Sheet<'_>, known: &Known<'_>) -> Vec<Schedule> {
    sheet.require("schedule", Message::new("adapter-missing-table-mend").with("key", "[schedule]"));
    let tables = sheet.tables("schedule");
    sheet.finish();
    let read = |(index, sheet)| read_one(format!("{file}#{}", index + 1), sheet, known);
    tables.into_iter().enumerate().filter_map(read).collect()
}

fn read_one(place: String, sheet: Sheet<'_>, known: &Known<'_>) -> Option<Schedule> {
    let name = name(&sheet, place, known);
    sheet.require("bots", Message::new("adapter-missing-mend").with("line", "bots = [\"…\"]"));
    let bots = known_bots(&sheet, "bots", known.bots);
    if sheet.get("after").is_none() {
        sheet.require("cron", Message::new("adapter-schedule-when-mend"));
    }
    let written = sheet.text("cron");
    let cron = written
        .as_ref()
        .map(|text| cron::read(sheet.findings, text).map(|schedule| Cron { schedule, written: text.value.to_owned() }));
    let after = known_bots(&sheet, "after", known.bots);
    circles(&sheet, &after, &bots, known);
    let zone = sheet.text("zone").and_then(|text| zone(&sheet, &text)).unwrap_or(ZONE);
    let workdays = word(&sheet, "calendar", &[("workdays", true)]);
    let hours = hours(&sheet, "hours");
    let maintenance = windows(&sheet, zone);
    let overlaps = [("skip", Overlap::Skip), ("queue", Overlap::Queue), ("replace", Overlap::Replace)];
    let overlap = word(&sheet, "overlap", &overlaps);
    let missed = word(&sheet, "missed", &[("none", Missed::None), ("once", Missed::Once), ("all", Missed::All)]);
    let span = |key| sheet.text(key).and_then(|text| time_span(&sheet, &text));
    let (jitter, timeout) = (span("jitter"), span("timeout"));
    let retry = sheet.table("retry").map(retry);
    let priority = sheet.integer("priority", -PRIORITY_MOST..=PRIORITY_MOST);
    sheet.finish();
    let names = |texts: Vec<Text<'_>>| texts.into_iter().map(|text| text.value.to_owned()).collect::<Vec<_>>();
    let (bots, after) = (names(bots), names(after));
    let cron = match cron {
        Some(cron) => Some(cron?),
        None if after.is_empty() => return None,
        None => None,
    };
    let usual = Schedule::new(name);
    Some(Schedule {
        bots,
        cron,
        after,
        zone,
        workdays: workdays.unwrap_or_default(),
        hours,
        maintenance,
        overlap: overlap.unwrap_or_default(),
        missed: missed.unwrap_or_default(),
        jitter: jitter.unwrap_or_default(),
        timeout: timeout.unwrap_or(usual.timeout),
        retry: retry.unwrap_or_default(),
        priority: priority.unwrap_or_default(),
        ..usual
    })
}

/// What the schedule is called: what it says itself, else its place.
fn name(sheet: &Sheet<'_>, place: String, known: &Known<'_>) -> String {
    let Some(text) = sheet.text("name") else { return place };
    let name = text.value.trim();
    if name.contains(['#', '/']) || name.chars().any(char::is_control) {
        let message = Message::new("adapter-schedule-name").with("name", name);
        sheet.findings.error(text.span.clone(), message, Message::new("adapter-schedule-name-mend"));
    } else if let Some(other) = known.schedules.borrow_mut().named(name, &place) {
        let message = Message::new("adapter-schedule-twice").with("name", name).with("other", other);
        sheet.findings.error(text.span.clone(), message, Message::new("adapter-schedule-twice-mend"));
    }
    name.to_owned()
}

/// The bots under `key`, each once.
fn known_bots<'a>(sheet: &Sheet<'a>, key: &'static str, known: &BTreeSet<String>) -> Vec<Text<'a>> {
    let mut bots: Vec<Text<'a>> = Vec::new();
    for bot in sheet.texts(key) {
        if !known.contains(bot.value) {
            let message = Message::new("adapter-unknown-bot").with("bot", bot.value);
            sheet.findings.error(bot.span.clone(), message, suggestion(bot.value, known.iter().map(String::as_str)));
        } else if bots.iter().any(|other| other.value == bot.value) {
            let message = Message::new("adapter-bot-twice").with("bot", bot.value);
            sheet.findings.error(bot.span.clone(), message, Message::new("adapter-bot-twice-mend"));
        } else {
            bots.push(bot);
        }
    }
    bots
}

/// Notes where bots that follow each other come back to where they began.
fn circles(sheet: &Sheet<'_>, after: &[Text<'_>], bots: &[Text<'_>], known: &Known<'_>) {
    let mut seen = known.schedules.borrow_mut();
    for first in after {
        let circle = bots.iter().find_map(|then| seen.follow(first.value, then.value));
        if let Some(circle) = circle {
            let message = Message::new("adapter-after-circle").with("circle", circle.join(" → "));
            sheet.findings.error(first.span.clone(), message, Message::new("adapter-after-circle-mend"));
        }
    }
}

fn zone(sheet: &Sheet<'_>, text: &Text<'_>) -> Option<chrono_tz::Tz> {
    let found = text.value.parse().ok();
    if found.is_none() {
        let message = Message::new("adapter-zone").with("zone", text.value);
        let known = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        let mend = match nearest(text.value, known) {
            Some(meant) => Message::new("adapter-did-you-mean").with("meant", meant),
            None => Message::new("adapter-write").with("meant", "zone = \"Asia/Shanghai\""),
        };
        sheet.findings.error(text.span.clone(), message, mend);
    }
    found
}

/// What the word under `key` means.
fn word<T: Copy>(sheet: &Sheet<'_>, key: &'static str, words: &[(&'static str, T)]) -> Option<T> {
    let text = sheet.text(key)?;
    let found = words.iter().find(|(word, _)| *word == text.value).map(|(_, meant)| *meant);
    if found.is_none() {
        let message = Message::new("adapter-word").with("word", text.value);
        let mend = suggestion(text.value, words.iter().map(|(word, _)| *word));
        sheet.findings.error(text.span, message, mend);
    }
    found
}

fn retry(sheet: Sheet<'_>) -> Retry {
    let usual = Retry::default();
    sheet.require("times", Message::new("adapter-missing-mend").with("line", "times = 3"));
    let times = sheet.number("times", 0..=TIMES_MOST).and_then(|times| u32::try_from(times).ok());
    let first = sheet.text("first").and_then(|text| time_span(&sheet, &text));
    let longest = sheet.text("most");
    let most = longest.as_ref().and_then(|text| time_span(&sheet, text));
    if let (Some(first), Some(most), Some(longest)) = (first, most, longest)
        && most < first
    {
        let message = Message::new("adapter-retry-most");
        sheet.findings.error(longest.span, message, Message::new("adapter-retry-most-mend"));
    }
    sheet.finish();
    // Where only one of the two is said, the other gives way.
    let first = first.unwrap_or_else(|| most.map_or(usual.first, |most| usual.first.min(most)));
    Retry { times: times.unwrap_or(usual.times), first, most: most.unwrap_or_else(|| usual.most.max(first)) }
}
