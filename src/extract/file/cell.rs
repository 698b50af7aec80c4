//! Values of workbooks as the sheet shows them.

use calamine::{Data, DataRef, ExcelDateTime};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// Digits that a workbook keeps of a number.
const DIGITS: usize = 15;

/// A value, as far as it can be told without the others of its column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shown {
    Text(String),
    /// A moment, and whether its form shows the time of day, where that is known.
    Moment(NaiveDateTime, Option<Form>),
}

/// What of a moment a cell shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Date,
    Time,
    Both,
}

/// A value with the format code of its cell, where that is known.
pub(super) fn shown(value: &DataRef<'_>, format: Option<&str>) -> Shown {
    match value {
        DataRef::Empty => Shown::Text(String::new()),
        DataRef::String(text) => Shown::Text(text.clone()),
        DataRef::SharedString(text) => Shown::Text((*text).to_owned()),
        DataRef::Int(number) => Shown::Text(number.to_string()),
        DataRef::Float(number) => Shown::Text(float(*number, format)),
        DataRef::Bool(flag) => Shown::Text(if *flag { "TRUE" } else { "FALSE" }.to_owned()),
        DataRef::DateTime(moment) => serial(moment, format),
        DataRef::DateTimeIso(text) => iso(text),
        DataRef::DurationIso(text) => Shown::Text(text.clone()),
        DataRef::Error(error) => Shown::Text(error.to_string()),
    }
}

/// The same for a value of older and other workbooks, which keep no formats for us.
pub(super) fn shown_plain(value: &Data) -> Shown {
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
    shown(&value, None)
}

/// The texts of one list. A column whose forms are not known shows the time of day in all moments, or in none.
pub(super) fn texts(rows: Vec<Vec<Shown>>) -> Vec<Vec<String>> {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let timed = |column: usize| {
        rows.iter().any(|row| match row.get(column) {
            Some(Shown::Moment(moment, None)) => moment.time() != NaiveTime::MIN,
            Some(Shown::Moment(_, Some(_)) | Shown::Text(_)) | None => false,
        })
    };
    let timed: Vec<bool> = (0..width).map(timed).collect();
    let text = |(column, shown): (usize, Shown)| match shown {
        Shown::Text(text) => text,
        Shown::Moment(moment, form) => {
            let form = form.unwrap_or(if timed[column] { Form::Both } else { Form::Date });
            moment
                .format(match form {
                    Form::Date => "%Y-%m-%d",
                    Form::Time => "%H:%M:%S",
                    Form::Both => "%Y-%m-%d %H:%M:%S",
                })
                .to_string()
        }
    };
    rows.into_iter().map(|row| row.into_iter().enumerate().map(text).collect()).collect()
}

/// A number with the digits that the workbook keeps; `000000` pads it, `0.00` rounds it.
fn float(number: f64, format: Option<&str>) -> String {
    if let Some(format) = format.filter(|_| number.is_finite()) {
        let (whole, decimals) = format.split_once('.').unwrap_or((format, ""));
        let zeros = |part: &str| part.bytes().all(|byte| byte == b'0');
        if !whole.is_empty() && zeros(whole) && zeros(decimals) && (whole.len() > 1 || format.contains('.')) {
            let width = whole.len() + if decimals.is_empty() { 0 } else { decimals.len() + 1 };
            return format!("{number:0width$.places$}", places = decimals.len());
        }
    }
    // What arithmetic adds behind the digits that are shown is no part of the number.
    let kept: f64 = format!("{number:.places$e}", places = DIGITS - 1).parse().unwrap_or(number);
    kept.to_string()
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
    let bare = bare.replace("am/pm", "").replace("a/p", "");
    let time = bare.contains(['h', 's']);
    let date = bare.contains(['y', 'd']) || (bare.contains('m') && !time);
    match (date, time) {
        (true, true) => Some(Form::Both),
        (true, false) => Some(Form::Date),
        (false, true) => Some(Form::Time),
        (false, false) => None,
    }
}

/// A moment that is written as ISO 8601.
fn iso(text: &str) -> Shown {
    let read = NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), "%Y-%m-%dT%H:%M:%S%.f").ok();
    let day = || Some(NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_time(NaiveTime::MIN));
    read.or_else(day).map_or_else(|| Shown::Text(text.to_owned()), |moment| Shown::Moment(moment, None))
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    fn text(value: f64, format: Option<&str>) -> String {
        float(value, format)
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
            (371_312_199_001_011_230_f64, None, "371312199001011000"),
            (42.0, Some("000000"), "000042"),
            (12.5, Some("0.00"), "12.50"),
            (12.5, Some("0"), "12.5"),
            (0.5, Some("0%"), "0.5"),
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
