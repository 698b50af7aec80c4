//! Fields to `application/x-www-form-urlencoded`.

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
            let text = with_line_ends(text);
            let (bytes, used, lossy) = encoding.encode(&text);
            if lossy {
                return Err(ExtractError::Encode { field: name.clone(), encoding: used.name() });
            }
            byte_serialize(&bytes).for_each(|piece| body.extend_from_slice(piece.as_bytes()));
        }
    }
    Ok(body)
}

fn with_line_ends(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}
