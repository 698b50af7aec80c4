//! The two situations in which a form was sent without what its fields showed.

use std::sync::{Arc, Mutex};

use axum::{
    Form, Router,
    extract::RawQuery,
    response::Html,
    routing::{get, post},
};
use serde_json::json;

use super::super::trial::{Trial, replace};

/// What the target has received.
type Taken = Arc<Mutex<Vec<String>>>;

const DATE: &str = r#"<!doctype html><meta charset="utf-8"><form method="post" action="register"><p><label for="n">来源编号</label><input id="n" name="note"></p>
<p id="when"><label for="d">申请日期</label><input type="hidden" id="d" name="applied"><input type="text" readonly id="shown"></p>
<div id="days" style="display:none"></div><p><button>提交</button></p></form>
<script>
const shown = document.getElementById("shown"), days = document.getElementById("days");
for (let i = 1; i <= 30; i++) {
  const day = document.createElement("span");
  day.textContent = i; day.style = "padding:4px"; day.setAttribute("aria-label", "2026年11月" + i + "日");
  day.onclick = () => { document.getElementById("d").value = "2026-11-" + String(i).padStart(2, "0"); shown.value = "2026年11月" + i + "日"; days.style.display = "none"; };
  days.appendChild(day);
}
shown.onclick = shown.onfocus = () => { days.style.display = "block"; };
</script>"#;

fn date_pages(taken: &Taken, form: String) -> Router {
    let rows = json!({ "total": 1, "rows": [{ "no": "YC1", "status": "已受理", "applied": "2026-11-20" }] });
    let kept = Arc::clone(taken);
    let register = move |Form(sent): Form<Vec<(String, String)>>| {
        let applied = sent.iter().find(|(name, _)| name == "applied").map(|(_, value)| value.clone());
        kept.lock().unwrap().push(applied.unwrap_or_default());
        async {
            Html("<meta charset=utf-8><p>登记成功</p><table><tr><th>受理编号</th><td>D001</td></tr></table>")
        }
    };
    // What a clerk has entered before proves that the search finds something.
    let found = |RawQuery(query): RawQuery| async move {
        let row = if query.unwrap_or_default().ends_with("YC0") { "<tr><td>D000</td><td>YC0</td></tr>" } else { "" };
        let total = usize::from(!row.is_empty());
        Html(format!(
            "<meta charset=utf-8><p>共 {total} 条</p><table><tr><th>受理编号</th><th>来源编号</th></tr>{row}</table>"
        ))
    };
    Router::new()
        .route("/rows", get(move || async move { axum::Json(rows) }))
        .route("/register", get(move || async move { Html(form) }).post(register))
        .route("/registered", get(found))
}

async fn dated(form: String, locator: &str) -> (Vec<String>, String, String) {
    let taken = Taken::default();
    let trial = Trial::edited("a-date-field-that-only-shows", date_pages(&taken, form), |root| {
        replace(&root.join("selectors/target.toml"), "css=#when input:not([type=hidden])", locator);
    })
    .await;
    trial.run("source-collect").await;
    trial.run("target-enter").await;
    let entry = trial.entries().await.remove(0);
    trial.end().await;
    let taken = taken.lock().unwrap().clone();
    (taken, entry.state, entry.words.unwrap_or_default())
}

#[tokio::test]
async fn the_day_is_pressed_in_the_calendar_of_a_field_that_only_shows_it() {
    for locator in ["css=#when input:not([type=hidden])", "label=申请日期"] {
        let (taken, state, words) = dated(DATE.to_owned(), locator).await;
        // The label belongs to the hidden field, which nobody sees: there a person may be asked as well.
        let waits = taken.is_empty() && state == "waiting" && locator.starts_with("label");
        assert!(taken == ["2026-11-20"] || waits, "{locator}: {taken:?} {state} {words}");
    }
}

#[tokio::test]
async fn a_date_that_no_calendar_takes_waits_for_a_person_and_nothing_is_sent() {
    let deaf = DATE.replace("days.style.display = \"block\"", "void 0");
    let (taken, state, words) = dated(deaf, "css=#when input:not([type=hidden])").await;
    assert_eq!((taken.len(), state.as_str()), (0, "waiting"), "{words}");
    assert!(words.contains("nobody can type into it"), "{words}");
}

const WIDGETS: &str = r#"<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>登记</title></head><body><h2>办件登记</h2>
<p><label for="who">申请人</label><input id="who"></p>
<div class="item"><label>性别</label><div class="group"><label class="radio"><input type="radio" name="s" value="1" tabindex="-1"><span>男</span></label><label class="radio"><input type="radio" name="s" value="2" tabindex="-1"><span>女</span></label></div></div>
<p><label for="d">申请日期</label><input id="d" readonly placeholder="请选择日期"></p>
<div id="cal" hidden></div>
<button id="go">提交</button><p id="ok" hidden>登记成功</p>
<script>
const model = { who: "", s: "", d: "" };
who.oninput = () => { model.who = who.value; };
document.querySelectorAll(".radio").forEach((label) => label.addEventListener("click", (e) => {
  if (e.target.tagName === "INPUT") return;
  model.s = label.querySelector("input").value;
}));
d.onclick = () => { cal.hidden = false; cal.innerHTML = "<b>2026年12月</b><table>" + [0, 1, 2, 3, 4].map((r) => "<tr>" + [1, 2, 3, 4, 5, 6, 7].map((c) => r * 7 + c).filter((n) => n <= 31).map((n) => `<td>${n}</td>`).join("") + "</tr>").join("") + "</table>"; };
cal.onclick = (e) => { if (e.target.tagName === "TD") { model.d = "2026-12-" + e.target.textContent.padStart(2, "0"); d.value = model.d; cal.hidden = true; } };
go.onclick = () => { fetch("/send?" + encodeURIComponent(JSON.stringify(model)), { method: "POST" }); ok.hidden = false; };
</script></body></html>"#;

#[tokio::test]
async fn widgets_that_do_not_hear_their_own_inputs_are_pressed_as_a_person_presses_them() {
    let taken = Taken::default();
    let kept = Arc::clone(&taken);
    let send = move |RawQuery(query): RawQuery| {
        let said = format!("m={}", query.unwrap_or_default());
        let model = url::form_urlencoded::parse(said.as_bytes()).next().map(|(_, model)| model.into_owned());
        kept.lock().unwrap().push(model.unwrap_or_default());
        async { "ok" }
    };
    let pages = Router::new().route("/form", get(|| async { Html(WIDGETS) })).route("/send", post(send));
    let trial = Trial::start("disc-widgets-that-do-not-hear-their-own-inputs", pages).await;
    trial.run("source-collect").await;
    trial.run("target-enter").await;
    let entry = trial.entries().await.remove(0);
    trial.end().await;
    let taken = taken.lock().unwrap().clone();
    assert_eq!(taken, [r#"{"who":"SL2026000001","s":"2","d":"2026-12-03"}"#], "{} {:?}", entry.state, entry.words);
}
