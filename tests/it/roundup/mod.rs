//! A system that nobody here wrote: Roundup 2.6, the issue tracker, as its makers ship it, in Chinese.
//!
//! Its adapter is `adapter/`; the pages that the adapter's own tests read are in `adapter/pages/`.

mod compare;
mod database;
mod seed;
mod tracker;
mod venv;

pub use compare::compare;
pub use database::{Issue, issues};
pub use tracker::Roundup;

/// A signed-in visitor: the session travels in a cookie.
async fn sign_in(tracker: &Roundup) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().cookie_store(true).build().expect("a client");
    let form = read(&client, tracker, "home").await;
    let token =
        form.split("name=\"@csrf\"").nth(1).and_then(|rest| rest.split('"').nth(3)).expect("the form has a token");
    let mut fields = url::form_urlencoded::Serializer::new(String::new());
    fields.append_pair("__login_name", tracker.username).append_pair("__login_password", &tracker.password);
    let fields = fields.append_pair("@action", "Login").append_pair("@csrf", token).finish();
    let form =
        client.post(tracker.base.clone()).header("content-type", "application/x-www-form-urlencoded").body(fields);
    let answer = form.send().await.expect("the tracker answers");
    let page = answer.text().await.expect("the tracker answers to the end");
    assert!(page.contains("登出"), "{page}");
    client
}

async fn read(client: &reqwest::Client, tracker: &Roundup, path: &str) -> String {
    let address = tracker.base.join(path).expect("a path");
    let answer = client.get(address).send().await.expect("the tracker answers");
    assert_eq!(answer.status(), 200, "this system says what is wrong in words, not in status codes");
    answer.text().await.expect("the tracker answers to the end")
}

#[tokio::test]
async fn shows_its_issues_in_chinese_and_only_to_who_has_signed_in() {
    let tracker = tokio::task::spawn_blocking(Roundup::start).await.expect("the tracker starts");
    let issues = issues(&tracker.database()).await;
    assert_eq!(issues.len(), seed::LIVING);
    assert!(issues.iter().all(|issue| issue.id != 17), "a retired issue is none");

    let client = sign_in(&tracker).await;
    let stranger = reqwest::Client::new();
    for path in [
        "issue?@sort=id&@columns=id,title,status&@pagesize=50&@startwith=50".to_owned(),
        format!("issue{}", issues[60].id),
    ] {
        let shown = read(&stranger, &tracker, &path).await;
        assert!(shown.contains("__login_name") && !shown.contains("共 300 项"), "{path}: {shown}");
        let shown = read(&client, &tracker, &path).await;
        assert!(!shown.contains("__login_name") && shown.contains("状态"), "{path}: {shown}");
    }
}

#[test]
fn its_adapter_is_checked_without_a_mistake() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/roundup/adapter");
    let (adapters, report) = queqiao::adapter::Adapters::check(&root);
    assert_eq!(report.render(queqiao::base::Lang::En, false).trim(), "");
    assert!(adapters.bots.contains_key("roundup-collect"));
    let lines = |file: &str| std::fs::read_to_string(root.join(file)).expect("the file is there").lines().count();
    assert!(lines("selectors/roundup.toml") + lines("bots/roundup-collect.toml") < 60);
}
