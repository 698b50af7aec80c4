//! Texts as a person compares them.

use std::borrow::Cow;

/// Texts that differ in more than this part of their letters are not offered as "did you mean".
const LARGEST_DIFFERENCE: f64 = 0.6;

/// Signs around a header or label that are no part of its name: colons, stars of required fields, arrows of sorted columns,
/// marks of a hint.
const MARKS: &[char] = &[
    ':', '：', '*', '＊', '▲', '▼', '△', '▽', '▴', '▾', '▵', '▿', '↑', '↓', '↕', '⇅', '⇵', '⬍', '?', '？', 'ⓘ', 'ℹ',
    '⋮',
];

/// Whether a letter takes no room.
pub(super) fn invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{ad}')
}

/// Whether a letter is no part of the name at whose end it stands.
pub(super) fn is_mark(letter: char) -> bool {
    MARKS.contains(&letter) || invisible(letter)
}

/// White space collapsed to single spaces and cut off at the ends; invisible characters dropped.
pub(super) fn normal(text: &str) -> String {
    normal_of(text).into_owned()
}

/// The same, without a copy where there is nothing to collapse.
fn normal_of(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if !text.contains(|letter: char| letter.is_whitespace() || invisible(letter)) {
        return Cow::Borrowed(text); // as most names and values are
    }
    let mut normal = String::with_capacity(text.len());
    let mut gap = false;
    for letter in text.chars() {
        if letter.is_whitespace() {
            gap = true;
        } else if !invisible(letter) {
            if gap && !normal.is_empty() {
                normal.push(' ');
            }
            gap = false;
            normal.push(letter);
        }
    }
    Cow::Owned(normal)
}

/// What two names are compared by: normal, without marks at the ends, without the spaces that pad Chinese words (姓　名).
pub(super) fn key(text: &str) -> String {
    key_of(text).into_owned()
}

/// The same, without a copy where the text is its own key but for its ends.
pub(super) fn key_of(text: &str) -> Cow<'_, str> {
    let around = |letter: char| letter == ' ' || MARKS.contains(&letter);
    let normal = match normal_of(text) {
        Cow::Borrowed(normal) => return Cow::Borrowed(normal.trim_matches(around)),
        Cow::Owned(normal) => normal,
    };
    let bare = normal.trim_matches(around);
    let mut key = String::with_capacity(bare.len());
    let mut letters = bare.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        if letter != ' ' || !chinese(before) || !letters.peek().copied().is_some_and(chinese) {
            key.push(letter);
        }
        before = letter;
    }
    Cow::Owned(key)
}

/// Letters of the shortest English half of a name in two languages: `ID` and `QQ` are Chinese words.
const SHORTEST_ENGLISH: usize = 3;

/// The halves of a name that is said in Chinese and in English (申请人/Applicant), as keys.
pub(super) fn spoken(name: &str) -> Option<[String; 2]> {
    let parts = |text: &str| -> Vec<String> {
        let cut = |letter: char| {
            matches!(letter, '/' | '／' | '|' | '｜' | '(' | ')' | '（' | '）' | '[' | ']' | '【' | '】')
        };
        text.split(cut).map(key).filter(|part| !part.is_empty()).collect()
    };
    let english = |text: &str| {
        let letters = text.chars().filter(char::is_ascii_alphabetic).count();
        letters >= SHORTEST_ENGLISH && !text.chars().any(chinese)
    };
    let is_chinese = |text: &str| text.chars().any(chinese) && !text.chars().any(|letter| letter.is_ascii_alphabetic());
    let mut halves = parts(name);
    if let [whole] = halves.as_slice() {
        // A blank is between them, or nothing but the change of letters.
        let letters: Vec<(usize, char)> = whole.char_indices().collect();
        let turns = letters.windows(2).filter(|pair| chinese(pair[0].1) != chinese(pair[1].1)).map(|pair| pair[1].0);
        let turns: Vec<usize> =
            turns.filter(|at| whole[..*at].ends_with(' ') || whole[*at..].starts_with(' ')).collect();
        let [turn] = turns.as_slice() else {
            return None;
        };
        halves = vec![key(&whole[..*turn]), key(&whole[*turn..])];
    }
    match halves.as_slice() {
        [one, other] if is_chinese(one) && english(other) => Some([one.clone(), other.clone()]),
        [one, other] if english(one) && is_chinese(other) => Some([other.clone(), one.clone()]),
        _ => None,
    }
}

/// Whether a text ends like a label: with a colon.
pub(super) fn ends_with_colon(text: &str) -> bool {
    text.trim_end().ends_with([':', '：'])
}

/// The name among `there` that `wanted` was probably meant to be.
pub(super) fn nearest<'a>(wanted: &str, there: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |name: &&str| {
        let longest = wanted.chars().count().max(name.chars().count()).max(1);
        strsim::damerau_levenshtein(wanted, name) as f64 / longest as f64
    };
    there
        .into_iter()
        .map(|name| (distance(&name), name))
        .filter(|(distance, _)| *distance <= LARGEST_DIFFERENCE)
        .min_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, name)| name)
}

/// Whether a letter is a Chinese character.
pub(super) fn chinese(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_compare_without_padding_and_marks() {
        assert_eq!(normal(" a\u{a0}\n b\u{3000}"), "a b");
        assert_eq!(key(" * 姓　　名 ："), "姓名");
        assert_eq!(key("Assigned  to:"), "Assigned to");
        assert_eq!(key("受理时间 ▲"), "受理时间");
        assert_eq!(key("A 栋"), "A 栋");
    }

    #[test]
    fn names_in_two_languages_come_apart() {
        let halves = |name: &str| spoken(name).map(|halves| halves.join("|"));
        for name in [
            "申请人/Applicant",
            "申请人 Applicant",
            "申请人（Applicant）",
            "Applicant 申请人",
            "申 请 人 / Applicant：",
        ] {
            assert_eq!(halves(name).as_deref(), Some("申请人|Applicant"), "{name}");
        }
        assert_eq!(halves("受理时间 Time of acceptance").as_deref(), Some("受理时间|Time of acceptance"));
        for name in [
            "身份证/护照",
            "证件号码(身份证)",
            "申请人 ID",
            "IP地址",
            "A 栋",
            "申请人",
            "Applicant",
            "取水 Abc 许可",
            "",
        ] {
            assert_eq!(halves(name), None, "{name}");
        }
    }

    #[test]
    fn only_what_is_near_is_offered() {
        assert_eq!(nearest("办件号", ["事项", "办件编号", "状态"]), Some("办件编号"));
        assert_eq!(nearest("联系电话", ["事项", "状态"]), None);
    }
}
