//! What is refused, and in which words.

use super::*;

pub async fn problem(answer: reqwest::Response) -> (u16, String) {
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["status"], status);
    assert!(body["type"].as_str().unwrap().starts_with("urn:queqiao:problem:"));
    (status, body["detail"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_question_that_means_nothing_is_answered_with_what_does() {
    let served = Served::start().await;
    for (path, status, words) in [
        ("/api/v1/stats?measure=recieved", 400, "received"),
        ("/api/v1/stats", 400, "on_time_rate"),
        ("/api/v1/stats?measure=done&by=towns", 400, "nearest: town"),
        ("/api/v1/cases?sytem=permits", 400, "Nearest: system"),
        ("/api/v1/cases?status=accept", 400, "accepted"),
        ("/api/v1/cases?limit=9999", 400, "from 1 to 200"),
        ("/api/v1/cases/none", 404, "/api/v1/cases?q="),
        ("/api/v1/feed?topic=case", 400, "cases"),
        ("/api/v1/feed?after=7", 409, "/api/v1/overview"),
        ("/api/v1/changes?after=x", 400, "whole number"),
        ("/nowhere", 404, "/screen"),
    ] {
        let english = served.get(path).header("accept-language", "en").send().await.unwrap();
        let (given, detail) = problem(english).await;
        assert!(given == status && detail.contains(words), "{path}: {given} {detail}");
        let (_, chinese) = problem(served.get(path).send().await.unwrap()).await;
        assert!(chinese.chars().any(|letter| ('一'..='鿿').contains(&letter)), "{path}: {chinese}");
    }
}

#[tokio::test]
async fn only_the_tokens_bearer_writes() {
    let served = Served::start().await;
    let body = ndjson(&cases(1..2));
    let post = || served.client.post(served.url("/api/v1/records")).header("accept-language", "en").body(body.clone());
    assert_eq!(problem(post().send().await.unwrap()).await.0, 401);
    assert_eq!(problem(post().bearer_auth("another").send().await.unwrap()).await.0, 401);
    let without = Served::with(|_| {}).await;
    let answer = without.client.post(without.url("/api/v1/records?lang=en")).bearer_auth("").body(body.clone());
    let (status, detail) = problem(answer.send().await.unwrap()).await;
    assert!(status == 403 && detail.contains("QUEQIAO_SECRET_HUB_TOKEN"), "{status} {detail}");
    assert_eq!(served.json("/api/v1/overview").await["position"], 0);
}

#[tokio::test]
async fn bodies_and_batches_have_an_end() {
    let served = Served::start().await;
    let heavy = " ".repeat(queqiao::web::MAX_BODY + 1);
    assert_eq!(problem(served.post(&heavy).send().await.unwrap()).await.0, 413);
    let long = "{}\n".repeat(10_001);
    let (status, detail) = problem(served.post(&long).send().await.unwrap()).await;
    assert!(status == 413 && detail.contains("10001"), "{detail}");
    assert_eq!(problem(served.post("").body(vec![0xff]).send().await.unwrap()).await.0, 400);
}

#[tokio::test]
async fn every_answer_keeps_to_this_server() {
    let served = Served::start().await;
    for path in ["/screen", "/assets/screen.js", "/api/v1/overview", "/nowhere"] {
        let answer = served.client.head(served.url(path)).send().await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
    }
    let wrong = served.client.delete(served.url("/api/v1/cases")).send().await.unwrap();
    assert!(wrong.headers()["allow"].to_str().unwrap().contains("GET"));
    assert_eq!(problem(wrong).await.0, 405);
    let file = served.get("/assets/vendor/echarts.min.js").send().await.unwrap();
    let tag = file.headers()["etag"].clone();
    let again = served.get("/assets/vendor/echarts.min.js").header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    let packed = served.get("/assets/vendor/echarts.min.js").header("accept-encoding", "gzip").send().await.unwrap();
    assert!(packed.content_length().is_none_or(|length| length < 500_000), "not compressed");
}
