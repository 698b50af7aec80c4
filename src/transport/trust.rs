//! Whom plain HTTP believes a certificate: those whom this machine knows, and the authorities that an adapter or an account names.

use std::sync::Arc;

use chrono::NaiveDateTime;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    client::verify_server_name,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};
use rustls_platform_verifier::Verifier;

use super::{Identity, TransportError};

/// Tags of the parts of a certificate, as DER writes them.
const VERSION: u8 = 0xA0;
const SHORT_TIME: u8 = 0x17;
const LONG_TIME: u8 = 0x18;
/// Two digits of a year from which on it is one of the last century.
const LAST_CENTURY: &str = "50";

/// The authorities that are believed besides those that this machine knows.
#[derive(Debug, Default)]
pub(super) struct Trust {
    named: Vec<CertificateDer<'static>>,
}

impl Trust {
    /// Those in these PEM texts; none where there is no text.
    ///
    /// # Errors
    /// [`TransportError::Identity`] where a text holds no certificate.
    pub fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Option<Self>, TransportError> {
        let mut named = Vec::new();
        for text in texts {
            let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
            match read {
                Ok(certificates) if !certificates.is_empty() => named.extend(certificates),
                Ok(_) => return Err(unusable("the authority is no PEM text")),
                Err(error) => return Err(unusable(format!("the authority is no PEM text ({error})"))),
            }
        }
        Ok(if named.is_empty() { None } else { Some(Self { named }) })
    }

    /// How a client shakes hands that believes these, and shows that certificate to whoever asks for one.
    ///
    /// # Errors
    /// [`TransportError::Identity`] where something can't be used.
    pub fn client(&self, shown: Option<&Identity>) -> Result<ClientConfig, TransportError> {
        let provider = Arc::new(ring::default_provider());
        let known = Verifier::new_with_extra_roots(self.named.iter().cloned(), Arc::clone(&provider));
        let house = House { known: known.map_err(unusable)?, named: self.named.clone() };
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(unusable)?.dangerous().with_custom_certificate_verifier(Arc::new(house));
        match shown {
            None => Ok(config.with_no_client_auth()),
            Some(identity) => {
                let (chain, key) = identity.pair()?;
                config.with_client_auth_cert(chain, key).map_err(unusable)
            }
        }
    }
}

fn unusable(reason: impl ToString) -> TransportError {
    TransportError::Identity { reason: reason.to_string() }
}

/// Verifies as this machine does, with further authorities. A certificate that is named itself is believed as well, although it may be no
/// authority, or one where it should be none: houses sign their own so. Its name and its time still count.
#[derive(Debug)]
struct House {
    known: Verifier,
    named: Vec<CertificateDer<'static>>,
}

impl House {
    fn vouches(&self, shown: &CertificateDer<'_>, name: &ServerName<'_>, now: UnixTime) -> Result<(), Error> {
        verify_server_name(&ParsedCertificate::try_from(shown)?, name)?;
        let (from, until) = validity(shown).ok_or(Error::InvalidCertificate(CertificateError::BadEncoding))?;
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if now < from {
            return Err(CertificateError::NotValidYet.into());
        }
        if now > until { Err(CertificateError::Expired.into()) } else { Ok(()) }
    }
}

impl ServerCertVerifier for House {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.known.verify_server_cert(shown, between, name, stapled, now) {
            Err(_) if self.named.iter().any(|named| named == shown) => {
                self.vouches(shown, name, now).map(|()| ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.known.verify_tls12_signature(message, shown, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.known.verify_tls13_signature(message, shown, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.known.supported_verify_schemes()
    }
}

/// From when until when a certificate is valid, in seconds since the epoch. It stands in its signed part behind version, number, kind of
/// signature and issuer.
fn validity(certificate: &[u8]) -> Option<(i64, i64)> {
    let (_, whole, _) = part(certificate)?;
    let (_, signed, _) = part(whole)?;
    let mut rest = signed;
    if let (VERSION, _, behind) = part(signed)? {
        rest = behind;
    }
    for _ in ["number", "kind of signature", "issuer"] {
        rest = part(rest)?.2;
    }
    let (_, times, _) = part(rest)?;
    let (from_kind, from, behind) = part(times)?;
    let (until_kind, until, _) = part(behind)?;
    Some((moment(from_kind, from)?, moment(until_kind, until)?))
}

/// The first part of DER: its tag, its contents, and what stands behind it.
fn part(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    const LONG: u8 = 0x80;
    const DIGITS_MOST: usize = 4;
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < LONG {
        (usize::from(first), rest)
    } else {
        let digits = usize::from(first - LONG);
        let (length, rest) = rest.split_at_checked(digits).filter(|_| (1..=DIGITS_MOST).contains(&digits))?;
        (length.iter().fold(0, |length, digit| length << u8::BITS | usize::from(*digit)), rest)
    };
    let (contents, behind) = rest.split_at_checked(length)?;
    Some((tag, contents, behind))
}

fn moment(kind: u8, written: &[u8]) -> Option<i64> {
    let written = std::str::from_utf8(written).ok()?;
    let whole = match kind {
        SHORT_TIME => format!("{}{written}", if written.get(..2)? < LAST_CENTURY { "20" } else { "19" }),
        LONG_TIME => written.to_owned(),
        _ => return None,
    };
    Some(NaiveDateTime::parse_from_str(&whole, "%Y%m%d%H%M%SZ").ok()?.and_utc().timestamp())
}

/// What is wrong with a system's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Nobody whom this machine knows has signed it.
    Unknown,
    /// Its time is over, or has not come.
    Time,
    /// It is made out to another name.
    Name,
    /// Something else.
    Other,
}

impl Doubt {
    /// What is wrong and what to do, with the words in which it was reported.
    pub fn told(self, reported: &str) -> String {
        let words = match self {
            Self::Unknown => {
                "its certificate is signed by itself, or by an authority that this machine does not know. Get the authority's certificate \
                 from whoever runs the system, and name the file (PEM) under [login]: authority = \"FILE.pem\""
            }
            Self::Time => {
                "its certificate has expired, or is not valid yet. Its owner has to renew it; look at this machine's clock as well"
            }
            Self::Name => {
                "its certificate is made out to another name than `base` has. Write the name in the certificate into `base`, or have the \
                 certificate made anew"
            }
            Self::Other => "its certificate is not to be trusted. Ask whoever runs the system to have it made anew",
        };
        format!("{words} ({reported})")
    }
}

/// What the two sides did not agree on, and what to do.
pub(super) fn told(fault: &Error) -> String {
    let reported = fault.to_string();
    let Error::InvalidCertificate(wrong) = fault else {
        return format!("{reported}. Look at certificate, key and authority of the account");
    };
    let doubt = match wrong {
        CertificateError::UnknownIssuer => Doubt::Unknown,
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => Doubt::Time,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Doubt::Name,
        // Signed by itself, as `openssl req -x509` makes it.
        CertificateError::Other(_) if reported.contains("CaUsedAsEndEntity") => Doubt::Unknown,
        _ => Doubt::Other,
    };
    doubt.told(&reported)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_certificate_is_read() {
        let made = rcgen::generate_simple_self_signed(vec!["oa.example".to_owned()]).unwrap();
        // The time that rcgen gives unless told otherwise: from 1975 to the year 4096, short and long.
        let (from, until) = validity(made.cert.der()).unwrap();
        let year = |seconds| chrono::DateTime::from_timestamp(seconds, 0).unwrap().format("%Y").to_string();
        assert_eq!((year(from), year(until)), ("1975".to_owned(), "4096".to_owned()));
        for broken in 0..made.cert.der().len().min(200) {
            assert_eq!(validity(&made.cert.der()[..broken]), None, "half a certificate has no time");
        }
    }

    #[test]
    fn what_names_no_authority_is_no_trust() {
        assert!(Trust::of(std::iter::empty()).unwrap().is_none());
        for text in ["", "cert.pem", "-----BEGIN CERTIFICATE-----\n"] {
            let error = Trust::of(std::iter::once(text)).unwrap_err();
            assert!(error.to_string().contains("no PEM text"), "{error}");
        }
    }
}
