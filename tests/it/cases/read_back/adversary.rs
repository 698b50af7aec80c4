//! A form that may show one thing and send another, in many ways: what is sent is what was meant, or a person is told and nothing is sent.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

use axum::{
    Form, Router,
    extract::{Query, State},
    response::Html,
    routing::{get, post},
};
use serde_json::json;

use super::{
    super::trial::Trial,
    pages::{Must, ODDS, Odd, page},
};

/// What the target has received, by the number of the case.
type Saved = Arc<Mutex<BTreeMap<String, Vec<String>>>>;

fn number(at: usize) -> String {
    format!("YC{at:03}")
}

fn odds(verb: &str) -> impl Iterator<Item = (String, &'static Odd)> {
    ODDS.iter().enumerate().filter(move |(_, odd)| odd.verb == verb).map(|(at, odd)| (number(at), odd))
}

fn pages(verb: &'static str, saved: Saved) -> Router {
    let rows: Vec<_> = odds(verb).map(|(no, odd)| json!({ "no": no, "verb": odd.verb })).collect();
    let rows = json!({ "total": rows.len(), "rows": rows });
    let form = move |Query(asked): Query<BTreeMap<String, String>>| async move {
        let (no, odd) = odds(verb).find(|(no, _)| *no == asked["no"]).expect("one of the cases");
        Html(page(odd, &no))
    };
    let vue = || async {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sandbox/assets/permits/vue/vue.min.js");
        ([("content-type", "text/javascript")], fs::read(file).expect("it is shipped"))
    };
    Router::new()
        .route("/rows", get(move || async move { axum::Json(rows) }))
        .route("/form", get(form))
        .route("/vue.js", get(vue))
        .route("/save", post(save))
        .with_state(saved)
}

async fn save(State(saved): State<Saved>, Form(sent): Form<Vec<(String, String)>>) -> Html<&'static str> {
    let told =
        |name: &str| sent.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str()).collect::<Vec<_>>();
    saved.lock().unwrap().entry(told("no").concat()).or_default().push(told("t").join("、"));
    Html("<meta charset=utf-8><p>登记成功</p>")
}

/// What is wrong with the forms that are entered by a verb.
async fn wrong(verb: &'static str) -> Vec<String> {
    let saved = Saved::default();
    let trial = Trial::start("read-back", pages(verb, Arc::clone(&saved))).await;
    trial.run("source-collect").await;
    trial.run(&format!("target-{verb}")).await;
    let entries = trial.entries().await;
    trial.end().await;
    let saved = saved.lock().unwrap();
    let mut wrong = Vec::new();
    for (no, odd) in odds(verb) {
        let sent = saved.get(&no).cloned().unwrap_or_default();
        let entry = entries.iter().find(|entry| entry.wish.origin_no == no);
        let words = entry.and_then(|entry| entry.words.clone()).unwrap_or_default();
        let waits = entry.is_some_and(|entry| entry.state == "waiting");
        let right = match odd.must {
            // The day in the zone of the browser, which is that of this machine.
            Must::Send("millis") => {
                sent.len() == 1
                    && sent[0].parse().is_ok_and(|millis: i64| (millis - 1_796_256_000_000).abs() <= 14 * 3_600_000)
            }
            Must::Send(value) => sent == [value],
            Must::Wait(why) => sent.is_empty() && waits && words.contains(why),
        };
        if !right {
            let state = entry.map(|entry| entry.state.as_str());
            wrong.push(format!("{verb}, {}: received {sent:?}; {state:?} {words}", odd.name));
        }
    }
    wrong
}

#[tokio::test]
async fn no_date_is_sent_that_was_only_shown() {
    assert_eq!(wrong("date").await, Vec::<String>::new());
}

#[tokio::test]
async fn no_text_is_sent_that_was_only_shown() {
    assert_eq!(wrong("fill").await, Vec::<String>::new());
}

#[tokio::test]
async fn no_choice_is_sent_that_was_only_shown() {
    assert_eq!(wrong("choose").await, Vec::<String>::new());
}
