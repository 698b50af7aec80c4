//! The tests that adapters carry: saved pages and what must be read from them. No network, no browser.

use std::{collections::BTreeMap, fs, path::Path};

use chrono::DateTime;

use crate::{
    adapter::{Adapters, Bot, SavedTest},
    base::chain,
    extract::{self, Document, Row},
    transport::{Answer, encoding_named},
};

/// What became of one test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedOutcome {
    /// The bot whose file holds it.
    pub bot: String,
    /// The page it reads.
    pub page: String,
    /// Where it stands in the bot's file.
    pub line: usize,
    /// What was read and what should have been, a line each; empty when it passed.
    pub failures: Vec<String>,
}

/// Runs the tests of these bots (all where none is named), in the order of the files.
pub fn run_saved(root: &Path, adapters: &Adapters, bots: &[String]) -> Vec<SavedOutcome> {
    let chosen = adapters.bots.values().filter(|bot| bots.is_empty() || bots.contains(&bot.name));
    chosen.flat_map(|bot| bot.tests.iter().map(|test| outcome(root, adapters, bot, test))).collect()
}

fn outcome(root: &Path, adapters: &Adapters, bot: &Bot, test: &SavedTest) -> SavedOutcome {
    let failures = check(root, adapters, bot, test).unwrap_or_else(|why| vec![why]);
    SavedOutcome { bot: bot.name.clone(), page: test.page.clone(), line: test.line, failures }
}

fn check(root: &Path, adapters: &Adapters, bot: &Bot, test: &SavedTest) -> Result<Vec<String>, String> {
    let system = &adapters.systems[&bot.system];
    let page = &system.pages[&test.page];
    let bytes = fs::read(root.join(&test.saved)).map_err(|error| format!("{}: {error}", test.saved.display()))?;
    let answer = Answer::from_file(&test.saved, bytes.into(), DateTime::default());
    let text = answer.text(system.charset.as_deref().and_then(encoding_named)).text;
    let document = Document::of(page, &answer.body, &text, None).map_err(|error| chain(&error))?;
    if !page.is_list() {
        let row = extract::detail(page, &document).map_err(|error| chain(&error))?;
        return Ok(differences("page", &test.first, Some(&row)));
    }
    let listing = extract::listing(page, &document).map_err(|error| chain(&error))?;
    let mut failures = Vec::new();
    if let Some(rows) = test.rows.filter(|rows| *rows != listing.rows.len()) {
        failures.push(format!("rows: {} read, {rows} expected", listing.rows.len()));
    }
    if test.total.is_some() && test.total != listing.total {
        failures.push(format!("total: {} read, {} expected", told(listing.total), told(test.total)));
    }
    failures.extend(differences("first", &test.first, listing.rows.first()));
    failures.extend(differences("last", &test.last, listing.rows.last()));
    Ok(failures)
}

fn told(total: Option<u64>) -> String {
    total.map_or_else(|| "none".to_owned(), |total| total.to_string())
}

fn differences(which: &str, expected: &BTreeMap<String, String>, row: Option<&Row>) -> Vec<String> {
    let read = |field: &String| row.and_then(|row| row.get(field)).map_or("nothing", String::as_str);
    let wrong = expected.iter().filter(|(field, value)| read(field) != value.as_str());
    wrong.map(|(field, value)| format!("{which}.{field}: \"{}\" read, \"{value}\" expected", read(field))).collect()
}
