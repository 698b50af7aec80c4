//! "Did you mean …?"

use crate::base::Message;

/// Letters of a word per letter that may differ: beyond it, a suggestion is a guess.
const LETTERS_PER_SLIP: usize = 3;

/// The known word that was probably meant: the one with the fewest slips, or else the only one that the word begins.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let known: Vec<&str> = known.into_iter().collect();
    let slips = |other: &str| strsim::damerau_levenshtein(&word.to_lowercase(), &other.to_lowercase());
    let closest = known.iter().copied().min_by_key(|other| slips(other));
    let most = (word.chars().count() / LETTERS_PER_SLIP).max(1);
    if begun_by(word, &known).len() > 1 {
        return None;
    }
    if let Some(closest) = closest.filter(|other| slips(other) <= most && slips(other) < other.chars().count()) {
        return Some(closest);
    }
    let mut begun = known.into_iter().filter(|other| other.starts_with(word) || word.starts_with(other));
    begun.next().filter(|_| begun.next().is_none())
}

/// The known words that `word` is the beginning of, and more than a letter short of.
fn begun_by<'a>(word: &str, known: &[&'a str]) -> Vec<&'a str> {
    let short = |other: &str| other.starts_with(word) && other.len() > word.len() + 1;
    known.iter().copied().filter(|other| short(other)).collect()
}

/// The mend for an unknown word: the one that was probably meant, or else everything that is offered.
pub(super) fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Message {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(word, known.iter().copied()) {
        Some(meant) => Message::new("adapter-did-you-mean").with("meant", meant),
        None if begun_by(word, &known).len() > 1 => {
            Message::new("adapter-known-are").with("known", begun_by(word, &known).join(", "))
        }
        None if known.is_empty() => Message::new("adapter-nothing-known"),
        None => Message::new("adapter-known-are").with("known", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_mended_and_a_stranger_is_not() {
        let known = ["list", "detail", "applicant_name", "状态"];
        assert_eq!(nearest("lst", known), Some("list"));
        assert_eq!(nearest("Detial", known), Some("detail"));
        assert_eq!(nearest("applicant", known), Some("applicant_name"));
        assert_eq!(nearest("状太", known), Some("状态"));
        assert_eq!(nearest("window", known), None);
        assert_eq!(nearest("applicant", ["applicant_name", "applicant_id"]), None);
        assert_eq!(nearest("x", ["y"]), None);
    }
}
