//! The whole bridge: a wrong password, processes that are killed and started again, the right password; what is watched, not run.

use std::time::{Duration, Instant};

use chrono::Days;
use queqiao::{host::free_port, vault::Expiry};

use super::*;
use crate::rig::{PASSWORD, PATIENCE, Process, queqiao, until};

fn wait_for(robots: &Robots, letters: usize, process: &Process) {
    wait_until(robots, process, || robots.got("webhook").len() >= letters);
}

/// Waits until every letter is delivered, as far as the bridge knows.
async fn arrived(rig: &crate::rig::Rig, process: &Process) {
    let began = Instant::now();
    let store = Store::open(&format!("sqlite:{}", rig.path("data").join("queqiao.db").display())).await.unwrap();
    while store.alerts_waiting().await.unwrap() > 0 {
        assert!(began.elapsed() < PATIENCE, "letters still wait:\n{}", process.told());
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

fn wait_until(robots: &Robots, process: &Process, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "not these letters: {:?}\n{}", robots.letters, process.told());
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_told_once_over_kills_and_once_when_it_is_mended() {
    let robots = Robots::start().await;
    let rig = crate::rig::Rig::start_with(&["water"], 10, 0.0).await;
    rig.write_secrets("wrong-canary");
    let address = robots.address("webhook");
    let more = format!("listen = \"127.0.0.1:0\"\n[[alert]]\nkind = \"webhook\"\naddress = \"{address}\"");
    let settings = rig.settings("data", &more);
    for round in 0..3 {
        let mut process = Process::start(queqiao(&settings).arg("serve"));
        wait_for(&robots, 1, &process);
        // A run in each life that meets the same trouble.
        process.wait_for(if round == 0 { "用户名或密码错误" } else { "frozen" });
        // Killed before it has forgotten the letter it would send it once more, five minutes later, and hold the next one back till then.
        arrived(&rig, &process).await;
        process.kill();
    }
    rig.write_secrets(PASSWORD);
    let process = Process::start(queqiao(&settings).arg("serve"));
    wait_for(&robots, 2, &process);
    assert!(process.terminate().success());
    let letters = robots.got("webhook");
    let events: Vec<_> =
        letters.iter().map(|letter| (letter.body["event"].clone(), letter.body["key"].clone())).collect();
    let key = letters[0].body["key"].clone();
    assert!(key.as_str().unwrap().starts_with("account/"), "{letters:?}");
    assert_eq!(events, [(Value::from("begun"), key.clone()), (Value::from("over"), key)]);
    let all = format!("{letters:?}");
    assert!(!all.contains("wrong-canary") && !all.contains(PASSWORD), "{all}");
    assert_eq!(rig.practice("water").failed_logins(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_bot_and_passwords_that_expire_are_told_and_only_the_bot_makes_the_bridge_unready() {
    let robots = Robots::start().await;
    let rig = crate::rig::Rig::start_with(&["estate"], 10, 0.0).await;
    rig.write_secrets("wrong-canary");
    let vault = Vault::at(Some(&rig.path("secrets.toml")), None, &rig.path("root"), []).unwrap();
    let today = Clock::system().local().date_naive();
    let password = [("password".to_owned(), SecretString::from("sealed-canary"))].into();
    let (soon, gone) = (today + Days::new(3), today - Days::new(3));
    vault.set("soon-bot", &password, Expiry::On(soon)).unwrap();
    vault.set("gone-bot", &password, Expiry::On(gone)).unwrap();
    let schedule = "[[schedule]]\nbots = [\"estate-collect\"]\ncron = \"* * * * * *\"\ntimeout = \"15s\"\n";
    std::fs::write(rig.path("root").join("schedules/demo.toml"), schedule).unwrap();
    let port = free_port().unwrap();
    let address = robots.address("webhook");
    let more = format!("listen = \"127.0.0.1:{port}\"\n[[alert]]\nkind = \"webhook\"\naddress = \"{address}\"");
    let process = Process::start(queqiao(&rig.settings("data", &more)).arg("serve"));
    let ready = format!("http://127.0.0.1:{port}/readyz");
    let told = until(&ready, |status, told| status == 503 && told["warnings"][1].is_string()).await;
    assert!(told["troubles"][0].as_str().unwrap().contains("estate-collect"), "{told}");
    let warnings = told["warnings"].to_string();
    assert!(warnings.contains(&format!("gone-bot 的密码已于 {gone} 到期")), "{warnings}");
    assert!(warnings.contains(&format!("soon-bot 的密码将于 {soon} 到期")), "{warnings}");
    let english = until(&format!("{ready}?lang=en"), |status, _| status == 503).await["warnings"].to_string();
    assert!(english.contains(&format!("gone-bot expired on {gone}")), "{english}");
    let keys = ["dead/estate-collect".to_owned(), format!("expiry/gone-bot/{gone}"), format!("expiry/soon-bot/{soon}")];
    let told_of = |event: &str| {
        let letters = robots.got("webhook");
        let of =
            |key: &String| letters.iter().filter(|one| one.body["event"] == event && one.body["key"] == **key).count();
        keys.each_ref().map(of)
    };
    wait_until(&robots, &process, || told_of("begun") == [1; 3]);
    assert_eq!(told_of("over"), [0; 3]);
    rig.write_secrets(PASSWORD);
    let told = until(&ready, |status, _| status == 200).await;
    assert!(told["ready"] == true && told["warnings"][1].is_string(), "{told}");
    vault.set("soon-bot", &password, Expiry::Unsaid).unwrap();
    vault.set("gone-bot", &password, Expiry::Never).unwrap();
    until(&ready, |status, told| status == 200 && told["warnings"] == Value::Array(Vec::new())).await;
    wait_until(&robots, &process, || told_of("over") == [1; 3]);
    assert!(process.terminate().success());
    assert_eq!(told_of("begun"), [1; 3]);
    let all = format!("{:?}", robots.got("webhook"));
    assert!(!all.contains("wrong-canary") && !all.contains("sealed-canary"), "{all}");
    assert!(rig.practice("estate").failed_logins() <= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_tells_that_the_runner_beside_it_has_died_and_that_it_is_back() {
    let robots = Robots::start().await;
    let rig = crate::rig::Rig::start_with(&["estate"], 10, 0.0).await;
    let schedule = "[[schedule]]\nbots = [\"estate-collect\"]\ncron = \"* * * * * *\"\ntimeout = \"15s\"\n";
    std::fs::write(rig.path("root").join("schedules/demo.toml"), schedule).unwrap();
    let (store, port) = (crate::postgres::database().await, free_port().unwrap());
    // One store and one way of telling, as two processes that share their settings have.
    let common =
        format!("store = \"{store}\"\n[[alert]]\nkind = \"webhook\"\naddress = \"{}\"", robots.address("webhook"));
    let hub = rig.settings("hub", &format!("role = \"hub\"\nlisten = \"127.0.0.1:{port}\"\n{common}"));
    let runner = rig.settings("runner", &format!("role = \"runner\"\nhub = \"http://127.0.0.1:{port}/\"\n{common}"));
    let start = |settings: &std::path::Path| Process::start(queqiao(settings).arg("serve"));
    let ready = format!("http://127.0.0.1:{port}/readyz");
    let told_of = |event: &str| {
        let letters = robots.got("webhook");
        letters.iter().filter(|one| one.body["event"] == event && one.body["key"] == "dead/estate-collect").count()
    };

    let telling = start(&hub);
    let working = start(&runner);
    let good = format!("http://127.0.0.1:{port}/api/v1/stats?measure=accepted&by=system");
    until(&good, |status, told| status == 200 && told[0]["value"].as_f64().is_some()).await;
    working.kill();
    let told = until(&ready, |status, _| status == 503).await;
    assert!(told["troubles"].to_string().contains("estate-collect"), "{told}");
    wait_until(&robots, &telling, || told_of("begun") == 1);
    assert_eq!(told_of("over"), 0);

    let working = start(&runner);
    until(&ready, |status, _| status == 200).await;
    wait_until(&robots, &telling, || told_of("over") == 1);
    assert!(working.terminate().success() && telling.terminate().success());
    assert_eq!((told_of("begun"), told_of("over")), (1, 1));
}
