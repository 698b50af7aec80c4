//! A bot asks a person through the store: answered from another process, in vain, or no longer asked.

use std::{sync::Arc, time::Instant};

use queqiao::{
    app::{self, App, Wanted},
    base::{Clock, Remedy},
    record::Outcome,
    run::{Nobody, RunOptions, RunReport},
    settings::Settings,
    store::{Answered, Store, Task, TaskState},
};

use crate::rig::{PATIENCE, Process, Rig, finished, queqiao, stdout};

const BOT: &str = "medical-collect";

/// The bridge before these practice systems, with nobody beside it.
async fn start(rig: &Rig, within: &str) -> App {
    let more = format!("answer_within = \"{within}\"");
    let settings = Settings::load(Some(&rig.settings("data", &more)), []).unwrap();
    let adapters = app::load_adapters(&settings).unwrap_or_else(|error| panic!("{error:?}"));
    let wanted = Wanted { installing: Arc::new(|_| {}), schedules: None, web: false, people: Arc::new(Nobody) };
    App::start(&settings, adapters, Clock::system(), wanted).await.unwrap()
}

async fn run(app: &App, bot: &'static str) -> RunReport {
    let bridge = app.bridge.clone().unwrap();
    bridge.run(bot, RunOptions::default(), Arc::new(|_| {})).await.unwrap()
}

/// The store as another process sees it.
async fn beside(rig: &Rig) -> Store {
    let path = rig.path("data").join("queqiao.db");
    let began = Instant::now();
    while !path.exists() {
        assert!(began.elapsed() < PATIENCE, "there never was a database");
        tokio::task::yield_now().await;
    }
    Store::open(&format!("sqlite:{}", path.display())).await.unwrap()
}

/// Waits for the question that is open.
async fn question(store: &Store) -> Task {
    let began = Instant::now();
    loop {
        if let Some(task) = store.open_tasks(Clock::system().now()).await.unwrap().into_iter().next() {
            return task;
        }
        assert!(began.elapsed() < PATIENCE, "nobody was asked");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_from_another_process_and_nobody_else_waits_for_it() {
    let rig = Rig::start_with(&["medical", "water"], 20, 0.0).await;
    let app = Arc::new(start(&rig, "10m").await);
    let asking = tokio::spawn({
        let app = Arc::clone(&app);
        async move { run(&app, BOT).await }
    });
    let store = beside(&rig).await;
    let task = question(&store).await;
    assert_eq!((task.ask.system.as_str(), task.ask.kind.as_str(), task.ask.entry), ("medical", "captcha", None));
    assert!(task.ask.picture.starts_with(b"\x89PNG"));
    let other = run(&app, "water-collect").await;
    assert_eq!(other.reading.outcome, Outcome::Good, "another account goes on meanwhile: {other:?}");
    assert_eq!(store.task(task.id, Clock::system().now()).await.unwrap().unwrap().state, TaskState::Open);

    let settings = rig.path("data.toml");
    let listed = stdout(&finished(queqiao(&settings).arg("people")), 3);
    assert!(listed.contains("medical/medical-bot") && listed.contains("question.png"), "{listed}");
    let answer = rig.practice("medical").captcha_answer().unwrap();
    let id = task.id.to_string();
    stdout(&finished(queqiao(&settings).args(["people", &id, "--answer", &answer])), 0);
    let report = asking.await.unwrap();
    assert!(report.reconciled(), "{report:?}");
    stdout(&finished(queqiao(&settings).args(["people", &id, "--answer", "late"])), 1);
    let seen = finished(queqiao(&settings).args(["people", &id]));
    assert!(stdout(&seen, 1).is_empty() && String::from_utf8_lossy(&seen.stderr).contains("was answered before"));
    assert!(stdout(&finished(queqiao(&settings).arg("people")), 0).contains("Nothing waits"));
    store.close().await;
    Arc::into_inner(app).expect("nobody else holds it").stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_nobody_answers_ends_the_run_with_what_to_do() {
    let rig = Rig::start_with(&["medical"], 20, 0.0).await;
    let app = start(&rig, "1s").await;
    let report = run(&app, BOT).await;
    assert_eq!((report.reading.outcome, report.remedy), (Outcome::NeedsPerson, Some(Remedy::Human)), "{report:?}");
    let reason = report.reading.reason.unwrap();
    assert!(reason.contains("/people") && reason.contains("The next run asks again"), "{reason}");
    assert_eq!(rig.practice("medical").failed_logins(), 0, "nothing was tried");
    let store = beside(&rig).await;
    let now = Clock::system().now();
    assert!(store.open_tasks(now).await.unwrap().is_empty());
    let ended = store.ended_tasks(now - chrono::TimeDelta::hours(1), now, 10).await.unwrap();
    assert_eq!(ended.iter().map(|task| task.state).collect::<Vec<_>>(), [TaskState::Expired]);
    store.close().await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_broken_off_takes_its_question_back() {
    let rig = Rig::start_with(&["medical"], 20, 0.0).await;
    let app = Arc::new(start(&rig, "10m").await);
    let asking = tokio::spawn({
        let app = Arc::clone(&app);
        async move { run(&app, BOT).await }
    });
    let store = beside(&rig).await;
    let task = question(&store).await;
    asking.abort();
    assert!(asking.await.is_err());
    let began = Instant::now();
    while store.task(task.id, Clock::system().now()).await.unwrap().unwrap().state != TaskState::Withdrawn {
        assert!(began.elapsed() < PATIENCE, "the question stays up");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    store.close().await;
    Arc::into_inner(app).expect("nobody else holds it").stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_broken_off_after_a_misread_picture_does_not_freeze_the_account() {
    let rig = Rig::start_with(&["medical"], 20, 0.0).await;
    let app = Arc::new(start(&rig, "10m").await);
    let ask = || {
        let app = Arc::clone(&app);
        tokio::spawn(async move { run(&app, BOT).await })
    };
    let asking = ask();
    let store = beside(&rig).await;
    let first = question(&store).await;
    store.answer_person(first.id, "99", "li", Clock::system().now()).await.unwrap();
    let began = Instant::now();
    // The system says that it was misread, and the next picture is put to a person.
    while question(&store).await.id == first.id {
        assert!(began.elapsed() < PATIENCE, "nobody was asked again");
    }
    asking.abort();
    assert!(asking.await.is_err());
    let began = Instant::now();
    while !store.open_tasks(Clock::system().now()).await.unwrap().is_empty() {
        assert!(began.elapsed() < PATIENCE, "the question stays up");
        tokio::task::yield_now().await;
    }
    let asking = ask();
    let task = question(&store).await;
    let answer = rig.practice("medical").captcha_answer().unwrap();
    store.answer_person(task.id, &answer, "li", Clock::system().now()).await.unwrap();
    let report = asking.await.unwrap();
    assert!(report.reconciled(), "{report:?}");
    store.close().await;
    Arc::into_inner(app).expect("nobody else holds it").stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_leaves_its_question_until_the_deadline_and_no_longer() {
    let rig = Rig::start_with(&["medical"], 20, 0.0).await;
    let settings = rig.settings("data", "answer_within = \"10m\"");
    let process = Process::start(queqiao(&settings).args(["run", BOT, "--json"]));
    let store = beside(&rig).await;
    let task = question(&store).await;
    process.kill();
    assert_eq!(store.open_tasks(task.ask.deadline - chrono::TimeDelta::seconds(1)).await.unwrap().len(), 1);
    assert!(store.open_tasks(task.ask.deadline).await.unwrap().is_empty());
    let late = store.answer_person(task.id, "42", "li", task.ask.deadline).await.unwrap();
    assert_eq!(late, Answered::Late(TaskState::Expired));
    store.close().await;
}
