//! Every address in the system's encoding; only the answer to what was asked is a page.

mod encodings;
mod house;
mod pages;

use std::sync::{Arc, Mutex};

use axum::{
    body::Body,
    http::{Response, StatusCode, Uri, header},
};
use encoding_rs::Encoding;

/// What was asked for, as it came: path and query.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<String>>>);

impl Asked {
    fn note(&self, uri: &Uri) -> String {
        let asked = uri.path_and_query().map_or_else(String::new, ToString::to_string);
        self.0.lock().expect("no request panics").push(asked.clone());
        asked
    }

    /// All that was asked for under that path.
    fn under(&self, path: &str) -> Vec<String> {
        let asked = self.0.lock().expect("no request panics");
        asked.iter().filter(|asked| asked.starts_with(path)).cloned().collect()
    }
}

/// A page in that encoding, which it says itself.
fn page(text: &str, encoding: &'static Encoding) -> Response<Body> {
    let label = encoding.name().to_ascii_lowercase();
    let whole = format!("<html><head><meta charset=\"{label}\"></head><body>{text}</body></html>");
    let (bytes, _, lossy) = encoding.encode(&whole);
    assert!(!lossy, "the page can be written");
    answer(200, &format!("text/html; charset={label}"), bytes.into_owned())
}

fn answer(status: u16, kind: &str, body: Vec<u8>) -> Response<Body> {
    let status = StatusCode::from_u16(status).expect("a status");
    let answer = Response::builder().status(status).header(header::CONTENT_TYPE, kind);
    answer.body(Body::from(body)).expect("an answer")
}

fn table(headers: &[&str], rows: &[&[&str]]) -> String {
    let line = |cells: &[&str], tag: &str| {
        let cells: String = cells.iter().map(|cell| format!("<{tag}>{cell}</{tag}>")).collect();
        format!("<tr>{cells}</tr>")
    };
    let rows: String = rows.iter().map(|row| line(row, "td")).collect();
    format!("<p>共 {} 条</p><table>{}{rows}</table>", rows.matches("<tr>").count(), line(headers, "th"))
}

/// The value of a parameter, decoded as that.
fn value(asked: &str, name: &str, encoding: &'static Encoding) -> Option<String> {
    let (_, query) = asked.split_once('?')?;
    let pair = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    let mut bytes = Vec::new();
    let mut rest = pair.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let (digits, behind) = rest.split_at(2);
                let digits = std::str::from_utf8(digits).expect("an escaped byte");
                bytes.push(u8::from_str_radix(digits, 16).expect("an escaped byte"));
                rest = behind;
            }
            byte => bytes.push(*byte),
        }
    }
    Some(encoding.decode_without_bom_handling(&bytes).0.into_owned())
}
