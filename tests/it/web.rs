//! The server on a free port, on a real hub in a temporary SQLite file, seen by a real client and a real browser.

mod desk;
mod feed;
mod people;
mod refusals;
mod screen;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, FixedOffset, TimeDelta};
use queqiao::{
    base::Clock,
    calendar::Calendar,
    hub::Hub,
    record::{Case, CaseFields, Outcome, Provenance, Reading, Record, Status, SystemCard},
    store::Store,
    transport::install_tls,
    web::{Web, WebOptions, serve},
};
use secrecy::SecretString;
use serde_json::Value;

/// Long enough for a loaded machine; a test that waits it out fails.
const DEADLINE: Duration = Duration::from_secs(60);

const TOKEN: &str = "a token for tests";

/// A server with everything behind it.
struct Served {
    hub: Hub,
    store: Store,
    web: Web,
    client: reqwest::Client,
    _folder: tempfile::TempDir,
}

impl Served {
    async fn start() -> Self {
        Self::with(|options| options.token = Some(SecretString::from(TOKEN))).await
    }

    async fn with(change: impl FnOnce(&mut WebOptions)) -> Self {
        install_tls();
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("hub.db").display())).await.unwrap();
        let hub = Hub::open(store.clone(), Clock::system(), Arc::new(Calendar::district())).await.unwrap();
        let mut options = WebOptions { store: Some(store.clone()), ..WebOptions::local() };
        change(&mut options);
        let web = serve(hub.clone(), options).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { hub, store, web, client, _folder: folder }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.web.address())
    }

    fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.get(self.url(path))
    }

    async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    fn post(&self, body: &str) -> reqwest::RequestBuilder {
        self.client.post(self.url("/api/v1/records")).bearer_auth(TOKEN).body(body.to_owned())
    }
}

fn now() -> DateTime<FixedOffset> {
    Clock::system().local()
}

/// An accepted case of a made-up person, received and accepted now.
fn case(number: u32) -> Case {
    let at = now();
    Case {
        system: "permits".to_owned(),
        source_no: format!("S{number:05}"),
        project_no: format!("37131226{number:08}"),
        data_version: 1,
        status: Status::Accepted,
        result: None,
        fields: CaseFields {
            task_name: Some("食品经营许可新办".to_owned()),
            applicant_name: Some("王小明".to_owned()),
            applicant_id: Some("99999919900101001X".to_owned()),
            contact_phone: Some("13800001234".to_owned()),
            apply_date: Some(at),
            accept_date: Some(at),
            promise_date: Some(at + TimeDelta::days(20)),
            org_name: Some("区行政审批服务局".to_owned()),
            region_code: Some("371312001001".to_owned()),
            ..CaseFields::default()
        },
        events: Vec::new(),
        attachments: Vec::new(),
        provenance: Provenance { read_at: at, ..Provenance::default() },
    }
}

fn record(case: Case) -> Record {
    Record::Case(Box::new(case))
}

fn cases(numbers: std::ops::Range<u32>) -> Vec<Record> {
    numbers.map(case).map(record).collect()
}

/// A card and a good reading of the system, which make its figures known.
fn good_reading(rows: u64) -> Vec<Record> {
    let at = now();
    let card = SystemCard {
        system: "permits".to_owned(),
        title: "行政审批业务办理系统".to_owned(),
        owner: "区行政审批服务局".to_owned(),
        zone: Some("电子政务外网".to_owned()),
        fresh_for_seconds: 600,
        data_version: at.timestamp_millis(),
    };
    let reading = Reading {
        system: "permits".to_owned(),
        bot: "permits".to_owned(),
        run: queqiao::base::new_id(),
        outcome: Outcome::Good,
        reason: None,
        started_at: at,
        read_at: at,
        rows_read: rows,
        stated_total: Some(rows),
        warnings: Vec::new(),
        quarantined: 0,
        changed: rows,
        reread: 0,
        left_open: 0,
        left: Vec::new(),
        pages: 1,
        requests: 1,
        browser_requests: 0,
        seconds: 1.0,
    };
    vec![Record::System(card), Record::Reading(reading)]
}

fn ndjson(records: &[Record]) -> String {
    records.iter().map(|record| serde_json::to_string(record).unwrap() + "\n").collect()
}

fn deadline() -> Instant {
    Instant::now() + DEADLINE
}

#[tokio::test]
async fn records_are_acknowledged_per_line_and_a_broken_line_spoils_no_other() {
    let served = Served::start().await;
    let good = ndjson(&cases(1..3));
    let (first, second) = good.split_once('\n').unwrap();
    let body = format!("{first}\n{{\"record\":\"case\"}}\n{second}{first}\n");
    let answer = served.post(&body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let lines: Vec<Value> =
        answer.text().await.unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let said: Vec<_> = lines.iter().map(|line| (line["line"].as_u64(), line["fate"].as_str())).collect();
    let expected = [(1, "new"), (2, "refused"), (3, "new"), (4, "unchanged")];
    assert_eq!(said, expected.map(|(line, fate)| (Some(line), Some(fate))));
    assert!(lines[1]["reason"].as_str().unwrap().contains("system"), "{}", lines[1]);
}

#[tokio::test]
async fn the_same_batch_again_gets_the_same_answer_and_changes_nothing() {
    let served = Served::start().await;
    let body = ndjson(&cases(1..4));
    let send = |key: &'static str, body: &str| served.post(body).header("idempotency-key", key).send();
    let first = send("a", &body).await.unwrap().text().await.unwrap();
    assert!(first.contains(r#""fate":"new""#));
    let position = served.json("/api/v1/overview").await["position"].clone();
    assert_eq!(send("a", &body).await.unwrap().text().await.unwrap(), first);
    let other = send("b", &body).await.unwrap().text().await.unwrap();
    assert_eq!(other.matches(r#""fate":"unchanged""#).count(), 3, "without the key's help");
    assert_eq!(served.json("/api/v1/overview").await["position"], position);
    let reused = send("a", &ndjson(&cases(1..2))).await.unwrap();
    assert_eq!(reused.status(), 422);
}

#[tokio::test]
async fn nothing_that_is_served_shows_a_persons_numbers() {
    let served = Served::start().await;
    served.hub.ingest(&[cases(1..2), good_reading(1)].concat()).await.unwrap();
    let project_no = case(1).project_no;
    let mut feed = feed::Events::open(&served, "/api/v1/feed?after=0", None).await;
    let mut texts = vec![feed.next().await.data, feed.next().await.data, feed.next().await.data];
    for path in ["/api/v1/cases", "/api/v1/changes", "/api/v1/overview", &format!("/api/v1/cases/{project_no}")] {
        texts.push(served.get(path).send().await.unwrap().text().await.unwrap());
    }
    for text in &texts {
        for secret in ["13800001234", "99999919900101001X", "王小明"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    assert!(texts.iter().filter(|text| text.contains("138******34")).count() >= 4, "{texts:#?}");
}

#[tokio::test]
async fn figures_come_with_what_they_rest_on() {
    let served = Served::start().await;
    let unread = served.json("/api/v1/stats?measure=accepted").await;
    assert_eq!((&unread[0]["value"], &unread[0]["as_of"]), (&Value::Null, &Value::Null));
    served.hub.ingest(&[cases(1..6), good_reading(5)].concat()).await.unwrap();
    let figures = served.json("/api/v1/stats?measure=accepted,open&by=system").await;
    assert_eq!(figures.as_array().unwrap().len(), 2);
    for figure in figures.as_array().unwrap() {
        assert_eq!(figure["value"], 5.0);
        assert_eq!(figure["coverage"]["fresh"], 1);
        assert_eq!(figure["gap"]["missing"], 0);
        assert_eq!(figure["stale"], false);
        assert!(figure["as_of"].is_string());
    }
    let pages: Vec<Value> =
        vec![served.json("/api/v1/cases?limit=3").await, served.json("/api/v1/changes?after=2&limit=2").await];
    assert_eq!(pages[0]["cases"].as_array().unwrap().len(), 3);
    let rest = served.json(&format!("/api/v1/cases?limit=3&cursor={}", pages[0]["next"].as_str().unwrap())).await;
    assert_eq!(rest["cases"].as_array().unwrap().len(), 2);
    assert_eq!(pages[1]["next"], 4);
}

#[tokio::test]
async fn the_api_describes_itself_and_its_figures_are_countable() {
    let served = Served::start().await;
    served.hub.ingest(&[cases(1..3), good_reading(3)].concat()).await.unwrap();
    let api = served.json("/api/v1/openapi.json").await;
    for path in ["/api/v1/overview", "/api/v1/stats", "/api/v1/cases", "/api/v1/cases/{project_no}", "/api/v1/feed"] {
        assert!(api["paths"][path]["get"].is_object(), "{path}");
    }
    assert!(api["paths"]["/api/v1/records"]["post"]["security"].is_array());
    for schema in ["Overview", "Figure", "Case", "Change", "ProblemDetails"] {
        assert!(api["components"]["schemas"][schema].is_object(), "{schema}");
    }
    let metrics = served.get("/metrics").send().await.unwrap().text().await.unwrap();
    for line in [
        "queqiao_hub_position 4",
        "queqiao_system_fresh{system=\"permits\"} 1",
        "queqiao_system_missing{system=\"permits\"} 1",
        "queqiao_system_records{system=\"permits\",record=\"case\"} 2",
        "queqiao_http_requests_total{route=\"/api/v1/openapi.json\",status=\"200\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} not in {metrics}");
    }
    assert_eq!(served.get("/healthz").send().await.unwrap().status(), 200);
    assert_eq!(served.json("/readyz?lang=en&probe=1").await["ready"], true);
}

#[tokio::test]
async fn a_server_stops_with_a_feed_open_and_its_port_is_free_again() {
    let served = Served::start().await;
    let _feed = feed::Events::open(&served, "/api/v1/feed", None).await;
    let address = served.web.address();
    let busy = serve(served.hub.clone(), WebOptions::at(address)).await.unwrap_err().to_string();
    assert!(busy.contains("`listen`") && busy.contains(&address.port().to_string()), "{busy}");
    served.web.stop().await.unwrap();
    drop(served.client);
    let again = serve(served.hub.clone(), WebOptions::at(address)).await.unwrap();
    again.stop().await.unwrap();
}
