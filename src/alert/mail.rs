//! An alert as a mail.

use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use secrecy::ExposeSecret;
use url::Url;

use super::{Alert, AlertError, place::is_loopback};
use crate::{settings::AlertSink, vault::Credential};

/// How long a mail server may take for one step.
const STEP_WITHIN: Duration = Duration::from_secs(20);
/// The port where nobody writes one: with TLS from the start.
const SMTPS: u16 = 465;
/// The same for those who sign in.
const SUBMISSION: u16 = 587;
/// The same for all others.
const SMTP: u16 = 25;

/// Sends it. A password only goes over TLS, or to this machine.
pub(super) async fn send(
    sink: &AlertSink,
    server: &Url,
    credential: Option<&Credential>,
    alert: &Alert,
) -> Result<(), AlertError> {
    let mail = |source| AlertError::Mail { sink: sink.name.clone(), source };
    let message = written(sink, alert)?;
    let host = server.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let text = |name: &str| {
        let value = credential.and_then(|credential| credential.fields.get(name));
        value.map(|value| value.expose_secret().to_owned())
    };
    let account = text("username").zip(text("password"));
    let wrapped = server.scheme() == "smtps";
    let usual = match (wrapped, &account) {
        (true, _) => SMTPS,
        (false, Some(_)) => SUBMISSION,
        (false, None) => SMTP,
    };
    let tls = || TlsParameters::new(host.to_owned()).map_err(mail);
    let tls = match (wrapped, is_loopback(server), &account) {
        (true, _, _) => Tls::Wrapper(tls()?),
        (false, true, _) => Tls::None,
        (false, false, Some(_)) => Tls::Required(tls()?),
        (false, false, None) => Tls::Opportunistic(tls()?),
    };
    let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
        .port(server.port().unwrap_or(usual))
        .tls(tls)
        .timeout(Some(STEP_WITHIN));
    if let Some((username, password)) = account {
        transport = transport.credentials(Credentials::new(username, password));
    }
    transport.build().send(message).await.map(drop).map_err(mail)
}

/// Whether mails can be written from and to these addresses.
pub(super) fn check(sink: &AlertSink) -> Result<(), AlertError> {
    mailbox(sink, sink.from.as_deref().unwrap_or_default())?;
    sink.to.iter().try_for_each(|to| mailbox(sink, to).map(drop))
}

fn mailbox(sink: &AlertSink, written: &str) -> Result<Mailbox, AlertError> {
    let wrong = |reason: String| AlertError::Address { sink: sink.name.clone(), reason };
    written.parse().map_err(|error| wrong(format!("`{written}` is no mail address: {error}")))
}

/// The mail: text, in UTF-8, with an id that stays, so that what is sent twice shows once.
fn written(sink: &AlertSink, alert: &Alert) -> Result<Message, AlertError> {
    let from = mailbox(sink, sink.from.as_deref().unwrap_or_default())?;
    let id: String = format!("{}.{}", alert.key, alert.at)
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '.' })
        .collect();
    let id = format!("<{id}.{:?}@{}>", alert.event, from.email.domain());
    let mut message = Message::builder().from(from).subject(alert.title()).message_id(Some(id));
    for to in &sink.to {
        message = message.to(mailbox(sink, to)?);
    }
    let built = message.header(ContentType::TEXT_PLAIN).body(alert.text.clone());
    let wrong =
        |error| AlertError::Address { sink: sink.name.clone(), reason: format!("no mail can be made of it: {error}") };
    built.map_err(wrong)
}
