//! Texts as a person compares them.

/// Texts that differ in more than this part of their letters are not offered as "did you mean".
const LARGEST_DIFFERENCE: f64 = 0.6;

/// Signs around a header or label that are no part of its name: colons, stars of required fields, arrows of sorted columns.
const MARKS: &[char] = &[':', '：', '*', '＊', '▲', '▼', '△', '▽', '↑', '↓', '⇅'];

/// White space collapsed to single spaces and cut off at the ends; invisible characters dropped.
pub(super) fn normal(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let visible = text.chars().filter(|letter| !matches!(letter, '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{ad}'));
    for letter in visible {
        if !letter.is_whitespace() {
            normal.push(letter);
        } else if !normal.is_empty() && !normal.ends_with(' ') {
            normal.push(' ');
        }
    }
    normal.truncate(normal.trim_end().len());
    normal
}

/// What two names are compared by: normal, without marks at the ends, without the spaces that pad Chinese words (姓　名).
pub(super) fn key(text: &str) -> String {
    let normal = normal(text);
    let bare = normal.trim_matches(|letter: char| letter == ' ' || MARKS.contains(&letter));
    let letters: Vec<char> = bare.chars().collect();
    let pads = |at: usize| letters[at] == ' ' && chinese(letters[at - 1]) && chinese(letters[at + 1]);
    (0..letters.len()).filter(|at| !pads(*at)).map(|at| letters[at]).collect()
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
    fn only_what_is_near_is_offered() {
        assert_eq!(nearest("办件号", ["事项", "办件编号", "状态"]), Some("办件编号"));
        assert_eq!(nearest("联系电话", ["事项", "状态"]), None);
    }
}
