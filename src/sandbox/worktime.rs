//! Working days (weekends only: statutory holidays are the bridge's business) and working hours.

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveTime, TimeDelta, TimeZone, Timelike, Weekday};

/// How far back the generated cases reach, in calendar days.
const SPAN_DAYS: u64 = 45;
/// The minutes of a day in which windows are open: 08:30 to 12:00 and 13:30 to 17:30.
const OPEN_MINUTES: [(u32, u32); 2] = [(510, 720), (810, 1050)];

/// Whether windows open on `date`.
pub(super) fn is_workday(date: NaiveDate) -> bool {
    !matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The working day that is `count` working days after `date`; `date` itself is not counted.
pub(super) fn add_workdays(date: NaiveDate, count: u32) -> NaiveDate {
    let mut day = date;
    let mut left = count;
    while left > 0 {
        day = day + Days::new(1);
        if is_workday(day) {
            left -= 1;
        }
    }
    day
}

/// The working days of the span that ends at `now`, oldest first. Today is among them once its windows have been open for a minute.
pub(super) fn recent_workdays(now: DateTime<FixedOffset>) -> Vec<NaiveDate> {
    let today = now.date_naive();
    (0..=SPAN_DAYS)
        .rev()
        .map(|back| today - Days::new(back))
        .filter(|&day| is_workday(day) && (day < today || minutes_open(now) > 0))
        .collect()
}

/// A random moment in `date`'s opening hours, not after `now`. `date` is one of [`recent_workdays`].
pub(super) fn moment(rng: &mut fastrand::Rng, date: NaiveDate, now: DateTime<FixedOffset>) -> DateTime<FixedOffset> {
    let whole: u32 = OPEN_MINUTES.iter().map(|(from, to)| to - from).sum();
    let open = if date == now.date_naive() { minutes_open(now).max(1) } else { whole };
    let mut minute = rng.u32(..open);
    for (from, to) in OPEN_MINUTES {
        if minute < to - from {
            minute += from;
            break;
        }
        minute -= to - from;
    }
    let time = NaiveTime::from_num_seconds_from_midnight_opt(minute * 60 + rng.u32(..60), 0);
    at(date, time.expect("a minute of the day"), now)
}

/// The last second of `date`: a promise of a day holds to that day's end.
pub(super) fn end_of_day(date: NaiveDate, zone: DateTime<FixedOffset>) -> DateTime<FixedOffset> {
    at(date, NaiveTime::from_hms_opt(23, 59, 59).expect("a time of day"), zone)
}

/// `time` without its seconds.
pub(super) fn to_minute(time: DateTime<FixedOffset>) -> DateTime<FixedOffset> {
    to_second(time) - TimeDelta::seconds(i64::from(time.second()))
}

/// `time` without its fraction of a second.
pub(super) fn to_second(time: DateTime<FixedOffset>) -> DateTime<FixedOffset> {
    time - TimeDelta::nanoseconds(i64::from(time.nanosecond()))
}

fn at(date: NaiveDate, time: NaiveTime, zone: DateTime<FixedOffset>) -> DateTime<FixedOffset> {
    zone.timezone().from_local_datetime(&date.and_time(time)).single().expect("a fixed offset has no gaps")
}

/// How many whole minutes the windows have been open on `now`'s day.
fn minutes_open(now: DateTime<FixedOffset>) -> u32 {
    let minute = now.hour() * 60 + now.minute();
    OPEN_MINUTES.iter().map(|&(from, to)| minute.clamp(from, to) - from).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn weekends_do_not_count() {
        assert_eq!(add_workdays(day("2026-11-20"), 1), day("2026-11-23"));
        assert_eq!(add_workdays(day("2026-11-23"), 5), day("2026-11-30"));
        assert_eq!(add_workdays(day("2026-11-21"), 1), day("2026-11-23"));
    }

    #[test]
    fn moments_lie_in_open_hours_and_not_in_the_future() {
        let now: DateTime<FixedOffset> = "2026-11-23T13:41:30+08:00".parse().unwrap();
        let rng = &mut fastrand::Rng::with_seed(1);
        for date in recent_workdays(now) {
            for _ in 0..50 {
                let time = moment(rng, date, now);
                let minute = time.hour() * 60 + time.minute();
                assert!(time <= now && OPEN_MINUTES.iter().any(|&(from, to)| (from..to).contains(&minute)), "{time}");
            }
        }
    }

    #[test]
    fn before_opening_today_has_no_moment_yet() {
        let now: DateTime<FixedOffset> = "2026-11-23T07:00:00+08:00".parse().unwrap();
        assert_eq!(recent_workdays(now).last(), Some(&day("2026-11-20")));
    }
}
