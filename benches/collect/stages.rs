//! Where the time of a page goes: each stage alone, on one thread, without network and store.

use std::{hint::black_box, path::Path};

use bytes::Bytes;
use queqiao::{
    adapter::Adapters,
    extract::{self, Document, Reads},
    record::{Provenance, Record},
};
use sha2::{Digest, Sha256};

use crate::{machine, site::Pages};

/// Times each stage is run.
const TIMES: usize = 2_000;
/// Cases whose pages are read.
const CASES: usize = 1_000;

/// The table of stages, in microseconds per page.
pub fn told() -> anyhow::Result<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/collect/adapter");
    let adapters = Adapters::load(&root).map_err(|report| anyhow::anyhow!("{report:?}"))?;
    let (system, bot) = (&adapters.systems["bench"], &adapters.bots["bench-collect"]);
    let pages = Pages::make(CASES);
    let text = |page: &[u8]| String::from_utf8_lossy(page).into_owned();
    let of = |pages: &[Bytes]| pages.iter().map(|page| text(page)).collect::<Vec<_>>();
    let (lists, details) = (of(&pages.lists), of(&pages.details));
    let mut told = "| stage | list page, µs | detail, µs |\n|---|---|---|\n".to_owned();
    let mut row = |name: &str, list: f64, detail: f64| told += &format!("| {name} | {list:.0} | {detail:.0} |\n");

    let hash = |pages: &[String]| timed(pages, |text| Sha256::digest(text.as_bytes()));
    row("hash", hash(&lists), hash(&details));
    let parse = |text: &str| Document::parse(text, Some("text/html"));
    let parsed = |pages: &[String]| timed(pages, |text| parse(text));
    row("parse", parsed(&lists), parsed(&details));
    let heeded = |pages: &[String]| timed(pages, |text| extract::trouble(&system.signs, &parse(text)));
    row("signs", heeded(&lists) - parsed(&lists), heeded(&details) - parsed(&details));
    let listing = |text: &str| extract::listing(&system.pages["list"], &parse(text)).expect("a list");
    let detail = |text: &str| extract::detail(&system.pages["detail"], &parse(text)).expect("a detail");
    let listed = timed(&lists, |text| listing(text));
    let detailed = timed(&details, |text| detail(text));
    row("fields", listed - parsed(&lists), detailed - parsed(&details));
    let (rows, more) = (listing(&lists[0]).rows, detail(&details[2]));
    let (pages, provenance) = ([("detail".to_owned(), more)], provenance());
    let map = || {
        let reads = Reads { list: &rows[2], pages: &pages, events: &[] };
        extract::map_case(bot, reads, &provenance).expect("the site's cases can be mapped")
    };
    let mapped = || timed(&[()], |()| map());
    row("map", 0.0, mapped());
    row("contents", 0.0, timed(&[()], |()| map().contents()) - mapped());
    let record = Record::Case(Box::new(map()));
    row("to JSON", 0.0, timed(&[&record], serde_json::to_string));
    let json = serde_json::to_string(&record)?;
    row("from JSON", 0.0, timed(&[json], |json| serde_json::from_str::<Record>(json)));
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

/// Microseconds of processor time of a stage, for one page after the other as a run reads them: other programs on the machine don't
/// count.
fn timed<P, T>(pages: &[P], mut stage: impl FnMut(&P) -> T) -> f64 {
    let began = machine::processor_of_thread();
    for page in pages.iter().cycle().take(TIMES) {
        black_box(stage(page));
    }
    (machine::processor_of_thread() - began) as f64 / 1e3 / TIMES as f64
}
