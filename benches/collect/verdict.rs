//! Medians, ratios round by round, and whether they reach their targets, as Markdown.

use crate::{
    contest::{Run, Runs},
    site,
};

/// Memory that the bridge may need without its browser, MB.
const MEMORY: f64 = 80.0;

/// Contender → how the table calls it.
const NAMES: &[(&str, &str)] = &[
    ("bridge", "bridge: signed in by the browser, 8 in flight, mapped and stored in the hub"),
    ("scrapy", "Scrapy tuned (32 in flight, lxml, uvloop), mapped, JSON lines"),
    ("playwright", "Playwright, one page, documents alone, one `evaluate` per page, mapped"),
    ("whole", "the same with styles, scripts and pictures loaded"),
    ("selenium", "Selenium, one `execute_script` per page, mapped"),
    ("slow-8", "bridge, 50 ms per answer, 8 in flight"),
    ("slow-32", "bridge, 50 ms per answer, 32 in flight"),
    ("fetch", "bridge, session bound to the browser: `fetch` within the signed-in page"),
    ("rendered", "bridge, every page rendered, one at a time"),
    ("windows", "bridge, every page rendered, 16 windows of one browser"),
];

/// The table of rates and the table of targets.
pub fn told(runs: &Runs) -> String {
    let (list, detail) = site::sizes();
    let mut told = format!(
        "\n{} cases, list pages of {} KB, details of {} KB\n\n| how | records/s, median | lowest to highest | memory, MB |\n|---|---|---|---|\n",
        site::CASES,
        list / 1_000,
        detail / 1_000
    );
    for (contender, name) in NAMES {
        let Some(runs) = runs.get(contender) else { continue };
        let rates = sorted(runs, |run| run.rate);
        let memory = median(runs, |run| run.memory);
        let (lowest, highest) = (rates[0], rates[rates.len() - 1]);
        told +=
            &format!("| {name} | {:.1} | {lowest:.1} to {highest:.1} | {memory:.0} |\n", median(runs, |run| run.rate));
    }
    told += "\n| target | asked | measured | |\n|---|---|---|---|\n";
    for (name, asked, measured, reached) in targets(runs) {
        told += &format!("| {name} | {asked} | {measured} | {} |\n", if reached { "reached" } else { "**missed**" });
    }
    told
}

fn targets(runs: &Runs) -> Vec<(&'static str, String, String, bool)> {
    let mut targets = Vec::new();
    let mut ratio = |name, one, other, least: f64| {
        if let (Some(one), Some(other)) = (runs.get(one), runs.get(other)) {
            let ratios = ratios(one, other);
            let (lowest, ratio, highest) = (ratios[0], ratios[ratios.len() / 2], ratios[ratios.len() - 1]);
            let measured = format!("{ratio:.2} × ({lowest:.2} to {highest:.2})");
            targets.push((name, format!("≥ {least} ×"), measured, ratio >= least));
        }
    };
    ratio("bridge ÷ Scrapy", "bridge", "scrapy", 8.0);
    ratio("bridge ÷ Scrapy, the stretch", "bridge", "scrapy", 25.0);
    ratio("bridge ÷ Playwright", "bridge", "playwright", 200.0);
    ratio("`fetch` in the page ÷ rendered visit", "fetch", "rendered", 20.0);
    ratio("rendered visits ÷ Playwright, documents alone", "windows", "playwright", 1.3);
    ratio("rendered visits ÷ Playwright, whole pages", "windows", "whole", 1.3);
    for (name, contender, in_flight) in [
        ("50 ms, 8 in flight: share of in-flight ÷ latency", "slow-8", 8.0),
        ("the same with 32 in flight", "slow-32", 32.0),
    ] {
        if let Some(runs) = runs.get(contender) {
            // List pages are requests too.
            let requests = 1.0 + 1.0 / site::ROWS as f64;
            let most = in_flight / site::LATENCY.as_secs_f64();
            let share = median(runs, |run| run.rate) * requests / most * 100.0;
            targets.push((name, "≥ 90 %".to_owned(), format!("{share:.1} %"), share >= 90.0));
        }
    }
    if let Some(runs) = runs.get("bridge") {
        let told = |run: &Run| run.told.clone().unwrap_or_default();
        let again = median(runs, |run| told(run).again);
        targets.push((
            "an unchanged system of 4,000 cases",
            "< 0.5 s".to_owned(),
            format!("{again:.3} s"),
            again < 0.5,
        ));
        let memory = median(runs, |run| run.memory);
        targets.push(("memory without browser", format!("< {MEMORY} MB"), format!("{memory:.0} MB"), memory < MEMORY));
        let gone = runs.iter().map(|run| told(run).browser_gone_after).max().flatten();
        let measured = gone.map_or_else(|| "never".to_owned(), |details| format!("after {details} details"));
        let closed = runs.iter().all(|run| told(run).browser_gone_after.is_some_and(|details| details <= 1_000));
        targets.push(("browser closed once its session is lent", "early".to_owned(), measured, closed));
    }
    if let Some(told) = runs.get("memory").and_then(|runs| runs.first()?.told.clone()) {
        let (warm, end) = told.memory_between;
        let growth = (end / warm - 1.0) * 100.0;
        let measured = format!("{warm:.0} → {end:.0} MB ({growth:+.1} %)");
        targets.push((
            "memory after 10,000 pages against that after 1,000",
            "≤ +10 %".to_owned(),
            measured,
            growth <= 10.0,
        ));
    }
    targets
}

/// What one did in each round against what the other did in it, lowest first: the machine's pace changes from round to round, and
/// medians of each would compare one round of one with another round of the other.
fn ratios(one: &[Run], other: &[Run]) -> Vec<f64> {
    let mut ratios: Vec<f64> = one.iter().zip(other).map(|(one, other)| one.rate / other.rate).collect();
    ratios.sort_by(f64::total_cmp);
    ratios
}

fn median(runs: &[Run], of: impl Fn(&Run) -> f64) -> f64 {
    let sorted = sorted(runs, of);
    sorted[sorted.len() / 2]
}

fn sorted(runs: &[Run], of: impl Fn(&Run) -> f64) -> Vec<f64> {
    let mut values: Vec<f64> = runs.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values
}
