//! The saved pages of every system with the adapters that read them, and what they say unchanged.

use std::{collections::BTreeMap, fs, path::Path};

use bytes::Bytes;
use chrono::DateTime;
use queqiao::{
    adapter::{Adapters, Bot, Find, Page, Scope},
    extract::{self, Document, ExtractError, Listing, Row},
    run,
    transport::{Answer, encoding_named},
};

/// Under this name expressions speak of the steps of a process.
const EVENT: &str = "event";

/// What a page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The records; of a detail, the page's own.
    pub rows: Vec<Row>,
    pub total: Option<u64>,
}

/// One saved page.
pub struct Saved<'a> {
    /// `system/file`.
    pub name: String,
    pub bot: &'a Bot,
    pub page: &'a Page,
    pub text: String,
    /// What it says as it is.
    pub reading: Reading,
}

/// Every saved page that a bot's tests read and that is HTML or JSON; the same page of two bots once.
pub fn saved(adapters: &Adapters) -> Vec<Saved<'_>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages: BTreeMap<(String, String), Saved<'_>> = BTreeMap::new();
    for bot in adapters.bots.values().filter(|bot| bot.collect().is_some()) {
        let system = &adapters.systems[&bot.system];
        for test in &bot.tests {
            let page = &system.pages[&test.page];
            let ends = |end: &str| test.saved.extension().is_some_and(|own| own == end);
            if !ends("html") && !ends("json") && !ends("htm") {
                continue;
            }
            let body = Bytes::from(fs::read(root.join(&test.saved)).unwrap());
            let answer = Answer::from_file(&test.saved, body, DateTime::default());
            let text = answer.text(system.charset.as_deref().and_then(encoding_named)).text;
            let text = text.into_owned();
            let name = test.saved.strip_prefix("tests/pages").unwrap_or(&test.saved).display().to_string();
            let reading = read(page, &text).unwrap_or_else(|error| panic!("{name} as it is: {error}"));
            pages.entry((name.clone(), page.name.clone())).or_insert(Saved { name, bot, page, text, reading });
        }
    }
    pages.into_values().collect()
}

/// What the page's adapter reads.
pub fn read(page: &Page, text: &str) -> Result<Reading, ExtractError> {
    let document = Document::parse(text, None);
    if page.is_list() {
        let listing = extract::listing(page, &document)?;
        return Ok(Reading { rows: listing.rows, total: listing.total });
    }
    Ok(Reading { rows: vec![extract::detail(page, &document)?], total: None })
}

impl Saved<'_> {
    pub fn is_json(&self) -> bool {
        matches!(Document::parse(&self.text, None), Document::Json(_))
    }

    /// The headers (on a list) or labels (elsewhere) that the page's fields ask for.
    pub fn words(&self) -> Vec<String> {
        let locators = self.page.at.values().flat_map(|candidates| &candidates.0);
        let words = locators.filter_map(|locator| match &locator.find {
            Find::Column { header, .. } => Some(header.clone()),
            Find::Label { label, .. } => Some(label.clone()),
            _ => None,
        });
        words.collect()
    }

    /// The keys of JSON that the page's fields ask for.
    pub fn keys(&self) -> Vec<String> {
        let locators = self.page.at.values().flat_map(|candidates| &candidates.0);
        let keys = locators.filter_map(|locator| match &locator.find {
            Find::Json(path) => path.to_string().rsplit(['.', '\'']).find(|key| key.len() > 1).map(ToOwned::to_owned),
            _ => None,
        });
        keys.map(|key| key.trim_matches(['\'', ']', '[']).to_owned()).collect()
    }

    /// What the product says about this reading after the former one: nothing of it is published.
    pub fn guarded(&self, before: &Reading, after: &Reading) -> Option<String> {
        if self.page.is_list() {
            let listing = |reading: &Reading| Listing {
                rows: reading.rows.clone(),
                total: reading.total,
                matched: BTreeMap::new(),
                doubts: BTreeMap::new(),
                strays: Vec::new(),
                of: None,
            };
            let compare = if self.role() == EVENT { run::compare_process } else { run::compare };
            if let Err(guard) = compare(self.bot, self.page, &listing(before), &listing(after)) {
                return Some(guard.to_string());
            }
        }
        let refused = before.rows.iter().zip(&after.rows).filter(|(old, new)| self.refuses(new, old)).count();
        (refused * 10 > before.rows.len()).then(|| format!("{refused} rows in quarantine"))
    }

    /// Whether the bot's expressions refuse what was read here, where they took what the page says unchanged: the record
    /// would be put into quarantine with the field's name.
    fn refuses(&self, row: &Row, before: &Row) -> bool {
        let nothing = Row::new();
        let works = |read: &Row, written: &queqiao::adapter::Expression| {
            let scope = Scope::new().row("list", &nothing).row("detail", &nothing);
            written.evaluate(&scope.row(self.role(), read).codes(&self.bot.codes)).is_ok()
        };
        let own = format!("{}.", self.role());
        let about =
            |expression: &&queqiao::adapter::Expression| expression.names().iter().all(|name| name.starts_with(&own));
        let step = self.bot.event.iter().flat_map(|step| [&step.name, &step.time].into_iter().chain(&step.actor));
        let all = self.bot.case.values().chain(step);
        all.filter(about).any(|expression| works(before, expression) && !works(row, expression))
    }

    /// The name under which expressions speak of this page.
    fn role(&self) -> &str {
        let collect = self.bot.reading();
        // A system's process may be saved in more than one form; each has the fields of a step.
        let step = self.bot.event.as_ref().map(|step| step.name.names()).unwrap_or_default();
        let fields = |name: &String| name.strip_prefix("event.").is_some_and(|field| self.page.at.contains_key(field));
        if self.page.is_list() && step.iter().any(fields) {
            EVENT
        } else if self.page.is_list() {
            "list"
        } else if collect.detail.as_ref() == Some(&self.page.name) {
            "detail"
        } else {
            &self.page.name
        }
    }
}
