//! What of a record can be worked out before it is known what stands: while others still hold the database.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::{contributions, refusal};
use crate::{
    base::hex,
    hub::HubError,
    measure::Contribution,
    record::{Quarantined, Record},
    store::StoreError,
};

/// Longest record, in bytes of JSON: a case with every field filled has 3,000.
const RECORD_BYTES: usize = 128 * 1024;

/// A record, ready to be decided.
pub(in super::super) struct Prepared<'a> {
    pub(super) record: Cow<'a, Record>,
    /// Why it cannot be taken; what follows is not told then.
    pub(super) refused: Option<String>,
    /// Its JSON.
    pub(super) body: String,
    /// Hash of what it says; empty for what is known by its JSON.
    pub(super) contents: String,
    /// What it adds to the tallies.
    pub(super) counts: Vec<Contribution>,
}

/// Works out what a record comes to, whatever stands.
pub(in super::super) fn prepare(record: Cow<'_, Record>) -> Result<Prepared<'_>, HubError> {
    let mut prepared = Prepared {
        refused: refusal(&record),
        record,
        body: String::new(),
        contents: String::new(),
        counts: Vec::new(),
    };
    if prepared.refused.is_some() {
        return Ok(prepared);
    }
    let record = &*prepared.record;
    let body = serde_json::to_string(record).map_err(StoreError::from)?;
    if body.len() > RECORD_BYTES {
        prepared.refused = Some(format!("the record has {} bytes: at most {RECORD_BYTES} are taken", body.len()));
        return Ok(prepared);
    }
    prepared.contents = contents(record);
    prepared.counts = contributions(record);
    prepared.body = body;
    Ok(prepared)
}

/// Hash of what a record says, without version and provenance.
pub(in super::super) fn contents(record: &Record) -> String {
    match record {
        Record::Case(case) => case.contents(),
        Record::Quarantined(row) => quarantined(row),
        Record::Link(link) => link.contents(),
        Record::Entry(entry) => entry.contents(),
        Record::Reading(_) | Record::System(_) => String::new(),
    }
}

fn quarantined(row: &Quarantined) -> String {
    let said = serde_json::json!(["quarantined", row.system, row.source_no, row.field, row.reason]).to_string();
    hex(&Sha256::digest(said))
}
