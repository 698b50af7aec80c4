//! Absence is proven, never concluded: the look-up's list in its place and shape, and a control that is found.

mod adversary;
mod target;

use std::path::Path;

use chrono::DateTime;
use queqiao::{
    base::Clock,
    ledger::Decision,
    record::Outcome,
    run::{RunReport, Said, decide},
    store::Entry,
};

use super::trial::{Trial, replace};
use target::{CONTROL, Lie, Office};

const CASE: &str = "a-look-up-that-lost-its-table";
const COLLECT: &str = "source-collect";
const ENTER: &str = "target-enter";

/// The target with these cases to be entered, of which these marks stand there already.
async fn begun(wanted: &[&str], held: &[&str], edit: impl FnOnce(&Path)) -> (Trial, Office) {
    let office = Office::of(wanted, held);
    let trial = Trial::edited(CASE, office.pages(), edit).await;
    assert_eq!(trial.run(COLLECT).await.reading.outcome, Outcome::Good);
    (trial, office)
}

/// What was put off is due again, and what was sent would show by now.
async fn due(trial: &Trial) {
    for entry in trial.entries().await {
        let entry = Entry { due_at: DateTime::UNIX_EPOCH, ..entry };
        trial.bridge.store.put_off_entry(&entry).await.expect("nobody holds it");
    }
}

async fn run(trial: &Trial) -> RunReport {
    due(trial).await;
    trial.run(ENTER).await
}

async fn states(trial: &Trial) -> Vec<String> {
    let mut entries = trial.entries().await;
    entries.sort_by_key(|entry| entry.id);
    entries.into_iter().map(|entry| entry.state).collect()
}

async fn events(trial: &Trial, entry: &Entry) -> Vec<String> {
    let events = trial.bridge.store.entry_events(entry.id).await.expect("the ledger can be read");
    events.into_iter().map(|event| event.event).collect()
}

async fn enter_it(trial: &Trial, entry: &Entry) {
    let said = Said { person: "张三", words: None, receipt: None };
    decide(&trial.bridge.store, &Clock::system(), entry.id, Decision::Enter, said).await.expect("it waits for that");
}

#[tokio::test]
async fn a_look_up_page_that_is_not_what_it_was_sends_nothing_however_often() {
    for lie in Lie::OF_A_PAGE {
        let (trial, office) = begun(&["YC20261201000038"], &["YC20261201000038"], |_| {}).await;
        office.lies(lie);
        for _ in 0..3 {
            let report = run(&trial).await;
            assert_eq!(report.reading.outcome, Outcome::NeedsPerson, "{lie:?} {report:?}");
            assert!(format!("{report:?}").contains("proves nothing"), "{lie:?} {report:?}");
            assert_eq!((states(&trial).await, office.saved()), (vec!["wanted".to_owned()], 0), "{lie:?}");
        }
        let entry = trial.entries().await.remove(0);
        assert!(events(&trial, &entry).await.is_empty(), "{lie:?}: nothing has befallen it");
        office.lies(Lie::No);
        run(&trial).await;
        assert_eq!((states(&trial).await, office.saved()), (vec!["verified".to_owned()], 0), "{lie:?}");
        trial.end().await;
    }
}

#[tokio::test]
async fn a_page_that_is_what_it_was_proves_that_nothing_is_there() {
    let (trial, office) = begun(&["YC1", "YC2"], &[], |_| {}).await;
    let report = run(&trial).await;
    assert_eq!(report.reading.outcome, Outcome::Good, "{report:?}");
    assert_eq!((states(&trial).await, office.saved()), (vec!["verified".to_owned(); 2], 2));
    assert_eq!(office.asked(CONTROL), 1, "one look-up more in a run, however many entries");
    trial.end().await;
}

#[tokio::test]
async fn a_search_that_answers_nothing_to_everything_is_one_task_and_nothing_is_sent() {
    for lie in [Lie::Nothing, Lie::All, Lie::SamePage] {
        let (trial, office) = begun(&["YC1", "YC2", "YC3"], &["YC1", "YC2"], |_| {}).await;
        office.lies(lie);
        for _ in 0..3 {
            let report = run(&trial).await;
            assert_ne!(report.reading.outcome, Outcome::Good, "{lie:?} {report:?}");
            assert_eq!(office.saved(), 0, "{lie:?}");
        }
        let states = states(&trial).await;
        let waiting = states.iter().filter(|state| *state == "waiting").count();
        assert!(
            waiting <= 1 && states.iter().all(|state| state == "waiting" || state == "wanted" || lie == Lie::All),
            "{states:?}"
        );
        office.lies(Lie::No);
        for entry in trial.entries().await.iter().filter(|entry| entry.state == "waiting") {
            assert!(entry.words.as_ref().is_some_and(|words| words.contains(CONTROL)), "{entry:?}");
            enter_it(&trial, entry).await;
        }
        run(&trial).await;
        assert_eq!(
            (office.saved(), office.held("YC1"), office.held("YC2"), office.held("YC3")),
            (1, 1, 1, 1),
            "{lie:?}"
        );
        trial.end().await;
    }
}

#[tokio::test]
async fn the_first_entry_of_all_is_a_persons_where_nothing_is_known_to_stand_there() {
    let bare = |root: &Path| replace(&root.join("bots/target-enter.toml"), "control = \"LS1\"\n", "");
    let (trial, office) = begun(&["YC1", "YC2", "YC3"], &[], bare).await;
    for _ in 0..2 {
        assert_eq!(run(&trial).await.reading.outcome, Outcome::NeedsPerson);
        assert_eq!(office.saved(), 0);
    }
    let waiting: Vec<Entry> = trial.entries().await.into_iter().filter(|entry| entry.state == "waiting").collect();
    assert_eq!(waiting.len(), 1, "one task, whatever waits");
    enter_it(&trial, &waiting[0]).await;
    for _ in 0..2 {
        run(&trial).await;
    }
    assert_eq!((states(&trial).await, office.saved()), (vec!["verified".to_owned(); 3], 3));
    assert!(office.asked(&waiting[0].wish.mark) >= 3, "what was entered first proves the look-up for the others");
    trial.end().await;
}

#[tokio::test]
async fn a_person_who_was_asked_is_believed_once() {
    let bare = |root: &Path| replace(&root.join("bots/target-enter.toml"), "control = \"LS1\"\n", "");
    let (trial, office) = begun(&["YC1"], &[], bare).await;
    run(&trial).await;
    enter_it(&trial, &trial.entries().await[0]).await;
    // It is saved, nobody hears of it, and the look-up lies from then on.
    office.drops(1);
    office.lies_after_saving(Lie::Nothing);
    for _ in 0..3 {
        run(&trial).await;
    }
    let entry = trial.entries().await.remove(0);
    assert_eq!((entry.state.as_str(), office.saved()), ("waiting", 1), "{:?}", events(&trial, &entry).await);
    trial.end().await;
}

#[tokio::test]
async fn what_was_saved_without_an_answer_is_not_entered_again_by_a_look_up_that_lies() {
    for lie in [Lie::Nothing, Lie::LostTable, Lie::Loading] {
        let (trial, office) = begun(&["YC1"], &[], |_| {}).await;
        office.drops(9);
        office.lies_after_saving(lie);
        for _ in 0..3 {
            run(&trial).await;
        }
        assert_eq!(office.saved(), 1, "{lie:?}: {:?}", trial.entries().await);
        office.lies(Lie::No);
        for entry in trial.entries().await.iter().filter(|entry| entry.state == "waiting") {
            enter_it(&trial, entry).await;
        }
        run(&trial).await;
        assert_eq!((states(&trial).await, office.saved()), (vec!["verified".to_owned()], 1), "{lie:?}");
        trial.end().await;
    }
}

#[tokio::test]
async fn a_page_without_a_list_proves_by_the_sign_that_the_adapter_names() {
    for (named, saved) in [(false, 0), (true, 1)] {
        let edit = |root: &Path| {
            if named {
                let system = root.join("selectors/target.toml");
                replace(&system, "table = \"table\"\n", "table = \"table\"\nnone  = \"css=.nodata /没有查询到/\"\n");
            }
        };
        let (trial, office) = begun(&["YC1"], &[], edit).await;
        office.lies(Lie::NoDataInstead);
        run(&trial).await;
        assert_eq!(office.saved(), saved);
        trial.end().await;
    }
}
