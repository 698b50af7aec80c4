//! A form as a browser sends it: percent-encoded or in parts, in UTF-8 or in GB18030.

use std::collections::{BTreeMap, HashMap};

use axum::http::{HeaderMap, header};

use super::FIELDS;
use crate::sandbox::gb;

/// What a page's forms are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Writing {
    Utf8,
    Gb18030,
}

impl Writing {
    fn text(self, bytes: &[u8]) -> String {
        match self {
            Writing::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Writing::Gb18030 => gb::text(bytes),
        }
    }
}

/// What was sent.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct Sent {
    pub(in crate::sandbox) fields: HashMap<String, String>,
    /// The names of the files.
    pub(in crate::sandbox) files: Vec<String>,
}

impl Sent {
    pub(in crate::sandbox) fn read(headers: &HeaderMap, body: &[u8], writing: Writing) -> Sent {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if let Some((_, boundary)) = kind.split_once("boundary=").filter(|_| kind.starts_with("multipart/form-data")) {
            return parts(body, boundary.trim_matches('"'), writing);
        }
        let form = String::from_utf8_lossy(body);
        let fields = match writing {
            Writing::Gb18030 => gb::fields(&form),
            Writing::Utf8 => url::form_urlencoded::parse(form.as_bytes()).into_owned().collect(),
        };
        Sent { fields, files: Vec::new() }
    }

    /// What a field holds; empty for one that was not sent.
    pub(in crate::sandbox) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map(|value| value.trim()).unwrap_or_default()
    }

    /// All fields of a registration form, in the words that a person sees; empty where nothing was sent.
    pub(in crate::sandbox) fn fields_of_form(&self) -> BTreeMap<String, String> {
        let said = |name: &str| match name {
            "deficient" if matches!(self.field(name), "" | "否" | "false") => "否".to_owned(),
            "deficient" => "是".to_owned(),
            _ => self.field(name).replace("\r\n", "\n"),
        };
        FIELDS.map(|(_, name)| (name.to_owned(), said(name))).into()
    }
}

/// Reads a body in parts.
fn parts(body: &[u8], boundary: &str, writing: Writing) -> Sent {
    let mut sent = Sent::default();
    let between = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(&between.as_bytes()[2..]).unwrap_or_default();
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let Some(end) = find(part, between.as_bytes()) else { break };
        rest = &part[end + between.len()..];
        let Some(head) = find(part, b"\r\n\r\n").filter(|&head| head < end) else { continue };
        let (head, value) = (writing.text(&part[..head]), &part[head + 4..end]);
        let Some(name) = named(&head, "name") else { continue };
        match named(&head, "filename") {
            Some(file) if !file.is_empty() => sent.files.push(file),
            Some(_) => {}
            None => drop(sent.fields.insert(name, writing.text(value))),
        }
    }
    sent
}

/// The value of a parameter in the head of a part.
fn named(head: &str, name: &str) -> Option<String> {
    let (_, value) = head.split_once(&format!("; {name}=\""))?;
    let (value, _) = value.split_once('"')?;
    Some(value.replace("%22", "\"").replace("%0D%0A", "\n"))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_in_parts_reads_back_in_either_writing() {
        let text = "--b\r\nContent-Disposition: form-data; name=\"applicant\"\r\n\r\n王芳\r\n\
                    --b\r\nContent-Disposition: form-data; name=\"remark\"\r\n\r\n一\r\n二 --b\r\n\
                    --b\r\nContent-Disposition: form-data; name=\"materials\"; filename=\"申请.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n\r\n\r\n\
                    --b\r\nContent-Disposition: form-data; name=\"materials\"; filename=\"\"\r\n\r\n\r\n--b--\r\n";
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "multipart/form-data; boundary=b".parse().unwrap());
        for (body, writing) in [(text.as_bytes().to_vec(), Writing::Utf8), (gb::bytes(text), Writing::Gb18030)] {
            let sent = Sent::read(&headers, &body, writing);
            assert_eq!(sent.files, ["申请.pdf"]);
            let fields = sent.fields_of_form();
            assert_eq!((fields["applicant"].as_str(), fields["remark"].as_str()), ("王芳", "一\n二 --b"));
            assert_eq!((fields["deficient"].as_str(), fields["town"].as_str()), ("否", ""));
        }
    }
}
