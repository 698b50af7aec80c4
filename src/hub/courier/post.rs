//! A batch over HTTP: NDJSON out, one fate per line back.

use std::{net::IpAddr, sync::Once, time::Duration};

use reqwest::{StatusCode, header::CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::{Host, Url};

use crate::{base::hex, store::Outgoing};

use super::super::{Fate, HubError};

/// How long a connection may take, in seconds.
const CONNECT_SECONDS: u64 = 5;
/// How long a batch may take, in seconds: the hub needs one; a slow line needs some more.
const ANSWER_SECONDS: u64 = 60;
/// How much of a refusing answer is kept as the reason, in characters.
const REASON_CHARS: usize = 300;

/// The form of the hub's refusals.
const PROBLEM: &[u8] = b"application/problem+json";

/// A client for a hub at that address.
pub(super) fn client(address: &Url) -> Result<reqwest::Client, HubError> {
    static PROVIDER: Once = Once::new();
    // Fails when the program has installed it already, which is as good.
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let client = |reason: String| HubError::Client { reason };
    if !matches!(address.scheme(), "http" | "https") {
        return Err(client(format!("`{address}` is neither http nor https")));
    }
    let mut builder = reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(CONNECT_SECONDS))
        .timeout(Duration::from_secs(ANSWER_SECONDS));
    if loopback(address) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| client(crate::base::chain(&error)))
}

/// Sends lines; gives what became of each.
pub(super) async fn batch(
    client: &reqwest::Client,
    address: &Url,
    token: &SecretString,
    lines: &[Outgoing],
) -> Result<Vec<Fate>, HubError> {
    let name = address.to_string();
    let mut body = String::new();
    for line in lines {
        body.push_str(&line.line);
        body.push('\n');
    }
    // The same lines again have the same key, also after a restart.
    let key = hex(&Sha256::digest(&body));
    let target = address.join("api/v1/records").map_err(|error| HubError::Client { reason: error.to_string() })?;
    let away = |source| HubError::Away { address: name.clone(), source };
    let answer = client
        .post(target)
        .bearer_auth(token.expose_secret())
        .header("Idempotency-Key", key)
        .header("Content-Type", "application/x-ndjson")
        .header("Accept", "application/x-ndjson")
        .body(body)
        .send()
        .await
        .map_err(away)?;
    let status = answer.status();
    // A refusal counts as the hub's own only in the form that the hub gives it; anything in between may refuse as well.
    let own = answer.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(PROBLEM));
    let text = answer.text().await.map_err(away)?;
    if status.is_success() {
        return fates(&text, lines.len()).ok_or(HubError::Answer { address: name });
    }
    Err(refused(status, own, &text, name))
}

/// What became of one line, as the hub says it.
#[derive(Deserialize)]
struct Acknowledged {
    /// Its number in the batch, from 1.
    line: usize,
    #[serde(flatten)]
    fate: Fate,
}

/// The fates in an NDJSON answer, in the order of the lines; `None` unless every line has exactly one.
fn fates(answer: &str, lines: usize) -> Option<Vec<Fate>> {
    let told: Vec<Acknowledged> = answer.lines().map(serde_json::from_str).collect::<Result<_, _>>().ok()?;
    let mut fates = vec![None; lines];
    for Acknowledged { line, fate } in told {
        if fates.get_mut(line.checked_sub(1)?)?.replace(fate).is_some() {
            return None;
        }
    }
    fates.into_iter().collect()
}

fn refused(status: StatusCode, own: bool, text: &str, address: String) -> HubError {
    let answer = text.chars().take(REASON_CHARS).collect();
    let code = status.as_u16();
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => HubError::Unauthorised { address, status: code },
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNPROCESSABLE_ENTITY if own => {
            HubError::Batch { address, status: code, answer }
        }
        _ if status.is_server_error()
            || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT) =>
        {
            HubError::Busy { address, status: code }
        }
        _ => HubError::Answer { address },
    }
}

/// Whether the address is this machine's own: a proxy has no business there.
fn loopback(address: &Url) -> bool {
    match address.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => IpAddr::from(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_needs_exactly_one_fate() {
        let two = "{\"line\":2,\"fate\":\"refused\",\"reason\":\"x\"}\n{\"line\":1,\"fate\":\"new\"}\n";
        assert_eq!(fates(two, 2), Some(vec![Fate::New, Fate::Refused { reason: "x".to_owned() }]));
        assert_eq!(fates(two, 1), None, "a line that was not sent");
        assert_eq!(fates(two, 3), None, "a line without a fate");
        assert_eq!(fates(&format!("{two}{two}"), 2), None, "two fates for a line");
        assert_eq!(fates("<html>", 1), None, "no hub at all");
    }
}
