//! Pages and forms in GB18030 that call themselves gb2312, as many systems do.

use std::collections::HashMap;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use encoding_rs::GB18030;

/// `html` as the system sends it: the bytes are GB18030, the label says gb2312.
pub(super) fn page(html: &str) -> Response {
    let (bytes, _, _) = GB18030.encode(html);
    let headers = [(header::CONTENT_TYPE, "text/html; charset=gb2312"), (header::CACHE_CONTROL, "no-store")];
    (headers, bytes.into_owned()).into_response()
}

/// The fields of a query or form whose percent-encoded bytes are GB18030, as browsers send them from such pages.
pub(super) fn fields(form: &str) -> HashMap<String, String> {
    form.split('&')
        .filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            Some((decode(name), decode(value)))
        })
        .collect()
}

/// What these GB18030 bytes say.
pub(super) fn text(bytes: &[u8]) -> String {
    GB18030.decode_without_bom_handling(bytes).0.into_owned()
}

/// `text` in GB18030.
pub(super) fn bytes(text: &str) -> Vec<u8> {
    GB18030.encode(text).0.into_owned()
}

/// `text` as a value of a query: its GB18030 bytes, percent-encoded.
pub(super) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(&GB18030.encode(text).0).collect()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        bytes.push(match (first, hex(tail)) {
            (b'%', Some(byte)) => {
                rest = &tail[2..];
                byte
            }
            (b'+', _) => b' ',
            (other, _) => *other,
        });
    }
    self::text(&bytes)
}

fn hex(text: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(text.get(..2)?).ok()?;
    u8::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browsers_form_reads_back() {
        let fields = fields("keyword=%C8%A1%CB%AE+1&page=2&odd=100%"); // 取水 in GBK
        assert_eq!(fields["keyword"], "取水 1");
        assert_eq!(fields["page"], "2");
        assert_eq!(fields["odd"], "100%");
        assert_eq!(super::fields(&format!("name={}", encoded("王𠮷 +&")))["name"], "王𠮷 +&");
    }
}
