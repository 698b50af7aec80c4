//! What entering leaves behind: the link between two records of one case, and where an entry stands.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Does, EntryState};
use crate::base::hex;

/// Two records are one case (关联): the record `system` + `source_no` came into being when `origin_system` + `origin_no` was
/// entered there. Its key is `system` + `source_no`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Link {
    /// The system that was entered into.
    pub system: String,
    /// The number that it gave (its receipt).
    pub source_no: String,
    /// The system that the case comes from.
    pub origin_system: String,
    /// Its number there.
    pub origin_no: String,
    /// 办件编号 of the origin.
    pub project_no: String,
    /// As in [`super::Case`].
    pub data_version: i64,
    /// When the link was made.
    pub at: DateTime<FixedOffset>,
    /// The bot that made it.
    pub bot: String,
    /// Its run.
    pub run: String,
}

/// An entry (录入): one record on its way into one target. Its key is `system` + `source_no`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Entry {
    /// The target.
    pub system: String,
    /// [`Entry::key`] of the origin and what is done.
    pub source_no: String,
    /// Whether a case is entered, or one that stands there is brought up to date.
    pub does: Does,
    /// The system that the case comes from.
    pub origin_system: String,
    /// Its number there.
    pub origin_no: String,
    /// 办件编号 of the origin.
    pub project_no: String,
    /// Where the entry stands.
    pub state: EntryState,
    /// The number that the target gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// What the target said, in its own words, or why a person is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// The field that those words belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// As in [`super::Case`].
    pub data_version: i64,
    /// When it came to that state.
    pub at: DateTime<FixedOffset>,
    /// The bot.
    pub bot: String,
    /// The run that brought it there.
    pub run: String,
    /// How it came there, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EntryEvent>,
}

/// One step of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EntryEvent {
    /// When.
    pub at: DateTime<FixedOffset>,
    /// The state that it came to.
    pub state: EntryState,
    /// With what words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

impl Link {
    /// Hash of what the link says, without version, time and maker. SHA-256, hex.
    pub fn contents(&self) -> String {
        let said = (&self.system, &self.source_no, &self.origin_system, &self.origin_no, &self.project_no);
        digest(&said)
    }
}

impl Entry {
    /// The key of an entry in its target: `ORIGIN_SYSTEM/ORIGIN_NO`, with `/update` after it for an update.
    pub fn key(origin_system: &str, origin_no: &str, does: Does) -> String {
        match does {
            Does::Enter => format!("{origin_system}/{origin_no}"),
            Does::Update => format!("{origin_system}/{origin_no}/update"),
        }
    }

    /// Hash of what the entry says, without version, time and maker. SHA-256, hex.
    pub fn contents(&self) -> String {
        let origin = (self.does, &self.origin_system, &self.origin_no, &self.project_no);
        digest(&(
            &self.system,
            &self.source_no,
            origin,
            self.state,
            &self.receipt,
            &self.words,
            &self.field,
            &self.events,
        ))
    }
}

fn digest(said: &impl Serialize) -> String {
    hex(&Sha256::digest(serde_json::to_vec(said).expect("a record has only plain fields")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_has_a_key_of_its_own_and_time_and_maker_say_nothing() {
        assert_eq!(Entry::key("onewindow", "YC1", Does::Enter), "onewindow/YC1");
        assert_eq!(Entry::key("onewindow", "YC1", Does::Update), "onewindow/YC1/update");
        let link = Link {
            system: "water".to_owned(),
            source_no: "SL1".to_owned(),
            origin_system: "onewindow".to_owned(),
            origin_no: "YC1".to_owned(),
            project_no: "YC1".to_owned(),
            data_version: 1,
            at: DateTime::default(),
            bot: "enter".to_owned(),
            run: "1".to_owned(),
        };
        let later = Link { data_version: 2, run: "2".to_owned(), ..link.clone() };
        assert_eq!(link.contents(), later.contents());
        assert_ne!(link.contents(), Link { origin_no: "YC2".to_owned(), ..link.clone() }.contents());
    }
}
