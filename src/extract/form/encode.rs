//! Fields to `application/x-www-form-urlencoded` and `multipart/form-data`.

use encoding_rs::Encoding;
use url::form_urlencoded::byte_serialize;

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
