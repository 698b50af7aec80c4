//! When an open case begins to deserve a warning, in working days.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Asia::Shanghai;

use crate::{
    calendar::{Calendar, CalendarError},
    record::{Case, LimitUnit},
};

/// A warning begins when this share of the limit is left: one fifth.
const SHARE: i64 = 5;
/// … or when this many working days are left, if that is more.
const LEAST_DAYS: i64 = 1;

/// Whether a case is open: accepted and not ended.
pub fn is_open(case: &Case) -> bool {
    case.fields.accept_date.is_some() && !case.status.ended()
}

/// The instant from which remaining ≤ max(1 working day, 20 % of the limit): the first moment of that day in Asia/Shanghai.
/// The limit is the promised one where it is given in working days, else the working days from acceptance to promise.
/// `None` for a case that is not open or has no promise date.
///
/// # Errors
/// [`CalendarError`] where the calendar ends before the promise: nobody knows yet, and nobody guesses.
pub fn warn_at(case: &Case, calendar: &Calendar) -> Result<Option<DateTime<FixedOffset>>, CalendarError> {
    let (Some(accepted), Some(promise), true) = (case.fields.accept_date, case.fields.promise_date, is_open(case))
    else {
        return Ok(None);
    };
    let last = day(promise);
    let limit = match case.fields.promise_limit {
        Some(limit) if limit.unit == LimitUnit::WorkingDays => i64::from(limit.count),
        _ => calendar.between(day(accepted), last)?,
    };
    let allowance = (limit / SHARE).max(LEAST_DAYS);
    let mut first = last;
    while let Some(earlier) = first.checked_sub_days(Days::new(1))
        && calendar.between(earlier, last)? <= allowance
    {
        first = earlier;
    }
    Ok(Shanghai.from_local_datetime(&first.and_time(NaiveTime::MIN)).earliest().map(|instant| instant.fixed_offset()))
}

/// Working days after `now`'s day up to the promise's; negative once they have passed.
///
/// # Errors
/// [`CalendarError`] where the calendar ends before the promise.
pub fn remaining_days(
    promise: DateTime<FixedOffset>,
    now: DateTime<FixedOffset>,
    calendar: &Calendar,
) -> Result<i64, CalendarError> {
    calendar.between(day(now), day(promise))
}

fn day(instant: DateTime<FixedOffset>) -> NaiveDate {
    instant.with_timezone(&Shanghai).date_naive()
}
