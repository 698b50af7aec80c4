//! Who a client is without a login page: a name and password in every request, or a certificate.

use std::{fmt, io};

use reqwest::header::HeaderValue;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use secrecy::{ExposeSecret, SecretString};

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{TransportError, trust};

/// A name and password that every request to the system carries (HTTP Basic).
#[derive(Clone, Debug)]
pub struct Basic {
    /// The name.
    pub username: String,
    /// The password.
    pub password: SecretString,
}

/// A certificate that says to the system who asks, all as PEM text.
#[derive(Clone)]
pub struct Identity {
    /// The certificate, with those between it and its authority after it.
    pub certificate: SecretString,
    /// Its private key (PKCS #8, PKCS #1 or SEC 1), not encrypted.
    pub key: SecretString,
    /// The authority that has signed the system's own certificate, where this machine does not know it.
    pub authority: Option<SecretString>,
}

impl Basic {
    /// What stands in `Authorization`.
    pub(super) fn header(&self) -> HeaderValue {
        let pair = STANDARD.encode(format!("{}:{}", self.username, self.password.expose_secret()));
        let mut value = HeaderValue::try_from(format!("Basic {pair}")).expect("Base64 can be sent");
        value.set_sensitive(true);
        value
    }
}

impl Identity {
    /// The certificate with those between it and its authority, and its key.
    pub(super) fn pair(&self) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TransportError> {
        let unusable = |why: &str| TransportError::Identity {
            reason: format!("the pair of certificate and key is no PEM text ({why})"),
        };
        let read = CertificateDer::pem_slice_iter(self.certificate.expose_secret().as_bytes());
        let chain: Vec<_> = read.collect::<Result<_, _>>().map_err(|error| unusable(&error.to_string()))?;
        if chain.is_empty() {
            return Err(unusable("it holds no certificate"));
        }
        let key = PrivateKeyDer::from_pem_slice(self.key.expose_secret().as_bytes());
        Ok((chain, key.map_err(|error| unusable(&error.to_string()))?))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Identity(…)")
    }
}

/// What the two sides did not agree on, when that is why an exchange failed.
pub(super) fn tls_fault(error: &reqwest::Error) -> Option<String> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(here) = cause {
        if let Some(fault) = here.downcast_ref::<rustls::Error>() {
            return Some(trust::told(fault));
        }
        // An I/O error that holds another one does not name it as its source.
        let held = here.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = match held {
            Some(held) => Some(held),
            None => here.source(),
        };
    }
    None
}
