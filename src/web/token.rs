//! Who may write: the bearer of the hub's token.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header::AUTHORIZATION, request::Parts},
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::{problem::Problem, state::App};
use crate::base::Message;

/// A request that may write. Checked before its body is read.
pub struct Writer;

impl FromRequestParts<App> for Writer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        check(app.token.as_deref(), &parts.headers).map(|()| Self)
    }
}

/// Lets the request pass if it carries `Authorization: Bearer` with the token.
///
/// # Errors
/// 403 when no token is configured, 401 when the request has none or another.
pub fn check(token: Option<&SecretString>, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(token) = token.filter(|token| !token.expose_secret().is_empty()) else {
        return Err(Problem::new(StatusCode::FORBIDDEN, Message::new("web-no-token-set")));
    };
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(bearer);
    let Some(given) = given else {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, Message::new("web-token-missing")));
    };
    if same(given.as_bytes(), token.expose_secret().as_bytes()) {
        Ok(())
    } else {
        Err(Problem::new(StatusCode::UNAUTHORIZED, Message::new("web-token-wrong")))
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Equality that takes as long for any two texts: their digests are compared to the last byte.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    let (one, other) = (Sha256::digest(one), Sha256::digest(other));
    one.iter().zip(other).fold(0, |differing, (one, other)| differing | (one ^ other)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_bearer_of_the_token_passes() {
        let token = SecretString::from("secret");
        let ask =
            |value: &str| check(Some(&token), &HeaderMap::from_iter([(AUTHORIZATION, value.parse().unwrap())])).is_ok();
        assert!(ask("Bearer secret") && ask("bearer secret"));
        assert!(!ask("Bearer secre") && !ask("Bearer ") && !ask("secret") && !ask("Basic secret"));
        let anyone = HeaderMap::from_iter([(AUTHORIZATION, "Bearer ".parse().unwrap())]);
        assert!(check(None, &anyone).is_err() && check(Some(&SecretString::from("")), &anyone).is_err());
    }
}
