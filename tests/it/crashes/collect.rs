//! SIGKILL at random moments of collect and ingest: nothing lost, nothing doubled.

use std::{path::Path, sync::Arc, time::Duration};

use queqiao::{
    base::Clock,
    calendar::Calendar,
    hub::{Hub, StatsQuery},
    store::Store,
};
use serde_json::Value;

use crate::rig::{Process, Rig, finished, queqiao, stdout};

/// Kills, as the issue asks.
const KILLS: usize = 50;
const MEASURES: &str = "received,accepted,done,open,on_time_rate,overdue_open,warning";
const BOTS: [&str; 2] = ["permits-collect", "water-collect"];

/// Every figure of a data folder by day, town, department and system, without its age.
async fn figures(data: &Path) -> Vec<Value> {
    let store = Store::open(&format!("sqlite:{}", data.join("queqiao.db").display())).await.unwrap();
    let hub = Hub::open(store, Clock::system(), Arc::new(Calendar::district())).await.unwrap();
    let query = StatsQuery::parse(MEASURES, "system,department,town").unwrap();
    let mut figures: Vec<Value> = Vec::new();
    for figure in hub.stats(&query).await.unwrap() {
        let figure = serde_json::to_value(figure).unwrap();
        figures.push(serde_json::json!([
            figure["measure"],
            figure["dims"],
            figure["value"],
            figure["of"],
            figure["gap"]
        ]));
    }
    figures.sort_by_key(Value::to_string);
    figures
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_fifty_times_the_figures_are_those_of_an_undisturbed_run() {
    let rig = Rig::start(200, 0.0).await;
    let disturbed = rig.settings("disturbed", "");
    let mut random = fastrand::Rng::with_seed(50);
    // The first login of a secret must be seen to its end: until then a killed one counts against the account.
    for bot in BOTS {
        let mut process = Process::start(queqiao(&disturbed).args(["run", bot]));
        process.wait_for("Signed in.");
        process.kill();
    }
    let (mut killed, mut unseen) = (BOTS.len(), [0; BOTS.len()]);
    while killed < KILLS {
        let which = killed % BOTS.len();
        let practice = rig.practice(BOTS[which].trim_end_matches("-collect"));
        practice.add_case();
        let cases = practice.truth();
        practice.advance(&cases[random.usize(..cases.len())].source_no);
        let mut process = Process::start(queqiao(&disturbed).args(["run", BOTS[which], "--full"]));
        // Three logins in a row without a seen end would rightly freeze the account: on a slow machine every moment can fall
        // into a login, so the third process is let through to its end.
        if unseen[which] == 2 {
            process.wait_for("Signed in.");
        }
        match process.wait_at_most(Duration::from_millis(random.u64(0..6000))) {
            None => killed += 1,
            Some(status) => assert_ne!(status.code(), Some(3), "{}", process.told()),
        }
        unseen[which] = if process.told().contains("Signed in.") { 0 } else { unseen[which] + 1 };
        process.kill();
    }
    for bot in BOTS {
        stdout(&finished(queqiao(&disturbed).args(["run", bot])), 0);
    }
    let undisturbed = rig.settings("undisturbed", "");
    for bot in BOTS {
        stdout(&finished(queqiao(&undisturbed).args(["run", bot])), 0);
    }
    let expected = figures(&rig.path("undisturbed")).await;
    assert!(expected.len() > 50, "{expected:?}");
    pretty_equal(&figures(&rig.path("disturbed")).await, &expected);
}

fn pretty_equal(left: &[Value], right: &[Value]) {
    let only = |one: &[Value], other: &[Value]| {
        one.iter().filter(|value| !other.contains(value)).map(Value::to_string).collect::<Vec<_>>().join("\n")
    };
    assert!(left == right, "only after kills:\n{}\nonly undisturbed:\n{}", only(left, right), only(right, left));
}
