//! A small departmental system that answers as told, down to the last byte.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use queqiao::transport::install_tls;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};
use url::Url;

use super::world::{Case, Detail, List, World, page};

/// What the office was asked for.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// The number of the list page, as HTML or as JSON.
    pub page: Option<usize>,
    /// Whether it was asked for as JSON.
    pub json: bool,
    /// Whether the list was asked for as a file.
    pub file: bool,
    /// The case whose detail is asked for.
    pub no: Option<String>,
    /// How often this very thing was asked for before, since the fault began.
    pub before: usize,
    /// Everything asked for before, since the fault began.
    pub nth: usize,
    /// What the office holds.
    pub world: Option<Arc<World>>,
}

impl Ask {
    pub fn is_page(&self, number: usize) -> bool {
        self.page == Some(number)
    }

    pub fn is_detail(&self) -> bool {
        self.no.is_some()
    }

    /// Another page of the list, as it should be.
    pub fn other(&self, page: usize) -> List {
        self.world.as_ref().expect("the office knows what it holds").list(page)
    }

    /// This page of a list that shows only some cases.
    pub fn only(&self, shown: impl Fn(usize, &Case) -> bool) -> List {
        let world = self.world.as_ref().expect("the office knows what it holds");
        let cases = world.cases.iter().enumerate().filter(|(at, case)| shown(*at, case));
        World { cases: cases.map(|(_, case)| case.clone()).collect() }.list(self.page.unwrap_or(1))
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub how: How,
}

/// How an answer goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// As it should.
    Whole,
    /// Only its first bytes, although it says that there are more.
    Truncated(usize),
    /// Nothing comes.
    Silent,
    /// The headers come, and nothing more.
    Stuck,
    /// One byte at a time.
    Dripping,
    /// The connection breaks in the middle.
    Reset,
}

impl Reply {
    pub fn html(body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), "text/html; charset=utf-8".to_owned())];
        Self { status: 200, headers, body: body.into(), how: How::Whole }
    }

    pub fn labelled(mut self, content_type: &str) -> Self {
        self.headers[0].1 = content_type.to_owned();
        self
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("pages begin as UTF-8")
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head =
            format!("HTTP/1.1 {} X\r\nContent-Length: {}\r\nConnection: close\r\n", self.status, self.body.len());
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        [head.as_bytes(), b"\r\n", &self.body].concat()
    }
}

/// What goes wrong.
#[derive(Clone, Copy)]
pub enum Corrupt {
    /// Nothing.
    Nothing,
    /// The office's own cases change while it is asked.
    World(fn(&Ask, &mut World)),
    /// What a list page says.
    List(fn(&Ask, &mut List)),
    /// What a detail says; the second is the detail that was asked for before.
    Detail(fn(&Ask, &mut Detail, Option<&Detail>)),
    /// The text of the list's second and third page.
    Text(fn(&str) -> String),
    /// The answer itself.
    Reply(fn(&Ask, Reply) -> Reply),
}

/// The system.
pub struct Office {
    pub base: Url,
    state: Arc<Mutex<State>>,
    serving: AbortHandle,
}

struct State {
    world: World,
    corrupt: Corrupt,
    asked: Vec<(Option<usize>, Option<String>)>,
    last: Option<Detail>,
}

impl Office {
    pub async fn open(world: World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}/", listener.local_addr().expect("it listens"));
        Self::serve(listener, base, world, None)
    }

    /// The same behind TLS with a certificate that nobody knows.
    pub async fn behind_tls(world: World) -> Self {
        install_tls();
        let made = rcgen::generate_simple_self_signed(vec!["elsewhere.example".to_owned()]).expect("a certificate");
        let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
        let config = rustls::ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("a certificate with its key");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("https://{}/", listener.local_addr().expect("it listens"));
        Self::serve(listener, base, world, Some(tokio_rustls::TlsAcceptor::from(Arc::new(config))))
    }

    fn serve(listener: TcpListener, base: String, world: World, tls: Option<tokio_rustls::TlsAcceptor>) -> Self {
        let state = State { world, corrupt: Corrupt::Nothing, asked: Vec::new(), last: None };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (state, tls) = (Arc::clone(&shared), tls.clone());
                tokio::spawn(async move {
                    // Whoever has gone need not be answered.
                    let _ = match tls {
                        None => answer(stream, &state).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => talk(stream, &state).await.map(drop),
                            Err(error) => Err(error),
                        },
                    };
                });
            }
        });
        Self { base: base.parse().expect("an address"), state, serving: serving.abort_handle() }
    }

    /// What goes wrong from here on.
    pub fn corrupt(&self, corrupt: Corrupt) {
        let mut state = self.state.lock().expect("no request panics");
        (state.corrupt, state.last) = (corrupt, None);
        state.asked.clear();
    }

    pub fn set(&self, world: World) {
        self.state.lock().expect("no request panics").world = world;
    }

    pub fn world(&self) -> World {
        self.state.lock().expect("no request panics").world.clone()
    }

    /// How often it was asked since the fault began.
    pub fn asked(&self) -> usize {
        self.state.lock().expect("no request panics").asked.len()
    }

    /// Nobody answers at its address any more.
    pub fn close(&self) {
        self.serving.abort();
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.close();
    }
}

async fn answer(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let (stream, how) = talk(stream, state).await?;
    if how == How::Reset {
        stream.set_zero_linger()?;
    }
    Ok(())
}

/// Reads one request and answers it.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, state: &Mutex<State>) -> std::io::Result<(S, How)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).await? == 0 {
            return Ok((stream, How::Whole));
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let reply = state.lock().expect("no request panics").reply(&path);
    let bytes = reply.bytes();
    let headers = bytes.len() - reply.body.len();
    match reply.how {
        How::Whole => stream.write_all(&bytes).await?,
        How::Truncated(most) => stream.write_all(&bytes[..headers + most]).await?,
        How::Reset => stream.write_all(&bytes[..headers + reply.body.len() / 2]).await?,
        How::Silent => until_gone(&mut stream).await?,
        How::Stuck => {
            stream.write_all(&bytes[..headers]).await?;
            stream.flush().await?;
            until_gone(&mut stream).await?;
        }
        How::Dripping => {
            for byte in bytes {
                stream.write_all(&[byte]).await?;
                stream.flush().await?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
    stream.flush().await?;
    Ok((stream, reply.how))
}

/// Waits until the other side gives up.
async fn until_gone(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<()> {
    while stream.read(&mut [0; 64]).await? > 0 {}
    Ok(())
}

impl State {
    fn reply(&mut self, path: &str) -> Reply {
        let url = Url::parse("http://office/").and_then(|base| base.join(path)).expect("a path");
        let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let is = |name: &str| url.path().trim_start_matches('/') == name;
        let number = value("page").and_then(|page| page.parse().ok());
        let mut ask = Ask {
            page: number.filter(|_| is("list.do") || is("list.json")),
            json: is("list.json"),
            file: is("list.csv"),
            no: value("no").filter(|_| is("detail.do")),
            nth: self.asked.len(),
            ..Ask::default()
        };
        ask.before = self.asked.iter().filter(|(page, no)| (*page, no) == (ask.page, &ask.no)).count();
        self.asked.push((ask.page, ask.no.clone()));
        if let Corrupt::World(change) = self.corrupt {
            change(&ask, &mut self.world);
        }
        ask.world = Some(Arc::new(self.world.clone()));
        let reply = match (ask.page, &ask.no) {
            (Some(number), _) => {
                let mut list = self.world.list(number);
                if let Corrupt::List(change) = self.corrupt {
                    change(&ask, &mut list);
                }
                if ask.json { Reply::html(list.json()).labelled("application/json") } else { Reply::html(list.html()) }
            }
            (None, Some(no)) => match self.world.detail(no) {
                Some(mut detail) => {
                    let asked = detail.clone();
                    if let Corrupt::Detail(change) = self.corrupt {
                        change(&ask, &mut detail, self.last.as_ref());
                    }
                    self.last = Some(asked);
                    Reply::html(detail.html())
                }
                None => Reply { status: 404, ..Reply::html(page("没有这个办件")) },
            },
            (None, None) if ask.file => Reply::html(self.world.export()).labelled("text/csv; charset=utf-8"),
            (None, None) => Reply::html(page("<p>门户</p>")),
        };
        match self.corrupt {
            Corrupt::Reply(change) => change(&ask, reply),
            Corrupt::Text(change) if ask.is_page(2) || ask.is_page(3) => {
                Reply { body: change(&reply.text()).into_bytes(), ..reply }
            }
            Corrupt::Nothing | Corrupt::World(_) | Corrupt::List(_) | Corrupt::Detail(_) | Corrupt::Text(_) => reply,
        }
    }
}
