//! Systems that know their visitors by a certificate.

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, response::Redirect, routing::get};
use queqiao::{
    base::Remedy,
    transport::{Identity, Lent, Limits, Session, TransportError, install_tls},
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{RootCertStore, ServerConfig, server::WebPkiClientVerifier};
use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use url::Url;

use super::serve;

/// An authority and its own certificate, PEM.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// A certificate and its key.
struct Pair {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    fn sign(&self, name: &str) -> Pair {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        Pair { certificate: params.signed_by(&key, &self.issuer).unwrap(), key }
    }

    fn identity(&self, authority: &Self) -> Identity {
        let pair = self.sign("bot");
        Identity {
            certificate: pair.certificate.pem().into(),
            key: pair.key.serialize_pem().into(),
            authority: Some(authority.pem.clone().into()),
        }
    }
}

/// Shakes hands with one visitor after the other, and with those only who show a certificate of the authority.
struct Guarded {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl axum::serve::Listener for Guarded {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = self.listener.accept().await.unwrap();
            match self.acceptor.accept(stream).into_fallible().await {
                Ok(stream) => return (stream, address),
                // Read to its end, so that the refusal arrives before the connection breaks.
                Err((_, mut stream)) => {
                    let _ = stream.read_to_end(&mut Vec::new()).await;
                }
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

async fn guarded(authority: &Authority, visitors: &Authority, router: Router) -> Url {
    install_tls();
    let mut roots = RootCertStore::empty();
    let visitors = rustls::pki_types::pem::PemObject::from_pem_slice(visitors.pem.as_bytes()).unwrap();
    roots.add(visitors).unwrap();
    let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).build().unwrap();
    let Pair { certificate, key } = authority.sign("127.0.0.1");
    let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}/", listener.local_addr().unwrap());
    let guarded = Guarded { listener, acceptor: TlsAcceptor::from(Arc::new(config)) };
    tokio::spawn(async move { axum::serve(guarded, router).await.unwrap() });
    address.parse().unwrap()
}

fn lent(base: &Url, identity: Option<Identity>) -> Result<Lent, TransportError> {
    Lent::new(base, &Session { identity, ..Session::default() }, Limits::default())
}

async fn refused(lent: &Lent, what: &str) {
    let error = lent.get("/").await.unwrap_err();
    assert!(matches!(error, TransportError::Tls { .. }), "{what}: {error:?}");
    assert_eq!(error.remedy(), Remedy::Human, "{what}");
}

#[tokio::test]
async fn a_certificate_opens_the_system_that_asks_for_it() {
    let authority = Authority::new();
    let other = guarded(&authority, &authority, Router::new().route("/", get("no"))).await.to_string();
    let router = Router::new().route("/", get("办件")).route("/away", get(|| async move { Redirect::to(&other) }));
    let base = guarded(&authority, &authority, router).await;

    let known = lent(&base, Some(authority.identity(&authority))).unwrap();
    assert_eq!(known.get("/").await.unwrap().text(None).text, "办件");
    let away = known.get("/away").await.unwrap_err();
    assert!(matches!(away, TransportError::Tls { .. }), "nobody else is shown the certificate: {away:?}");

    let stranger = Authority::new();
    refused(&lent(&base, None).unwrap(), "an authority that the machine does not know").await;
    refused(&lent(&base, Some(stranger.identity(&authority))).unwrap(), "a certificate of somebody else").await;
    refused(&lent(&base, Some(authority.identity(&stranger))).unwrap(), "a system of somebody else").await;
}

#[tokio::test]
async fn what_is_no_certificate_is_said_at_once_and_never_printed() {
    let base = serve(Router::new()).await;
    let authority = Authority::new();
    let right = authority.identity(&authority);
    assert!(!format!("{:?}", Session { identity: Some(right.clone()), ..Session::default() }).contains("BEGIN"));
    lent(&base, Some(Identity { authority: None, ..right.clone() })).unwrap();

    let text = |text: &str| text.to_owned().into();
    let other = authority.identity(&authority);
    for (what, wrong) in [
        ("no certificate", Identity { certificate: text("bot.pem"), ..right.clone() }),
        ("no key", Identity { key: text(""), ..right.clone() }),
        ("the key of another", Identity { key: other.key, ..right.clone() }),
        ("no authority", Identity { authority: Some(text("ca.pem")), ..right }),
    ] {
        let error = lent(&base, Some(wrong)).unwrap_err();
        assert!(matches!(error, TransportError::Identity { .. }), "{what}: {error:?}");
        assert_eq!(error.remedy(), Remedy::Human);
        assert!(!error.to_string().contains("BEGIN"), "{error}");
    }
}
