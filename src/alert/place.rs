//! A place that is told: its address and secrets as the vault has them now, and the way there.

use std::{net::IpAddr, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use reqwest::{Client, header::CONTENT_TYPE, redirect::Policy};
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::{Alert, AlertError, mail, robot};
use crate::{
    base::{Lang, chain},
    settings::{AlertKind, AlertSink},
    vault::{Credential, Vault},
};

/// How long a place may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// Bytes of an answer that are read: robots say a line.
const ANSWER_BYTES: usize = 64 << 10;
/// The header of a signed webhook: HMAC-SHA256 of the body, base64.
const SIGNATURE: &str = "x-queqiao-signature";

/// A place that is told of troubles.
pub(super) struct Place {
    sink: AlertSink,
    lang: Lang,
    vault: Arc<Vault>,
    /// One that goes through the machine's proxy, and one that does not, for this machine's own addresses.
    clients: [Client; 2],
}

impl Place {
    /// # Errors
    /// An address or a secret that is missing, or can't be one.
    pub(super) fn new(sink: AlertSink, lang: Lang, vault: Arc<Vault>) -> Result<Self, AlertError> {
        let client = || Client::builder().timeout(ANSWER_WITHIN).redirect(Policy::none());
        let broken = |error: reqwest::Error| AlertError::Client { reason: chain(&error) };
        let clients = [client().build().map_err(broken)?, client().no_proxy().build().map_err(broken)?];
        let lang = sink.lang.unwrap_or(lang);
        let place = Self { sink, lang, vault, clients };
        place.address(place.credential()?.as_ref())?;
        if place.sink.kind == AlertKind::Mail {
            mail::check(&place.sink)?;
        }
        Ok(place)
    }

    pub(super) fn name(&self) -> &str {
        &self.sink.name
    }

    pub(super) fn lang(&self) -> Lang {
        self.lang
    }

    /// Delivers an alert.
    pub(super) async fn tell(&self, alert: &Alert, now: DateTime<Utc>) -> Result<(), AlertError> {
        let credential = self.credential()?;
        let address = self.address(credential.as_ref())?;
        if self.sink.kind == AlertKind::Mail {
            return mail::send(&self.sink, &address, credential.as_ref(), alert).await;
        }
        let sign = credential.as_ref().and_then(|credential| credential.fields.get("sign"));
        let sign = sign.map(|sign| sign.expose_secret());
        let letter = robot::letter(self.sink.kind, address, sign, alert, now);
        let body = letter.body.to_string();
        let client = &self.clients[usize::from(is_loopback(&letter.address))];
        let mut request = client.post(letter.address).header(CONTENT_TYPE, "application/json; charset=utf-8");
        if let (AlertKind::Webhook, Some(secret)) = (self.sink.kind, sign) {
            request = request.header(SIGNATURE, robot::signature(secret, &body));
        }
        // The error's own words name the address, and with it the robot's key.
        let away =
            |error: reqwest::Error| AlertError::Away { sink: self.sink.name.clone(), source: error.without_url() };
        let mut answer = request.body(body).send().await.map_err(away)?;
        let status = answer.status().as_u16();
        let mut said = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(away)? {
            said.extend_from_slice(&part);
            if said.len() > ANSWER_BYTES {
                break;
            }
        }
        let refused = |(code, words)| AlertError::Refused { sink: self.sink.name.clone(), code, words };
        robot::taken(self.sink.kind, status, &String::from_utf8_lossy(&said)).map_err(refused)
    }

    /// What is secret about it, as the vault has it now.
    fn credential(&self) -> Result<Option<Credential>, AlertError> {
        let account = self.sink.account.as_deref().map(|account| self.vault.get(account));
        let vault = |source| AlertError::Vault { sink: self.sink.name.clone(), source: Box::new(source) };
        account.transpose().map_err(vault)
    }

    fn address(&self, credential: Option<&Credential>) -> Result<Url, AlertError> {
        let vault = |source| AlertError::Vault { sink: self.sink.name.clone(), source: Box::new(source) };
        let written: &SecretString = match (&self.sink.address, credential) {
            (Some(address), _) => address,
            (None, Some(credential)) => credential.field("address").map_err(vault)?,
            (None, None) => return Err(self.wrong("it has no address")),
        };
        let address = Url::parse(written.expose_secret().trim()).map_err(|_| self.wrong("its address is none"))?;
        let fits = match self.sink.kind {
            AlertKind::Mail => matches!(address.scheme(), "smtp" | "smtps"),
            AlertKind::Webhook | AlertKind::Wecom | AlertKind::Dingtalk | AlertKind::Feishu => {
                matches!(address.scheme(), "http" | "https")
            }
        };
        if fits && address.host().is_some() { Ok(address) } else { Err(self.wrong("its address is of another kind")) }
    }

    fn wrong(&self, reason: &str) -> AlertError {
        AlertError::Address { sink: self.sink.name.clone(), reason: reason.to_owned() }
    }
}

/// Whether the address is this machine's own.
pub(super) fn is_loopback(address: &Url) -> bool {
    match address.host() {
        // Of a scheme that is not the web's, numbers count as a name.
        Some(Host::Domain(name)) => name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback()),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
