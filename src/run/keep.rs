//! From what was read to what is kept: a case, or a quarantined row with the reason; nothing where nothing changed.

use sha2::{Digest, Sha256};

use super::{
    Run,
    about::About,
    list::Listed,
    page::{self, Look},
    report::QuarantinedRow,
    site::Site,
};
use crate::{
    adapter::{Bot, Scope},
    base::hex,
    extract::{self, Fault, Reads, Row},
    record::{Case, Provenance, Quarantined, Record},
    store::{Kept, Seen},
};

/// A fingerprint of what the list shows of a row: as long as it stays, the detail need not be opened.
/// The adapter's version is part of it, so that a mended adapter reads everything again.
pub(super) fn row_print(bot: &Bot, row: &Row) -> String {
    let changed = &bot.reading().changed;
    let mut hash = Sha256::new();
    hash.update(&bot.version);
    let scope = Scope::new().row("list", row);
    for expression in changed {
        // A value that can't be worked out prints as its reason: it changes when the reason does.
        let value = expression.evaluate(&scope).unwrap_or_else(Some).unwrap_or_default();
        hash.update([0]);
        hash.update(value);
    }
    if changed.is_empty() {
        for (field, value) in row {
            hash.update([0]);
            hash.update(field);
            hash.update([1]);
            hash.update(value);
        }
    }
    hex(&hash.finalize())
}

/// What becomes of one row that was read.
pub(super) struct Fate {
    pub(super) kept: Kept,
    /// The record, where it says what it said before: another system may still lack it.
    pub(super) unchanged: Option<Record>,
    pub(super) quarantined: Option<QuarantinedRow>,
}

/// Maps a row and what the pages about it said onto a record.
pub(super) fn map(site: &Site, listed: &Listed, about: Option<&About>, seen: Option<&Seen>) -> Fate {
    let run: &Run = &site.run;
    let bot = run.bot();
    let look = about.map_or(&listed.look, |about| &about.look);
    let provenance = provenance(run, look);
    let lost = [listed.doubts.clone(), undecodable(listed, about)].concat();
    let unread = !lost.is_empty();
    let mapped = if unread {
        Err((Some(listed.key.clone()), lost))
    } else {
        extract::map_case(bot, reads(listed, about), &provenance)
    };
    let version = next_version(seen, look.read_at.timestamp_millis());
    let (contents, record, quarantined) = match mapped {
        Ok(mut case) => {
            case.data_version = version;
            case.attachments = about.map_or_else(Vec::new, |about| about.attachments.clone());
            (case.contents(), Record::Case(Box::new(case)), None)
        }
        Err((_, faults)) => {
            let row = quarantined_row(&listed.key, &faults);
            let contents = page::sha256(format!("{row:?}").as_bytes());
            let record = Record::Quarantined(Quarantined {
                system: bot.system.clone(),
                source_no: listed.key.clone(),
                data_version: version,
                field: row.field.clone(),
                reason: row.reason.clone(),
                provenance,
            });
            (contents, record, Some(row))
        }
    };
    let unchanged = seen.is_some_and(|seen| seen.contents == contents);
    let version = if unchanged { seen.map_or(version, |seen| seen.version) } else { version };
    let (record, unchanged) = if unchanged { (None, Some(of_version(record, version))) } else { (Some(record), None) };
    Fate {
        unchanged,
        kept: Kept {
            key: listed.key.clone(),
            // What could not be decoded, or does not fit its header, is read again: the next answer may be whole.
            row_print: if unread { String::new() } else { row_print(bot, &listed.row) },
            contents,
            version,
            marks: String::new(),
            quarantined: quarantined.is_some(),
            record,
            wishes: Vec::new(),
        },
        quarantined,
    }
}

/// The record as of the version that first said so.
fn of_version(record: Record, version: i64) -> Record {
    match record {
        Record::Case(case) => Record::Case(Box::new(Case { data_version: version, ..*case })),
        other => other,
    }
}

/// Where a record comes from.
fn provenance(run: &Run, look: &Look) -> Provenance {
    let bot = run.bot();
    Provenance {
        bot: bot.name.clone(),
        adapter: bot.version.clone(),
        run: run.id.clone(),
        read_at: look.read_at,
        page: look.address.clone(),
        evidence: look.evidence.clone(),
    }
}

fn reads<'a>(listed: &'a Listed, about: Option<&'a About>) -> Reads<'a> {
    Reads {
        list: &listed.row,
        pages: about.map_or(&[], |about| about.pages.as_slice()),
        events: about.map_or(&[], |about| about.events.as_slice()),
    }
}

/// Every field of a record that holds a character which could not be decoded: the rest of the page may be right.
fn undecodable(listed: &Listed, about: Option<&About>) -> Vec<Fault> {
    let about = about.iter().flat_map(|about| &about.pages).map(|(name, row)| (name.as_str(), row));
    let rows = [("list", &listed.row)].into_iter().chain(about);
    let lost = rows.flat_map(|(name, row)| {
        let lost = row.iter().filter(|(_, value)| value.contains('\u{FFFD}'));
        lost.map(move |(field, _)| Fault {
            field: format!("{name}.{field}"),
            reason: "it holds characters that can't be decoded: state the page's `charset`, or have the record mended"
                .to_owned(),
        })
    });
    lost.collect()
}

/// One line for all faults of a row.
fn quarantined_row(key: &str, faults: &[Fault]) -> QuarantinedRow {
    let joined = |part: fn(&Fault) -> &str| faults.iter().map(part).collect::<Vec<_>>().join("; ");
    QuarantinedRow {
        source_no: key.to_owned(),
        field: joined(|fault| &fault.field),
        reason: joined(|fault| &fault.reason),
    }
}

/// Versions rise even where the clock does not.
fn next_version(seen: Option<&Seen>, read_at_millis: i64) -> i64 {
    seen.map_or(read_at_millis, |seen| read_at_millis.max(seen.version + 1))
}
