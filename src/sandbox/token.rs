//! The permit system's bearer token: a JSON Web Token signed with HS256.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// What a token says.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
pub(super) struct Claims {
    /// The account.
    pub(super) sub: String,
    /// The session.
    pub(super) jti: String,
    /// When it was made, in Unix seconds.
    pub(super) iat: i64,
    /// When it ends, in Unix seconds.
    pub(super) exp: i64,
}

/// The token that says `claims`, signed with `secret`.
pub(super) fn sign(claims: &Claims, secret: &[u8]) -> String {
    let header = BASE64.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let body = BASE64.encode(serde_json::to_vec(claims).expect("claims are plain values"));
    let text = format!("{header}.{body}");
    let signature = BASE64.encode(mac(&text, secret).finalize().into_bytes());
    format!("{text}.{signature}")
}

/// What `token` says; none when it is malformed or was not signed with `secret`. Its end is the caller's to check.
pub(super) fn read(token: &str, secret: &[u8]) -> Option<Claims> {
    let (text, signature) = token.rsplit_once('.')?;
    mac(text, secret).verify_slice(&BASE64.decode(signature).ok()?).ok()?;
    let (_, body) = text.split_once('.')?;
    serde_json::from_slice(&BASE64.decode(body).ok()?).ok()
}

fn mac(text: &str, secret: &[u8]) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length").chain_update(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_only_with_its_secret() {
        let claims = Claims { sub: "bot".into(), jti: "A1".into(), iat: 1, exp: 2 };
        let token = sign(&claims, b"one");
        assert_eq!(read(&token, b"one"), Some(claims));
        assert_eq!(read(&token, b"two"), None);
        assert_eq!(read(&token[1..], b"one"), None);
        assert_eq!(read("not a token", b"one"), None);
    }
}
