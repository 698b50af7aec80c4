//! Alerts as those places get them that operators watch: each trouble once when it begins and once when it is over, over restarts,
//! failures of the place and several engines.

mod mail;
mod serve;
mod watched;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use queqiao::{
    alert::{AlertError, Alerts},
    base::{Clock, Lang, Message, Remedy},
    record::{Outcome, Reading},
    run::{About, RunReport},
    settings::{AlertKind, AlertSink},
    store::{Ask, Store},
    transport::install_tls,
    vault::Vault,
};
use secrecy::SecretString;
use serde_json::Value;

/// What came to a place.
#[derive(Clone, Debug)]
pub struct Letter {
    pub place: String,
    pub query: String,
    pub signature: Option<String>,
    pub body: Value,
}

/// The robots and webhooks of the test, on one port; the first so many letters are refused.
#[derive(Clone, Default)]
pub struct Robots {
    pub letters: Arc<Mutex<Vec<Letter>>>,
    refuse: Arc<AtomicUsize>,
    port: u16,
}

impl Robots {
    pub async fn start() -> Self {
        install_tls();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let robots = Self { port: listener.local_addr().unwrap().port(), ..Self::default() };
        let router = Router::new().route("/{place}", post(take)).with_state(robots.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        robots
    }

    pub fn address(&self, place: &str) -> String {
        format!("http://127.0.0.1:{}/{place}?key=canary-key", self.port)
    }

    pub fn got(&self, place: &str) -> Vec<Letter> {
        self.letters.lock().unwrap().iter().filter(|letter| letter.place == place).cloned().collect()
    }
}

async fn take(
    State(robots): State<Robots>,
    Path(place): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    if robots.refuse.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok() {
        return match place.as_str() {
            "wecom" => (StatusCode::OK, r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#),
            _ => (StatusCode::SERVICE_UNAVAILABLE, "later"),
        };
    }
    let signature = headers.get("x-queqiao-signature").map(|value| value.to_str().unwrap().to_owned());
    let body = serde_json::from_slice(&body).unwrap();
    robots.letters.lock().unwrap().push(Letter {
        place: place.clone(),
        query: query.unwrap_or_default(),
        signature,
        body,
    });
    let said = if place == "feishu" { r#"{"code":0,"msg":"success"}"# } else { r#"{"errcode":0,"errmsg":"ok"}"# };
    (StatusCode::OK, said)
}

/// A store, a vault and a clock that outlive the engines before them.
struct Rig {
    folder: tempfile::TempDir,
    vault: Arc<Vault>,
    clock: Clock,
}

fn at(second: i64) -> DateTime<Utc> {
    Utc.timestamp_opt(1_800_000_000 + second, 0).unwrap()
}

impl Rig {
    fn new(secrets: &[(&str, &[(&str, &str)])]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let fields = |fields: &[(&str, &str)]| {
            fields.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value))).collect()
        };
        let accounts: BTreeMap<String, BTreeMap<String, SecretString>> =
            secrets.iter().map(|(account, given)| ((*account).to_owned(), fields(given))).collect();
        let path = folder.path().join("secrets.toml");
        Vault::write_new(&path, &accounts).unwrap();
        let root = folder.path().join("root");
        let vault = Arc::new(Vault::open(Some(&path), &root, []).unwrap());
        Self { folder, vault, clock: Clock::held_at(at(0)) }
    }

    async fn store(&self) -> Store {
        Store::open(&format!("sqlite:{}", self.folder.path().join("q.db").display())).await.unwrap()
    }

    /// An engine's alerts, as after a restart.
    async fn alerts(&self, sinks: &[AlertSink]) -> Alerts {
        Alerts::new(self.store().await, &self.vault, self.clock.clone(), sinks, Lang::En).unwrap()
    }

    fn after(&self, seconds: i64) {
        self.clock.set(self.clock.now() + TimeDelta::seconds(seconds));
    }
}

fn sink(kind: AlertKind, address: Option<String>, account: Option<&str>) -> AlertSink {
    AlertSink {
        name: kind.word().to_owned(),
        kind,
        address: address.map(SecretString::from),
        account: account.map(str::to_owned),
        from: None,
        to: Vec::new(),
        lang: None,
    }
}

/// A report of the bot `water-collect`.
fn report(about: Option<About>, remedy: Remedy) -> RunReport {
    let at = DateTime::default();
    let ended = about.is_some();
    RunReport {
        reading: Reading {
            system: "water".to_owned(),
            bot: "water-collect".to_owned(),
            run: "r1".to_owned(),
            outcome: if ended { Outcome::Failed } else { Outcome::Good },
            reason: ended.then(|| "water refused to sign account `water-bot` in: \"13800001234 密码错误\"".to_owned()),
            started_at: at,
            read_at: at,
            rows_read: 0,
            stated_total: None,
            warnings: Vec::new(),
            quarantined: 0,
            changed: 0,
            reread: 0,
            left_open: 0,
            left: Vec::new(),
            pages: 0,
            requests: 0,
            browser_requests: 0,
            seconds: 0.0,
        },
        remedy: ended.then_some(remedy),
        about,
        account: Some("water-bot".to_owned()),
        evidence: Vec::new(),
        quarantined_rows: Vec::new(),
        entries: None,
    }
}

fn text(letter: &Letter) -> String {
    let body = &letter.body;
    let text = match letter.place.as_str() {
        "wecom" | "dingtalk" => &body["text"]["content"],
        "feishu" => &body["content"]["text"],
        _ => &body["text"],
    };
    text.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_trouble_and_its_end_reach_every_place_once_over_restarts() {
    let robots = Robots::start().await;
    let signed: &[(&str, &str)] = &[("sign", "canary-sign")];
    let feishu = robots.address("feishu");
    let hidden: &[(&str, &str)] = &[("sign", "canary-sign"), ("address", &feishu)];
    let rig = Rig::new(&[("signed", signed), ("hidden", hidden)]);
    let sinks = [
        sink(AlertKind::Webhook, Some(robots.address("webhook")), Some("signed")),
        AlertSink { lang: Some(Lang::Zh), ..sink(AlertKind::Wecom, Some(robots.address("wecom")), None) },
        sink(AlertKind::Dingtalk, Some(robots.address("dingtalk")), Some("signed")),
        sink(AlertKind::Feishu, None, Some("hidden")),
    ];
    let bad = report(Some(About::Account), Remedy::Human);
    for _ in 0..5 {
        let alerts = rig.alerts(&sinks).await;
        alerts.heard(&bad);
        alerts.turn().await.unwrap();
        alerts.heard(&bad);
        alerts.turn().await.unwrap();
        rig.after(60);
    }
    for _ in 0..2 {
        let alerts = rig.alerts(&sinks).await;
        alerts.heard(&report(None, Remedy::Retry));
        alerts.turn().await.unwrap();
    }
    for place in ["webhook", "wecom", "dingtalk", "feishu"] {
        let letters = robots.got(place);
        let firsts: Vec<String> =
            letters.iter().map(|letter| text(letter).lines().next().unwrap().to_owned()).collect();
        let (begun, over) = if place == "wecom" {
            ("【鹊桥】故障", "【鹊桥】已恢复")
        } else {
            ("[Queqiao] Trouble", "[Queqiao] Over")
        };
        assert!(
            firsts.len() == 2 && firsts[0].starts_with(begun) && firsts[1].starts_with(over),
            "{place}: {firsts:?}"
        );
        let told = text(&letters[0]);
        assert!(
            told.contains("water-bot") && told.contains("密码错误") && told.contains("queqiao run water-collect"),
            "{told}"
        );
        assert!(told.contains("run r1") || told.contains("运行 r1"), "{told}");
        assert!(!told.contains("13800001234"), "{told}");
        assert!(letters.iter().all(|letter| !letter.body.to_string().contains("canary")), "{letters:?}");
    }
    let plain = &robots.got("webhook")[0];
    assert_eq!((&plain.body["event"], &plain.body["key"]), (&Value::from("begun"), &Value::from("account/water-bot")));
    assert!(plain.signature.as_ref().is_some_and(|signature| signature.len() == 44), "{plain:?}");
    assert!(text(&robots.got("webhook")[1]).contains("lasted 5 minutes"));
    assert!(robots.got("dingtalk")[0].query.contains("timestamp=1800000000000&sign="));
    assert_eq!(robots.got("feishu")[0].body["timestamp"], "1800000000");
    assert_eq!(rig.store().await.alerts_waiting().await.unwrap(), 0);
}

#[tokio::test]
async fn what_does_not_arrive_is_tried_again_later_and_in_order() {
    let robots = Robots::start().await;
    let rig = Rig::new(&[]);
    let sinks = [AlertKind::Webhook, AlertKind::Wecom].map(|kind| sink(kind, Some(robots.address(kind.word())), None));
    robots.refuse.store(4, SeqCst);
    let alerts = rig.alerts(&sinks).await;
    alerts.trouble("disk", Message::new("web-store-away"), None).await.unwrap();
    alerts.turn().await.unwrap();
    assert!(alerts.over("disk").await.unwrap() && !alerts.over("disk").await.unwrap());
    alerts.turn().await.unwrap();
    assert!(robots.letters.lock().unwrap().is_empty(), "the end is not told before the beginning");
    rig.after(9);
    alerts.turn().await.unwrap();
    assert_eq!(robots.refuse.load(SeqCst), 2, "nothing is tried before its time");
    rig.after(1);
    rig.alerts(&sinks).await.turn().await.unwrap();
    assert_eq!(robots.refuse.load(SeqCst), 0, "the next process goes on with it");
    rig.after(20);
    rig.alerts(&sinks).await.turn().await.unwrap();
    for place in ["webhook", "wecom"] {
        let told: Vec<String> = robots.got(place).iter().map(text).collect();
        assert!(told.len() == 2 && told[0].contains("Trouble") && told[1].contains("Over"), "{place}: {told:?}");
    }
}

#[tokio::test]
async fn a_passing_trouble_is_told_only_when_it_lasts() {
    let robots = Robots::start().await;
    let rig = Rig::new(&[]);
    let sinks = [sink(AlertKind::Webhook, Some(robots.address("webhook")), None)];
    let alerts = rig.alerts(&sinks).await;
    let (bad, good) = (report(Some(About::System), Remedy::Retry), report(None, Remedy::Retry));
    for heard in [&bad, &bad, &good, &bad, &bad] {
        alerts.heard(heard);
    }
    alerts.turn().await.unwrap();
    assert!(robots.got("webhook").is_empty());
    alerts.heard(&bad);
    alerts.turn().await.unwrap();
    assert_eq!(robots.got("webhook").len(), 1);
}

#[tokio::test]
async fn whoever_can_answer_hears_of_a_question_while_it_waits() {
    let robots = Robots::start().await;
    let rig = Rig::new(&[]);
    let sinks = [sink(AlertKind::Webhook, Some(robots.address("webhook")), None)];
    let (one, other, store) = (rig.alerts(&sinks).await, rig.alerts(&sinks).await, rig.store().await);
    let word = str::to_owned;
    let ask = Ask {
        kind: word("captcha"),
        system: word("medical"),
        bot: word("medical-collect"),
        run: word("r1"),
        account: word("medical-bot"),
        entry: None,
        field: word("answer"),
        picture: b"canary-picture".to_vec(),
        deadline: at(180),
    };
    let id = store.ask_person(&ask, at(0)).await.unwrap();
    for alerts in [&one, &other, &one] {
        alerts.turn().await.unwrap();
    }
    let told: Vec<String> = robots.got("webhook").iter().map(text).collect();
    assert!(told.len() == 1 && told[0].contains(&format!("queqiao people {id} --answer")), "{told:?}");
    assert!(told[0].contains("within 180 seconds") && !told[0].contains("canary"), "{told:?}");
    store.answer_person(id, "42", "li", at(1)).await.unwrap();
    for alerts in [&one, &other] {
        alerts.turn().await.unwrap();
    }
    assert_eq!(robots.got("webhook").len(), 2);
}

#[tokio::test]
async fn a_place_that_can_not_be_told_is_found_at_the_start() {
    install_tls();
    let rig = Rig::new(&[("empty", &[("sign", "x")])]);
    let made = async |sink: AlertSink| {
        let alerts = Alerts::new(rig.store().await, &rig.vault, rig.clock.clone(), &[sink], Lang::En);
        alerts.err().expect("it is refused")
    };
    let missing = made(sink(AlertKind::Wecom, None, Some("nobody"))).await;
    assert!(matches!(missing, AlertError::Vault { .. }), "{missing}");
    assert!(matches!(made(sink(AlertKind::Wecom, None, Some("empty"))).await, AlertError::Vault { .. }));
    let wrong = made(sink(AlertKind::Wecom, Some("smtp://canary/".to_owned()), None)).await;
    assert!(!wrong.to_string().contains("canary") && wrong.remedy() == Remedy::Human, "{wrong}");
    let mail = AlertSink {
        from: Some("nobody".to_owned()),
        ..sink(AlertKind::Mail, Some("smtp://127.0.0.1".to_owned()), None)
    };
    assert!(made(mail).await.to_string().contains("no mail address"));
}
