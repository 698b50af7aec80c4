//! Numbers with more digits than are known of them. A sheet and most programs keep 15 to 17 digits of a number; those behind are
//! made up.

/// Digits that are known of any number.
const KNOWN: usize = 15;
/// Digits that any program writes of a number.
const MOST_KEPT: usize = 17;
/// From here on not every whole number has a form of its own.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Whether the last digits of a number that is kept in this form may be made up.
pub(super) fn is_beyond(number: f64) -> bool {
    let size = number.abs();
    // A program that keeps 15 digits puts zeros behind them.
    size >= EXACT || (size >= 1e15 && size % 10.0 == 0.0)
}

/// Such a number as a sheet shows it: with the digits that are known.
pub(super) fn shown(number: f64) -> String {
    format!("{number:.places$E}", places = KNOWN - 1)
}

/// The digits of a number as a file writes them, where they can be believed: whoever wrote them had all of them. What is as it comes
/// from a number of 15 to 17 digits may have been one.
pub(super) fn believed(written: &str) -> Option<&str> {
    let written = written.trim();
    let digits = written.strip_prefix('-').unwrap_or(written);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    if digits.trim_end_matches('0').len() <= KNOWN {
        return (digits.len() <= KNOWN).then_some(written);
    }
    let number: f64 = digits.parse().ok()?;
    if number < EXACT {
        return Some(written);
    }
    // All digits of what is kept, or 15 to 17 of them, filled up with zeros.
    let rounded = |known: usize| {
        let short = format!("{number:.places$e}", places = known - 1);
        let mantissa = short.split('e').next().unwrap_or_default().replace('.', "");
        format!("{mantissa:0<width$}", width = digits.len())
    };
    let is_made_up = digits == format!("{number:.0}") || (KNOWN..=MOST_KEPT).any(|known| digits == rounded(known));
    (!is_made_up).then_some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_believed_where_they_can_not_have_been_made_up() {
        for written in ["999999199001010011", "999999199001010022", "2026110212345678", "12345678901234567891", "42"] {
            assert_eq!(believed(written), Some(written));
        }
        // 15 digits and zeros; the shortest form of a number; all digits of one; a power of ten.
        for written in ["999999199001010000", "999999199001010050", "999999199001010048", "9.999991990010101E17", ""] {
            assert_eq!(believed(written), None, "{written}");
        }
        assert!(is_beyond(999_999_199_001_010_011.0) && is_beyond(2_026_110_212_345_670.0));
        assert!(!is_beyond(2_026_110_212_345_678.0) && !is_beyond(100_000_000_000.0) && !is_beyond(-12.5));
        assert_eq!(shown(999_999_199_001_010_011.0), "9.99999199001010E17");
    }
}
