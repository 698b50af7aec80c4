//! What is wrong with a file that is no TOML, in words for an admin.

use super::report::Findings;
use crate::base::Message;

/// Notes a mistake of the TOML parser.
pub(super) fn explain(findings: &Findings, source: &str, error: &toml::de::Error) {
    let span = error.span().unwrap_or(0..0);
    let start = source[..span.start.min(source.len())].rfind('\n').map_or(0, |newline| newline + 1);
    let line = source.get(start..).and_then(|rest| rest.lines().next()).unwrap_or("");
    let wide = line.char_indices().find(|(_, c)| "“”‘’＝，［］｛｝＃".contains(*c));
    let message = Message::new("adapter-toml").with("why", error.message());
    match wide {
        Some((_, c)) => findings.error(span, message, Message::new("adapter-toml-wide").with("letter", c)),
        None => findings.error(span, message, None),
    }
}
