//! A signed-in session, lent to a plain HTTP client.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use reqwest::{
    Client, Response, StatusCode,
    cookie::{CookieStore, Jar},
    header::{
        ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HeaderMap, HeaderName,
        HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
    },
    redirect::Policy,
};
use secrecy::ExposeSecret;
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};
use url::Url;

use super::{
    Answer, Cookie, Doing, Pace, Session, TransportError, Validators,
    answer::is_astray,
    disposition,
    fetching::bytes_of,
    identity::tls_fault,
    redirect::{keeps_method, redirect},
    tls,
    trust::Trust,
};
use crate::base::{Clock, chain};

/// Most bytes of one answer, decompressed: a list page of 1,000 rows has 400 KB, so this is a mistake or an attack.
pub const BYTES_PER_ANSWER: usize = 20_000_000;
/// Bytes for which room is made because the system announces them.
const BYTES_BELIEVED: usize = 1_000_000;
/// Redirects followed in a row; a single sign-on takes four.
const REDIRECTS: usize = 10;
/// Time to connect within a government network; beyond it the way is closed, not slow.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// Time for one whole answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// What it offers to speak where it shakes hands by rules of its own.
const SPOKEN: [&[u8]; 2] = [b"h2", b"http/1.1"];
/// Requests under way at once unless the adapter says otherwise.
const CONCURRENCY: usize = 4;

/// The limits of a [`Lent`] client.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How hard the system may be asked; share one among all clients of a system.
    pub pace: Pace,
    /// Most time to connect.
    pub connect: Duration,
    /// Most time for a whole answer, redirects included.
    pub answer: Duration,
    /// Most bytes of an answer, decompressed.
    pub bytes: usize,
    /// Whether self-signed or expired certificates are accepted.
    pub accept_invalid_certificates: bool,
    /// Where the time of answers comes from.
    pub clock: Clock,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            pace: Pace::new(CONCURRENCY, None),
            connect: CONNECT_WITHIN,
            answer: ANSWER_WITHIN,
            bytes: BYTES_PER_ANSWER,
            accept_invalid_certificates: false,
            clock: Clock::system(),
        }
    }
}

/// An HTTP client that is signed in. Clones share cookies, connections, limits and the count of requests.
#[derive(Clone)]
pub struct Lent {
    client: Client,
    /// The same for other origins: it shows nobody the session's certificate.
    abroad: Client,
    jar: Arc<Jar>,
    base: Url,
    /// The session's headers; they go to the origin of `base` only.
    headers: HeaderMap,
    limits: Limits,
    requests: Arc<AtomicU64>,
    /// Shared by all that ask, held alone by what sends a form, until its answer is here.
    asking: Arc<RwLock<()>>,
}

/// While it is held, nothing else is asked in its session.
pub struct Alone {
    _asking: OwnedRwLockWriteGuard<()>,
}

/// A request's right to its session, for as long as the answer is on its way.
enum Asking {
    Shared { _asking: OwnedRwLockReadGuard<()> },
    Alone { _asking: Alone },
}

impl Lent {
    /// A client for the system at `base` with that session. Cookies that the system sets later are kept.
    ///
    /// # Errors
    /// [`TransportError::Storage`] when a header of the session is no header, [`TransportError::Identity`] when its
    /// certificate is none.
    pub fn new(base: &Url, session: &Session, limits: Limits) -> Result<Self, TransportError> {
        tls::install_tls();
        let jar = Jar::default();
        for cookie in &session.cookies {
            put(&jar, cookie);
        }
        let jar = Arc::new(jar);
        let builder = || {
            Client::builder()
                .no_proxy()
                .user_agent(&session.user_agent)
                .default_headers(browser_headers())
                .cookie_provider(Arc::clone(&jar))
                .redirect(Policy::none())
                .connect_timeout(limits.connect)
                .tls_danger_accept_invalid_certs(limits.accept_invalid_certificates)
        };
        let failed = |error: reqwest::Error| TransportError::Storage { reason: chain(&error) };
        let authorities = session.authority.iter().chain(session.identity.iter().flat_map(|own| &own.authority));
        let trust = Trust::of(authorities.map(ExposeSecret::expose_secret))?;
        let (client, abroad) = match (&session.identity, trust) {
            (None, None) => {
                let client = builder().build().map_err(failed)?;
                (client.clone(), client)
            }
            (identity, trust) => {
                let unusable = |error: reqwest::Error| TransportError::Identity { reason: chain(&error) };
                let trust = trust.unwrap_or_default();
                let with = |shown| -> Result<Client, TransportError> {
                    let mut config = trust.client(shown)?;
                    config.alpn_protocols = SPOKEN.map(<[u8]>::to_vec).to_vec();
                    builder().tls_backend_preconfigured(config).build().map_err(unusable)
                };
                (with(identity.as_ref())?, with(None)?)
            }
        };
        let (base, headers) = (base.clone(), headers(session)?);
        Ok(Self { client, abroad, jar, base, headers, limits, requests: Arc::default(), asking: Arc::default() })
    }

    /// The cookies that it sends to the base now, by name: systems give new ones while they are used.
    pub fn cookies(&self) -> Vec<(String, String)> {
        let sent = self.jar.cookies(&self.base);
        let line = sent.as_ref().and_then(|sent| std::str::from_utf8(sent.as_bytes()).ok()).unwrap_or_default();
        let pairs = line.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Gets an address (relative ones start from the base), following redirects, within the limits. Any status is an
    /// answer, but for those that lead elsewhere (3xx): they are followed, or an error says where they lead.
    ///
    /// # Errors
    /// [`TransportError::Fetch`], [`TransportError::Tls`], [`TransportError::Timeout`], [`TransportError::TooLarge`],
    /// [`TransportError::TooManyRedirects`], [`TransportError::Astray`].
    pub async fn get(&self, url: &str) -> Result<Answer, TransportError> {
        self.answered(url, Query::default()).await
    }

    /// The same, unless nothing has changed since the answer that these came with: then the status is 304 and the body
    /// is empty.
    ///
    /// # Errors
    /// Those of [`Lent::get`].
    pub async fn get_if(&self, url: &str, validators: &Validators) -> Result<Answer, TransportError> {
        self.answered(url, Query { validators: validators.clone(), ..Query::default() }).await
    }

    /// Posts a question (a search, the next page of a list), and follows redirects as browsers do. What must happen only once needs
    /// more care: an error does not say whether the system has heard it.
    ///
    /// # Errors
    /// Those of [`Lent::get`].
    pub async fn post(&self, url: &str, content_type: &str, body: Vec<u8>) -> Result<Answer, TransportError> {
        let body = Some((content_type.to_owned(), body.into()));
        self.answered(url, Query { body, ..Query::default() }).await
    }

    /// Sends a form: posts it, or asks for its address where it has no body. From the request to the end of the answer, redirects
    /// included, nothing else is asked in this session: what a system says once, on whatever page it shows next, is said to who has
    /// sent the form. What must not happen late says `within` what time it may still begin; waiting for its turn counts.
    ///
    /// # Errors
    /// Those of [`Lent::get`], and [`TransportError::TooLate`]: then nothing was sent.
    pub async fn send_alone(
        &self,
        url: &str,
        body: Option<(String, Vec<u8>)>,
        within: Option<Duration>,
    ) -> Result<Answer, TransportError> {
        let body = body.map(|(content_type, body)| (content_type, body.into()));
        self.answered(url, Query { body, within, alone: true, ..Query::default() }).await
    }

    /// Keeps everything else from being asked in this session by plain HTTP, as long as the guard lives. For who presses in the
    /// browser, in the same session. Whoever holds a turn of the pace may wait for this; nobody who holds this waits for a turn.
    pub async fn alone(&self) -> Alone {
        Alone { _asking: Arc::clone(&self.asking).write_owned().await }
    }

    /// Requests so far, redirects included, of all clones.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    async fn answered(&self, url: &str, query: Query) -> Result<Answer, TransportError> {
        let failed = |reason: String| TransportError::Fetch { address: url.to_owned(), reason };
        let address = self.base.join(url).map_err(|error| failed(error.to_string()))?;
        let asked = Instant::now();
        let turn = self.limits.pace.turn().await;
        // After the turn, for all alike: who waited for a turn with this in hand would wait for whoever waits for this.
        let _asking = if query.alone {
            Asking::Alone { _asking: self.alone().await }
        } else {
            Asking::Shared { _asking: Arc::clone(&self.asking).read_owned().await }
        };
        if let Some(within) = query.within.filter(|within| asked.elapsed() >= *within) {
            return Err(TransportError::TooLate { within });
        }
        let limit = self.limits.answer;
        let answer = tokio::time::timeout(limit, self.follow(address, query)).await.unwrap_or_else(|_| {
            Err(TransportError::Timeout { doing: Doing::Fetching, address: url.to_owned(), limit })
        });
        match &answer {
            Ok(answer) if !answer.is_overload() => turn.answered(),
            Ok(_) | Err(_) => turn.overloaded(),
        }
        answer
    }

    async fn follow(&self, first: Url, mut query: Query) -> Result<Answer, TransportError> {
        let mut address = first.clone();
        for _ in 0..=REDIRECTS {
            let answer = self.ask(&address, &query).await?;
            let status = answer.status();
            let unchanged = status == StatusCode::NOT_MODIFIED && !query.validators.is_empty();
            if unchanged || !is_astray(status.as_u16()) {
                return self.read(answer).await;
            }
            let astray = |why| TransportError::Astray { address: address.to_string(), status: status.as_u16(), why };
            let next = redirect(&answer).map_err(astray)?;
            if !keeps_method(answer.status()) {
                query.body = None;
            }
            address = next;
        }
        Err(TransportError::TooManyRedirects { address: first.into(), limit: REDIRECTS })
    }

    async fn ask(&self, address: &Url, query: &Query) -> Result<Response, TransportError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let home = address.origin() == self.base.origin();
        let client = if home { &self.client } else { &self.abroad };
        let mut request = match &query.body {
            None => client.get(address.clone()),
            Some((content_type, body)) => {
                client.post(address.clone()).header(CONTENT_TYPE, content_type).body(body.clone())
            }
        };
        if home {
            request = request.headers(self.headers.clone());
        }
        let Validators { etag, last_modified } = &query.validators;
        for (name, value) in [(IF_NONE_MATCH, etag), (IF_MODIFIED_SINCE, last_modified)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        request.send().await.map_err(|error| self.failed(address, error))
    }

    async fn read(&self, mut answer: Response) -> Result<Answer, TransportError> {
        let address = answer.url().clone();
        let status = answer.status().as_u16();
        let told = |name| answer.headers().get(name).map(HeaderValue::as_bytes);
        let text = |name| told(name).map(|value| String::from_utf8_lossy(value).into_owned());
        let content_type = text(CONTENT_TYPE);
        let attachment = told(CONTENT_DISPOSITION).is_some_and(disposition::is_attachment);
        let file_name = told(CONTENT_DISPOSITION).and_then(disposition::file_name);
        let validators = Validators { etag: text(ETAG), last_modified: text(LAST_MODIFIED) };
        // What the system promises, as far as that is believed: no page is copied as it grows.
        let promised = answer.content_length().and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or_default();
        let mut body = BytesMut::with_capacity(promised.min(BYTES_BELIEVED));
        while let Some(part) = answer.chunk().await.map_err(|error| self.failed(&address, error))? {
            if body.len() + part.len() > self.limits.bytes {
                return Err(TransportError::TooLarge { address: address.into(), limit: self.limits.bytes });
            }
            body.extend_from_slice(&part);
        }
        let read_at = self.limits.clock.now();
        let body = body.freeze();
        let address = address.into();
        Ok(Answer { address, status, content_type, attachment, file_name, validators, body, read_at })
    }

    fn failed(&self, address: &Url, error: reqwest::Error) -> TransportError {
        let address = address.to_string();
        if error.is_timeout() {
            return TransportError::Timeout { doing: Doing::Fetching, address, limit: self.limits.connect };
        }
        if let Some(reason) = tls_fault(&error) {
            return TransportError::Tls { address, reason };
        }
        TransportError::Fetch { address, reason: chain(&error.without_url()) }
    }
}

impl fmt::Debug for Lent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Lent({}, {} requests)", self.base, self.requests())
    }
}

/// What is asked at an address.
#[derive(Default)]
struct Query {
    /// Content type and body of a POST; a GET without.
    body: Option<(String, Bytes)>,
    validators: Validators,
    /// Nothing is asked later than that.
    within: Option<Duration>,
    /// Nothing else is asked meanwhile.
    alone: bool,
}

/// The session's headers.
fn headers(session: &Session) -> Result<HeaderMap, TransportError> {
    let mut headers = HeaderMap::new();
    if let Some(basic) = &session.basic {
        headers.insert(AUTHORIZATION, basic.header());
    }
    for (name, value) in &session.headers {
        let bad = || TransportError::Storage { reason: format!("`{name}` can't be sent as a header") };
        let key: HeaderName = name.parse().map_err(|_| bad())?;
        let mut value = HeaderValue::from_bytes(&bytes_of(value.expose_secret())).map_err(|_| bad())?;
        value.set_sensitive(true);
        headers.insert(key, value);
    }
    Ok(headers)
}

/// What a browser sends besides; some systems answer other things without it.
fn browser_headers() -> HeaderMap {
    let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.8";
    HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static(accept)),
        (ACCEPT_LANGUAGE, HeaderValue::from_static("zh-CN,zh;q=0.9,en;q=0.8")),
    ])
}

/// Puts a cookie of the browser into the jar, which takes them only as servers write them.
fn put(jar: &Jar, cookie: &Cookie) {
    let Cookie { name, value, domain, path, secure, .. } = cookie;
    let scheme = if *secure { "https" } else { "http" };
    let host = domain.trim_start_matches('.');
    let Ok(url) = Url::parse(&format!("{scheme}://{host}{path}")) else { return };
    let mut line = format!("{name}={value}; Path={path}");
    if domain.starts_with('.') {
        line.push_str(&format!("; Domain={host}"));
    }
    if *secure {
        line.push_str("; Secure");
    }
    jar.add_cookie_str(&line, &url);
}
