//! The network between the bridge and a target, which can be cut at any moment.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// A line to one target. Cut, it ends every connection and takes no new one.
#[derive(Clone)]
pub struct Line {
    /// Where the line begins, as the bridge sees it.
    pub address: String,
    cut: Arc<watch::Sender<bool>>,
    swallow: Arc<AtomicUsize>,
}

impl Line {
    /// A line to the target at that address.
    pub async fn to(address: &str) -> Self {
        let there: SocketAddr = address.trim_start_matches("http://").trim_end_matches('/').parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let line = Self { address, cut: Arc::new(watch::Sender::new(false)), swallow: Arc::default() };
        let own = line.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(own.clone().carry(stream, there));
            }
        });
        line
    }

    pub fn cut(&self) {
        self.cut.send_replace(true);
    }

    pub fn mend(&self) {
        self.cut.send_replace(false);
    }

    /// The answer to the next form never arrives: the connection ends instead.
    pub fn swallow_answer(&self) {
        self.swallow.store(1, Ordering::SeqCst);
    }

    async fn carry(self, here: TcpStream, there: SocketAddr) {
        let mut cut = self.cut.subscribe();
        tokio::select! {
            _ = cut.wait_for(|cut| *cut) => {}
            () = self.both_ways(here, there) => {}
        }
    }

    async fn both_ways(&self, here: TcpStream, there: SocketAddr) {
        let Ok(there) = TcpStream::connect(there).await else { return };
        let (mut from_here, mut to_here) = here.into_split();
        let (mut from_there, mut to_there) = there.into_split();
        let posted = AtomicBool::new(false);
        let asking = async {
            let mut part = [0; 16 * 1024];
            while let Ok(count @ 1..) = from_here.read(&mut part).await {
                posted.fetch_or(part[..count].starts_with(b"POST "), Ordering::SeqCst);
                if to_there.write_all(&part[..count]).await.is_err() {
                    break;
                }
            }
        };
        let answering = async {
            let mut part = [0; 16 * 1024];
            while let Ok(count @ 1..) = from_there.read(&mut part).await {
                let due = |left: usize| left.checked_sub(1);
                if posted.load(Ordering::SeqCst)
                    && self.swallow.fetch_update(Ordering::SeqCst, Ordering::SeqCst, due).is_ok()
                {
                    break;
                }
                if to_here.write_all(&part[..count]).await.is_err() {
                    break;
                }
            }
        };
        tokio::select! { () = asking => {} () = answering => {} }
    }
}
