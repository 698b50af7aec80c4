//! `cargo bench --bench enter`: 200 cases entered into one wide form, by the bridge in the browser and over HTTP and by Playwright,
//! interleaved, as ratios.
//!
//! Everything it needs it sets up by itself. `cargo bench --bench enter -- http` runs only those contenders.

#![expect(clippy::print_stderr, reason = "who waits for minutes is told what for")]

mod bridge;
mod contest;
mod fields;
mod site;
#[path = "../collect/venv.rs"]
mod venv;

use std::io::Write;

use anyhow::bail;

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["site"] => runtime()?.block_on(site::serve()),
        ["task", base, via] => {
            let told = runtime()?.block_on(bridge::run(base, *via == "http"))?;
            Ok(writeln!(std::io::stdout(), "{}", serde_json::to_string(&told)?)?)
        }
        chosen => {
            if let Some(unknown) = chosen.iter().find(|word| !contest::CONTENDERS.contains(word)) {
                bail!("there is no contender {unknown}; there are {}", contest::CONTENDERS.join(", "));
            }
            let wanted = |contender: &&&str| chosen.is_empty() || chosen.contains(*contender);
            let contenders: Vec<&'static str> = contest::CONTENDERS.iter().filter(wanted).copied().collect();
            let runs = contest::run(&contenders)?;
            Ok(std::io::stdout().write_all(contest::told(&runs).as_bytes())?)
        }
    }
}

/// As the bridge's own executable has it.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}
