//! Who a client is without a login page: a name and password in every request, or a certificate.

use std::{fmt, io};

use reqwest::{Certificate, ClientBuilder, header::HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use base64::{Engine, engine::general_purpose::STANDARD};

use super::TransportError;
use crate::base::chain;

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
    /// A client that shows this certificate to whoever asks for one.
    pub(super) fn shown_by(&self, client: ClientBuilder) -> Result<ClientBuilder, TransportError> {
        let unusable = |what: &str, error: reqwest::Error| TransportError::Identity {
            reason: format!("{what} is no PEM text ({})", chain(&error)),
        };
        let pair = format!("{}\n{}", self.certificate.expose_secret(), self.key.expose_secret());
        let pair = reqwest::Identity::from_pem(pair.as_bytes());
        self.trusted_by(client.identity(pair.map_err(|error| unusable("the pair of certificate and key", error))?))
    }

    /// A client that trusts this authority, and shows nobody who asks.
    pub(super) fn trusted_by(&self, client: ClientBuilder) -> Result<ClientBuilder, TransportError> {
        let Some(authority) = &self.authority else { return Ok(client) };
        let read = Certificate::from_pem_bundle(authority.expose_secret().as_bytes());
        match read {
            Ok(certificates) if !certificates.is_empty() => Ok(client.tls_certs_merge(certificates)),
            Ok(_) => Err(TransportError::Identity { reason: "the authority is no PEM text".to_owned() }),
            Err(error) => {
                Err(TransportError::Identity { reason: format!("the authority is no PEM text ({})", chain(&error)) })
            }
        }
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
            return Some(fault.to_string());
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
