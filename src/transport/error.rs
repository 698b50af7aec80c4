//! What can go wrong between us and a system's pages, and what to do then.

use std::{fmt, time::Duration};

use thirtyfour::error::{WebDriverError, WebDriverErrorInner};
use thiserror::Error;

use crate::{base::Remedy, host::HostError};

/// What the browser was doing when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Opening a session.
    Opening,
    /// Going to an address.
    Navigating,
    /// Reading the page.
    Reading,
    /// Filling, choosing, uploading or clicking.
    Acting,
    /// Fetching from within the page.
    Fetching,
    /// Reading or putting back what the session keeps.
    Storing,
    /// Waiting for the page to settle.
    Settling,
    /// Taking a picture.
    Picturing,
}

impl fmt::Display for Doing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Opening => "opening a browser",
            Self::Navigating => "going to a page",
            Self::Reading => "reading a page",
            Self::Acting => "acting on a page",
            Self::Fetching => "fetching within a page",
            Self::Storing => "reading the session",
            Self::Settling => "waiting for a page",
            Self::Picturing => "taking a picture",
        })
    }
}

/// A fault of a browser or of an HTTP exchange. An answer with a status such as 404 or 500 is an answer, no fault.
#[derive(Debug, Error)]
pub enum TransportError {
    /// The browser's driver is missing or can't be started.
    #[error("no browser: {source}")]
    StartDriver {
        /// Why.
        source: HostError,
    },
    /// The driver was started and did not become ready.
    #[error("chromedriver did not become ready: {told}. Is the machine overloaded, or its disk full?")]
    AwaitDriver {
        /// Its last words.
        told: String,
    },
    /// No browser session could be opened.
    #[error(
        "the browser did not open: {reason}. Is there memory and disk enough, and have chromium and chromium-driver the same version?"
    )]
    OpenBrowser {
        /// Why.
        reason: String,
    },
    /// A page could not be reached.
    #[error("{address} can't be reached: {reason}. Is the system running, and this machine in its network?")]
    Navigate {
        /// Where to.
        address: String,
        /// Why.
        reason: String,
    },
    /// The page could not be read.
    #[error("the page can't be read: {reason}")]
    Snapshot {
        /// Why.
        reason: String,
    },
    /// The page did not let us act; nothing happened.
    #[error("the page doesn't take it: {reason}. Look at the page and mend the adapter")]
    Act {
        /// Why.
        reason: String,
    },
    /// The element that a mark stood for is gone; nothing happened.
    #[error("the page has changed since it was read: read it again before acting on it")]
    StaleMark,
    /// A press would have come too late; nothing happened.
    #[error(
        "pressing took longer than the {} ms that were left for it, so it was withheld: nothing has happened. Do it again with a new lease",
        within.as_millis()
    )]
    TooLate {
        /// The time that was left.
        within: Duration,
    },
    /// An answer could not be fetched.
    #[error("{address} gives no answer: {reason}. Is the system running, and this machine in its network?")]
    Fetch {
        /// Where from.
        address: String,
        /// Why.
        reason: String,
    },
    /// What came is no page: a file, nothing at all, or something that no page is made of.
    #[error(
        "{address} is no page: {what}. If that is meant to be read, say what it is (`sheet`, `member`, `download`); else look where the page has gone"
    )]
    NotAPage {
        /// Where.
        address: String,
        /// What came.
        what: String,
    },
    /// An answer leads elsewhere, and that can't be followed.
    #[error("{address} answers with a redirect (HTTP {status}) that can't be followed: {why}")]
    Astray {
        /// Where.
        address: String,
        /// The HTTP status.
        status: u16,
        /// Where it leads, as far as it says, and why not there.
        why: String,
    },
    /// The two sides could not agree on a safe connection.
    #[error("{address} and this machine don't trust each other: {reason}")]
    Tls {
        /// Where.
        address: String,
        /// Why.
        reason: String,
    },
    /// The certificate that is to say who we are is none.
    #[error(
        "the account's certificate can't be used: {reason}. Write certificate, key and authority as PEM into the vault, or the authority into \
         the file that `authority` names"
    )]
    Identity {
        /// Why.
        reason: String,
    },
    /// What the session keeps could not be read or put back.
    #[error("the browser's session can't be used: {reason}")]
    Storage {
        /// Why.
        reason: String,
    },
    /// A file that the page handed out could not be taken.
    #[error("no file of the page: {reason}. Is there disk enough, and does the browser run on this machine?")]
    Download {
        /// Why.
        reason: String,
    },
    /// No picture could be taken.
    #[error("no picture of the page: {reason}")]
    Picture {
        /// Why.
        reason: String,
    },
    /// An answer is larger than we take.
    #[error("{address} answers with more than {} MB. Ask for fewer rows a page", limit / 1_000_000)]
    TooLarge {
        /// Where from.
        address: String,
        /// Most bytes.
        limit: usize,
    },
    /// One redirect after another.
    #[error("{address} redirects more than {limit} times. Is the session still signed in?")]
    TooManyRedirects {
        /// Where it began.
        address: String,
        /// Most redirects.
        limit: usize,
    },
    /// It took too long.
    #[error("{doing} took more than {} s ({address})", limit.as_secs())]
    Timeout {
        /// What took so long.
        doing: Doing,
        /// Where, as far as known.
        address: String,
        /// The time given.
        limit: Duration,
    },
    /// An alert, confirm or prompt of the page is in the way.
    #[error("{doing}: a dialog of the page is in the way: \"{text}\". Answer it first")]
    DialogOpen {
        /// What it stopped.
        doing: Doing,
        /// Its words, as far as known.
        text: String,
    },
    /// The browser or its driver has died.
    #[error("the browser has gone while {doing}. Open another one; if this happens often, the machine lacks memory")]
    BrowserGone {
        /// What it stopped.
        doing: Doing,
    },
}

impl TransportError {
    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::StartDriver { source } => source.remedy(),
            Self::Act { .. }
            | Self::TooLarge { .. }
            | Self::TooManyRedirects { .. }
            | Self::DialogOpen { .. }
            | Self::NotAPage { .. }
            | Self::Astray { .. }
            | Self::Tls { .. }
            | Self::Download { .. }
            | Self::Identity { .. } => Remedy::Human,
            Self::AwaitDriver { .. }
            | Self::OpenBrowser { .. }
            | Self::Navigate { .. }
            | Self::Snapshot { .. }
            | Self::StaleMark
            | Self::TooLate { .. }
            | Self::Fetch { .. }
            | Self::Storage { .. }
            | Self::Picture { .. } => Remedy::Retry,
            Self::Timeout { doing, .. } | Self::BrowserGone { doing } => match doing {
                Doing::Acting => Remedy::OutcomeUnknown,
                Doing::Opening
                | Doing::Navigating
                | Doing::Reading
                | Doing::Fetching
                | Doing::Storing
                | Doing::Settling
                | Doing::Picturing => Remedy::Retry,
            },
        }
    }
}

/// Names what WebDriver reports by what was being done, at `address`, with `limit` for it.
pub(super) fn from_driver(doing: Doing, address: &str, limit: Duration, error: &WebDriverError) -> TransportError {
    let reason = reason(error);
    let address = address.to_owned();
    match error.as_inner() {
        WebDriverErrorInner::WebDriverTimeout(_)
        | WebDriverErrorInner::ScriptTimeout(_)
        | WebDriverErrorInner::Timeout(_) => return TransportError::Timeout { doing, address, limit },
        WebDriverErrorInner::UnexpectedAlertOpen(info) => {
            let text = info.value.data.as_ref().and_then(|data| data.get("text")).and_then(|text| text.as_str());
            return TransportError::DialogOpen { doing, text: text.unwrap_or_default().to_owned() };
        }
        WebDriverErrorInner::InvalidSessionId(_)
        | WebDriverErrorInner::NoSuchWindow(_)
        | WebDriverErrorInner::RequestFailed(_)
        | WebDriverErrorInner::HttpError(_)
            if doing != Doing::Opening =>
        {
            return TransportError::BrowserGone { doing };
        }
        WebDriverErrorInner::UnknownError(_) if reason.contains("disconnected") || reason.contains("crashed") => {
            return TransportError::BrowserGone { doing };
        }
        WebDriverErrorInner::StaleElementReference(_) => return TransportError::StaleMark,
        _ => {}
    }
    refused(doing, address, reason)
}

/// The operation's own error.
pub(super) fn refused(doing: Doing, address: String, reason: String) -> TransportError {
    match doing {
        Doing::Opening => TransportError::OpenBrowser { reason },
        Doing::Navigating => TransportError::Navigate { address, reason },
        Doing::Reading | Doing::Settling => TransportError::Snapshot { reason },
        Doing::Acting => TransportError::Act { reason },
        Doing::Fetching => TransportError::Fetch { address, reason },
        Doing::Storing => TransportError::Storage { reason },
        Doing::Picturing => TransportError::Picture { reason },
    }
}

/// The browser's own message on one line, without the frame that thirtyfour puts around it and the stack trace that
/// the driver puts behind it.
fn reason(error: &WebDriverError) -> String {
    let told = error.to_string();
    let mut lines = told.lines().map(str::trim).filter(|line| !line.is_empty());
    let message = lines.clone().skip_while(|line| !line.starts_with("Additional info:")).nth(1);
    message.or_else(|| lines.next()).unwrap_or("no reason was given").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(doing: Doing, answer: &str) -> TransportError {
        let error = WebDriverError::parse(500, answer.to_owned());
        from_driver(doing, "http://127.0.0.1/", Duration::from_secs(30), &error)
    }

    #[test]
    fn what_the_driver_says_is_named_by_what_was_done() {
        let unreachable = r#"{"value":{"error":"unknown error",
            "message":"unknown error: net::ERR_CONNECTION_REFUSED\n  (Session info: chrome=156.0)","stacktrace":"\u00230 0x55"}}"#;
        let error = named(Doing::Navigating, unreachable);
        assert!(
            matches!(&error, TransportError::Navigate { reason, .. } if reason.ends_with("ERR_CONNECTION_REFUSED")),
            "{error}"
        );
        assert_eq!(error.remedy(), Remedy::Retry);

        let slow = r#"{"value":{"error":"timeout","message":"timeout: Timed out receiving message from renderer"}}"#;
        assert_eq!(named(Doing::Navigating, slow).remedy(), Remedy::Retry);
        assert_eq!(named(Doing::Acting, slow).remedy(), Remedy::OutcomeUnknown, "it may have been pressed");

        let gone = r#"{"value":{"error":"invalid session id","message":"invalid session id"}}"#;
        assert!(matches!(named(Doing::Reading, gone), TransportError::BrowserGone { doing: Doing::Reading }));
        let crashed = r#"{"value":{"error":"unknown error","message":"tab crashed"}}"#;
        assert!(matches!(named(Doing::Reading, crashed), TransportError::BrowserGone { .. }));

        let dialog =
            r#"{"value":{"error":"unexpected alert open","message":"unexpected alert open","data":{"text":"确定"}}}"#;
        assert!(named(Doing::Reading, dialog).to_string().contains("确定"));
    }
}
