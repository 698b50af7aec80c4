//! Runner and hub as two processes; the hub is killed again and again while records flow.

use std::{collections::BTreeSet, time::Instant};

use queqiao::host::free_port;
use serde_json::Value;

use crate::rig::{PATIENCE, Process, Rig, queqiao};

const HUB_KILLS: usize = 20;

/// A GET that must end well sooner or later: the hub may be starting.
async fn get(client: &reqwest::Client, address: &str) -> Value {
    let began = Instant::now();
    loop {
        if let Ok(answer) = client.get(address).send().await
            && answer.status().is_success()
        {
            return answer.json().await.expect("the API answers JSON");
        }
        assert!(began.elapsed() < PATIENCE, "{address} never answered");
        tokio::task::yield_now().await;
    }
}

/// The numbers of all cases that the hub holds of a system, page by page.
async fn numbers(client: &reqwest::Client, hub: &str, system: &str) -> Vec<(String, String)> {
    let mut numbers = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = get(client, &format!("{hub}api/v1/cases?system={system}&limit=200{cursor}")).await;
        let cases = page["cases"].as_array().expect("a page has cases");
        let text = |case: &Value, field: &str| case[field].as_str().expect("a text").to_owned();
        numbers.extend(cases.iter().map(|case| (text(case, "source_no"), text(case, "status"))));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return numbers,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_is_killed_twenty_times_ends_with_the_runners_figures() {
    let rig = Rig::start(150, 20.0).await;
    let port = free_port().unwrap();
    let hub = format!("http://127.0.0.1:{port}/");
    let hub_settings = rig.settings("hub", &format!("role = \"hub\"\nlisten = \"127.0.0.1:{port}\""));
    let runner_settings = rig.settings("runner", &format!("role = \"runner\"\nhub = \"{hub}\""));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let runner = Process::start(queqiao(&runner_settings).arg("serve"));
    let mut position = 0;
    for _ in 0..HUB_KILLS {
        let serving = Process::start(queqiao(&hub_settings).arg("serve"));
        // Killed only once something new has come in: every kill falls into a flow.
        let began = Instant::now();
        loop {
            let overview = get(&client, &format!("{hub}api/v1/overview")).await;
            let now = overview["position"].as_i64().expect("a position");
            assert!(now >= position, "the journal went back from {position} to {now}");
            if now > position {
                position = now;
                break;
            }
            assert!(began.elapsed() < PATIENCE, "nothing new reached the hub");
        }
        serving.kill();
    }
    let serving = Process::start(queqiao(&hub_settings).arg("serve"));
    rig.sandbox.hold_still();
    for practice in rig.sandbox.systems() {
        let name = practice.name();
        let began = Instant::now();
        let truth = loop {
            // Asked anew each time: a move that was under way when business was stopped is still made.
            let truth = practice.truth();
            let good = truth.iter().filter(|case| case.bad.is_none());
            let expected: BTreeSet<_> = good.map(|case| (case.source_no.clone(), case.status.clone())).collect();
            let held = numbers(&client, &hub, name).await;
            let distinct: BTreeSet<_> = held.iter().cloned().collect();
            let keys: BTreeSet<_> = held.iter().map(|(no, _)| no).collect();
            if distinct == expected && keys.len() == expected.len() {
                break truth;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "{name}: only here {:?}, only there {:?}",
                distinct.difference(&expected).take(5).collect::<Vec<_>>(),
                expected.difference(&distinct).take(5).collect::<Vec<_>>()
            );
        };
        let stats = get(&client, &format!("{hub}api/v1/stats?measure=accepted&by=system&where=system:{name}")).await;
        let accepted = truth.iter().filter(|case| case.bad.is_none() && case.accept_date.is_some()).count();
        assert_eq!(stats[0]["value"].as_f64(), Some(accepted as f64), "{stats}");
    }
    for process in [runner, serving] {
        assert!(process.terminate().success(), "SIGTERM ends it in order");
    }
}
