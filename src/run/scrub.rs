//! Masking what a kept page says of people and of secrets. Pure: the page stays readable for whoever mends the adapter.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// Letters from which a secret is looked for: shorter ones stand in any page by chance.
const SHORTEST_SECRET: usize = 3;

/// A page with every letter of `people` and `secrets`, and of whatever looks like a number of a person, a phone or a session,
/// replaced by `*`. The length of everything stays.
pub(super) fn scrub(text: &str, people: &[String], secrets: &[String]) -> String {
    let mut text = text.to_owned();
    let mut values: Vec<&String> = people.iter().collect();
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    for value in values {
        for written in spellings(value) {
            text = text.replace(&written, &stars(&written));
        }
    }
    for secret in secrets.iter().filter(|secret| secret.chars().count() >= SHORTEST_SECRET) {
        for written in spellings(secret) {
            text = replace_words(&text, &written);
        }
    }
    for (pattern, group, _) in PATTERNS.iter() {
        text = pattern.replace_all(&text, |found: &Captures<'_>| masked(found, *group)).into_owned();
    }
    text
}

/// What a system said or an error tells, as logs, reports and the store may hold it: without these secrets, and without what looks like a
/// number of a person or a phone, an address for mail, or the value of something secret.
pub fn scrub_words(words: &str, secrets: &[String]) -> String {
    let mut text = words.to_owned();
    for secret in secrets.iter().filter(|secret| secret.chars().count() >= SHORTEST_SECRET) {
        text = replace_words(&text, secret);
    }
    for (pattern, group, _) in PATTERNS.iter().filter(|(_, _, in_words)| *in_words) {
        text = pattern.replace_all(&text, |found: &Captures<'_>| masked(found, *group)).into_owned();
    }
    text
}

/// The ways in which a value may stand in a page.
fn spellings(value: &str) -> Vec<String> {
    let escaped = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let quoted = serde_json::Value::from(value).to_string();
    let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let ascii: String = value.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let mut spellings = vec![value.to_owned(), escaped, quoted[1..quoted.len() - 1].to_owned(), encoded, ascii];
    spellings.sort();
    spellings.dedup();
    spellings
}

/// Replaces a text where it stands as a word of its own: a user's name `bot` is no part of `bottom`.
fn replace_words(text: &str, word: &str) -> String {
    let part = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(at) = rest.find(word) {
        let (head, tail) = (&rest[..at], &rest[at + word.len()..]);
        let alone = !part(head.chars().next_back().or(before)) && !part(tail.chars().next());
        masked.push_str(head);
        masked.push_str(&if alone { stars(word) } else { word.to_owned() });
        before = word.chars().next_back();
        rest = tail;
    }
    masked + rest
}

fn stars(text: &str) -> String {
    "*".repeat(text.chars().count())
}

/// What was found, with the group (0: all of it) masked.
fn masked(found: &Captures<'_>, group: usize) -> String {
    let all = found.get(0).expect("it was found");
    let Some(hidden) = found.get(group) else { return all.as_str().to_owned() };
    let (start, end) = (hidden.start() - all.start(), hidden.end() - all.start());
    format!("{}{}{}", &all.as_str()[..start], stars(hidden.as_str()), &all.as_str()[end..])
}

/// What looks like something that is nobody's business, which group of it, and whether words other than pages are looked through for it.
static PATTERNS: LazyLock<Vec<(Regex, usize, bool)>> = LazyLock::new(|| {
    const SECRET: &str = "pass|pwd|token|secret|session|sid|cookie|ticket|csrf|xsrf|viewstate|eventvalidation|authori[sz]ation|credential|captcha|vcode";
    let patterns = [
        // Numbers of people (18 digits, or 15 of old), of phones.
        (r"(?-u:\b)(?:\d{17}[0-9Xx]|\d{15})(?-u:\b)".to_owned(), 0, true),
        (r"(?-u:\b)1\d{10}(?-u:\b)".to_owned(), 0, true),
        (r"(?-u:\b)0\d{2,3}-\d{7,8}(?-u:\b)".to_owned(), 0, true),
        (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+".to_owned(), 0, true),
        // Fields whose name or type says what they hold, in either order.
        (
            format!(r#"(?i)<(?:input|meta)\b[^>]*?(?:{SECRET})[^>]*?\b(?:value|content)\s*=\s*("[^"]*"|'[^']*')"#),
            1,
            false,
        ),
        (
            format!(r#"(?i)<(?:input|meta)\b[^>]*?\b(?:value|content)\s*=\s*("[^"]*"|'[^']*')[^>]*?(?:{SECRET})"#),
            1,
            false,
        ),
        // `token = "…"`, `"token": "…"`, `?ticket=…`, `Cookie: …`.
        (format!(r#"(?i)[\w-]*(?:{SECRET})[\w-]*["']?\s*[:=]\s*["']?([^\s"'<>&;,)]{{4,}})"#), 1, true),
        // Tokens by their looks: JSON web tokens, long runs of letters and digits.
        (r"eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?".to_owned(), 0, true),
        (r"[A-Za-z0-9+/=_]{40,}".to_owned(), 0, false),
    ];
    let compiled = |(pattern, group, in_words): (String, usize, bool)| {
        (Regex::new(&pattern).expect("the patterns are constant"), group, in_words)
    };
    patterns.into_iter().map(compiled).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_canary_is_left() {
        let page = r#"<html><body onload="go('JSESSIONID=5C0FFEE5C0FFEE')"><p>当前用户：李雷</p>
            <table><tr><td title="王小明">王小明</td><td>999999199001010011</td><td>13800001234 13900001234电话0539-8081234</td></tr></table>
            <input type="hidden" name="csrf_token" value="CANARY-csrf"><input value='CANARY-pwd' type='password'>
            <a href="/list?ticket=ST-CANARY-1&page=2">2</a><script>var u={"token":"CANARY-token","name":"\u738b\u5c0f\u660e"}</script>
            <span>correct-horse</span><img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk">
            <div class="bottom" id="bot"></div><a>l@example.cn</a> eyJhbGciOiJI.eyJzdWIiOiIx.sig</body></html>"#;
        let people = ["李雷", "王小明"].map(str::to_owned);
        let scrubbed = scrub(page, &people, &["correct-horse", "bot"].map(str::to_owned));
        let canaries = [
            "李雷",
            "王小明",
            "\\u738b",
            "999999199001010011",
            "13800001234",
            "13900001234",
            "8081234",
            "CANARY",
            "5C0FFEE",
            "correct-horse",
            "iVBORw0",
            "l@example",
            "eyJzdWI",
            "id=\"bot\"",
        ];
        for canary in canaries {
            assert!(!scrubbed.contains(canary), "{canary} is left in {scrubbed}");
        }
        assert!(
            scrubbed.contains("class=\"bottom\"")
                && scrubbed.contains("&page=2")
                && scrubbed.contains("name=\"csrf_token\"")
        );
        assert_eq!(scrubbed.chars().count(), page.chars().count(), "the places of everything stay");
    }

    #[test]
    fn words_keep_all_but_what_is_nobodys_business() {
        let said = "water says \"证件号 999999199001010011 已登记，联系13800001234\": run 01a2b3 of `water-bot` with token=abcdef, \
             password correct-horse; see /tmp/queqiao-data/evidence/0123456789abcdef0123456789abcdef0123456789/list.html";
        let told = scrub_words(said, &["correct-horse".to_owned()]);
        for canary in ["9001010011", "13800001234", "abcdef,", "correct-horse"] {
            assert!(!told.contains(canary), "{canary} is left in {told}");
        }
        assert!(told.contains("`water-bot`") && told.ends_with("0123456789/list.html"), "{told}");
        let plain = "page `list` of water: column 受理编号 was not found; SL20260001 stands, 1234 rows, 3.5 s, 2026-11-23 10:00";
        assert_eq!(scrub_words(plain, &[]), plain);
    }

    #[test]
    fn what_a_mender_needs_stays() {
        let page = "<table><tr><th>受理编号</th><th>状态</th></tr><tr><td>SL20261000</td><td>办结</td><td>2026-11-23 15:15</td></tr>\
             <tr><td>371312-water-03</td><td>HD2026112301000</td></tr></table><p>共 1234 条</p>";
        assert_eq!(scrub(page, &[], &[]), page);
    }
}
