//! What a list's text says of when a row has changed, pure: at what precision, and when that unit is over.
//!
//! A list that shows minutes shows two changes within one minute as one; one that shows days, all of a day; "刚刚" all of a while. A
//! detail that was read before the unit was over may lack the second one, and the list will never tell. So it is read again until it was
//! read after. Nothing here is published: what can't be told apart is only read once more.

use std::{ops::Range, sync::LazyLock};

use chrono::{
    DateTime, Datelike, Days, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike,
};
use chrono_tz::Asia::Shanghai;
use regex::{Captures, Regex};

use crate::adapter::digits;

/// By how much a system's clock may be behind ours before its own moments tell.
pub(super) const SLACK: Duration = Duration::minutes(2);
/// The same for words such as "3 分钟前": they are rounded, and counted from the instant at which the system wrote its page.
const ROUNDED: Duration = Duration::minutes(10);
/// By how much it may be ahead: what lies further in the future is a date of the case (a promise), not of a change.
const AHEAD: Duration = Duration::hours(2);

/// What a text says of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// The text as it is compared: words that mean another moment each day ("昨天") stand as the moment that they mean now.
    pub(super) print: String,
    /// From then on, the unit of every moment that it names is over, by any clock that is not off by more than [`SLACK`].
    pub(super) sure_from: Option<DateTime<FixedOffset>>,
}

/// A moment that was found: its unit's begin and end.
struct Moment {
    at: Range<usize>,
    from: DateTime<FixedOffset>,
    until: DateTime<FixedOffset>,
    /// What it stands for, where the words mean something else tomorrow.
    means: Option<String>,
    slack: Duration,
}

static RELATIVE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)(?P<now>刚刚|刚才|just\s+now|moments?\s+ago)
        |(?P<count>\d+|半|一|两|几|\ban?\b|\bone\b|\ba\s+few\b)\s*个?(?P<half>半)?\s*
         (?P<unit>秒|分|小时|钟头|天|日|周|星期|月|年|s|m|h|d|w|y)[a-z]*钟?\s*(?:前|以前|之前|\s*ago)
        |(?P<day>今天|今日|昨天|昨日|大前天|前天|\btoday\b|\byesterday\b)
        |(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])",
    )
});

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)(?P<y>(?:19|20)\d\d)\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})日?
        |(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y2>(?:19|20)\d\d)
        |(?P<d3>\d{1,2})\s+(?P<m3>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+(?P<y3>(?:19|20)\d\d)
        |(?P<m4>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?P<d4>\d{1,2}),?\s+(?P<y4>(?:19|20)\d\d)
        |(?P<m5>\d{1,2})\s*[-/月]\s*(?P<d5>\d{1,2})日?",
    )
});

/// Right behind a date, or alone.
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^(?:\s|T|,|日|[（(]?(?:周|星期).[）)]?)*(?P<ap>上午|下午|晚上|凌晨|早上|中午|[ap]\.?m\.?)?\s*
        (?P<h>\d{1,2})\s*[:：时点]\s*(?:(?P<m>\d{1,2})\s*分?(?:[:：]?\s*(?P<s>\d{1,2})秒?)?)?(?:[.,]\d+)?
        \s*(?P<ap2>[ap]\.?m\.?)?\s*(?P<zone>Z|[+-]\d\d:?\d\d)?",
    )
});

static CLOCK: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[^\d:：])((?:[01]?\d|2[0-3])[:：][0-5]\d(?:[:：][0-5]\d)?)(?:$|[^\d:：])"));

static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*(\d{8}|\d{10}|\d{12}|\d{13}|\d{14})\s*$"));

fn pattern(written: &str) -> Regex {
    Regex::new(written).expect("the pattern is constant")
}

/// What a text says of time, read by somebody whose clock says `now`.
pub(super) fn said(text: &str, now: DateTime<FixedOffset>) -> Said {
    let now = now.with_timezone(&Shanghai).fixed_offset();
    let mut moments = relative(text, now);
    let taken: Vec<Range<usize>> = moments.iter().map(|moment| moment.at.clone()).collect();
    let free = |at: &Range<usize>| taken.iter().all(|taken| taken.end <= at.start || at.end <= taken.start);
    moments.extend(absolute(text, now).into_iter().filter(|moment| free(&moment.at)));
    if moments.is_empty() && text.contains('年') && !text.contains(|c: char| c.is_ascii_digit()) {
        // 二〇二六年十一月二十三日
        let said = digits(text).unwrap_or_default();
        moments = absolute(&said, now).into_iter().map(|moment| Moment { means: None, ..moment }).collect();
    }
    let changes = moments.iter().filter(|moment| moment.from <= now + AHEAD);
    let sure_from = changes.map(|moment| moment.until + moment.slack).max();
    let mut print = text.to_owned();
    moments.sort_by_key(|moment| moment.at.start);
    for moment in moments.iter().rev() {
        if let Some(means) = &moment.means {
            print.replace_range(moment.at.clone(), means);
        }
    }
    Said { print, sure_from }
}

/// Words that mean a moment by the day, or the instant, on which they are read.
fn relative(text: &str, now: DateTime<FixedOffset>) -> Vec<Moment> {
    // Most texts of a list are not: they should cost nothing.
    let words = ["ago", "now", "day", "Day", "AGO", "NOW"];
    if !text.contains(['刚', '前', '今', '昨', '周', '期', '拜']) && !words.iter().any(|word| text.contains(word))
    {
        return Vec::new();
    }
    let found = RELATIVE.captures_iter(text);
    found.filter_map(|found| one_relative(text, &found, now)).collect()
}

fn one_relative(text: &str, found: &Captures<'_>, now: DateTime<FixedOffset>) -> Option<Moment> {
    let at = found.get(0)?.range();
    let today = now.date_naive();
    let back = |days: u64| today.checked_sub_days(Days::new(days));
    if found.name("now").is_some() {
        return Some(Moment { at, from: now, until: now, means: None, slack: ROUNDED });
    }
    if let Some(count) = found.name("count") {
        return ago(count.as_str(), &found["unit"], at, now);
    }
    let day = match (found.name("day"), found.name("weekday")) {
        (Some(word), _) => match word.as_str().to_lowercase().as_str() {
            "今天" | "今日" | "today" => today,
            "昨天" | "昨日" | "yesterday" => back(1)?,
            "前天" => back(2)?,
            _ => back(3)?,
        },
        (None, Some(weekday)) => {
            // Beside a date it says nothing more.
            if DATE.is_match(text) {
                return None;
            }
            let wanted = "一二三四五六日".find(weekday.as_str()).unwrap_or("一二三四五六".len()) / "一".len();
            let passed = (7 + u64::from(today.weekday().num_days_from_monday()) - wanted as u64) % 7;
            back(passed)?
        }
        (None, None) => return None,
    };
    let time = TIME.captures(&text[at.end..]);
    let end = at.end + time.as_ref().and_then(|time| time.get(0)).map_or(0, |whole| whole.end());
    let (from, until) = of(day, time.as_ref())?;
    let clock = if until - from < Duration::days(1) { from.format(" %H:%M").to_string() } else { String::new() };
    Some(Moment { at: at.start..end, from, until, means: Some(format!("{day}{clock}")), slack: SLACK })
}

/// `3 分钟前`, `2 hours ago`: between so many units and one more.
fn ago(count: &str, unit: &str, at: Range<usize>, now: DateTime<FixedOffset>) -> Option<Moment> {
    let count =
        count.parse::<i32>().unwrap_or(if count == "两" { 2 } else { i32::from(count != "半" && count != "几") });
    let (unit, shape, slack) = match unit.to_lowercase().as_str() {
        "秒" | "s" => (Duration::seconds(1), "%Y-%m-%d %H:%M:%S", ROUNDED),
        "分" | "m" => (Duration::minutes(1), "%Y-%m-%d %H:%M", ROUNDED),
        "小时" | "钟头" | "h" => (Duration::hours(1), "%Y-%m-%d %H", ROUNDED),
        "天" | "日" | "d" => (Duration::days(1), "%Y-%m-%d", ROUNDED),
        "周" | "星期" | "w" => (Duration::days(7), "%G-W%V", ROUNDED),
        "月" => (Duration::days(30), "%Y-%m", ROUNDED),
        _ => (Duration::days(365), "%Y", ROUNDED),
    };
    let until = now.checked_sub_signed(unit.checked_mul(count)?)?;
    Some(Moment { at, from: until - unit, until, means: Some(until.format(shape).to_string()), slack })
}

/// Dates and times of day, in the notations that lists have.
fn absolute(text: &str, now: DateTime<FixedOffset>) -> Vec<Moment> {
    if !text.contains(|letter: char| letter.is_ascii_digit()) {
        return Vec::new();
    }
    if let Some(number) = NUMBER.captures(text) {
        return of_number(&number[1], 0..text.len()).into_iter().collect();
    }
    let mut moments = Vec::new();
    for found in DATE.captures_iter(text) {
        let at = found.get(0).expect("the whole of it").range();
        let time = TIME.captures(&text[at.end..]);
        let with_time = time.as_ref().is_some_and(|time| time.name("m").is_some());
        let end = at.end + time.as_ref().and_then(|time| time.get(0)).map_or(0, |whole| whole.end());
        for day in days(&found, with_time, now) {
            let moment = of(day, time.as_ref());
            moments.extend(moment.map(|(from, until)| Moment {
                at: at.start..end,
                from,
                until,
                means: None,
                slack: SLACK,
            }));
        }
    }
    if moments.is_empty() {
        let clocks = CLOCK.captures_iter(text).filter_map(|found| found.get(1));
        moments.extend(clocks.filter_map(|clock| {
            // A time of day alone is today's, or, where that has not come yet, yesterday's.
            let time = TIME.captures(clock.as_str());
            let today = now.date_naive();
            let (from, until) = of(today, time.as_ref())
                .filter(|(from, _)| *from <= now + AHEAD)
                .or_else(|| of(today.pred_opt()?, time.as_ref()))?;
            let means = from.format("%Y-%m-%d %H:%M:%S").to_string();
            Some(Moment { at: clock.range(), from, until, means: Some(means), slack: SLACK })
        }));
    }
    moments
}

/// The days that a date can be: of `11/12/2026` two.
fn days(found: &Captures<'_>, with_time: bool, now: DateTime<FixedOffset>) -> Vec<NaiveDate> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let number = |name: &str| found.name(name).and_then(|text| text.as_str().parse::<u32>().ok());
    let year = |name: &str| found.name(name).and_then(|text| text.as_str().parse::<i32>().ok());
    let word = |name: &str| {
        let word = found.name(name)?.as_str().to_lowercase();
        MONTHS.iter().position(|month| *month == word).map(|place| place as u32 + 1)
    };
    let day = |y: Option<i32>, m: Option<u32>, d: Option<u32>| NaiveDate::from_ymd_opt(y?, m?, d?);
    let mut days: Vec<Option<NaiveDate>> = vec![
        day(year("y"), number("m"), number("d")),
        day(year("y2"), number("a"), number("b")),
        day(year("y2"), number("b"), number("a")),
        day(year("y3"), word("m3"), number("d3")),
        day(year("y4"), word("m4"), number("d4")),
    ];
    // Two numbers alone are a date beside a time of day, or where they say so; of this year or, where that has not come yet, the last.
    let says_so = with_time || found[0].contains('月');
    if let (Some(month), Some(of_month), true) = (number("m5"), number("d5"), says_so) {
        let this = day(Some(now.year()), Some(month), Some(of_month));
        let past = |date: &NaiveDate| *date <= (now + AHEAD).date_naive();
        days.push(this.filter(past).or_else(|| day(Some(now.year() - 1), Some(month), Some(of_month))));
    }
    days.into_iter().flatten().collect()
}

/// The unit that a day and, perhaps, a time of day stand for. Midnight is how many systems write a day.
fn of(day: NaiveDate, time: Option<&Captures<'_>>) -> Option<(DateTime<FixedOffset>, DateTime<FixedOffset>)> {
    let number = |name: &str| time.and_then(|time| time.name(name)).and_then(|text| text.as_str().parse::<u32>().ok());
    let (hour, minute, second) = (number("h"), number("m"), number("s"));
    let Some(hour) = hour else { return whole_day(day) };
    let half =
        time.and_then(|time| time.name("ap").or_else(|| time.name("ap2"))).map(|half| half.as_str().to_lowercase());
    let hour = match half.as_deref() {
        Some(half) if half.starts_with('p') || matches!(half, "下午" | "晚上") => hour % 12 + 12,
        Some(half) if half.starts_with('a') => hour % 12,
        _ => hour,
    };
    let clock = NaiveTime::from_hms_opt(hour, minute.unwrap_or(0), second.unwrap_or(0));
    let Some(clock) = clock else { return whole_day(day) };
    let unit = match (minute, second) {
        (None, _) => Duration::hours(1),
        (_, None) => Duration::minutes(1),
        (_, Some(_)) => Duration::seconds(1),
    };
    let from = instant(day.and_time(clock), time.and_then(|time| time.name("zone")).map(|zone| zone.as_str()))?;
    if from.time().num_seconds_from_midnight() == 0 { whole_day(from.date_naive()) } else { Some((from, from + unit)) }
}

fn whole_day(day: NaiveDate) -> Option<(DateTime<FixedOffset>, DateTime<FixedOffset>)> {
    let midnight = |day: NaiveDate| instant(day.and_time(NaiveTime::MIN), None);
    Some((midnight(day)?, midnight(day.succ_opt()?)?))
}

/// The instant that a clock shows, here or in that zone.
fn instant(clock: NaiveDateTime, zone: Option<&str>) -> Option<DateTime<FixedOffset>> {
    let Some(zone) = zone else { return Some(Shanghai.from_local_datetime(&clock).earliest()?.fixed_offset()) };
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = digits.split_at_checked(2).unwrap_or(("0", "0"));
    let east = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    let offset = FixedOffset::east_opt(if zone.starts_with('-') { -east } else { east })?;
    let at = offset.from_local_datetime(&clock).single()?;
    Some(at.with_timezone(&Shanghai).fixed_offset())
}

/// `20261123`, `202611231520`, `20261123152030`, seconds or milliseconds since the epoch.
fn of_number(digits: &str, at: Range<usize>) -> Option<Moment> {
    let number: i64 = digits.parse().ok()?;
    let (from, until) = match digits.len() {
        10 | 13 => {
            let millis = if digits.len() == 10 { number.checked_mul(1000)? } else { number };
            let from = Shanghai.timestamp_millis_opt(millis).single()?.fixed_offset();
            let day = from.time().num_seconds_from_midnight() == 0;
            if day { whole_day(from.date_naive())? } else { (from, from + Duration::seconds(1)) }
        }
        length => {
            let day = NaiveDate::parse_from_str(&digits[..8], "%Y%m%d").ok()?;
            let part = |range: Range<usize>| digits.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
            let clock = NaiveTime::from_hms_opt(part(8..10), part(10..12), part(12..14))?;
            let from = instant(day.and_time(clock), None)?;
            let unit = if length == 14 { Duration::seconds(1) } else { Duration::minutes(1) };
            if clock == NaiveTime::MIN { whole_day(day)? } else { (from, from + unit) }
        }
    };
    Some(Moment { at, from, until, means: None, slack: SLACK })
}

#[cfg(test)]
mod tests;
