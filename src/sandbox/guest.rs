//! Someone before a system that stands behind the single sign-on: let in by a ticket, known by a cookie.

use axum::http::{header, request::Parts};
use axum::response::{IntoResponse, Response};

use super::accounts::Standing;
use super::office::{Office, bump};
use super::serve::{cookie, found};

/// Why someone is not let in.
pub(super) enum Stopped {
    /// He brought a good ticket: the cookie of his session, and the same address without the ticket.
    Admitted(String, String),
    /// He has no session; where to sign in.
    Lost(String),
    /// A later login of the same account ended his session; where to sign in.
    Kicked(String),
}

/// The name of the session, or why there is none.
pub(super) fn admit(parts: &Parts, office: &Office) -> Result<String, Stopped> {
    let service = asked_for(parts);
    let sso = office.sso.as_deref().expect("a system behind the sign-on is started with it");
    if let (service, Some(ticket)) = &service
        && sso.validate(ticket, service)
    {
        bump(&office.counts.logins);
        let session = office.account().admit();
        let cookie = format!("{}={session}; Path=/; HttpOnly", cookie_name(office));
        return Err(Stopped::Admitted(cookie, service.clone()));
    }
    let login = || sso.login_address(&service.0);
    let Some(session) = cookie(&parts.headers, &cookie_name(office)) else { return Err(Stopped::Lost(login())) };
    match office.account().standing(session) {
        Standing::Live => Ok(session.to_owned()),
        Standing::Kicked => Err(Stopped::Kicked(login())),
        Standing::Lost => Err(Stopped::Lost(login())),
    }
}

/// Lets him in who brought a ticket: the same page again, with a session.
pub(super) fn admitted(cookie: String, address: &str) -> Response {
    ([(header::SET_COOKIE, cookie)], found(address)).into_response()
}

/// Ends the session; answers with the sign-on's way out.
pub(super) fn leave(parts: &Parts, office: &Office) -> Response {
    if let Some(session) = cookie(&parts.headers, &cookie_name(office)) {
        office.account().leave(session);
    }
    let sso = office.sso.as_deref().expect("a system behind the sign-on is started with it");
    found(&sso.logout_address(&origin(parts)))
}

/// Cookies know no ports, so each system's has a name of its own.
fn cookie_name(office: &Office) -> String {
    format!("{}_SESSION", office.system.name.to_uppercase())
}

fn origin(parts: &Parts) -> String {
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    format!("http://{host}/")
}

/// The address that was asked for, without the ticket, and the ticket.
fn asked_for(parts: &Parts) -> (String, Option<String>) {
    let address = format!("{}{}", origin(parts), parts.uri.path().trim_start_matches('/'));
    let mut ticket = None;
    let kept: Vec<&str> = parts
        .uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| match pair.strip_prefix("ticket=") {
            Some(value) => {
                ticket = Some(value.to_owned());
                false
            }
            None => !pair.is_empty(),
        })
        .collect();
    let address = if kept.is_empty() { address } else { format!("{address}?{}", kept.join("&")) };
    (address, ticket)
}
