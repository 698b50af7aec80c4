//! What of a record people without the role may see.

use crate::record::{Case, Entry, Record, mask_digits, mask_name, mask_words};

/// Who looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Everyone: names, ids and phone numbers are masked.
    #[default]
    Masked,
    /// A role that may see people's data.
    Full,
}

/// A case as that viewer may see it.
pub fn mask_case(mut case: Case, view: View) -> Case {
    if view == View::Masked {
        let fields = &mut case.fields;
        for name in [&mut fields.applicant_name, &mut fields.contact_name] {
            *name = name.take().map(|name| mask_name(&name));
        }
        for number in [&mut fields.applicant_id, &mut fields.contact_phone] {
            *number = number.take().map(|number| mask_digits(&number));
        }
        for event in &mut case.events {
            event.actor = event.actor.take().map(|name| mask_name(&name));
            // Clerks write names and numbers into their words.
            event.note = None;
        }
        for file in &mut case.attachments {
            file.name = file.name.rsplit_once('.').map_or_else(String::new, |(_, kind)| format!("*.{kind}"));
        }
    }
    case
}

/// A record as that viewer may see it.
pub fn mask_record(record: Record, view: View) -> Record {
    match record {
        Record::Case(case) => Record::Case(Box::new(mask_case(*case, view))),
        // Reasons and reports hold no personal data: that is part of their contract.
        Record::Quarantined(_) | Record::Reading(_) | Record::System(_) | Record::Link(_) => record,
        Record::Entry(entry) => Record::Entry(Box::new(mask_entry(*entry, None, view))),
    }
}

/// An entry as that viewer may see it. What the target said may name people: its words are shown where `case`, complete, tells
/// whom they could name.
pub fn mask_entry(mut entry: Entry, case: Option<&Case>, view: View) -> Entry {
    if view == View::Masked {
        let shown = |words: Option<String>| {
            let (words, fields) = (words?, &case?.fields);
            let given = |fields: [&Option<String>; 2]| fields.map(|field| field.clone().unwrap_or_default());
            let names = given([&fields.applicant_name, &fields.contact_name]);
            let numbers = given([&fields.applicant_id, &fields.contact_phone]);
            Some(mask_words(&words, &names.each_ref().map(String::as_str), &numbers.each_ref().map(String::as_str)))
        };
        entry.words = shown(entry.words.take());
        for event in &mut entry.events {
            event.words = shown(event.words.take());
        }
    }
    entry
}
