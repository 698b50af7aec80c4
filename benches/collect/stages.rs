//! Where the time of a page goes: each stage alone, on one thread, without network and store.

use std::{hint::black_box, path::Path};

use queqiao::{
    adapter::Adapters,
    extract::{self, Document, Reads},
    record::{Provenance, Record},
};
use sha2::{Digest, Sha256};

use crate::{
    machine,
    site::{self, Pages},
};

/// Times each stage is run.
const TIMES: usize = 1_000;
/// Of those, between two looks at the clock.
const AT_ONCE: usize = 50;

/// The table of stages, in microseconds per page.
pub fn told() -> anyhow::Result<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/collect/adapter");
    let adapters = Adapters::load(&root).map_err(|report| anyhow::anyhow!("{report:?}"))?;
    let (system, bot) = (&adapters.systems["bench"], &adapters.bots["bench-collect"]);
    let pages = Pages::make(site::ROWS);
    let text = |page: &[u8]| String::from_utf8_lossy(page).into_owned();
    let (list, detail) = (text(&pages.lists[0]), text(&pages.details[2]));
    let mut told = "| stage | list page, µs | detail, µs |\n|---|---|---|\n".to_owned();
    let mut row = |name: &str, list: f64, detail: f64| told += &format!("| {name} | {list:.0} | {detail:.0} |\n");

    let hash = |text: &str| timed(|| Sha256::digest(text.as_bytes()));
    row("hash", hash(&list), hash(&detail));
    let parse = |text: &str| timed(|| Document::parse(text, Some("text/html")));
    row("parse", parse(&list), parse(&detail));
    let parsed = [Document::parse(&list, None), Document::parse(&detail, None)];
    let signs = |text: &str| timed_with(|| Document::parse(text, None), |page| extract::trouble(&system.signs, page));
    row("signs", signs(&list), signs(&detail));
    let listing = timed_with(|| Document::parse(&list, None), |page| extract::listing(&system.pages["list"], page));
    let fields = timed_with(|| Document::parse(&detail, None), |page| extract::detail(&system.pages["detail"], page));
    row("fields", listing, fields);
    let rows = extract::listing(&system.pages["list"], &parsed[0])?.rows;
    let more = extract::detail(&system.pages["detail"], &parsed[1])?;
    let (pages, provenance) = ([("detail".to_owned(), more)], provenance());
    let map = || {
        let reads = Reads { list: &rows[2], pages: &pages, events: &[] };
        extract::map_case(bot, reads, &provenance).expect("the site's cases can be mapped")
    };
    row("map", 0.0, timed(map));
    row("contents", 0.0, timed(|| map().contents()) - timed(map));
    let record = Record::Case(Box::new(map()));
    row("to JSON", 0.0, timed(|| serde_json::to_string(&record)));
    let json = serde_json::to_string(&record)?;
    row("from JSON", 0.0, timed(|| serde_json::from_str::<Record>(&json)));
    Ok(told)
}

fn provenance() -> Provenance {
    Provenance {
        bot: "bench-collect".to_owned(),
        adapter: "0123456789ab".to_owned(),
        run: "run".to_owned(),
        read_at: chrono::Utc::now().fixed_offset(),
        page: "http://127.0.0.1/case/1".to_owned(),
        evidence: String::new(),
    }
}

fn timed<T>(mut stage: impl FnMut() -> T) -> f64 {
    timed_with(|| (), |()| stage())
}

/// Microseconds of processor time of a stage, without its preparation: other programs on the machine don't count.
fn timed_with<P, T>(prepare: impl Fn() -> P, mut stage: impl FnMut(&P) -> T) -> f64 {
    let mut spent = 0;
    for _ in 0..TIMES / AT_ONCE {
        let prepared: Vec<P> = (0..AT_ONCE).map(|_| prepare()).collect();
        let began = machine::processor_of_thread();
        for prepared in &prepared {
            black_box(stage(prepared));
        }
        spent += machine::processor_of_thread() - began;
    }
    spent as f64 / 1e3 / TIMES as f64
}
