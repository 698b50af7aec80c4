//! Whether what stands in the browser is what it was led to: a file, an empty answer and a broken way leave the page before standing, and
//! Chromium shows pages of its own.

use std::{sync::LazyLock, time::Duration};

use regex::Regex;
use serde_json::json;
use url::Url;

use super::{Answer, Browser, TransportError, Wanted, error::Doing, script::quietly, trust::Doubt};

/// Where Chromium's own pages stand: warnings, and what it says of a system that it can't reach.
const OWN: &str = "chrome-error:";
/// Time for a file to come whose page never will: it is on its way when the browser gives the page up.
const FILE_WITHIN: Duration = Duration::from_secs(3);
/// Redirects that Chromium follows in a row.
const REDIRECTS: usize = 20;
/// Marks the document that stands there.
const MARK: &str = "document[Symbol.for('queqiao.before')] = true";
/// Whether that document stands there still, the address of the one that does, and the status it came with.
const STANDS: &str = "return [document[Symbol.for('queqiao.before')] === true, document.URL, \
                      performance.getEntriesByType('navigation')[0]?.responseStatus ?? 0]";

impl Browser {
    /// Remembers what stands there before another page is gone to.
    pub(super) async fn stands_before(&self) {
        if let Some(relay) = &self.relay {
            relay.forget();
        }
        let call = self.call(Doing::Reading, "", self.options.script_timeout);
        // Where that can't be said (a dialog is open), what comes is not known for the page before.
        let _: Result<Option<bool>, _> = call.at_once(self.driver(), MARK, Vec::new()).await;
    }

    /// What was gone to has come, as far as the driver says.
    pub(super) async fn arrived(&self, url: &str) -> Result<(), TransportError> {
        let call = self.call(Doing::Reading, url, self.options.script_timeout);
        let stands: Result<(bool, String, u16), _> = call.at_once(self.driver(), STANDS, Vec::new()).await;
        // A dialog, or a page that goes on at once: it has come.
        let Ok((before, address, status)) = stands else { return Ok(()) };
        if is_own(&address) && status == 0 {
            return self.reached_now(url).await;
        }
        if !before || is_route(url, &address) {
            return Ok(());
        }
        let nothing =
            || not_a_page(url, "the browser still shows what stood there before. It may be for another program");
        Err(self.unpaged(url).await.unwrap_or_else(nothing))
    }

    /// The browser shows a page of its own, which does not always say why: so it is asked for once more, in a way that does.
    async fn reached_now(&self, url: &str) -> Result<(), TransportError> {
        if let Some(fault) = self.relay.as_ref().and_then(|relay| relay.fault(url)) {
            return Err(fault);
        }
        let cdp = self.driver().cdp();
        let asked = quietly(cdp.send_raw("Page.navigate", json!({ "url": url })));
        match tokio::time::timeout(self.options.page_timeout, asked).await {
            Ok(Ok(told)) => match told["errorText"].as_str().filter(|text| !text.is_empty()) {
                Some(text) => Err(self.unreached(url, text)),
                None => Ok(()),
            },
            Ok(Err(_)) | Err(_) => Err(self.unreached(url, "the browser shows a page of its own")),
        }
    }

    /// Why a page could not be reached, in the words of Chromium or its driver.
    pub(super) fn unreached(&self, url: &str, reason: &str) -> TransportError {
        self.relay.as_ref().and_then(|relay| relay.fault(url)).unwrap_or_else(|| named(url, reason))
    }

    /// What came in place of a page; none where that can't be told.
    pub(super) async fn unpaged(&self, url: &str) -> Option<TransportError> {
        if let Ok(Some(file)) = self.downloaded(FILE_WITHIN).await {
            return Some(not_a_page(url, &file_words(&file)));
        }
        let wanted = Wanted { url: url.to_owned(), posted: None };
        let asked = self.fetch_all(std::slice::from_ref(&wanted), &[]).await.ok()?.pop().flatten()?;
        match asked {
            Ok(answer) if answer.body.is_empty() => {
                Some(not_a_page(url, &format!("it answers HTTP {} with nothing to be shown", answer.status)))
            }
            Ok(answer) if answer.attachment => Some(not_a_page(url, &file_words(&answer))),
            Err(astray @ TransportError::Astray { .. }) => Some(astray),
            Ok(_) | Err(_) => None,
        }
    }
}

/// Whether Chromium made the page itself.
pub(super) fn is_own(address: &str) -> bool {
    address.starts_with(OWN)
}

/// Whether what a server calls so (`text/html; charset=gbk`) can be read as a page.
pub fn is_readable(kind: &str) -> bool {
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.is_empty()
        || essence.starts_with("text/")
        || (essence.ends_with("+xml") && !essence.starts_with("image/"))
        || essence.ends_with("+json")
        || matches!(essence, "application/xml" | "application/json" | "application/javascript")
}

/// What a page of Chromium's own says, as far as its HTML does; the driver hands over an address only where it was led to one.
pub(super) fn own_page(html: &str) -> TransportError {
    static CODE: LazyLock<Regex> = LazyLock::new(|| Regex::new("ERR_[A-Z0-9_]+").expect("the pattern is a constant"));
    // One stands in the texts of every such page.
    let code =
        CODE.find_iter(html).map(|found| found.as_str()).filter(|code| *code != "ERR_INTERNET_DISCONNECTED").last();
    named("the page", code.unwrap_or("the browser shows a page of its own instead of the system's"))
}

/// A route of an application that stood there already: no document comes for it.
fn is_route(wanted: &str, address: &str) -> bool {
    let (Ok(mut wanted), Ok(mut now)) = (Url::parse(wanted), Url::parse(address)) else { return false };
    if !matches!(wanted.scheme(), "http" | "https") {
        return true;
    }
    let routed = wanted.fragment().is_some();
    wanted.set_fragment(None);
    now.set_fragment(None);
    routed && wanted == now
}

fn not_a_page(address: &str, what: &str) -> TransportError {
    TransportError::NotAPage { address: address.to_owned(), what: what.to_owned() }
}

fn file_words(file: &Answer) -> String {
    let name = file.file_name.as_deref().unwrap_or("without a name");
    format!("it hands out a file (`{name}`, {} bytes) to be kept", file.body.len())
}

/// A failed way by what Chromium calls it.
fn named(address: &str, reason: &str) -> TransportError {
    let at = reason.find("ERR_").unwrap_or(reason.len());
    let code =
        reason[at..].split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next().unwrap_or_default();
    let address = address.to_owned();
    let doubt = match code {
        "ERR_CERT_AUTHORITY_INVALID" => Some(Doubt::Unknown),
        "ERR_CERT_DATE_INVALID" | "ERR_CERT_VALIDITY_TOO_LONG" => Some(Doubt::Time),
        "ERR_CERT_COMMON_NAME_INVALID" => Some(Doubt::Name),
        code if code.starts_with("ERR_CERT_") => Some(Doubt::Other),
        _ => None,
    };
    if let Some(doubt) = doubt {
        return TransportError::Tls { address, reason: doubt.told(code) };
    }
    let words = match code {
        "ERR_TOO_MANY_REDIRECTS" => return TransportError::TooManyRedirects { address, limit: REDIRECTS },
        "ERR_NAME_NOT_RESOLVED" | "ERR_NAME_RESOLUTION_FAILED" => "nobody knows its name (DNS)",
        "ERR_CONNECTION_REFUSED" => "nothing listens there",
        "ERR_CONNECTION_TIMED_OUT" | "ERR_ADDRESS_UNREACHABLE" | "ERR_INTERNET_DISCONNECTED" => "no way leads there",
        "ERR_EMPTY_RESPONSE" | "ERR_CONNECTION_RESET" | "ERR_CONNECTION_CLOSED" => "it broke the connection off",
        "ERR_INVALID_RESPONSE" | "ERR_INVALID_HTTP_RESPONSE" => "what it answers is no HTTP",
        code if code.starts_with("ERR_SSL_") || code.starts_with("ERR_BAD_SSL") => {
            "no sealed connection came about (TLS)"
        }
        code if code.contains("PROXY") || code.contains("TUNNEL") => "the proxy of this machine does not lead there",
        "" => reason,
        _ => "the browser gave it up",
    };
    let reason = if code.is_empty() { words.to_owned() } else { format!("{words}: net::{code}") };
    TransportError::Navigate { address, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_way_is_told_by_its_cause() {
        for (reason, words) in [
            ("net::ERR_CERT_AUTHORITY_INVALID", "authority = "),
            ("ERR_CERT_DATE_INVALID", "has expired"),
            ("net::ERR_CERT_COMMON_NAME_INVALID", "another name"),
            ("net::ERR_CERT_REVOKED", "not to be trusted"),
            ("unknown error: net::ERR_NAME_NOT_RESOLVED", "DNS"),
            ("net::ERR_CONNECTION_REFUSED", "nothing listens there: net::ERR_CONNECTION_REFUSED"),
            ("net::ERR_PROXY_CONNECTION_FAILED", "proxy"),
            ("net::ERR_SSL_PROTOCOL_ERROR", "TLS"),
            ("net::ERR_TOO_MANY_REDIRECTS", "more than 20 times"),
            ("the browser shows a page of its own", "a page of its own"),
        ] {
            let told = named("https://oa.example/", reason).to_string();
            assert!(told.contains(words), "{reason}: {told}");
        }
        let own = own_page("<p>ERR_INTERNET_DISCONNECTED</p><div>ERR_CONNECTION_REFUSED</div>");
        assert!(own.to_string().contains("nothing listens there"), "{own}");
    }

    #[test]
    fn a_route_is_no_other_page() {
        for (wanted, address, route) in [
            ("http://h/app#/list", "http://h/app#/list", true),
            ("http://h/app#/list", "http://h/app#/login", true),
            ("http://h/app", "http://h/app", false),
            ("http://h/file#x", "http://h/app", false),
            ("about:blank", "about:blank", true),
        ] {
            assert_eq!(is_route(wanted, address), route, "{wanted} {address}");
        }
    }

    #[test]
    fn kinds_that_are_no_page() {
        for kind in ["text/html", "text/plain; charset=gbk", "application/xhtml+xml", "application/json", ""] {
            assert!(is_readable(kind), "{kind}");
        }
        for kind in ["application/pdf", "image/png", "image/svg+xml", "application/zip", "video/mp4"] {
            assert!(!is_readable(kind), "{kind}");
        }
    }
}
