//! Troubles that no run tells of: bots that are dead, and passwords that expire.

use chrono::{Days, NaiveDate};
use queqiao::{
    alert::{DeadBots, Passwords},
    store::Pulse,
    vault::Expiry,
};

use super::*;

/// `water-collect`, which did well at that second and has until the other to do so again.
fn pulse(good: i64, dead: i64) -> Pulse {
    Pulse {
        bot: "water-collect".to_owned(),
        system: "water".to_owned(),
        since: at(-1_000),
        good_at: Some(at(good)),
        dead_at: Some(at(dead)),
    }
}

/// What the webhook heard: events and keys.
fn heard(robots: &Robots) -> Vec<(String, String)> {
    let word = |letter: &Letter, name: &str| letter.body[name].as_str().unwrap().to_owned();
    robots.got("webhook").iter().map(|letter| (word(letter, "event"), word(letter, "key"))).collect()
}

fn pair(event: &str, key: &str) -> (String, String) {
    (event.to_owned(), key.to_owned())
}

async fn alerts(rig: &Rig, robots: &Robots) -> Arc<Alerts> {
    Arc::new(rig.alerts(&[sink(AlertKind::Webhook, Some(robots.address("webhook")), None)]).await)
}

#[tokio::test]
async fn a_bot_that_dies_is_told_once_and_once_when_it_lives_again() {
    let robots = Robots::start().await;
    let rig = Rig::new(&[]);
    let alerts = alerts(&rig, &robots).await;
    let other = Pulse { bot: "permits-collect".to_owned(), ..pulse(0, 1_000_000) };
    let mut watching = DeadBots::new(Arc::clone(&alerts));
    let look = async |watching: &mut DeadBots, one: Pulse| {
        watching.look(&[one, other.clone()]).await.unwrap();
        alerts.turn().await.unwrap();
    };
    rig.after(99);
    look(&mut watching, pulse(0, 100)).await;
    assert!(heard(&robots).is_empty());
    rig.after(1);
    for _ in 0..3 {
        look(&mut watching, pulse(0, 100)).await;
        rig.after(60);
    }
    look(&mut DeadBots::new(Arc::clone(&alerts)), pulse(0, 100)).await;
    assert_eq!(heard(&robots), [pair("begun", "dead/water-collect")]);
    let told = text(&robots.got("webhook")[0]);
    assert!(told.contains("water-collect has not done well in water since 2027-01-15 16:00"), "{told}");
    assert!(told.contains("by 2027-01-15 16:01") && told.contains("queqiao runs water-collect"), "{told}");
    // The next process is the one that sees it live.
    let mut watching = DeadBots::new(Arc::clone(&alerts));
    for _ in 0..2 {
        look(&mut watching, pulse(280, 380)).await;
    }
    assert_eq!(heard(&robots)[1..], [pair("over", "dead/water-collect")]);
    rig.after(200);
    look(&mut watching, pulse(280, 380)).await;
    assert_eq!(heard(&robots).len(), 3, "the next time it is told again");
    // Nothing is expected of it any more.
    look(&mut watching, Pulse { dead_at: None, ..pulse(280, 380) }).await;
    assert_eq!(heard(&robots).len(), 4);
}

#[tokio::test]
async fn bots_that_come_back_after_a_night_are_not_told_and_those_that_stay_away_are() {
    let robots = Robots::start().await;
    let rig = Rig::new(&[]);
    let alerts = alerts(&rig, &robots).await;
    let other = |good, dead| Pulse { bot: "permits-collect".to_owned(), ..pulse(good, dead) };
    rig.after(36_000);
    // A process that dies after each look: the third of 90 seconds is over all the same.
    for round in 0..4 {
        let back = if round == 0 { other(0, 90) } else { other(36_005, 36_095) };
        DeadBots::new(Arc::clone(&alerts)).look(&[pulse(0, 90), back]).await.unwrap();
        alerts.turn().await.unwrap();
        assert_eq!(heard(&robots).len(), usize::from(round == 3), "after {} seconds", round * 10);
        rig.after(10);
    }
    assert_eq!(heard(&robots), [pair("begun", "dead/water-collect")]);
}

const CANARY: &str = "canary-5f20";

/// Another machine's secrets.
fn vault(rig: &Rig, name: &str) -> Vault {
    Vault::at(Some(&rig.folder.path().join(name).join("secrets.toml")), None, &rig.folder.path().join("root"), [])
        .unwrap()
}

fn set(vault: &Vault, expiry: Expiry) {
    let fields = [("password".to_owned(), SecretString::from(CANARY))].into();
    vault.set("water-bot", &fields, expiry).unwrap();
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, 1, day).unwrap()
}

async fn look(watching: &mut Passwords, vault: &Vault, alerts: &Alerts, today: u32) {
    watching.look(&vault.list().unwrap(), day(today), Days::new(14)).await.unwrap();
    alerts.turn().await.unwrap();
}

#[tokio::test]
async fn a_password_that_expires_is_told_once_for_each_date_until_it_is_replaced() {
    let robots = Robots::start().await;
    let rig = Rig::new(&[]);
    let alerts = alerts(&rig, &robots).await;
    let vault = vault(&rig, "one");
    set(&vault, Expiry::On(day(31)));
    vault.set("land-bot", &[("password".to_owned(), SecretString::from(CANARY))].into(), Expiry::Never).unwrap();
    let mut watching = Passwords::new(Arc::clone(&alerts));
    look(&mut watching, &vault, &alerts, 16).await;
    assert!(heard(&robots).is_empty(), "15 days are time enough");
    for today in [17, 17, 30, 31] {
        look(&mut watching, &vault, &alerts, today).await;
        look(&mut Passwords::new(Arc::clone(&alerts)), &vault, &alerts, today).await;
    }
    let first = "expiry/water-bot/2027-01-31";
    assert_eq!(heard(&robots), [pair("begun", first)]);
    let told = text(&robots.got("webhook")[0]);
    assert!(
        told.contains("water-bot expires on 2027-01-31") && told.contains("secret set water-bot password"),
        "{told}"
    );
    // Replaced while no process looked; the new date is near as well, and has passed when it is first seen.
    set(&vault, Expiry::On(day(20)));
    for _ in 0..2 {
        look(&mut Passwords::new(Arc::clone(&alerts)), &vault, &alerts, 21).await;
    }
    let second = "expiry/water-bot/2027-01-20";
    let mut events = heard(&robots)[1..].to_vec();
    events.sort();
    assert_eq!(events, [pair("begun", second), pair("over", first)]);
    let letters = robots.got("webhook");
    assert!(letters.iter().any(|letter| text(letter).contains("water-bot expired on 2027-01-20")), "{letters:?}");
    // A new password of which nobody says a date.
    let mut watching = Passwords::new(Arc::clone(&alerts));
    look(&mut watching, &vault, &alerts, 21).await;
    set(&vault, Expiry::Unsaid);
    look(&mut watching, &vault, &alerts, 21).await;
    assert_eq!(heard(&robots)[3..], [pair("over", second)]);
    // An account that is removed.
    set(&vault, Expiry::On(day(22)));
    look(&mut watching, &vault, &alerts, 21).await;
    vault.remove("water-bot", &[]).unwrap();
    look(&mut watching, &vault, &alerts, 21).await;
    let third = "expiry/water-bot/2027-01-22";
    assert_eq!(heard(&robots)[4..], [pair("begun", third), pair("over", third)]);
    assert!(!format!("{:?}", robots.got("webhook")).contains(CANARY));
}

#[tokio::test]
async fn engines_with_secrets_of_their_own_do_not_contradict_each_other_without_end() {
    let robots = Robots::start().await;
    let rig = Rig::new(&[]);
    let alerts = alerts(&rig, &robots).await;
    let [one, other, hub] = ["one", "other", "hub"].map(|name| vault(&rig, name));
    set(&one, Expiry::On(day(31)));
    set(&other, Expiry::On(day(31)));
    let mut watching = [&one, &other, &hub].map(|vault| (Passwords::new(Arc::clone(&alerts)), vault));
    let key = "expiry/water-bot/2027-01-31";
    for (expiry, heard_then) in
        [(None, vec![pair("begun", key)]), (Some(Expiry::Never), vec![pair("begun", key), pair("over", key)])]
    {
        if let Some(expiry) = expiry {
            set(&one, expiry);
        }
        for _ in 0..3 {
            for (watching, vault) in &mut watching {
                look(watching, vault, &alerts, 20).await;
            }
        }
        assert_eq!(heard(&robots), heard_then);
    }
}
