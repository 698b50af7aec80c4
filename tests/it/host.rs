//! Children, ports and packages of the real machine.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use queqiao::host::{Child, HostError, Launch, Need, ensure, find, free_port};

/// Long enough for a loaded machine; a test that waits it out fails.
const DEADLINE: Duration = Duration::from_secs(20);

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !holds() {
        assert!(Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn lives(id: &str) -> bool {
    let state = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // A zombie is dead and only waits to be counted.
    !state.is_empty() && !state.contains(") Z ")
}

fn shell(script: &str) -> Launch {
    Launch::new("sh").arg("-c").arg(script)
}

#[tokio::test]
async fn the_tail_holds_what_a_child_wrote_on_both_pipes() {
    let mut child = Child::start(&shell("echo out; echo err >&2")).unwrap();
    until("the child ends", || !child.is_running()).await;
    until("both lines arrive", || child.tail().len() == 2).await;
    let mut tail = child.tail();
    tail.sort();
    assert_eq!(tail, ["err", "out"]);
}

#[tokio::test]
async fn a_program_that_is_not_there_shows_in_the_tail() {
    let mut child = Child::start(&Launch::new("/no/such/program")).unwrap();
    until("the child ends", || !child.is_running()).await;
    until("the reason arrives", || child.tail().concat().contains("/no/such/program")).await;
}

#[tokio::test]
async fn stopping_and_dropping_end_grandchildren_too() {
    for gently in [true, false] {
        // The grandchild ignores the request to end, so that only the kill of the whole group ends it.
        let child = Child::start(&shell("(trap '' TERM; echo $$; while :; do sleep 1; done) & echo $!; wait")).unwrap();
        until("both have begun", || child.tail().len() == 2).await;
        let tail = child.tail();
        let grandchild = tail.iter().find(|id| **id != child.id().to_string()).unwrap().clone();
        assert!(lives(&grandchild));
        if gently {
            child.stop(Duration::from_millis(100)).await;
        } else {
            drop(child);
        }
        until("the grandchild ends", || !lives(&grandchild)).await;
    }
}

#[tokio::test]
async fn a_child_of_another_task_and_thread_lives_on_when_those_end() {
    let start = || Child::start(&shell("echo begun; sleep 600")).unwrap();
    let mut child = std::thread::spawn(start).join().unwrap();
    until("it has begun", || child.tail() == ["begun"]).await;
    assert!(child.is_running());
}

/// Not a test of its own, and does nothing unless asked by a variable: the test below starts it in a process of its own.
#[tokio::test]
async fn helper_starts_a_child_and_waits() {
    let Some(sign) = std::env::var_os("QUEQIAO_TEST_SIGN") else { return };
    let user = rustix::process::geteuid().is_root().then(|| "nobody".to_owned());
    let launch = Launch { user, ..shell("id -un; exec sleep 600") };
    let child = Child::start(&launch).unwrap();
    until("it has begun", || child.tail().len() == 1).await;
    fs::write(sign, format!("{} {}", child.id(), child.tail()[0])).unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_child_ends_with_us_even_when_we_are_killed_and_it_is_another_user() {
    let place = tempfile::tempdir().unwrap();
    let sign = place.path().join("sign");
    let told = || fs::read_to_string(&sign).unwrap_or_default();
    let mut helper = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "host::helper_starts_a_child_and_waits"])
        .env("QUEQIAO_TEST_SIGN", &sign)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    until("the helper has started a child", || told().contains(' ')).await;
    let (child, user) = told().split_once(' ').map(|(child, user)| (child.to_owned(), user.to_owned())).unwrap();
    assert!(lives(&child));
    assert!(user == "nobody" || !rustix::process::geteuid().is_root(), "{user}");
    helper.kill().unwrap();
    helper.wait().unwrap();
    until("the child ends", || !lives(&child)).await;
}

#[test]
fn a_free_port_can_be_bound() {
    TcpListener::bind(("127.0.0.1", free_port().unwrap())).unwrap();
}

#[test]
fn the_browser_of_this_machine_is_found_or_the_line_to_type_is_told() {
    match find(Need::Browser) {
        Ok(found) => {
            assert!(found.program("chromium").is_absolute());
            assert!(Path::new(found.program("chromedriver")).is_file());
        }
        Err(error @ HostError::Missing { .. }) => {
            assert!(error.to_string().contains("apt-get install -y --no-install-recommends chromium"), "{error}");
        }
        Err(error) => panic!("{error}"),
    }
}

/// Not a test of its own, and does nothing unless asked by a variable: the tests below start it in processes of their own, with a `PATH` of their own.
#[test]
fn helper_ensures_a_browser() {
    if std::env::var_os("QUEQIAO_TEST_ENSURE").is_some() {
        match ensure(Need::Browser, &|step| println!("step: {step}")) {
            Ok(found) => println!("found: {}", found.program("chromium").display()),
            Err(error) => println!("error: {error}"),
        }
    }
}

/// A machine with nothing but a shell, and with `apt-get` and `sudo` as these scripts play them.
fn bare_machine(place: &Path, programs: &[(&str, &str)]) {
    for name in ["sh", "env", "sleep", "cp", "chmod"] {
        let real = ["/usr/bin", "/bin"].map(|place| Path::new(place).join(name)).into_iter().find(|path| path.exists());
        symlink(real.unwrap(), place.join(name)).unwrap();
    }
    for (name, script) in programs {
        let path = place.join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

fn ensuring(place: &Path) -> Command {
    let mut helper = Command::new(std::env::current_exe().unwrap());
    helper.args(["--exact", "host::helper_ensures_a_browser", "--nocapture"]);
    helper.env("PATH", place).env("TMPDIR", place).env("QUEQIAO_TEST_ENSURE", "1").stdout(Stdio::piped());
    helper
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn what_is_missing_is_installed_once_by_parallel_processes() {
    let place = tempfile::tempdir().unwrap();
    let apt = r#"cd "$TMPDIR"; echo "$DEBIAN_FRONTEND: $*" >> asked
        case "$*" in *install*) sleep 1; cp env chromium; cp env chromedriver; echo '#!/bin/sh' > fc-list
        echo 'echo Noto' >> fc-list; chmod +x fc-list;; esac"#;
    bare_machine(place.path(), &[("apt-get", apt), ("sudo", "shift; \"$@\""), ("fc-list", "")]);
    let helpers = [(); 3].map(|()| ensuring(place.path()).spawn().unwrap());
    for helper in helpers {
        let output = helper.wait_with_output().unwrap();
        assert!(said(&output).contains(&format!("found: {}/chromium", place.path().display())), "{}", said(&output));
    }
    let asked = fs::read_to_string(place.path().join("asked")).unwrap();
    let installs: Vec<&str> = asked.lines().filter(|line| line.contains("install")).collect();
    assert_eq!(installs.len(), 1, "{asked}");
    assert!(installs[0].starts_with("noninteractive: install -y --no-install-recommends"), "{asked}");
    assert!(installs[0].ends_with("chromium chromium-driver fonts-noto-cjk chromium-headless-shell"), "{asked}");
}

#[test]
fn what_is_not_indispensable_is_left_out_where_the_sources_lack_it() {
    let place = tempfile::tempdir().unwrap();
    let apt = r#"cd "$TMPDIR"
        case "$*" in *headless-shell*) echo 'E: Unable to locate package' >&2; exit 100;; *install*) cp env chromium; cp env chromedriver
        echo '#!/bin/sh' > fc-list; echo 'echo Noto' >> fc-list; chmod +x fc-list;; esac"#;
    bare_machine(place.path(), &[("apt-get", apt), ("sudo", "shift; \"$@\""), ("fc-list", "")]);
    let said = said(&ensuring(place.path()).output().unwrap());
    assert!(said.contains(&format!("found: {}/chromium", place.path().display())), "{said}");
}

#[test]
fn an_installation_that_fails_says_why_and_what_to_type() {
    let place = tempfile::tempdir().unwrap();
    bare_machine(place.path(), &[("apt-get", "echo 'E: no such package' >&2; exit 100"), ("sudo", "shift; \"$@\"")]);
    let said = said(&ensuring(place.path()).output().unwrap());
    for words in [
        "step: fetching the package lists",
        "error: Chromium could not be installed",
        "E: no such package",
        "apt-get install -y",
    ] {
        assert!(said.contains(words), "{said}");
    }
}
