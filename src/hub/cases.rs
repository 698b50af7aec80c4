//! Cases by filter and page.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use crate::{
    record::{Case, Record, Status},
    store::{Key, Page, StateQuery, StateRow},
};

use super::{Hub, HubError, View, decide, feed::local, mask_case};

/// Cases on one page at most: more than a person reads, little enough for one answer.
pub const PAGE_CASES: u32 = 200;

/// Which cases, and who looks. Every part that is given must fit.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    /// Of that system.
    pub system: Option<String>,
    /// In that status.
    pub status: Option<Status>,
    /// At that site.
    pub site: Option<String>,
    /// With that text in project number, source number, item or department; people's names are not searched.
    pub q: Option<String>,
    /// At most so many; 0 stands for 50, more than [`PAGE_CASES`] for that.
    pub limit: u32,
    /// [`CasePage::next`] of the page before.
    pub cursor: Option<String>,
    /// Who looks.
    pub view: View,
}

/// A case in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CaseView {
    /// The journal position of its newest change.
    pub position: i64,
    /// When that was.
    pub at: DateTime<FixedOffset>,
    /// What was noticed: `illegal_move FROM TO`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// That its newest reading is in quarantine; it says what the last good one said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quarantine: Option<InQuarantine>,
    /// What it says.
    #[serde(flatten)]
    pub case: Case,
}

/// A case's newest reading, where that is in quarantine: what the case says was read before, and stays until it reads right again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InQuarantine {
    /// The system.
    pub system: String,
    /// Its number of the case.
    pub source_no: String,
    /// Since when it reads so.
    pub since: DateTime<FixedOffset>,
    /// The field that failed.
    pub field: String,
    /// Why, without personal data.
    pub reason: String,
}

/// A page of cases, newest change first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CasePage {
    /// The cases.
    pub cases: Vec<CaseView>,
    /// The cursor of the next page; `None` on the last one.
    pub next: Option<String>,
}

impl Hub {
    /// Cases by filter, newest change first.
    ///
    /// # Errors
    /// [`HubError::Ask`] for a cursor that no page gave.
    pub async fn cases(&self, filter: &CaseFilter) -> Result<CasePage, HubError> {
        const USUAL: u32 = 50;
        let before = filter.cursor.as_deref().map(str::parse::<i64>).transpose().map_err(|_| HubError::Ask {
            reason: "the cursor is not one: pass on the `next` of the page before, unchanged".to_owned(),
        })?;
        let limit = if filter.limit == 0 { USUAL } else { filter.limit.min(PAGE_CASES) };
        let query = StateQuery {
            system: filter.system.clone(),
            status: filter.status.map(|status| status.word().to_owned()),
            site: filter.site.clone(),
            text: filter.q.clone(),
        };
        let mut rows = self.store.cases(&query, Page { before, limit: limit + 1 }).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|row| row.position.to_string());
        let cases = rows.into_iter().map(|row| view(row, filter.view)).collect::<Result<_, _>>()?;
        Ok(CasePage { cases, next })
    }
}

/// A state as a viewer may see it.
pub(super) fn view(row: StateRow, view: View) -> Result<CaseView, HubError> {
    let flags = row.flags.lines().map(str::to_owned).collect();
    let key = || ("position".to_owned(), row.position.to_string());
    let quarantine = row.bad.as_ref().map(|bad| in_quarantine(bad, &key())).transpose()?;
    Ok(CaseView { position: row.position, at: local(row.at), flags, quarantine, case: mask_case(case(&row)?, view) })
}

/// The mark that a quarantined row (JSON) is.
pub(super) fn in_quarantine(body: &str, key: &Key) -> Result<InQuarantine, HubError> {
    match decide::read(body, key)? {
        Record::Quarantined(row) => Ok(InQuarantine {
            system: row.system,
            source_no: row.source_no,
            since: row.provenance.read_at,
            field: row.field,
            reason: row.reason,
        }),
        Record::Case(_) | Record::Reading(_) | Record::System(_) | Record::Link(_) | Record::Entry(_) => {
            let source = serde::de::Error::custom("the mark is no quarantined row");
            Err(HubError::Unreadable { what: format!("{} {}", key.0, key.1), source })
        }
    }
}

fn case(row: &StateRow) -> Result<Case, HubError> {
    let key = ("position".to_owned(), row.position.to_string());
    match decide::read(&row.body, &key)? {
        Record::Case(case) => Ok(*case),
        Record::Quarantined(_) | Record::Reading(_) | Record::System(_) | Record::Link(_) | Record::Entry(_) => {
            let source = serde::de::Error::custom("the record is no case");
            Err(HubError::Unreadable { what: format!("position {}", row.position), source })
        }
    }
}
