//! Real browsers and real HTTP against small servers of our own.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, header},
    response::{Html, IntoResponse, Redirect},
    routing::get,
};
use queqiao::{
    base::Remedy,
    transport::{
        Act, Browser, BrowserOptions, Driver, Lent, Limits, Mark, Pace, Session, Snapshot, TransportError,
        encoding_named, install_tls,
    },
};
use scraper::Selector;
use url::Url;

/// Long enough for a loaded machine; a test that waits it out fails.
const DEADLINE: Duration = Duration::from_secs(30);

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !holds() {
        assert!(Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn serve(router: Router) -> Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address.parse().unwrap()
}

/// A router of fixed pages.
fn pages(pages: &[(&'static str, &'static str)]) -> Router {
    pages.iter().fold(Router::new(), |router, (path, page)| router.route(path, get(Html(*page))))
}

async fn browser() -> (Driver, Browser) {
    let driver = Driver::new();
    let browser = Browser::open(&driver, &BrowserOptions::default()).await.unwrap();
    (driver, browser)
}

/// The mark of the only element that the selector finds.
fn mark(page: &Snapshot, frames: &[usize], selector: &str) -> Mark {
    let html = scraper::Html::parse_document(&page.html);
    let selector = Selector::parse(selector).unwrap();
    let mut found = html.select(&selector);
    let index = found.next().expect("it is there").value().attr("data-queqiao").unwrap().parse().unwrap();
    assert!(found.next().is_none(), "more than one");
    Mark { frames: frames.to_vec(), index }
}

fn path(steps: &[&str]) -> Vec<String> {
    steps.iter().map(|step| (*step).to_owned()).collect()
}

fn fill(text: &str) -> Act {
    Act::Fill(text.to_owned().into())
}

const SHELL: &str = r#"<!DOCTYPE html><title>外壳</title><p>顶层</p>
<iframe name="mainFrame" src="/middle"></iframe><iframe id="side" src="/side"></iframe>"#;
const MIDDLE: &str = r#"<title>中</title><iframe name="listFrame" src="/inner"></iframe>"#;
const INNER: &str = r#"<title>内</title><form>
<input id="text" value="old"><input id="check" type="checkbox" checked><input id="secret" type="password">
<select id="select"><option selected>一</option><option>二</option></select><textarea id="area">old</textarea>
</form><div id="host"><b slot="name">张三</b></div><p id="hidden" style="display:none">看不见</p>
<script>
  document.getElementById("text").value = "new";
  document.getElementById("check").checked = false;
  document.getElementById("secret").value = "hunter2";
  document.getElementById("select").selectedIndex = 1;
  document.getElementById("area").value = "<new>";
  document.getElementById("host").attachShadow({ mode: "open" }).innerHTML = "<i>申请人</i><slot name='name'></slot>";
</script>"#;

#[tokio::test]
async fn a_snapshot_shows_nested_frames_and_what_fields_hold_now() {
    let base = serve(pages(&[("/", SHELL), ("/middle", MIDDLE), ("/inner", INNER), ("/side", "<p>边</p>")])).await;
    let (driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();

    let shell = browser.snapshot(true).await.unwrap();
    assert_eq!((shell.title.as_str(), shell.status, shell.frames.len()), ("外壳", Some(200), 2));
    assert!(shell.html.starts_with("<!DOCTYPE html><html"), "{}", shell.html);
    assert!(!shell.html.contains("listFrame"), "what is in frames stands in `frames`");
    let (inner, frames) = shell.in_frame(&path(&["mainFrame", "iframe[src='/inner']"])).unwrap();
    assert_eq!((inner.title.as_str(), inner.address.as_str()), ("内", format!("{base}inner").as_str()));
    assert_eq!(frames, [0, 0]);

    let html = scraper::Html::parse_document(&inner.html);
    let one = |selector: &str| html.select(&Selector::parse(selector).unwrap()).next();
    let attribute = |selector: &str, name: &str| one(selector).unwrap().value().attr(name).map(str::to_owned);
    assert_eq!(attribute("#text", "value").as_deref(), Some("new"));
    assert_eq!(attribute("#check", "checked"), None);
    assert_eq!(attribute("#secret", "value").as_deref(), Some("••••"));
    assert_eq!(one("#select option[selected]").unwrap().text().collect::<String>(), "二");
    assert_eq!(one("#area").unwrap().text().collect::<String>(), "<new>");
    assert_eq!(one("#host").unwrap().text().collect::<String>(), "申请人张三");
    assert!(
        attribute("#hidden", "data-queqiao-hidden").is_some() && attribute("#text", "data-queqiao-hidden").is_none()
    );

    let plain = browser.snapshot(false).await.unwrap();
    let (inner, _) = plain.in_frame(&path(&["mainFrame", "listFrame"])).unwrap();
    assert!(!inner.html.contains("data-queqiao"), "reading leaves no trace in the page");
    assert!(inner.html.contains(r#"id="text" value="new""#), "{}", inner.html);
    browser.close().await;
    driver.stop().await;
}

/// Keeps its state as Vue does: from events alone, with `value` shadowed on the element as React does.
const FORM: &str = r#"<input id="name"><input id="short" maxlength="3"><input id="fixed" readonly>
<select id="town"><option>请选择</option><option> 柳青街道 </option></select>
<button id="go" type="button">提交</button><div id="said"></div>
<script>
  const state = { seen: [] };
  const name = document.getElementById("name");
  const proto = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
  let tracked = "";
  Object.defineProperty(name, "value", { get() { return proto.get.call(name); }, set(text) { tracked = text; proto.set.call(name, text); } });
  for (const kind of ["focus", "input", "change", "blur"]) name.addEventListener(kind, () => {
    state.seen.push(kind);
    if (kind === "input" && name.value !== tracked) state.name = tracked = name.value;
  });
  document.getElementById("town").addEventListener("change", (event) => (state.town = event.target.value));
  document.getElementById("go").addEventListener("click", (event) => {
    document.getElementById("said").textContent = JSON.stringify({ ...state, trusted: event.isTrusted });
  });
</script>"#;

#[tokio::test]
async fn acts_in_a_frame_are_noticed_as_a_persons_are() {
    let shell = r#"<iframe name="a" src="/form"></iframe><iframe name="b" src="/form"></iframe>"#;
    let base = serve(pages(&[("/", shell), ("/form", FORM)])).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let shell = browser.snapshot(true).await.unwrap();
    let (form, frames) = shell.in_frame(&path(&["b"])).unwrap();

    browser.act(&mark(form, &frames, "#name"), &fill("李四")).await.unwrap();
    browser.act(&mark(form, &frames, "#town"), &Act::Choose("柳青街道".to_owned())).await.unwrap();
    browser.act(&mark(form, &frames, "#fixed"), &Act::Date("2026-03-02".to_owned())).await.unwrap();
    browser.act(&mark(form, &frames, "#go"), &Act::Click).await.unwrap();

    let after = browser.snapshot(false).await.unwrap();
    let said = after.in_frame(&path(&["b"])).unwrap().0.html.clone();
    let expected = r#"{"seen":["focus","input","change","blur"],"name":"李四","town":"柳青街道","trusted":true}"#;
    assert!(said.contains(expected), "{said}");
    assert!(said.contains(r#"value="2026-03-02""#), "{said}");
    assert!(!after.in_frame(&path(&["a"])).unwrap().0.html.contains("李四"), "the other frame is left alone");

    let refusals = [
        ("#short", fill("四个字符"), "3 characters"),
        ("#fixed", fill("x"), "read-only"),
        ("#said", fill("x"), "no field"),
        ("#town", Act::Choose("没有".to_owned()), "柳青街道"),
    ];
    for (selector, act, words) in refusals {
        let error = browser.act(&mark(form, &frames, selector), &act).await.unwrap_err();
        assert!(matches!(error, TransportError::Act { .. }) && error.to_string().contains(words), "{error}");
    }
    browser.close().await;
}

#[tokio::test]
async fn a_mark_of_an_older_page_is_stale_and_not_another_element() {
    let page = r#"<button onclick="this.outerHTML='<button>新</button>'">旧</button>"#;
    let base = serve(pages(&[("/", page)])).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let button = mark(&browser.snapshot(true).await.unwrap(), &[], "button");
    browser.snapshot(false).await.unwrap();
    browser.act(&button, &Act::Click).await.unwrap();
    let error = browser.act(&button, &Act::Click).await.unwrap_err();
    assert!(matches!(error, TransportError::StaleMark), "{error}");

    browser.goto(base.as_str()).await.unwrap();
    browser.snapshot(true).await.unwrap();
    for act in [Act::Click, fill("x")] {
        let error = browser.act(&button, &act).await.unwrap_err();
        assert!(matches!(error, TransportError::StaleMark), "{error}");
    }
    browser.close().await;
}

#[tokio::test]
async fn one_frame_is_led_elsewhere_while_the_shell_stays() {
    let route = r#"<p id="at"></p><script>onhashchange = () => at.textContent = location.hash</script>"#;
    let base =
        serve(pages(&[("/", SHELL), ("/middle", MIDDLE), ("/inner", INNER), ("/side", "边"), ("/spa", route)])).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let frames = path(&["mainFrame", "listFrame"]);
    for step in ["spa", "spa#/cases", "spa#/cases", "/inner"] {
        browser.goto_in_frame(&frames, step).await.unwrap();
        let shell = browser.snapshot(false).await.unwrap();
        assert_eq!(shell.title, "外壳");
        let inner = shell.in_frame(&frames).unwrap().0;
        assert_eq!(inner.address, base.join(step).unwrap().as_str());
        assert!(step != "spa#/cases" || inner.html.contains("at"), "{}", inner.html);
    }
    let error = browser.goto_in_frame(&path(&["mianFrame"]), "/inner").await.unwrap_err();
    assert!(error.to_string().contains("mainFrame, side"), "names what is there: {error}");
    let gone = format!("http://127.0.0.1:{}/", queqiao::host::free_port().unwrap());
    assert!(browser.goto(&gone).await.is_err());
    browser.close().await;
}

#[tokio::test]
async fn dialogs_wait_to_be_read_and_are_accepted() {
    let page = r#"<title>前</title><button onclick="document.title = confirm('确定提交') ? '是' : '否'">提交</button>"#;
    let base = serve(pages(&[("/", page)])).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    assert_eq!(browser.dialog().await.unwrap(), None);
    let button = mark(&browser.snapshot(true).await.unwrap(), &[], "button");
    browser.act(&button, &Act::Click).await.unwrap();
    let error = browser.snapshot(false).await.unwrap_err();
    assert!(matches!(&error, TransportError::DialogOpen { text, .. } if text == "确定提交"), "{error}");
    assert!(!browser.settle(DEADLINE).await.unwrap());
    assert_eq!(browser.dialog().await.unwrap().as_deref(), Some("确定提交"));
    assert!(browser.settle(DEADLINE).await.unwrap());
    assert_eq!(browser.snapshot(false).await.unwrap().title, "是");
    browser.close().await;
}

#[tokio::test]
async fn settling_waits_for_requests_of_scripts_and_for_later_pages() {
    let slow = || async {
        tokio::time::sleep(Duration::from_millis(600)).await;
        "加载完成"
    };
    let page = r#"<iframe src="/frame"></iframe><script>
      setTimeout(() => { const ask = new XMLHttpRequest(); ask.open("GET", "/slow");
        ask.onload = () => document.body.append(ask.responseText); ask.send(); }, 100);</script>"#;
    let frame = r#"<script>fetch("/slow").then((r) => r.text()).then((text) => (location.href = "/last"))</script>"#;
    let base = serve(pages(&[("/", page), ("/frame", frame), ("/last", "末页")]).route("/slow", get(slow))).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    assert!(browser.settle(DEADLINE).await.unwrap());
    let settled = browser.snapshot(false).await.unwrap();
    assert!(settled.html.contains("加载完成"), "{}", settled.html);
    assert!(settled.frames[0].page.as_ref().unwrap().html.contains("末页"));

    let restless = "<p id=p></p><script>setInterval(() => p.textContent = Math.random(), 20)</script>";
    let base = serve(pages(&[("/", restless)])).await;
    browser.goto(base.as_str()).await.unwrap();
    assert!(!browser.settle(Duration::from_secs(1)).await.unwrap(), "a restless page ends at the limit");
    browser.close().await;
}

/// A system that knows a visitor by a cookie and a token, and changes the cookie at every visit.
#[derive(Clone, Default)]
struct Desk {
    visits: Arc<Mutex<Vec<BTreeMap<String, String>>>>,
}

async fn desk(State(desk): State<Desk>, headers: HeaderMap) -> impl IntoResponse {
    let text = |value: &axum::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let visit = headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let mut visits = desk.visits.lock().unwrap();
    visits.push(visit);
    let cookie = format!("visit={}; Path=/; HttpOnly", visits.len());
    let (page, _, _) = encoding_rs::GB18030.encode("<p>承诺办结时间：2026年3月2日</p>");
    ([(header::SET_COOKIE, cookie), (header::CONTENT_TYPE, "text/html".to_owned())], page.into_owned())
}

#[tokio::test]
async fn the_browsers_session_is_lent_and_put_back() {
    let desk_state = Desk::default();
    let elsewhere_state = Desk::default();
    let elsewhere = serve(Router::new().route("/", get(desk)).with_state(elsewhere_state.clone())).await;
    let away = elsewhere.to_string();
    let script = "<script>localStorage.token ??= 't-1'; sessionStorage.tab ??= '3'</script>";
    let router = Router::new()
        .route("/", get(desk))
        .route("/home", get(Html(script)))
        .route("/moved", get(|| async { Redirect::to("/?moved") }))
        .route("/away", get(move || async move { Redirect::to(&away) }))
        .with_state(desk_state.clone());
    let base = serve(router).await;

    let (driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    browser.goto(base.join("home").unwrap().as_str()).await.unwrap();
    let fetched = browser.fetch("/", &[("X-Token".to_owned(), "t-1".to_owned())]).await.unwrap();
    assert_eq!((fetched.status, fetched.address.as_str()), (200, base.as_str()));
    assert_eq!(fetched.text(encoding_named("gbk")).text, "<p>承诺办结时间：2026年3月2日</p>");
    assert_eq!(browser.requests(), 3);
    let storage = browser.storage().await.unwrap();
    assert_eq!((storage.local["token"].as_str(), storage.session["tab"].as_str()), ("t-1", "3"));
    assert!(!format!("{storage:?}").contains("t-1"), "nothing of it is printed");
    browser.close().await;

    let session = storage.lend(vec![("X-Token".to_owned(), "t-1".to_owned().into())]);
    let lent = Lent::new(&base, &session, Limits::default()).unwrap();
    let moved = lent.get("/moved").await.unwrap();
    assert_eq!(moved.address, format!("{base}?moved"));
    assert_eq!(moved.text(encoding_named("gbk")).text, "<p>承诺办结时间：2026年3月2日</p>");
    lent.clone().get("/").await.unwrap();
    assert_eq!(lent.requests(), 3);
    lent.get("/away").await.unwrap();

    let visits = desk_state.visits.lock().unwrap().clone();
    assert_eq!(visits.len(), 4);
    for (visit, cookie) in visits[1..].iter().zip(["visit=1", "visit=2", "visit=3"]) {
        assert_eq!(visit["cookie"], cookie, "cookies are lent, then kept up to date");
        assert_eq!(visit["x-token"], "t-1");
        assert_eq!(visit["user-agent"], visits[0]["user-agent"]);
    }
    assert!(!elsewhere_state.visits.lock().unwrap()[0].contains_key("x-token"), "a token stays with its system");

    let again = Browser::open(&driver, &BrowserOptions::default()).await.unwrap();
    again.resume(&storage, base.join("home").unwrap().as_str()).await.unwrap();
    assert_eq!(again.storage().await.unwrap(), storage);
    again.close().await;
}

#[tokio::test]
async fn an_answer_has_limits() {
    install_tls();
    let endless = || async {
        Body::from_stream(futures::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 65_536]))))
    };
    let hanging = || async { Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>()) };
    let router = Router::new()
        .route("/endless", get(endless))
        .route("/hanging", get(hanging))
        .route("/loop", get(|| async { Redirect::to("/loop") }))
        .route("/busy", get(|| async { (axum::http::StatusCode::BAD_GATEWAY, "系统维护中") }));
    let base = serve(router).await;
    let limits = Limits { answer: Duration::from_millis(500), bytes: 1_000_000, ..Limits::default() };
    let lent = Lent::new(&base, &Session::default(), limits.clone()).unwrap();

    assert!(matches!(lent.get("/hanging").await.unwrap_err(), TransportError::Timeout { .. }));
    assert!(matches!(lent.get("/loop").await.unwrap_err(), TransportError::TooManyRedirects { limit: 10, .. }));
    let patient = Lent::new(&base, &Session::default(), Limits { answer: DEADLINE, ..limits }).unwrap();
    let large = patient.get("/endless").await.unwrap_err();
    assert!(matches!(large, TransportError::TooLarge { limit: 1_000_000, .. }), "{large}");
    assert_eq!(large.remedy(), Remedy::Human);
    let busy = patient.get("/busy").await.unwrap();
    assert_eq!((busy.status, busy.text(None).text.as_str()), (502, "系统维护中"));
    let gone = format!("http://127.0.0.1:{}/", queqiao::host::free_port().unwrap());
    let nobody = patient.get(&gone).await.unwrap_err();
    assert!(matches!(nobody, TransportError::Fetch { .. }) && nobody.remedy() == Remedy::Retry, "{nobody}");

    let (_driver, browser) = browser().await;
    browser.goto(base.join("busy").unwrap().as_str()).await.unwrap();
    let large = browser.fetch("/endless", &[]).await.unwrap_err();
    assert!(matches!(large, TransportError::TooLarge { .. }), "{large}");
    browser.close().await;
}

#[tokio::test]
async fn all_clients_of_a_system_keep_one_pace() {
    install_tls();
    let under_way = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (count, peak) = (Arc::clone(&under_way), Arc::clone(&most));
    let visit = move || {
        let (count, peak) = (Arc::clone(&count), Arc::clone(&peak));
        async move {
            peak.fetch_max(count.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(50)).await;
            count.fetch_sub(1, Ordering::SeqCst);
        }
    };
    let base = serve(Router::new().route("/", get(visit))).await;
    let limits = Limits { pace: Pace::new(2, None), ..Limits::default() };
    let clients = [(); 2].map(|()| Lent::new(&base, &Session::default(), limits.clone()).unwrap());
    let asked = (0..12).map(|at| clients[at % 2].get("/"));
    for answer in futures::future::join_all(asked).await {
        assert_eq!(answer.unwrap().status, 200);
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

/// Whether a process names `place` in its command line or environment.
fn somebody_uses(place: &Path) -> bool {
    let place = place.to_string_lossy();
    let names = |file: &Path| fs::read(file).is_ok_and(|text| String::from_utf8_lossy(&text).contains(&*place));
    let processes = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let others = processes.filter(|path| !path.ends_with(std::process::id().to_string()));
    others.into_iter().any(|path| names(&path.join("cmdline")) || names(&path.join("environ")))
}

/// Not a test of its own: [`a_killed_process_leaves_nothing_alive`] starts it in a process of its own.
#[tokio::test]
#[ignore = "waits to be killed"]
async fn helper_opens_a_browser_and_waits() {
    let Some(sign) = std::env::var_os("QUEQIAO_TEST_SIGN") else { return };
    let (_driver, browser) = browser().await;
    browser.goto("about:blank").await.unwrap();
    fs::write(sign, "open").unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_killed_process_leaves_nothing_alive() {
    let place = tempfile::tempdir().unwrap();
    let sign = place.path().join("sign");
    let mut helper = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "transport::helper_opens_a_browser_and_waits", "--ignored"])
        .env("TMPDIR", place.path())
        .env("QUEQIAO_TEST_SIGN", &sign)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    until("the helper has opened a browser", || sign.exists()).await;
    assert!(somebody_uses(place.path()));
    helper.kill().unwrap();
    helper.wait().unwrap();
    until("everything of it has ended", || !somebody_uses(place.path())).await;
}

#[tokio::test]
async fn a_closed_browser_leaves_no_profile_and_a_dead_driver_is_replaced() {
    let driver = Driver::new();
    let scratch = |address: &Url| address.port().unwrap();
    let first = driver.address().await.unwrap();
    let browser = Browser::open(&driver, &BrowserOptions::default()).await.unwrap();
    let profile = profile_of(&browser).await;
    assert!(profile.exists());
    browser.close().await;
    assert!(!profile.exists());

    let browser = Browser::open(&driver, &BrowserOptions::default()).await.unwrap();
    let profile = profile_of(&browser).await;
    drop(browser);
    until("a dropped browser is closed in the background", || !profile.exists()).await;

    let browser = Browser::open(&driver, &BrowserOptions::default()).await.unwrap();
    kill_driver_on(scratch(&first));
    let error = browser.goto("about:blank").await.unwrap_err();
    assert!(matches!(error, TransportError::BrowserGone { .. }) && error.remedy() == Remedy::Retry, "{error}");
    until("the driver is dead", || std::net::TcpStream::connect(("127.0.0.1", scratch(&first))).is_err()).await;
    let next = Browser::open(&driver, &BrowserOptions::default()).await.unwrap();
    next.goto("about:blank").await.unwrap();
    next.close().await;
    browser.close().await;
    driver.stop().await;
}

/// The profile directory, read from the browser's own page about itself.
async fn profile_of(browser: &Browser) -> std::path::PathBuf {
    browser.goto("chrome://version").await.unwrap();
    browser.settle(DEADLINE).await.unwrap();
    let html = scraper::Html::parse_document(&browser.snapshot(false).await.unwrap().html);
    let line = html.select(&Selector::parse("#command_line").unwrap()).next().unwrap().text().collect::<String>();
    let place = line.split("--user-data-dir=").nth(1).unwrap().split_whitespace().next().unwrap();
    place.into()
}

/// Kills the process of ours that listens on that port.
fn kill_driver_on(port: u16) {
    let children =
        fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let ours = std::process::id().to_string();
    let inode = listening_inode(port);
    for id in children {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let parent = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)).unwrap_or_default().to_owned();
        let holds = fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten();
        let mut sockets = holds.filter_map(|fd| fs::read_link(fd.path()).ok());
        if parent == ours && sockets.any(|link| link.to_string_lossy() == format!("socket:[{inode}]")) {
            let id = rustix::process::Pid::from_raw(id).unwrap();
            rustix::process::kill_process(id, rustix::process::Signal::KILL).unwrap();
            return;
        }
    }
    panic!("no child of ours listens on {port}");
}

fn listening_inode(port: u16) -> String {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let local = format!("0100007F:{port:04X}");
    let line = table.lines().find(|line| line.split_whitespace().nth(1) == Some(&local)).unwrap();
    line.split_whitespace().nth(9).unwrap().to_owned()
}
