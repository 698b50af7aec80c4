//! A small departmental system whose answers go wrong in every way that one has seen: the figures are right or stale.

mod browser;
mod office;
mod person;
mod rig;
mod table;
mod verdict;
mod world;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use futures::{StreamExt, stream};

use queqiao::run::RunReport;

use office::{Corrupt, Office};
use rig::Rig;
use table::{ANSWERS, DETAILS, FILES, Fault, INTERFACE, LISTS, Must, SEEN, STORIES, Story, TEXTS, TIMES, WIRE};
use verdict::{Verdict, held};
use world::World;

const BOT: &str = "office-collect";
/// The bot that reads the same list as an answer for scripts.
const INTERFACE_BOT: &str = "office-interface";
/// The bot that reads the same list as a file.
const FILE_BOT: &str = "office-file";
/// Faults at once.
const AT_ONCE: usize = 6;
/// Letters of a reason in the table.
const SHOWN: usize = 110;

/// One line of the table.
pub struct Line {
    pub name: String,
    pub verdict: Verdict,
    /// What is wrong with how the run took it.
    pub complaints: Vec<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_is_right_or_says_that_it_is_not() {
    let before = World::new();
    let (store, _folder) = rig::after_a_good_run(before.clone(), BOT).await;
    let (interface, _other) = rig::after_a_good_run(before.clone(), INTERFACE_BOT).await;
    let (file, _third) = rig::after_a_good_run(before, FILE_BOT).await;
    let (store, interface, file): (Arc<Path>, Arc<Path>, Arc<Path>) = (store.into(), interface.into(), file.into());
    let tabled = [ANSWERS, LISTS, DETAILS, INTERFACE, FILES, SEEN, TEXTS, TIMES, WIRE].into_iter().flatten();
    let mut tries: Vec<futures::future::BoxFuture<'static, Line>> = Vec::new();
    for fault in tabled {
        let former = match fault.bot {
            INTERFACE_BOT => &interface,
            FILE_BOT => &file,
            _ => &store,
        };
        tries.push(Box::pin(after(fault, Arc::clone(former))));
        if fault.first {
            tries.push(Box::pin(at_first(fault)));
        }
    }
    for story in STORIES {
        tries.push(Box::pin(told_in_time(story, Arc::clone(&store))));
    }
    tries.push(Box::pin(refused(Arc::clone(&store))));
    tries.push(Box::pin(behind_tls(Arc::clone(&store))));
    let (mut lines, shown) =
        tokio::join!(stream::iter(tries).buffered(AT_ONCE).collect::<Vec<Line>>(), Box::pin(browser::tries()));
    lines.extend(shown);
    let (table, wrong) = told(&lines);
    println!("{table}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The table with its figure, and whatever is not as it must be.
fn told(lines: &[Line]) -> (String, Vec<String>) {
    let mut names: Vec<&str> = lines.iter().map(|line| line.name.split(" (").next().unwrap_or_default()).collect();
    names.dedup();
    assert!(names.len() >= 40, "the suite has shrunk to {}", names.len());
    let mut table = "| fault | outcome | what it says | published |\n|---|---|---|---|\n".to_owned();
    for line in lines {
        let says: String = line.verdict.says().chars().take(SHOWN).collect();
        let (outcome, published) = (line.verdict.outcome(), line.verdict.published());
        table += &format!("| {} | {outcome} | {says} | {published} |\n", line.name);
    }
    let false_greens: Vec<&str> =
        lines.iter().filter(|line| line.verdict.is_false_green()).map(|line| line.name.as_str()).collect();
    let complaints: Vec<String> = lines
        .iter()
        .flat_map(|line| line.complaints.iter().map(|complaint| format!("{}: {complaint}", line.name)))
        .collect();
    table += &format!("faults: {} tried, {} false greens", names.len(), false_greens.len());
    let wrong = [false_greens.iter().map(|name| format!("{name}: a false green")).collect(), complaints].concat();
    (table, wrong)
}

/// A fault after a good run, while the office has moved on; then the same without the fault.
async fn after(fault: &'static Fault, store: Arc<Path>) -> Line {
    let office = Office::open(World::new().later()).await;
    let rig = Rig::start(&office.base, Some(&store)).await;
    rig.wait(2);
    office.corrupt(fault.corrupt);
    let before = held(&rig).await;
    let report = rig.run(fault.bot, false).await;
    let verdict = Verdict::of(&rig, report, &before, &office.world()).await;
    let mut complaints = complaints(fault.must, &verdict);
    complaints.extend(canaries(&verdict.report, &office.world()));
    office.corrupt(Corrupt::Nothing);
    complaints.extend(recovered(&rig, &office, fault.bot).await);
    rig.end().await;
    Line { name: fault.name.to_owned(), verdict, complaints }
}

/// What takes several readings to go wrong, after a good one; then the next without the fault. No reading may lose a case.
async fn told_in_time(story: &'static Story, store: Arc<Path>) -> Line {
    let office = Office::open(World::new()).await;
    let rig = Rig::start(&office.base, Some(&store)).await;
    let mut complaints = Vec::new();
    let mut last = None;
    for scene in story.scenes {
        rig.wait(scene.minutes);
        let mut world = office.world();
        (scene.change)(&mut world);
        office.set(world);
        office.corrupt(scene.corrupt);
        let before = held(&rig).await;
        let report = rig.run(BOT, false).await;
        let after = held(&rig).await;
        let lost = before.keys().filter(|no| !after.contains_key(*no));
        complaints.extend(lost.map(|no| format!("{no} is published no more")));
        last = Some(Verdict::of(&rig, report, &before, &office.world()).await);
    }
    let verdict = last.expect("a story has a scene");
    complaints.extend(self::complaints(story.must, &verdict));
    office.corrupt(Corrupt::Nothing);
    complaints.extend(recovered(&rig, &office, BOT).await);
    rig.end().await;
    Line { name: story.name.to_owned(), verdict, complaints }
}

/// A fault where nothing was ever read before.
async fn at_first(fault: &'static Fault) -> Line {
    let office = Office::open(World::new()).await;
    let rig = Rig::start(&office.base, None).await;
    office.corrupt(fault.corrupt);
    let report = rig.run(fault.bot, false).await;
    let verdict = Verdict::of(&rig, report, &BTreeMap::new(), &office.world()).await;
    office.corrupt(Corrupt::Nothing);
    let mut complaints = canaries(&verdict.report, &office.world());
    complaints.extend(recovered(&rig, &office, fault.bot).await);
    rig.end().await;
    Line { name: format!("{} (first run)", fault.name), verdict, complaints }
}

/// What is not as it must be.
fn complaints(must: Must, verdict: &Verdict) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut demand = |holds: bool, what: String| {
        if !holds {
            complaints.push(what);
        }
    };
    match must {
        Must::Right => {
            demand(verdict.is_good() && verdict.untrue.is_empty(), format!("not right: {}", verdict.published()));
        }
        Must::Quarantine(rows) => {
            demand(verdict.is_good() && verdict.is_true(), format!("not right: {}", verdict.published()));
            demand(verdict.report.quarantined_rows.len() == rows, format!("{:?}", verdict.report.quarantined_rows));
        }
        Must::Warn(words) => {
            demand(verdict.is_good() && verdict.untrue.is_empty(), format!("not right: {}", verdict.published()));
            demand(verdict.says().contains(words), format!("does not warn \"{words}\" but \"{}\"", verdict.says()));
        }
        Must::Say(words) => {
            // A dialog is no page; nothing else can be seen behind it.
            let on_a_page = verdict.says().starts_with("page ") && !verdict.says().contains("dialog");
            demand(!on_a_page || !verdict.report.evidence.is_empty(), "keeps no page".to_owned());
            demand(!verdict.is_good() && verdict.stale, "it is not stopped".to_owned());
            demand(verdict.says().contains(words), format!("does not say \"{words}\" but \"{}\"", verdict.says()));
            demand(verdict.wrong.is_empty(), format!("publishes what was never true: {:?}", verdict.wrong));
            demand(verdict.report.remedy.is_some(), "has no remedy".to_owned());
        }
    }
    complaints
}

/// What a kept page says of people although it must not.
fn canaries(report: &RunReport, world: &World) -> Vec<String> {
    let mut found = Vec::new();
    for path in &report.evidence {
        let kept = std::fs::read_to_string(path).expect("evidence can be read");
        let about = world.cases.iter().flat_map(|case| [&case.who, &case.phone, &case.id, &case.operator]);
        let left = about.map(String::as_str).chain([rig::PASSWORD]).find(|canary| kept.contains(canary));
        found.extend(left.map(|canary| format!("the kept page still says {canary}")));
    }
    found
}

/// Once the fault has gone, the next run is good and everything is right, without anybody's help.
async fn recovered(rig: &Rig, office: &Office, bot: &str) -> Vec<String> {
    rig.wait(11);
    let before = held(rig).await;
    let report = rig.run(bot, false).await;
    let verdict = Verdict::of(rig, report, &before, &office.world()).await;
    if verdict.is_good() && verdict.untrue.is_empty() && verdict.wrong.is_empty() && !verdict.stale {
        return Vec::new();
    }
    vec![format!("does not recover: {} ({}): {}", verdict.outcome(), verdict.says(), verdict.published())]
}

async fn refused(store: Arc<Path>) -> Line {
    let office = Office::open(World::new().later()).await;
    office.close();
    unreachable(&office, &store, "connection refused").await
}

async fn behind_tls(store: Arc<Path>) -> Line {
    let office = Office::behind_tls(World::new().later()).await;
    unreachable(&office, &store, "unknown certificate").await
}

async fn unreachable(office: &Office, store: &Path, name: &str) -> Line {
    let rig = Rig::start(&office.base, Some(store)).await;
    rig.wait(2);
    let before = held(&rig).await;
    let report = rig.run(BOT, false).await;
    let verdict = Verdict::of(&rig, report, &before, &office.world()).await;
    let complaints = complaints(Must::Say(""), &verdict);
    rig.end().await;
    Line { name: name.to_owned(), verdict, complaints }
}
