//! An independent timetable: walks through every minute of a year and looks at what the clocks show. It knows neither `cron` nor
//! `croner`, nor anything of the bridge; only the zones' offsets are taken from `chrono-tz`.

use std::{collections::BTreeSet, ops::RangeInclusive};

use chrono::{DateTime, Datelike, Days, NaiveDate, Offset, TimeZone};
use chrono_tz::Tz;

/// Minutes of a day.
pub const DAY: i64 = 24 * 60;

/// A minute of the year, as the clocks of a zone show it.
pub struct Minute {
    /// Minutes since the epoch.
    pub at: i64,
    /// The same of clocks in the zone, as if they were in UTC.
    pub civil: i64,
    pub date: NaiveDate,
}

impl Minute {
    /// Minutes since midnight.
    pub fn of_day(&self) -> i64 {
        self.civil.rem_euclid(DAY)
    }
}

/// Every minute of a year of UTC.
pub fn year(zone: Tz, year: i32) -> Vec<Minute> {
    let start = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc();
    let minutes = start(year).timestamp() / 60..start(year + 1).timestamp() / 60;
    let mut today = (i64::MIN, NaiveDate::MIN);
    let walk = minutes.map(|at| {
        let utc = DateTime::from_timestamp(at * 60, 0).unwrap().naive_utc();
        let civil = at + i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()) / 60;
        if civil.div_euclid(DAY) != today.0 {
            today = (civil.div_euclid(DAY), date_of(civil));
        }
        Minute { at, civil, date: today.1 }
    });
    walk.collect()
}

fn date_of(civil: i64) -> NaiveDate {
    NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + Days::new(civil.div_euclid(DAY).unsigned_abs())
}

/// What a cron expression allows, field by field.
pub struct Fields {
    seconds: BTreeSet<i64>,
    minutes: Vec<bool>,
    hours: Vec<bool>,
    days: Vec<bool>,
    months: Vec<bool>,
    weekdays: Vec<bool>,
    time_of_day: bool,
}

const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Fields {
    pub fn of(written: &str) -> Self {
        let mut fields: Vec<&str> = written.split(' ').collect();
        if fields.len() == 5 {
            fields.insert(0, "0");
        }
        let flags = |field: &str, range: RangeInclusive<usize>| {
            let numbers = numbers(field, &range);
            (0..=*range.end()).map(|number| numbers.contains(&number)).collect::<Vec<bool>>()
        };
        let mut weekdays = flags(fields[5], 0..=7);
        weekdays[0] |= weekdays[7];
        Self {
            seconds: numbers(fields[0], &(0..=59)).into_iter().map(|second| i64::try_from(second).unwrap()).collect(),
            minutes: flags(fields[1], 0..=59),
            hours: flags(fields[2], 0..=23),
            days: flags(fields[3], 1..=31),
            months: flags(fields[4], 1..=12),
            weekdays,
            time_of_day: fields[..3].iter().all(|field| field.parse::<u32>().is_ok()),
        }
    }

    fn name(&self, civil: i64, date: NaiveDate) -> bool {
        let of_day = usize::try_from(civil.rem_euclid(DAY)).unwrap();
        self.minutes[of_day % 60]
            && self.hours[of_day / 60]
            && self.days[date.day() as usize]
            && self.months[date.month() as usize]
            && self.weekdays[date.weekday().num_days_from_sunday() as usize]
    }

    /// Every instant that falls due in those minutes, in seconds since the epoch.
    pub fn due(&self, minutes: &[Minute]) -> Vec<i64> {
        if !self.time_of_day {
            let named = minutes.iter().filter(|minute| self.name(minute.civil, minute.date));
            return named.flat_map(|minute| self.seconds.iter().map(|second| minute.at * 60 + second)).collect();
        }
        // What falls due once does so when the clocks have come further than ever: they come there a second time where they
        // are set back, and pass over what they skip all at once.
        let mut furthest = minutes[0].civil - 1;
        let mut due = Vec::new();
        for minute in minutes {
            let passed = furthest + 1..=minute.civil;
            if let Some(time) = passed.clone().find(|civil| self.name(*civil, date_of(*civil))) {
                let second = if time == minute.civil { self.seconds.first().copied().unwrap() } else { 0 };
                due.push(minute.at * 60 + second);
            }
            furthest = furthest.max(minute.civil);
        }
        due
    }
}

/// `*`, `5`, `1-5`, `*/20`, `9-17/2`, `MON-FRI`, and lists of them.
fn numbers(field: &str, range: &RangeInclusive<usize>) -> BTreeSet<usize> {
    let number = |text: &str| {
        let named = WEEKDAYS.iter().position(|name| *name == text);
        named.unwrap_or_else(|| text.parse().unwrap())
    };
    let part = |part: &str| {
        let (span, step) = part.split_once('/').map_or((part, 1), |(span, step)| (span, step.parse().unwrap()));
        let (first, last) = match span.split_once('-') {
            _ if span == "*" => (*range.start(), *range.end()),
            Some((first, last)) => (number(first), number(last)),
            None => (number(span), number(span)),
        };
        (first..=last).step_by(step).collect::<Vec<usize>>()
    };
    field.split(',').flat_map(part).collect()
}
