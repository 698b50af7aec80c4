//! A form that nobody answers is sent once: browsers send it again by themselves over a connection that was used before.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use queqiao::{
    adapter::{Candidates, Locator},
    extract::{self, Document},
    transport::{Browser, BrowserOptions, Driver, Mark},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Forms sent: more than by chance.
const FORMS: usize = 20;
const FORM: &str = "<!doctype html><title>form</title><form method=post action=/save><input name=a value=b><button>提交</button></form>";

/// Answers every GET with the form over a connection that it keeps, as a polite server does, and no POST at all.
async fn serve(mut stream: TcpStream, posts: Arc<AtomicUsize>) {
    let mut request = Vec::new();
    let mut part = [0; 4096];
    loop {
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return,
            Ok(count) => request.extend_from_slice(&part[..count]),
        }
        if request.starts_with(b"POST") {
            posts.fetch_add(1, Ordering::SeqCst);
            return;
        }
        if request.ends_with(b"\r\n\r\n") {
            let closes = String::from_utf8_lossy(&request).to_lowercase().contains("connection: close");
            let keep = if closes { "close" } else { "keep-alive" };
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: {keep}\r\n\r\n",
                FORM.len()
            );
            if stream.write_all((head + FORM).as_bytes()).await.is_err() || closes {
                return;
            }
            request.clear();
        }
    }
}

/// A server that counts the forms that it gets, and its address.
async fn server() -> (String, Arc<AtomicUsize>) {
    let posts = Arc::<AtomicUsize>::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let counted = Arc::clone(&posts);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&counted)));
        }
    });
    (address, posts)
}

async fn send(browser: &Browser, address: &str) {
    browser.goto(address).await.unwrap();
    let snapshot = browser.snapshot(true).await.unwrap();
    let button = Candidates(vec![Locator::parse("text=提交").unwrap()]);
    let index = extract::mark(&button, &Document::parse(&snapshot.html, Some("text/html"))).unwrap();
    // What is left afterwards is the browser's own page about the missing answer.
    let _ = browser.press_within(&Mark { frames: Vec::new(), index }, Duration::from_secs(20)).await;
    let _ = browser.settle(Duration::from_secs(20)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_nobody_answers_is_sent_once() {
    let driver = Driver::new();
    let (address, posts) = server().await;
    let options = BrowserOptions { fresh_connections: true, ..BrowserOptions::default() };
    let browser = Browser::open(&driver, &options).await.unwrap();
    for number in 1..=FORMS {
        send(&browser, &address).await;
        assert_eq!(posts.load(Ordering::SeqCst), number, "each form once");
    }
    browser.close().await;
    // The same without it: this is what the option is for. If browsers give that up one day, so can we.
    let browser = Browser::open(&driver, &BrowserOptions::default()).await.unwrap();
    let before = posts.load(Ordering::SeqCst);
    for _ in 0..FORMS {
        send(&browser, &address).await;
    }
    assert!(posts.load(Ordering::SeqCst) - before > FORMS, "a browser left to itself sends forms again");
    browser.close().await;
    driver.stop().await;
}
