//! Forms over plain HTTP: no script is run, so what a script would have to do is not done, and must be told.

use std::{
    collections::BTreeMap,
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
    pages::Must::{self, Send, Wait},
};

/// What the target has received, by the number of the case.
type Saved = Arc<Mutex<BTreeMap<String, Vec<String>>>>;

const NOTE: &str = "<p><label>来源编号 <input name=note></label></p>";
const KIND: &str = "<p><label>类别 <select name=kind><option>甲</option><option>乙</option></select></label></p>";

/// A name, the form without its first fields, and what must become of the entry.
const FORMS: [(&str, &str, Must); 8] = [
    ("its own name", "<p><label>内容 <input name=t></label></p>", Send("13800001234")),
    ("read-only", "<p><label>内容 <input name=t readonly></label></p>", Wait("read-only")),
    ("disabled", "<p><label>内容 <input name=t disabled></label></p>", Wait("disabled")),
    ("no name", "<p><label>内容 <input></label></p>", Wait("no name")),
    (
        "a twin that a script fills",
        "<p><label>内容 <input name=t_show></label><input type=hidden name=t></p>",
        Wait("nothing as `t`"),
    ),
    (
        "a constant beside it",
        "<p><label>内容 <input name=t></label><input type=hidden name=t_kind value=7></p>",
        Send("13800001234"),
    ),
    ("another form", "<p><label>内容 <input name=t form=other></label></p>", Wait("not in the form that is sent")),
    ("lost when the page posted itself back", "POSTS BACK", Wait("come back without it")),
];

fn number(at: usize) -> String {
    format!("YC{at:03}")
}

fn page(no: &str, field: &str) -> String {
    let kind = if field == "POSTS BACK" {
        KIND.replace("name=kind", "name=kind onchange='this.form.submit()'")
    } else {
        KIND.to_owned()
    };
    let field = if field == "POSTS BACK" { "<p><label>内容 <input name=t></label></p>" } else { field };
    format!(
        "<!doctype html><meta charset=utf-8><form id=other></form><form method=post action=save?no={no}>{NOTE}{field}{kind}<p><button name=save value=1>提交</button></p></form>"
    )
}

async fn save(
    State(saved): State<Saved>,
    Query(asked): Query<BTreeMap<String, String>>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Html<String> {
    let told = |name: &str| sent.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone());
    let no = &asked["no"];
    if told("save").is_none() {
        // The choice has been heard, and everything else is forgotten.
        let back = page(no, FORMS[0].1).replace("<option>乙", "<option selected>乙");
        return Html(back);
    }
    saved.lock().unwrap().entry(no.clone()).or_default().push(told("t").unwrap_or_default());
    Html("<meta charset=utf-8><p>登记成功</p>".to_owned())
}

#[tokio::test]
async fn a_plain_form_sends_what_was_filled_or_a_person_is_told() {
    let saved = Saved::default();
    let rows: Vec<_> = (0..FORMS.len()).map(|at| json!({ "no": number(at), "verb": "http" })).collect();
    let rows = json!({ "total": rows.len(), "rows": rows });
    let form = |Query(asked): Query<BTreeMap<String, String>>| async move {
        let no = &asked["no"];
        let at = (0..FORMS.len()).find(|at| number(*at) == *no).expect("one of the cases");
        Html(page(no, FORMS[at].1))
    };
    let pages = Router::new()
        .route("/rows", get(move || async move { axum::Json(rows) }))
        .route("/form", get(form))
        .route("/save", post(save))
        .with_state(Arc::clone(&saved));
    let trial = Trial::start("read-back", pages).await;
    trial.run("source-collect").await;
    trial.run("target-http").await;
    let entries = trial.entries().await;
    trial.end().await;
    let saved = saved.lock().unwrap().clone();
    for (at, (name, _, must)) in FORMS.iter().enumerate() {
        let entry = entries.iter().find(|entry| entry.wish.origin_no == number(at)).expect("it was taken");
        let sent = saved.get(&number(at)).cloned().unwrap_or_default();
        let words = entry.words.clone().unwrap_or_default();
        let right = match must {
            Send(value) => sent == [*value],
            Wait(why) => sent.is_empty() && entry.state == "waiting" && words.contains(why),
        };
        assert!(right, "{name}: received {sent:?}; {} {words}", entry.state);
    }
}
