//! What other schedulers write and mean otherwise: told with what to write here, and never taken as ours.

use crate::{
    adapter::{report::Findings, sheet::Text},
    base::Message,
};

use super::{PARTS, fields};

/// Words that stand for a whole expression elsewhere: those of cron, and those of systemd.
const WORDS: &[(&str, &str)] = &[
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * SUN"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
    ("yearly", "0 0 1 1 *"),
    ("annually", "0 0 1 1 *"),
    ("quarterly", "0 0 1 1,4,7,10 *"),
    ("monthly", "0 0 1 * *"),
    ("weekly", "0 0 * * MON"),
    ("daily", "0 0 * * *"),
    ("hourly", "0 * * * *"),
    ("minutely", "* * * * *"),
];

/// Weekdays as Quartz counts them, from 1.
const QUARTZ: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
/// Weekdays as cron counts them, from 1.
const CRON: [&str; 7] = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
/// Fields of an expression of Quartz that says the year as well.
const WITH_YEAR: usize = 7;
const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// Tells of an expression that is none of five or six fields, where one knows whose it is.
pub(super) fn whole(findings: &Findings, text: &Text<'_>) -> bool {
    let written = text.value.trim();
    if let Some((word, ours)) = WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(written)) {
        let message = Message::new("adapter-cron-word").with("word", word);
        let meant = format!("cron = \"{ours}\"");
        findings.error(text.span.clone(), message, Message::new("adapter-write").with("meant", meant));
        return true;
    }
    let is_systemd = written.contains("..") || written.contains("*-*") || written.contains(':');
    if is_systemd || written.starts_with('@') {
        let message = Message::new("adapter-cron-word").with("word", written);
        findings.error(text.span.clone(), message, Message::new("adapter-cron-mend"));
        return true;
    }
    let all: Vec<&str> = written.split_whitespace().collect();
    if all.len() == WITH_YEAR && all.contains(&"?") {
        let weekday = by_name(all[5], &QUARTZ).unwrap_or_else(|| all[5].to_owned());
        let meant = format!("cron = \"{} {weekday}\"", all[..5].join(" "));
        let message = Message::new("adapter-cron-year").with("year", all[6]);
        findings.error(text.span.clone(), message, Message::new("adapter-write").with("meant", meant));
        return true;
    }
    false
}

/// Tells of numbered weekdays beside a `?`: only Quartz and its kin write that, and there 1 is Sunday.
pub(super) fn weekdays(findings: &Findings, text: &Text<'_>) -> bool {
    let all = fields(text.value);
    let of = |place: usize| &text.value[all[all.len() - place].clone()];
    let (day, weekday) = (of(3), of(1));
    let (Some(quartz), Some(cron)) = (by_name(weekday, &QUARTZ), by_name(weekday, &CRON)) else { return false };
    if day != "?" || quartz == weekday.to_ascii_uppercase() {
        return false;
    }
    let message = Message::new("adapter-cron-quartz").with("written", weekday);
    let mend = Message::new("adapter-cron-quartz-mend").with("quartz", quartz).with("cron", cron);
    findings.error(text.part(all[all.len() - 1].clone()), message, mend);
    true
}

/// A list of weekdays with their names for numbers; `None` where a number is none of 1 to 7, or for what is no such list.
fn by_name(weekdays: &str, names: &[&str; 7]) -> Option<String> {
    let name = |day: &str| match day.parse::<usize>() {
        Ok(number) => names.get(number.checked_sub(1)?).map(|name| (*name).to_owned()),
        Err(_) if day.len() == 3 && QUARTZ.contains(&day.to_ascii_uppercase().as_str()) => {
            Some(day.to_ascii_uppercase())
        }
        Err(_) => None,
    };
    let part = |part: &str| {
        let (range, step) =
            part.split_once('/').map_or((part, String::new()), |(range, step)| (range, format!("/{step}")));
        let range = match range.split_once('-') {
            _ if matches!(range, "*" | "?") => range.to_owned(),
            Some((first, last)) => format!("{}-{}", name(first)?, name(last)?),
            None => name(range)?,
        };
        Some(format!("{range}{step}"))
    };
    weekdays.split(',').map(part).collect::<Option<Vec<_>>>().map(|parts| parts.join(","))
}

/// Tells of steps that are no smaller than their field, of ranges that go backwards, and of a step without its range.
pub(super) fn parts(findings: &Findings, text: &Text<'_>) -> bool {
    let all = fields(text.value);
    let offset = PARTS.len() - all.len();
    let mut told = false;
    for (place, field) in all.iter().enumerate() {
        let bounds = Bounds::of(place + offset);
        for part in text.value[field.clone()].split(',') {
            if let Some((message, mend)) = bounds.mistake(part) {
                findings.error(text.part(field.clone()), message, mend);
                told = true;
                break;
            }
        }
    }
    told
}

/// What a field may say.
struct Bounds {
    /// The name of the field: the options of the messages.
    part: &'static str,
    first: usize,
    last: usize,
    names: &'static [&'static str],
}

impl Bounds {
    fn of(place: usize) -> Self {
        let part = PARTS[place].0;
        let (first, last, names): (usize, usize, &[&str]) = match part {
            "second" | "minute" => (0, 59, &[]),
            "hour" => (0, 23, &[]),
            "day" => (1, 31, &[]),
            "month" => (1, 12, &MONTHS),
            _ => (0, 6, &QUARTZ),
        };
        Self { part, first, last, names }
    }

    fn number(&self, value: &str) -> Option<usize> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(value));
        named.map(|place| place + self.first).or_else(|| value.parse().ok())
    }

    fn mistake(&self, part: &str) -> Option<(Message, Message)> {
        let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
        let size = self.last - self.first + 1;
        if let Some(step) = step.and_then(|step| step.parse::<usize>().ok()).filter(|step| *step >= size) {
            let message = Message::new("adapter-cron-step").with("step", step).with("part", self.part);
            let mend = match self.part {
                "second" | "minute" => "adapter-cron-step-mend",
                _ => "adapter-cron-step-far-mend",
            };
            return Some((message.with("most", size), Message::new(mend).with("step", step)));
        }
        if let Some(step) = step.filter(|_| self.number(range).is_some()) {
            let message = Message::new("adapter-cron-start").with("written", part).with("first", range);
            let meant = format!(
                "{range}-{}/{step}",
                self.names.get(size - 1).copied().map_or_else(|| self.last.to_string(), str::to_owned)
            );
            return Some((message, Message::new("adapter-write").with("meant", meant)));
        }
        let (one, other) = range.split_once('-')?;
        let (first, last) = (self.number(one)?, self.number(other)?);
        let is_sunday = self.part == "weekday" && matches!(last, 0 | 7);
        if is_sunday || first <= last || first > self.last + 1 {
            return None;
        }
        let message = Message::new("adapter-cron-backwards").with("written", range);
        if self.part == "weekday" && first == self.last + 1 {
            return Some((message, Message::new("adapter-write").with("meant", format!("0-{other}"))));
        }
        let name = |number: usize| match self.names.get(number - self.first) {
            Some(name) if !one.starts_with(|letter: char| letter.is_ascii_digit()) => (*name).to_owned(),
            _ => number.to_string(),
        };
        let until = if first == self.last { one.to_owned() } else { format!("{one}-{}", name(self.last)) };
        let from = if last == self.first { other.to_owned() } else { format!("{}-{other}", name(self.first)) };
        let step = step.map_or_else(String::new, |step| format!("/{step}"));
        let meant = format!("{until}{step},{from}{step}");
        Some((message, Message::new("adapter-write").with("meant", meant)))
    }
}
