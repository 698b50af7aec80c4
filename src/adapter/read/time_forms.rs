//! The forms of dates and times: `strftime`, whole, and with no zone that would be skipped as letters.

use std::sync::LazyLock;

use chrono::{
    DateTime, FixedOffset, TimeZone,
    format::{Fixed, Item, Numeric, StrftimeItems},
};
use regex::Regex;

use super::foreign_forms::translated;
use crate::{
    adapter::{FilterUse, moment, report::Findings, sheet::Text},
    base::Message,
};

/// Checks what a time is written as. Anything may be left out, since nothing is read back with it.
pub(super) fn writes(findings: &Findings, text: &Text<'_>, filter: &FilterUse, form: &str) {
    if is_form(findings, text, filter, form) {
        says_its_zone(findings, text, form);
    }
}

/// Checks a form that texts are read by: it must say a whole date (and time), so that what it writes is read back by it.
pub(super) fn reads(findings: &Findings, text: &Text<'_>, filter: &FilterUse, form: &str) {
    if !is_form(findings, text, filter, form) || !says_its_zone(findings, text, form) {
        return;
    }
    let numbers = |item| matches!(item, Item::Numeric(Numeric::Timestamp, _));
    if StrftimeItems::new(form).any(numbers) && !matches!(form, "%s" | moment::MILLISECONDS) {
        let message = Message::new("adapter-form-seconds").with("form", form);
        findings.error(place(text, form), message, Message::new("adapter-form-seconds-mend"));
        return;
    }
    let sample = moment::district().with_ymd_and_hms(2026, 3, 1, 9, 30, 0).single().expect("a constant time");
    let written = written(sample, form);
    let is_day = filter.name == "date";
    let whole = written.is_some_and(|written| match is_day {
        true => moment::day(&written, form) == Some(sample.date_naive()),
        false => moment::instant(&written, form) == Some(sample),
    });
    if !whole {
        let message = if is_day { "adapter-date-part" } else { "adapter-time-part" };
        let mend = if is_day { "adapter-date-part-mend" } else { "adapter-time-part-mend" };
        findings.error(place(text, form), Message::new(message).with("format", form), Message::new(mend));
    }
}

fn written(at: DateTime<FixedOffset>, form: &str) -> Option<String> {
    let mut written = String::new();
    std::fmt::Write::write_fmt(&mut written, format_args!("{}", at.format(form))).ok()?;
    Some(written)
}

/// Where a form stands in the expression.
fn place(text: &Text<'_>, form: &str) -> std::ops::Range<usize> {
    let start = text.value.find(form);
    start.map_or_else(|| text.span.clone(), |start| text.part(start..start + form.len()))
}

/// Whether it is a form of `strftime`, and not one of another notation.
fn is_form(findings: &Findings, text: &Text<'_>, filter: &FilterUse, form: &str) -> bool {
    if StrftimeItems::new(form).any(|item| matches!(item, Item::Error)) {
        let message = Message::new("adapter-date-format").with("format", form);
        findings.error(place(text, form), message, Message::new("adapter-date-format-mend"));
        return false;
    }
    let has_items = StrftimeItems::new(form).any(|item| matches!(item, Item::Numeric(..) | Item::Fixed(_)));
    if !has_items {
        let message = Message::new("adapter-form-foreign").with("form", form);
        let mend = match translated(form) {
            Some(ours) => Message::new("adapter-write").with("meant", format!("{}('{ours}')", filter.name)),
            None => Message::new("adapter-date-format-mend"),
        };
        findings.error(place(text, form), message, mend);
    }
    has_items
}

/// Whether no part of a form skips a zone: one that stands in it as letters, or `%Z`.
fn says_its_zone(findings: &Findings, text: &Text<'_>, form: &str) -> bool {
    let mut after_time = false;
    let mut items = StrftimeItems::new(form).peekable();
    while let Some(item) = items.next() {
        match &item {
            Item::Literal(letters) if !items.peek().is_some_and(moment::is_zone) => {
                match zone_in(letters, after_time) {
                    Some("CST") => {
                        let message = Message::new("adapter-form-china");
                        findings.warn(place(text, form), message, Message::new("adapter-form-china-mend"));
                    }
                    Some(zone) => {
                        let message = Message::new("adapter-form-zone").with("zone", zone);
                        findings.error(place(text, form), message, mend(form, zone));
                        return false;
                    }
                    None => {}
                }
            }
            Item::Fixed(Fixed::TimezoneName) => {
                let message = Message::new("adapter-form-zone-name");
                findings.error(place(text, form), message, mend(form, "%Z"));
                return false;
            }
            Item::Numeric(Numeric::Hour | Numeric::Hour12 | Numeric::Minute | Numeric::Second, _)
            | Item::Fixed(Fixed::RFC2822 | Fixed::RFC3339) => after_time = true,
            _ => {}
        }
    }
    true
}

/// The form with the zone read, where that is plain.
fn mend(form: &str, zone: &str) -> Message {
    match form.matches(zone).count() {
        1 => Message::new("adapter-form-zone-mend").with("form", form.replacen(zone, "%z", 1)),
        _ => Message::new("adapter-form-zone-bare-mend"),
    }
}

/// The zone that letters of a form say, where it is another than the district's, or may be another (CST). A single Z and an
/// offset mean a zone after a time only.
fn zone_in(letters: &str, after_time: bool) -> Option<&str> {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[^A-Za-z])(UTC|GMT|UT|CST|EST|EDT|CDT|MST|MDT|PST|PDT|BST|CET|CEST|JST|KST)(?:[^A-Za-z]|$)")
            .expect("the pattern is constant")
    });
    static AFTER_TIME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[^A-Za-z])([Zz])(?:[^A-Za-z]|$)|([+\u{2212}-]\d{2}(?::?\d{2})?)$")
            .expect("the pattern is constant")
    });
    let of = |pattern: &Regex| {
        let found = pattern.captures(letters)?;
        let group = found.get(1).or_else(|| found.get(2))?;
        letters.get(group.range())
    };
    let offset = if after_time { of(&AFTER_TIME) } else { None };
    // An offset that is the district's fits nothing else, and is right.
    let own = |zone: &str| matches!(zone, "+08" | "+08:00" | "+0800");
    of(&NAMED).filter(|_| !offset.is_some_and(own)).or_else(|| offset.filter(|zone| !own(zone)))
}

/// Warns where a zone is cut off (`replace('Z', '')`) before the text is read as a time.
pub(super) fn cut_off(findings: &Findings, text: &Text<'_>, filters: &[FilterUse]) {
    let reads = |filter: &FilterUse| matches!(filter.name.as_str(), "date" | "datetime");
    let Some(last) = filters.iter().position(reads) else { return };
    let cut = filters[..last].iter().filter(|filter| matches!(filter.name.as_str(), "replace" | "split"));
    for filter in cut {
        let zone = filter.argument.as_deref().and_then(|cut| zone_in(cut, true));
        if let Some(zone) = zone.filter(|zone| *zone != "CST") {
            let message = Message::new("adapter-form-cut").with("zone", zone);
            findings.warn(text.word(&filter.name), message, Message::new("adapter-form-zone-bare-mend"));
        }
    }
}
