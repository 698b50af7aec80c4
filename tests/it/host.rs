//! Children, ports and packages of the real machine.

use std::{
    fs,
    net::TcpListener,
    path::Path,
    time::{Duration, Instant},
};

use queqiao::host::{Child, HostError, Launch, Need, find, free_port};

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
