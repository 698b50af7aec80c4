//! How one comes into `medical`: the password encrypted with SM2 by the page's own script, a captcha, a session that only a
//! browser may use.

use std::sync::{Arc, LazyLock};

use axum::Form;
use axum::extract::{FromRequestParts, State};
use axum::http::{HeaderMap, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use minijinja::context;
use serde::Deserialize;
use sm2::SecretKey;
use sm2::elliptic_curve::sec1::ToSec1Point;
use sm2::pke::{DecryptingKey, Mode};

use super::accounts::{Entry, Standing};
use super::medical::{KIND, notice, render};
use super::office::Office;
use super::serve::{cookie, found};

/// The cookie of a visitor, and of a session.
const COOKIE: &str = "YBJB_SID";
/// What a browser says of itself since 2019 and no plain client does.
const BROWSER_HEADER: &str = "sec-fetch-site";

/// The key that passwords are encrypted for; new in every process.
static KEY: LazyLock<SecretKey> = LazyLock::new(|| {
    loop {
        let mut bytes = [0; 32];
        fastrand::fill(&mut bytes);
        if let Ok(key) = SecretKey::from_slice(&bytes) {
            return key;
        }
    }
});

/// The login page, for a visitor who is known by a cookie from here on.
pub(super) async fn page(headers: HeaderMap) -> Response {
    let known = cookie(&headers, COOKIE).is_some();
    let page = form("", None);
    if known { page } else { ([(header::SET_COOKIE, new_visitor())], page).into_response() }
}

/// The picture of a new captcha.
pub(super) async fn captcha(State(office): State<Arc<Office>>, headers: HeaderMap) -> Response {
    let Some(visitor) = cookie(&headers, COOKIE) else { return StatusCode::FORBIDDEN.into_response() };
    let picture = office.captchas.show(visitor);
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "no-store")], picture).into_response()
}

#[derive(Deserialize)]
pub(super) struct Login {
    #[serde(default)]
    username: String,
    /// Encrypted, in hexadecimal.
    #[serde(default)]
    password: String,
    #[serde(default)]
    captcha: String,
}

/// Tries to come in.
pub(super) async fn enter(State(office): State<Arc<Office>>, headers: HeaderMap, Form(login): Form<Login>) -> Response {
    let visitor = cookie(&headers, COOKIE).unwrap_or_default();
    let again = |words: String| form(&login.username, Some(words));
    // The captcha comes first, so that a wrong one says nothing of the password and costs no try.
    if !office.captchas.answered(visitor, &login.captcha) {
        return again("验证码错误或已过期，请重新输入".to_owned());
    }
    let Some(password) = decrypt(&login.password, &KEY) else {
        return again("登录参数无效，请刷新页面后重试".to_owned());
    };
    let entry = office.enter(login.username.trim(), &password);
    let Entry::Open(session) = entry else { return again(entry.refusal().unwrap_or_default()) };
    let cookie = format!("{COOKIE}={session}; Path=/; HttpOnly");
    ([(header::SET_COOKIE, cookie)], render("enter.html", context! { title => KIND.title })).into_response()
}

/// Ends the session.
pub(super) async fn leave(State(office): State<Arc<Office>>, Visitor(session): Visitor) -> Response {
    office.account().leave(&session);
    found("/login")
}

/// Someone with a browser and a good session; holds its name.
pub(super) struct Visitor(String);

impl FromRequestParts<Arc<Office>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, office: &Arc<Office>) -> Result<Visitor, Response> {
        let session = cookie(&parts.headers, COOKIE);
        let standing = session.map_or(Standing::Lost, |session| office.account().standing(session));
        match (session, standing) {
            (Some(_), Standing::Live) if !parts.headers.contains_key(BROWSER_HEADER) => {
                let words = "当前会话与登录时的浏览器绑定，请在原浏览器中访问";
                Err((StatusCode::FORBIDDEN, form("", Some(words.to_owned()))).into_response())
            }
            (Some(session), Standing::Live) => Ok(Visitor(session.to_owned())),
            (_, Standing::Kicked) => {
                Err(notice("该账号在其他地方登录", "您的账号已在另一台电脑上登录，当前会话已结束。"))
            }
            (_, Standing::Live | Standing::Lost) => {
                let page = form("", Some("登录已超时，请重新登录".to_owned()));
                Err(if session.is_some() {
                    page
                } else {
                    ([(header::SET_COOKIE, new_visitor())], page).into_response()
                })
            }
        }
    }
}

fn new_visitor() -> String {
    format!("{COOKIE}={:032X}; Path=/; HttpOnly", fastrand::u128(..))
}

fn form(username: &str, error: Option<String>) -> Response {
    let public = KEY.public_key().to_sec1_point(false);
    let key: String = public.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    render("login.html", context! { title => KIND.title, owner => KIND.owner, username, error, key })
}

/// What the page's script encrypted: C1C3C2 in hexadecimal, whose point lacks the leading 04 that says "uncompressed".
fn decrypt(cipher: &str, key: &SecretKey) -> Option<String> {
    let mut bytes = vec![4];
    for pair in cipher.as_bytes().chunks(2) {
        bytes.push(u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?);
    }
    let key = DecryptingKey::new_with_mode(key.to_nonzero_scalar(), Mode::C1C3C2);
    String::from_utf8(key.decrypt(&bytes).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with sm-crypto 0.5.8: `sm2.doEncrypt('密码 Aa-1', PUBLIC, 1)`.
    const PRIVATE: &str = "4296500778f924a479bbc646e9f007707f3e43c638c2cd12ac11efb4ef1655ee";
    const CIPHER: &str = "b7b14cd6482bc27b8b57992a712efc6f68e6765727c0e744841ab5a9e80a8306eec616098af8231da949d643744b5b60e13b95484f0\
        808d6c4278dc24551b2c6d9357035bff8d3916a4eb350bedbd267eb5723c180291f06109d120055396828fe58dd0f2d558f18f89638";

    fn key() -> SecretKey {
        let bytes: Vec<u8> =
            (0..32).map(|index| u8::from_str_radix(&PRIVATE[index * 2..index * 2 + 2], 16).unwrap()).collect();
        SecretKey::from_slice(&bytes).unwrap()
    }

    #[test]
    fn what_sm_crypto_encrypts_is_read() {
        assert_eq!(decrypt(CIPHER, &key()).as_deref(), Some("密码 Aa-1"));
    }

    #[test]
    fn what_was_not_encrypted_for_us_is_refused() {
        let broken = format!("{}0", &CIPHER[..CIPHER.len() - 1]);
        for cipher in ["", "0", "zz", "Practice-2026", &CIPHER[..64], &broken] {
            assert_eq!(decrypt(cipher, &key()), None, "{cipher}");
        }
    }
}
