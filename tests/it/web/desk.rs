//! The desk in a real browser, and the one case across systems that it shows.

use queqiao::{
    record::{Does, Entry, EntryEvent, EntryState, Link},
    transport::{Act, Browser, BrowserOptions, Driver, Mark, Snapshot},
};

use super::{
    screen::{attribute, page_when, texts},
    *,
};

const NO: &str = "3713122600000001";

fn card(system: &str, title: &str) -> Record {
    let Some(Record::System(card)) = good_reading(1).into_iter().next() else { panic!("a card comes first") };
    Record::System(SystemCard { system: system.to_owned(), title: title.to_owned(), ..card })
}

fn entry(system: &str, state: EntryState, receipt: Option<&str>) -> Entry {
    let at = now();
    Entry {
        system: system.to_owned(),
        source_no: Entry::key("onewindow", "YC1", Does::Enter),
        does: Does::Enter,
        origin_system: "onewindow".to_owned(),
        origin_no: "YC1".to_owned(),
        project_no: NO.to_owned(),
        state,
        receipt: receipt.map(str::to_owned),
        words: None,
        field: None,
        data_version: 1,
        at,
        bot: "enter".to_owned(),
        run: "1".to_owned(),
        events: vec![
            EntryEvent { at: at - TimeDelta::minutes(2), state: EntryState::Wanted, words: None },
            EntryEvent { at: at - TimeDelta::minutes(1), state: EntryState::Submitting, words: None },
        ],
    }
}

/// A window's case, entered into water and taken there; into permits, and nobody knows whether it arrived.
fn one_case_in_three() -> Vec<Record> {
    let window = Case { system: "onewindow".to_owned(), source_no: "YC1".to_owned(), ..case(1) };
    let mut water = Case { system: "water".to_owned(), source_no: "SL1".to_owned(), ..case(2) };
    water.status = Status::InProgress;
    let link = Link {
        system: "water".to_owned(),
        source_no: "SL1".to_owned(),
        origin_system: "onewindow".to_owned(),
        origin_no: "YC1".to_owned(),
        project_no: NO.to_owned(),
        data_version: 1,
        at: now(),
        bot: "enter".to_owned(),
        run: "1".to_owned(),
    };
    let mut doubt = entry("permits", EntryState::Unknown, None);
    doubt.words = Some("王小明的登记没有应答".to_owned());
    vec![
        card("onewindow", "河东区一窗受理平台"),
        card("water", "取水许可审批系统"),
        card("permits", "行政审批业务办理系统"),
        record(window),
        record(water),
        Record::Link(link),
        Record::Entry(Box::new(entry("water", EntryState::Verified, Some("SL1")))),
        Record::Entry(Box::new(doubt)),
    ]
}

#[tokio::test]
async fn a_case_across_systems_is_served_by_any_of_its_numbers() {
    let served = Served::start().await;
    let posted = served.post(&ndjson(&one_case_in_three())).send().await.unwrap().text().await.unwrap();
    assert_eq!(posted.matches(r#""fate":"new""#).count(), 8, "{posted}");
    for number in [NO, "YC1", "SL1"] {
        let found = served.json(&format!("/api/v1/cases/{number}")).await;
        assert_eq!(found["project_no"], NO);
        assert_eq!(found["cases"].as_array().unwrap().len(), 2, "{number}");
        assert_eq!(found["entries"].as_array().unwrap().len(), 2, "{number}");
        assert_eq!(found["links"][0]["origin_no"], "YC1");
        let times: Vec<&str> =
            found["events"].as_array().unwrap().iter().map(|row| row["at"].as_str().unwrap()).collect();
        assert!(times.len() >= 8 && times.is_sorted(), "{times:?}");
        assert!(!found.to_string().contains("王小明"), "{found}");
    }
    let figures = served.json("/api/v1/stats?measure=accepted").await;
    assert_eq!(figures[0]["of"], 1, "one case counts once");
    let overview = served.json("/api/v1/overview").await;
    assert_eq!((&overview["entries"]["entered_today"], &overview["entries"]["in_doubt"]), (&1.into(), &1.into()));
    let metrics = served.get("/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("queqiao_entries{waits_for=\"look_up\"} 1\n"), "{metrics}");
    let api = served.json("/api/v1/openapi.json").await;
    for schema in ["CaseAcross", "Link", "Entry", "EntryState", "EntriesRow", "TimelineRow"] {
        assert!(api["components"]["schemas"][schema].is_object(), "{schema}");
    }
    let mut feed = feed::Events::open(&served, "/api/v1/feed?topic=entries&after=0", None).await;
    let kinds = [feed.next().await.kind, feed.next().await.kind, feed.next().await.kind];
    assert_eq!(kinds, ["link", "entry", "entry"]);
}

#[tokio::test]
async fn the_desk_shows_one_case_in_all_its_systems_and_what_is_in_doubt() {
    let served = Served::start().await;
    served.hub.ingest(&one_case_in_three()).await.unwrap();
    let driver = Driver::new();
    let browser = Browser::open(&driver, &BrowserOptions::default()).await.unwrap();
    let state = |page: &Snapshot, state: &str| attribute(page, "body", "data-state").as_deref() == Some(state);
    browser.goto(&served.url("/desk?no=SL1")).await.unwrap();
    let page = page_when(&browser, "the case", |page| state(page, "found")).await;
    assert!(page.title.starts_with("SL1"), "{}", page.title);
    let stands = texts(&page, ".stands li strong");
    assert_eq!(stands, ["受理", "办理中", "结果不明"], "where it comes from stands first");
    let alert = texts(&page, ".alert[data-entry='unknown']").concat();
    assert!(alert.contains("行政审批业务办理系统") && alert.contains("不要另行录入"), "{alert}");
    assert!(alert.contains("王**的登记没有应答"), "{alert}");
    assert_eq!(texts(&page, ".timeline li.now b").len(), 1);
    assert!(texts(&page, ".timeline").concat().contains("录入「取水许可审批系统」：已核对"));
    assert!(!page.html.contains("王小明") && !page.html.contains("13800001234"));
    assert!(page.html.contains("<label for=\"no\""), "the box has a label");

    let shown = browser.snapshot(true).await.unwrap();
    let mark = |css: &str| {
        let index = attribute(&shown, css, "data-queqiao").and_then(|number| number.parse().ok());
        Mark { frames: Vec::new(), index: index.expect("it is marked") }
    };
    browser.act(&mark("#no"), &Act::Fill(SecretString::from("NOBODY-7"))).await.unwrap();
    browser.act(&mark("#ask button"), &Act::Click).await.unwrap();
    let page = page_when(&browser, "the refusal", |page| state(page, "unknown")).await;
    assert!(texts(&page, ".alert").concat().contains("没有找到编号 NOBODY-7"));
    assert!(texts(&page, ".tips li").len() >= 3, "it says what to try");
    assert!(page.address.ends_with("/desk?no=NOBODY-7"), "the address can be passed on: {}", page.address);

    browser.goto(&served.url("/desk?no=YC1&lang=en")).await.unwrap();
    let page = page_when(&browser, "the case in English", |page| state(page, "found")).await;
    assert_eq!(texts(&page, ".stands li strong"), ["Accepted", "In progress", "outcome unknown"]);
    browser.close().await;
    driver.stop().await;
}
