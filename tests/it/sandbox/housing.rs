//! `housing` as a client and as a browser meet it.

use super::*;

/// Posts the login form; answers with the page that follows and the client, which now holds the session.
async fn enter(housing: &Practice, password: &str) -> (Client, String) {
    let client = client();
    let request = client.post(format!("{}login.action", housing.address()));
    let answer = request.body(format!("czybm=bot&mm={password}&jgbm=371312")).send().await.unwrap();
    let page = decode(&answer.bytes().await.unwrap());
    (client, page)
}

/// Rows as the grid's script asks for them.
async fn query(client: &Client, housing: &Practice, form: &str) -> Vec<u8> {
    let request = client.post(format!("{}biz/query.action", housing.address()));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(form.to_owned());
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/html; charset=gb2312");
    answer.bytes().await.unwrap().to_vec()
}

async fn rows(client: &Client, housing: &Practice, form: &str) -> Value {
    serde_json::from_str(&decode(&query(client, housing, form).await)).unwrap()
}

#[tokio::test]
async fn the_grid_holds_every_case_once_but_shows_open_ones_unless_told_otherwise() {
    let sandbox = Sandbox::start(only(&["housing"])).await.unwrap();
    let housing = &sandbox.systems()[0];
    let (client, index) = enter(housing, PASSWORD).await;
    assert!(index.contains("当前操作员：<span>bot</span>"));
    let truth = housing.truth();
    let open = truth.iter().filter(|case| case.result_date.is_none()).count();
    let total = async |form: &str| rows(&client, housing, form).await["total"].as_u64().unwrap();
    assert_eq!(total("page=1&rows=20").await, open as u64);
    assert_eq!(total("page=1&rows=20&bjzt=2").await, (1000 - open) as u64);
    let mut seen = Vec::new();
    for page in 1..=5 {
        let answer = rows(&client, housing, &format!("page={page}&rows=200&bjzt=0")).await;
        assert_eq!(answer["footer"][0]["sqr"], "1000 笔");
        seen.extend(answer["rows"].as_array().unwrap().clone());
    }
    seen.reverse(); // the answer sheet is oldest first
    assert_eq!(seen.len(), truth.len());
    for (row, case) in seen.iter().zip(&truth) {
        assert_eq!((&row["ywlsh"], &row["sqr"]), (&json!(case.source_no), &json!(case.applicant_name)));
    }
    let rare = truth.iter().find(|case| case.applicant_name.contains('𠮷')).expect("a rare name among a thousand");
    let keyword: String = url::form_urlencoded::byte_serialize(rare.applicant_name.as_bytes()).collect();
    let found = rows(&client, housing, &format!("page=1&rows=20&bjzt=0&gjz={keyword}")).await;
    assert!(found["rows"].as_array().unwrap().iter().any(|row| row["ywlsh"] == rare.source_no.as_str()));
    assert_eq!((housing.list_requests(), housing.detail_requests()), (8, 0));
    sandbox.stop().await;
}

#[tokio::test]
async fn whoever_may_not_come_in_gets_a_page_even_for_rows() {
    let sandbox = Sandbox::start(only(&["housing"])).await.unwrap();
    let housing = &sandbox.systems()[0];
    let form = "page=1&rows=20&bjzt=0";
    assert!(decode(&query(&client(), housing, form).await).contains("<form id=\"loginForm\""));
    assert!(enter(housing, "guess").await.1.contains("用户名或密码错误，还可尝试 4 次"));
    let (first, _) = enter(housing, PASSWORD).await;
    housing.kick();
    assert!(decode(&query(&first, housing, form).await).contains("<h3>该账号在其他地方登录</h3>"));
    let (second, _) = enter(housing, PASSWORD).await;
    housing.set_session_requests(Some(1));
    assert!(decode(&query(&second, housing, form).await).contains("<form id=\"loginForm\""));
    housing.set_maintenance(true);
    assert!(decode(&query(&second, housing, form).await).contains("<h3>系统维护中</h3>"));
    assert_eq!((housing.logins(), housing.failed_logins()), (2, 1));
    sandbox.stop().await;
}

#[tokio::test]
async fn the_saved_pages_are_what_housing_serves() {
    let sandbox = Sandbox::start(only(&["housing"])).await.unwrap();
    let housing = &sandbox.systems()[0];
    same_as_saved("housing/login.html", &bytes(&client(), housing, "login.action").await);
    let (client, _) = enter(housing, PASSWORD).await;
    same_as_saved("housing/index.html", &bytes(&client, housing, "index.action").await);
    same_as_saved("housing/list.json", &query(&client, housing, "page=1&rows=20&bjzt=0").await);
    for name in ["edit", "load", "process"] {
        let extension = if name == "edit" { "html" } else { "json" };
        let served = bytes(&client, housing, &format!("biz/{name}.action?id=100996")).await;
        same_as_saved(&format!("housing/{name}.{extension}"), &served);
    }
    sandbox.stop().await;
}

#[tokio::test]
async fn the_saved_pages_are_what_a_browser_makes_of_housing() {
    let sandbox = Sandbox::start(only(&["housing"])).await.unwrap();
    let housing = &sandbox.systems()[0];
    let login = client().post(format!("{}login.action", housing.address()));
    let no_redirect = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let login = login.body(format!("czybm=bot&mm={PASSWORD}")).build().unwrap();
    let answer = no_redirect.execute(login).await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    let session = cookie.strip_prefix("GJJSESSION=").unwrap().split(';').next().unwrap();
    let (driver, browser) = browser_with(housing, "GJJSESSION", session, "index.action").await;
    browser.goto_in_frame(&["work".to_owned()], "/biz/list.action?rows=20").await.unwrap();
    browser.settle(PATIENCE).await.unwrap();
    act(&browser, &["work"], "#bjzt", Act::Choose("全部".to_owned())).await;
    act(&browser, &["work"], "#search", Act::Click).await;
    let grid = shown(&browser, &["work"]).await;
    // How wide things are depends on the machine's fonts and scroll bars.
    let grid = regex::Regex::new(r"\d+(\.\d+)?px").unwrap().replace_all(&grid, "1px").into_owned();
    same_tags_as_saved("housing/list.html", &grid);
    act(&browser, &["work"], ".fixed-columns-right tr[data-index='4'] a.look", Act::Click).await;
    let form = shown(&browser, &["work", ".layui-layer-iframe iframe"]).await;
    same_tags_as_saved("housing/form.html", &form);
    browser.close().await;
    driver.stop().await;
    sandbox.stop().await;
}
