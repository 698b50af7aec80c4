//! The list in an answer for scripts.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json_path::JsonPath;

use super::{Listing, Shape, Sought, mentions};
use crate::adapter::{Find, Page};

/// Names under which an answer says how it went.
const FLAGS: &[&str] = &[
    "code",
    "status",
    "state",
    "success",
    "succeed",
    "ok",
    "error",
    "errcode",
    "errorcode",
    "err",
    "errno",
    "ret",
    "retcode",
    "result",
    "resultcode",
    "flag",
    "statuscode",
    "rtncode",
];

/// Names under which `false` says that it went wrong.
const GOOD: &[&str] = &["success", "succeed", "ok"];

pub(super) fn shape(page: &Page, value: &Value) -> Shape {
    let list = list(page, value).ok();
    Shape { place: list.map(|(place, _)| place), flags: flags(value), ..Shape::default() }
}

/// The list stands where it stood, in an answer that says the same of itself; without rows it is empty, and nothing else.
pub(super) fn check_list(page: &Page, value: &Value, seen: Option<&Shape>, listing: &Listing) -> Result<(), String> {
    let (place, records) = list(page, value)?;
    if listing.rows.is_empty() && !records.is_empty() {
        return Err(format!("the list at {place} has {} entries, none of which is a row", records.len()));
    }
    let flags = flags(value);
    if let Some((name, _)) = flags.iter().find(|(name, text)| GOOD.contains(&name.as_str()) && *text == "false") {
        return Err(format!("the answer says `{name}`: false"));
    }
    let Some(seen) = seen else { return Ok(()) };
    if seen.place.as_ref() != Some(&place) {
        let before = seen.place.as_deref().unwrap_or("nowhere");
        return Err(format!("where a record was found, the list is at {before}; here it is at {place}"));
    }
    let words = |flags: &BTreeMap<String, String>| {
        flags.iter().map(|(name, text)| format!("{name} {text}")).collect::<Vec<_>>().join(", ")
    };
    if seen.flags != flags {
        let (before, now) = (words(&seen.flags), words(&flags));
        return Err(format!("where a record was found, the answer says {before}; here it says {now}"));
    }
    Ok(())
}

/// The mark may stand in the question that an answer repeats, and in no list.
pub(super) fn check_mentions(value: &Value, sought: &Sought) -> Result<(), String> {
    fn beside(value: &Value, page_list: &mut dyn FnMut(&Value)) {
        match value {
            Value::Array(_) => page_list(value),
            Value::Object(fields) => fields.values().for_each(|value| beside(value, page_list)),
            _ => {}
        }
    }
    let mut found = false;
    beside(value, &mut |list| {
        let Value::Array(records) = list else { return };
        // What says in the row's own field that it is another one is judged as a row.
        let own = |record: &Value| texts(record).iter().any(|text| (sought.agree)(&sought.mark, text));
        found |= records.iter().any(|record| {
            let mentioned = texts(record).iter().any(|text| mentions(text, &sought.mark));
            mentioned && !(own(record) && sought.row.len() > 1)
        });
    });
    if found {
        Err("the record's mark stands in a list of the answer, and in no row that could be read".to_owned())
    } else {
        Ok(())
    }
}

/// Every plain value in it, as text.
pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) => Vec::new(),
    }
}

/// The array that holds the records, and where it stands.
fn list<'a>(page: &Page, value: &'a Value) -> Result<(String, &'a Vec<Value>), String> {
    let first = page.rows.as_ref().and_then(|rows| rows.0.first());
    let Some(Find::Json(path)) = first.map(|locator| &locator.find) else {
        return Err("the page is an answer for scripts, and its rows are not".to_owned());
    };
    let only = |path: &JsonPath| {
        let found = path.query_located(value).all();
        match found.as_slice() {
            [one] => one.node().as_array().map(|records| (one.location().to_string(), records)),
            _ => None,
        }
    };
    let written = path.to_string();
    let around = written.ends_with([']', '*']).then(|| written.rfind(['[', '.'])).flatten();
    let around = around.and_then(|at| JsonPath::parse(&written[..at]).ok());
    let list = match &around {
        Some(around) => only(around),
        None => only(path),
    };
    list.ok_or_else(|| format!("there is no list at {written}"))
}

/// What the answer says of itself, beside its data.
fn flags(value: &Value) -> BTreeMap<String, String> {
    let fields = value.as_object().into_iter().flatten();
    let plain = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null => Some(String::new()),
        Value::Array(_) | Value::Object(_) => None,
    };
    let named = fields.filter_map(|(name, value)| {
        let name = name.to_lowercase().replace(['_', '-'], "");
        FLAGS.contains(&name.as_str()).then(|| Some((name, plain(value)?))).flatten()
    });
    named.collect()
}
