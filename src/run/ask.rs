//! Asking a system for a page: the address, what is posted to it, and the two ways that show no page.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use encoding_rs::Encoding;
use tokio::sync::oneshot::{self, error::TryRecvError};
use url::Url;

use super::{
    RunError,
    page::{Look, Place, Sight},
    site::Site,
};
use crate::{
    adapter::Page,
    extract::{self, Method, Submission},
    transport::{Answer, Browser, Posted, TransportError, Turn, Wanted},
};

/// Kind of what a form posts.
const FORM: &str = "application/x-www-form-urlencoded";

/// What a system is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) url: Url,
    pub(super) posted: Option<Posted>,
}

impl Asked {
    /// Whether something in it may be written otherwise in another encoding.
    pub(super) fn is_escaped(&self) -> bool {
        let query = self
            .url
            .query()
            .unwrap_or_default()
            .bytes()
            .chain(self.posted.iter().flat_map(|posted| posted.body.iter().copied()));
        query.into_iter().any(|byte| byte == b'%')
    }
}

/// Fetches that wait for the browser.
#[derive(Default)]
pub(super) struct Waiting(Mutex<Vec<(Wanted, Coming)>>);

type Coming = oneshot::Sender<Result<Answer, TransportError>>;

impl Waiting {
    fn all(&self) -> MutexGuard<'_, Vec<(Wanted, Coming)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more.
    fn put(&self, wanted: Wanted) -> oneshot::Receiver<Result<Answer, TransportError>> {
        let (answer, coming) = oneshot::channel();
        self.all().push((wanted, answer));
        coming
    }

    /// Fetches all that wait now.
    async fn fetch(&self, browser: &Browser, headers: &[(String, String)]) -> Result<(), TransportError> {
        let waiting = std::mem::take(&mut *self.all());
        // Nobody waits for what belonged to a reading that was given up.
        let (wanted, coming): (Vec<_>, Vec<_>) = waiting.into_iter().filter(|(_, coming)| !coming.is_closed()).unzip();
        let answers = browser.fetch_all(&wanted, headers).await?;
        for (coming, answer) in coming.into_iter().zip(answers) {
            if let Some(answer) = answer {
                // Who has gone in the meantime needs no answer.
                let _ = coming.send(answer);
            }
        }
        Ok(())
    }
}

impl Site {
    /// The page's address here, and what is posted to it.
    pub(super) fn asked(&self, page: &Page, place: &Place) -> Result<Asked, RunError> {
        let url = self.address(page, place)?;
        let Some(post) = &page.post else { return Ok(Asked { url, posted: None }) };
        let text = post.fill(&place.scope()).map_err(|why| self.wrong(page, why))?;
        let posted = if text.trim_start().starts_with(['{', '[']) {
            Posted { content_type: "application/json".to_owned(), body: text.into_bytes() }
        } else {
            let pairs = text.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
            let pairs: Vec<_> = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            self.form(page, &pairs, self.posts_in(page))?
        };
        Ok(Asked { url, posted: Some(posted) })
    }

    /// What a form on that page asks for when it is sent.
    pub(super) fn submission(&self, page: &Page, look: &Look, sent: &Submission) -> Result<Asked, RunError> {
        let mut url = self.linked(page, look, &sent.action)?;
        let encoding = self.sends_in(page, look, sent);
        let posted =
            if sent.multipart { self.parts(page, sent, encoding)? } else { self.form(page, &sent.fields, encoding)? };
        match sent.method {
            Method::Post => Ok(Asked { url, posted: Some(posted) }),
            Method::Get => {
                let query = String::from_utf8(posted.body).expect("an encoded form is ASCII");
                url.set_query(Some(&query));
                Ok(Asked { url, posted: None })
            }
        }
    }

    /// What a link on that page asks for.
    pub(super) fn followed(&self, page: &Page, look: &Look, link: &str) -> Result<Asked, RunError> {
        Ok(Asked { url: self.linked(page, look, link)?, posted: None })
    }

    /// Fields as a form sends them.
    fn form(&self, page: &Page, fields: &[(String, String)], encoding: &'static Encoding) -> Result<Posted, RunError> {
        let body = extract::encode(fields, encoding).map_err(|source| self.unreadable(page, source))?;
        Ok(Posted { content_type: FORM.to_owned(), body })
    }

    /// The same in parts, as forms send it that could send files.
    fn parts(&self, page: &Page, sent: &Submission, encoding: &'static Encoding) -> Result<Posted, RunError> {
        let parts = extract::encode_parts(&sent.fields, &sent.files, encoding);
        let (content_type, body) = parts.map_err(|source| self.unreadable(page, source))?;
        Ok(Posted { content_type, body })
    }

    pub(super) fn unreadable(&self, page: &Page, source: extract::ExtractError) -> RunError {
        RunError::Extract { system: self.run.system().name.clone(), page: page.name.clone(), source: source.into() }
    }

    /// Asks by plain HTTP with the lent session.
    pub(super) async fn send(&self, asked: &Asked) -> Result<Sight, RunError> {
        let lent = self.lent().await?;
        let answer = match &asked.posted {
            None => lent.get(asked.url.as_str()).await?,
            Some(posted) => lent.post(asked.url.as_str(), &posted.content_type, posted.body.clone()).await?,
        };
        Ok(Sight::Answer(answer))
    }

    /// Sends a form, and asks for nothing else in this session until its answer is here; with `within`, not later than that from now.
    pub(super) async fn send_form(&self, asked: &Asked, within: Option<Duration>) -> Result<Sight, RunError> {
        let lent = self.lent().await?;
        let body = asked.posted.as_ref().map(|posted| (posted.content_type.clone(), posted.body.clone()));
        Ok(Sight::Answer(lent.send_alone(asked.url.as_str(), body, within).await?))
    }

    pub(super) async fn sight_by_http(&self, page: &str, place: &Place) -> Result<Sight, RunError> {
        let page = &self.run.system().pages[page];
        let asked = self.asked(page, place)?;
        let sight = self.send(&asked).await?;
        if self.asked_amiss(page, place, &asked, &sight) {
            return self.send(&self.asked(page, place)?).await;
        }
        Ok(sight)
    }

    /// Lets the signed-in page of the browser fetch it, without showing it.
    pub(super) async fn sight_by_fetch(&self, page: &str, place: &Place) -> Result<Sight, RunError> {
        let page = &self.run.system().pages[page];
        let asked = self.asked(page, place)?;
        let sight = self.fetch(page, &asked).await?;
        if self.asked_amiss(page, place, &asked, &sight) {
            return self.fetch(page, &self.asked(page, place)?).await;
        }
        Ok(sight)
    }

    /// Waits until the system may be asked once more by the browser: its limits count for all ways together. The session is begun
    /// before, so that nobody holds a turn who signs in.
    pub(super) async fn turn_to_ask(&self) -> Result<Turn, RunError> {
        self.in_session().await?;
        Ok(self.run.bridge.pace(self.run.system()).turn().await)
    }

    /// Asks from within the signed-in page of the browser. Whoever gets the browser asks for all who wait for it; the others
    /// then find their answers.
    pub(super) async fn fetch(&self, page: &Page, asked: &Asked) -> Result<Sight, RunError> {
        let wanted = Wanted { url: asked.url.to_string(), posted: asked.posted.clone() };
        let turn = self.turn_to_ask().await?;
        loop {
            let mut coming = self.waiting.put(wanted.clone());
            let held = self.session(true).await?;
            let mut came = coming.try_recv();
            if matches!(came, Err(TryRecvError::Empty)) {
                let browser = held.browser.as_ref().expect("there is a session with its browser");
                self.in_time(page, async { Ok(self.waiting.fetch(browser, &held.headers).await?) }).await?;
                came = coming.try_recv();
            }
            // Without an answer: there was no room for it, or whoever asked for it was stopped. Then we ask ourselves.
            if let Ok(answer) = came {
                let answer = answer?;
                // How long it took says nothing of the system: it may have waited for the browser.
                if answer.is_overload() {
                    turn.overloaded();
                }
                return Ok(Sight::Answer(answer));
            }
        }
    }

    /// Something about the adapter has no value here.
    pub(super) fn wrong(&self, page: &Page, why: String) -> RunError {
        RunError::Address { system: self.run.system().name.clone(), page: page.name.clone(), why }
    }
}
