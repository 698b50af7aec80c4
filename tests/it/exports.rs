//! Lists that come as files: exports behind HTTP Basic and behind a certificate, and what a person drops into a folder.

use std::{collections::BTreeMap, fs, sync::Arc};

use queqiao::{
    app,
    base::{Clock, Remedy},
    record::{Case, Record},
    run::{Bridge, RunOptions, RunReport},
    sandbox::{Practice, TrueCase},
    settings::Settings,
    store::Store,
    vault::Vault,
};

use crate::rig::{PASSWORD, Rig};

/// A bridge without a hub: what it passes on stays in its outbox.
async fn start(rig: &Rig) -> Arc<Bridge> {
    let settings = Settings::load(Some(&rig.settings("data", "")), []).unwrap();
    let adapters = app::load_adapters(&settings).unwrap();
    let vault = Vault::open(settings.secrets.as_deref(), &settings.root, std::iter::empty()).unwrap();
    let store = Store::open(&format!("sqlite:{}", rig.path("q.db").display())).await.unwrap();
    let evidence = rig.path("evidence");
    Arc::new(Bridge::new(Arc::new(adapters), store, Arc::new(vault), Clock::system(), evidence))
}

async fn run(bridge: &Arc<Bridge>, bot: &str) -> RunReport {
    bridge.run(bot, RunOptions::default(), Arc::new(|_| {})).await.unwrap()
}

/// The cases that were passed on, by number, the newest version of each.
async fn cases(bridge: &Bridge, system: &str) -> BTreeMap<String, Case> {
    let lines = bridge.store.outbox(100_000).await.unwrap();
    let records = lines.iter().map(|line| serde_json::from_str(&line.line).unwrap());
    let cases = records.filter_map(|record| match record {
        Record::Case(case) if case.system == system => Some((case.source_no.clone(), *case)),
        _ => None,
    });
    cases.collect()
}

/// Every good case was read as the answer sheet says, and exactly the bad ones stand in quarantine.
async fn as_true(bridge: &Bridge, practice: &Practice, report: &RunReport) {
    assert!(report.reconciled(), "{report:?}");
    let (good, bad): (Vec<TrueCase>, Vec<TrueCase>) = practice.truth().into_iter().partition(|case| case.bad.is_none());
    // Rows that stand there since an earlier reading are counted and no longer named.
    assert_eq!(report.reading.quarantined, bad.len() as u64);
    let planted = |number: &String| bad.iter().any(|case| case.source_no == *number);
    assert!(report.quarantined_rows.iter().all(|row| planted(&row.source_no)), "{report:?}");
    let read = cases(bridge, practice.name()).await;
    assert_eq!(read.len(), good.len());
    for case in good {
        let own = &read[&case.source_no];
        let fields = &own.fields;
        assert_eq!(own.status.word(), case.status, "{case:?}");
        assert_eq!(own.result.map(|result| result.word().to_owned()), case.result, "{case:?}");
        assert_eq!(fields.task_name.as_ref(), Some(&case.task_name));
        assert_eq!(fields.applicant_name.as_ref(), Some(&case.applicant_name));
        assert_eq!(fields.org_name.as_ref(), Some(&case.org_name));
        assert_eq!(fields.region_code.as_ref(), Some(&case.town_code));
        let dates = [fields.apply_date, fields.accept_date, fields.promise_date, fields.result_date];
        assert_eq!(dates, [case.apply_date, case.accept_date, case.promise_date, case.result_date], "{case:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_are_read_as_the_answer_sheet_says() {
    let rig = Rig::start_with(&["estate", "tax"], 600, 0.0).await;
    let bridge = start(&rig).await;
    for name in ["estate", "tax"] {
        let (practice, bot) = (rig.practice(name), format!("{name}-collect"));
        let first = run(&bridge, &bot).await;
        as_true(&bridge, practice, &first).await;
        assert_eq!((first.reading.rows_read, first.reading.stated_total), (600, Some(600)));
        assert_eq!(first.quarantined_rows.len(), 4);

        practice.add_case();
        let moving = practice.truth().into_iter().find(|case| case.bad.is_none() && case.status == "in_progress");
        practice.advance(&moving.unwrap().source_no);
        let second = run(&bridge, &bot).await;
        as_true(&bridge, practice, &second).await;
        assert_eq!((second.reading.rows_read, second.reading.changed), (601, 2), "{second:?}");

        practice.set_maintenance(true);
        let busy = run(&bridge, &bot).await;
        assert_eq!(busy.remedy, Some(Remedy::Backoff), "{busy:?}");
        assert_eq!(practice.failed_logins(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_name_or_a_strangers_certificate_is_tried_once() {
    let rig = Rig::start_with(&["estate", "tax"], 20, 0.0).await;
    let stranger = Rig::start_with(&["tax"], 1, 0.0).await;
    rig.write_secrets("wrong");
    let bridge = start(&rig).await;
    let estate = rig.practice("estate");
    for _ in 0..3 {
        let refused = run(&bridge, "estate-collect").await;
        assert_eq!((refused.remedy, refused.reading.rows_read), (Some(Remedy::Human), 0), "{refused:?}");
    }
    assert_eq!(estate.failed_logins(), 1);
    rig.write_secrets(PASSWORD);
    assert!(run(&bridge, "estate-collect").await.reconciled());

    fs::copy(stranger.path("secrets.toml"), rig.path("secrets.toml")).unwrap();
    let refused = run(&bridge, "tax-collect").await;
    assert_eq!((refused.remedy, refused.reading.rows_read), (Some(Remedy::Human), 0), "{refused:?}");
    assert!(refused.reading.reason.as_ref().unwrap().contains("don't trust each other"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_exports_into_a_folder_is_read_like_the_export_itself() {
    let rig = Rig::start_with(&["estate"], 60, 0.0).await;
    let estate = rig.practice("estate");
    let root = rig.path("root");
    let change = |file: &str, from: &str, to: &str| {
        let text = fs::read_to_string(root.join(file)).unwrap();
        assert!(text.contains(from), "{file} no longer says {from}");
        fs::write(root.join(file), text.replacen(from, to, 1)).unwrap();
    };
    change(
        "selectors/estate.toml",
        "\"export.do?type=xlsx\"\nvia   = \"http\"",
        "\"incoming/不动产*.xlsx\"\nvia = \"folder\"",
    );
    change("bots/estate-collect.toml", "account = \"estate-bot\"\n\n[login]\nby = \"basic\"\n", "");
    let bridge = start(&rig).await;
    let incoming = root.join("incoming");
    fs::create_dir(&incoming).unwrap();
    let none = run(&bridge, "estate-collect").await;
    assert_ne!(none.remedy, None, "{none:?}");

    let export = async |name: &str| {
        let request = reqwest::Client::new().get(format!("{}export.do?type=xlsx", estate.address()));
        let answer = request.basic_auth("bot", Some(PASSWORD)).send().await.unwrap();
        fs::write(incoming.join(name), answer.bytes().await.unwrap()).unwrap();
    };
    export("不动产 1.xlsx").await;
    fs::write(incoming.join("别的.xlsx"), "x").unwrap();
    as_true(&bridge, estate, &run(&bridge, "estate-collect").await).await;
    estate.add_case();
    export("不动产 2.xlsx").await;
    let second = run(&bridge, "estate-collect").await;
    as_true(&bridge, estate, &second).await;
    assert_eq!(second.reading.changed, 1);
    fs::write(incoming.join("不动产 3.xlsx"), "PK\u{3}\u{4} half").unwrap();
    let broken = run(&bridge, "estate-collect").await;
    assert_eq!(broken.remedy, Some(Remedy::Human), "{broken:?}");
    assert!(broken.reading.reason.as_ref().unwrap().contains("damaged"), "{broken:?}");
}
