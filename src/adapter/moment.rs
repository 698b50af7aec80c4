//! Days and instants as pages write them, read by a form of `strftime`. A zone that the form says (`%z`) is read, never skipped.

use std::sync::LazyLock;

use chrono::{
    DateTime, Datelike, FixedOffset, NaiveDate, TimeZone,
    format::{Fixed, Item, Numeric, Parsed, StrftimeItems},
};
use regex::Regex;

/// The first year that a date may lie in: `%Y` takes two digits as well, and 26 is no year of anybody's case.
const FIRST_YEAR: i32 = 1900;
/// The years of an instant that is given as a number: seconds taken for milliseconds lie in 1970, milliseconds taken for seconds
/// in a year of five digits.
const YEARS_OF_NUMBERS: std::ops::RangeInclusive<i32> = 1980..=2200;
/// The form of an instant that is a number of milliseconds since 1970.
pub(super) const MILLISECONDS: &str = "%s%3f";
/// Digits of the milliseconds within such a number.
const MILLISECOND_DIGITS: usize = 3;

/// The district's zone: China has one, and no summer time.
pub(super) fn district() -> FixedOffset {
    FixedOffset::east_opt(8 * 3600).expect("eight hours are a legal offset")
}

/// The district's day of what a text says; `None` where the text does not fit the form.
pub(super) fn day(text: &str, form: &str) -> Option<NaiveDate> {
    let parsed = parsed(text, form)?;
    let day = if parsed.offset().is_none() && parsed.timestamp().is_none() {
        parsed.to_naive_date().ok()?
    } else if parsed.hour_div_12().is_none() && parsed.hour_mod_12().is_none() && parsed.timestamp().is_none() {
        // A day with a zone and no time (2026-11-02+08:00) is that day.
        parsed.to_naive_date().ok()?
    } else {
        parsed.to_datetime().ok()?.with_timezone(&district()).date_naive()
    };
    is_likely(&parsed, day.year()).then_some(day)
}

/// The instant that a text says, with the district's offset; `None` where the text does not fit the form.
pub(super) fn instant(text: &str, form: &str) -> Option<DateTime<FixedOffset>> {
    let parsed = parsed(text, form)?;
    let instant = if parsed.offset().is_none() && parsed.timestamp().is_none() {
        district().from_local_datetime(&parsed.to_naive_datetime_with_offset(0).ok()?).single()?
    } else {
        parsed.to_datetime().ok()?.with_timezone(&district())
    };
    is_likely(&parsed, instant.year()).then_some(instant)
}

fn is_likely(parsed: &Parsed, year: i32) -> bool {
    year >= FIRST_YEAR && (parsed.timestamp().is_none() || YEARS_OF_NUMBERS.contains(&year))
}

fn parsed(text: &str, form: &str) -> Option<Parsed> {
    if form == MILLISECONDS {
        let seconds = text.len().checked_sub(MILLISECOND_DIGITS).and_then(|at| text.split_at_checked(at))?;
        seconds.1.bytes().all(|digit| digit.is_ascii_digit()).then_some(())?;
        return fitted(seconds.0, &[Item::Numeric(Numeric::Timestamp, chrono::format::Pad::None)]);
    }
    let items = items(form);
    fitted(&half_days(text, form), &items).or_else(|| fitted(&zone_in_signs(text)?, &items))
}

fn fitted(text: &str, items: &[Item<'_>]) -> Option<Parsed> {
    let mut parsed = Parsed::new();
    chrono::format::parse(&mut parsed, text, items.iter()).ok().map(|()| parsed)
}

/// The items of a form; every way to say a zone reads all of `Z`, `+08`, `+0800` and `+08:00`.
fn items(form: &str) -> Vec<Item<'_>> {
    let any = || StrftimeItems::new("%#z").next().unwrap_or(Item::Error);
    StrftimeItems::new(form).map(|item| if is_zone(&item) { any() } else { item }).collect()
}

/// Whether an item of a form reads the zone.
pub(super) fn is_zone(item: &Item<'_>) -> bool {
    let offset = matches!(
        item,
        Item::Fixed(
            Fixed::TimezoneOffset
                | Fixed::TimezoneOffsetColon
                | Fixed::TimezoneOffsetDoubleColon
                | Fixed::TimezoneOffsetTripleColon
                | Fixed::TimezoneOffsetZ
                | Fixed::TimezoneOffsetColonZ
        )
    );
    offset || Some(item) == StrftimeItems::new("%#z").next().as_ref()
}

/// A text whose zone is said in letters (GMT, UTC, GMT+8), with the signs that forms read; `None` where there are none.
fn zone_in_signs(text: &str) -> Option<String> {
    static ZONE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?:GMT|UTC)(?:(?<sign>[+-])(?<hours>\d{1,2})(?<minutes>:?\d{2})?)?")
            .expect("the pattern is constant")
    });
    let found = ZONE.captures(text)?;
    let signs = found.name("sign").map_or_else(
        || "Z".to_owned(),
        |sign| {
            format!("{}{:0>2}{}", sign.as_str(), &found["hours"], found.name("minutes").map_or("", |at| at.as_str()))
        },
    );
    Some(text.replacen(&found[0], &signs, 1))
}

/// Half days in Chinese, as the form's `%p` knows them.
fn half_days(text: &str, form: &str) -> String {
    if form.contains("%p") || form.contains("%P") {
        text.replace("上午", "AM").replace("下午", "PM")
    } else {
        text.to_owned()
    }
}

/// What to say where a text that does not fit its form ends with a zone, or is a number of milliseconds; empty otherwise.
pub(super) fn hint(text: &str, form: &str) -> &'static str {
    static ZONE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\d(?:\s*(?:GMT|UTC)|Z|[+-]\d{2}:?\d{2})$").expect("the pattern is constant"));
    if form == "%s" && text.len() > 12 && text.bytes().all(|digit| digit.is_ascii_digit()) {
        return "; a number of milliseconds has the form %s%3f";
    }
    let reads = StrftimeItems::new(form).any(|item| is_zone(&item));
    if !reads && ZONE.is_match(text) && text.contains(':') { "; the zone in it has the form %z" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, form: &str) -> Option<String> {
        instant(text, form).map(|instant| instant.to_rfc3339())
    }

    #[test]
    fn a_zone_is_read_however_it_is_written() {
        let utc = Some("2026-11-02T00:45:00+08:00".to_owned());
        for (text, form) in [
            ("2026-11-01T16:45:00.000Z", "%Y-%m-%dT%H:%M:%S.000%z"),
            ("2026-11-01T16:45:00.5Z", "%Y-%m-%dT%H:%M:%S%.f%z"),
            ("2026-11-01T16:45:00+00:00", "%Y-%m-%dT%H:%M:%S%:z"),
            ("2026-11-01T16:45:00Z", "%Y-%m-%dT%H:%M:%S%:z"),
            ("2026-11-02T00:45:00+0800", "%Y-%m-%dT%H:%M:%S%z"),
            ("2026-11-02T00:45:00+08", "%Y-%m-%dT%H:%M:%S%z"),
            ("2026-11-01 16:45 UTC", "%Y-%m-%d %H:%M %z"),
            ("Sun, 01 Nov 2026 16:45:00 GMT", "%a, %d %b %Y %H:%M:%S %z"),
            ("Mon Nov 02 2026 00:45:00 GMT+0800 (中国标准时间)", "%a %b %d %Y %H:%M:%S GMT%z (中国标准时间)"),
            ("2026/11/02 00:45 GMT+8", "%Y/%m/%d %H:%M %z"),
            ("2026-11-01T16:45:00Z", "%+"),
            ("1793551500", "%s"),
            ("1793551500000", "%s%3f"),
        ] {
            let read = at(text, form).map(|read| read.replace(":00.500+", ":00+"));
            assert_eq!(read, utc, "{text} by {form}");
            assert_eq!(day(text, form).map(|day| day.to_string()).as_deref(), Some("2026-11-02"), "{text} by {form}");
        }
    }

    #[test]
    fn what_does_not_fit_is_nothing() {
        for (text, form) in [
            ("2026-11-01T16:45:00Z", "%Y-%m-%dT%H:%M:%S"),
            ("2026-11-01T16:45:00", "%Y-%m-%dT%H:%M:%S%z"),
            ("2026-11-01 16:45:00 CST", "%Y-%m-%d %H:%M:%S %z"),
            ("1793551500000", "%s"),
            ("1793551500", "%s%3f"),
            ("500", "%s%3f"),
            ("26-11-01 16:45", "%Y-%m-%d %H:%M"),
        ] {
            assert_eq!(at(text, form), None, "{text} by {form}");
        }
        assert!(hint("2026-11-01T16:45:00Z", "%Y-%m-%dT%H:%M:%S").contains("%z"));
        assert!(hint("1793551500000", "%s").contains("%s%3f"));
        assert_eq!(hint("2026-11-01", "%Y/%m/%d"), "");
    }

    #[test]
    fn a_day_with_a_zone_and_no_time_is_that_day() {
        assert_eq!(day("2026-11-02+08:00", "%Y-%m-%d%z").map(|day| day.to_string()).as_deref(), Some("2026-11-02"));
        assert_eq!(day("2026-11-29T16:00:00Z", "%Y-%m-%dT%H:%M:%S%z").map(|day| day.day()), Some(30));
        assert_eq!(day("2026-11-29T16Z", "%Y-%m-%dT%H%z"), None);
    }
}
