//! Why a record cannot be taken, whatever stands.

use crate::{
    measure,
    record::{Entry, Record},
};

/// Longest system name, source number, project number or receipt, in characters: real ones have 10 to 40, and the database's
/// keys have room for this many.
const KEY_CHARS: usize = 128;

/// Longest key of an entry: it names a system and a number there.
const ENTRY_KEY_CHARS: usize = 2 * KEY_CHARS + 8;

/// Why a record cannot be taken at all.
pub(in super::super) fn refusal(record: &Record) -> Option<String> {
    let key_chars = if matches!(record, Record::Entry(_)) { ENTRY_KEY_CHARS } else { KEY_CHARS };
    let key = [("system", record.system(), KEY_CHARS), ("key", record.key(), key_chars)];
    let rest = named(record).into_iter().map(|(name, text)| (name, text, KEY_CHARS));
    for (name, text, most) in key.into_iter().chain(rest) {
        if text.trim().is_empty() {
            return Some(format!("{name} is empty: give the record one"));
        }
        if text.contains('\0') {
            return Some(format!("{name} holds a NUL character: remove it"));
        }
        if text.chars().count() > most {
            return Some(format!("{name} is longer than {most} characters: shorten it"));
        }
    }
    meaning(record)
}

/// What else of a record has a column of its own and must say something.
fn named(record: &Record) -> Vec<(&'static str, &str)> {
    match record {
        Record::Case(case) => vec![("project_no", case.project_no.as_str())],
        Record::Link(link) => vec![
            ("origin_system", link.origin_system.as_str()),
            ("origin_no", &link.origin_no),
            ("project_no", &link.project_no),
        ],
        Record::Entry(entry) => {
            let origin = [
                ("origin_system", entry.origin_system.as_str()),
                ("origin_no", &entry.origin_no),
                ("project_no", &entry.project_no),
            ];
            origin.into_iter().chain(entry.receipt.as_deref().map(|receipt| ("receipt", receipt))).collect()
        }
        Record::Quarantined(_) | Record::Reading(_) | Record::System(_) => Vec::new(),
    }
}

/// What a record says that cannot be.
fn meaning(record: &Record) -> Option<String> {
    match record {
        Record::Case(case) => {
            let names = [measure::department_of(case), measure::item_of(case), measure::town(case)];
            let nul = names.iter().chain(&case.fields.site).any(|text| text.contains('\0'));
            nul.then(|| "a name in the record holds a NUL character: remove it".to_owned())
        }
        Record::Link(link) => (link.system == link.origin_system && link.source_no == link.origin_no)
            .then(|| "the record is linked with itself: name the one that it comes from".to_owned()),
        Record::Entry(entry) => {
            let key = Entry::key(&entry.origin_system, &entry.origin_no, entry.does);
            (entry.source_no != key).then(|| format!("the key of this entry must be `{key}`"))
        }
        Record::Quarantined(_) | Record::Reading(_) | Record::System(_) => None,
    }
}
