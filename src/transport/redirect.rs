//! Where an answer of the 3xx kind leads.

use reqwest::{Response, StatusCode, header::LOCATION};
use url::Url;

/// Whether a redirect wants the same to be asked at the other address. Browsers make a GET of everything else.
pub(super) fn keeps_method(status: StatusCode) -> bool {
    matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT)
}

/// Where an answer leads; the error says why that can't be followed.
pub(super) fn redirect(answer: &Response) -> Result<Url, String> {
    let leads = [
        StatusCode::MOVED_PERMANENTLY,
        StatusCode::FOUND,
        StatusCode::SEE_OTHER,
        StatusCode::TEMPORARY_REDIRECT,
        StatusCode::PERMANENT_REDIRECT,
    ];
    let place = answer.headers().get(LOCATION).map(|place| escaped(place.as_bytes()));
    let said = place.as_ref().map_or_else(|| "no place".to_owned(), |place| format!("`{place}`"));
    if !leads.contains(&answer.status()) {
        return Err(format!("it is no page, and names {said} to go on to"));
    }
    let place = place.ok_or_else(|| "it does not say where to (no Location)".to_owned())?;
    let next = answer.url().join(&place).map_err(|error| format!("{said} is no address: {error}"))?;
    if matches!(next.scheme(), "http" | "https") {
        Ok(next)
    } else {
        Err(format!("{said} is for another program than a browser"))
    }
}

/// An address whose letters outside of ASCII stand as the bytes that came: old servers write them unescaped, in UTF-8 or in GBK, and
/// know them again only so.
fn escaped(place: &[u8]) -> String {
    let mut plain = String::with_capacity(place.len());
    for byte in place {
        if byte.is_ascii() {
            plain.push(char::from(*byte));
        } else {
            plain.push_str(&format!("%{byte:02X}"));
        }
    }
    plain
}
