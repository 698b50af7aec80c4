//! The one window's cases, and a case that came in by a system's registration form: collected like any other.

use serde_json::{Value, json};

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_one_window_is_read_over_plain_http() {
    let rig = Rig::start_with(&["onewindow"], 300, 0.0).await;
    let app = start(&rig).await;
    let report = thrice(&rig, &app, "onewindow").await;
    assert!(report.reading.browser_requests < 30, "{report:?}");
    app.stop().await;
}

/// Posts JSON to the system; gives what it answers with.
async fn post(practice: &Practice, path: &str, token: &str, body: &Value) -> Value {
    let request = reqwest::Client::new().post(format!("{}{path}", practice.address()));
    let request = request.header("content-type", "application/json").header("authorization", format!("Bearer {token}"));
    let answer = request.body(body.to_string()).send().await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_registered_is_collected_and_moves_on() {
    let rig = Rig::start_with(&["permits"], 20, 0.0).await;
    let (app, practice) = (start(&rig).await, rig.practice("permits"));
    let entered = post(practice, "api/login", "", &json!(practice.secret())).await;
    let form = json!({
        "note": "YC1", "applicant": "王芳", "applicant_type": "自然人", "id_type": "居民身份证", "id_number": "371312199001010001",
        "phone": "10000000000", "town": "汤河镇", "village": "程子河村村民委员会", "item": "居住证申领", "channel": "网上",
    });
    let saved = post(practice, "api/registered", entered["data"]["token"].as_str().unwrap(), &form).await;
    let receipt = saved["data"]["receipt"].as_str().unwrap();
    for status in ["received", "accepted"] {
        let report = run(&app, "permits-collect").await;
        let held = held(&app, "permits").await;
        meets(practice, &held, &report);
        assert_eq!(held[receipt].status.word(), status);
        practice.advance(receipt);
    }
    app.stop().await;
}
