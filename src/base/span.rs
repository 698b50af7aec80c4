//! Spans of time as people write them in files.

use std::time::Duration;

/// `30s`, `5m`, `2h`; `None` for anything else.
pub fn time_span(text: &str) -> Option<Duration> {
    let unit = text.trim().chars().next_back()?;
    let count: u64 = text.trim().strip_suffix(unit)?.trim().parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        _ => return None,
    };
    count.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_a_unit() {
        assert_eq!(time_span("5m"), Some(Duration::from_secs(300)));
        assert_eq!(time_span("30 s"), Some(Duration::from_secs(30)));
        assert_eq!((time_span("5"), time_span("五分钟"), time_span("")), (None, None, None));
    }
}
