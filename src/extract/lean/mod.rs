//! A plainly written page to the same tree that scraper makes of it, several times faster.
//!
//! Building the tree is most of what reading a page costs, and most of that are rules for pages that are written wrongly. A
//! page that is written plainly needs few of them. Here a page is read as long as each of its parts is clear by itself;
//! at the first part that is not, nothing was read and scraper reads it all. What is read is equal to scraper's tree, node by
//! node: the tests compare both over all saved pages, over those pages with parts changed, and over pages made at random.

mod again;
mod build;
mod kind;
mod rules;
mod scan;
mod sight;
#[cfg(test)]
pub(super) mod tests;

use std::{borrow::Cow, ops::Range};

pub(super) use again::Plain;

/// Nodes of a page by its tags: elements, and the texts before and after them.
const NODES_PER_TAG: f32 = 1.3;

/// The tree of a page; `None` when it is not written plainly enough.
pub(super) fn parse(text: &str) -> Option<Plain> {
    if text.contains('\0') {
        return None;
    }
    let text = unix(text);
    again::parse(&text).or_else(|| anew(&text))
}

/// The same, for a page unlike all that were kept.
fn anew(text: &str) -> Option<Plain> {
    let doctype = doctype(text)?;
    let tags = text.bytes().filter(|byte| *byte == b'<').count();
    kind::with_names(|names| {
        let (html, quirky) = names.begun(&text[doctype.clone()], (tags as f32 * NODES_PER_TAG) as usize);
        build::build(html, quirky, text, doctype.end, names)
    })
}

/// Line ends as HTML has them.
fn unix(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// Where a page states its document type; empty where it states none.
fn doctype(text: &str) -> Option<Range<usize>> {
    const DOCTYPE: &str = "<!doctype";
    let from = text.len() - text.trim_start_matches([' ', '\n', '\t', '\x0c']).len();
    let stated = text[from..].get(..DOCTYPE.len()).is_some_and(|start| start.eq_ignore_ascii_case(DOCTYPE));
    Some(from..if stated { from + text[from..].find('>')? + 1 } else { from })
}
