//! The calendar's file: one section per year, checked while it is read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;

use super::CalendarError;

/// One section of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    /// Days off; weekends among them change nothing, announcements name them too.
    holidays: BTreeSet<NaiveDate>,
    /// Saturdays and Sundays that are worked (调休).
    working_weekends: BTreeSet<NaiveDate>,
}

/// The years of the text, and all working days of those years, ascending.
pub(super) fn parse(text: &str, origin: &str) -> Result<(BTreeSet<i32>, Vec<NaiveDate>), CalendarError> {
    let wrong = |reason: String| CalendarError::Parse { origin: origin.to_owned(), reason };
    let sections: BTreeMap<String, Year> = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
    if sections.is_empty() {
        return Err(wrong("it has no year; write a section such as [2026]".to_owned()));
    }
    let mut years = BTreeMap::new();
    for (title, section) in sections {
        let year = title.parse().ok().filter(|year| (1900..=9999).contains(year));
        let year = year.ok_or_else(|| wrong(format!("section [{title}] is not a year such as [2026]")))?;
        section.check(year, origin)?;
        years.insert(year, section);
    }
    let working = years.iter().flat_map(|(&year, section)| section.working_days(year)).collect();
    Ok((years.into_keys().collect(), working))
}

impl Year {
    fn check(&self, year: i32, origin: &str) -> Result<(), CalendarError> {
        let wrong = |date, reason| CalendarError::Contradiction { origin: origin.to_owned(), year, date, reason };
        if let Some(&date) = self.holidays.union(&self.working_weekends).find(|date| date.year() != year) {
            return Err(wrong(date, "is of another year: move it to the section of its year"));
        }
        if let Some(&date) = self.holidays.intersection(&self.working_weekends).next() {
            return Err(wrong(date, "is both a holiday and a working weekend: take it out of one of the two"));
        }
        if let Some(&date) = self.working_weekends.iter().find(|&&date| !is_weekend(date)) {
            return Err(wrong(date, "is no Saturday or Sunday: take it out of working_weekends"));
        }
        Ok(())
    }

    fn working_days(&self, year: i32) -> impl Iterator<Item = NaiveDate> {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).expect("every year from 1900 to 9999 has a first of January");
        first
            .iter_days()
            .take_while(move |date| date.year() == year)
            .filter(|date| self.working_weekends.contains(date) || !(is_weekend(*date) || self.holidays.contains(date)))
    }
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}
