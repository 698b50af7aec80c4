//! What of a record people without the role may see.

use crate::record::{Case, Record, mask_digits, mask_name};

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
        Record::Quarantined(_) | Record::Reading(_) | Record::System(_) => record,
    }
}
