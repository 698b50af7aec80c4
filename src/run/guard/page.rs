//! A page by itself.

use serde::{Deserialize, Serialize};

/// How a page ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::run) enum Ending {
    /// As HTML does.
    Closed,
    /// It begins as HTML and does not end so: systems that never do there are, others break off.
    Open,
    /// It begins as JSON and is none: it breaks off.
    Broken,
    /// It says nothing about itself.
    Unknown,
}

/// How the pages of one name have ended in good readings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::run) enum Ends {
    /// Nobody looked, or they say nothing about themselves.
    #[default]
    Unknown,
    /// As they should.
    Closed,
    /// Not always as they should, and nothing was amiss.
    Any,
}

/// Bytes at the start of a page in which it says that it is HTML.
const HEAD: usize = 2_000;
/// Bytes at the end of a page in which it says that it ends; servers append notes and scripts.
const TAIL: usize = 4_000;

/// How a page ends, by its text.
pub(in crate::run) fn ending(text: &[u8]) -> Ending {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text).trim_ascii();
    // From the back, where pages end: and few places begin with `<`.
    let says = |part: &[u8], what: &[u8]| {
        part.windows(what.len()).rev().any(|found| found[0] == what[0] && found.eq_ignore_ascii_case(what))
    };
    match (text.first(), text.last()) {
        (Some(b'{'), Some(last)) if *last != b'}' => Ending::Broken,
        (Some(b'['), Some(last)) if *last != b']' => Ending::Broken,
        (Some(b'<'), _) if says(&text[..text.len().min(HEAD)], b"<html") => {
            let closed = says(&text[text.len().saturating_sub(TAIL)..], b"</html");
            if closed { Ending::Closed } else { Ending::Open }
        }
        _ => Ending::Unknown,
    }
}
