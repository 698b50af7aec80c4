//! The name that a server gives to a file, however it has written it.

use std::{borrow::Cow, sync::LazyLock};

use base64::{Engine, engine::general_purpose::STANDARD};
use encoding_rs::{Encoding, GB18030};
use regex::bytes::Regex;

/// The file name in a `Content-Disposition` header: `filename*` before `filename`; percent-encoded, as an encoded word of
/// mail, as raw UTF-8 or GBK. Only its last part, so that it can be written into a folder.
pub(super) fn file_name(header: &[u8]) -> Option<String> {
    static EXTENDED: LazyLock<Regex> =
        LazyLock::new(|| pattern(r#"(?i-u)filename\*\s*=\s*"?([A-Za-z0-9_-]+)'[^';]*'([^;"\s]+)"#));
    static QUOTED: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?i-u)filename\s*=\s*"((?:[^"\\]|\\.)*)""#));
    static BARE: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?i-u)filename\s*=\s*([^;"\s][^;]*)"#));

    let extended = EXTENDED.captures(header).and_then(|found| {
        let label = Encoding::for_label(&found[1])?;
        Some(label.decode_without_bom_handling(&unescaped(&found[2])).0.into_owned())
    });
    let plain = || {
        let found = QUOTED.captures(header).or_else(|| BARE.captures(header))?;
        Some(as_written(&found[1]))
    };
    last_part(&extended.or_else(plain)?)
}

/// Whether a `Content-Disposition` header wants its body to be kept and not shown. As in browsers, a kind that nobody knows does, and a
/// header without any kind does not.
pub(super) fn is_attachment(header: &[u8]) -> bool {
    let kind = header.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    !kind.is_empty() && !kind.contains(&b'=') && !kind.eq_ignore_ascii_case(b"inline")
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant")
}

fn as_written(name: &[u8]) -> String {
    let name = name.trim_ascii();
    if let Some(word) = encoded_word(name) {
        return word;
    }
    text(&unescaped(name)).into_owned()
}

/// The bytes as UTF-8 where they are that, as GB18030 otherwise.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => GB18030.decode_without_bom_handling(bytes).0,
    }
}

/// `=?UTF-8?B?…?=`, as mail programs write names.
fn encoded_word(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?;
    let mut parts = name.strip_prefix("=?")?.strip_suffix("?=")?.splitn(3, '?');
    let (label, kind, text) = (parts.next()?, parts.next()?, parts.next()?);
    let encoding = Encoding::for_label(label.as_bytes())?;
    let bytes = match kind {
        "B" | "b" => STANDARD.decode(text).ok()?,
        "Q" | "q" => unescaped(text.replace('_', " ").replace('=', "%").as_bytes()),
        _ => return None,
    };
    Some(encoding.decode_without_bom_handling(&bytes).0.into_owned())
}

fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                plain.push(u8::try_from(high * 16 + low).expect("two hexadecimal digits are one byte"));
                at += 3;
            }
            _ => {
                plain.push(*byte);
                at += 1;
            }
        }
    }
    plain
}

fn last_part(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|letter| !letter.is_control()).collect();
    let name = name.trim();
    (!name.is_empty() && !name.chars().all(|letter| letter == '.')).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_however_it_is_written() {
        let gbk = [b"attachment; filename=\"".as_slice(), &GB18030.encode("办件.xls").0, b"\""].concat();
        let headers: [&[u8]; 8] = [
            "attachment; filename=\"办件.xls\"".as_bytes(),
            "attachment;filename=办件.xls".as_bytes(),
            b"attachment; filename=\"x.xls\"; filename*=UTF-8''%E5%8A%9E%E4%BB%B6.xls",
            b"attachment; filename*=gbk'zh'%B0%EC%BC%FE.xls",
            b"attachment;filename=%E5%8A%9E%E4%BB%B6.xls",
            b"attachment;FileName=%B0%EC%BC%FE.xls; size=3",
            b"attachment; filename=\"=?UTF-8?B?5Yqe5Lu2Lnhscw==?=\"",
            &gbk,
        ];
        for header in headers {
            assert_eq!(file_name(header).as_deref(), Some("办件.xls"), "{}", String::from_utf8_lossy(header));
        }
    }

    #[test]
    fn what_is_to_be_kept_is_told_from_what_is_shown() {
        for (header, kept) in [
            ("attachment", true),
            ("Attachment; filename=a.xls", true),
            ("download", true),
            ("inline; filename=a.pdf", false),
            ("INLINE", false),
            ("filename=a.xls", false),
            ("", false),
        ] {
            assert_eq!(is_attachment(header.as_bytes()), kept, "{header}");
        }
    }

    #[test]
    fn a_name_never_leads_elsewhere() {
        for (header, name) in [
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=C:\\temp\\a.xls", Some("a.xls")),
            ("attachment; filename=%2e%2e%2fa%00.xls", Some("a.xls")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\"a/\"", None),
            ("inline", None),
            ("attachment; filename*=nothing''%41", None),
            ("attachment; filename=100%.xls", Some("100%.xls")),
        ] {
            assert_eq!(file_name(header.as_bytes()).as_deref(), name, "{header}");
        }
    }
}
