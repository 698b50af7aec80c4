//! A browser's way to a system whose certificate this machine does not know, but an authority that the adapter names has signed.
//!
//! Chromium can be told to believe a certificate only for the whole machine, or by a list of public keys; and from that list it takes any
//! key of the chain that is sent, so whoever stands in between could send the right certificate beside one of their own. So the browser
//! never meets the system's certificate: it is led to a port of this process, with a key that was made for this one browser and is known
//! to nobody else; and this process shakes hands with the system, believing what [`Trust`] believes.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{CertificateParams, KeyPair, PublicKeyData};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{PrivateKeyDer, ServerName},
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::{TlsAcceptor, TlsConnector};
use tokio_util::task::AbortOnDropHandle;
use url::Url;

use super::{
    TransportError,
    trust::{self, Trust},
};

/// What both sides speak: bytes are handed on as they come.
const SPOKEN: &[u8] = b"http/1.1";
/// Time to reach the system and shake hands with it.
const REACH_WITHIN: Duration = Duration::from_secs(30);
/// Pause after a connection could not be taken: there are too many open.
const PAUSE: Duration = Duration::from_millis(50);

/// A system whose certificate this machine does not know, and who vouches for it.
#[derive(Clone, Debug)]
pub struct Vouched {
    /// The system's address; only its host and port count.
    pub system: Url,
    /// The authority's certificate, PEM.
    pub authority: SecretString,
}

/// The way to one system, until it is dropped.
#[derive(Debug)]
pub(super) struct Relay {
    /// Chromium's arguments that lead there.
    pub arguments: [String; 2],
    fault: Arc<Mutex<Option<Fault>>>,
    _serving: AbortOnDropHandle<()>,
}

/// Why the system could not be reached.
#[derive(Clone, Debug)]
enum Fault {
    /// It is not believed.
    Doubted(String),
    /// There is no connection.
    Unreached(String),
}

/// The system, as this process reaches it.
struct System {
    place: (String, u16),
    name: ServerName<'static>,
    connector: TlsConnector,
}

impl Relay {
    /// Opens the way; none is needed where nothing is sealed on it.
    ///
    /// # Errors
    /// [`TransportError::Identity`] where the authority is none, [`TransportError::OpenBrowser`] where there is no port.
    pub async fn open(vouched: &Vouched) -> Result<Option<Self>, TransportError> {
        let failed = |reason: String| TransportError::OpenBrowser { reason };
        let (Some(host), Some(port), "https") =
            (vouched.system.host_str(), vouched.system.port_or_known_default(), vouched.system.scheme())
        else {
            return Ok(None);
        };
        let Some(trust) = Trust::of(std::iter::once(vouched.authority.expose_secret()))? else { return Ok(None) };
        let bare = host.trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(bare.clone()).map_err(|error| failed(error.to_string()))?;
        let mut client = trust.client(None)?;
        client.alpn_protocols = vec![SPOKEN.to_vec()];
        let system = System { place: (bare.clone(), port), name, connector: TlsConnector::from(Arc::new(client)) };
        let (acceptor, pin) = own(bare).map_err(failed)?;
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| failed(error.to_string()))?;
        let near = listener.local_addr().map_err(|error| failed(error.to_string()))?;
        let fault = Arc::default();
        let serving = tokio::spawn(serve(listener, acceptor, Arc::new(system), Arc::clone(&fault)));
        let arguments = [
            format!("--host-resolver-rules=MAP {host}:{port} {near}"),
            format!("--ignore-certificate-errors-spki-list={pin}"),
        ];
        Ok(Some(Self { arguments, fault, _serving: AbortOnDropHandle::new(serving) }))
    }

    /// Forgets why the system could not be reached before.
    pub fn forget(&self) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Why it could not be reached since; none where it could.
    pub fn fault(&self, address: &str) -> Option<TransportError> {
        let address = address.to_owned();
        match self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()? {
            Fault::Doubted(reason) => Some(TransportError::Tls { address, reason }),
            Fault::Unreached(reason) => Some(TransportError::Navigate { address, reason }),
        }
    }
}

/// What this process shows the browser, made for this once, and the mark of its key.
fn own(host: String) -> Result<(TlsAcceptor, String), String> {
    let key = KeyPair::generate().map_err(|error| error.to_string())?;
    let made = CertificateParams::new(vec![host]).and_then(|params| params.self_signed(&key));
    let made = made.map_err(|error| error.to_string())?;
    let pin = STANDARD.encode(Sha256::digest(key.subject_public_key_info()));
    let secret = PrivateKeyDer::try_from(key.serialize_der()).map_err(str::to_owned)?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
    let config = config.with_no_client_auth().with_single_cert(vec![made.der().clone()], secret);
    let mut config = config.map_err(|error| error.to_string())?;
    config.alpn_protocols = vec![SPOKEN.to_vec()];
    Ok((TlsAcceptor::from(Arc::new(config)), pin))
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, system: Arc<System>, fault: Arc<Mutex<Option<Fault>>>) {
    // They end with this task.
    let mut talks = JoinSet::new();
    loop {
        while talks.try_join_next().is_some() {}
        let Ok((near, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let (acceptor, system, fault) = (acceptor.clone(), Arc::clone(&system), Arc::clone(&fault));
        talks.spawn(async move {
            // The system first: the browser hears nothing before it is believed.
            let met = tokio::time::timeout(REACH_WITHIN, system.meet()).await;
            match met.unwrap_or_else(|_| Err(Fault::Unreached("it did not answer in time".to_owned()))) {
                Err(why) => *fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(why),
                Ok(mut far) => {
                    // Whichever side goes, the other sees the end.
                    if let Ok(mut near) = acceptor.accept(near).await {
                        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                    }
                }
            }
        });
    }
}

impl System {
    async fn meet(&self) -> Result<tokio_rustls::client::TlsStream<TcpStream>, Fault> {
        let (host, port) = &self.place;
        let unreached = |error: io::Error| Fault::Unreached(error.to_string());
        let reached = TcpStream::connect((host.as_str(), *port)).await.map_err(unreached)?;
        reached.set_nodelay(true).map_err(unreached)?;
        self.connector.connect(self.name.clone(), reached).await.map_err(|error| {
            let fault = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
            fault.map_or_else(|| Fault::Unreached(error.to_string()), |fault| Fault::Doubted(trust::told(fault)))
        })
    }
}
