//! What of a personal field may be shown to everyone.

/// A number with its middle hidden: the first 3 and last 2 characters stay (`138******78`); short ones vanish whole.
pub fn mask_digits(number: &str) -> String {
    let letters: Vec<char> = number.chars().collect();
    if letters.len() < 8 {
        return "*".repeat(letters.len());
    }
    let hidden = letters.len() - 5;
    letters[..3].iter().collect::<String>()
        + &"*".repeat(hidden)
        + &letters[letters.len() - 2..].iter().collect::<String>()
}

/// A name of which only the first character stays (`王**`). Companies, recognised by length, keep four.
pub fn mask_name(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let kept = match letters.len() {
        0 => 0,
        1..=5 => 1,
        _ => 4,
    };
    letters[..kept].iter().collect::<String>() + &"*".repeat(letters.len() - kept)
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
