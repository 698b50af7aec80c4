//! The pages for people, the district screen and the desk, and their files, which stand inside the executable.

use axum::{
    extract::{Path, RawQuery},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY},
    },
    response::{Html, IntoResponse, Redirect, Response},
};
use rust_embed::RustEmbed;

use super::{language, problem::Problem, query::Query};
use crate::base::{Message, hex};

#[derive(RustEmbed)]
#[folder = "src/web/assets"]
struct Assets;

/// `GET /`: there is only the screen to see yet.
pub async fn home() -> Redirect {
    Redirect::temporary("/screen")
}

/// `GET /screen`: the district screen, in the language asked for.
pub async fn screen(RawQuery(query): RawQuery, headers: HeaderMap) -> Result<Response, Problem> {
    Query::parse(query.as_deref(), &[])?;
    Ok(page("screen.html", "web-screen-title", query.as_deref(), &headers))
}

/// `GET /desk`: where a case stands, for window staff; `?no=` asks for a number at once.
pub async fn desk(RawQuery(query): RawQuery, headers: HeaderMap) -> Result<Response, Problem> {
    Query::parse(query.as_deref(), &["no"])?;
    Ok(page("desk.html", "web-desk-title", query.as_deref(), &headers))
}

fn page(name: &str, title: &'static str, query: Option<&str>, headers: &HeaderMap) -> Response {
    let lang = language::of(query, headers);
    let page = text(name).replace("{{lang}}", language::tag(lang)).replace("{{title}}", &Message::new(title).say(lang));
    let headers = [(VARY, "accept-language"), (CACHE_CONTROL, "no-cache")];
    (headers, Html(page)).into_response()
}

/// The text of a file that stands inside the executable.
pub fn text(name: &str) -> String {
    let file = Assets::get(name).expect("the page is part of the executable: a test reads it");
    String::from_utf8_lossy(&file.data).into_owned()
}

/// `GET /assets/…`: asked for again each time, sent again only when it changed.
pub async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let Some(file) = Assets::get(&path).filter(|_| !path.ends_with(".html")) else {
        let message = Message::new("web-not-found").with("path", format!("/assets/{path}"));
        return Err(Problem::new(StatusCode::NOT_FOUND, message));
    };
    let hash = hex(&file.metadata.sha256_hash()[..8]);
    let tag = format!("W/\"{hash}\"");
    let known = headers.get(IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let caching = [(ETAG, HeaderValue::try_from(tag).expect("hex is visible ASCII")), (CACHE_CONTROL, NO_CACHE)];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let kind = HeaderValue::try_from(file.metadata.mimetype()).expect("media types are visible ASCII");
    Ok((caching, [(CONTENT_TYPE, kind)], file.data).into_response())
}

/// Ask each time: a new version of the program is seen at once.
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_on_the_screen_comes_from_elsewhere() {
        for path in Assets::iter().filter(|path| !path.starts_with("vendor/")) {
            let text = String::from_utf8(Assets::get(&path).unwrap().data.into_owned()).unwrap();
            let text = text.replace("http://www.w3.org/", "");
            assert!(!text.contains("://") && !text.contains("@import"), "{path} names another place");
        }
    }

    #[test]
    fn every_vendored_file_has_its_licence() {
        for name in ["vendor/echarts.LICENSE", "vendor/echarts.NOTICE", "vendor/barlow.LICENSE"] {
            assert!(Assets::get(name).is_some(), "{name} is missing");
        }
    }

    #[test]
    fn both_languages_of_the_screen_have_the_same_words() {
        let words = String::from_utf8(Assets::get("words.js").unwrap().data.into_owned()).unwrap();
        let (_, after) = words.split_once("  zh: {").unwrap();
        let (chinese, english) = after.split_once("  en: {").unwrap();
        let key = regex::Regex::new(r"(?m)(?:^\s+|, )(\w+): '").unwrap();
        let keys =
            |text| key.captures_iter(text).map(|found| found[1].to_owned()).collect::<std::collections::BTreeSet<_>>();
        let (chinese, english) = (keys(chinese), keys(english));
        assert!(chinese.len() > 50);
        assert_eq!(chinese.difference(&english).collect::<Vec<_>>(), Vec::<&String>::new());
        // What English has more of are names of statuses, which the hub says in Chinese.
        assert!(english.difference(&chinese).all(|key| key.starts_with("status_")));
    }
}
