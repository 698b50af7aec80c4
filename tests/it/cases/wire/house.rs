//! A certificate that nobody outside of the house knows: the words say so, and whoever is named is believed, and nobody else.

use std::{net::SocketAddr, path::Path, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Method, Response, Uri, header},
};
use encoding_rs::UTF_8;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use url::Url;

use super::{answer, page, table};
use crate::cases::trial::{Trial, replace};

/// A certificate with its key, and the PEM text of whoever vouches for it.
struct Paper {
    certificate: rcgen::Certificate,
    key: KeyPair,
    authority: String,
}

impl Paper {
    /// Signed by itself, as `openssl req -x509` makes it.
    fn own(name: &str) -> Self {
        let (mut params, key) = (params(name), key());
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("a certificate");
        Self { authority: certificate.pem(), certificate, key }
    }

    /// Signed by an authority of the house.
    fn signed(params: CertificateParams) -> Self {
        let (mut house, house_key, own) = (CertificateParams::default(), key(), key());
        house.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = house.self_signed(&house_key).expect("a certificate").pem();
        let certificate = params.signed_by(&own, &Issuer::new(house, house_key)).expect("a certificate");
        Self { certificate, key: own, authority }
    }

    /// A system with this certificate.
    async fn serve(&self) -> Url {
        queqiao::transport::install_tls();
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).expect("a key");
        let config = ServerConfig::builder().with_no_client_auth();
        let config = config.with_single_cert(vec![self.certificate.der().clone()], key).expect("a pair");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("https://{}/", listener.local_addr().expect("bound"));
        let sealed = Sealed { listener, acceptor: TlsAcceptor::from(Arc::new(config)) };
        tokio::spawn(async move { axum::serve(sealed, Router::new().fallback(house)).await.expect("it serves") });
        base.parse().expect("an address")
    }
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

fn params(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).expect("a name")
}

struct Sealed {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl axum::serve::Listener for Sealed {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = self.listener.accept().await.expect("it listens");
            // Whoever does not believe it goes away.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

async fn house(method: Method, uri: Uri) -> Response<Body> {
    match (uri.path(), method) {
        ("/login", Method::POST) => {
            let mut moved = answer(302, "text/html", Vec::new());
            moved.headers_mut().insert(header::SET_COOKIE, "SID=1; Path=/".parse().expect("a header"));
            moved.headers_mut().insert(header::LOCATION, "rows".parse().expect("a header"));
            moved
        }
        ("/login", _) => page(
            "<form action=login method=post><label for=u>用户名</label><input id=u name=u>\
             <label for=p>密码</label><input id=p name=p type=password><button>登录</button></form>",
            UTF_8,
        ),
        _ => {
            let rows: [&[&str]; 2] = [&["SL1", "王小明", "在办"], &["SL2", "李小红", "已受理"]];
            page(&format!("<span>当前用户：</span><b>clerk</b>{}", table(&["编号", "申请人", "状态"], &rows)), UTF_8)
        }
    }
}

async fn run(base: &Url, bot: &str, authority: &str, edit: impl FnOnce(&Path)) -> Result<u64, String> {
    let trial = Trial::at("a-certificate-of-the-house", base.clone(), |root| {
        std::fs::write(root.join("cert.pem"), authority).expect("our own folder");
        edit(root);
    });
    let trial = trial.await;
    let report = trial.run(bot).await;
    trial.end().await;
    if report.reconciled() { Ok(report.reading.rows_read) } else { Err(report.reading.reason.unwrap_or_default()) }
}

#[tokio::test]
async fn a_certificate_of_the_house_is_named_with_what_to_do() {
    let own = Paper::own("127.0.0.1");
    let base = own.serve().await;
    let words = run(&base, "house-collect", &own.authority, |_| {}).await.expect_err("nobody vouches for it");
    for word in ["certificate", "authority = ", "ERR_CERT_AUTHORITY_INVALID"] {
        assert!(words.contains(word), "{words}");
    }
    let words = run(&base, "house-collect", &own.authority, by("basic")).await.expect_err("nobody vouches for it");
    assert!(words.contains("certificate") && words.contains("authority = "), "{words}");
}

const STEPS: &str = r#"steps = [
  { open = "login" },
  { fill = { username = "{secret.username}", password = "{secret.password}" } },
  { click = "submit" },
]
"#;

/// Signs in another way; `steps` go with that.
fn by(way: &'static str) -> impl FnOnce(&Path) {
    move |root| {
        for bot in ["house", "vouched"] {
            replace(&root.join(format!("bots/{bot}-collect.toml")), STEPS, &format!("by = \"{way}\"\n"));
        }
        let selectors = root.join("selectors/house.toml");
        replace(&selectors, "[signs]\nsigned_in  = \"label=当前用户\"\nsigned_out = \"form[action='login']\"\n", "");
    }
}

#[tokio::test]
async fn whoever_is_named_is_believed_in_the_browser_and_over_http() {
    for paper in [Paper::own("127.0.0.1"), Paper::signed(params("127.0.0.1"))] {
        let base = paper.serve().await;
        assert_eq!(run(&base, "vouched-collect", &paper.authority, |_| {}).await, Ok(2));
        assert_eq!(run(&base, "vouched-collect", &paper.authority, by("basic")).await, Ok(2));
        assert_eq!(run(&base, "vouched-collect", &paper.authority, by("none")).await, Ok(2));
        let other = Paper::own("127.0.0.1").authority;
        let words =
            run(&base, "vouched-collect", &other, |_| {}).await.expect_err("another authority has not signed it");
        assert!(words.contains("certificate"), "{words}");
        run(&base, "vouched-collect", &other, by("basic")).await.expect_err("another authority has not signed it");
    }
}

#[tokio::test]
async fn an_authority_vouches_for_no_other_name_and_no_other_time() {
    let mut over = params("127.0.0.1");
    over.not_after = rcgen::date_time_ymd(2020, 1, 1);
    for (paper, word) in [
        (Paper::signed(over), "expired"),
        (Paper::signed(params("oa.example")), "another name"),
        (Paper::own("oa.example"), "another name"),
    ] {
        let base = paper.serve().await;
        for way in [None, Some("basic")] {
            let edit = |root: &Path| {
                if let Some(way) = way {
                    by(way)(root);
                }
            };
            let words = run(&base, "vouched-collect", &paper.authority, edit).await.expect_err(word);
            assert!(words.contains(word), "{way:?}: {words}");
        }
    }
}

#[tokio::test]
async fn what_is_no_certificate_is_no_authority() {
    for (text, word) in [(Some("no certificate"), "no certificate in PEM"), (None, "there is no file")] {
        let (trial, mistakes) = Trial::tried("a-certificate-of-the-house", Router::new(), |root| {
            if let Some(text) = text {
                std::fs::write(root.join("cert.pem"), text).expect("our own folder");
            }
        })
        .await;
        assert!(trial.is_none() && mistakes.contains(word), "{mistakes}");
    }
}
