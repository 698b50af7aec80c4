//! A page as it was seen, whichever way it was fetched.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use chrono_tz::Asia::Shanghai;
use encoding_rs::{Encoding, WINDOWS_1252};
use sha2::{Digest, Sha256};

use super::{encoding, read::reads_json};
use crate::{
    adapter::{Page, Scope, System, Via},
    base::hex,
    extract::{self, Document, ExtractError, Sheets},
    transport::{Answer, Snapshot, TransportError, encoding_named, is_readable},
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
    /// What its links and forms are sent in; none where nothing says, or where it is no page.
    pub(super) encoding: Option<&'static Encoding>,
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
    fn at(answer: &Answer, encoding: Option<&'static Encoding>) -> Self {
        let (evidence, address) = (sha256(&answer.body), answer.address.clone());
        Self { evidence, address, read_at: local(answer.read_at), encoding }
    }
}

impl Sight {
    /// What its links and forms are sent in, where it is a page and says so.
    pub(super) fn sent_in(&self, system: &System) -> Option<&'static Encoding> {
        match self {
            Self::Answer(answer) => {
                let page = answer.body.trim_ascii_start().first() == Some(&b'<');
                page.then(|| answer.sent_in(encoding::said(system))).flatten()
            }
            Self::Snapshot(snapshot) => shown_in(&snapshot.charset),
        }
    }

    /// Why it is not what was asked for, where that is a page: a file, nothing at all, a picture. Its bytes decide over what it calls itself;
    /// a list that is a file is one.
    pub(super) fn no_page(&self, page: &Page) -> Option<TransportError> {
        let Self::Answer(answer) = self else { return None };
        if page.is_file() || page.way.download || page.via == Via::Folder {
            return None;
        }
        let (body, kind) = (&answer.body, answer.content_type.as_deref().unwrap_or_default());
        let what = if let Some(known) = known_kind(body) {
            known.to_owned()
        } else if matches!(answer.status, 204 | 205) {
            format!("it answers HTTP {} with nothing to be shown", answer.status)
        } else if answer.attachment && !reads_json(page) {
            let name = answer.file_name.as_deref().unwrap_or("without a name");
            format!("it hands out a file (`{name}`, {} bytes) to be kept", body.len())
        } else if !is_readable(kind) && !kind.starts_with(UNKNOWN_KIND) && !reads_json(page) {
            format!("it is of the kind {kind}")
        } else {
            return None;
        };
        Some(TransportError::NotAPage { address: answer.address.clone(), what })
    }

    /// Decodes and parses it as the system's adapter says, with what these sheets hide that it links to. Costly: for threads that may block.
    pub(super) fn open(self, system: &System, page: &Page, sheets: &Sheets) -> Opened {
        match self {
            Self::Answer(answer) if extract::is_binary(&answer.body) => {
                let document = Document::of(page, &answer.body, "", None);
                Opened { look: Look::at(&answer, None), bytes: answer.body, document }
            }
            Self::Answer(answer) => {
                let decoded = answer.text(system.charset.as_deref().and_then(encoding_named));
                let kind = answer.content_type.as_deref();
                let document = Document::with(page, &answer.body, &decoded.text, kind, sheets);
                let own = matches!(document, Ok(Document::Html(_))).then(|| answer.sent_in(encoding::said(system)));
                Opened { look: Look::at(&answer, own.flatten()), bytes: answer.bytes_of(decoded), document }
            }
            Self::Snapshot(snapshot) => {
                let look = Look {
                    evidence: sha256(snapshot.html.as_bytes()),
                    address: snapshot.address,
                    read_at: local(snapshot.read_at),
                    encoding: shown_in(&snapshot.charset),
                };
                let document = Ok(Document::parse(&snapshot.html, Some("text/html")));
                Opened { look, bytes: snapshot.html.into(), document }
            }
        }
    }
}

/// What servers call whatever they know nothing of, pages too.
const UNKNOWN_KIND: &str = "application/octet-stream";

/// How bytes begin that are no page.
const KINDS: &[(&[u8], &str)] = &[
    (b"%PDF-", "it is a PDF"),
    (b"PK\x03\x04", "it is an archive or a workbook (ZIP)"),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "it is a workbook or another document of an older office program"),
    (b"\x89PNG\r\n", "it is a picture (PNG)"),
    (b"\xFF\xD8\xFF", "it is a picture (JPEG)"),
    (b"GIF8", "it is a picture (GIF)"),
    (b"Rar!\x1A\x07", "it is an archive (RAR)"),
    (b"7z\xBC\xAF\x27\x1C", "it is an archive (7z)"),
    (b"\x1F\x8B", "it is packed (gzip)"),
];

fn known_kind(body: &[u8]) -> Option<&'static str> {
    KINDS.iter().find(|(begin, _)| body.starts_with(begin)).map(|(_, words)| *words)
}

/// What a page in the browser sends its links and forms in. Latin is what a browser takes where nothing says anything.
fn shown_in(charset: &str) -> Option<&'static Encoding> {
    Encoding::for_label(charset.as_bytes()).filter(|encoding| *encoding != WINDOWS_1252)
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
