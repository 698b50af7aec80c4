//! Dates as pages and models write them. Pure.

/// English names of months, as far as they differ.
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// Numbers from which on one is a year.
const FIRST_YEAR: u64 = 1000;
/// Numbers of a moment: year, month, day, hour, minute, second and its parts.
const MOST_PARTS: usize = 7;

/// Year, month, day, and the time as far as it is written. Only what begins with its year, has its month in words, or is written without
/// signs: anything else could be read in two ways.
fn parts(text: &str) -> Option<Vec<u64>> {
    let text = text.trim();
    let digits: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).collect();
    if let [all] = digits.as_slice()
        && all.len() == text.len()
        && matches!(all.len(), 8 | 12 | 14)
    {
        let cuts = [(0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14)];
        return dated(cuts.iter().filter_map(|(from, to)| all.get(*from..*to)?.parse().ok()).collect());
    }
    let numbers: Vec<u64> = digits.iter().map(|run| run.parse().ok()).collect::<Option<_>>()?;
    if let Some(month) = month_in_words(text) {
        let year_at = numbers.iter().position(|number| *number >= FIRST_YEAR)?;
        let day_at = numbers.iter().position(|number| (1..=31).contains(number))?;
        // A time may stand before the year: `Thu Dec 03 2026 00:00` and `Thu Dec 03 00:00 2026`.
        let rest =
            numbers.iter().enumerate().filter(|(at, _)| *at != year_at && *at != day_at).map(|(_, number)| *number);
        return dated([numbers[year_at], month, numbers[day_at]].into_iter().chain(rest).collect());
    }
    dated(numbers)
}

fn month_in_words(text: &str) -> Option<u64> {
    let mut words = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() >= 3);
    let at = words.find_map(|word| {
        let start = word.get(..3)?.to_ascii_lowercase();
        MONTHS.iter().position(|month| *month == start)
    })?;
    u64::try_from(at + 1).ok()
}

fn dated(parts: Vec<u64>) -> Option<Vec<u64>> {
    let [year, month, day, time @ ..] = parts.as_slice() else { return None };
    let fits = *year >= FIRST_YEAR && *year < 10_000 && (1..=12).contains(month) && (1..=31).contains(day);
    (fits && parts.len() <= MOST_PARTS && time.iter().all(|number| *number < FIRST_YEAR)).then_some(parts)
}

/// Whether a text is a date that can be read in one way only.
pub(super) fn is_dated(text: &str) -> bool {
    parts(text).is_some()
}

/// Whether a text says the moment that was meant; of a day without a time, whether it is of that day.
pub(super) fn same_moment(meant: &str, text: &str) -> bool {
    let (Some(meant), Some(said)) = (parts(meant), parts(text)) else { return false };
    let part = |parts: &[u64], at: usize| parts.get(at).copied().unwrap_or_default();
    let whole = if meant.len() > 3 { 6 } else { 3 };
    (0..whole).all(|at| part(&meant, at) == part(&said, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_moment_is_the_same_however_it_is_written_and_no_other_is() {
        for same in [
            "2026-12-03",
            "2026年12月3日",
            "2026/12/03 00:00:00",
            "20261203",
            "20261203000000",
            "Thu Dec 03 2026 00:00:00",
            "December 3, 2026",
            "3 Dec 2026",
            "2026-12-03T00:00:00.000",
        ] {
            assert!(same_moment("2026-12-03", same), "{same}");
        }
        for other in ["", "2026-12-04", "03/12/2026", "12-03", "2026-12", "2026-12-03 至 2026-12-09", "1", "20261230"]
        {
            assert!(!same_moment("2026-12-03", other), "{other}");
        }
        assert!(
            same_moment("2026-12-03 08:30", "2026-12-03T08:30:00") && !same_moment("2026-12-03 08:30", "2026-12-03")
        );
    }
}
