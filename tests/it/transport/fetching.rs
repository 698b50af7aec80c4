//! Several fetches within the page in one command.

use axum::{
    Router,
    http::StatusCode,
    response::Html,
    routing::{get, post},
};
use queqiao::transport::{BYTES_PER_ANSWER, Posted, TransportError, Wanted};

use super::{browser, serve};

fn wanted(url: &str) -> Wanted {
    Wanted { url: url.to_owned(), posted: None }
}

#[tokio::test]
async fn each_address_has_its_own_answer_or_fault_in_its_place() {
    let router = Router::new()
        .route("/", get(Html("<title>page</title>")))
        .route("/gone", get(|| async { (StatusCode::NOT_FOUND, "nothing") }))
        .route("/said", post(|body: String| async move { body }));
    let base = serve(router).await;
    // Another origin, which does not allow it.
    let other = serve(Router::new().route("/", get("other"))).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();

    let posted = Posted { content_type: "text/plain".to_owned(), body: "你好".into() };
    let all =
        [wanted("/gone"), wanted(other.as_str()), Wanted { posted: Some(posted), ..wanted("/said") }, wanted("/")];
    let answers = browser.fetch_all(&all, &[]).await.unwrap();
    assert_eq!(browser.requests(), 1 + all.len() as u64, "each of them counts");
    let mut answers = answers.into_iter().map(|answer| answer.expect("all of them are small"));
    let mut next = || answers.next().expect("one answer each");
    assert_eq!(next().unwrap().status, 404);
    assert!(matches!(next(), Err(TransportError::Fetch { address, .. }) if address == other.as_str()));
    assert_eq!(next().unwrap().text(None).text, "你好");
    assert_eq!(next().unwrap().text(None).text, "<title>page</title>");
    browser.close().await;
}

#[tokio::test]
async fn what_finds_no_room_beside_the_others_is_asked_for_again() {
    let large = || async { vec![b'x'; BYTES_PER_ANSWER * 3 / 5] };
    let base = serve(Router::new().route("/", get("page")).route("/a", get(large)).route("/b", get(large))).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();

    let answers = browser.fetch_all(&[wanted("/a"), wanted("/b")], &[]).await.unwrap();
    assert_eq!(answers.iter().flatten().filter(|answer| answer.is_ok()).count(), 1);
    let left_out = answers.iter().position(Option::is_none).expect("both together are too much");
    let again = browser.fetch(["/a", "/b"][left_out], &[]).await.unwrap();
    assert_eq!(again.body.len(), BYTES_PER_ANSWER * 3 / 5);
    browser.close().await;
}
