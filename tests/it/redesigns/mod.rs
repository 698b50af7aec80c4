//! Pages redesigned by a seeded generator: read right, or stopped with the right diagnosis, never silently wrong.

mod answers;
mod anywhere;
mod details;
mod dom;
mod mutation;
mod nth;
mod pages;
mod sheets;
mod tables;

use std::{collections::BTreeMap, path::Path};

use fastrand::Rng;
use queqiao::{adapter::Adapters, extract::ExtractError};
use serde_json::Value;

use self::{
    dom::Dom,
    mutation::{Facts, Mutation, Touched},
    nth::{ByPlace, Outcome},
    pages::{Reading, Saved, read},
};

/// Redesigns tried unless `QUEQIAO_FULL=1` asks for all.
const BOUNDED: usize = 300;
/// Seeds for each redesign of each page when all are tried.
const SEEDS: u64 = 12;
/// Redesigns that come together with others, for each page and seed.
const TOGETHER: usize = 10;

/// What became of one redesigned page.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Right,
    /// Nothing is published, and the message names what is gone.
    Stopped(String),
    /// Nothing is published, and the message leads astray.
    Astray(String),
    Wrong(String),
}

/// One redesigned page.
struct Case<'a> {
    saved: &'a Saved<'a>,
    name: String,
    /// All the changes, in order.
    changes: String,
    text: String,
    touched: Touched,
}

#[test]
fn redesigned_pages_are_read_right_or_stop_the_run_and_are_never_silently_wrong() {
    let adapters = Adapters::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let saved = pages::saved(&adapters);
    let full = std::env::var("QUEQIAO_FULL").is_ok_and(|full| full == "1");
    let mut cases = Vec::new();
    for seed in 0..SEEDS {
        if full || cases.len() < BOUNDED {
            cases.extend(saved.iter().flat_map(|page| redesigns(page, seed)));
        }
    }
    if !full {
        Rng::with_seed(1).shuffle(&mut cases);
        cases.truncate(BOUNDED);
    }
    let mut tables = [BTreeMap::new(), BTreeMap::new()];
    let (mut wrong, mut places) = (Vec::new(), [0_usize; 4]);
    let learnt: BTreeMap<_, _> = saved
        .iter()
        .filter(|page| !page.is_json())
        .map(|page| ((&page.name, &page.page.name), ByPlace::learn(&page.text, &page.reading)))
        .collect();
    let mut figures = [0_usize; 4];
    for case in &cases {
        let verdict = judge(case);
        let at = match &verdict {
            Verdict::Right => 0,
            Verdict::Stopped(_) => 1,
            Verdict::Astray(_) => 2,
            Verdict::Wrong(_) => 3,
        };
        figures[at] += 1;
        tables[0].entry(case.name.clone()).or_insert([0_usize; 4])[at] += 1;
        tables[1].entry(format!("{} {}", case.saved.name, case.saved.page.name)).or_insert([0_usize; 4])[at] += 1;
        match verdict {
            Verdict::Wrong(why) | Verdict::Astray(why) => {
                keep(case, wrong.len());
                wrong.push(format!("{} of {}: {why}", case.changes, case.saved.name));
            }
            Verdict::Stopped(why) => log(&format!("stopped: {} of {}: {why}", case.changes, case.saved.name)),
            Verdict::Right => {}
        }
        if let Some(by_place) = learnt.get(&(&case.saved.name, &case.saved.page.name)).filter(|known| !known.is_empty())
        {
            let at = match by_place.outcome(&case.text) {
                Outcome::Right => 0,
                Outcome::Stopped => 1,
                Outcome::Wrong => 3,
            };
            places[at] += 1;
        }
    }
    for table in &tables {
        print(table);
    }
    let tried = cases.len();
    let [right, stopped, astray, silently] = figures;
    say(&format!(
        "nth-child adapter of the same pages: {} tried, {} right, {} stopped, {} silently wrong",
        places.iter().sum::<usize>(),
        places[0],
        places[1],
        places[3]
    ));
    say(&format!("redesigns: {tried} tried, {right} right, {} stopped, {silently} silently wrong", stopped + astray));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried >= 200, "{tried} tried");
    assert!(right * 100 >= tried * 80, "{right} of {tried} right");
}

/// Every redesign of one page that applies to it, and some together.
fn redesigns<'a>(saved: &'a Saved<'a>, seed: u64) -> Vec<Case<'a>> {
    if saved.is_json() {
        return answers(saved, seed);
    }
    let facts = Facts::of(saved);
    let own = if facts.list { tables::ALL } else { details::ALL };
    let all: Vec<&Mutation> = anywhere::ALL.iter().chain(own).chain(sheets::ALL).collect();
    let mut cases = Vec::new();
    for (number, mutation) in all.iter().enumerate() {
        let mut rng = Rng::with_seed(seed * 1000 + number as u64);
        cases.extend(case(saved, &facts, &[mutation], &mut rng));
    }
    for number in 0..TOGETHER {
        let mut rng = Rng::with_seed(seed * 1000 + 500 + number as u64);
        let several: Vec<&Mutation> = (0..rng.usize(2..5)).map(|_| all[rng.usize(..all.len())]).collect();
        cases.extend(case(saved, &facts, &several, &mut rng));
    }
    cases
}

/// The page with these changes, as far as they apply; `None` where none does.
fn case<'a>(saved: &'a Saved<'a>, facts: &Facts, several: &[&Mutation], rng: &mut Rng) -> Option<Case<'a>> {
    let mut dom = Dom::parse(&saved.text);
    let mut touched = Touched::default();
    let mut names = Vec::new();
    for mutation in several {
        let mut changed = dom.clone();
        if let Some(more) = (mutation.change)(&mut changed, facts, rng) {
            dom = changed;
            touched.0.extend(more.0);
            names.push(mutation.name);
        }
    }
    let name = match names.as_slice() {
        [] => return None,
        [name] => (*name).to_owned(),
        _ => "several together".to_owned(),
    };
    Some(Case { saved, name, changes: names.join(", then "), text: dom.write(), touched })
}

fn answers<'a>(saved: &'a Saved<'a>, seed: u64) -> Vec<Case<'a>> {
    let keys = saved.keys();
    let change = |(number, mutation): (usize, &answers::Mutation)| {
        let mut value: Value = serde_json::from_str(saved.text.trim_start_matches('\u{feff}')).ok()?;
        let mut rng = Rng::with_seed(seed * 1000 + number as u64);
        let touched = Touched((mutation.change)(&mut value, &keys, &mut rng)?);
        let name = format!("JSON: {}", mutation.name);
        Some(Case { saved, changes: name.clone(), name, text: value.to_string(), touched })
    };
    answers::ALL.iter().enumerate().filter_map(change).collect()
}

/// Reads the redesigned page and compares with what the page said before.
fn judge(case: &Case<'_>) -> Verdict {
    let before = &case.saved.reading;
    match read(case.saved.page, &case.text) {
        Err(error) => diagnosis(case, &error),
        Ok(after) if same(case, before, &after) => Verdict::Right,
        Ok(after) => match case.saved.guarded(before, &after) {
            Some(why) => Verdict::Stopped(why),
            None => Verdict::Wrong(difference(before, &after)),
        },
    }
}

fn same(case: &Case<'_>, before: &Reading, after: &Reading) -> bool {
    let sorted = |reading: &Reading| {
        let mut rows = reading.rows.clone();
        rows.sort();
        rows
    };
    // The order of the rows is nothing that an adapter relies on.
    let rows = if case.saved.page.is_list() { sorted(before) == sorted(after) } else { before.rows == after.rows };
    rows && before.total == after.total
}

/// Whether an error names what the redesign touched: its header, label or key; where it touched none, any of the page's own.
fn diagnosis(case: &Case<'_>, error: &ExtractError) -> Verdict {
    let message = error.to_string();
    let named = match error {
        ExtractError::Field { locator, .. } => Some(locator),
        ExtractError::Records { locator, .. } | ExtractError::Total { locator, .. } => Some(locator),
        _ => None,
    };
    let Touched(words) = &case.touched;
    let right = named.is_some_and(|locator| {
        let locator: String = locator.chars().filter(|letter| !letter.is_whitespace()).collect();
        words.is_empty() || words.iter().any(|word| locator.contains(word.as_str()))
    });
    // Several changes at once: any of them may have been met first.
    if right || case.name == "several together" { Verdict::Stopped(message) } else { Verdict::Astray(message) }
}

fn difference(before: &Reading, after: &Reading) -> String {
    if before.total != after.total {
        return format!("total {:?} read, {:?} expected", after.total, before.total);
    }
    if before.rows.len() != after.rows.len() {
        return format!("{} rows read, {} expected", after.rows.len(), before.rows.len());
    }
    let fields = before.rows.iter().zip(&after.rows).flat_map(|(old, new)| {
        old.iter().filter(|(field, value)| new.get(*field) != Some(value)).map(|(field, value)| {
            format!("{field}: \"{}\" read, \"{value}\" expected", new.get(field).map_or("nothing", String::as_str))
        })
    });
    fields.take(3).collect::<Vec<_>>().join("; ")
}

fn print(table: &BTreeMap<String, [usize; 4]>) {
    say(&format!("{:>6} {:>6} {:>8} {:>6} {:>6}", "tried", "right", "stopped", "astray", "wrong"));
    for (name, [right, stopped, astray, wrong]) in table {
        let tried = right + stopped + astray + wrong;
        say(&format!("{tried:>6} {right:>6} {stopped:>8} {astray:>6} {wrong:>6}  {name}"));
    }
}

#[expect(clippy::print_stdout, reason = "the suite's table is what people run it for")]
fn say(line: &str) {
    println!("{line}");
}

/// Keeps a page that was read wrong, where `QUEQIAO_KEEP` names a folder.
fn keep(case: &Case<'_>, number: usize) {
    if let Some(folder) = std::env::var_os("QUEQIAO_KEEP") {
        std::fs::write(Path::new(&folder).join(format!("{number}.html")), &case.text).unwrap();
    }
}

/// More than the table, where `QUEQIAO_VERBOSE=1` asks for it.
fn log(line: &str) {
    if std::env::var("QUEQIAO_VERBOSE").is_ok_and(|verbose| verbose == "1") {
        say(line);
    }
}
