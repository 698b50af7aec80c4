//! Reading a list by windows of dates, for systems that show only the latest rows of a question.

use std::sync::Arc;

use chrono::{Days, NaiveDate};

use super::{
    RunError,
    list::{self, Known, List},
    page::Place,
    site::Site,
};
use crate::adapter::Spans;

/// Reads all windows from the first day to today, those that are too full in halves.
pub(super) async fn read(site: &Arc<Site>, known: &Known<'_>, spans: Spans) -> Result<List, RunError> {
    let today = site.run.bridge.clock.local().date_naive();
    let mut whole = List::default();
    // The latest window lies on top: what happens today is read first.
    let mut waiting = windows(spans, today);
    while let Some((from, to)) = waiting.pop() {
        let here = Place { span: Some((from, to)), ..Place::default() };
        let part = list::part(site, known, &here).await?;
        let full = spans.most.is_some_and(|most| part.len() >= most);
        match halves(from, to).filter(|_| full) {
            Some(halves) => waiting.extend(halves),
            None if full => {
                let system = site.run.system().name.clone();
                return Err(RunError::TooDense { system, day: from.to_string(), most: part.len() });
            }
            None => whole.join(part),
        }
    }
    Ok(whole)
}

/// The windows, the earliest first; the last one ends today.
fn windows(spans: Spans, today: NaiveDate) -> Vec<(NaiveDate, NaiveDate)> {
    let mut windows = Vec::new();
    let mut from = spans.since;
    while from <= today {
        let to = from + Days::new(u64::from(spans.days) - 1);
        windows.push((from, to.min(today)));
        from = to + Days::new(1);
    }
    windows
}

/// The two halves of a window; none for a single day.
fn halves(from: NaiveDate, to: NaiveDate) -> Option<[(NaiveDate, NaiveDate); 2]> {
    let days = (to - from).num_days();
    let middle = from + Days::new(u64::try_from(days / 2).ok()?);
    (days > 0).then(|| [(from, middle), (middle + Days::new(1), to)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn windows_cover_every_day_once() {
        let spans = Spans { days: 31, since: day("2025-12-30"), most: None };
        let windows = windows(spans, day("2026-03-01"));
        assert_eq!(windows.first().unwrap().0, spans.since);
        assert_eq!(windows.last().unwrap().1, day("2026-03-01"));
        assert!(windows.windows(2).all(|pair| pair[0].1 + Days::new(1) == pair[1].0));
    }

    #[test]
    fn halves_cover_the_window_and_a_day_has_none() {
        let [first, second] = halves(day("2026-02-01"), day("2026-02-02")).unwrap();
        assert_eq!((first.0, first.1), (second.0 - Days::new(1), second.1 - Days::new(1)));
        assert_eq!(halves(day("2026-02-01"), day("2026-02-01")), None);
    }
}
