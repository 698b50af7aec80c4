//! Whether a text may be a mark although it does not say the same.

use crate::extract::words::{invisible, key};

/// What stands for letters that are left out.
const MASKS: &[char] = &['*', '＊', '…', '●', '•', '×'];

/// Whether something shown may stand for what was meant: it is empty, cut short or masked, written in other letters, or says more.
pub(super) fn may_be(meant: &str, shown: &str) -> bool {
    let (meant, shown) = (bare(meant).to_lowercase(), bare(shown).to_lowercase());
    if shown.is_empty() || key(&meant) == key(&shown) || mentions(&shown, &meant) {
        return true;
    }
    let masked = shown.find(MASKS).or_else(|| shown.find("..."));
    masked.is_some_and(|at| meant.starts_with(&shown[..at]))
}

/// Whether a text has the mark in it as a word of its own: `YC10` has no `YC1` in it.
pub(super) fn mentions(text: &str, mark: &str) -> bool {
    let mark = bare(mark).to_lowercase();
    let seen: String = text.to_lowercase().chars().filter(|letter| !invisible(*letter)).collect();
    !mark.is_empty() && (has_word(&seen, &mark) || has_word(&bare(&seen), &mark))
}

fn has_word(text: &str, mark: &str) -> bool {
    let joins = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    let (first, last) = (mark.chars().next(), mark.chars().next_back());
    text.match_indices(mark).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        !(joins(before) && joins(first) || joins(last) && joins(after))
    })
}

/// Without spaces and what nobody sees; letters of full width as the plain ones that they stand for.
pub(super) fn bare(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && !invisible(*letter)).map(plain).collect()
}

fn plain(letter: char) -> char {
    /// How far the letters of full width stand from the plain ones.
    const AWAY: u32 = 0xFEE0;
    match letter {
        '！'..='～' => char::from_u32(u32::from(letter) - AWAY).unwrap_or(letter),
        letter => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_masked_or_dressed_up_may_be_the_mark_and_another_number_is_not() {
        for shown in ["", " ", "YC2026*", "YC20…", "YC...", "yc2026-1", "YC2026-1 新", "编号：YC2026-1", "ＹＣ2026-1"]
        {
            assert!(may_be("YC2026-1", shown), "{shown}");
        }
        for shown in ["YC2026-10", "YC2025-1", "AYC2026-1", "XX*", "无"] {
            assert!(!may_be("YC2026-1", shown), "{shown}");
        }
        assert!(mentions("没有找到 YC1 的记录", "YC1") && mentions("YC 1", "YC1") && !mentions("YC10", "YC1"));
    }
}
