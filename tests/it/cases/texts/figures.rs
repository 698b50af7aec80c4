//! Figures that can't be given as they are asked for are refused, and what nobody knows is no 0.

use std::sync::Arc;

use queqiao::{
    base::Clock,
    calendar::Calendar,
    hub::Hub,
    record::{Case, Outcome, Record, Status},
    store::Store,
    web::{Web, WebOptions, serve},
};
use serde_json::Value;

use crate::sample::{at, card, case, done, link, reading, record};

/// A hub at 10:00 on Monday, 23 November 2026, and its server.
struct Served {
    hub: Hub,
    web: Web,
    client: reqwest::Client,
    _folder: tempfile::TempDir,
}

impl Served {
    async fn with(records: &[Record]) -> Self {
        queqiao::transport::install_tls();
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("hub.db").display())).await.unwrap();
        let clock = Clock::held_at(at("2026-11-23 10:00").to_utc());
        let hub = Hub::open(store, clock, Arc::new(Calendar::district())).await.unwrap();
        hub.ingest(records).await.unwrap();
        let web = serve(hub.clone(), WebOptions::local()).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { hub, web, client, _folder: folder }
    }

    async fn ask(&self, query: &str) -> (u16, Value) {
        let address = format!("http://{}/api/v1/{query}", self.web.address());
        let answer = self.client.get(address).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// `dims = value of of (unknown)` of each figure.
    async fn figures(&self, query: &str) -> Vec<String> {
        let (status, figures) = self.ask(&format!("stats?{query}")).await;
        assert_eq!(status, 200, "{query}: {figures}");
        let told = figures.as_array().unwrap().iter().map(|figure| {
            let dims: Vec<_> =
                figure["dims"].as_object().unwrap().values().map(|dim| dim.as_str().unwrap().to_owned()).collect();
            format!("{} = {} of {} ({})", dims.join(" "), figure["value"], figure["of"], figure["unknown_day"])
        });
        told.collect()
    }
}

fn good(system: &str, stated: u64) -> [Record; 2] {
    [card(system, 1), reading(system, system, "2026-11-23 09:59", Outcome::Good, Some(stated))]
}

/// One without that date.
fn without(case: Case, forget: impl FnOnce(&mut Case)) -> Record {
    let mut case = case;
    forget(&mut case);
    record(case)
}

#[tokio::test]
async fn what_can_not_be_split_so_is_refused() {
    let served =
        Served::with(&[good("permits", 1).to_vec(), vec![record(case("permits", "1", 1, Status::Accepted))]].concat())
            .await;
    for (query, words) in [
        ("measure=top_items&by=town", "split by item and by nothing else"),
        ("measure=top_items&by=day", "not by day"),
        ("measure=top_items&by=item,department", "not by department"),
        ("measure=top_items&where=town:371312001", "town"),
        ("measure=accepted,top_items&by=system", "top_items"),
        ("measure=overdue_open&by=day", "moment"),
        ("measure=overdue_open&to=2026-11-01", "moment"),
        ("measure=warning&from=2026-12-01", "moment"),
        ("measure=open&by=hour", "stock"),
        ("measure=done&where=hour:25", "hour"),
        ("measure=done&where=day:yesterday", "day"),
        ("measure=accepted&by=item,town", "item"),
    ] {
        let (status, problem) = served.ask(&format!("stats?{query}")).await;
        let said =
            problem["detail"].as_str().unwrap_or_default().to_owned() + problem["title"].as_str().unwrap_or_default();
        assert!(status == 400 && said.contains(words), "{query}: {status} {problem}");
    }
    assert_eq!(served.figures("measure=top_items").await, ["临时救助 = 1.0 of 1 (0)"]);
    assert_eq!(served.figures("measure=top_items&by=item&where=system:permits").await, ["临时救助 = 1.0 of 1 (0)"]);
    assert_eq!(served.figures("measure=overdue_open&from=2026-11-01&to=2026-11-23").await, [" = 0.0 of 1 (0)"]);
}

#[tokio::test]
async fn a_done_case_without_a_day_is_counted_and_named() {
    let undated = |no: &str| without(case("permits", no, 1, Status::Done), |_| {});
    let mut given = good("permits", 4).to_vec();
    given.extend([record(done("permits", "1", 1, "2026-11-22 10:00")), undated("2"), undated("3")]);
    given.push(without(case("permits", "4", 1, Status::Done), |case| case.fields.promise_date = None));
    let served = Served::with(&given).await;
    assert_eq!(served.figures("measure=done").await, [" = 4.0 of 4 (3)"]);
    assert_eq!(served.figures("measure=done&by=system").await, ["permits = 4.0 of 4 (3)"]);
    assert_eq!(served.figures("measure=done&by=day").await, [" = 3.0 of 3 (3)", "2026-11-22 = 1.0 of 1 (3)"]);
    assert_eq!(
        served.figures("measure=done&by=day&from=2026-11-21&to=2026-11-22").await,
        [" = null of 0 (3)", "2026-11-21 = 0.0 of 0 (3)", "2026-11-22 = 1.0 of 1 (3)"]
    );
    assert_eq!(served.figures("measure=done&from=2026-11-22").await, [" = 1.0 of 1 (3)"]);
    assert_eq!(served.figures("measure=done&to=2026-11-21").await, [" = 0.0 of 0 (3)"]);
    assert_eq!(served.figures("measure=done&by=item").await, ["临时救助 = 4.0 of 4 (3)"]);
    assert_eq!(served.figures("measure=done&by=town&where=day:2026-11-22").await, ["371312001 = 1.0 of 1 (3)"]);
    // Those without a promise are in no rate whatever their day is.
    assert_eq!(served.figures("measure=on_time_rate").await, [" = 1.0 of 1 (2)"]);
    assert_eq!(served.figures("measure=open").await, [" = 0.0 of 0 (0)"]);
    assert_eq!(served.hub.tallies().await.unwrap(), served.hub.recount().await.unwrap());
    let (_, overview) = served.ask("overview").await;
    let named: Vec<_> =
        overview["figures"].as_array().unwrap().iter().filter(|figure| figure["measure"] == "done").collect();
    assert!(named.len() == 1 && named[0]["unknown_day"] == 3 && named[0]["value"] == 0.0, "{named:?}");
}

#[tokio::test]
async fn once_its_day_is_known_it_is_of_that_day() {
    let served =
        Served::with(&[good("permits", 1).to_vec(), vec![record(case("permits", "1", 1, Status::Done))]].concat())
            .await;
    assert_eq!(served.figures("measure=done&by=day").await, [" = 1.0 of 1 (1)"]);
    served.hub.ingest(&[record(done("permits", "1", 2, "2026-11-22 10:00"))]).await.unwrap();
    assert_eq!(served.figures("measure=done&by=day").await, ["2026-11-22 = 1.0 of 1 (0)"]);
    assert_eq!(served.hub.tallies().await.unwrap(), served.hub.recount().await.unwrap());
}

#[tokio::test]
async fn what_was_never_counted_is_no_zero() {
    let mut given = [good("permits", 2).to_vec(), good("seals", 1).to_vec(), good("water", 1).to_vec()].concat();
    // Permits shows no date of application, seals no date at all; water is entered from permits.
    given.extend(
        ["1", "2"].map(|no| without(case("permits", no, 1, Status::Accepted), |case| case.fields.apply_date = None)),
    );
    given.push(without(case("seals", "1", 1, Status::Accepted), |case| {
        (case.fields.apply_date, case.fields.accept_date) = (None, None);
    }));
    given.extend([record(case("water", "1", 1, Status::Accepted)), link(("water", "1"), ("permits", "1"), 1)]);
    let served = Served::with(&given).await;
    let expected = ["permits = null of 0 (0)", "seals = null of 0 (0)", "water = 0.0 of 0 (0)"];
    assert_eq!(served.figures("measure=received&by=system").await, expected);
    let expected = ["permits = 2.0 of 2 (0)", "seals = null of 0 (0)", "water = 0.0 of 0 (0)"];
    assert_eq!(served.figures("measure=accepted&by=system").await, expected);
    assert_eq!(served.figures("measure=open&where=system:seals").await, [" = null of 0 (0)"]);
    assert_eq!(
        served.figures("measure=done&by=system").await,
        ["permits = 0.0 of 0 (0)", "seals = 0.0 of 0 (0)", "water = 0.0 of 0 (0)"]
    );
    assert_eq!(served.figures("measure=accepted&where=department:没有的局").await, [" = null of 0 (0)"]);
    assert_eq!(served.figures("measure=accepted&where=town:371312104").await, [" = 0.0 of 0 (0)"]);
}

#[tokio::test]
async fn a_system_that_was_never_read_has_no_gap_and_no_count() {
    let served = Served::with(&[card("permits", 1), card("seals", 1)]).await;
    let (_, overview) = served.ask("overview").await;
    assert_eq!(
        (&overview["gap"]["missing"], &overview["gap"]["stated"], &overview["gap"]["unread"]),
        (&Value::Null, &Value::Null, &2.into())
    );
    assert_eq!((&overview["systems"][0]["ours"], &overview["systems"][0]["quarantined"]), (&Value::Null, &Value::Null));
    for (rows, count) in [("trend", "received"), ("hours", "done"), ("towns", "accepted"), ("towns", "open")] {
        assert!(overview[rows].as_array().unwrap().iter().all(|row| row[count].is_null()), "{rows}: {count}");
    }
    served.hub.ingest(&good("permits", 0)).await.unwrap();
    let (_, overview) = served.ask("overview").await;
    assert_eq!((&overview["gap"]["missing"], &overview["gap"]["unread"]), (&0.into(), &1.into()));
    assert_eq!((&overview["systems"][0]["ours"], &overview["systems"][1]["ours"]), (&0.into(), &Value::Null));
    assert!(
        overview["trend"].as_array().unwrap().iter().all(|row| row["received"] == 0),
        "it is empty, and that is known"
    );
}

#[tokio::test]
async fn towns_that_no_case_names_have_no_zero() {
    let mut given = good("permits", 1).to_vec();
    given.push(without(case("permits", "1", 1, Status::Accepted), |case| case.fields.region_code = None));
    let served = Served::with(&given).await;
    let (_, overview) = served.ask("overview").await;
    let towns = overview["towns"].as_array().unwrap();
    let (unnamed, named): (Vec<_>, Vec<_>) = towns.iter().partition(|town| town["code"] == "");
    assert!(unnamed.len() == 1 && unnamed[0]["accepted"] == 1 && unnamed[0]["open"] == 1, "{unnamed:?}");
    assert!(
        named.len() == 11 && named.iter().all(|town| town["accepted"].is_null() && town["open"].is_null()),
        "{named:?}"
    );
    served.hub.ingest(&[record(case("permits", "2", 1, Status::Accepted))]).await.unwrap();
    let (_, overview) = served.ask("overview").await;
    assert!(overview["towns"].as_array().unwrap().iter().all(|town| town["accepted"].is_number()));
}
