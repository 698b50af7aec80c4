//! Format codes of workbooks: how a sheet shows a number or a text (`000000`, `"SL"00000`, `#,##0.00;[Red]-#,##0.00`).

/// Digits that a sheet shows of a number at most.
const DIGITS: usize = 15;

/// One sign of a section.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    Literal(String),
    /// A place for a digit: `0`, `#` or `?`.
    Digit(char),
    Point,
    Comma,
    Percent,
    /// `@`: the text itself; `General`: the number as it is.
    Itself,
}

/// A part of a code between semicolons.
#[derive(Clone, Debug, Default)]
struct Section {
    tokens: Vec<Token>,
    condition: Option<Condition>,
}

#[derive(Clone, Copy, Debug)]
struct Condition {
    sign: &'static str,
    bound: f64,
}

impl Condition {
    fn holds(self, value: f64) -> bool {
        match self.sign {
            "<=" => value <= self.bound,
            ">=" => value >= self.bound,
            "<>" => value != self.bound,
            "<" => value < self.bound,
            ">" => value > self.bound,
            _ => value == self.bound,
        }
    }
}

/// A number as this code shows it; `plain` is what it says where the code asks for the number as it is. None where the code says
/// nothing that is followed here: moments, fractions, powers of ten, numerals of other scripts.
pub(super) fn number(value: f64, code: &str, plain: &str) -> Option<String> {
    let sections = sections(code)?;
    let (section, signed) = chosen(&sections, value)?;
    let itself = section.tokens.contains(&Token::Itself);
    if itself {
        let unsigned = if signed { plain } else { plain.trim_start_matches('-') };
        return Some(with_itself(&section.tokens, unsigned));
    }
    let minus = signed && value < 0.0;
    let (text, is_zero) = digits(&section.tokens, value.abs());
    Some(if minus && !is_zero { format!("-{text}") } else { text })
}

/// A text as this code shows it: only its part for texts says something of that.
pub(super) fn text(text: &str, code: &str) -> String {
    let for_texts = sections(code).and_then(|sections| {
        let last = sections.last()?.clone();
        (sections.len() == 4 || last.tokens.contains(&Token::Itself)).then_some(last)
    });
    match for_texts {
        Some(section) if !code.eq_ignore_ascii_case("general") => with_itself(&section.tokens, text),
        _ => text.to_owned(),
    }
}

fn with_itself(tokens: &[Token], itself: &str) -> String {
    let part = |token: &Token| match token {
        Token::Literal(text) => text.clone(),
        Token::Itself => itself.to_owned(),
        Token::Digit(_) | Token::Point | Token::Comma | Token::Percent => String::new(),
    };
    tokens.iter().map(part).collect()
}

/// The section that a value is shown by, and whether its sign is still to be shown.
fn chosen(sections: &[Section], value: f64) -> Option<(&Section, bool)> {
    if sections.iter().any(|section| section.condition.is_some()) {
        let fits = |section: &&Section| section.condition.is_none_or(|condition| condition.holds(value));
        return sections.iter().take(3).find(fits).map(|section| (section, true));
    }
    match sections {
        [only] => Some((only, true)),
        [_, negative, ..] if value < 0.0 => Some((negative, false)),
        [_, _, zero, ..] if value == 0.0 => Some((zero, false)),
        [positive, ..] => Some((positive, false)),
        [] => None,
    }
}

/// The digits of a number (not negative) put into their places, and whether all of them are 0.
fn digits(tokens: &[Token], value: f64) -> (String, bool) {
    let point = tokens.iter().position(|token| *token == Token::Point).unwrap_or(tokens.len());
    let places = |tokens: &[Token]| tokens.iter().filter(|token| matches!(token, Token::Digit(_))).count();
    let (wholes, decimals) = (places(&tokens[..point]), places(&tokens[point..]));
    let percents = tokens.iter().filter(|token| **token == Token::Percent).count();
    let last = tokens[..point].iter().rposition(|token| matches!(token, Token::Digit(_)));
    let first = tokens[..point].iter().position(|token| matches!(token, Token::Digit(_)));
    let commas = |from: usize, to: usize| tokens[from..to].iter().filter(|token| **token == Token::Comma).count();
    // Commas behind the last place divide by a thousand each, commas between places part the thousands.
    let end = tokens.iter().rposition(|token| matches!(token, Token::Digit(_))).filter(|end| *end > point);
    let scales = last.map_or(0, |last| commas(last, point)) + end.map_or(0, |end| commas(end, tokens.len()));
    let parts = first.zip(last).is_some_and(|(first, last)| commas(first, last) > 0);
    let shift = 2 * i32::try_from(percents).unwrap_or(0) - 3 * i32::try_from(scales).unwrap_or(0);
    let (whole, fraction) = decimal(value, shift, decimals);
    let is_zero = whole.bytes().chain(fraction.bytes()).all(|digit| digit == b'0');
    let whole = whole.trim_start_matches('0');
    let mut shown = String::new();
    let (mut at, mut decimal_at) = (wholes, 0);
    for (number, token) in tokens.iter().enumerate() {
        match token {
            Token::Literal(text) => shown.push_str(text),
            Token::Digit(place) if number < point => {
                // What has more digits than places begins before the first.
                let from = if at == wholes { at.max(whole.len()) } else { at };
                for rest in (at..=from).rev() {
                    let digit = whole.len().checked_sub(rest).and_then(|index| whole.chars().nth(index));
                    let digit = digit.or(match place {
                        '0' => Some('0'),
                        '?' => Some(' '),
                        _ => None,
                    });
                    shown.extend(digit);
                    if parts && rest > 1 && rest % 3 == 1 && digit.is_some_and(|digit| digit != ' ') {
                        shown.push(',');
                    }
                }
                at -= 1;
            }
            Token::Digit(place) => {
                let digit = fraction.chars().nth(decimal_at).unwrap_or('0');
                let rest_is_zero = fraction[decimal_at.min(fraction.len())..].bytes().all(|digit| digit == b'0');
                match (place, rest_is_zero) {
                    ('#', true) => {}
                    ('?', true) => shown.push(' '),
                    _ => shown.push(digit),
                }
                decimal_at += 1;
            }
            Token::Point => {
                // Without a place before the point the digits stand there all the same.
                shown.push_str(if wholes == 0 { whole } else { "" });
                shown.push('.');
            }
            Token::Percent => shown.push('%'),
            Token::Comma | Token::Itself => {}
        }
    }
    (shown, is_zero && wholes + decimals > 0)
}

/// A number with its point moved to the right by `shift`, rounded to so many decimals as a person rounds: its digits before the
/// point and those behind it.
fn decimal(value: f64, shift: i32, decimals: usize) -> (String, String) {
    let written = format!("{value:.places$e}", places = DIGITS - 1);
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
    // Digits before the point; what is smaller than 1 gets zeros in front.
    let mut before = exponent + shift + 1;
    while before < 1 {
        digits.insert(0, 0);
        before += 1;
    }
    let before = usize::try_from(before).unwrap_or(1);
    let keep = before + decimals;
    let up = digits.get(keep).is_some_and(|digit| *digit >= 5);
    digits.resize(keep, 0);
    let mut carry = up;
    for digit in digits.iter_mut().rev() {
        if !carry {
            break;
        }
        carry = *digit == 9;
        *digit = (*digit + 1) % 10;
    }
    let mut text: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
    let before = before + usize::from(carry);
    if carry {
        text.insert(0, '1');
    }
    let fraction = text.split_off(before);
    (text, fraction)
}

/// The sections of a code; none where it says something that is not followed here.
fn sections(code: &str) -> Option<Vec<Section>> {
    let mut sections = vec![Section::default()];
    let mut letters = code.chars().peekable();
    while let Some(letter) = letters.next() {
        let section = sections.last_mut()?;
        let token = match letter {
            ';' => {
                sections.push(Section::default());
                continue;
            }
            '"' => Token::Literal(letters.by_ref().take_while(|letter| *letter != '"').collect()),
            '\\' => Token::Literal(letters.next().map(String::from).unwrap_or_default()),
            '_' => {
                letters.next();
                Token::Literal(" ".to_owned())
            }
            '*' => {
                letters.next();
                continue;
            }
            '[' => {
                let inner: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                match bracket(&inner)? {
                    Bracket::Condition(condition) => section.condition = Some(condition),
                    Bracket::Literal(text) => section.tokens.push(Token::Literal(text)),
                    Bracket::Colour => {}
                }
                continue;
            }
            '0' | '#' | '?' => Token::Digit(letter),
            '.' => Token::Point,
            ',' => Token::Comma,
            '%' => Token::Percent,
            '@' => Token::Itself,
            'G' | 'g' => {
                let rest: String = letters.by_ref().take(6).collect();
                if !rest.eq_ignore_ascii_case("eneral") {
                    return None;
                }
                Token::Itself
            }
            // Moments, powers of ten and fractions.
            '/' | 'A'..='Z' | 'a'..='z' => return None,
            other => Token::Literal(other.to_string()),
        };
        section.tokens.push(token);
    }
    Some(sections)
}

enum Bracket {
    Condition(Condition),
    Literal(String),
    Colour,
}

/// What stands in brackets: a condition, a currency, a colour; none for all else (moments, numerals).
fn bracket(inner: &str) -> Option<Bracket> {
    if let Some(currency) = inner.strip_prefix('$') {
        return Some(Bracket::Literal(currency.split('-').next().unwrap_or_default().to_owned()));
    }
    for sign in ["<=", ">=", "<>", "<", ">", "="] {
        if let Some(bound) = inner.strip_prefix(sign) {
            return Some(Bracket::Condition(Condition { sign, bound: bound.trim().parse().ok()? }));
        }
    }
    let lower = inner.to_ascii_lowercase();
    let colours = ["black", "blue", "cyan", "green", "magenta", "red", "white", "yellow"];
    let is_colour = colours.contains(&lower.as_str()) || lower.starts_with("color") || inner.ends_with('色');
    is_colour.then_some(Bracket::Colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_their_codes_say() {
        for (value, code, shown) in [
            (421.0, "000000_ ", "000421 "),
            (421.0, "000000;-000000", "000421"),
            (-421.0, "000000;-000000", "-000421"),
            (421.0, "\"SL\"00000", "SL00421"),
            (421.0, "\"第\"0\"号\"", "第421号"),
            (421.0, "000000;[Red]-000000;0", "000421"),
            (0.0, "000000;[Red]-000000;\"无\"", "无"),
            (421.0, "\\S\\L00000", "SL00421"),
            (421.0, "第0号", "第421号"),
            (1_234_567.5, "#,##0.00", "1,234,567.50"),
            (0.5, "#,##0.00", "0.50"),
            (999.0, "#,##0", "999"),
            (1_000.0, "#,##0_);(#,##0)", "1,000 "),
            (-1_000.0, "#,##0_);(#,##0)", "(1,000)"),
            (-1_000.0, "#,##0", "-1,000"),
            (-0.001, "0.00", "0.00"),
            (2.675, "0.00", "2.68"),
            (0.995, "0.00", "1.00"),
            (12.5, "0", "13"),
            (0.125, "0%", "13%"),
            (0.125, "0.0%", "12.5%"),
            (1.5, "0.##", "1.5"),
            (1.0, "0.##", "1."),
            (0.5, "#.00", ".50"),
            (12.5, ".00", "12.50"),
            (1_234_567.0, "0.0,", "1234.6"),
            (1_234_567.0, "0,,\"M\"", "1M"),
            (53_901_234_567.0, "0000-0000000", "5390-1234567"),
            (5_390.0, "000-0000", "000-5390"),
            (12.0, "[$¥-804]#,##0.00", "¥12.00"),
            (12.0, "[>=10]\"多\"0;\"少\"0", "多12"),
            (3.0, "[>=10]\"多\"0;\"少\"0", "少3"),
            (12.0, "General\"元\"", "12元"),
            (12.0, "@", "12"),
            (12.0, ";;;", ""),
            (-12.0, "0;;", ""),
            (7.0, "??0", "  7"),
        ] {
            let plain = value.to_string();
            assert_eq!(number(value, code, &plain).as_deref(), Some(shown), "{value} {code}");
        }
        for code in ["0.00E+00", "# ?/?", "yyyy-mm-dd", "[h]:mm", "[DBNum1]0"] {
            assert_eq!(number(12.0, code, "12"), None, "{code}");
        }
    }

    #[test]
    fn texts_have_a_part_of_their_own() {
        for (code, shown) in
            [("\"SL\"@", "SL甲"), ("0;0;0;\"注\"@", "注甲"), ("@", "甲"), ("0.00", "甲"), ("General", "甲")]
        {
            assert_eq!(text("甲", code), shown, "{code}");
        }
    }
}
