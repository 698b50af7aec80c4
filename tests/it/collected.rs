//! What the bridge collects from practice systems, case by case against their answer sheets.

mod grid;
mod post_backs;
mod registered;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use futures::future::BoxFuture;
use queqiao::{
    app::{self, App, Wanted},
    base::Clock,
    hub::{CaseFilter, View},
    record::{Case, Outcome, town_of},
    run::{Nobody, People, Question, RunOptions, RunReport},
    sandbox::{Practice, TrueCase},
    settings::Settings,
};

use crate::rig::Rig;

/// The person before a practice system, who misreads so many of its pictures and then reads them right.
struct Played {
    practice: Practice,
    misreads: AtomicUsize,
}

impl People for Played {
    fn ask(&self, question: Question) -> BoxFuture<'_, Option<String>> {
        assert!(question.picture.starts_with(b"\x89PNG") && question.kept.exists());
        let misread = self.misreads.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok();
        Box::pin(async move { if misread { Some("100".to_owned()) } else { self.practice.captcha_answer() } })
    }
}

/// The bridge before the practice systems of that rig; where one shows pictures, its person can be asked.
async fn start(rig: &Rig) -> App {
    let all = rig.sandbox.systems();
    let practice = all.iter().find(|practice| practice.name() == "medical").unwrap_or(&all[0]).clone();
    start_with(rig, Arc::new(Played { practice, misreads: AtomicUsize::new(0) })).await
}

async fn start_with(rig: &Rig, people: Arc<dyn People>) -> App {
    // Here nobody is asked but those that the test brings along.
    let settings = Settings::load(Some(&rig.settings("data", "answer_within = \"0s\"")), []).unwrap();
    let adapters = app::load_adapters(&settings).unwrap_or_else(|error| panic!("{error:?}"));
    let wanted = Wanted { installing: Arc::new(|_| {}), schedules: None, web: false, people };
    App::start(&settings, adapters, Clock::system(), wanted).await.unwrap()
}

async fn run(app: &App, bot: &str) -> RunReport {
    let report = app.bridge.as_ref().unwrap().run(bot, RunOptions::default(), Arc::new(|_| {})).await.unwrap();
    app.deliver().await.unwrap();
    report
}

/// The hub's cases of a system, by number.
async fn held(app: &App, system: &str) -> BTreeMap<String, Case> {
    let mut held = BTreeMap::new();
    let mut filter =
        CaseFilter { system: Some(system.to_owned()), limit: 200, view: View::Full, ..CaseFilter::default() };
    loop {
        let page = app.hub.as_ref().unwrap().cases(&filter).await.unwrap();
        held.extend(page.cases.into_iter().map(|view| (view.case.source_no.clone(), view.case)));
        let Some(next) = page.next else { return held };
        filter.cursor = Some(next);
    }
}

/// The hub holds exactly the good cases, as the answer sheet says, and exactly the bad ones stand in quarantine.
fn meets(practice: &Practice, held: &BTreeMap<String, Case>, report: &RunReport) {
    assert_eq!(report.reading.outcome, Outcome::Good, "{report:?}");
    assert!(report.reconciled(), "{report:?}");
    let truth = practice.truth();
    let quarantined: BTreeMap<_, _> =
        report.quarantined_rows.iter().map(|row| (row.source_no.as_str(), &row.reason)).collect();
    assert_eq!(held.len() + quarantined.len(), truth.len());
    for case in &truth {
        match held.get(&case.source_no) {
            Some(ours) => assert_eq!(&as_the_sheet_has_it(ours), case),
            None => {
                let reason = quarantined.get(case.source_no.as_str());
                assert!(case.bad.is_some() && reason.is_some(), "{case:?} is not held, but {reason:?}");
            }
        }
    }
}

fn as_the_sheet_has_it(case: &Case) -> TrueCase {
    let fields = case.fields.clone();
    TrueCase {
        source_no: case.source_no.clone(),
        status: case.status.word().to_owned(),
        result: case.result.map(|result| result.word().to_owned()),
        org_name: fields.org_name.unwrap_or_default(),
        // Where the village is known as well, its town's part of the code.
        town_code: fields.region_code.as_deref().and_then(town_of).unwrap_or_default().to_owned(),
        task_name: fields.task_name.unwrap_or_default(),
        applicant_name: fields.applicant_name.unwrap_or_default(),
        apply_date: fields.apply_date,
        accept_date: fields.accept_date,
        promise_date: fields.promise_date,
        result_date: fields.result_date,
        bad: None,
    }
}

/// A system is read whole, then again with nothing new, then after its sessions were lost.
async fn thrice(rig: &Rig, app: &App, system: &str) -> RunReport {
    let (practice, bot) = (rig.practice(system), format!("{system}-collect"));
    let first = run(app, &bot).await;
    meets(practice, &held(app, system).await, &first);
    let opened = practice.detail_requests();
    let again = run(app, &bot).await;
    assert!(again.reconciled() && again.reading.changed == 0, "{again:?}");
    assert_eq!(practice.detail_requests(), opened, "nothing has changed");
    let logins = practice.logins();
    practice.end_sessions();
    let added = practice.add_case();
    let renewed = run(app, &bot).await;
    assert!(renewed.reconciled() && renewed.reading.changed == 1, "{renewed:?}");
    assert_eq!(as_the_sheet_has_it(&held(app, system).await[&added.source_no]), added);
    assert_eq!((practice.logins(), practice.failed_logins()), (logins + 1, 0));
    first
}

#[tokio::test(flavor = "multi_thread")]
async fn two_systems_behind_one_sign_on_are_read_over_plain_http() {
    let rig = Rig::start_with(&["civil", "finance"], 300, 0.0).await;
    let app = start(&rig).await;
    for system in ["civil", "finance"] {
        let report = thrice(&rig, &app, system).await;
        assert!(report.reading.browser_requests < 30, "{report:?}");
    }
    let civil = held(&app, "civil").await;
    for case in civil.values() {
        let times: Vec<_> = case.events.iter().map(|event| event.time).collect();
        assert!(!times.is_empty() && times.is_sorted() && case.events[0].name == "提交申请", "{case:?}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_bound_to_the_browser_is_read_from_within_it() {
    let rig = Rig::start_with(&["medical"], 300, 0.0).await;
    let app = start(&rig).await;
    thrice(&rig, &app, "medical").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_was_misread_is_asked_again_and_costs_no_login() {
    let rig = Rig::start_with(&["medical"], 30, 0.0).await;
    let practice = rig.practice("medical").clone();
    let people = Arc::new(Played { practice: practice.clone(), misreads: AtomicUsize::new(5) });
    let app = start_with(&rig, people).await;
    let given_up = run(&app, "medical-collect").await;
    assert_eq!(given_up.reading.outcome, Outcome::NeedsPerson, "{given_up:?}");
    assert!(given_up.reading.reason.as_ref().unwrap().contains("验证码错误"), "{given_up:?}");
    let read = run(&app, "medical-collect").await;
    assert!(read.reconciled(), "three and two misreadings, and then it is right: {read:?}");
    assert_eq!((practice.logins(), practice.failed_logins()), (1, 0));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_nobody_reads_waits_for_a_person() {
    let rig = Rig::start_with(&["medical"], 30, 0.0).await;
    let app = start_with(&rig, Arc::new(Nobody)).await;
    for _ in 0..2 {
        let waiting = run(&app, "medical-collect").await;
        assert_eq!(waiting.reading.outcome, Outcome::NeedsPerson, "{waiting:?}");
        assert!(waiting.reading.reason.unwrap().contains("question.png"));
    }
    assert_eq!(rig.practice("medical").failed_logins(), 0);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redesign_that_keeps_the_words_keeps_the_adapters_working() {
    let rig = Rig::start_with(&["permits", "water", "housing", "social", "medical", "civil", "finance"], 20, 0.0).await;
    let app = start(&rig).await;
    for (seed, practice) in [1, 2].into_iter().flat_map(|seed| rig.sandbox.systems().iter().map(move |of| (seed, of))) {
        practice.set_redesign(seed);
        practice.end_sessions();
        let options = RunOptions { full: true, ..RunOptions::default() };
        let bot = format!("{}-collect", practice.name());
        let report = app.bridge.as_ref().unwrap().run(&bot, options, Arc::new(|_| {})).await.unwrap();
        app.deliver().await.unwrap();
        meets(practice, &held(&app, practice.name()).await, &report);
    }
    app.stop().await;
}

/// Changes a file of the rig's root; every text to be replaced must be there.
fn change(rig: &Rig, file: &str, changes: &[(&str, &str)]) {
    let path = rig.path("root").join(file);
    let mut text = std::fs::read_to_string(&path).unwrap();
    for (old, new) in changes {
        assert!(text.contains(old), "{file} has no {old}");
        text = text.replace(old, new);
    }
    std::fs::write(&path, text).unwrap();
}

/// The hub holds every good case of a sheet as it stands there.
fn hold(held: &BTreeMap<String, Case>, sheet: &[TrueCase]) {
    for case in sheet.iter().filter(|case| case.bad.is_none()) {
        assert_eq!(held.get(&case.source_no).map(as_the_sheet_has_it).as_ref(), Some(case));
    }
}

/// Rows come and go while a system is read: what was there all the time is read, what came meanwhile at the latest next time,
/// and what went away is not missed.
async fn while_rows_move(rig: &Rig, app: &App, system: &str) {
    let (practice, bot) = (rig.practice(system), format!("{system}-collect"));
    let before = practice.truth();
    practice.set_arrivals(4);
    let grown = run(app, &bot).await;
    assert!(grown.reconciled(), "{grown:?}");
    assert_eq!(practice.truth().len(), before.len() + 4);
    let read = held(app, system).await;
    hold(&read, &before);
    let again = run(app, &bot).await;
    assert!(again.reconciled() && again.reading.rows_read == practice.truth().len() as u64, "{again:?}");
    practice.set_removals(1);
    let shrunk = run(app, &bot).await;
    assert!(shrunk.reconciled() && shrunk.reading.rows_read == practice.truth().len() as u64, "{shrunk:?}");
}

/// A bot that goes the way of a person, beside the one that ships.
fn by_hand(rig: &Rig, system: &str, collect: &str, case: &str) {
    let shipped = std::fs::read_to_string(rig.path(&format!("root/bots/{system}-collect.toml"))).unwrap();
    let login = shipped.split("[collect]").next().unwrap();
    let codes = shipped.split("[codes.status]").nth(1).unwrap().split("\n\n").next().unwrap();
    let bot = format!(
        "{login}[collect]\nkey = \"list.no\"\n{collect}\n[case]\nsource_no = \"list.no\"\n\
         status = \"list.status | code('status')\"\n{case}\n[codes.status]{codes}\n"
    );
    std::fs::write(rig.path(&format!("root/bots/{system}-hands.toml")), bot).unwrap();
}

/// The bot has seen every case, and what its detail adds.
async fn seen_by_hand(rig: &Rig, system: &str, adds: fn(&Case) -> bool) -> RunReport {
    let app = start(rig).await;
    let report = run(&app, &format!("{system}-hands")).await;
    assert_eq!(report.reading.outcome, Outcome::Good, "{report:?}");
    assert!(report.reconciled(), "{report:?}");
    let held = held(&app, system).await;
    let unknown = |case: &&TrueCase| case.bad.as_deref().is_some_and(|bad| bad.contains("转省厅"));
    let truth = rig.practice(system).truth();
    assert_eq!(held.len() + truth.iter().filter(unknown).count(), truth.len());
    for case in truth.iter().filter(|case| !unknown(case)) {
        assert_eq!(held[&case.source_no].status.word(), case.status);
    }
    assert!(held.values().all(adds), "{held:?}");
    app.stop().await;
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_in_a_window_is_turned_page_by_page_and_its_rows_open_tabs() {
    let rig = Rig::start_with(&["medical"], 22, 0.0).await;
    let case = "operator = \"detail.opinion\"\nresult_date = \"detail.finished | datetime('%Y/%m/%d %H:%M:%S')\"";
    by_hand(&rig, "medical", "list = \"window\"\ndetail = \"tab\"", case);
    let told = |case: &Case| case.fields.operator.as_deref().is_some_and(|opinion| opinion.ends_with("办理"));
    seen_by_hand(&rig, "medical", told).await;
    assert_eq!(rig.practice("medical").list_requests(), 2, "22 rows on pages of 20");
}

#[tokio::test(flavor = "multi_thread")]
async fn cards_are_loaded_to_their_end_and_open_a_drawer_each() {
    let rig = Rig::start_with(&["civil"], 26, 0.0).await;
    let case = "operator = \"detail.operator\"\nresult_date = \"detail.finished | datetime('%Y-%m-%d %H:%M')\"";
    by_hand(&rig, "civil", "list = \"cards\"\ndetail = \"drawer\"", case);
    let report = seen_by_hand(&rig, "civil", |case| case.fields.operator.is_some()).await;
    assert_eq!(report.reading.stated_total, Some(26));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_grows_while_one_scrolls_is_read_to_its_end() {
    let rig = Rig::start_with(&["finance"], 100, 0.0).await;
    let case = "applicant_name = \"list.applicant\"\nresult_date = \"detail.finished | datetime('%d %b %Y %H:%M')\"";
    by_hand(&rig, "finance", "list = \"recent\"\ndetail = \"detail\"", case);
    seen_by_hand(&rig, "finance", |case| case.fields.applicant_name.is_some()).await;
}
