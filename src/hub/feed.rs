//! The journal as a feed.

use chrono::{DateTime, FixedOffset, TimeZone, Utc};
use chrono_tz::Asia::Shanghai;
use serde::{Deserialize, Serialize};

use crate::record::Record;

use super::{Hub, HubError, decide};

/// Entries in one answer at most: a few megabytes.
pub const PAGE_CHANGES: u32 = 1_000;

/// What of the journal is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Cases and quarantined rows.
    Cases,
    /// Readings and system cards: what figures' honesty rests on.
    Readings,
    /// Links between records of one case.
    Links,
    /// Where entries stand.
    Entries,
}

impl Topic {
    const fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Cases => &["case", "quarantined"],
            Self::Readings => &["reading", "system"],
            Self::Links => &["link"],
            Self::Entries => &["entry"],
        }
    }
}

/// An entry of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Change {
    /// Its place: in commit order, from 1. Numbers are missing where readings were removed that no figure rests on any more.
    pub position: i64,
    /// `case`, `quarantined`, `reading`, `system`, `link` or `entry`.
    pub record: String,
    /// The system it speaks of.
    pub system: String,
    /// The record's key in that system.
    pub key: String,
    /// The record's version.
    pub version: i64,
    /// When it was taken.
    pub at: DateTime<FixedOffset>,
    /// The record, complete: see [`super::mask_record`].
    pub body: Record,
}

impl Hub {
    /// Journal entries after a position, oldest first, at most `limit` and never more than [`PAGE_CHANGES`]; of those topics,
    /// or of all when none is named. Asked again with the last position of the answer, it goes on without gap or repeat.
    ///
    /// The records are complete: mask them with [`super::mask_record`] before anyone without the role sees them.
    pub async fn changes(&self, after: i64, limit: u32, topics: &[Topic]) -> Result<Vec<Change>, HubError> {
        let kinds: Vec<&str> = topics.iter().flat_map(|topic| topic.kinds()).copied().collect();
        let entries = self.store.journal(after, limit.min(PAGE_CHANGES), &kinds).await?;
        entries
            .into_iter()
            .map(|entry| {
                let key = (entry.system, entry.key);
                let body = decide::read(&entry.body, &key)?;
                let (system, key) = key;
                let at = local(entry.at);
                Ok(Change {
                    position: entry.position,
                    record: entry.record,
                    system,
                    key,
                    version: entry.version,
                    at,
                    body,
                })
            })
            .collect()
    }

    /// The newest journal position in the database.
    pub async fn position(&self) -> Result<i64, HubError> {
        Ok(self.store.position().await?)
    }
}

/// An instant of the database as the district's clocks show it.
pub(super) fn local(millis: i64) -> DateTime<FixedOffset> {
    Utc.timestamp_millis_opt(millis).single().unwrap_or_default().with_timezone(&Shanghai).fixed_offset()
}
