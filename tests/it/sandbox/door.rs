//! What can be made hard from outside, through the practice's own door or its methods.

use super::*;

async fn control(practice: &Practice, wish: Value) -> Value {
    let request = client().post(format!("{}practice/control", practice.address()));
    let answer = request.header("content-type", "application/json").body(wish.to_string()).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{wish}");
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

fn numbers(list: &Value) -> Vec<String> {
    let rows = list["data"]["rows"].as_array().unwrap().iter();
    rows.map(|row| row["caseNo"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn rows_shift_while_pages_are_read_and_come_to_rest() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let permits = &sandbox.systems()[0];
    let token = token(permits).await;
    let read = async |page: u32| call(permits, &format!("api/cases?page={page}&size=50"), &token).await;
    let first = numbers(&read(1).await);
    assert_eq!(control(permits, json!({ "arrivals": 2 })).await["arrivals"], 2);
    let second = read(2).await;
    assert_eq!(numbers(&second)[0], first[49], "the last row of page 1 has moved to page 2");
    assert_eq!(second["data"]["total"], 1001);
    assert_eq!((&read(3).await["data"]["total"], &read(4).await["data"]["total"]), (&json!(1002), &json!(1002)));
    permits.set_removals(1);
    assert_eq!(read(1).await["data"]["total"], 1001);
    assert_eq!(permits.truth().len(), 1001);
    let counts = control(permits, json!({})).await;
    assert_eq!((&counts["list_requests"], &counts["removals"]), (&json!(5), &json!(0)));
    sandbox.stop().await;
}

#[tokio::test]
async fn a_person_kicks_the_bot_and_sessions_end_by_themselves() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let [permits, water] = sandbox.systems() else { panic!("two systems") };
    let first = token(permits).await;
    control(permits, json!({ "kick": true })).await;
    assert_eq!(call(permits, "api/cases", &first).await["code"], 409);
    assert_eq!(permits.logins(), 1, "what the person did is not counted");
    control(permits, json!({ "session_requests": 2 })).await;
    let second = token(permits).await;
    let codes = [call(permits, "api/user", &second).await, call(permits, "api/cases", &second).await];
    assert!(codes.iter().all(|answer| answer["code"] == 0));
    assert_eq!(call(permits, "api/cases", &second).await["code"], 401);
    let (client, _) = enter_water(water, PASSWORD).await;
    water.kick();
    assert!(page(&client, water, "case/list.do?page=1").await.contains("该账号在其他地方登录"));
    sandbox.stop().await;
}

#[tokio::test]
async fn a_slow_system_answers_the_same_later() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let water = &sandbox.systems()[1];
    let usual = page(&client(), water, "login.do").await;
    control(water, json!({ "slow": 300 })).await;
    let began = Instant::now();
    assert_eq!(page(&client(), water, "login.do").await, usual);
    assert!(began.elapsed() >= Duration::from_millis(300));
    water.set_slow(Duration::ZERO);
    assert_eq!(control(water, json!({})).await["slow"], 0);
    sandbox.stop().await;
}

#[tokio::test]
async fn a_redesign_renames_what_is_the_systems_own_and_keeps_what_people_see() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let [permits, water] = sandbox.systems() else { panic!("two systems") };
    let (client, _) = enter_water(water, PASSWORD).await;
    let before = page(&client, water, "case/list.do?page=1").await;
    let shown = |html: &str| scraper::Html::parse_document(html).root_element().text().collect::<String>();
    let mut designs = vec![before.clone()];
    for seed in 1..=5 {
        control(water, json!({ "redesign": seed })).await;
        let redesigned = page(&client, water, "case/list.do?page=1").await;
        assert_eq!(shown(&redesigned), shown(&before));
        designs.push(redesigned);
    }
    designs.sort();
    designs.dedup();
    assert_eq!(designs.len(), 6, "every seed has its own design");
    water.set_redesign(0);
    assert_eq!(page(&client, water, "case/list.do?page=1").await, before);
    // A page that a script makes: its script and style are the ones that change, together.
    let asset =
        async |name: &str| client.get(format!("{}static/permits/{name}", permits.address())).send().await.unwrap();
    let dressed = async |seed: u64| {
        permits.set_redesign(seed);
        (asset("app.css").await.text().await.unwrap(), asset("app.js").await.text().await.unwrap())
    };
    let brand = |style: &str| style.split('.').find(|rule| rule.starts_with("brand-")).map(|rule| rule[..9].to_owned());
    for seed in 1.. {
        let (style, script) = dressed(seed).await;
        if let Some(brand) = brand(&style) {
            assert!(script.contains(&format!("class=\"{brand}\"")));
            break;
        }
    }
    sandbox.stop().await;
}
