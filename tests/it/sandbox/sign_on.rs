//! `civil` and `finance` behind their single sign-on.

use reqwest::{Response, StatusCode};
use scraper::{Html, Selector};

use super::*;

fn both() -> Options {
    Options { only: Some(vec!["civil".into(), "finance".into()]), ..options() }
}

/// A client that follows no redirect, so that each can be looked at.
fn wary() -> Client {
    rustls::crypto::ring::default_provider().install_default().ok();
    Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

fn place(answer: &Response) -> &str {
    assert_eq!(answer.status(), StatusCode::FOUND, "{}", answer.url());
    answer.headers()["location"].to_str().unwrap()
}

fn field<'a>(page: &'a str, name: &str) -> &'a str {
    page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap().split('"').next().unwrap()
}

/// Sends the login form of that page.
async fn send(client: &Client, address: &str, page: &str, password: &str) -> Response {
    let form = [
        ("username", "bot"),
        ("password", password),
        ("lt", field(page, "lt")),
        ("execution", field(page, "execution")),
        ("_eventId", "submit"),
    ];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = client.post(address).header("content-type", "application/x-www-form-urlencoded");
    request.body(body).send().await.unwrap()
}

/// Goes to the system, is sent to the sign-on, and sends its form; answers with what follows.
async fn enter(client: &Client, system: &Practice, password: &str) -> String {
    let login = client.get(system.address()).send().await.unwrap();
    let address = login.url().to_string();
    assert!(address.contains("/cas/login?service="), "{address}");
    let page = login.text().await.unwrap();
    send(client, &address, &page, password).await.text().await.unwrap()
}

async fn see(client: &Client, system: &Practice, path: &str) -> String {
    let answer = client.get(format!("{}{path}", system.address())).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap()
}

async fn api(client: &Client, civil: &Practice, path: &str) -> Value {
    let answer = client.get(format!("{}api/{path}", civil.address())).send().await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_ticket_is_good_once_for_one_system_and_one_login_opens_both() {
    let sandbox = Sandbox::start(both()).await.unwrap();
    let [civil, finance] = sandbox.systems() else { panic!("two systems") };
    let client = wary();
    let sent = client.get(civil.address()).send().await.unwrap();
    let login = place(&sent).to_owned();
    let page = client.get(&login).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("登录后将进入：民政业务综合管理系统"));
    let answer = send(&client, &login, &page, PASSWORD).await;
    let with_ticket = place(&answer).to_owned();
    assert!(with_ticket.starts_with(&format!("{}?ticket=ST-", civil.address())), "{with_ticket}");
    assert!(answer.headers()["set-cookie"].to_str().unwrap().contains("Path=/cas/"));
    let elsewhere = with_ticket.replace(civil.address(), &format!("{}subsidy/list.do", finance.address()));
    assert!(place(&client.get(&elsewhere).send().await.unwrap()).contains("/cas/login?"), "another system's ticket");
    assert!(place(&client.get(&with_ticket).send().await.unwrap()).contains("/cas/login?"), "and so it is used up");
    let again = client.get(&login).send().await.unwrap();
    let with_ticket = place(&again).to_owned();
    assert_eq!(place(&client.get(&with_ticket).send().await.unwrap()), civil.address());
    assert_eq!(api(&client, civil, "user").await["data"]["username"], "bot");
    let sent = client.get(format!("{}subsidy/view.do?id=100001", finance.address())).send().await.unwrap();
    let sent = client.get(place(&sent)).send().await.unwrap();
    let sent = client.get(place(&sent)).send().await.unwrap();
    assert_eq!(place(&sent), format!("{}subsidy/view.do?id=100001", finance.address()), "no second login");
    assert!(see(&client, finance, "subsidy/view.do?id=100001").await.contains("〔2026〕1号"));
    assert_eq!((civil.logins(), finance.logins()), (1, 1));
    sandbox.stop().await;
}

#[tokio::test]
async fn both_systems_look_at_one_account() {
    let sandbox = Sandbox::start(both()).await.unwrap();
    let [civil, finance] = sandbox.systems() else { panic!("two systems") };
    let login = client().get(civil.address()).send().await.unwrap();
    let (address, page) = (login.url().to_string(), login.text().await.unwrap());
    let words = async |system, password| enter(&client(), system, password).await;
    assert!(send(&client(), &address, &page, "wrong").await.text().await.unwrap().contains("还可尝试 4 次"));
    assert!(send(&client(), &address, &page, "wrong").await.text().await.unwrap().contains("登录页面已过期"));
    assert!(words(finance, "wrong").await.contains("还可尝试 3 次"));
    assert!(words(civil, "wrong").await.contains("还可尝试 2 次"));
    assert!(words(finance, PASSWORD).await.contains("财政惠民补贴审批系统"));
    assert_eq!((civil.failed_logins(), finance.failed_logins()), (2, 1));
    for _ in 0..5 {
        words(civil, "wrong").await;
    }
    assert!(words(finance, PASSWORD).await.contains("账号已冻结"));
    sandbox.stop().await;
}

#[tokio::test]
async fn lost_sessions_end_at_the_login_and_kicked_ones_say_so() {
    let sandbox = Sandbox::start(both()).await.unwrap();
    let [civil, finance] = sandbox.systems() else { panic!("two systems") };
    let client = client();
    assert!(enter(&client, finance, PASSWORD).await.contains("当前用户：bot"));
    assert!(see(&client, civil, "").await.contains("civil/app.js"), "let in without a second login");
    finance.end_sessions();
    assert!(see(&client, finance, "subsidy/list.do").await.contains("id=\"fm1\""), "302, then 200");
    civil.end_sessions();
    let lost = api(&client, civil, "cases").await;
    assert_eq!((&lost["success"], &lost["errorCode"]), (&json!(false), &json!("UNAUTHORIZED")));
    enter(&client, finance, PASSWORD).await;
    see(&client, civil, "").await;
    for system in [civil, finance] {
        system.kick();
    }
    assert_eq!(api(&client, civil, "cases").await["message"], "该账号在其他地方登录");
    for (system, path) in [(civil, ""), (finance, "subsidy/list.do")] {
        assert!(see(&client, system, path).await.contains("<h2>该账号在其他地方登录</h2>"));
        system.set_maintenance(true);
        assert!(see(&client, system, path).await.contains("<h2>系统维护中</h2>"));
    }
    assert_eq!(api(&client, civil, "cases").await["errorCode"], "MAINTENANCE");
    sandbox.stop().await;
}

#[tokio::test]
async fn the_cursor_gives_every_case_once_though_new_ones_arrive() {
    let sandbox = Sandbox::start(both()).await.unwrap();
    let civil = &sandbox.systems()[0];
    let client = client();
    enter(&client, civil, PASSWORD).await;
    let truth = civil.truth();
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let list = api(&client, civil, &format!("cases?size=90&cursor={cursor}")).await["data"].take();
        seen.extend(list["records"].as_array().unwrap().clone());
        civil.add_case();
        let Some(next) = list["next"].as_str() else { break };
        cursor = next.to_owned();
    }
    seen.reverse();
    assert_eq!(seen.len(), truth.len());
    for (row, case) in seen.iter().zip(&truth) {
        assert_eq!((&row["bjbh"], &row["sqr"]), (&json!(case.source_no), &json!(case.applicant_name)));
        assert_eq!(row["sqsj"], case.apply_date.unwrap().to_rfc3339_opts(chrono::SecondsFormat::Secs, false));
    }
    let steps = api(&client, civil, "cases/100001/process").await;
    assert_eq!(steps["data"][0]["hjmc"], "提交申请");
    sandbox.stop().await;
}

#[tokio::test]
async fn a_query_shows_the_latest_200_under_their_towns_and_narrower_ones_show_all() {
    let sandbox = Sandbox::start(both()).await.unwrap();
    let finance = &sandbox.systems()[1];
    let client = client();
    enter(&client, finance, PASSWORD).await;
    let all = see(&client, finance, "subsidy/list.do").await;
    assert!(all.contains("只显示最近 200 条") && all.contains("共 1000 条，显示 200 条"));
    let rows = Selector::parse("#records tbody tr").unwrap();
    let mut seen = Vec::new();
    let mut day = chrono::NaiveDate::from_ymd_opt(2026, 10, 1).unwrap();
    while day.to_string().as_str() < "2026-11-24" {
        let to = day + chrono::Days::new(3);
        let page = see(&client, finance, &format!("subsidy/list.do?from={day}&to={to}")).await;
        assert!(!page.contains("只显示最近"));
        let page = Html::parse_document(&page);
        let mut town = String::new();
        let mut lines = page.select(&rows);
        while let Some(row) = lines.next() {
            let text = row.text().collect::<Vec<_>>().join(" ");
            if row.attr("class") == Some("town") {
                town = text.split('（').next().unwrap().trim().to_owned();
            } else if !text.contains("没有符合条件") {
                let more = lines.next().unwrap().text().collect::<Vec<_>>().join(" ");
                seen.push((text, more, town.clone()));
            }
        }
        day = to + chrono::Days::new(1);
    }
    let truth = finance.truth();
    assert_eq!(seen.len(), truth.len());
    for case in &truth {
        let number = format!(" {} ", case.source_no);
        let mut found = seen.iter().filter(|(text, ..)| format!(" {} ", text.replace('\n', " ")).contains(&number));
        let (text, more, town) = found.next().unwrap();
        assert!(found.next().is_none() && text.contains(&case.applicant_name) && text.contains(&case.task_name));
        assert!(more.contains(&case.apply_date.unwrap().format("%Y年%m月%d日").to_string()), "{more}");
        assert_eq!(town == "沂东新区", case.town_code.is_empty());
    }
    sandbox.stop().await;
}

#[tokio::test]
async fn the_endless_list_ends_with_the_oldest_case() {
    let sandbox = Sandbox::start(Options { cases: 100, ..both() }).await.unwrap();
    let finance = &sandbox.systems()[1];
    let client = client();
    enter(&client, finance, PASSWORD).await;
    let item = Selector::parse("li[data-id]").unwrap();
    let ids = |page: &str| -> Vec<String> {
        Html::parse_fragment(page).select(&item).map(|item| item.attr("data-id").unwrap().to_owned()).collect()
    };
    let mut seen = ids(&see(&client, finance, "subsidy/recent.do").await);
    loop {
        let piece = ids(&see(&client, finance, &format!("subsidy/piece.do?before={}", seen.last().unwrap())).await);
        if piece.is_empty() {
            break;
        }
        seen.extend(piece);
    }
    let right: Vec<String> = (100_001..=100_100).rev().map(|id: u32| id.to_string()).collect();
    assert_eq!(seen, right);
    sandbox.stop().await;
}

#[tokio::test]
async fn the_saved_pages_are_what_they_serve() {
    let sandbox = Sandbox::start(both()).await.unwrap();
    let [civil, finance] = sandbox.systems() else { panic!("two systems") };
    let client = client();
    let login = client.get(civil.address()).send().await.unwrap().text().await.unwrap();
    same(&login.replace(field(&login, "lt"), "LT"), "civil/login.html");
    enter(&client, civil, PASSWORD).await;
    for (path, name) in [
        ("cases?size=20", "list.json"),
        ("cases/100992", "detail.json"),
        ("cases/100992/process", "process.json"),
        ("cases/1", "missing.json"),
    ] {
        let kept: Value = serde_json::from_slice(&saved(&format!("civil/{name}"))).unwrap();
        assert_eq!(api(&client, civil, path).await, kept, "{name}");
    }
    for (path, name) in
        [("subsidy/list.do?from=2026-11-23&to=2026-11-23", "list.html"), ("subsidy/view.do?id=100992", "view.html")]
    {
        same(&see(&client, finance, path).await, &format!("finance/{name}"));
    }
    sandbox.stop().await;
}
