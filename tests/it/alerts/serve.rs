//! The whole bridge: a wrong password, processes that are killed and started again, and the right password.

use std::time::{Duration, Instant};

use super::*;
use crate::rig::{PASSWORD, PATIENCE, Process, queqiao};

fn wait_for(robots: &Robots, letters: usize, process: &Process) {
    let began = Instant::now();
    while robots.got("webhook").len() < letters {
        assert!(began.elapsed() < PATIENCE, "{letters} letters never came: {:?}\n{}", robots.letters, process.told());
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
