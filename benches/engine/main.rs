//! `cargo bench --bench engine`: how late 500 schedules start that fall due at the same instant, what 1,000 bots cost that have nothing
//! to do, and whether thousands of ticks leave anything behind. Needs nothing but this machine; PostgreSQL too where `QUEQIAO_STORE`
//! names an empty database.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

mod office;

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use queqiao::{
    base::Clock,
    calendar::Calendar,
    engine::{Engine, EngineOptions},
    store::Store,
};

/// Schedules that fall due at once.
const SCHEDULES: usize = 500;
/// Instants at which they do.
const INSTANTS: usize = 5;
/// From due to started, in milliseconds, for 99 of 100: the limit.
const P99_MOST: f64 = 1_000.0;
/// Bots that have nothing to do.
const IDLE: usize = 1_000;
/// How long they are watched.
const WATCHED: Duration = Duration::from_secs(20);
/// Percent of one processor that they may take.
const CPU_MOST: f64 = 1.0;
/// Ticks of a second in which the kernel counts a process's time (sysconf(3): `_SC_CLK_TCK`, 100 on every Linux in use).
const USER_HZ: f64 = 100.0;
/// Ticks in which memory must not grow.
const LONG: usize = 10_000;

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        println!("\n| what | measured | limit | |\n|---|---|---|---|");
        let folder = tempfile::tempdir()?;
        let sqlite = format!("sqlite:{}", folder.path().join("engine.db").display());
        started("SQLite", &Store::open(&sqlite).await?).await?;
        idle(&Store::open(&format!("sqlite:{}", folder.path().join("idle.db").display())).await?).await?;
        long(&Store::open(&format!("sqlite:{}", folder.path().join("long.db").display())).await?).await?;
        if let Ok(url) = std::env::var("QUEQIAO_STORE") {
            started("PostgreSQL", &Store::open(&url).await.context("the database of QUEQIAO_STORE")?).await?;
        }
        Ok(())
    })
}

fn line(what: &str, measured: String, limit: String, holds: bool) {
    println!("| {what} | {measured} | {limit} | {} |", if holds { "reached" } else { "**missed**" });
}

/// From due to started, over all jobs of some instants.
async fn started(database: &str, store: &Store) -> anyhow::Result<()> {
    let office = Arc::new(office::Office::new(SCHEDULES, "*/4 * * * * *")?);
    let options = EngineOptions { at_once: SCHEDULES, ..EngineOptions::named("bench", Arc::new(|_| {})) };
    let clock = Clock::system();
    let engine = Engine::start(office.clone(), store.clone(), clock, Arc::new(Calendar::district()), options);
    while office.late.lock().expect("no run panics").len() < SCHEDULES * INSTANTS {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    engine.stop().await;
    let mut late = office.late.lock().expect("no run panics").clone();
    late.sort_by(f64::total_cmp);
    let (median, p99) = (late[late.len() / 2], late[late.len() * 99 / 100]);
    let what = format!("due to started, {SCHEDULES} schedules at once, {database}: 99 of 100 (median)");
    line(&what, format!("{p99:.0} ms ({median:.0} ms)"), format!("{P99_MOST:.0} ms"), p99 < P99_MOST);
    Ok(())
}

/// What bots cost that are not due.
async fn idle(store: &Store) -> anyhow::Result<()> {
    let office = Arc::new(office::Office::new(IDLE, "0 0 4 1 1 *")?);
    let options = EngineOptions::named("bench", Arc::new(|_| {}));
    let engine = Engine::start(office, store.clone(), Clock::system(), Arc::new(Calendar::district()), options);
    // The start is no idling.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = processor_seconds()?;
    tokio::time::sleep(WATCHED).await;
    let percent = (processor_seconds()? - before) / WATCHED.as_secs_f64() * 100.0;
    engine.stop().await;
    let what = format!("{IDLE} bots with nothing to do: share of one processor");
    line(&what, format!("{percent:.2} %"), format!("{CPU_MOST} %"), percent < CPU_MOST);
    Ok(())
}

/// Whether memory is flat over many ticks, and how many rows stay.
async fn long(store: &Store) -> anyhow::Result<()> {
    let office = Arc::new(office::Office::new(1, "* * * * *")?);
    let start: DateTime<Utc> = "2026-01-01T00:00:30Z".parse()?;
    let clock = Clock::held_at(start);
    let keep = TimeDelta::days(1);
    let options = EngineOptions { keep, ..EngineOptions::named("bench", Arc::new(|_| {})) };
    let (_work, adopted) = tokio::sync::watch::channel::<Arc<dyn queqiao::engine::Work>>(office);
    let calendar = Arc::new(Calendar::district());
    let mut heart = queqiao::engine::Heart::new(adopted, store.clone(), clock.clone(), calendar, options);
    let mut warm = 0.0;
    for tick in 0..LONG {
        clock.set(start + TimeDelta::minutes(i64::try_from(tick)?));
        heart.settle().await?;
        if tick == LONG / 10 {
            warm = memory_mb()?;
        }
    }
    let grown = memory_mb()? - warm;
    let kept: u64 = store.tick_counts().await?.values().sum();
    // A day of ticks, and what has come since it was last swept.
    let most = 24 * 60 + 6 * 60 + 2;
    line(
        &format!("ticks kept of {LONG}, a day's worth being wanted"),
        kept.to_string(),
        most.to_string(),
        kept <= most,
    );
    line(
        &format!("memory grown over {LONG} ticks, after the first tenth"),
        format!("{grown:.1} MB"),
        "5 MB".to_owned(),
        grown < 5.0,
    );
    Ok(())
}

/// Seconds of processor that this process has taken.
fn processor_seconds() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after = stat.rsplit_once(')').context("a name ends with a bracket")?.1;
    let fields: Vec<&str> = after.split_whitespace().collect();
    // Fields 14 and 15 of proc(5), counted from the state, which is the third.
    let ticks: f64 = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
    Ok(ticks / USER_HZ)
}

/// Megabytes of memory that this process holds.
fn memory_mb() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("it has a resident set")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1_024.0)
}
