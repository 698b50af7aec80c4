//! Fetching within the signed-in page, several addresses at once.

use std::sync::atomic::Ordering;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::json;

use super::{
    Answer, BYTES_PER_ANSWER, Browser, TransportError, Validators, answer::is_astray, disposition, error::Doing,
    going::millis, script::Reply,
};

const FETCH: &str = include_str!("page/fetch.js");

/// What is posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Its `Content-Type`.
    pub content_type: String,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// What is fetched within a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Where.
    pub url: String,
    /// What is posted there; a GET without.
    pub posted: Option<Posted>,
}

/// What the fetching script returns of one address.
#[derive(Deserialize)]
struct Fetched {
    address: String,
    status: u16,
    content_type: Option<String>,
    /// As a text of one character a byte.
    disposition: Option<String>,
    etag: Option<String>,
    last_modified: Option<String>,
    /// Base64.
    body: String,
}

impl Browser {
    /// Fetches an address with the session of the page that is open, without showing it. The page's own origin only,
    /// unless the other one allows it. At most 20 MB.
    pub async fn fetch(&self, url: &str, headers: &[(String, String)]) -> Result<Answer, TransportError> {
        let wanted = [Wanted { url: url.to_owned(), posted: None }];
        let mut answers = self.fetch_all(&wanted, headers).await?;
        answers.pop().flatten().expect("one alone has room")
    }

    /// Fetches several addresses side by side, in one command to the driver, which costs more than a fetch does. The answers
    /// come in the same order; `None` stands for one that found no room, because all together may have 20 MB: to be asked for
    /// again.
    ///
    /// # Errors
    /// What keeps the page from fetching anything; what is wrong with one address stands in its place.
    pub async fn fetch_all(
        &self,
        wanted: &[Wanted],
        headers: &[(String, String)],
    ) -> Result<Vec<Option<Result<Answer, TransportError>>>, TransportError> {
        self.leave_frames().await?;
        self.requests.fetch_add(wanted.len() as u64, Ordering::Relaxed);
        let limit = self.options.script_timeout * 9 / 10;
        let first = wanted.first().map_or("", |first| first.url.as_str());
        let posted = |posted: &Posted| (posted.content_type.clone(), STANDARD.encode(&posted.body));
        let asked: Vec<_> = wanted.iter().map(|one| (&one.url, one.posted.as_ref().map(posted))).collect();
        let args = vec![json!(asked), json!(headers), json!(BYTES_PER_ANSWER), millis(limit)];
        let call = self.call(Doing::Fetching, first, limit);
        let replies: Option<Vec<Option<Reply<Fetched>>>> = call.awaited(self.driver(), FETCH, args).await?;
        let replies = replies.ok_or_else(|| unreadable(first, "the page replied nothing".to_owned()))?;
        let mut replies = replies.into_iter();
        let answer = |one: &Wanted| {
            let reply = replies.next().flatten()?;
            let fetched = self.call(Doing::Fetching, &one.url, limit).open(reply).transpose()?;
            Some(fetched.and_then(|fetched| self.answered(&one.url, fetched)))
        };
        Ok(wanted.iter().map(answer).collect())
    }

    fn answered(&self, url: &str, fetched: Fetched) -> Result<Answer, TransportError> {
        if is_astray(fetched.status) {
            // The browser follows whatever it can, and names the place of none.
            let why = "the browser can't follow".to_owned();
            return Err(TransportError::Astray { address: url.to_owned(), status: fetched.status, why });
        }
        let body = STANDARD.decode(fetched.body).map_err(|error| unreadable(url, error.to_string()))?;
        let disposition = fetched.disposition.map(|told| bytes_of(&told));
        Ok(Answer {
            address: fetched.address,
            status: fetched.status,
            content_type: fetched.content_type,
            attachment: disposition.as_deref().is_some_and(disposition::is_attachment),
            file_name: disposition.as_deref().and_then(disposition::file_name),
            validators: Validators { etag: fetched.etag, last_modified: fetched.last_modified },
            body: body.into(),
            read_at: self.options.clock.now(),
        })
    }
}

fn unreadable(url: &str, reason: String) -> TransportError {
    TransportError::Fetch { address: url.to_owned(), reason }
}

/// The bytes of a header, which scripts see as a text of one character a byte.
pub(super) fn bytes_of(told: &str) -> Vec<u8> {
    told.chars().filter_map(|letter| u8::try_from(letter).ok()).collect()
}
