//! What the wall clocks of a zone show, over the days on which they are set forward or back.

use chrono::{DateTime, MappedLocalTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};

/// What the zone's clocks show at an instant.
pub fn shown(zone: Tz, at: DateTime<Utc>) -> NaiveDateTime {
    at.with_timezone(&zone).naive_local()
}

/// The first and the last instant at which the zone's clocks show `local`. They differ where clocks are set back; where they are
/// set forward over it, both are the first instant after that. `None` beyond the years that the zone is known for.
pub fn shown_at(zone: Tz, local: NaiveDateTime) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let (first, last) = match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(only) => (only, only),
        MappedLocalTime::Ambiguous(first, last) => (first, last),
        MappedLocalTime::None => {
            let after = GapInfo::new(&local, &zone)?.end?;
            (after, after)
        }
    };
    Some((first.to_utc(), last.to_utc()))
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Berlin;

    use super::*;

    #[test]
    fn clocks_that_are_set_show_a_time_twice_or_never() {
        let at = |local: &str| {
            let (first, last) = shown_at(Berlin, local.parse().unwrap()).unwrap();
            (first.to_rfc3339(), last.to_rfc3339())
        };
        let both = |text: &str| (text.to_owned(), text.to_owned());
        assert_eq!(at("2026-11-26T09:00:00"), both("2026-11-26T08:00:00+00:00"));
        assert_eq!(at("2026-03-29T02:30:00"), both("2026-03-29T01:00:00+00:00"));
        let twice = ("2026-10-25T00:30:00+00:00".to_owned(), "2026-10-25T01:30:00+00:00".to_owned());
        assert_eq!(at("2026-10-25T02:30:00"), twice);
        let half_past_two = "2026-10-25T02:30:00".parse().unwrap();
        assert_eq!(shown(Berlin, "2026-10-25T01:30:00Z".parse().unwrap()), half_past_two);
    }
}
