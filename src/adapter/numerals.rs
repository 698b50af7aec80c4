//! Chinese numerals to digits.

/// A text with every Chinese numeral in it as digits: 二〇二六年十一月二十三日 → 2026年11月23日. Full-width digits too.
///
/// `None` where signs of numerals stand together that make no number (二三十): nothing is guessed.
pub(crate) fn digits(text: &str) -> Option<String> {
    let mut said = String::with_capacity(text.len());
    let mut run: Vec<Sign> = Vec::new();
    let mut letters: Vec<char> = Vec::new();
    for letter in text.chars() {
        if let Some(sign) = sign(letter) {
            run.push(sign);
            letters.push(letter);
            continue;
        }
        finish(&mut run, &mut letters, &mut said)?;
        let wide = u32::from(letter).wrapping_sub(u32::from('０'));
        said.push(char::from_digit(wide, 10).unwrap_or(letter));
    }
    finish(&mut run, &mut letters, &mut said)?;
    Some(said)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Digit(u64),
    /// Ten, hundred, thousand.
    Unit(u64),
    /// Ten thousand, a hundred million.
    Myriad(u64),
}

fn sign(letter: char) -> Option<Sign> {
    Some(match letter {
        '零' | '〇' | '○' | '◯' => Sign::Digit(0),
        '一' | '壹' => Sign::Digit(1),
        '二' | '贰' | '貳' | '两' => Sign::Digit(2),
        '三' | '叁' | '參' => Sign::Digit(3),
        '四' | '肆' => Sign::Digit(4),
        '五' | '伍' => Sign::Digit(5),
        '六' | '陆' | '陸' => Sign::Digit(6),
        '七' | '柒' => Sign::Digit(7),
        '八' | '捌' => Sign::Digit(8),
        '九' | '玖' => Sign::Digit(9),
        '十' | '拾' => Sign::Unit(10),
        '百' | '佰' => Sign::Unit(100),
        '千' | '仟' => Sign::Unit(1_000),
        '万' | '萬' => Sign::Myriad(10_000),
        '亿' | '億' => Sign::Myriad(100_000_000),
        _ => return None,
    })
}

/// Writes a run of signs as what it says. Units without any digit (万达广场) are words.
fn finish(run: &mut Vec<Sign>, letters: &mut Vec<char>, said: &mut String) -> Option<()> {
    let numeral = run.iter().any(|sign| matches!(sign, Sign::Digit(_) | Sign::Unit(10)));
    if !numeral {
        said.extend(letters.iter());
    } else if let Some(digits) = run
        .iter()
        .map(|sign| if let Sign::Digit(digit) = sign { Some(digit) } else { None })
        .collect::<Option<Vec<_>>>()
    {
        digits.into_iter().for_each(|digit| said.push_str(&digit.to_string()));
    } else {
        said.push_str(&value(run)?.to_string());
    }
    run.clear();
    letters.clear();
    Some(())
}

/// What signs with units say; units fall within each group of four.
fn value(run: &[Sign]) -> Option<u64> {
    let (mut total, mut group, mut digit, mut zero) = (0_u64, 0_u64, None, false);
    let (mut last_unit, mut last_myriad) = (u64::MAX, u64::MAX);
    for (at, sign) in run.iter().enumerate() {
        match *sign {
            Sign::Digit(0) if digit.is_none() => zero = true,
            Sign::Digit(next) if digit.is_none() => digit = Some(next),
            Sign::Digit(_) => return None,
            Sign::Unit(unit) if unit < last_unit => {
                // 十一 leaves the one before the ten out.
                let count = digit.take().or_else(|| (unit == 10 && (at == 0 || zero)).then_some(1))?;
                group += count * unit;
                (last_unit, zero) = (unit, false);
            }
            Sign::Myriad(myriad) if myriad < last_myriad => {
                group += digit.take().unwrap_or(0);
                if group == 0 {
                    return None;
                }
                total += group * myriad;
                (group, last_unit, last_myriad, zero) = (0, u64::MAX, myriad, false);
            }
            Sign::Unit(_) | Sign::Myriad(_) => return None,
        }
    }
    // 一百五 says 150, and 一百零五 says 105: without the zero it is not clear enough to be counted.
    let last = digit.unwrap_or(0);
    let clear = last == 0 || zero || last_unit == 10 || (last_unit == u64::MAX && last_myriad == u64::MAX);
    clear.then_some(total + group + last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_become_digits_and_words_stay() {
        for (text, expected) in [
            ("二〇二六年十一月二十三日", "2026年11月23日"),
            ("贰零贰陆年拾壹月贰拾叁日", "2026年11月23日"),
            ("二○二六年三月一日", "2026年3月1日"),
            ("２０２６年１１月", "2026年11月"),
            ("十", "10"),
            ("三十", "30"),
            ("一百零五", "105"),
            ("一百二十", "120"),
            ("二千零一十", "2010"),
            ("三万五千", "35000"),
            ("一亿零三百", "100000300"),
            ("万达广场3号", "万达广场3号"),
            ("", ""),
        ] {
            assert_eq!(digits(text).as_deref(), Some(expected), "{text}");
        }
        for unclear in ["二三十", "一百五", "十百", "三万万", "百十"] {
            assert_eq!(digits(unclear), None, "{unclear}");
        }
    }
}
