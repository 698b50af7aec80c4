//! Texts to the types of the unified fields.

use std::{str::FromStr, sync::LazyLock};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone};
use regex::Regex;

use crate::record::{CaseFields, Channel, Limit, LimitUnit, ProjectType, UnknownCode, mask_digits};

/// Fields about people: what they say never stands in a reason.
pub(super) const PERSONAL: &[&str] = &["applicant_name", "applicant_id", "contact_name", "contact_phone", "operator"];

/// Letters of a page's word that a reason repeats.
const LONGEST_WORD: usize = 60;

/// Digits of a region code: of a town at least, of a village at most.
const REGION_DIGITS: std::ops::RangeInclusive<usize> = 9..=12;

/// Offset of the district's zone from UTC, seconds: China has one, and no summer time.
const OFFSET: i32 = 8 * 3600;

/// Writes one field of a case; the error says why the text does not fit it.
pub(super) fn set(fields: &mut CaseFields, name: &str, text: &str) -> Result<(), String> {
    macro_rules! by_name {
        ($($field:ident)+) => {
            match name {
                $(stringify!($field) => fields.$field = Some(FieldValue::from_text(name, text)?),)+
                _ => return Err(format!("a case has no field {name}")),
            }
        };
    }
    by_name! {
        task_code catalog_code task_name task_type project_type applicant_name applicant_type applicant_id_type applicant_id
        contact_name contact_phone channel apply_date accept_date promise_date result_date legal_limit promise_limit org_code
        org_name region_code site window operator result_document_no deficient_accept commitment cross_region theme_no off_hours
    }
    Ok(())
}

/// A page's word as a reason may repeat it: short, and without what may be the number of a person or a phone.
pub(super) fn repeatable(text: &str) -> String {
    static NUMBERS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\d{15,}[Xx]?|\b1\d{10}\b").expect("the pattern is constant"));
    let short: String = text.chars().take(LONGEST_WORD).collect();
    NUMBERS.replace_all(&short, |found: &regex::Captures<'_>| mask_digits(&found[0])).into_owned()
}

/// A canonical code, or the reason why the text is none.
pub(super) fn code<T: FromStr<Err = UnknownCode>>(text: &str) -> Result<T, String> {
    text.trim().parse().map_err(|unknown: UnknownCode| {
        let word = repeatable(&unknown.word);
        format!("`{word}` is not one of {}; map it with code('LIST') and a line in [codes.LIST]", unknown.offered)
    })
}

/// An instant, or the reason why the text is none.
pub(super) fn instant(name: &str, text: &str) -> Result<DateTime<FixedOffset>, String> {
    FieldValue::from_text(name, text)
}

/// How a field's type reads a text; `name` is the field.
trait FieldValue: Sized {
    fn from_text(name: &str, text: &str) -> Result<Self, String>;
}

impl FieldValue for String {
    fn from_text(name: &str, text: &str) -> Result<Self, String> {
        let text = text.trim();
        let region = || REGION_DIGITS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if name == "region_code" && !region() {
            return Err(format!("`{}` is no region code of 9 to 12 digits", repeatable(text)));
        }
        Ok(text.to_owned())
    }
}

impl FieldValue for DateTime<FixedOffset> {
    /// RFC 3339, or a day: its first instant, for a promise its last second.
    fn from_text(name: &str, text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
            return Ok(instant);
        }
        let last_second = NaiveTime::from_hms_opt(23, 59, 59).expect("a time of day");
        let time = if name == "promise_date" { last_second } else { NaiveTime::MIN };
        let zone = FixedOffset::east_opt(OFFSET).expect("eight hours are a legal offset");
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        day.and_then(|day| zone.from_local_datetime(&day.and_time(time)).single()).ok_or_else(|| {
            let word = repeatable(text);
            format!("`{word}` is neither a day (2026-03-01) nor an instant with its offset; say its form with date('…') or datetime('…')")
        })
    }
}

impl FieldValue for Limit {
    fn from_text(_: &str, text: &str) -> Result<Self, String> {
        let read = |text: &str| {
            let (count, unit) = text.split_once(' ')?;
            let unit = match unit.trim() {
                "working_days" => LimitUnit::WorkingDays,
                "days" => LimitUnit::Days,
                _ => return None,
            };
            Some(Limit { count: count.parse().ok()?, unit })
        };
        read(text.trim()).ok_or_else(|| {
            format!(
                "`{}` is no time limit such as `20 working_days`; use the filter workdays or days",
                repeatable(text)
            )
        })
    }
}

impl FieldValue for bool {
    fn from_text(_: &str, text: &str) -> Result<Self, String> {
        match text.trim() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            other => Err(format!("`{}` is none of true, false, 1, 0; map it with code('LIST')", repeatable(other))),
        }
    }
}

impl FieldValue for Channel {
    fn from_text(_: &str, text: &str) -> Result<Self, String> {
        code(text)
    }
}

impl FieldValue for ProjectType {
    fn from_text(_: &str, text: &str) -> Result<Self, String> {
        code(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dated(name: &str, text: &str) -> Result<CaseFields, String> {
        let mut fields = CaseFields::default();
        set(&mut fields, name, text).map(|()| fields)
    }

    #[test]
    fn every_field_of_a_case_can_be_set() {
        for name in CaseFields::NAMES {
            let texts = ["x", "promised", "window", "2026-03-01", "20 working_days", "371312001", "true"];
            assert!(texts.iter().any(|text| dated(name, text).is_ok()), "{name}");
        }
        assert!(dated("applicant", "x").unwrap_err().contains("no field applicant"));
    }

    #[test]
    fn a_promised_day_ends_at_its_last_second() {
        let day = "2026-03-01";
        assert_eq!(dated("accept_date", day).unwrap().accept_date.unwrap().to_rfc3339(), "2026-03-01T00:00:00+08:00");
        assert_eq!(dated("promise_date", day).unwrap().promise_date.unwrap().to_rfc3339(), "2026-03-01T23:59:59+08:00");
        let instant = "2026-03-01T10:00:00+08:00";
        assert_eq!(dated("promise_date", instant).unwrap().promise_date.unwrap().to_rfc3339(), instant);
        assert!(dated("accept_date", "2026/3/1").unwrap_err().contains("2026/3/1"));
    }

    #[test]
    fn reasons_repeat_no_numbers_of_people() {
        let id = dated("accept_date", "99999919900101001X").unwrap_err();
        assert!(id.contains("999*************1X") && !id.contains("19900101"), "{id}");
        assert!(dated("accept_date", "13900001234").unwrap_err().contains("139******34"));
        assert!(dated("accept_date", "20260101120000").unwrap_err().contains("20260101120000"));
    }

    #[test]
    fn limits_flags_and_regions_are_exact() {
        let limit = dated("legal_limit", "20 working_days").unwrap().legal_limit.unwrap();
        assert_eq!(limit, Limit { count: 20, unit: LimitUnit::WorkingDays });
        for (name, wrong) in [("legal_limit", "20"), ("off_hours", "是"), ("region_code", "3713"), ("channel", "窗口")]
        {
            assert!(dated(name, wrong).unwrap_err().contains(wrong), "{name}");
        }
    }
}
