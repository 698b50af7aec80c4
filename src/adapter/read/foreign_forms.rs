//! Forms of dates in the notations of others (Java and .NET, moment.js, Oracle, PHP), as `strftime` writes them.

/// What others write, with what that means, the longest first. `MM` is a month before an hour and minutes after it.
const PARTS: &[(&str, &str)] = &[
    ("yyyy", "%Y"),
    ("YYYY", "%Y"),
    ("uuuu", "%Y"),
    ("HH24", "%H"),
    ("HH12", "%I"),
    ("MMMM", "%B"),
    ("MMM", "%b"),
    ("SSS", "%3f"),
    ("fff", "%3f"),
    ("FF3", "%3f"),
    ("XXX", "%z"),
    ("zzz", "%z"),
    ("'T'", "T"),
    ("'Z'", "%z"),
    ("yy", "%y"),
    ("YY", "%y"),
    ("MM", "%m"),
    ("dd", "%d"),
    ("DD", "%d"),
    ("HH", "%H"),
    ("hh", "%I"),
    ("mm", "%M"),
    ("MI", "%M"),
    ("mi", "%M"),
    ("ss", "%S"),
    ("SS", "%S"),
    ("tt", "%p"),
    ("ZZ", "%z"),
    ("Z", "%z"),
    ("X", "%z"),
    ("T", "T"),
];

/// Single letters of Java, .NET and moment.js.
const LETTERS: &[(&str, &str)] = &[
    ("M", "%m"),
    ("d", "%d"),
    ("D", "%d"),
    ("H", "%H"),
    ("h", "%I"),
    ("m", "%M"),
    ("s", "%S"),
    ("a", "%p"),
    ("A", "%p"),
];

/// Single letters of PHP.
const LETTERS_OF_PHP: &[(&str, &str)] = &[
    ("Y", "%Y"),
    ("y", "%y"),
    ("m", "%m"),
    ("n", "%m"),
    ("d", "%d"),
    ("j", "%d"),
    ("H", "%H"),
    ("G", "%H"),
    ("h", "%I"),
    ("g", "%I"),
    ("i", "%M"),
    ("s", "%S"),
    ("A", "%p"),
    ("a", "%p"),
];

/// The form in our notation; `None` where it has no year, month and day, or a letter that means nothing in theirs.
pub(super) fn translated(form: &str) -> Option<String> {
    let whole = |ours: &String| {
        ["%d", "%Y"].iter().all(|part| ours.contains(part)) && (ours.contains("%m") || ours.contains("%b"))
    };
    let double = ["yy", "YY", "uuuu"].iter().any(|year| form.contains(year));
    let parts: Vec<_> = if double { PARTS.iter().chain(LETTERS).collect() } else { LETTERS_OF_PHP.iter().collect() };
    let mut ours = String::new();
    let mut rest = form;
    while let Some(letter) = rest.chars().next() {
        let known = parts.iter().find(|(theirs, _)| rest.starts_with(theirs));
        let (taken, meant) = match known {
            // Written by hand: 24 hours without a half day, minutes as MM.
            Some((theirs, "%m")) if ours.ends_with("%H:") || ours.ends_with("%I:") => (theirs.len(), "%M"),
            Some((theirs, "%I")) if !["a", "A", "tt", "PM"].iter().any(|half| form.contains(half)) => {
                (theirs.len(), "%H")
            }
            Some((theirs, meant)) => (theirs.len(), *meant),
            None if letter.is_ascii_alphabetic() || letter == '%' => return None,
            None => (letter.len_utf8(), &rest[..letter.len_utf8()]),
        };
        ours.push_str(meant);
        rest = &rest[taken..];
    }
    Some(ours).filter(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_others_are_translated() {
        for (theirs, ours) in [
            ("yyyy-MM-dd HH:mm:ss", "%Y-%m-%d %H:%M:%S"),
            ("YYYY-MM-DD", "%Y-%m-%d"),
            ("YYYY-MM-DD HH24:MI:SS", "%Y-%m-%d %H:%M:%S"),
            ("YYYY-MM-DD HH:MM:SS", "%Y-%m-%d %H:%M:%S"),
            ("yyyy年M月d日 H时m分", "%Y年%m月%d日 %H时%M分"),
            ("yyyy/MM/dd hh:mm", "%Y/%m/%d %H:%M"),
            ("yyyy/MM/dd hh:mm tt", "%Y/%m/%d %I:%M %p"),
            ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "%Y-%m-%dT%H:%M:%S.%3f%z"),
            ("Y-m-d H:i:s", "%Y-%m-%d %H:%M:%S"),
            ("d/m/Y", "%d/%m/%Y"),
        ] {
            assert_eq!(translated(theirs).as_deref(), Some(ours), "{theirs}");
        }
        for none in ["", "年月日", "HH:mm", "list.no", "short", "%Q"] {
            assert_eq!(translated(none), None, "{none}");
        }
    }
}
