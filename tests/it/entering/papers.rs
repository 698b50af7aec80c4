//! Files that go with a record: from the adapters' folder into the form, on every framework.

use std::{fs, path::Path};

use super::desk::{Desk, accepted, change};

/// Systems whose form a bot fills in the browser.
const SYSTEMS: [&str; 4] = ["water", "permits", "social", "housing"];
/// What every one of them is told last.
const REMARK: &str = "  { fill   = { remark = \"一窗受理平台转来\" } },\n";

/// A bot that hands in `papers/MARK-申请书.txt`.
fn handing_in(root: &Path, system: &str) {
    let upload = "  { upload = { materials = \"papers/{mark}-申请书.txt\" } },\n";
    change(root, &format!("bots/{system}-enter.toml"), REMARK, &format!("{REMARK}{upload}"));
    fs::create_dir(root.join("papers")).unwrap();
    fs::write(root.join("papers/YC1-申请书.txt"), "取水许可延续申请书").unwrap();
    // Beside the folder, where no record may lead.
    fs::write(root.join("secret-申请书.txt"), "不该交出去").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_the_adapters_folder_is_handed_in_with_the_record() {
    for system in SYSTEMS {
        let bot = format!("{system}-enter");
        let desk = Desk::open_changed(&[system], |root| handing_in(root, system), |bridge| bridge).await;
        let (one, two, three) = (accepted(system, "YC1"), accepted(system, "YC2"), accepted(system, "YC3"));
        let marked = [("YC1", &one), ("YC2", &two), ("../secret", &three)];
        desk.want_marked(&bot, &marked).await;
        let report = desk.run(&bot).await;
        let registered = desk.registered(system);
        assert_eq!(registered.len(), 1, "{system}: {report:?}");
        assert_eq!(registered[0].files, ["YC1-申请书.txt"], "{system}");
        let entries = desk.entries().await;
        assert_eq!(entries[0].state, "verified", "{system}: {report:?}");
        let events = desk.store.entry_events(entries[0].id).await.unwrap();
        let sent = events.iter().find(|event| event.event == "submitting").unwrap();
        assert!(sent.detail.contains(r#""shown":"YC1-申请书.txt""#), "{system}: {}", sent.detail);
        for (entry, path) in entries[1..].iter().zip(["papers/YC2-申请书.txt", "papers/../secret-申请书.txt"]) {
            assert_eq!((entry.state.as_str(), entry.field.as_deref()), ("waiting", Some("materials")), "{entry:?}");
            let words = entry.words.as_deref().unwrap();
            assert!(words.contains("申请材料") && words.contains(path), "{system}: {words}");
        }
        desk.bridge.close().await;
    }
}
