//! `medical` as a client meets it: the encrypted password, the captcha, what it says to who is no browser.

use std::convert::Infallible;

use sm2::{
    PublicKey,
    elliptic_curve::rand_core::{TryCryptoRng, TryRng},
    pke::{EncryptingKey, Mode},
};

use super::*;

/// What every browser sends and the system wants to see.
const BROWSER: (&str, &str) = ("sec-fetch-site", "same-origin");

fn medical() -> Options {
    Options { only: Some(vec!["medical".into()]), ..options() }
}

/// Chance enough for a test.
struct Dice;

impl TryRng for Dice {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(fastrand::u32(..))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(fastrand::u64(..))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        fastrand::fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Dice {}

/// The password as the login page's script sends it: without the 04 in front.
fn encrypted(password: &str, login: &str) -> String {
    let key = login.split("PUBLIC_KEY = '").nth(1).unwrap().split('\'').next().unwrap();
    let bytes: Vec<u8> =
        (0..key.len() / 2).map(|at| u8::from_str_radix(&key[at * 2..at * 2 + 2], 16).unwrap()).collect();
    let key = EncryptingKey::new_with_mode(PublicKey::from_sec1_bytes(&bytes).unwrap(), Mode::C1C3C2);
    let cipher = key.encrypt(&mut Dice, password.as_bytes()).unwrap();
    assert_eq!(cipher[0], 4);
    cipher[1..].iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn see(client: &Client, medical: &Practice, path: &str) -> String {
    let answer = client.get(format!("{}{path}", medical.address())).header(BROWSER.0, BROWSER.1).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap()
}

/// Looks at a captcha, then posts the login form with that password and answer; the right answer where none is given.
async fn enter(client: &Client, medical: &Practice, password: &str, answer: Option<&str>) -> String {
    let login = see(client, medical, "login").await;
    let picture = see(client, medical, "captcha").await;
    assert!(picture.starts_with("<svg") && !picture.contains("<text"));
    let answer = answer.map_or_else(|| medical.captcha_answer().unwrap(), str::to_owned);
    let form = [("username", "bot"), ("password", &encrypted(password, &login)), ("captcha", &answer)];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = client.post(format!("{}login", medical.address())).body(body);
    let answer = request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap()
}

async fn signed_in(medical: &Practice) -> Client {
    let client = client();
    assert!(enter(&client, medical, PASSWORD, None).await.contains("重要提示"));
    client
}

#[tokio::test]
async fn a_wrong_captcha_has_words_of_its_own_and_costs_no_try() {
    let sandbox = Sandbox::start(medical()).await.unwrap();
    let medical = &sandbox.systems()[0];
    let client = client();
    for _ in 0..6 {
        assert!(enter(&client, medical, PASSWORD, Some("100")).await.contains("验证码错误或已过期"));
    }
    assert_eq!((medical.logins(), medical.failed_logins()), (0, 0));
    assert!(enter(&client, medical, "wrong", None).await.contains("用户名或密码错误，还可尝试 4 次"));
    assert!(enter(&client, medical, PASSWORD, None).await.contains("alert('重要提示"));
    assert_eq!((medical.logins(), medical.failed_logins()), (1, 1));
    sandbox.stop().await;
}

#[tokio::test]
async fn it_answers_browsers_only() {
    let sandbox = Sandbox::start(medical()).await.unwrap();
    let medical = &sandbox.systems()[0];
    let client = signed_in(medical).await;
    let plain = client.get(format!("{}case/list", medical.address())).send().await.unwrap();
    assert_eq!(plain.status(), 403);
    let plain = plain.text().await.unwrap();
    assert!(plain.contains("请在原浏览器中访问") && plain.contains("loginForm"));
    assert!(see(&client, medical, "case/list").await.contains("共 1000 条记录"), "the session goes on");
    medical.end_sessions();
    assert!(see(&client, medical, "case/list").await.contains("登录已超时"));
    sandbox.stop().await;
}

#[tokio::test]
async fn a_kicked_session_and_maintenance_say_so() {
    let sandbox = Sandbox::start(medical()).await.unwrap();
    let medical = &sandbox.systems()[0];
    let client = signed_in(medical).await;
    medical.kick();
    assert!(see(&client, medical, "case/list").await.contains("<h2>该账号在其他地方登录</h2>"));
    medical.set_maintenance(true);
    assert!(see(&client, medical, "login").await.contains("<h2>系统维护中</h2>"));
    sandbox.stop().await;
}

#[tokio::test]
async fn pages_hold_every_case_once_as_the_answer_sheet_says() {
    let sandbox = Sandbox::start(medical()).await.unwrap();
    let medical = &sandbox.systems()[0];
    let client = signed_in(medical).await;
    let (row, cell) = (scraper::Selector::parse("#grid tbody tr").unwrap(), scraper::Selector::parse("td").unwrap());
    let mut seen = Vec::new();
    for number in 1..=20 {
        let page = see(&client, medical, &format!("case/list?page={number}&size=50")).await;
        assert_eq!(page.contains(">下一页</a>"), number < 20);
        for row in scraper::Html::parse_document(&page).select(&row) {
            let cells: Vec<String> = row.select(&cell).map(|cell| cell.text().collect::<String>()).collect();
            seen.push((cells, row.attr("onclick").unwrap().to_owned()));
        }
    }
    seen.reverse(); // the answer sheet is oldest first
    let truth = medical.truth();
    assert_eq!(seen.len(), truth.len());
    for ((cells, opens), case) in seen.iter().zip(&truth) {
        assert_eq!((&cells[1], &cells[2], &cells[3]), (&case.source_no, &case.task_name, &case.applicant_name));
        let accepted = case.accept_date.map_or(String::new(), |date| date.format("%Y/%m/%d %H:%M:%S").to_string());
        match case.bad.as_deref() {
            Some(bad) if bad.contains("02-30") => assert_eq!(&cells[5][..10], "2026/02/30"),
            _ => assert_eq!(cells[5], accepted),
        }
        assert!(opens.starts_with("openView("));
    }
    sandbox.stop().await;
}

#[tokio::test]
async fn the_saved_pages_are_what_it_serves() {
    let sandbox = Sandbox::start(medical()).await.unwrap();
    let medical = &sandbox.systems()[0];
    let client = signed_in(medical).await;
    for (path, name) in [
        ("main", "main.html"),
        ("top", "top.html"),
        ("case/list?page=1&size=20", "list-1.html"),
        ("case/view?id=100829", "view.html"),
    ] {
        same(&see(&client, medical, path).await, &format!("medical/{name}"));
    }
    // The key is new in every process.
    let login = see(&client, medical, "login").await;
    let key = login.split("PUBLIC_KEY = '").nth(1).unwrap().split('\'').next().unwrap();
    same(&login.replace(key, "04"), "medical/login.html");
    sandbox.stop().await;
}
