//! File and environment as one table of values, each knowing where it was written.

use std::{
    collections::BTreeMap,
    fmt::Display,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use config::{Config, ConfigError, File, FileFormat, Map, Source, Value, ValueKind};
use secrecy::SecretString;
use url::Url;

use super::{FILE, SettingsError};
use crate::base::time_span;

/// Every setting that exists.
const KEYS: [&str; 18] = [
    "root",
    "data",
    "store",
    "listen",
    "hub",
    "role",
    "secrets",
    "key",
    "expiry_warning",
    "calendar",
    "lang",
    "log",
    "bases",
    "answer_within",
    "alert",
    "hold_at",
    "runs_at_once",
    "keep_days",
];

/// How a variable of ours starts.
const PREFIX: &str = "QUEQIAO_";

/// Variables with our prefix that are no settings: the vault's, and the switch of the long test suites.
const NOT_OURS: [&str; 2] = ["SECRET_", "FULL"];

/// One more of the vault's: the key itself, while the setting of that name is the path of its file.
const KEY: &str = "KEY";

/// What was written, by key.
pub(super) struct Found {
    values: Map<String, Value>,
}

impl Found {
    /// File and environment together, with every key known.
    pub(super) fn collect(
        config: Option<&Path>,
        environment: &BTreeMap<String, String>,
    ) -> Result<Self, SettingsError> {
        let mut builder = Config::builder();
        let default = Path::new(FILE);
        if let Some(path) = config.or_else(|| default.is_file().then_some(default)) {
            let text = std::fs::read_to_string(path)
                .map_err(|source| SettingsError::Read { path: path.to_owned(), source })?;
            let values = File::from_str(&text, FileFormat::Toml)
                .collect()
                .map_err(|error| SettingsError::Parse { path: path.to_owned(), reason: reason(error) })?;
            builder = builder.add_source(Written(placed(values, &path.display().to_string())));
        }
        let values = builder.add_source(Written(variables(environment))).build().and_then(|built| built.collect());
        // The two sources hold plain tables by now; a failure can only mean a key that no path can express.
        let values = values
            .map_err(|error| SettingsError::Parse { path: config.unwrap_or(default).into(), reason: reason(error) })?;
        match values.iter().find(|(key, _)| !KEYS.contains(&key.as_str())) {
            Some((key, value)) => Err(unknown(key, value)),
            None => Ok(Self { values }),
        }
    }

    /// The text under that key.
    pub(super) fn text(&mut self, key: &str) -> Result<Option<String>, SettingsError> {
        Ok(self.take(key)?.map(|(text, _)| text))
    }

    /// The path under that key; one from a file is relative to that file.
    pub(super) fn path(&mut self, key: &str) -> Result<Option<PathBuf>, SettingsError> {
        Ok(self.take(key)?.map(|(text, place)| match Path::new(&place).parent() {
            Some(folder) if !is_variable(&place) => folder.join(text),
            _ => PathBuf::from(text),
        }))
    }

    /// The value under that key, as its type reads it; `write` says how to write one.
    pub(super) fn parsed<T: FromStr>(&mut self, key: &str, write: &str) -> Result<Option<T>, SettingsError> {
        let Some((text, place)) = self.take(key)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| wrong(place, key, format!("`{text}` is not one: {write}")))
    }

    /// The whole number under that key, within a range.
    pub(super) fn number<T>(&mut self, key: &str, range: RangeInclusive<T>) -> Result<Option<T>, SettingsError>
    where
        T: FromStr + PartialOrd + Display,
    {
        let write = format!("write a whole number from {} to {}", range.start(), range.end());
        let Some((text, place)) = self.take(key)? else { return Ok(None) };
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.map(Some).ok_or_else(|| wrong(place, key, format!("`{text}` is not one: {write}")))
    }

    /// The meaning of the word under that key; the first one when nothing is written.
    pub(super) fn one_of<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Result<T, SettingsError> {
        let Some((text, place)) = self.take(key)? else { return Ok(words[0].1) };
        words.iter().find(|(word, _)| *word == text).map(|&(_, meaning)| meaning).ok_or_else(|| {
            let offered: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            wrong(place, key, format!("`{text}` is none of them: write {}", offered.join(", ")))
        })
    }

    /// The database's address under that key; what is wrong is told without the address, which may hold a password.
    pub(super) fn store(&mut self, key: &str) -> Result<Option<SecretString>, SettingsError> {
        let Some((text, place)) = self.take(key)? else { return Ok(None) };
        if ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| text.starts_with(scheme)) {
            return Ok(Some(text.into()));
        }
        let write = "not the address of a database: write sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE";
        Err(wrong(place, key, write.to_owned()))
    }

    /// The web address under that key.
    pub(super) fn url(&mut self, key: &str) -> Result<Option<Url>, SettingsError> {
        let Some((text, place)) = self.take(key)? else { return Ok(None) };
        web_address(&text).map(Some).map_err(|reason| wrong(place, key, reason))
    }

    /// The web addresses of the table under that key.
    pub(super) fn urls(&mut self, key: &str) -> Result<BTreeMap<String, Url>, SettingsError> {
        let Some(value) = self.values.remove(key) else { return Ok(BTreeMap::new()) };
        let place = place_of(&value);
        let table = value
            .into_table()
            .map_err(|_| wrong(place, key, "not a table: write [bases] and below it system = \"http://…\"".into()))?;
        let entry = |(name, value): (String, Value)| {
            let (key, place) = (format!("{key}.{name}"), place_of(&value));
            let text = text_of(value, &key)?;
            web_address(&text).map(|url| (name, url)).map_err(|reason| wrong(place, &key, reason))
        };
        table.into_iter().map(entry).collect()
    }

    /// The time span under that key: `30s`, `5m`, `2h`.
    pub(super) fn duration(&mut self, key: &str) -> Result<Option<Duration>, SettingsError> {
        let Some((text, place)) = self.take(key)? else { return Ok(None) };
        let span = time_span(&text);
        span.map(Some).ok_or_else(|| wrong(place, key, format!("`{text}` is no time span: write 30s, 5m or 2h")))
    }

    /// The tables of the list under that key, each with the place of the list.
    pub(super) fn tables(&mut self, key: &str) -> Result<Vec<Entries>, SettingsError> {
        let Some(value) = self.values.remove(key) else { return Ok(Vec::new()) };
        let place = place_of(&value);
        let write =
            || wrong(place.clone(), key, format!("not a list of tables: write [[{key}]] and its keys below it"));
        let list = value.into_array().map_err(|_| write())?;
        let table =
            |value: Value| Ok(Entries { values: value.into_table().map_err(|_| write())?, place: place.clone() });
        list.into_iter().map(table).collect()
    }

    /// The text under that key and where it was written.
    fn take(&mut self, key: &str) -> Result<Option<(String, String)>, SettingsError> {
        let Some(value) = self.values.remove(key) else { return Ok(None) };
        let place = place_of(&value);
        text_of(value, key).map(|text| Some((text, place)))
    }
}

/// One table of a list, whose keys are asked for one by one.
pub(super) struct Entries {
    values: Map<String, Value>,
    place: String,
}

impl Entries {
    /// The text under that key; an empty one is none.
    pub(super) fn text(&mut self, key: &str) -> Result<Option<String>, SettingsError> {
        let Some(value) = self.values.remove(key) else { return Ok(None) };
        match value.kind {
            ValueKind::String(text) => Ok(Some(text).filter(|text| !text.is_empty())),
            _ => Err(self.wrong(key, "not a text: put the value in quotation marks".to_owned())),
        }
    }

    /// The texts under that key: one, or a list.
    pub(super) fn texts(&mut self, key: &str) -> Result<Vec<String>, SettingsError> {
        let Some(value) = self.values.remove(key) else { return Ok(Vec::new()) };
        let no_text = |_| self.wrong(key, "neither a text nor a list of texts".to_owned());
        match value.kind {
            ValueKind::Array(list) => list.into_iter().map(|one| one.into_string().map_err(no_text)).collect(),
            _ => value.into_string().map(|text| vec![text]).map_err(no_text),
        }
    }

    /// A value that cannot be.
    pub(super) fn wrong(&self, key: &str, reason: String) -> SettingsError {
        wrong(self.place.clone(), key, reason)
    }

    /// Every key that nobody asked for is a mistake.
    pub(super) fn finish(self, known: &str) -> Result<(), SettingsError> {
        match self.values.keys().next() {
            Some(key) => Err(self.wrong(key, format!("there is no such key here; there are: {known}"))),
            None => Ok(()),
        }
    }
}

/// A source whose values already know their place.
#[derive(Clone, Debug)]
struct Written(Map<String, Value>);

impl Source for Written {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.0.clone())
    }
}

/// The same values, each saying that it was written in `place`; tables keep their shape.
fn placed(values: Map<String, Value>, place: &str) -> Map<String, Value> {
    let origin = place.to_owned();
    let put = |(key, value): (String, Value)| match value.kind {
        ValueKind::Table(table) => (key, Value::new(Some(&origin), ValueKind::Table(placed(table, place)))),
        kind => (key, Value::new(Some(&origin), kind)),
    };
    values.into_iter().map(put).collect()
}

/// Our variables as values: `QUEQIAO_LISTEN` is `listen`, `QUEQIAO_BASES_WATER_RIGHTS` is `water-rights` in `bases`.
fn variables(environment: &BTreeMap<String, String>) -> Map<String, Value> {
    let (mut values, mut bases) = (Map::new(), Map::new());
    for (name, text) in environment {
        let Some(rest) = name.strip_prefix(PREFIX) else { continue };
        if text.is_empty() || rest == KEY || NOT_OURS.iter().any(|other| rest.starts_with(other)) {
            continue;
        }
        let value = Value::new(Some(name), ValueKind::String(text.clone()));
        match rest.strip_prefix("BASES_") {
            Some(system) => bases.insert(system.to_lowercase().replace('_', "-"), value),
            None => values.insert(rest.to_lowercase(), value),
        };
    }
    if let Some(first) = bases.values().next() {
        let origin = first.origin().map(str::to_owned);
        values.insert("bases".to_owned(), Value::new(origin.as_ref(), ValueKind::Table(bases)));
    }
    values
}

fn unknown(key: &str, value: &Value) -> SettingsError {
    let alike = |known: &&&str| (strsim::jaro_winkler(key, known) * 1000.0) as u32;
    let nearest = KEYS.iter().max_by_key(alike).expect("there are settings");
    SettingsError::UnknownKey { place: place_of(value), key: key.to_owned(), nearest, known: KEYS.join(", ") }
}

fn web_address(text: &str) -> Result<Url, String> {
    let mut url: Url = text.parse().map_err(|_| "not a web address: write http://HOST:PORT/".to_owned())?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err("not a web address: write http://HOST:PORT/".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user name or password: write those into the file of secrets".to_owned());
    }
    // Joining replaces what follows the last slash, so an address without one would lose its last folder.
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

fn text_of(value: Value, key: &str) -> Result<String, SettingsError> {
    let place = place_of(&value);
    match value.kind {
        ValueKind::String(text) => Ok(text),
        _ => Err(wrong(place, key, "not a text: put the value in quotation marks".to_owned())),
    }
}

fn place_of(value: &Value) -> String {
    value.origin().unwrap_or(FILE).to_owned()
}

fn is_variable(place: &str) -> bool {
    place.starts_with(PREFIX)
}

fn wrong(place: String, key: &str, reason: String) -> SettingsError {
    SettingsError::Value { place, key: key.to_owned(), reason }
}

fn reason(error: ConfigError) -> String {
    match error {
        // The parser shows the line that it could not read, and that line may hold the database's password.
        ConfigError::FileParse { cause, .. } => {
            let told = cause.to_string();
            told.lines().filter(|line| !line.contains('|')).collect::<Vec<_>>().join(": ")
        }
        other => other.to_string(),
    }
}
