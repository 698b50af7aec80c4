//! Values of workbooks as the sheet shows them.

use std::collections::BTreeSet;

use calamine::{Data, DataRef, ExcelDateTime};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::{Area, Cells, format, long};

/// Digits that a workbook keeps of a number.
const DIGITS: usize = 15;

/// A value, as far as it can be told without the others of its column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shown {
    Text(String),
    /// A number whose last digits are not known, as it can be shown.
    Rounded(String),
    /// A moment, and whether its form shows the time of day, where that is known.
    Moment(NaiveDateTime, Option<Form>),
}

/// What of a moment a cell shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Date,
    Time,
    Both,
    /// Both, without seconds.
    Minutes,
}

/// A value with the format code of its cell, where that is known.
pub(super) fn shown(value: &DataRef<'_>, format: Option<&str>) -> Shown {
    match value {
        DataRef::Empty => Shown::Text(String::new()),
        DataRef::String(text) => Shown::Text(worded(text, format)),
        DataRef::SharedString(text) => Shown::Text(worded(text, format)),
        DataRef::Int(number) => float(*number as f64, format),
        DataRef::Float(number) => float(*number, format),
        DataRef::Bool(flag) => Shown::Text(if *flag { "TRUE" } else { "FALSE" }.to_owned()),
        DataRef::DateTime(moment) => serial(moment, format),
        DataRef::DateTimeIso(text) => iso(text),
        DataRef::DurationIso(text) => Shown::Text(text.clone()),
        DataRef::Error(error) => Shown::Text(error.to_string()),
    }
}

/// The same for a value of older and other workbooks, of which only the formats of numbers may be known: those of moments are not.
pub(super) fn shown_plain(value: &Data, format: Option<&str>) -> Shown {
    let value = match value {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(flag) => DataRef::Bool(*flag),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    };
    shown(&value, format.filter(|_| !matches!(value, DataRef::DateTime(_))))
}

/// The cells of one list. A column whose forms are not known shows the time of day in all moments, or in none.
pub(super) fn cells(rows: Vec<Vec<Shown>>, merged: Vec<Area>) -> Cells {
    let at = |row: usize| {
        move |(column, shown): (usize, &Shown)| matches!(shown, Shown::Rounded(_)).then_some((row, column))
    };
    let rounded: BTreeSet<(usize, usize)> =
        rows.iter().enumerate().flat_map(|(row, shown)| shown.iter().enumerate().filter_map(at(row))).collect();
    Cells { rows: texts(rows), merged, rounded, ..Cells::default() }
}

fn texts(rows: Vec<Vec<Shown>>) -> Vec<Vec<String>> {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let timed = |column: usize| {
        rows.iter().any(|row| match row.get(column) {
            Some(Shown::Moment(moment, None)) => moment.time() != NaiveTime::MIN,
            Some(Shown::Moment(_, Some(_)) | Shown::Text(_) | Shown::Rounded(_)) | None => false,
        })
    };
    let timed: Vec<bool> = (0..width).map(timed).collect();
    let text = |(column, shown): (usize, Shown)| match shown {
        Shown::Text(text) | Shown::Rounded(text) => text,
        Shown::Moment(moment, form) => {
            let form = form.unwrap_or(if timed[column] { Form::Both } else { Form::Date });
            moment
                .format(match form {
                    Form::Date => "%Y-%m-%d",
                    Form::Time => "%H:%M:%S",
                    Form::Both => "%Y-%m-%d %H:%M:%S",
                    Form::Minutes => "%Y-%m-%d %H:%M",
                })
                .to_string()
        }
    };
    rows.into_iter().map(|row| row.into_iter().enumerate().map(text).collect()).collect()
}

/// A number as its format shows it; without one, or with one that is not followed, with the digits that the workbook keeps.
pub(super) fn float(number: f64, format: Option<&str>) -> Shown {
    if long::is_beyond(number) {
        return Shown::Rounded(long::shown(number));
    }
    // More digits than a sheet shows, and all of them known: a format would cut them off.
    if number.abs() >= 1e15 && number.fract() == 0.0 {
        return Shown::Text(number.to_string());
    }
    // What arithmetic adds behind the digits that are shown is no part of the number.
    let kept: f64 = format!("{number:.places$e}", places = DIGITS - 1).parse().unwrap_or(number);
    let plain = kept.to_string();
    let formatted = format.filter(|_| number.is_finite()).and_then(|code| format::number(number, code, &plain));
    Shown::Text(formatted.unwrap_or(plain))
}

fn worded(text: &str, format: Option<&str>) -> String {
    format.map_or_else(|| text.to_owned(), |code| format::text(text, code))
}

fn serial(moment: &ExcelDateTime, format: Option<&str>) -> Shown {
    if moment.is_duration() {
        let seconds = (moment.as_f64() * 86_400.0).round();
        let (hours, rest) = ((seconds / 3_600.0).floor(), seconds.rem_euclid(3_600.0));
        return Shown::Text(format!("{hours}:{:02}:{:02}", (rest / 60.0).floor(), rest % 60.0));
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let date = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into());
    let time = NaiveTime::from_hms_opt(hour.into(), minute.into(), second.into());
    let (Some(date), Some(time)) = (date, time) else {
        return Shown::Text(moment.as_f64().to_string());
    };
    // A second is a fraction of a day that a number seldom hits.
    let moment_read = date.and_time(time) + chrono::Duration::seconds(i64::from(milli >= 500));
    let only_time = (0.0..1.0).contains(&moment.as_f64()).then_some(Form::Time);
    Shown::Moment(moment_read, format.and_then(form).or(only_time))
}

/// What of a moment a format code shows; none where it says nothing of moments.
fn form(format: &str) -> Option<Form> {
    let bare = bare(format);
    let time = bare.contains(['h', 's']);
    let date = bare.contains(['y', 'd']) || (bare.contains('m') && !time);
    match (date, time) {
        (true, true) => Some(Form::Both),
        (true, false) => Some(Form::Date),
        (false, true) => Some(Form::Time),
        (false, false) => None,
    }
}

/// The same, seconds only where the code has them.
pub(super) fn exact_form(format: &str) -> Option<Form> {
    let form = form(format);
    if form == Some(Form::Both) && !bare(format).contains('s') { Some(Form::Minutes) } else { form }
}

/// The signs of a format code's first part that are no words.
fn bare(format: &str) -> String {
    let mut bare = String::new();
    let mut letters = format.split(';').next().unwrap_or_default().chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => letters.by_ref().take_while(|letter| *letter != '"').for_each(drop),
            '[' => letters.by_ref().take_while(|letter| *letter != ']').for_each(drop),
            '\\' | '_' | '*' => drop(letters.next()),
            letter => bare.extend(letter.to_lowercase()),
        }
    }
    bare.replace("am/pm", "").replace("a/p", "")
}

/// A moment that is written as ISO 8601.
pub(super) fn iso(text: &str) -> Shown {
    let read = NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), "%Y-%m-%dT%H:%M:%S%.f").ok();
    let day = || Some(NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_time(NaiveTime::MIN));
    read.or_else(day).map_or_else(|| Shown::Text(text.to_owned()), |moment| Shown::Moment(moment, None))
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    fn text(value: f64, format: Option<&str>) -> String {
        match float(value, format) {
            Shown::Text(text) => text,
            Shown::Rounded(text) => format!("about {text}"),
            Shown::Moment(..) => "a moment".to_owned(),
        }
    }

    fn moment(value: f64, format: Option<&str>) -> String {
        let moment = ExcelDateTime::new(value, ExcelDateTimeType::DateTime, false);
        texts(vec![vec![shown(&DataRef::DateTime(moment), format)]]).remove(0).remove(0)
    }

    #[test]
    fn numbers_stand_as_the_sheet_shows_them() {
        for (value, format, expected) in [
            (12.0, None, "12"),
            (0.1 + 0.2, None, "0.3"),
            (-1_234_567.25, Some("General"), "-1234567.25"),
            (999_999_199_001_011_230_f64, None, "about 9.99999199001011E17"),
            (2_026_110_212_345_678_f64, None, "2026110212345678"),
            (42.0, Some("000000"), "000042"),
            (12.5, Some("0.00"), "12.50"),
            (12.5, Some("0.00E+00"), "12.5"),
            (0.5, Some("0%"), "50%"),
        ] {
            assert_eq!(text(value, format), expected, "{value} {format:?}");
        }
    }

    #[test]
    fn moments_show_what_their_format_shows() {
        // 2026-03-02 08:30:00.
        let serial = 46_083.0 + 8.5 / 24.0;
        for (value, format, expected) in [
            (serial, Some("yyyy\\-mm\\-dd hh:mm"), "2026-03-02 08:30:00"),
            (serial, Some("yyyy\"年\"m\"月\"d\"日\";@"), "2026-03-02"),
            (serial, Some("[$-804]h:mm AM/PM"), "08:30:00"),
            (serial, None, "2026-03-02 08:30:00"),
            (46_083.0, None, "2026-03-02"),
            (46_083.0, Some("m/d/yy h:mm"), "2026-03-02 00:00:00"),
            (0.75, None, "18:00:00"),
            (46_083.0 + 30_601.0 / 86_400.0, None, "2026-03-02 08:30:01"),
        ] {
            assert_eq!(moment(value, format), expected, "{value} {format:?}");
        }
    }

    #[test]
    fn a_column_shows_the_time_of_day_in_all_its_moments_or_in_none() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let at = |hour| Shown::Moment(day.and_hms_opt(hour, 0, 0).unwrap(), None);
        let rows = texts(vec![vec![at(0), at(0)], vec![at(9), at(0)]]);
        assert_eq!(rows, [["2026-03-02 00:00:00", "2026-03-02"], ["2026-03-02 09:00:00", "2026-03-02"]]);
    }
}
