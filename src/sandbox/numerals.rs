//! Days in Chinese numerals: 二〇二六年十一月二十三日.

use chrono::{Datelike, NaiveDate};

const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// `day` as official papers write it.
pub(super) fn day(day: NaiveDate) -> String {
    let year: String = day.year().to_string().bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect();
    format!("{year}年{}月{}日", below_hundred(day.month()), below_hundred(day.day()))
}

fn below_hundred(number: u32) -> String {
    let digit = |number: u32| DIGITS[number as usize].to_string();
    let tens = match number / 10 {
        0 => String::new(),
        1 => "十".to_owned(),
        tens => digit(tens) + "十",
    };
    if number.is_multiple_of(10) { tens } else { format!("{tens}{}", digit(number % 10)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_on_paper() {
        let written = |text: &str| day(text.parse().unwrap());
        assert_eq!(written("2026-11-23"), "二〇二六年十一月二十三日");
        assert_eq!(written("2030-10-10"), "二〇三〇年十月十日");
        assert_eq!(written("2009-01-31"), "二〇〇九年一月三十一日");
        assert_eq!(written("2026-02-20"), "二〇二六年二月二十日");
    }
}
