//! `social`: post-backs over plain HTTP, and the same in a browser.

use queqiao::record::Attachment;
use sha2::{Digest, Sha256};

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn post_backs_are_followed_over_plain_http() {
    let rig = Rig::start_with(&["social"], 300, 0.0).await;
    let app = start(&rig).await;
    let report = thrice(&rig, &app, "social").await;
    assert!(report.reading.browser_requests < 30, "{report:?}");
    for case in held(&app, "social").await.values() {
        assert!(!case.events.is_empty() && case.events[0].name == "提交申请", "{case:?}");
        let scans = case.attachments.iter().filter(|paper| paper.name.ends_with(".bmp") && paper.bytes == 4662).count();
        assert_eq!((case.attachments[0].name.as_str(), case.attachments.len()), ("业务申请表.pdf", 1 + scans));
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_reads_the_same_and_downloads_the_same() {
    let rig = Rig::start_with(&["social"], 45, 0.0).await;
    let app = start(&rig).await;
    run(&app, "social-collect").await;
    let over_http = held(&app, "social").await;
    app.stop().await;

    let rig = Rig::start_with(&["social"], 45, 0.0).await;
    change(&rig, "bots/social-collect.toml", &[("= \"list\"\n", "= \"list_browser\"\n")]);
    let app = start(&rig).await;
    let report = run(&app, "social-collect").await;
    let in_browser = held(&app, "social").await;
    meets(rig.practice("social"), &in_browser, &report);
    let hashes = |papers: &[Attachment]| papers.iter().map(|paper| paper.sha256.clone()).collect::<Vec<_>>();
    for (number, case) in &in_browser {
        assert_eq!(hashes(&case.attachments), hashes(&over_http[number].attachments), "{number}");
        assert!(hashes(&case.attachments).iter().all(|hash| hash.len() == Sha256::output_size() * 2));
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn post_backs_go_on_where_rows_move_and_sessions_end() {
    let rig = Rig::start_with(&["social"], 130, 0.0).await;
    let app = start(&rig).await;
    while_rows_move(&rig, &app, "social").await;
    let practice = rig.practice("social");
    practice.set_session_requests(Some(80));
    for _ in 0..150 {
        practice.add_case();
    }
    let renewed = run(&app, "social-collect").await;
    assert!(renewed.reconciled(), "{renewed:?}");
    hold(&held(&app, "social").await, &practice.truth());
    assert!(practice.logins() > 2 && practice.failed_logins() == 0, "{}", practice.logins());
    app.stop().await;
}
