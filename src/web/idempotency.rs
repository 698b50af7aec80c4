//! `Idempotency-Key`: the same batch sent again gets the same answer.
//!
//! Answers are kept in memory only. After a restart a repeat is ingested again, which changes nothing: records carry
//! their own key and version.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::{HeaderMap, StatusCode};
use sha2::{Digest, Sha256};

use super::problem::Problem;
use crate::base::Message;

/// Characters that a key may have.
const MAX_KEY: usize = 255;

/// Answers kept, the oldest forgotten first: about an hour of one runner that sends every four seconds.
const KEPT: usize = 1_000;

/// Bytes that all kept answers may have together.
const KEPT_BYTES: usize = 16 << 20;

/// The keys seen lately. Clones share them.
#[derive(Clone, Default)]
pub struct Keys(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    answers: HashMap<String, Answer>,
    order: VecDeque<String>,
    /// Bytes of all answers together.
    bytes: usize,
}

struct Answer {
    body: [u8; 32],
    /// `None` while the first request is still under way.
    said: Option<String>,
}

/// What a key means for a request.
pub enum Turn {
    /// The batch is new: ingest it, then [`Claim::keep`] the answer.
    First(Claim),
    /// The batch was answered with this before.
    Again(String),
}

/// A key that is being worked on; dropped without an answer, it is free again.
pub struct Claim {
    keys: Keys,
    key: Option<String>,
}

impl Keys {
    /// Looks up the request's key, if it has one.
    ///
    /// # Errors
    /// A key that is none, that stood before other contents, or whose first request is still under way.
    pub fn turn(&self, headers: &HeaderMap, body: &[u8]) -> Result<Turn, Problem> {
        let Some(header) = headers.get("idempotency-key") else {
            return Ok(Turn::First(Claim { keys: self.clone(), key: None }));
        };
        let key = header.to_str().ok().filter(|key| (1..=MAX_KEY).contains(&key.len()));
        let Some(key) = key else {
            return Err(Problem::bad_request(Message::new("web-bad-key").with("limit", MAX_KEY)));
        };
        let body = Sha256::digest(body).into();
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match seen.answers.get(key) {
            Some(answer) if answer.body != body => {
                Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, Message::new("web-key-reused")))
            }
            Some(Answer { said: Some(said), .. }) => Ok(Turn::Again(said.clone())),
            Some(_) => Err(Problem::new(StatusCode::CONFLICT, Message::new("web-key-busy"))),
            None => {
                seen.answers.insert(key.to_owned(), Answer { body, said: None });
                Ok(Turn::First(Claim { keys: self.clone(), key: Some(key.to_owned()) }))
            }
        }
    }
}

impl Claim {
    /// Keeps what was answered for the key's next use.
    pub fn keep(mut self, said: &str) {
        let Some(key) = self.key.take() else { return };
        let mut seen = self.keys.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = seen.answers.get_mut(&key) {
            answer.said = Some(said.to_owned());
        }
        seen.bytes += said.len();
        seen.order.push_back(key);
        while seen.order.len() > KEPT || seen.bytes > KEPT_BYTES {
            let Some(oldest) = seen.order.pop_front() else { break };
            let forgotten = seen.answers.remove(&oldest).and_then(|answer| answer.said);
            seen.bytes -= forgotten.map_or(0, |said| said.len());
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            self.keys.0.lock().unwrap_or_else(PoisonError::into_inner).answers.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(key: &str) -> HeaderMap {
        HeaderMap::from_iter([("idempotency-key".parse().unwrap(), key.parse().unwrap())])
    }

    #[test]
    fn a_key_answers_alike_until_it_is_forgotten() {
        let keys = Keys::default();
        let Ok(Turn::First(claim)) = keys.turn(&headers("a"), b"1") else { panic!("new key") };
        assert!(keys.turn(&headers("a"), b"1").is_err(), "still under way");
        claim.keep("said");
        assert!(matches!(keys.turn(&headers("a"), b"1"), Ok(Turn::Again(said)) if said == "said"));
        assert!(keys.turn(&headers("a"), b"2").is_err(), "other contents");
        for other in 0..KEPT {
            let Ok(Turn::First(claim)) = keys.turn(&headers(&format!("n{other}")), b"1") else { panic!("new key") };
            claim.keep("");
        }
        assert!(matches!(keys.turn(&headers("a"), b"2"), Ok(Turn::First(_))));
    }

    #[test]
    fn a_batch_that_failed_may_be_sent_again() {
        let keys = Keys::default();
        drop(keys.turn(&headers("a"), b"1"));
        assert!(matches!(keys.turn(&headers("a"), b"1"), Ok(Turn::First(_))));
        assert!(keys.turn(&headers(&"k".repeat(MAX_KEY + 1)), b"1").is_err());
    }
}
