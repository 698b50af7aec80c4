//! `schedules/FILE.toml`.

use std::{collections::BTreeSet, time::Duration};

use super::{Known, cron};
use crate::{
    adapter::{
        Schedule,
        nearest::{nearest, suggestion},
        sheet::{Sheet, Text},
    },
    base::Message,
};

/// The district's zone, where a schedule names none.
const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;
/// How long a run may take where the schedule does not say: a full reading of a large system over a slow line.
const TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// The longest timeout that can be meant: a run that takes longer than a day never ends.
const TIMEOUT_MOST: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads every `[[schedule]]` of a file; those with a mistake in what decides when they run are left out.
pub(in crate::adapter) fn read(file: &str, sheet: Sheet<'_>, known: &Known<'_>) -> Vec<Schedule> {
    sheet.require("schedule", Message::new("adapter-missing-table-mend").with("key", "[schedule]"));
    let tables = sheet.tables("schedule");
    sheet.finish();
    let read = |(index, sheet)| read_one(format!("{file}#{}", index + 1), sheet, known);
    tables.into_iter().enumerate().filter_map(read).collect()
}

fn read_one(name: String, sheet: Sheet<'_>, known: &Known<'_>) -> Option<Schedule> {
    sheet.require("bots", Message::new("adapter-missing-mend").with("line", "bots = [\"…\"]"));
    let bots = bots(&sheet, known.bots);
    let written = sheet.required_text("cron");
    let cron = written.as_ref().and_then(|text| cron::read(sheet.findings, text));
    let zone = sheet.text("zone").and_then(|text| zone(&sheet, &text));
    let workdays = sheet.text("calendar").is_some_and(|text| calendar(&sheet, &text));
    let timeout = sheet.text("timeout").and_then(|text| time_span(&sheet, &text));
    sheet.finish();
    Some(Schedule {
        name,
        bots,
        cron: cron?,
        written: written?.value.to_owned(),
        zone: zone.unwrap_or(ZONE),
        workdays,
        timeout: timeout.unwrap_or(TIMEOUT),
    })
}

fn bots(sheet: &Sheet<'_>, known: &BTreeSet<String>) -> Vec<String> {
    let mut bots: Vec<String> = Vec::new();
    for bot in sheet.texts("bots") {
        if !known.contains(bot.value) {
            let message = Message::new("adapter-unknown-bot").with("bot", bot.value);
            sheet.findings.error(bot.span.clone(), message, suggestion(bot.value, known.iter().map(String::as_str)));
        } else if bots.iter().any(|other| other == bot.value) {
            let message = Message::new("adapter-bot-twice").with("bot", bot.value);
            sheet.findings.error(bot.span.clone(), message, Message::new("adapter-bot-twice-mend"));
        } else {
            bots.push(bot.value.to_owned());
        }
    }
    bots
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

fn calendar(sheet: &Sheet<'_>, text: &Text<'_>) -> bool {
    if text.value != "workdays" {
        let message = Message::new("adapter-word").with("word", text.value);
        sheet.findings.error(text.span.clone(), message, suggestion(text.value, ["workdays"]));
    }
    true
}

/// A time span up to a day.
pub(super) fn time_span(sheet: &Sheet<'_>, text: &Text<'_>) -> Option<Duration> {
    let found = duration(text.value).filter(|found| !found.is_zero() && *found <= TIMEOUT_MOST);
    if found.is_none() {
        let message = Message::new("adapter-duration").with("written", text.value);
        sheet.findings.error(text.span.clone(), message, Message::new("adapter-duration-mend"));
    }
    found
}

/// `30s`, `5m`, `2h`.
fn duration(text: &str) -> Option<Duration> {
    let unit = text.trim().chars().next_back()?;
    let count: u64 = text.trim().strip_suffix(unit)?.trim().parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        _ => return None,
    };
    count.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration("5m"), Some(Duration::from_secs(300)));
        assert_eq!(duration("30 s"), Some(Duration::from_secs(30)));
        assert_eq!((duration("5"), duration("五分钟"), duration("")), (None, None, None));
    }
}
