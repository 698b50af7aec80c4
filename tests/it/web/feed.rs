//! The live feed: no gap, no repeat, whatever happens to the connection.

use tokio::time::timeout_at;

use super::*;

/// One server-sent event.
#[derive(Clone, Debug, Default)]
pub struct Event {
    pub id: Option<i64>,
    pub kind: String,
    pub data: String,
}

/// A subscriber that reads events as they come.
pub struct Events {
    answer: reqwest::Response,
    waiting: Vec<u8>,
}

impl Events {
    pub async fn open(served: &Served, path: &str, last: Option<i64>) -> Self {
        let mut request = served.get(path);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self { answer, waiting: Vec::new() }
    }

    pub async fn next(&mut self) -> Event {
        loop {
            while let Some(end) = self.waiting.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.waiting.drain(..end + 2).collect();
                let event = event(str::from_utf8(&block).unwrap());
                if !event.kind.is_empty() {
                    return event;
                }
            }
            let part = timeout_at(deadline().into(), self.answer.chunk()).await.expect("no event came").unwrap();
            self.waiting.extend(part.expect("the feed ended"));
        }
    }
}

fn event(block: &str) -> Event {
    let mut event = Event::default();
    for line in block.lines() {
        match line.split_once(": ") {
            Some(("id", id)) => event.id = Some(id.parse().unwrap()),
            Some(("event", kind)) => event.kind = kind.to_owned(),
            Some(("data", data)) => event.data += data,
            _ => {}
        }
    }
    event
}

#[tokio::test]
async fn a_subscriber_that_comes_and_goes_sees_every_case_once() {
    const BATCHES: u32 = 40;
    const EACH: u32 = 7;
    let served = Served::start().await;
    let hub = served.hub.clone();
    let writer = tokio::spawn(async move {
        for batch in 0..BATCHES {
            hub.ingest(&cases(batch * EACH..(batch + 1) * EACH)).await.unwrap();
            tokio::task::yield_now().await;
        }
    });
    let mut seen: Vec<i64> = Vec::new();
    let mut last = 0;
    // Each connection ends after one event more than the one before.
    for patience in 1.. {
        let mut events = Events::open(&served, "/api/v1/feed?topic=cases,stats", Some(last)).await;
        for _ in 0..patience {
            let event = events.next().await;
            if let Some(id) = event.id {
                assert!(id > last || event.kind == "stats", "{id} came after {last}");
                last = id;
            }
            if event.kind == "case" {
                seen.push(last);
            }
            if seen.len() == (BATCHES * EACH) as usize {
                break;
            }
        }
        if seen.len() == (BATCHES * EACH) as usize {
            break;
        }
    }
    writer.await.unwrap();
    assert_eq!(seen, (1..=i64::from(BATCHES * EACH)).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_overview_comes_after_the_cases_that_it_counts_and_only_with_news() {
    let served = Served::start().await;
    served.hub.ingest(&[cases(0..3), good_reading(3)].concat()).await.unwrap();
    let mut events = Events::open(&served, "/api/v1/feed?topic=cases,stats", None).await;
    let first = events.next().await;
    assert_eq!((first.kind.as_str(), first.id), ("stats", Some(5)));
    let overview: Value = serde_json::from_str(&first.data).unwrap();
    assert_eq!(overview["figures"][1]["value"], 3.0);
    served.hub.ingest(&cases(3..9)).await.unwrap();
    for position in 6..=11 {
        let event = events.next().await;
        assert_eq!((event.kind.as_str(), event.id), ("case", Some(position)));
    }
    let counted = events.next().await;
    assert_eq!((counted.kind.as_str(), counted.id), ("stats", Some(11)));
    let overview: Value = serde_json::from_str(&counted.data).unwrap();
    assert_eq!(overview["figures"][1]["value"], 9.0);
    assert_eq!(overview["newest"].as_array().unwrap().len(), 9);
    // The next thing that happens is the next thing that is heard: no second overview of the same position.
    served.hub.ingest(&cases(9..10)).await.unwrap();
    assert_eq!(events.next().await.kind, "case");
}

#[tokio::test]
async fn topics_and_places_are_kept_apart() {
    let served = Served::start().await;
    let mut readings = Events::open(&served, "/api/v1/feed?topic=readings&after=0", None).await;
    let mut pulses = Events::open(&served, "/api/v1/feed?topic=pulse", None).await;
    served.hub.ingest(&[cases(0..2), good_reading(2)].concat()).await.unwrap();
    assert_eq!([readings.next().await.kind, readings.next().await.kind], ["system", "reading"]);
    let pulse = pulses.next().await;
    assert_eq!((pulse.kind.as_str(), pulse.id), ("pulse", None));
    let mut held = Vec::new();
    for _ in 2..queqiao::web::MAX_SUBSCRIBERS {
        held.push(Events::open(&served, "/api/v1/feed?topic=readings", None).await);
    }
    let full = served.get("/api/v1/feed?lang=en").send().await.unwrap();
    assert_eq!(full.status(), 503);
    assert!(full.headers().contains_key("retry-after"));
    assert!(full.text().await.unwrap().contains("/api/v1/changes"));
    drop(held);
    let deadline = deadline();
    while served.get("/api/v1/feed").send().await.unwrap().status() != 200 {
        assert!(Instant::now() < deadline, "no place became free");
    }
}
