//! What a system answered, and the text in it whatever its charset says.

use std::{borrow::Cow, fmt, path::Path, sync::LazyLock};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8, WINDOWS_1252};
use regex::bytes::Regex;
use serde::{Deserialize, Serialize};

/// Bytes at the start of a page in which browsers look for its `<meta charset>`.
const META_BYTES: usize = 1_024;
/// The status by which a system asks for fewer requests.
const TOO_MANY: u16 = 429;

/// One answer of a system, over either transport.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The address that answered, after redirects.
    pub address: String,
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type` header as sent.
    pub content_type: Option<String>,
    /// Whether the system hands this out to be kept and not to be shown (`Content-Disposition: attachment`).
    pub attachment: bool,
    /// The name that the system gives to this as a file; no folder is part of it.
    pub file_name: Option<String>,
    /// What to ask with whether it has changed since.
    pub validators: Validators,
    /// The body, decompressed.
    pub body: Bytes,
    /// When it was read.
    pub read_at: DateTime<Utc>,
}

/// By what a system knows one state of a page: what [`super::Lent::get_if`] sends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// The `ETag` header as sent.
    pub etag: Option<String>,
    /// The `Last-Modified` header as sent.
    pub last_modified: Option<String>,
}

impl Validators {
    /// Whether the system said nothing of the kind: then every question is answered in full.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A body as text.
#[derive(Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text, without byte order mark; of a body in UTF-8 it is a part of that.
    pub text: Cow<'a, str>,
    /// The encoding that was used.
    pub encoding: &'static Encoding,
    /// Characters that could not be read and stand as U+FFFD in the text.
    pub undecodable: usize,
}

impl Answer {
    /// Whether the system says with it that it is asked for more than it can bear.
    pub fn is_overload(&self) -> bool {
        is_overload(self.status)
    }

    /// A file as if a system had answered with it.
    pub fn from_file(path: &Path, body: Bytes, read_at: DateTime<Utc>) -> Self {
        Self {
            address: path.display().to_string(),
            status: 200,
            content_type: None,
            attachment: false,
            file_name: path.file_name().map(|name| name.to_string_lossy().into_owned()),
            validators: Validators::default(),
            body,
            read_at,
        }
    }

    /// The body as text. The bytes decide over every label: a byte order mark, then whether they are valid UTF-8, then the first of
    /// the charset that the adapter declares, the header's, the page's `<meta>` and GB18030 that they do not contradict. Where they
    /// contradict all, the one that leaves the fewest characters unread.
    pub fn text(&self, declared: Option<&'static Encoding>) -> Decoded<'_> {
        if let Some((encoding, skip)) = Encoding::for_bom(&self.body) {
            return decoded(encoding, &self.body[skip..]);
        }
        if let Ok(text) = simdutf8::basic::from_utf8(&self.body) {
            // A U+FFFD that the server sent was lost on its side, and is lost just the same.
            return Decoded { text: Cow::Borrowed(text), encoding: UTF_8, undecodable: lost(text) };
        }
        let labels = [self.header_charset(), self.meta_charset()];
        // Any bytes are valid Latin-1: as a label it is a server's default and says nothing.
        let (latin, labels): (Vec<_>, Vec<_>) = labels.into_iter().flatten().partition(|label| *label == WINDOWS_1252);
        let mut candidates: Vec<&'static Encoding> = declared.map(widened).into_iter().collect();
        candidates.extend(labels.into_iter().chain([GB18030, UTF_8]).chain(latin));
        let fits = |encoding: &&'static Encoding| {
            let text = encoding.decode_without_bom_handling_and_without_replacement(&self.body)?;
            Some(Decoded { text, encoding, undecodable: 0 })
        };
        let fitting = candidates.iter().find_map(fits);
        let least_lost = || {
            let tried = candidates.iter().map(|encoding| decoded(encoding, &self.body));
            tried.min_by_key(|decoded| decoded.undecodable).expect("GB18030 is always tried")
        };
        fitting.unwrap_or_else(least_lost)
    }

    /// The bytes of what [`Answer::text`] gave for this body: without a copy where it is a part of that.
    pub fn bytes_of(&self, decoded: Decoded<'_>) -> Bytes {
        match decoded.text {
            Cow::Borrowed(text) => self.body.slice_ref(text.as_bytes()),
            Cow::Owned(text) => text.into(),
        }
    }

    /// The encoding that links and forms of this page are sent in, as browsers send them: what the page calls itself, as far as its
    /// bytes don't contradict it; `declared` (by the adapter) where it says nothing, and decides between labels that its bytes leave open.
    /// None where nothing tells: then it is all ASCII. Not what it is read as: a page that calls itself GBK can't send all of GB18030.
    pub fn sent_in(&self, declared: Option<&'static Encoding>) -> Option<&'static Encoding> {
        if Encoding::for_bom(&self.body).is_some() {
            return Some(UTF_8);
        }
        let labels = [self.header_label(), self.meta_label()].into_iter().flatten();
        let labels: Vec<_> = labels.filter(|label| *label != WINDOWS_1252).collect();
        if self.body.is_ascii() {
            return labels.first().copied().or(declared);
        }
        if simdutf8::basic::from_utf8(&self.body).is_ok() {
            return Some(UTF_8);
        }
        let fits = |encoding: &&'static Encoding| {
            encoding.decode_without_bom_handling_and_without_replacement(&self.body).is_some()
        };
        let read_as = declared.into_iter().chain(labels.iter().copied()).find(fits).unwrap_or(GBK);
        // The label is the narrower one.
        Some(if read_as == GB18030 && labels.contains(&GBK) { GBK } else { read_as })
    }

    fn header_charset(&self) -> Option<&'static Encoding> {
        self.header_label().map(widened)
    }

    fn header_label(&self) -> Option<&'static Encoding> {
        let told = self.content_type.as_ref()?.to_ascii_lowercase();
        let (_, after) = told.split_once("charset=")?;
        Encoding::for_label(after.split(';').next()?.trim_matches(['"', '\'', ' ']).as_bytes())
    }

    fn meta_charset(&self) -> Option<&'static Encoding> {
        self.meta_label().map(widened)
    }

    fn meta_label(&self) -> Option<&'static Encoding> {
        static META: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r#"(?i)(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)"#)
                .expect("the pattern is a constant")
        });
        let head = &self.body[..self.body.len().min(META_BYTES)];
        let label = META.captures(head)?.get(1)?;
        Encoding::for_label(label.as_bytes())
    }
}

/// Whether a status leads elsewhere: an answer with it that is not followed is no page.
pub(super) fn is_astray(status: u16) -> bool {
    (300..400).contains(&status)
}

/// Whether a status says that the system is asked for more than it can bear.
pub(super) fn is_overload(status: u16) -> bool {
    status >= 500 || status == TOO_MANY
}

fn decoded<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Decoded<'a> {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    Decoded { undecodable: lost(&text), text, encoding }
}

fn lost(text: &str) -> usize {
    text.matches('\u{FFFD}').count()
}

/// The encoding of that label, as browsers understand labels; GBK and GB2312 are read as their superset GB18030.
pub fn encoding_named(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label(label.as_bytes()).map(widened)
}

fn widened(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == GBK { GB18030 } else { encoding }
}

impl fmt::Debug for Answer {
    /// Without the body, which holds people's data.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Answer({} {} {:?}, {} bytes)", self.status, self.address, self.content_type, self.body.len())
    }
}

impl fmt::Debug for Decoded<'_> {
    /// Without the text, which holds people's data.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, encoding, undecodable } = self;
        write!(formatter, "Decoded({} bytes as {}, {undecodable} undecodable)", text.len(), encoding.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &[u8], content_type: Option<&str>) -> Answer {
        let file = Answer::from_file(Path::new("page.html"), Bytes::copy_from_slice(body), DateTime::default());
        Answer { content_type: content_type.map(str::to_owned), ..file }
    }

    fn gb18030(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    #[test]
    fn bytes_decide_before_labels() {
        let utf8 = answer("取水许可".as_bytes(), Some("text/html; charset=GBK"));
        assert_eq!(utf8.text(encoding_named("gb2312")).text, "取水许可");

        let marked = answer(b"\xEF\xBB\xBF\xE5\x8A\x9E", None);
        assert_eq!(marked.text(None).text, "办");

        let utf16 = answer(b"\xFF\xFE\x9E\x52", None);
        assert_eq!(utf16.text(None).text, "办");
    }

    #[test]
    fn labels_are_asked_in_order_and_gbk_is_widened() {
        // 𠮷 stands in GB18030 only.
        let body = gb18030("<meta charset='gb2312'>承诺办结𠮷");
        for (content_type, declared) in
            [(None, None), (Some("text/html;charset=\"GBK\""), None), (Some("text/html;charset=big5"), Some("gbk"))]
        {
            let answer = answer(&body, content_type);
            let decoded = answer.text(declared.and_then(encoding_named));
            assert!(decoded.text.ends_with("承诺办结𠮷"), "{content_type:?} {declared:?}");
            assert_eq!((decoded.encoding, decoded.undecodable), (GB18030, 0));
        }
        let unlabelled = answer(&gb18030("待受理"), None);
        assert_eq!(unlabelled.text(None).text, "待受理");
    }

    #[test]
    fn bytes_decide_over_labels_that_they_contradict() {
        let page = gb18030("<meta charset='utf-8'>取水许可，王小明");
        for content_type in [None, Some("text/html; charset=utf-8"), Some("text/html; charset=ISO-8859-1")] {
            let answer = answer(&page, content_type);
            let decoded = answer.text(None);
            assert_eq!((decoded.encoding, decoded.undecodable), (GB18030, 0), "{content_type:?}");
            assert!(decoded.text.ends_with("王小明"));
        }
        let latin = answer(b"caf\xE9 au lait", Some("text/html; charset=ISO-8859-1"));
        let declared = latin.text(encoding_named("latin1"));
        assert_eq!(declared.text, "café au lait");
        let broken = [b"<p>\xE7\x8E\x8B\xFF</p>".as_slice(), "申请人".as_bytes()].concat();
        let answer = answer(&broken, None);
        let decoded = answer.text(None);
        assert_eq!((decoded.encoding, decoded.undecodable), (UTF_8, 1), "{}", decoded.text);
    }

    #[test]
    fn what_can_not_be_read_is_counted() {
        let broken = answer(b"\xD6\xD0\xFF\xFF ok", None);
        let decoded = broken.text(None);
        assert_eq!(decoded.undecodable, 2, "{}", decoded.text);
        let lost_before = answer("申请人：\u{FFFD}".as_bytes(), None);
        assert_eq!(lost_before.text(None).undecodable, 1);
    }
}
