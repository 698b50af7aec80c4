//! Registrations as the systems' pages show them.

use minijinja::{Value, context};

use super::{FIELDS, Registered};
use crate::sandbox::office::Office;

/// How the systems write when something was registered.
const TIME_FORMAT: &str = "%Y-%m-%d %H:%M:%S";

/// A registration whole, for its view: `lines` are its fields as label and value.
pub(in crate::sandbox) fn shown(registered: &Registered, status: &str) -> Value {
    let mut lines = vec![("受理编号", registered.receipt.as_str()), ("状态", status)];
    lines.extend(FIELDS.map(|(label, name)| (label, registered.fields[name].as_str())));
    context! {
        lines => lines.into_iter().map(|(label, value)| (label, Value::from(value))).collect::<Vec<_>>(),
        receipt => registered.receipt.as_str(),
        fields => registered.fields.clone(),
        files => registered.files.join("、"),
        time => time(registered),
        status,
        times => registered.times,
    }
}

/// What was registered and fits `keyword`, newest first, for the query page.
pub(in crate::sandbox) fn rows(office: &Office, keyword: &str) -> Vec<Value> {
    let found: Vec<Registered> = office.intake().find(keyword).into_iter().cloned().collect();
    found.iter().map(|registered| shown(registered, office.status_of(&registered.receipt))).collect()
}

/// When it was registered.
pub(in crate::sandbox) fn time(registered: &Registered) -> String {
    registered.received_at.format(TIME_FORMAT).to_string()
}
