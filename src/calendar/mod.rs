//! Working days as data: what a promise of N days means in this district; hours of the day, and what wall clocks show.
//!
//! The start day is excluded, make-up weekends (调休) count, statutory holidays do not. The years that are known are the
//! years that were published; a question about any other year is an error that names it.

mod file;
mod hours;
mod wall;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use chrono::{Datelike, NaiveDate};

use crate::base::Remedy;

pub use hours::{Hours, HoursError, Window};
pub use wall::{shown, shown_at};

/// What the shipped calendar is called in messages.
const SHIPPED: &str = "the shipped calendar";

/// The working days of the years that were published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The years that have a section in the file.
    years: BTreeSet<i32>,
    /// Every working day of those years, ascending: counting is two binary searches, however long the span.
    working: Vec<NaiveDate>,
    /// Where the calendar came from, for messages.
    origin: String,
}

impl Calendar {
    /// The calendar that ships with the bridge: mainland China, 2004 to 2026.
    pub fn district() -> Self {
        static DISTRICT: OnceLock<Calendar> = OnceLock::new();
        DISTRICT
            .get_or_init(|| {
                Self::parse(include_str!("district.toml"), SHIPPED).expect("a test reads the shipped calendar")
            })
            .clone()
    }

    /// The calendar in an operator's file, written like the shipped `district.toml`.
    ///
    /// Errors: [`CalendarError::Read`], [`CalendarError::Parse`], [`CalendarError::Contradiction`].
    pub fn load(path: &Path) -> Result<Self, CalendarError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| CalendarError::Read { path: path.to_owned(), source })?;
        Self::parse(&text, &path.display().to_string())
    }

    /// The calendar in a text; `origin` says in messages where it came from.
    ///
    /// Errors: [`CalendarError::Parse`], [`CalendarError::Contradiction`].
    pub fn parse(text: &str, origin: &str) -> Result<Self, CalendarError> {
        let (years, working) = file::parse(text, origin)?;
        Ok(Self { years, working, origin: origin.to_owned() })
    }

    /// The date `days` working days after `start`, the start day excluded; `start` itself for 0.
    ///
    /// Errors: [`CalendarError::MissingYear`] when the way there leaves the published years.
    pub fn add(&self, start: NaiveDate, days: u32) -> Result<NaiveDate, CalendarError> {
        self.covers(start.year(), start.year())?;
        let Some(nth) = (days as usize).checked_sub(1) else {
            return Ok(start);
        };
        let first = self.working.partition_point(|&day| day <= start);
        match self.working.get(first + nth) {
            Some(&end) => self.covers(start.year(), end.year()).map(|()| end),
            None => Err(self.missing(self.first_gap(start.year()))),
        }
    }

    /// Working days after `from` up to and including `to`; negative when `to` is earlier, so that swapping the two only
    /// changes the sign.
    ///
    /// Errors: [`CalendarError::MissingYear`] when a year from one to the other was not published.
    pub fn between(&self, from: NaiveDate, to: NaiveDate) -> Result<i64, CalendarError> {
        self.covers(from.year().min(to.year()), from.year().max(to.year()))?;
        let upto = |date: NaiveDate| self.working.partition_point(|&day| day <= date);
        let count = |days: usize| i64::try_from(days).expect("a calendar has far fewer than 2^63 days");
        Ok(count(upto(to)) - count(upto(from)))
    }

    /// Whether people work on that date.
    ///
    /// Errors: [`CalendarError::MissingYear`].
    pub fn is_working(&self, date: NaiveDate) -> Result<bool, CalendarError> {
        self.covers(date.year(), date.year())?;
        Ok(self.working.binary_search(&date).is_ok())
    }

    /// The published years, ascending.
    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.years.iter().copied()
    }

    fn covers(&self, first: i32, last: i32) -> Result<(), CalendarError> {
        // Dates reach to the year 262143, so stop at the first gap instead of walking the whole span.
        match self.first_gap(first) {
            gap if gap <= last => Err(self.missing(gap)),
            _ => Ok(()),
        }
    }

    /// The first year from `year` on that was not published.
    fn first_gap(&self, year: i32) -> i32 {
        self.years.range(year..).zip(year..).find(|&(&known, wanted)| known != wanted).map_or_else(
            || year + i32::try_from(self.years.range(year..).count()).expect("a file has few years"),
            |(_, wanted)| wanted,
        )
    }

    fn missing(&self, year: i32) -> CalendarError {
        let known: Vec<String> = self.years.iter().map(i32::to_string).collect();
        let known = match known.as_slice() {
            [first, .., last] => format!("{first} to {last}"),
            few => few.concat(),
        };
        CalendarError::MissingYear { year, known, origin: self.origin.clone() }
    }
}

/// What can go wrong with a calendar.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// A question about a year that nobody has published to us.
    #[error(
        "working days of {year} are not known ({origin} has {known}): write a section [{year}] with its `holidays` and \
         `working_weekends` into a copy of src/calendar/district.toml, and name that file as `calendar` in queqiao.toml"
    )]
    MissingYear {
        /// The missing year.
        year: i32,
        /// The years that are there.
        known: String,
        /// The calendar that was asked.
        origin: String,
    },
    /// The file cannot be read.
    #[error("cannot read the calendar {}: mend the path or its rights", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The text is not a calendar.
    #[error("{origin} is not a calendar: {reason}")]
    Parse {
        /// The file.
        origin: String,
        /// Where and why.
        reason: String,
    },
    /// The text says of one date what cannot be.
    #[error("{origin}, section [{year}]: {date} {reason}")]
    Contradiction {
        /// The file.
        origin: String,
        /// The section.
        year: i32,
        /// The date.
        date: NaiveDate,
        /// What is wrong with it and what to do.
        reason: &'static str,
    },
}

impl CalendarError {
    /// All of them are for a person: somebody must mend or extend the file.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::MissingYear { .. } | Self::Read { .. } | Self::Parse { .. } | Self::Contradiction { .. } => {
                Remedy::Human
            }
        }
    }
}

#[cfg(test)]
mod tests;
