//! What of a personal field may be shown to everyone.

/// A number with its middle hidden: the first 3 and last 2 characters stay (`138******78`); short ones vanish whole.
pub fn mask_digits(number: &str) -> String {
    let length = number.chars().count();
    let (first, last) = if length < 8 { (0, 0) } else { (3, 2) };
    keep_ends(number, length, first, last)
}

/// A name of which only the first character stays (`王**`). Companies, recognised by length, keep four.
pub fn mask_name(name: &str) -> String {
    let length = name.chars().count();
    let first = match length {
        0..=5 => 1,
        _ => 4,
    };
    keep_ends(name, length, first, 0)
}

/// Sentences of a system, in which the names and numbers given, and everything that looks like a phone or id number, are masked;
/// numbers of cases stay.
pub fn mask_words(words: &str, names: &[&str], numbers: &[&str]) -> String {
    let mut text = words.to_owned();
    for number in numbers.iter().filter(|number| !number.trim().is_empty()) {
        text = text.replace(number, &mask_digits(number));
    }
    for name in names.iter().filter(|name| !name.trim().is_empty()) {
        text = text.replace(name, &mask_name(name));
    }
    let mut masked = String::with_capacity(text.len());
    let mut run = String::new();
    for letter in text.chars().chain(['\n']) {
        if letter.is_ascii_alphanumeric() {
            run.push(letter);
            continue;
        }
        masked.push_str(&if personal(&run) { mask_digits(&run) } else { run.clone() });
        run.clear();
        masked.push(letter);
    }
    masked.pop();
    masked
}

/// Whether it is written like a mobile phone's number, or like an id of 15 or 18 places.
fn personal(run: &str) -> bool {
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    match run.len() {
        11 => run.starts_with('1') && digits == 11,
        15 => digits == 15,
        18 => digits == 18 || (digits == 17 && run.ends_with(['X', 'x'])),
        _ => false,
    }
}

fn keep_ends(text: &str, length: usize, first: usize, last: usize) -> String {
    let kept = |place: usize| place < first || place >= length - last;
    text.chars().enumerate().map(|(place, letter)| if kept(place) { letter } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_keep_the_length_and_little_else() {
        assert_eq!(mask_digits("13800001234"), "138******34");
        assert_eq!(mask_digits("1234567"), "*******");
        assert_eq!(mask_name("王小明"), "王**");
        assert_eq!(mask_name("临沂某某商贸有限公司"), "临沂某某******");
        assert_eq!(mask_name(""), "");
    }

    #[test]
    fn what_a_system_says_keeps_its_numbers_of_cases_and_hides_people() {
        let said =
            "王小明（99999919900101001X，13800001234，0539-8000001）已登记，受理编号：SL20260001、3713122600000001";
        let shown =
            "王**（999*************1X，138******34，053*******01）已登记，受理编号：SL20260001、3713122600000001";
        assert_eq!(mask_words(said, &["王小明", ""], &["0539-8000001"]), shown);
    }
}
