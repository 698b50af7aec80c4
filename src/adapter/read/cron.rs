//! Cron expressions as everyone writes them, turned into the dialect of the `cron` crate.
//!
//! That dialect wants a field for seconds, counts weekdays from 1 = Sunday, and joins day and weekday with "and" where
//! cron joins them with "or". `croner` reads what everyone means, and is asked first.

mod dialect;

use std::{collections::BTreeSet, ops::Range, str::FromStr};

use chrono::{DateTime, Utc};
use croner::{
    errors::CronError,
    parser::{CronParser, Seconds, Year},
};

use crate::{
    adapter::{report::Findings, sheet::Text},
    base::Message,
};

/// Weekdays by number; both 0 and 7 are Sunday.
const WEEKDAYS: [&str; 8] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Reads a cron expression of five fields, or six with seconds.
pub(super) fn read(findings: &Findings, text: &Text<'_>) -> Option<cron::Schedule> {
    if dialect::whole(findings, text) {
        return None;
    }
    let fields = fields(text.value);
    if !matches!(fields.len(), 5 | 6) {
        let message = Message::new("adapter-cron-fields").with("count", fields.len());
        findings.error(text.span.clone(), message, Message::new("adapter-cron-mend"));
        return None;
    }
    let value = |index: usize| &text.value[fields[fields.len() - index].clone()];
    let (day, weekday) = (value(3), value(1));
    let whole = |field: &str| matches!(field, "*" | "?");
    if !whole(day) && !whole(weekday) {
        let span = text.part(fields[fields.len() - 3].clone());
        findings.error(span, Message::new("adapter-cron-both"), Message::new("adapter-cron-both-mend"));
        return None;
    }
    if dialect::weekdays(findings, text) || dialect::parts(findings, text) {
        return None;
    }
    let parser = CronParser::builder().seconds(Seconds::Optional).year(Year::Disallowed).build();
    if let Err(error) = parser.parse(text.value) {
        let (span, message) = blame(text, &fields, &parser, &error);
        findings.error(span, message, Message::new("adapter-cron-mend"));
        return None;
    }
    let normal = normalise(text.value, &fields);
    let schedule = normal.as_deref().and_then(|normal| cron::Schedule::from_str(normal).ok());
    if let Some(schedule) = &schedule
        && schedule.after(&DateTime::<Utc>::UNIX_EPOCH).next().is_none()
    {
        let span = text.part(fields[fields.len() - 3].start..fields[fields.len() - 2].end);
        findings.warn(span, Message::new("adapter-cron-never"), Message::new("adapter-cron-never-mend"));
    }
    if schedule.is_none() {
        let odd = fields.iter().find(|field| text.value[(*field).clone()].contains(['L', 'W', '#', 'l', 'w']));
        match odd {
            Some(field) => {
                let (message, mend) = (Message::new("adapter-cron-form"), Message::new("adapter-cron-form-mend"));
                findings.error(text.part(field.clone()), message, mend);
            }
            None => {
                let message = Message::new("adapter-cron").with("why", text.value);
                findings.error(text.span.clone(), message, Message::new("adapter-cron-mend"));
            }
        }
    }
    schedule
}

/// Where the fields stand in the expression.
fn fields(written: &str) -> Vec<Range<usize>> {
    let start = |field: &str| field.as_ptr() as usize - written.as_ptr() as usize;
    written.split_whitespace().map(|field| start(field)..start(field) + field.len()).collect()
}

/// Fields from the left, with what they may be: the options of the message `adapter-cron-field`.
const PARTS: [(&str, &str); 6] = [
    ("second", "0-59"),
    ("minute", "0-59"),
    ("hour", "0-23"),
    ("day", "1-31"),
    ("month", "1-12, JAN-DEC"),
    ("weekday", "0-7, SUN-SAT"),
];

/// The first field that is wrong by itself, or all of the expression.
fn blame(text: &Text<'_>, fields: &[Range<usize>], parser: &CronParser, error: &CronError) -> (Range<usize>, Message) {
    let alone = |index: usize| {
        let stars =
            (0..fields.len()).map(|other| if other == index { &text.value[fields[index].clone()] } else { "*" });
        stars.collect::<Vec<_>>().join(" ")
    };
    let wrong = (0..fields.len()).find(|index| parser.parse(&alone(*index)).is_err());
    let Some(wrong) = wrong else {
        return (text.span.clone(), Message::new("adapter-cron").with("why", error));
    };
    let (part, range) = PARTS[wrong + PARTS.len() - fields.len()];
    let message = Message::new("adapter-cron-field").with("part", part).with("range", range);
    (text.part(fields[wrong].clone()), message.with("written", &text.value[fields[wrong].clone()]))
}

/// Six fields, weekdays by name.
fn normalise(written: &str, fields: &[Range<usize>]) -> Option<String> {
    let (weekday, rest) = fields.split_last()?;
    let seconds = if fields.len() == 5 { vec!["0"] } else { Vec::new() };
    let rest = rest.iter().map(|field| &written[field.clone()]);
    let weekday = weekdays(&written[weekday.clone()])?;
    let all: Vec<&str> = seconds.into_iter().chain(rest).chain([weekday.as_str()]).collect();
    Some(all.join(" "))
}

/// `1-5`, `MON,3`, `*/2`, `5-7` → names; `None` for what is no such list.
fn weekdays(field: &str) -> Option<String> {
    if matches!(field, "*" | "?") {
        return Some("*".to_owned());
    }
    let number = |day: &str| -> Option<usize> {
        let named = WEEKDAYS.iter().position(|name| name.eq_ignore_ascii_case(day));
        named.or_else(|| day.parse().ok()).filter(|day| *day <= 7)
    };
    let mut days = BTreeSet::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse().ok().filter(|step| *step > 0)?),
            None => (part, 1),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (0, 6),
            // A range that ends on Sunday ends on day 7.
            Some((first, last)) => (number(first)?, number(last).map(|last| if last == 0 { 7 } else { last })?),
            None => (number(range)?, number(range)?),
        };
        days.extend((first..=last).step_by(step).map(|day| day % 7));
    }
    let names: Vec<&str> = days.into_iter().map(|day| WEEKDAYS[day]).collect();
    if names.is_empty() { None } else { Some(names.join(",")) }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeZone};

    use super::*;

    /// The next ten instants must be those of `croner`, which means what everyone means.
    #[test]
    fn means_what_everyone_means() {
        let start = chrono_tz::Asia::Shanghai.with_ymd_and_hms(2026, 3, 1, 0, 0, 0).unwrap();
        let expressions = [
            "*/2 8-18 * * *",
            "*/5 * * * * *",
            "0 9 * * 1-5",
            "0 9 * * 0",
            "0 9 * * 7",
            "0 9 * * 5-7",
            "0 9 * * MON,3",
            "30 6 1,15 * *",
            "0 0 9 * * */2",
            "0 9 ? * SAT-SUN",
            "0 9 * 3-6/2 *",
            "15,45 9-17/2 * * 1-5/2",
        ];
        for written in expressions {
            let meant = CronParser::builder().seconds(Seconds::Optional).build().parse(written).unwrap();
            let meant: Vec<DateTime<_>> = meant.iter_after(start).take(10).collect();
            let schedule = cron::Schedule::from_str(&normalise(written, &fields(written)).unwrap()).unwrap();
            let ours: Vec<_> = schedule.after(&start).take(10).collect();
            assert_eq!(ours, meant, "{written}");
        }
    }
}
