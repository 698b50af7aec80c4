//! What waits for people: who may see it and answer, by API, by the page's forms, and in a real browser on a phone's width.

use queqiao::{
    record::EntryState,
    store::{Ask, EntryMove, Kept, Said, TaskState, Wish},
    transport::{Act, Browser, BrowserOptions, Driver, Mark},
};

use super::{
    refusals::problem,
    screen::{attribute, page_when, texts},
    *,
};

/// A picture of one point, PNG.
fn point() -> Vec<u8> {
    let written = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    base64::Engine::decode(&base64::engine::general_purpose::STANDARD, written).unwrap()
}

async fn ask(served: &Served) -> i64 {
    let text = str::to_owned;
    let now = Clock::system().now();
    let ask = Ask {
        kind: text("captcha"),
        system: text("medical"),
        bot: text("medical-collect"),
        run: text("r1"),
        account: text("medical-bot"),
        entry: None,
        field: text("answer"),
        picture: point(),
        deadline: now + TimeDelta::minutes(3),
    };
    served.store.ask_person(&ask, now).await.unwrap()
}

/// An entry that waits for a person, with a target's words that name somebody.
async fn waiting_entry(served: &Served) -> i64 {
    let text = str::to_owned;
    let case = case(1);
    let wish = Wish {
        target: text("water"),
        purpose: text("enter"),
        bot: text("water-enter"),
        origin_system: text("permits"),
        origin_no: case.source_no.clone(),
        project_no: case.project_no.clone(),
        mark: text("M1"),
        wanted: serde_json::json!({ "case": case }).to_string(),
        version: 1,
    };
    let kept = Kept { key: case.source_no.clone(), version: 1, record: None, wishes: vec![wish], ..Kept::default() };
    served.store.keep("permits", &[kept]).await.unwrap();
    let now = Clock::system().now();
    let until = now + TimeDelta::minutes(5);
    let mut entry = served.store.lease_entry("water-enter", "w", now, until).await.unwrap().unwrap();
    entry.state = EntryState::Waiting.word().to_owned();
    (entry.resting, entry.changed_at) = (true, now);
    entry.words = Some("王小明，13800001234：<b>没有这个选项</b>".to_owned());
    let moved = EntryMove { event: text("stuck"), detail: text("{}"), until, records: Vec::new(), read_again: None };
    served.store.move_entry(&entry, &moved).await.unwrap();
    served.store.release_entry(&entry).await.unwrap();
    entry.id
}

fn send(served: &Served, id: &str, body: Value) -> reqwest::RequestBuilder {
    let path = format!("/api/v1/people/{id}/answer?lang=en");
    served.client.post(served.url(&path)).header("content-type", "application/json").body(body.to_string())
}

#[tokio::test]
async fn a_question_is_answered_by_api_once_and_in_time() {
    let served = Served::start().await;
    let id = ask(&served).await;
    assert_eq!(problem(served.get("/api/v1/people").send().await.unwrap()).await.0, 401);
    let right = serde_json::json!({ "answer": " 7Q2X ", "person": "li" });
    let bare = send(&served, &id.to_string(), right.clone()).send().await.unwrap();
    assert_eq!(problem(bare).await.0, 401);
    let list = served.get("/api/v1/people").bearer_auth(TOKEN).send().await.unwrap();
    let list: Value = list.json().await.unwrap();
    let item = &list["waiting"][0];
    assert_eq!((&item["id"], &item["kind"]), (&Value::from(id.to_string()), &Value::from("captcha")));
    assert!(item["picture"].as_str().unwrap().starts_with("iVBORw0KGgo") && item["otherwise"] == "run_ends", "{item}");
    assert!(item["deadline"].as_str() > list["now"].as_str());

    let sent = async |id: &str, body: Value| send(&served, id, body).bearer_auth(TOKEN).send().await.unwrap();
    for (number, body, status, words) in [
        ("999", right.clone(), 404, "999"),
        ("x", right.clone(), 404, "`x`"),
        (id.to_string().as_str(), serde_json::json!({ "answer": " " }), 400, "200"),
        (id.to_string().as_str(), serde_json::json!({ "anser": "x" }), 400, "anser"),
    ] {
        let (given, detail) = problem(sent(number, body).await).await;
        assert!(given == status && detail.contains(words), "{number}: {given} {detail}");
    }
    assert_eq!(sent(&id.to_string(), right.clone()).await.status(), 204);
    let (status, detail) = problem(sent(&id.to_string(), right).await).await;
    assert!(status == 409 && detail.contains("first answer"), "{detail}");
    let said = served.store.take_answer(id, Clock::system().now()).await.unwrap();
    assert_eq!(said, Said::Answer("7Q2X".to_owned()));
    let list = served.get("/api/v1/people").bearer_auth(TOKEN).send().await.unwrap();
    let list: Value = list.json().await.unwrap();
    assert!(list["waiting"].as_array().unwrap().is_empty() && list["ended"][0]["by"] == "li", "{list}");
    assert!(!list.to_string().contains("7Q2X"), "what was answered is shown to nobody");
    let late = ask(&served).await;
    served.store.withdraw_task(late, Clock::system().now()).await.unwrap();
    let (status, detail) = problem(sent(&late.to_string(), serde_json::json!({ "answer": "1" })).await).await;
    assert!(status == 409 && detail.contains("the next run asks again"), "{detail}");
    let api = served.json("/api/v1/openapi.json").await;
    assert!(api["paths"]["/api/v1/people/{id}/answer"]["post"].is_object());
    assert!(api["components"]["schemas"]["PeopleList"].is_object());
}

#[tokio::test]
async fn an_entry_is_decided_about_and_names_nobody() {
    let served = Served::start().await;
    let id = waiting_entry(&served).await;
    let list = served.get("/api/v1/people").bearer_auth(TOKEN).send().await.unwrap();
    let list: Value = list.json().await.unwrap();
    let item = &list["waiting"][0];
    assert_eq!(item["id"], format!("entry-{id}"));
    assert_eq!(
        (&item["state"], &item["answers"]),
        (&Value::from("waiting"), &serde_json::json!(["enter", "settled", "cancel"]))
    );
    assert_eq!(item["words"], "王**，138******34：<b>没有这个选项</b>");
    let sent = async |body: Value| send(&served, &format!("entry-{id}"), body).bearer_auth(TOKEN).send().await.unwrap();
    let (status, detail) = problem(sent(serde_json::json!({ "answer": "yes" })).await).await;
    assert!(status == 400 && detail.contains("enter, settled, cancel"), "{detail}");
    let settled = serde_json::json!({ "answer": "settled", "receipt": "SL9", "because": "查过", "person": "li" });
    assert_eq!(sent(settled.clone()).await.status(), 204);
    let entry = served.store.entry(id).await.unwrap().unwrap();
    assert_eq!((entry.state.as_str(), entry.receipt.as_deref()), ("verified", Some("SL9")));
    let last = served.store.entry_events(id).await.unwrap().pop().unwrap();
    assert!(last.event == "decided_settled" && last.detail.contains("li") && last.detail.contains("查过"), "{last:?}");
    let (status, detail) = problem(sent(settled).await).await;
    assert!(status == 409 && detail.contains("look again"), "{detail}");
}

#[tokio::test]
async fn without_a_token_only_people_at_this_machine_answer() {
    let served = Served::with(|_| {}).await;
    let id = ask(&served).await.to_string();
    assert_eq!(served.get("/api/v1/people").send().await.unwrap().status(), 200);
    for (name, value) in
        [("host", "rebound.example"), ("x-forwarded-for", "10.0.0.1"), ("origin", "http://elsewhere.example")]
    {
        let refused =
            send(&served, &id, serde_json::json!({ "answer": "1" })).header(name, value).send().await.unwrap();
        let (status, detail) = problem(refused).await;
        assert!(status == 403 && detail.contains("QUEQIAO_SECRET_HUB_TOKEN"), "{name}: {status} {detail}");
    }
    let elsewhere = served.get("/people?lang=en").header("x-forwarded-for", "10.0.0.1").send().await.unwrap();
    assert_eq!(elsewhere.status(), 403);
    let text = elsewhere.text().await.unwrap();
    assert!(text.contains("at the machine itself") && !text.contains("medical"), "{text}");
    let here = served.get("/people").send().await.unwrap();
    assert!(here.headers()["set-cookie"].to_str().unwrap().contains("HttpOnly; SameSite=Strict"));
    assert!(here.text().await.unwrap().contains("data:image/png;base64,iVBORw0KGgo"));
    let none = Served::with(|options| options.store = None).await;
    assert_eq!(problem(none.get("/people").send().await.unwrap()).await.0, 404);
}

/// The value of a hidden field of the page's forms.
fn hidden(page: &str, name: &str) -> String {
    let (_, after) = page.split_once(&format!("name=\"{name}\" value=\"")).expect("the page has such a field");
    after.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_form_counts_only_from_whoever_is_signed_in_and_was_shown_it() {
    let served = Served::start().await;
    let id = ask(&served).await.to_string();
    let post = |path: &str, cookie: &str, fields: &[(&str, &str)]| {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let sent = served.client.post(served.url(path)).header("content-type", "application/x-www-form-urlencoded");
        sent.header("cookie", cookie.to_owned()).body(body).send()
    };
    let closed = served.get("/people?lang=en").send().await.unwrap();
    assert!(closed.headers()["content-security-policy"].to_str().unwrap().contains("form-action 'self'"));
    assert_eq!(closed.headers()["cache-control"], "no-store");
    assert!(!closed.text().await.unwrap().contains("medical"), "nothing shows before one has signed in");
    let wrong = post("/people/sign-in?lang=en", "", &[("name", "li"), ("token", "guess")]).await.unwrap();
    assert_eq!(wrong.status(), 401);
    assert!(wrong.text().await.unwrap().contains("That is not the token"));
    let right = [("name", "李雷"), ("token", TOKEN)];
    let right = post("/people/sign-in", "", &right).await.unwrap();
    assert_eq!(right.status(), 303);
    let set = right.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(set.contains("Path=/people; HttpOnly; SameSite=Strict"), "{set}");
    let cookie = set.split(';').next().unwrap();
    let page = served.get("/people").header("cookie", cookie).send().await.unwrap().text().await.unwrap();
    let form = hidden(&page, "form");

    let fields = |form| [("form", form), ("id", id.as_str()), ("answer", "7Q2X")];
    for (cookie, form) in [("", form.as_str()), ("queqiao-people=guess", &form), (cookie, "guess"), (cookie, "")] {
        assert_eq!(post("/people/answer", cookie, &fields(form)).await.unwrap().status(), 403, "{cookie} {form}");
    }
    let answered = post("/people/answer?lang=en", cookie, &fields(&form)).await.unwrap();
    assert_eq!(
        (answered.status().as_u16(), &answered.headers()["location"]),
        (303, &"/people?lang=en&said=yes".parse().unwrap())
    );
    let task = served.store.task(id.parse().unwrap(), Clock::system().now()).await.unwrap().unwrap();
    assert_eq!((task.state, task.answered_by.as_deref()), (TaskState::Answered, Some("李雷")));
    let late = post("/people/answer?lang=en", cookie, &fields(&form)).await.unwrap();
    assert_eq!(late.status(), 409);
    assert!(late.text().await.unwrap().contains("Somebody else has answered"));
    assert_eq!(post("/people/sign-out", cookie, &[("form", &form)]).await.unwrap().status(), 303);
    let out = served.get("/people").header("cookie", cookie).send().await.unwrap().text().await.unwrap();
    assert!(out.contains("data-door=\"sign-in\""));
}

#[tokio::test]
async fn on_a_phone_a_person_signs_in_sees_the_picture_and_answers() {
    let served = Served::start().await;
    let entry = waiting_entry(&served).await;
    let driver = Driver::new();
    let options = BrowserOptions { window: (390, 844), ..BrowserOptions::default() };
    let browser = Browser::open(&driver, &options).await.unwrap();
    let act = async |css: &str, act: Act| {
        let shown = browser.snapshot(true).await.unwrap();
        let index = attribute(&shown, css, "data-queqiao").and_then(|number| number.parse().ok());
        browser.act(&Mark { frames: Vec::new(), index: index.expect("it is marked") }, &act).await.unwrap();
    };
    browser.goto(&served.url("/people")).await.unwrap();
    page_when(&browser, "the form to sign in", |page| page.html.contains("data-door=\"sign-in\"")).await;
    act("#name", Act::Fill("李雷".to_owned().into())).await;
    act("#token", Act::Fill(TOKEN.to_owned().into())).await;
    act("#sign-in button", Act::Click).await;
    let page = page_when(&browser, "what waits", |page| page.html.contains("data-door=\"open\"")).await;
    assert_eq!(texts(&page, "#waiting h3"), ["停下的录入 · water"]);
    assert!(
        page.html.contains("&lt;b&gt;没有这个选项") && !page.html.contains("王小明"),
        "words are text, and name nobody"
    );

    let id = ask(&served).await;
    let css = format!("#waiting li[data-id='{id}'] img");
    let page = page_when(&browser, "the new question", |page| attribute(page, &css, "src").is_some()).await;
    let clock = texts(&page, ".clock").concat();
    assert!(clock.starts_with("2:") || clock == "3:00", "{clock}");
    assert!(texts(&page, ".otherwise").concat().contains("下次运行会再问"));
    act(&format!("#answer-{id}"), Act::Fill("7Q2X".to_owned().into())).await;
    act(&format!("#waiting li[data-id='{id}'] button"), Act::Click).await;
    let page = page_when(&browser, "the thanks", |page| attribute(page, "#note", "class").is_some()).await;
    assert!(texts(&page, "#ended li").concat().contains("李雷 已回答"));
    let said = served.store.take_answer(id, Clock::system().now()).await.unwrap();
    assert_eq!(said, Said::Answer("7Q2X".to_owned()));
    act(&format!("#waiting li[data-id='entry-{entry}'] button[value='cancel']"), Act::Click).await;
    page_when(&browser, "an empty board", |page| texts(page, "#count") == ["0"]).await;
    assert_eq!(served.store.entry(entry).await.unwrap().unwrap().state, "cancelled");
    browser.close().await;
    driver.stop().await;
}
