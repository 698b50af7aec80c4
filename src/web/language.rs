//! Which language a request asks for.

use axum::http::{HeaderMap, header::ACCEPT_LANGUAGE};

use crate::base::Lang;

/// `?lang=` first, then `Accept-Language`, else Chinese.
pub fn of(query: Option<&str>, headers: &HeaderMap) -> Lang {
    let asked = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find_map(|(name, value)| (name == "lang").then(|| value.parse().ok()).flatten());
    asked.or_else(|| accepted(headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?)).unwrap_or_default()
}

/// The tag that HTML and HTTP know the language by.
pub const fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    }
}

/// The language of the highest weight that we speak; of equal ones the first.
fn accepted(header: &str) -> Option<Lang> {
    let mut best: Option<(f32, Lang)> = None;
    for range in header.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let Some(Ok(lang)) = parts.next().map(str::parse::<Lang>) else { continue };
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
        if weight > 0.0 && best.is_none_or(|(highest, _)| weight > highest) {
            best = Some((weight, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_wins_over_the_header_and_weights_are_obeyed() {
        let mut headers = HeaderMap::new();
        assert_eq!(of(None, &headers), Lang::Zh);
        headers.insert(ACCEPT_LANGUAGE, "fr, zh;q=0.3, en-GB;q=0.8".parse().unwrap());
        assert_eq!(of(None, &headers), Lang::En);
        assert_eq!(of(Some("lang=zh"), &headers), Lang::Zh);
        assert_eq!(of(Some("lang=fr"), &headers), Lang::En);
        assert_eq!(accepted("en;q=0, de"), None);
    }
}
