//! Real browsers and real HTTP against small servers of our own.

mod acting;
mod asking;
mod beside;
mod ending;
mod entering;
mod fetching;
mod once;
mod pictures;
mod reading;
mod session;
mod trust;
mod waiting;
mod windows;

use std::time::{Duration, Instant};

use axum::{Router, response::Html, routing::get};
use queqiao::transport::{Act, Browser, BrowserOptions, Driver, Mark, Snapshot};
use scraper::Selector;
use tokio::sync::{Semaphore, SemaphorePermit};
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

/// A driver of its own for a test, while few others have one: ten browsers starting at once on a small machine take
/// longer than ten in a row.
struct OwnDriver {
    driver: Driver,
    _turn: SemaphorePermit<'static>,
}

impl std::ops::Deref for OwnDriver {
    type Target = Driver;
    fn deref(&self) -> &Driver {
        &self.driver
    }
}

async fn own_driver() -> OwnDriver {
    static TURNS: Semaphore = Semaphore::const_new(3);
    OwnDriver { _turn: TURNS.acquire().await.unwrap(), driver: Driver::new() }
}

async fn browser() -> (OwnDriver, Browser) {
    let driver = own_driver().await;
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
