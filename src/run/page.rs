//! A page as it was seen, whichever way it was fetched.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use chrono_tz::Asia::Shanghai;
use sha2::{Digest, Sha256};

use crate::{
    adapter::{Page, Scope, System},
    base::hex,
    extract::{self, Document, ExtractError, Sheets},
    transport::{Answer, Snapshot, encoding_named},
};

/// How long a page may take to come to rest in the browser.
pub(super) const SETTLE_LIMIT: Duration = Duration::from_secs(15);

/// What is remembered of a page that was seen.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) address: String,
    /// SHA-256 of the bytes (or of the browser's snapshot), hex.
    pub(super) evidence: String,
    pub(super) read_at: DateTime<FixedOffset>,
}

/// A page right after it was fetched.
#[derive(Clone)]
pub(super) enum Sight {
    /// By plain HTTP, by a fetch within the browser's page, or out of a folder.
    Answer(Answer),
    /// As the browser shows it, or a frame of it.
    Snapshot(Snapshot),
}

/// A page opened for reading. It does not leave its thread: the tree of a page can't.
pub(super) struct Opened {
    pub(super) look: Look,
    /// What is kept of it where it can't be read.
    pub(super) bytes: Bytes,
    pub(super) document: Result<Document, ExtractError>,
}

impl Look {
    fn at(answer: &Answer) -> Self {
        Self { evidence: sha256(&answer.body), address: answer.address.clone(), read_at: local(answer.read_at) }
    }
}

impl Sight {
    /// Decodes and parses it as the system's adapter says, with what these sheets hide that it links to. Costly: for threads that may block.
    pub(super) fn open(self, system: &System, page: &Page, sheets: &Sheets) -> Opened {
        match self {
            Self::Answer(answer) if extract::is_binary(&answer.body) => {
                let document = Document::of(page, &answer.body, "", None);
                Opened { look: Look::at(&answer), bytes: answer.body, document }
            }
            Self::Answer(answer) => {
                let decoded = answer.text(system.charset.as_deref().and_then(encoding_named));
                let kind = answer.content_type.as_deref();
                let document = Document::with(page, &answer.body, &decoded.text, kind, sheets);
                Opened { look: Look::at(&answer), bytes: answer.bytes_of(decoded), document }
            }
            Self::Snapshot(snapshot) => {
                let look = Look {
                    evidence: sha256(snapshot.html.as_bytes()),
                    address: snapshot.address,
                    read_at: local(snapshot.read_at),
                };
                let document = Ok(Document::parse(&snapshot.html, Some("text/html")));
                Opened { look, bytes: snapshot.html.into(), document }
            }
        }
    }
}

/// What stands in an address.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// Number of the list page, from 1.
    pub(super) page: u64,
    /// Rows before this page.
    pub(super) offset: u64,
    /// What the page before said where this one begins.
    pub(super) cursor: String,
    /// The first and the last day of a window of dates.
    pub(super) span: Option<(NaiveDate, NaiveDate)>,
    /// The list's row, for a detail.
    pub(super) row: BTreeMap<String, String>,
    /// What else an address may use, by name: for entries `mark` and `receipt`.
    pub(super) given: Vec<(&'static str, String)>,
}

impl Place {
    /// The names that an address may use.
    pub(super) fn scope(&self) -> Scope<'_> {
        let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
        let given = self.given.iter().fold(Scope::new(), |scope, (name, text)| scope.value(name, text.clone()));
        given
            .value("page", self.page)
            .value("offset", self.offset)
            .value("cursor", self.cursor.clone())
            .value("from", day(self.span.map(|(from, _)| from)))
            .value("to", day(self.span.map(|(_, to)| to)))
            .row("list", &self.row)
    }

    /// The address of a page here, relative to the system's base.
    ///
    /// # Errors
    /// What is missing, in words.
    pub(super) fn path(&self, page: &Page) -> Result<String, String> {
        let path = page.path.as_ref().ok_or_else(|| "it has no `path`, so it can only be pressed open".to_owned())?;
        let escaped = self.given.iter().map(|(name, text)| (*name, escaped(text))).collect();
        path.fill(&Self { given: escaped, ..self.clone() }.scope())
    }
}

/// A text as it may stand in an address without being taken for a part of it.
fn escaped(text: &str) -> String {
    let special = |c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && !"-._~".contains(c);
    text.chars().map(|c| if special(c) { format!("%{:02X}", u32::from(c)) } else { c.to_string() }).collect()
}

/// An instant in the district's zone.
pub(super) fn local(instant: DateTime<Utc>) -> DateTime<FixedOffset> {
    instant.with_timezone(&Shanghai).fixed_offset()
}

/// A stored value without the quotes that `JSON.stringify` puts around a text.
pub(super) fn unquoted(value: &str) -> String {
    serde_json::from_str::<String>(value).unwrap_or_else(|_| value.to_owned())
}

/// SHA-256, hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
