//! Fields to `application/x-www-form-urlencoded` and `multipart/form-data`.

use std::{borrow::Cow, cell::Cell};

use encoding_rs::Encoding;
use url::{Url, form_urlencoded::byte_serialize};

use crate::extract::ExtractError;

/// The fields as a form sends them in the page's encoding. Line ends become CR LF, as the standard says.
///
/// # Errors
/// When the encoding can't hold a character: a browser would send something else in its place.
pub fn encode(fields: &[(String, String)], encoding: &'static Encoding) -> Result<Vec<u8>, ExtractError> {
    let mut body = Vec::new();
    for (name, value) in fields {
        if !body.is_empty() {
            body.push(b'&');
        }
        for (text, sign) in [(name, None), (value, Some(b'='))] {
            body.extend(sign);
            let bytes = bytes(name, &with_line_ends(text), encoding)?;
            byte_serialize(&bytes).for_each(|piece| body.extend_from_slice(piece.as_bytes()));
        }
    }
    Ok(body)
}

/// The address that a page or an adapter writes as `written`, seen from `from`: what stands after its `?` goes out in `encoding`, all else in UTF-8, and
/// what is escaped already stays as it is. That is what browsers do with a link of a page in that encoding.
///
/// # Errors
/// [`ExtractError::Address`] where it is none, or has a character after the `?` that the encoding lacks; browsers would ask for
/// another text then.
pub fn address(from: &Url, written: &str, encoding: &'static Encoding) -> Result<Url, ExtractError> {
    let lacking = Cell::new(None);
    let wrong = |why: String| ExtractError::Address { address: written.to_owned(), why };
    let encode: &dyn Fn(&str) -> Cow<'_, [u8]> = &|text| {
        let (bytes, _, lossy) = encoding.encode(text);
        if lossy {
            lacking.set(text.chars().find(|letter| encoding.encode(letter.encode_utf8(&mut [0; 4])).2));
        }
        Cow::Owned(bytes.into_owned())
    };
    let joined = Url::options().base_url(Some(from)).encoding_override(Some(encode)).parse(written);
    let url = joined.map_err(|error| wrong(error.to_string()))?;
    match lacking.get() {
        None => Ok(url),
        Some(letter) => Err(wrong(format!(
            "after its `?` stands `{letter}`, which {} can't hold; if the system takes UTF-8 there, say query_charset = \"utf-8\"",
            encoding.name()
        ))),
    }
}

/// The same fields as a form in parts, with the kind of contents that names where the parts end. What is among `files` is sent
/// as a browser sends it when nobody has chosen a file.
///
/// # Errors
/// As [`encode`].
pub fn encode_parts(
    fields: &[(String, String)],
    files: &[String],
    encoding: &'static Encoding,
) -> Result<(String, Vec<u8>), ExtractError> {
    let within = |end: &String| fields.iter().any(|(name, value)| name.contains(end) || value.contains(end));
    let mut ends = (0..).map(|number: u64| format!("----FormPart{number:016x}"));
    let end = ends.find(|end| !within(end)).expect("no text holds all of them");
    let mut body = Vec::new();
    for (name, value) in fields {
        let (quoted, value) = (quoted(name), with_line_ends(value));
        let no_file = "; filename=\"\"\r\nContent-Type: application/octet-stream";
        let file = if files.contains(name) && value.is_empty() { no_file } else { "" };
        let head = format!("--{end}\r\nContent-Disposition: form-data; name=\"{quoted}\"{file}\r\n\r\n");
        body.extend(bytes(name, &head, encoding)?);
        body.extend(bytes(name, &value, encoding)?);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{end}--\r\n").bytes());
    Ok((format!("multipart/form-data; boundary={end}"), body))
}

/// The text in that encoding, or an error that names the field.
fn bytes(name: &str, text: &str, encoding: &'static Encoding) -> Result<Vec<u8>, ExtractError> {
    let (bytes, used, lossy) = encoding.encode(text);
    if lossy {
        Err(ExtractError::Encode { field: name.to_owned(), encoding: used.name() })
    } else {
        Ok(bytes.into_owned())
    }
}

/// A name between quotes, as the standard escapes it.
fn quoted(name: &str) -> String {
    with_line_ends(name).replace("\r\n", "%0D%0A").replace('"', "%22")
}

fn with_line_ends(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}
