//! The practice systems as a client meets them: sessions, freezing, kicks, maintenance, busy ports, and the saved test pages.

#![expect(clippy::unwrap_used, reason = "a test may end where it fails")]

mod door;
mod exports;
mod housing;
mod intake;
mod medical;
mod onewindow;
mod sign_on;
mod social;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use queqiao::sandbox::{Options, Practice, Sandbox, SandboxError};
use queqiao::transport::{Act, Browser, BrowserOptions, Cookie, Driver, Mark, Storage};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::rig::PATIENCE;

const PASSWORD: &str = "Practice-2026";

/// What the pages under `tests/pages` were saved from.
fn options() -> Options {
    Options {
        seed: 42,
        cases: 1000,
        pace: 0.0,
        today: "2026-11-23T15:20:41+08:00".parse().unwrap(),
        ports: None,
        username: "bot".into(),
        password: PASSWORD.into(),
        only: Some(vec!["permits".into(), "water".into()]),
    }
}

/// The same for other systems.
fn only(systems: &[&str]) -> Options {
    Options { only: Some(systems.iter().map(|system| (*system).to_owned()).collect()), ..options() }
}

/// A client that keeps cookies, as a browser does.
fn client() -> Client {
    // Reqwest wants a provider even for plain HTTP; another test may have been first.
    rustls::crypto::ring::default_provider().install_default().ok();
    Client::builder().cookie_store(true).build().unwrap()
}

async fn post_login(permits: &Practice, password: &str) -> Value {
    let body = json!({ "username": "bot", "password": password }).to_string();
    let request = client().post(format!("{}api/login", permits.address()));
    let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

async fn token(permits: &Practice) -> String {
    post_login(permits, PASSWORD).await["data"]["token"].as_str().expect("the login succeeds").to_owned()
}

async fn call(permits: &Practice, path: &str, token: &str) -> Value {
    let request = client().get(format!("{}{path}", permits.address()));
    let answer = request.header("authorization", format!("Bearer {token}")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

/// Posts the login form; answers with the page that follows and the client, which now holds the session.
async fn enter_water(water: &Practice, password: &str) -> (Client, String) {
    let client = client();
    let request = client.post(format!("{}login.do", water.address()));
    let answer = request.body(format!("username=bot&password={password}")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let page = decode(&answer.bytes().await.unwrap());
    (client, page)
}

async fn bytes(client: &Client, water: &Practice, path: &str) -> Vec<u8> {
    let answer = client.get(format!("{}{path}", water.address())).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/html; charset=gb2312");
    answer.bytes().await.unwrap().to_vec()
}

async fn page(client: &Client, water: &Practice, path: &str) -> String {
    decode(&bytes(client, water, path).await)
}

fn decode(bytes: &[u8]) -> String {
    let (text, _, broken) = encoding_rs::GB18030.decode(bytes);
    assert!(!broken);
    text.into_owned()
}

#[tokio::test]
async fn permits_tells_a_lost_session_from_a_kicked_one() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let permits = &sandbox.systems()[0];
    assert_eq!(call(permits, "api/cases", "nonsense").await["code"], 401);
    let first = token(permits).await;
    assert_eq!(call(permits, "api/cases?page=1&size=50", &first).await["data"]["total"], 1000);
    let second = token(permits).await;
    assert_eq!(call(permits, "api/cases", &first).await["msg"], "该账号在其他地方登录");
    assert_eq!(call(permits, "api/user", &second).await["data"]["username"], "bot");
    permits.end_sessions();
    assert_eq!(call(permits, "api/cases", &second).await["code"], 401);
    assert_eq!((permits.logins(), permits.failed_logins()), (2, 0));
    sandbox.stop().await;
}

#[tokio::test]
async fn permits_pages_hold_every_case_once_as_the_answer_sheet_says() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let permits = &sandbox.systems()[0];
    let token = token(permits).await;
    let mut seen = Vec::new();
    for number in 1..=5 {
        let list = call(permits, &format!("api/cases?page={number}&size=200"), &token).await;
        seen.extend(list["data"]["rows"].as_array().unwrap().clone());
    }
    seen.reverse(); // the answer sheet is oldest first
    let truth = permits.truth();
    assert_eq!(seen.len(), truth.len());
    for (row, case) in seen.iter().zip(&truth) {
        assert_eq!(row["caseNo"], case.source_no.as_str());
        assert_eq!(row["applicantName"], case.applicant_name.as_str());
        assert_eq!(row["orgName"], case.org_name.as_str());
        if let Some(accepted) = case.accept_date {
            let shown = accepted.format("%Y-%m-%d %H:%M:%S").to_string();
            assert_eq!(row["acceptTime"], shown.as_str(), "{case:?}");
        }
    }
    assert_eq!(permits.detail_requests(), 0);
    sandbox.stop().await;
}

#[tokio::test]
async fn water_tells_a_lost_session_from_a_kicked_one() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let water = &sandbox.systems()[1];
    assert!(page(&client(), water, "case/list.do?page=1").await.contains("<form id=\"login\""));
    let (first, index) = enter_water(water, PASSWORD).await;
    assert!(index.contains("<iframe name=\"mainFrame\" src=\"case/list.do?page=1\""));
    assert!(page(&first, water, "case/list.do?page=1").await.contains("共 1000 条"));
    let (second, _) = enter_water(water, PASSWORD).await;
    assert!(page(&first, water, "case/list.do?page=1").await.contains("该账号在其他地方登录"));
    water.end_sessions();
    assert!(page(&second, water, "case/list.do?page=1").await.contains("<form id=\"login\""));
    sandbox.stop().await;
}

#[tokio::test]
async fn five_wrong_passwords_freeze_the_account_of_each_system() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let [permits, water] = sandbox.systems() else { panic!("two systems") };
    for left in (1..=4).rev() {
        let words = format!("用户名或密码错误，还可尝试 {left} 次");
        assert_eq!(post_login(permits, "guess").await["msg"], words.as_str());
        assert!(enter_water(water, "guess").await.1.contains(&words));
    }
    for password in ["guess", PASSWORD] {
        assert_eq!(post_login(permits, password).await["msg"], "账号已冻结，请联系管理员");
        assert!(enter_water(water, password).await.1.contains("账号已冻结，请联系管理员"));
    }
    assert_eq!((permits.failed_logins(), water.failed_logins()), (6, 6));
    assert_eq!((permits.logins(), water.logins()), (0, 0));
    sandbox.stop().await;
}

#[tokio::test]
async fn water_finds_by_a_rare_name_written_in_four_bytes() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let water = &sandbox.systems()[1];
    let (client, _) = enter_water(water, PASSWORD).await;
    let truth = water.truth();
    let rare = truth.iter().find(|case| case.applicant_name.contains('𠮷')).expect("a rare name among a thousand");
    let (name, _, _) = encoding_rs::GB18030.encode(&rare.applicant_name);
    let keyword: String = url::form_urlencoded::byte_serialize(&name).collect();
    let found = page(&client, water, &format!("case/list.do?page=1&keyword={keyword}")).await;
    assert!(found.contains(&rare.source_no) && found.contains(&rare.applicant_name));
    sandbox.stop().await;
}

#[tokio::test]
async fn maintenance_answers_everything_with_200_and_ends() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let [permits, water] = sandbox.systems() else { panic!("two systems") };
    let token = token(permits).await;
    permits.set_maintenance(true);
    assert_eq!(call(permits, "api/cases", &token).await["msg"], "系统维护中");
    // Water is switched through the door for other processes.
    for (on, words) in [("true", "系统维护中"), ("false", "<form id=\"login\"")] {
        let request = client().post(format!("{}practice/control", water.address()));
        let request = request.header("content-type", "application/json").body(format!("{{\"maintenance\":{on}}}"));
        assert_eq!(request.send().await.unwrap().status(), 200);
        assert!(page(&client(), water, "login.do").await.contains(words));
    }
    permits.set_maintenance(false);
    assert_eq!(call(permits, "api/cases", &token).await["code"], 0);
    sandbox.stop().await;
}

#[tokio::test]
async fn cases_arrive_and_move_at_a_pace() {
    let sandbox = Sandbox::start(Options { pace: 200.0, cases: 100, ..options() }).await.unwrap();
    let water = &sandbox.systems()[1];
    let before = water.truth();
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut look = tokio::time::interval(Duration::from_millis(10));
    loop {
        let now = water.truth();
        let moved = before.iter().zip(&now).any(|(before, now)| before != now);
        if now.len() > before.len() && moved {
            break;
        }
        assert!(Instant::now() < deadline, "nothing happened");
        look.tick().await;
    }
    let added = water.add_case();
    assert!(water.truth().iter().any(|case| case.source_no == added.source_no));
    sandbox.stop().await;
}

#[tokio::test]
async fn a_busy_port_says_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = Sandbox::start(Options { ports: Some(port), ..options() }).await.unwrap_err();
    assert!(matches!(error, SandboxError::Listen { port: busy, .. } if busy == port));
    assert!(error.to_string().contains("give another first port"), "{error}");
    let error = Sandbox::start(Options { ports: Some(u16::MAX), ..options() }).await.unwrap_err();
    assert!(matches!(error, SandboxError::Ports { .. } | SandboxError::Listen { .. }), "{error}");
}

#[tokio::test]
async fn a_stopped_practice_no_longer_answers() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let address = sandbox.systems()[0].address().to_owned();
    assert!(client().get(&address).send().await.is_ok());
    sandbox.stop().await;
    assert!(client().get(&address).send().await.is_err());
}

/// The adapters are tested against these pages, so they must stay what the systems really serve.
/// (The rendered pages of `permits` come from a browser and are saved by hand.)
#[tokio::test]
async fn the_saved_pages_are_what_the_systems_serve() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let [permits, water] = sandbox.systems() else { panic!("two systems") };
    let token = token(permits).await;
    for (path, name) in [("api/cases?page=1&size=20", "permits/list.json"), ("api/cases/100992", "permits/detail.json")]
    {
        let served = call(permits, path, &token).await;
        assert_eq!(served, serde_json::from_slice::<Value>(&saved(name)).unwrap(), "{name}");
    }
    let nobody = client();
    assert!(bytes(&nobody, water, "login.do").await == saved("water/login.html"));
    let (client, _) = enter_water(water, PASSWORD).await;
    for (path, name) in [
        ("index.do", "water/index.html"),
        ("case/list.do?page=1&limit=20", "water/list-1.html"),
        ("case/detail.do?id=100829", "water/detail.html"),
    ] {
        assert!(bytes(&client, water, path).await == saved(name), "{name}");
    }
    sandbox.stop().await;
}

/// The page is what is kept under that name.
fn same(page: &str, name: &str) {
    assert!(page.as_bytes() == saved(name), "{name} is no longer what the system serves");
}

fn saved(name: &str) -> Vec<u8> {
    let path = saved_path(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn saved_path(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages").join(name)
}

/// A saved page must be what the system serves; with `QUEQIAO_SAVE_PAGES=1` it is saved anew.
fn same_as_saved(name: &str, served: &[u8]) {
    if std::env::var_os("QUEQIAO_SAVE_PAGES").is_some() {
        std::fs::create_dir_all(saved_path(name).parent().unwrap()).unwrap();
        std::fs::write(saved_path(name), served).unwrap();
    }
    assert!(served == saved(name), "{name} is not what is served; look at the difference, then QUEQIAO_SAVE_PAGES=1");
}

/// The same for a page as a browser writes it out: in which order it writes what scripts have set differs from one version to the next.
fn same_tags_as_saved(name: &str, written: &str) {
    if std::env::var_os("QUEQIAO_SAVE_PAGES").is_some() {
        return same_as_saved(name, written.as_bytes());
    }
    let saved = String::from_utf8(saved(name)).unwrap();
    assert!(sorted(written) == sorted(&saved), "{name} is not what the browser shows; QUEQIAO_SAVE_PAGES=1 shows how");
}

/// The page with the attributes of each of its tags in the order of their names.
fn sorted(html: &str) -> String {
    let tag = regex::Regex::new(r#"<[a-z][\w-]*((?: [\w:@-]+="[^"]*")+)"#).unwrap();
    let attribute = regex::Regex::new(r#" [\w:@-]+="[^"]*""#).unwrap();
    let in_order = |found: &regex::Captures| {
        let mut attributes: Vec<&str> = attribute.find_iter(&found[1]).map(|one| one.as_str()).collect();
        attributes.sort_unstable();
        found[0].replace(&found[1], &attributes.concat())
    };
    tag.replace_all(html, in_order).into_owned()
}

#[test]
fn the_order_of_attributes_is_no_difference_and_all_else_is() {
    let page = r#"<p style="a" class="b">x</p><b id="1">y</b>"#;
    assert_eq!(sorted(page), r#"<p class="b" style="a">x</p><b id="1">y</b>"#);
    for other in [
        r#"<p style="a" class="c">x</p><b id="1">y</b>"#,
        r#"<p style="a">x</p><b id="1">y</b>"#,
        r#"<p style="a" class="b">x</p><b id="1">z</b>"#,
        r#"<p id="1" class="b">x</p><b style="a">y</b>"#,
    ] {
        assert_ne!(sorted(page), sorted(other), "{other}");
    }
}

/// A browser that holds this cookie, at this address.
async fn browser_with(practice: &Practice, name: &str, value: &str, path: &str) -> (Driver, Browser) {
    let driver = Driver::new();
    let browser = Browser::open(&driver, &BrowserOptions::default()).await.unwrap();
    let cookie = Cookie {
        name: name.to_owned(),
        value: value.to_owned(),
        domain: "127.0.0.1".to_owned(),
        path: "/".to_owned(),
        secure: false,
        http_only: true,
        expires: None,
        same_site: None,
    };
    let storage = Storage {
        origin: practice.address().trim_end_matches('/').to_owned(),
        user_agent: String::new(),
        local: BTreeMap::new(),
        session: BTreeMap::new(),
        cookies: vec![cookie],
    };
    browser.resume(&storage, &format!("{}{path}", practice.address())).await.unwrap();
    (driver, browser)
}

/// Acts on the one element that fits, in these frames.
async fn act(browser: &Browser, frames: &[&str], css: &str, act: Act) {
    let page = browser.snapshot(true).await.unwrap();
    let frames: Vec<String> = frames.iter().map(|frame| (*frame).to_owned()).collect();
    let (page, frames) = page.in_frame(&frames).expect("the frame is there");
    let html = scraper::Html::parse_document(&page.html);
    let selector = scraper::Selector::parse(css).unwrap();
    let found: Vec<_> = html.select(&selector).collect();
    assert_eq!(found.len(), 1, "{css}");
    let index = found[0].value().attr("data-queqiao").unwrap().parse().unwrap();
    browser.act(&Mark { frames, index }, &act).await.unwrap();
    browser.settle(PATIENCE).await.unwrap();
}

/// What the browser shows in these frames.
async fn shown(browser: &Browser, frames: &[&str]) -> String {
    let frames: Vec<String> = frames.iter().map(|frame| (*frame).to_owned()).collect();
    let page = browser.snapshot(false).await.unwrap();
    // What is hidden is marked in what is read, and not in what was saved.
    let marks = regex::Regex::new(r#" data-queqiao-(?:hidden|clear|seen)="""#).unwrap();
    marks.replace_all(&page.in_frame(&frames).expect("the frame is there").0.html, "").into_owned()
}
