//! The filters of expressions: what makes a page's words ours, and ours a page's.

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate};
use minijinja::{Environment, Error, ErrorKind, State, Value};

use super::{expression::CODES, moment, numerals::digits};
use crate::record::{region_name, town_of, towns};

/// Where expressions are compiled: only what stands here may be used in them.
pub(super) static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::empty();
    environment.add_filter("code", code);
    environment.add_filter("date", date);
    environment.add_filter("datetime", datetime);
    environment.add_filter("show", show);
    environment.add_filter("region", region_code);
    environment.add_filter("town", |code: Value| region(&code, town_of));
    environment.add_filter("village", |code: Value| region(&code, |code| Some(code)));
    environment.add_filter("workdays", |text: Value| limit(&text, "working_days"));
    environment.add_filter("days", |text: Value| limit(&text, "days"));
    environment.add_filter("numerals", numerals);
    environment.add_filter("trim", minijinja::filters::trim);
    environment.add_filter("replace", minijinja::filters::replace);
    environment.add_filter("split", minijinja::filters::split);
    environment.add_filter("first", minijinja::filters::first);
    environment.add_filter("last", minijinja::filters::last);
    environment.add_filter("default", minijinja::filters::default);
    environment
});

/// What stays empty through a filter: a field that the page does not show.
fn blank(value: &Value) -> bool {
    value.is_undefined() || value.is_none() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn refuse(why: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, why)
}

/// The canonical word for what the page says; a word without a code is an error, never a guess.
fn code(state: &State<'_, '_>, word: Value, list: &str) -> Result<Value, Error> {
    if blank(&word) {
        return Ok(Value::UNDEFINED);
    }
    let text = word.to_string();
    let lists = state.lookup(CODES).unwrap_or_default();
    let ours = lists.get_attr(list).and_then(|codes| codes.get_item(&Value::from(text.trim()))).unwrap_or_default();
    if ours.is_undefined() {
        return Err(refuse(format!("`{}` has no entry in [codes.{list}]", text.trim())));
    }
    Ok(ours)
}

/// A day: `YYYY-MM-DD`, the district's where the text says an instant with its zone.
fn date(text: Value, form: &str) -> Result<Value, Error> {
    read(&text, form, "date", |text| moment::day(text, form).map(|day| day.to_string()))
}

/// An instant with the district's offset: RFC 3339.
fn datetime(text: Value, form: &str) -> Result<Value, Error> {
    read(&text, form, "time", |text| moment::instant(text, form).map(|instant| instant.to_rfc3339()))
}

fn read(text: &Value, form: &str, kind: &str, by: impl Fn(&str) -> Option<String>) -> Result<Value, Error> {
    if blank(text) {
        return Ok(Value::UNDEFINED);
    }
    let text = text.to_string();
    let text = text.trim();
    let refusal = || refuse(format!("`{text}` is not a {kind} of the form {form}{}", moment::hint(text, form)));
    by(text).map(Value::from).ok_or_else(refusal)
}

/// A day or an instant as a system wants it written, in the district's time.
fn show(text: Value, format: &str) -> Result<Value, Error> {
    if blank(&text) {
        return Ok(Value::UNDEFINED);
    }
    let text = text.to_string();
    let zone = moment::district();
    let instant = DateTime::parse_from_rfc3339(text.trim()).map(|instant| instant.with_timezone(&zone));
    let midnight = || text.trim().parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?.and_local_timezone(zone).single();
    let instant = instant.ok().or_else(midnight);
    let instant = instant.ok_or_else(|| refuse(format!("`{}` is no day and no time of a case", text.trim())))?;
    Ok(Value::from(instant.format(format).to_string()))
}

/// The name of the district's town or village that a region code lies in.
fn region(code: &Value, part: impl Fn(&str) -> Option<&str>) -> Result<Value, Error> {
    if blank(code) {
        return Ok(Value::UNDEFINED);
    }
    let code = code.to_string();
    let name = part(code.trim()).and_then(region_name);
    name.map(Value::from).ok_or_else(|| refuse(format!("`{}` is no region of the district", code.trim())))
}

/// The code of a village by the names of its town and its own.
fn region_code(town: Value, village: Value) -> Result<Value, Error> {
    if blank(&town) || blank(&village) {
        return Ok(Value::UNDEFINED);
    }
    let (town, village) = (town.to_string(), village.to_string());
    let (town, village) = (town.trim(), village.trim());
    let within = towns().iter().filter(|one| one.name == town).flat_map(|one| &one.children);
    let mut named = within.filter(|one| one.name == village);
    match (named.next(), named.next()) {
        (Some(one), None) => Ok(Value::from(one.code.as_str())),
        (Some(_), Some(_)) => Err(refuse(format!("{town} has several places called `{village}`"))),
        (None, _) => Err(refuse(format!("the district has no `{village}` in `{town}`"))),
    }
}

/// Chinese numerals as digits.
fn numerals(text: Value) -> Result<Value, Error> {
    if blank(&text) {
        return Ok(Value::UNDEFINED);
    }
    let text = text.to_string();
    digits(text.trim()).map(Value::from).ok_or_else(|| refuse(format!("`{}` says no clear number", text.trim())))
}

/// A time limit: `N working_days`, `N days`.
fn limit(text: &Value, unit: &str) -> Result<Value, Error> {
    if blank(text) {
        return Ok(Value::UNDEFINED);
    }
    let text = text.to_string();
    let count: u32 = text.trim().parse().map_err(|_| refuse(format!("`{}` is not a whole number", text.trim())))?;
    Ok(Value::from(format!("{count} {unit}")))
}
