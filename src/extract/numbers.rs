//! Numbers of answers for scripts, kept as they are written where reading them as numbers would change them.

use std::{borrow::Cow, ops::Range};

/// Digits that a fraction keeps.
const KEPT: usize = 15;
/// Digits of a number that are written out where it is given as a power of ten.
const WRITTEN_OUT: i32 = 15;

/// The answer with those numbers as texts whose digits no number can hold (a whole one of more than 64 bits, a fraction of more
/// than 15 digits), and with powers of ten written out (`1.5E7` is 15000000): what is read of it says what the system has written.
pub(super) fn kept(text: &str) -> Cow<'_, str> {
    let mut kept = String::new();
    let mut done = 0;
    for number in numbers(text) {
        let Some(other) = other(&text[number.clone()]) else { continue };
        kept.push_str(&text[done..number.start]);
        kept.push_str(&other);
        done = number.end;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    kept.push_str(&text[done..]);
    Cow::Owned(kept)
}

/// Where numbers stand that may lose something: those that are long, and powers of ten.
fn numbers(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            match bytes[at] {
                b'"' => at = end_of_string(bytes, at),
                b'-' | b'0'..=b'9' => {
                    let length = bytes[at..].iter().take_while(|byte| is_of_number(**byte)).count();
                    let number = at..at + length;
                    at += length;
                    let is_power = bytes[number.clone()].iter().any(|byte| matches!(byte, b'e' | b'E'));
                    if length > KEPT || is_power {
                        return Some(number);
                    }
                }
                _ => at += 1,
            }
        }
        None
    })
}

fn is_of_number(byte: u8) -> bool {
    matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')
}

/// The byte behind the string that begins here.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// What stands for a number that would lose something; none where it would not, or is no number.
fn other(number: &str) -> Option<String> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let exponent: i32 = exponent.parse().ok()?;
    let (sign, unsigned) = mantissa.strip_prefix('-').map_or(("", mantissa), |unsigned| ("-", unsigned));
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let is_number = !whole.is_empty() && whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    if !is_number {
        return None;
    }
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0').trim_end_matches('0').len();
    let is_power = number.contains(['e', 'E']);
    if !is_power {
        let is_whole = !number.contains('.');
        let fits =
            if is_whole { number.parse::<u64>().is_ok() || number.parse::<i64>().is_ok() } else { significant <= KEPT };
        return (!fits).then(|| format!("\"{number}\""));
    }
    // Digits before the point, once it is moved.
    let before = i32::try_from(whole.len()).ok()? + exponent;
    let behind = i32::try_from(fraction.len()).ok()? - exponent;
    if significant > KEPT || before > WRITTEN_OUT || behind > WRITTEN_OUT {
        return Some(format!("\"{number}\""));
    }
    let pad = usize::try_from(1 - before).unwrap_or(0);
    let mut digits = format!("{}{all}", "0".repeat(pad));
    let before = usize::try_from(before.max(1)).ok()?;
    while digits.len() < before {
        digits.push('0');
    }
    let fraction = digits.split_off(before);
    let whole = digits.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = fraction.trim_end_matches('0');
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_that_no_number_holds_are_kept_as_they_are_written() {
        for (written, read) in [
            (r#"{"id":12345678901234567890123,"n":1}"#, r#"{"id":"12345678901234567890123","n":1}"#),
            (r#"[18446744073709551615,18446744073709551616]"#, r#"[18446744073709551615,"18446744073709551616"]"#),
            (r#"[-9223372036854775808,-9223372036854775809]"#, r#"[-9223372036854775808,"-9223372036854775809"]"#),
            ("[0.1234567890123456789]", r#"["0.1234567890123456789"]"#),
            ("[0.10,1.0,999999199001010011]", "[0.10,1.0,999999199001010011]"),
            ("[1e3,1.5E7,-2.50e+2,5e-3,0e0,12e-1]", "[1000,15000000,-250,0.005,0,1.2]"),
            ("[9.99999199001010011E17]", r#"["9.99999199001010011E17"]"#),
            ("[9.9999919900101E17,1E400]", r#"["9.9999919900101E17","1E400"]"#),
            (
                r#"{"12345678901234567890123":"\"98765432109876543210987"}"#,
                r#"{"12345678901234567890123":"\"98765432109876543210987"}"#,
            ),
            ("[2026-11-02T09:00:00.000,1-2e3]", "[2026-11-02T09:00:00.000,1-2e3]"),
        ] {
            assert_eq!(kept(written), read, "{written}");
        }
    }

    #[test]
    fn what_is_kept_is_an_answer_as_before() {
        let value: serde_json::Value =
            serde_json::from_str(&kept(r#"{"a":[1e3,{"b":12345678901234567890123}]}"#)).unwrap();
        assert_eq!(value.pointer("/a/0").unwrap(), 1000);
        assert_eq!(value.pointer("/a/1/b").unwrap(), "12345678901234567890123");
    }
}
