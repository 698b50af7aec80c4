//! Entering into an office that does one thing wrong at a time: what stands there is right and stands there once, or a person knows.
//! The office counts what it really holds.

pub mod office;
pub mod room;
mod table;

use futures::{StreamExt, stream};
use queqiao::{record::Outcome, run::RunReport, store::Entry};

use office::Trick;
use room::Room;
use table::{FAULTS, Fault, Must, UNPROVEN};

/// Faults at once.
const AT_ONCE: usize = 6;
/// Runs while the fault goes on, and after it has gone.
const RUNS: usize = 6;
/// A record that was entered well before.
const BEFORE: &str = "YC1";
/// The one that meets the fault.
const MEETS: &str = "YC2";
/// One that would come after it.
const AFTER: &str = "YC3";
/// Letters of a reason in the table.
const SHOWN: usize = 90;

/// What became of a fault.
struct Line {
    name: &'static str,
    said: String,
    state: String,
    duplicates: usize,
    wrong: Vec<String>,
    complaints: Vec<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_entered_is_right_and_there_once_or_a_person_knows() {
    let lines: Vec<Line> = stream::iter(FAULTS.iter().chain(UNPROVEN).map(met)).buffered(AT_ONCE).collect().await;
    println!("| fault | entry | what is said |\n|---|---|---|");
    for line in &lines {
        let said: String = line.said.replace('\n', " ").chars().take(SHOWN).collect();
        println!("| {} | {} | {said} |", line.name, line.state);
    }
    let duplicates: usize = lines.iter().map(|line| line.duplicates).sum();
    let wrong: Vec<String> =
        lines.iter().flat_map(|line| line.wrong.iter().map(|what| format!("{}: {what}", line.name))).collect();
    println!("faults of entering: {} tried, {duplicates} duplicates, {} silently wrong", lines.len(), wrong.len());
    let complaints = lines.iter().flat_map(|line| line.complaints.iter().map(|what| format!("{}: {what}", line.name)));
    let all: Vec<String> = complaints.chain(wrong.iter().cloned()).collect();
    assert!(all.is_empty() && duplicates == 0, "{duplicates} duplicates\n{}", all.join("\n"));
}

/// A fault after an entry that went well; then the same without the fault.
async fn met(fault: &'static Fault) -> Line {
    let room = Room::open().await;
    room.want(fault.bot, &[BEFORE]).await;
    assert_eq!(room.run(fault.bot).await.exit_code(), 0, "{}: the office works", fault.name);
    if let Some(there) = fault.there {
        room.office.holds(MEETS, there);
    }
    room.office.play(fault.trick);
    room.want(fault.bot, &[MEETS]).await;
    let (mut reports, before) = (Vec::new(), room.office.desk().posts);
    for _ in 0..RUNS {
        reports.push(room.run(fault.bot).await);
        room.wait(60);
    }
    let (entry, posts) = (room.entry(MEETS).await, room.office.desk().posts - before);
    let mut complaints = complaints(fault, &reports, &entry, posts, room.held(MEETS));
    let wrong = wrong(&room).await;
    // Once it has gone, others go on, unless a person has to look first; nothing of it is doubled.
    room.office.play(Trick::Nothing);
    room.want(fault.bot, &[AFTER]).await;
    for _ in 0..RUNS {
        room.run(fault.bot).await;
        room.wait(600);
    }
    let (after, held) = (room.entry(AFTER).await, room.held(AFTER));
    let stands = after.state == "verified" && held == 1;
    if stands == fault.stops {
        complaints.push(format!("the next one is {} afterwards, {held} times there", after.state));
    }
    let own = usize::from(fault.trick == Trick::SavesTwice);
    let duplicates: usize = [BEFORE, MEETS, AFTER].map(|number| room.held(number).saturating_sub(1)).iter().sum();
    let last = reports.last().expect("there were runs");
    let said = last.reading.reason.clone().or(entry.words.clone()).unwrap_or_default();
    room.trial.end().await;
    Line { name: fault.name, said, state: entry.state, duplicates: duplicates - own, wrong, complaints }
}

fn complaints(fault: &Fault, reports: &[RunReport], entry: &Entry, posts: usize, held: usize) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut demand = |holds: bool, what: String| {
        if !holds {
            complaints.push(what);
        }
    };
    let outcomes: Vec<Outcome> = reports.iter().map(|report| report.reading.outcome).collect();
    let told = |words: &str| {
        let reason = |report: &RunReport| report.reading.reason.clone().unwrap_or_default();
        entry.words.as_deref().is_some_and(|said| said.contains(words))
            || reports.iter().any(|report| reason(report).contains(words))
    };
    match fault.must {
        Must::Verified => {
            demand(
                entry.state == "verified" && held == 1,
                format!("is {}, {held} times there: {:?}", entry.state, entry.words),
            );
        }
        Must::Refused(words) => {
            demand(
                entry.state == "refused" && held == 0 && told(words),
                format!("is {}: {:?}", entry.state, entry.words),
            );
            demand(outcomes[0] == Outcome::NeedsPerson, format!("{outcomes:?}"));
        }
        Must::Person(words) => {
            let persons = ["conflict", "waiting", "submitted"].contains(&entry.state.as_str());
            demand(
                persons && told(words),
                format!("is {}, and does not say \"{words}\": {:?}", entry.state, entry.words),
            );
            demand(outcomes.iter().any(|outcome| *outcome != Outcome::Good), format!("{outcomes:?}"));
            demand(posts <= 1, format!("was sent {posts} times"));
        }
        Must::NotSent(words) => {
            demand(posts == 0, format!("was sent {posts} times"));
            demand(
                told(words),
                format!("does not say \"{words}\" but {:?}, {:?}", entry.words, reports[0].reading.reason),
            );
            demand(outcomes[0] != Outcome::Good, format!("{outcomes:?}"));
        }
        Must::NotYet => {
            demand(entry.state != "verified" && held == 0, format!("is {}, {held} times there", entry.state));
            demand(posts <= RUNS, format!("was sent {posts} times"));
        }
    }
    complaints
}

/// What the ledger calls verified, and does not stand in the office as the ledger says it.
async fn wrong(room: &Room) -> Vec<String> {
    let desk = room.office.desk().records.clone();
    let mut wrong = Vec::new();
    for entry in room.trial.entries().await.iter().filter(|entry| entry.state == "verified") {
        let number = &entry.wish.origin_no;
        let its = desk.iter().find(|record| Some(&record.no) == entry.receipt.as_ref());
        if its.is_none_or(|record| record.note != *number || record.applicant != format!("王小明{number}")) {
            wrong.push(format!("{number} is verified as {:?}, and there stands {its:?}", entry.receipt));
        }
    }
    wrong
}
