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
}
