//! What is left when a browser, a driver or a whole process ends.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use queqiao::{
    base::Remedy,
    transport::{Browser, BrowserOptions, Driver, TransportError},
};

use super::{DEADLINE, browser, own_driver, until};

/// Whether a process names `place` in its command line or environment.
fn somebody_uses(place: &Path) -> bool {
    let place = place.to_string_lossy();
    let names = |file: &Path| fs::read(file).is_ok_and(|text| String::from_utf8_lossy(&text).contains(&*place));
    let processes = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let others = processes.filter(|path| !path.ends_with(std::process::id().to_string()));
    others.into_iter().any(|path| names(&path.join("cmdline")) || names(&path.join("environ")))
}

/// Not a test of its own, and does nothing unless asked by a variable: [`a_killed_process_leaves_nothing_alive`] starts it in a process of its own.
#[tokio::test]
async fn helper_opens_a_browser_and_waits() {
    let Some(sign) = std::env::var_os("QUEQIAO_TEST_SIGN") else { return };
    let (_driver, browser) = browser().await;
    browser.goto("about:blank").await.unwrap();
    fs::write(sign, "open").unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_killed_process_leaves_nothing_alive() {
    let _turn = own_driver().await;
    let place = tempfile::tempdir().unwrap();
    let sign = place.path().join("sign");
    let mut helper = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "transport::ending::helper_opens_a_browser_and_waits"])
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
    let driver = own_driver().await;
    let port = driver.address().await.unwrap().port().unwrap();
    let browser = Browser::open(&driver, &BrowserOptions::default()).await.unwrap();
    let profile = profile_of(port);
    assert!(profile.exists());
    browser.close().await;
    assert!(!profile.exists());

    let browser = Browser::open(&driver, &BrowserOptions::default()).await.unwrap();
    let profile = profile_of(port);
    drop(browser);
    until("a dropped browser is closed in the background", || !profile.exists()).await;

    let browser = Browser::open(&driver, &BrowserOptions::default()).await.unwrap();
    kill_driver_on(port);
    let error = browser.goto("about:blank").await.unwrap_err();
    assert!(matches!(error, TransportError::BrowserGone { .. }) && error.remedy() == Remedy::Retry, "{error}");
    until("the driver is dead", || std::net::TcpStream::connect(("127.0.0.1", port)).is_err()).await;
    // Whoever asks in the very moment in which the driver dies is told to try again.
    let deadline = std::time::Instant::now() + DEADLINE;
    let next = loop {
        match Browser::open(&driver, &BrowserOptions::default()).await {
            Ok(next) => break next,
            Err(error) => assert!(error.remedy() == Remedy::Retry && std::time::Instant::now() < deadline, "{error}"),
        }
    };
    next.goto("about:blank").await.unwrap();
    next.close().await;
    browser.close().await;
    driver.stop().await;
}

#[tokio::test]
async fn a_driver_elsewhere_serves_browsers_of_other_tasks() {
    let here = own_driver().await;
    let elsewhere = Driver::at(here.address().await.unwrap());
    let task = tokio::spawn(async move {
        let browser = Browser::open(&elsewhere, &BrowserOptions::default()).await.unwrap();
        browser.goto("data:text/html,<title>1</title>").await.unwrap();
        let title = browser.snapshot(true).await.unwrap().title;
        browser.close().await;
        title
    });
    assert_eq!(task.await.unwrap(), "1");
}

/// A variable that a browser sets anew while others of its threads read them would crash it now and then; see `SET_BY_CHROMIUM`. What a
/// browser inherits is asked of its driver.
#[tokio::test]
async fn browsers_inherit_what_they_would_set_in_their_environment() {
    let driver = own_driver().await;
    let process = driver_on(driver.address().await.unwrap().port().unwrap());
    let environment = String::from_utf8(fs::read(format!("/proc/{process}/environ")).unwrap()).unwrap();
    assert!(environment.split('\0').any(|variable| variable == "FC_FONTATIONS=1"), "{environment:?}");
    driver.stop().await;
}

/// The profile of the only browser of the driver that listens on that port.
fn profile_of(port: u16) -> std::path::PathBuf {
    let driver = driver_on(port);
    let of_it = processes().filter(|process| parent(*process) == Some(driver));
    let words = of_it.flat_map(|process| fs::read(format!("/proc/{process}/cmdline"))).collect::<Vec<_>>().concat();
    let words = String::from_utf8(words).unwrap();
    words.split(['\0', ' ']).find_map(|word| word.strip_prefix("--user-data-dir=")).unwrap().into()
}

fn kill_driver_on(port: u16) {
    let driver = rustix::process::Pid::from_raw(driver_on(port)).unwrap();
    rustix::process::kill_process(driver, rustix::process::Signal::KILL).unwrap();
}

/// The process of ours that listens on that port.
fn driver_on(port: u16) -> i32 {
    let (ours, inode) = (i32::try_from(std::process::id()).unwrap(), listening_inode(port));
    let listens = |process: &i32| {
        let holds = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
        let mut sockets = holds.filter_map(|fd| fs::read_link(fd.path()).ok());
        parent(*process) == Some(ours) && sockets.any(|link| link.to_string_lossy() == format!("socket:[{inode}]"))
    };
    processes().find(listens).unwrap_or_else(|| panic!("no child of ours listens on {port}"))
}

fn processes() -> impl Iterator<Item = i32> {
    fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn parent(process: i32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit(") ").next()?.split(' ').nth(1)?.parse().ok()
}

fn listening_inode(port: u16) -> String {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let local = format!("0100007F:{port:04X}");
    let line = table.lines().find(|line| line.split_whitespace().nth(1) == Some(&local)).unwrap();
    line.split_whitespace().nth(9).unwrap().to_owned()
}
