//! Systems that are only reached over TLS, and know their visitors by a certificate.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::kind::System;
use super::office::{Office, bump};

/// Time for a handshake, and for a refused visitor to go.
const PATIENCE: Duration = Duration::from_secs(10);
/// Visitors between handshake and answer.
const WAITING: usize = 16;

/// The systems that ask for a certificate.
const SYSTEMS: [&str; 1] = ["tax"];

/// An authority of the practice's own, and the certificates that it has signed. New in every practice.
pub(super) struct Keys {
    /// The authority's certificate, PEM.
    pub(super) authority: String,
    /// The bot's certificate, PEM.
    pub(super) certificate: String,
    /// Its key, PEM.
    pub(super) key: String,
    server: Arc<ServerConfig>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Keys(…)")
    }
}

impl Keys {
    /// The keys of a system that asks for a certificate; none for others.
    pub(super) fn of(system: System) -> Option<Keys> {
        SYSTEMS.contains(&system.name).then(|| Keys::new(system).expect("keys and certificates of our own can be made"))
    }

    fn new(system: System) -> Result<Keys, rcgen::Error> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, format!("{}测试根证书", system.owner));
        let key = KeyPair::generate()?;
        let authority = params.self_signed(&key)?;
        let issuer = Issuer::new(params, key);

        let server_key = KeyPair::generate()?;
        let mut server = CertificateParams::new(vec!["127.0.0.1".to_owned(), "localhost".to_owned()])?;
        server.distinguished_name.push(DnType::CommonName, system.title);
        server.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
        let server = server.signed_by(&server_key, &issuer)?;

        let client_key = KeyPair::generate()?;
        let mut client = CertificateParams::new(Vec::new())?;
        client.distinguished_name.push(DnType::CommonName, "bot");
        client.extended_key_usages.push(ExtendedKeyUsagePurpose::ClientAuth);
        let client = client.signed_by(&client_key, &issuer)?;

        let mut roots = RootCertStore::empty();
        roots.add(authority.der().clone()).expect("the certificate was made right here");
        let provider = Arc::new(default_provider());
        let visitors = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
        let server_key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider knows the versions that it comes with")
            .with_client_cert_verifier(visitors.expect("there is an authority"))
            .with_single_cert(vec![server.der().clone()], server_key)
            .expect("key and certificate were made for each other");
        Ok(Keys {
            authority: authority.pem(),
            certificate: client.pem(),
            key: client_key.serialize_pem(),
            server: Arc::new(config),
        })
    }
}

/// Gives out visitors who have shown a good certificate. The others are counted as failed logins.
pub(super) struct Guarded {
    welcome: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
    door: JoinHandle<()>,
}

impl Guarded {
    pub(super) fn new(mut listener: TcpListener, office: Arc<Office>, keys: &Keys) -> io::Result<Guarded> {
        let address = listener.local_addr()?;
        let (inside, welcome) = mpsc::channel(WAITING);
        let acceptor = TlsAcceptor::from(Arc::clone(&keys.server));
        let door = tokio::spawn(async move {
            loop {
                let (stream, from) = Listener::accept(&mut listener).await;
                tokio::spawn(shake_hands(acceptor.clone(), stream, from, inside.clone(), Arc::clone(&office)));
            }
        });
        Ok(Guarded { welcome, address, door })
    }
}

impl Listener for Guarded {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.welcome.recv().await {
            Some(visitor) => visitor,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.door.abort();
    }
}

async fn shake_hands(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    from: SocketAddr,
    inside: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
    office: Arc<Office>,
) {
    match tokio::time::timeout(PATIENCE, acceptor.accept(stream).into_fallible()).await {
        Ok(Ok(stream)) => drop(inside.send((stream, from)).await),
        Ok(Err((_, mut stream))) => {
            bump(&office.counts.failed_logins);
            // Read to its end, so that the refusal arrives before the connection breaks.
            let mut rest = Vec::new();
            drop(tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await);
        }
        Err(_) => {}
    }
}
