//! `cargo bench --bench collect`: the bridge against its peers on a fixed test site, interleaved, as ratios.
//!
//! Everything it needs it sets up by itself. `cargo bench --bench collect -- bridge scrapy` runs only those contenders,
//! `-- stages` tells where the time of a page goes.

#![expect(clippy::print_stderr, reason = "who waits for minutes is told what for")]

mod bridge;
mod contest;
mod machine;
mod site;
mod stages;
mod venv;
mod verdict;

use std::io::Write;

use anyhow::bail;

/// As the bridge's own executable has it.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["site", cases] => runtime()?.block_on(site::serve(cases.parse()?)),
        ["task", task] => {
            let told = runtime()?.block_on(bridge::run(&serde_json::from_str(task)?))?;
            Ok(writeln!(std::io::stdout(), "{}", serde_json::to_string(&told)?)?)
        }
        ["stages"] => Ok(std::io::stdout().write_all(stages::told()?.as_bytes())?),
        chosen => {
            let known = |word: &&str| contest::CONTENDERS.contains(word);
            if let Some(unknown) = chosen.iter().find(|word| !known(word)) {
                bail!("there is no contender {unknown}; there are {}", contest::CONTENDERS.join(", "));
            }
            let wanted = |contender: &&&str| chosen.is_empty() || chosen.contains(*contender);
            let contenders: Vec<&'static str> = contest::CONTENDERS.iter().filter(wanted).copied().collect();
            let runs = contest::run(&contenders)?;
            Ok(std::io::stdout().write_all(verdict::told(&runs).as_bytes())?)
        }
    }
}

/// As the bridge's own executable has it.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}
