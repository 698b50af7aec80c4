//! Pictures hold no numbers of people: those were painted over before the picture was taken.

use axum::{Router, extract::Path, response::Html, routing::get};

use queqiao::transport::Snapshot;

use super::{DEADLINE, browser, mark, serve};

/// A page that says these numbers everywhere where a page can say something, and beside them the number of a case.
fn page(id: &str, phone: &str, case: &str) -> String {
    let inner = format!("<p>{phone}</p>");
    format!(
        "<!DOCTYPE html><title>p</title><style>* {{ font: 16px monospace }}</style>
         <p>办件 {case}</p><p>身份证号：{id}，电话{phone}，座机 0539-{}</p><input value='{id}'><textarea>{phone}</textarea>
         <select><option>{phone}</option></select><div id='host'></div><iframe srcdoc='{inner}'></iframe>
         <script>host.attachShadow({{ mode: 'open' }}).innerHTML = '<b>{id}</b>'</script>",
        &phone[3..10]
    )
}

#[tokio::test]
async fn a_picture_shows_no_numbers_of_people_and_leaves_the_page_as_it_was() {
    let answer =
        |Path((id, phone, case)): Path<(String, String, String)>| async move { Html(page(&id, &phone, &case)) };
    let base = serve(Router::new().route("/{id}/{phone}/{case}", get(answer))).await;
    let (driver, browser) = browser().await;
    let mut taken = Vec::new();
    for address in [
        "999999199001010011/13800001234/SL20260001",
        "999999198511233336/15966667890/SL20260001",
        "999999199001010011/13800001234/SL20268888",
    ] {
        browser.goto(base.join(address).unwrap().as_str()).await.unwrap();
        browser.settle(DEADLINE).await.unwrap();
        let before = browser.snapshot(true).await.unwrap();
        let (whole, quick) = (browser.picture().await.unwrap(), browser.quick_picture().await.unwrap());
        let body = browser.picture_of(&mark(&before, &[], "body")).await.unwrap();
        let after = browser.snapshot(false).await.unwrap();
        browser.goto("about:blank").await.unwrap();
        browser.goto(base.join(address).unwrap().as_str()).await.unwrap();
        browser.settle(DEADLINE).await.unwrap();
        let fresh = browser.snapshot(false).await.unwrap();
        let inner = |page: &Snapshot| page.frames[0].page.as_ref().unwrap().html.clone();
        assert_eq!((&after.html, inner(&after)), (&fresh.html, inner(&fresh)), "nothing is left of it");
        taken.push([whole, quick, body]);
    }
    for (how, one) in taken[0].iter().enumerate() {
        assert!(*one == taken[1][how], "{how}: numbers of people differ, and the pictures do not");
        assert!(*one != taken[2][how], "{how}: the case's number is still to be read");
    }
    browser.close().await;
    driver.stop().await;
}
