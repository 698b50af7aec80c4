//! A mild redesign of a system's pages: some of its own ids and classes renamed, wrappers around body and tables.
//!
//! Works on bytes, so that it fits every encoding: in UTF-8 as in GB18030 no byte of a longer character is one of those that
//! may stand before a name here.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::office::Office;

/// More than any page or asset of ours has.
const LONGEST: usize = 64 << 20;

/// Serves pages and own assets in the design that was asked for.
pub(super) async fn dress(State(office): State<Arc<Office>>, request: Request, next: Next) -> Response {
    let seed = office.trouble.redesign.load(Ordering::Relaxed);
    let own_asset = is_own_asset(request.uri().path(), office.system.name);
    let response = next.run(request).await;
    let is_page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if seed == 0 || !(is_page || own_asset) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let bytes = to_bytes(body, LONGEST).await.expect("our own pages are in memory and not that long");
    let mut dressed = rename(&bytes, &new_names(office.system.own, seed));
    if is_page && bytes.first() == Some(&b'<') {
        dressed = wrap(&dressed, seed);
    }
    head.headers.remove(header::CONTENT_LENGTH);
    // What a browser keeps must not outlive the design.
    head.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Response::from_parts(head, Body::from(dressed))
}

/// Whether `path` is a script or style of the system's own: those of frameworks stand in folders.
fn is_own_asset(path: &str, system: &str) -> bool {
    let own = path
        .strip_prefix("/static/")
        .and_then(|path| path.strip_prefix(system))
        .and_then(|path| path.strip_prefix('/'));
    own.is_some_and(|file| !file.contains('/'))
}

/// About half of the names, each with its new one.
fn new_names(own: &[&'static str], seed: u64) -> Vec<(&'static str, String)> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let renamed = own.iter().map(|&name| (rng.bool(), name, format!("{name}-{:03x}", rng.u32(..0x1000))));
    renamed.filter(|(chosen, ..)| *chosen).map(|(_, old, new)| (old, new)).collect()
}

/// Whether an id or class may begin after this byte: in an attribute, in a selector.
fn may_begin_after(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b' ' | b'#' | b'.')
}

fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/')
}

fn rename(bytes: &[u8], names: &[(&str, String)]) -> Vec<u8> {
    let mut renamed = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        renamed.push(byte);
        rest = after;
        if !may_begin_after(byte) {
            continue;
        }
        let fits = |(old, _): &&(&str, String)| {
            after.starts_with(old.as_bytes()) && after.get(old.len()).is_none_or(|&next| !in_name(next))
        };
        if let Some((old, new)) = names.iter().find(fits) {
            renamed.extend_from_slice(new.as_bytes());
            rest = &after[old.len()..];
        }
    }
    renamed
}

/// A wrapper inside the body, and one around each table.
fn wrap(page: &[u8], seed: u64) -> Vec<u8> {
    let open = format!("<div class=\"r{seed}-box\">");
    let mut wrapped = Vec::with_capacity(page.len() + 1000);
    let mut rest = page;
    while let Some(&byte) = rest.first() {
        let tag_length = || rest.iter().position(|&byte| byte == b'>').map_or(rest.len(), |at| at + 1);
        let (tag, after) = rest.split_at(if byte == b'<' { tag_length() } else { 1 });
        let is =
            |name: &str| tag.starts_with(name.as_bytes()) && !tag.get(name.len()).is_some_and(|&next| in_name(next));
        if is("<table") || is("</body") {
            wrapped.extend_from_slice(if is("</body") { b"</div>" } else { open.as_bytes() });
        }
        wrapped.extend_from_slice(tag);
        if is("<body") {
            wrapped.extend_from_slice(format!("<div class=\"r{seed}-page\" style=\"height:100%\">").as_bytes());
        } else if is("</table") {
            wrapped.extend_from_slice(b"</div>");
        }
        rest = after;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_names_are_renamed_everywhere_alike_and_other_words_stay() {
        let names = [("search", "search-1".to_owned()), ("login", "login-2".to_owned())];
        let page =
            br##"<a id="login" class="layui-icon-search x search" href="/login.do">login</a>#login, .search { }"##;
        let renamed = rename(page, &names);
        assert_eq!(
            String::from_utf8(renamed).unwrap(),
            r##"<a id="login-2" class="layui-icon-search x search-1" href="/login.do">login</a>#login-2, .search-1 { }"##
        );
    }

    #[test]
    fn body_and_tables_are_wrapped_in_any_encoding() {
        let (page, _, _) = encoding_rs::GB18030.encode("<body class=x>𠮷<table><tbody>柜</table></body>");
        let wrapped = wrap(&page, 7);
        assert_eq!(
            encoding_rs::GB18030.decode(&wrapped).0,
            "<body class=x><div class=\"r7-page\" style=\"height:100%\">𠮷<div class=\"r7-box\"><table><tbody>柜</table></div></div></body>"
        );
    }

    #[test]
    fn the_same_seed_renames_the_same() {
        let own = ["a", "b", "c", "d", "e", "f", "g", "h"];
        assert_eq!(new_names(&own, 3), new_names(&own, 3));
        assert_ne!(new_names(&own, 3), new_names(&own, 4));
    }
}
