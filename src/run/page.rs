//! A page as it was seen, whichever way it was fetched.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, FixedOffset};
use chrono_tz::Asia::Shanghai;
use sha2::{Digest, Sha256};

use crate::{
    adapter::System,
    transport::{Answer, Snapshot, encoding_named},
};

/// How long a page may take to come to rest in the browser.
pub(super) const SETTLE_LIMIT: Duration = Duration::from_secs(15);

/// A page as it was seen.
pub(super) struct Look {
    pub(super) address: String,
    pub(super) text: String,
    pub(super) content_type: Option<String>,
    /// SHA-256 of the bytes (or of the browser's snapshot), hex.
    pub(super) evidence: String,
    pub(super) read_at: DateTime<FixedOffset>,
    /// Characters that could not be decoded.
    pub(super) undecodable: usize,
}

/// What stands in an address.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// Number of the list page, from 1.
    pub(super) page: u64,
    /// Rows before this page.
    pub(super) offset: u64,
    /// The list's row, for a detail.
    pub(super) row: BTreeMap<String, String>,
}

impl Look {
    /// A page of the browser, or a frame of it.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        Self {
            address: snapshot.address.clone(),
            evidence: hex(snapshot.html.as_bytes()),
            text: snapshot.html.clone(),
            content_type: Some("text/html".to_owned()),
            read_at: snapshot.read_at.with_timezone(&Shanghai).fixed_offset(),
            undecodable: 0,
        }
    }

    /// An answer of plain HTTP, decoded as the system's adapter says.
    pub(super) fn at(answer: Answer, system: &System) -> Self {
        let decoded = answer.text(system.charset.as_deref().and_then(encoding_named));
        Self {
            evidence: hex(&answer.body),
            text: decoded.text,
            undecodable: decoded.undecodable,
            address: answer.address,
            content_type: answer.content_type,
            read_at: answer.read_at.with_timezone(&Shanghai).fixed_offset(),
        }
    }
}

/// A stored value without the quotes that `JSON.stringify` puts around a text.
pub(super) fn unquoted(value: &str) -> String {
    serde_json::from_str::<String>(value).unwrap_or_else(|_| value.to_owned())
}

/// SHA-256, hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
