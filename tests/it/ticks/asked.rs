//! Schedules and ticks as operators ask for them: at the command line and by the API, of a bridge that serves.

use std::path::Path;

use queqiao::host::free_port;
use serde_json::{Value, json};

use crate::rig::{Process, Rig, finished, queqiao, stdout, until};

fn typed(settings: &Path, words: &[&str], code: i32) -> String {
    stdout(&finished(queqiao(settings).args(words)), code)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_hears_what_became_of_every_instant() {
    let rig = Rig::start_with(&["permits"], 20, 0.0).await;
    let port = free_port().unwrap();
    let settings = rig.settings("data", &format!("listen = \"127.0.0.1:{port}\""));
    let file = rig.path("root").join("schedules/demo.toml");
    let schedule = "[[schedule]]\nname = \"quick\"\nbots = [\"permits-collect\"]\ncron = \"*/2 * * * * *\"\n";
    std::fs::write(&file, schedule).unwrap();
    let early = finished(queqiao(&settings).arg("ticks"));
    assert!(stdout(&early, 1).is_empty() && String::from_utf8_lossy(&early.stderr).contains("Start queqiao serve"));
    let serving = Process::start(queqiao(&settings).arg("serve"));
    let api = format!("http://127.0.0.1:{port}/api/v1/");
    let ran = until(&format!("{api}ticks?state=ran&lang=en"), |_, ticks| ticks[0]["state"] == "ran").await;
    assert_eq!(ran[0]["schedule"], "quick");
    let runs = until(&format!("{api}runs"), |_, runs| runs[0]["outcome"] == "good").await;
    assert_eq!((&runs[0]["bot"], &runs[0]["state"]), (&json!("permits-collect"), &json!("ran")));

    // At the command line, beside the bridge that serves.
    let told = typed(&settings, &["schedules"], 0);
    assert!(told.contains("quick") && told.contains("*/2 * * * * *") && told.contains("active"), "{told}");
    assert!(typed(&settings, &["ticks", "quick", "--state", "ran"], 0).contains("quick"));
    assert!(typed(&settings, &["runs"], 0).contains("permits-collect"));
    let unknown = typed(&settings, &["ticks", "quick", "--at", "2020-01-01 14:00"], 0);
    assert!(unknown.contains("Engines have known schedule quick since"), "{unknown}");
    let missing = finished(queqiao(&settings).args(["ticks", "slow"]));
    assert!(stdout(&missing, 1).is_empty() && String::from_utf8_lossy(&missing.stderr).contains("there are: quick"));
    let tomorrow = (chrono::Utc::now() + chrono::TimeDelta::days(1)).to_rfc3339();
    let told = typed(&settings, &["ticks", "quick", "--at", &tomorrow], 0);
    assert!(told.contains("still to come"), "{told}");
    assert!(typed(&settings, &["runs", "permits-colect"], 0).contains("permits-colect has not run"));
    typed(&settings, &["schedules", "pause", "quick", "--because", " "], 1);
    typed(&settings, &["schedules", "pause", "quick", "--because", "the office moves"], 0);
    let skipped =
        until(&format!("{api}ticks?state=skipped&lang=en"), |_, ticks| ticks[0]["reason"]["why"] == "paused").await;
    assert!(skipped[0]["why"].as_str().unwrap().contains("the office moves"), "{skipped}");

    // The API lets it go on, and says no to whoever may not.
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let resume = client.post(format!("{api}schedules/quick/resume"));
    assert_eq!(resume.try_clone().unwrap().send().await.unwrap().status(), 401);
    assert_eq!(resume.bearer_auth("between-runner-and-hub").send().await.unwrap().status(), 204);
    let pause = client.post(format!("{api}schedules/quick/pause")).bearer_auth("between-runner-and-hub");
    assert_eq!(pause.try_clone().unwrap().body("{\"by\":\"li\"}").send().await.unwrap().status(), 400);
    let unknown = client.post(format!("{api}schedules/slow/resume")).bearer_auth("between-runner-and-hub");
    assert_eq!(unknown.send().await.unwrap().status(), 404);

    // A file with a mistake changes nothing, and says what is wrong; one without is taken up.
    std::fs::write(&file, schedule.replace("permits-collect", "permits-colect")).unwrap();
    let told = until(&format!("{api}schedules"), |_, told| told["engines"][0]["files"].is_string()).await;
    assert!(told["engines"][0]["files"].as_str().unwrap().contains("permits-colect"), "{told}");
    assert_eq!(told["schedules"][0]["name"], "quick");
    std::fs::write(&file, schedule.replace("quick", "quicker")).unwrap();
    let told =
        until(&format!("{api}schedules"), |_, told| told["schedules"].as_array().is_some_and(|all| all.len() == 2))
            .await;
    assert!(told["engines"][0]["files"].is_null(), "{told}");
    until(&format!("{api}ticks?schedule=quicker&state=ran"), |_, ticks| ticks[0]["state"] == "ran").await;
    assert!(serving.terminate().success());
    let told = typed(&settings, &["ticks", "quicker", "--limit", "1", "--json"], 0);
    let last: Value = serde_json::from_str(told.trim()).unwrap();
    assert!(last["state"] != "running", "nothing is left as if it were running: {last}");
}
