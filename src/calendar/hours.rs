//! Hours of the day, and windows of time in which something is shut.

use std::{collections::BTreeSet, fmt};

use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

use crate::base::Remedy;

/// Minutes of an hour.
const HOUR: u32 = 60;
/// Minutes of a day.
const DAY: u32 = 24 * HOUR;

/// Spans of the day, to the minute: `08:30-12:00`. Each holds its first moment and ends before its last one; a span that ends
/// before it begins crosses midnight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// As written: from (0 to 1439) and until (1 to 1440), in minutes of the day.
    spans: Vec<(u32, u32)>,
}

impl Hours {
    /// The spans of the day in texts such as `08:30-12:00` or `22:00-06:00`; the day's end is `24:00`.
    ///
    /// Errors: the first text that is no span, or that there is none.
    pub fn parse(written: &[&str]) -> Result<Self, HoursError> {
        let spans = written.iter().map(|written| span(written)).collect::<Result<Vec<_>, _>>()?;
        if spans.is_empty() { Err(HoursError::Nothing) } else { Ok(Self { spans }) }
    }

    /// Whether that moment of the day lies in one of the spans.
    pub fn contains(&self, time: NaiveTime) -> bool {
        self.holds(minute(time))
    }

    /// The stretch around `at`, on the same wall clock, in which [`Hours::contains`] says the same throughout: its first
    /// moment, and the first moment after it. `None` where it says the same all day.
    pub fn stretch(&self, at: NaiveDateTime) -> Option<(NaiveDateTime, NaiveDateTime)> {
        let ends = self.spans.iter().flat_map(|(from, until)| [*from, until % DAY]);
        let turns: BTreeSet<u32> =
            ends.filter(|turn| self.holds(*turn) != self.holds((turn + DAY - 1) % DAY)).collect();
        let (first, last) = (*turns.first()?, *turns.last()?);
        let now = minute(at.time());
        let since = turns.range(..=now).next_back().map_or(i64::from(last) - i64::from(DAY), |turn| i64::from(*turn));
        let until = turns.range(now + 1..).next().map_or(i64::from(first) + i64::from(DAY), |turn| i64::from(*turn));
        let midnight = at.date().and_time(NaiveTime::MIN);
        Some((midnight + TimeDelta::minutes(since), midnight + TimeDelta::minutes(until)))
    }

    fn holds(&self, minute: u32) -> bool {
        self.spans.iter().any(|(from, until)| {
            if from < until { (*from..*until).contains(&minute) } else { minute >= *from || minute < *until }
        })
    }
}

/// As they are written, with commas between.
impl fmt::Display for Hours {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = |minute: u32| format!("{:02}:{:02}", minute / HOUR, minute % HOUR);
        let spans: Vec<String> =
            self.spans.iter().map(|(from, until)| format!("{}-{}", clock(*from), clock(*until))).collect();
        formatter.write_str(&spans.join(", "))
    }
}

fn minute(time: NaiveTime) -> u32 {
    time.hour() * HOUR + time.minute()
}

/// `08:30-12:00` → minutes of the day; an end at midnight is the day's end.
fn span(written: &str) -> Result<(u32, u32), HoursError> {
    let wrong = || HoursError::Form { written: written.to_owned() };
    let (from, until) = written.split_once('-').ok_or_else(wrong)?;
    let (from, until) = (clock(from).ok_or_else(wrong)?, clock(until).ok_or_else(wrong)?);
    if from == DAY {
        return Err(wrong());
    }
    if from == until {
        return Err(HoursError::Empty { written: written.to_owned() });
    }
    Ok((from, if until == 0 { DAY } else { until }))
}

/// `08:30` → minutes of the day, up to `24:00`.
fn clock(written: &str) -> Option<u32> {
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() <= 2 && !text.starts_with('+'));
    let (hour, minute) = written.trim().split_once(':')?;
    let (hour, minute) = (number(hour)?, number(minute).filter(|minute| *minute < HOUR)?);
    Some(hour * HOUR + minute).filter(|minute| *minute <= DAY)
}

/// What can be wrong with hours of the day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// A text is no span of the day.
    #[error("`{written}` is no span of the day: write two times with a hyphen between, like \"08:30-12:00\"")]
    Form {
        /// The text.
        written: String,
    },
    /// A span begins and ends at once.
    #[error("`{written}` begins and ends at the same minute: write \"00:00-24:00\" for the whole day")]
    Empty {
        /// The text.
        written: String,
    },
    /// There is no span.
    #[error("hours need at least one span of the day, like \"08:30-12:00\"")]
    Nothing,
}

impl HoursError {
    /// All of them are for a person: somebody must mend the file.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Form { .. } | Self::Empty { .. } | Self::Nothing => Remedy::Human,
        }
    }
}

/// A stretch of time in which something is shut, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its first instant.
    pub from: DateTime<Utc>,
    /// The first instant after it.
    pub until: DateTime<Utc>,
    /// Why, in the words of whoever wrote it down.
    pub because: String,
}

impl Window {
    /// Whether that instant lies in it.
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(written: &[&str]) -> Hours {
        Hours::parse(written).unwrap()
    }

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn a_span_holds_its_first_minute_and_ends_before_its_last() {
        let day = hours(&["08:30-12:00", "13:30-17:30"]);
        let open = |time: &str| day.contains(time.parse().unwrap());
        assert!(open("08:30:00") && open("11:59:59") && open("13:30:00"));
        assert!(!open("08:29:59") && !open("12:00:00") && !open("17:30:00") && !open("00:00:00"));
        assert_eq!(day.to_string(), "08:30-12:00, 13:30-17:30");
    }

    #[test]
    fn a_span_may_cross_midnight() {
        let night = hours(&["22:00-6:00"]);
        let quiet = |time: &str| night.contains(time.parse().unwrap());
        assert!(quiet("22:00:00") && quiet("23:59:59") && quiet("00:00:00") && quiet("05:59:59"));
        assert!(!quiet("06:00:00") && !quiet("21:59:59"));
        assert_eq!(night.to_string(), "22:00-06:00");
    }

    #[test]
    fn a_stretch_goes_from_turn_to_turn_over_midnight_and_over_spans_that_meet() {
        let day = hours(&["08:30-12:00", "13:30-17:30"]);
        let stretch = |text| day.stretch(at(text)).unwrap();
        assert_eq!(stretch("2026-11-26T09:00:00"), (at("2026-11-26T08:30:00"), at("2026-11-26T12:00:00")));
        assert_eq!(stretch("2026-11-26T12:00:00"), (at("2026-11-26T12:00:00"), at("2026-11-26T13:30:00")));
        assert_eq!(stretch("2026-11-26T20:00:00"), (at("2026-11-26T17:30:00"), at("2026-11-27T08:30:00")));
        assert_eq!(stretch("2026-11-26T08:29:59"), (at("2026-11-25T17:30:00"), at("2026-11-26T08:30:00")));
        let met = hours(&["22:00-00:00", "00:00-06:00"]);
        assert_eq!(
            met.stretch(at("2026-11-26T00:00:00")),
            Some((at("2026-11-25T22:00:00"), at("2026-11-26T06:00:00")))
        );
        assert_eq!(hours(&["00:00-24:00"]).stretch(at("2026-11-26T00:00:00")), None);
    }

    #[test]
    fn what_is_no_span_is_told() {
        for written in
            ["", "08:30", "08:30-", "08:30–12:00", "8-12", "08:60-09:00", "24:01-25:00", "24:00-06:00", "+8:00-9:00"]
        {
            let error = Hours::parse(&["08:30-12:00", written]).unwrap_err();
            assert_eq!(error, HoursError::Form { written: written.to_owned() });
        }
        assert!(matches!(Hours::parse(&["08:00-08:00"]), Err(HoursError::Empty { .. })));
        assert_eq!(Hours::parse(&[]), Err(HoursError::Nothing));
    }
}
