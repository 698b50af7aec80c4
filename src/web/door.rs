//! Who may see what waits for people, and answer: whoever has signed in with the hub's token; without one, people at this machine.

use std::{
    collections::HashMap,
    net::SocketAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    extract::ConnectInfo,
    http::{
        HeaderMap, StatusCode,
        header::{COOKIE, HOST},
        request::Parts,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::{problem::Problem, state::App, token};
use crate::base::{Message, hex};

/// How long somebody stays signed in: a working day.
const SIGNED_IN: TimeDelta = TimeDelta::hours(12);
/// Sessions at once; the one that ends first gives way.
const SESSIONS_MOST: usize = 1_000;
/// Wrong tokens a minute, from everybody together: enough for slips of the pen, far too few to guess.
const WRONG_A_MINUTE: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");
/// Characters of a name.
const NAME_MOST: usize = 40;
/// The cookie that holds a session's number.
pub const COOKIE_NAME: &str = "queqiao-people";
/// Headers by which a proxy says that somebody else asks.
const BY_PROXY: [&str; 4] = ["forwarded", "via", "x-forwarded-for", "x-real-ip"];

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// The name that they gave.
    pub name: String,
    /// Stands in every form that they are shown: what was not sent by one of ours lacks it.
    pub form: String,
    until: DateTime<Utc>,
}

/// Who is signed in, by the hash of the number that their browser holds. Clones are one.
#[derive(Clone)]
pub struct Door {
    sessions: Arc<Mutex<HashMap<[u8; 32], Person>>>,
    wrong: Arc<DefaultDirectRateLimiter>,
}

impl Default for Door {
    fn default() -> Self {
        let wrong = Arc::new(RateLimiter::direct(Quota::per_minute(WRONG_A_MINUTE)));
        Self { sessions: Arc::default(), wrong }
    }
}

/// Why somebody may not come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// They have to sign in.
    SignIn,
    /// There is no token to sign in with, and they are not at this machine.
    Elsewhere,
}

impl Door {
    fn sessions(&self) -> MutexGuard<'_, HashMap<[u8; 32], Person>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Signs somebody in whose token was right; gives what goes into `Set-Cookie`.
    pub fn open(&self, name: &str, headers: &HeaderMap, now: DateTime<Utc>) -> (Person, String) {
        let name: String = name.trim().chars().filter(|letter| !letter.is_control()).take(NAME_MOST).collect();
        let number = secret();
        let person = Person { name, form: secret(), until: now + SIGNED_IN };
        let mut sessions = self.sessions();
        sessions.retain(|_, person| person.until > now);
        if sessions.len() >= SESSIONS_MOST
            && let Some(first) = sessions.iter().min_by_key(|(_, person)| person.until).map(|(hash, _)| *hash)
        {
            sessions.remove(&first);
        }
        sessions.insert(hash(&number), person.clone());
        (person, cookie(&number, SIGNED_IN.num_seconds(), headers))
    }

    /// Signs out whoever asks; gives what goes into `Set-Cookie`.
    pub fn close(&self, headers: &HeaderMap) -> String {
        if let Some(number) = number(headers) {
            self.sessions().remove(&hash(number));
        }
        cookie("", 0, headers)
    }

    /// Who asks, where they are signed in.
    pub fn person(&self, headers: &HeaderMap, now: DateTime<Utc>) -> Option<Person> {
        let sessions = self.sessions();
        sessions.get(&hash(number(headers)?)).filter(|person| person.until > now).cloned()
    }

    /// Whether the token given is the right one.
    ///
    /// # Errors
    /// 401 when it is not, 429 when too many wrong ones came.
    pub fn try_token(&self, given: &str, token: &SecretString) -> Result<(), Problem> {
        if token::same(given.trim().as_bytes(), token.expose_secret().as_bytes()) {
            return Ok(());
        }
        let message = Message::new("web-people-token-wrong");
        match self.wrong.check() {
            Ok(()) => Err(Problem::new(StatusCode::UNAUTHORIZED, message)),
            Err(_) => Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, Message::new("web-people-too-many"))),
        }
    }
}

/// Who has come in: signed in before, or at this machine where no token is set (then with a new session's cookie).
pub fn enter(app: &App, parts: &Parts) -> Result<(Person, Option<String>), Closed> {
    let now = app.clock.now();
    if let Some(person) = app.door.person(&parts.headers, now) {
        return Ok((person, None));
    }
    match &app.token {
        Some(_) => Err(Closed::SignIn),
        None if at_this_machine(parts) => {
            let (person, cookie) = app.door.open("", &parts.headers, now);
            Ok((person, Some(cookie)))
        }
        None => Err(Closed::Elsewhere),
    }
}

/// Lets a request of the API pass: with the token as a bearer; where none is set, from this machine and from no other site's page.
///
/// # Errors
/// 401 and 403.
pub fn check(app: &App, parts: &Parts) -> Result<(), Problem> {
    match &app.token {
        Some(token) => token::check(Some(token), &parts.headers),
        None if at_this_machine(parts) && same_origin(&parts.headers) => Ok(()),
        None => Err(Problem::new(StatusCode::FORBIDDEN, Message::new("web-people-elsewhere"))),
    }
}

/// Whether one of our own pages sent it, as far as browsers say.
pub fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let origin = text("origin").map(|origin| origin.split_once("://").map_or(origin, |(_, host)| host));
    text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"))
        && origin.is_none_or(|host| Some(host) == text("host"))
}

/// Whether a person at this machine asks: not by way of a proxy, and not a page elsewhere whose name was made to lead here.
fn at_this_machine(parts: &Parts) -> bool {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let local = peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback());
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    let named =
        name == "localhost" || name.trim_matches(['[', ']']).parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    local && named && !BY_PROXY.iter().any(|header| parts.headers.contains_key(*header))
}

fn number(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(name, value)| (name == COOKIE_NAME).then_some(value))
}

fn cookie(number: &str, seconds: i64, headers: &HeaderMap) -> String {
    let https = headers.get("x-forwarded-proto").is_some_and(|scheme| scheme.as_bytes() == b"https");
    let secure = if https { "; Secure" } else { "" };
    format!("{COOKIE_NAME}={number}; Path=/people; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}")
}

/// 256 bits that nobody can guess.
fn secret() -> String {
    let mut bytes = [0; 32];
    let random = rustls::crypto::ring::default_provider().secure_random;
    random.fill(&mut bytes).expect("the machine has a source of randomness");
    hex(&bytes)
}

fn hash(number: &str) -> [u8; 32] {
    Sha256::digest(number).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(peer: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = axum::http::Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        parts
    }

    #[test]
    fn only_people_at_this_machine_are_at_this_machine() {
        let local = |headers: &[(&str, &str)]| at_this_machine(&parts("127.0.0.1:9", headers));
        assert!(
            local(&[("host", "127.0.0.1:7100")]) && local(&[("host", "localhost")]) && local(&[("host", "[::1]:80")])
        );
        assert!(at_this_machine(&parts("[::ffff:127.0.0.1]:9", &[("host", "localhost:1")])));
        assert!(!local(&[("host", "rebound.example:7100")]) && !local(&[]), "a name that was made to lead here");
        assert!(!local(&[("host", "localhost"), ("x-forwarded-for", "10.0.0.1")]), "a proxy asks for somebody else");
        assert!(!at_this_machine(&parts("10.0.0.1:9", &[("host", "localhost")])));
    }

    #[test]
    fn other_sites_pages_are_told_apart() {
        let sent = |headers: &[(&str, &str)]| same_origin(&parts("127.0.0.1:9", headers).headers);
        assert!(sent(&[("host", "h:1")]) && sent(&[("host", "h:1"), ("origin", "http://h:1")]));
        assert!(!sent(&[("host", "h:1"), ("origin", "http://h:2")]) && !sent(&[("host", "h"), ("origin", "null")]));
        assert!(!sent(&[("host", "h"), ("sec-fetch-site", "cross-site")]));
    }

    #[test]
    fn a_session_is_held_as_a_hash_and_ends() {
        let (door, now) = (Door::default(), DateTime::<Utc>::default());
        let (person, set) = door.open(" 李\u{7}雷 ", &HeaderMap::new(), now);
        assert_eq!(person.name, "李雷");
        assert!(set.contains("HttpOnly; SameSite=Strict"), "{set}");
        let cookie = set.split(';').next().unwrap();
        let headers = HeaderMap::from_iter([(COOKIE, format!("a=b; {cookie}").parse().unwrap())]);
        assert_eq!(door.person(&headers, now).unwrap().form, person.form);
        assert!(door.person(&headers, now + SIGNED_IN).is_none());
        let number = cookie.split_once('=').unwrap().1;
        assert!(!door.sessions().keys().any(|held| hex(held).contains(number)));
        door.close(&headers);
        assert!(door.person(&headers, now).is_none());
    }

    #[test]
    fn tokens_can_not_be_guessed_by_trying() {
        let (door, token) = (Door::default(), SecretString::from("right"));
        let tries: Vec<bool> = (0..11).map(|_| door.try_token("wrong", &token).unwrap_err().status() == 429).collect();
        assert_eq!(tries, [vec![false; 10], vec![true]].concat());
        door.try_token("right", &token).unwrap();
    }
}
