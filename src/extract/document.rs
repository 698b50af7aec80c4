//! A page as it can be looked into: HTML or JSON.

use scraper::Html;
use serde_json::Value;

use super::css;

/// A page as it can be looked into.
#[derive(Debug)]
pub enum Document {
    /// A page for people.
    Html(Html),
    /// An answer for scripts.
    Json(Value),
}

impl Document {
    /// Parses the text of a page; `hint` is its content type, where one is known.
    ///
    /// It is JSON when it looks and parses like JSON whatever it calls itself (systems answer with JSON that they label
    /// HTML), also in a browser's view of it (`<pre>`); otherwise HTML.
    pub fn parse(text: &str, hint: Option<&str>) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        let called_json = hint.is_some_and(|hint| hint.to_ascii_lowercase().contains("json"));
        if let Some(value) = json(text, called_json) {
            return Self::Json(value);
        }
        let html = Html::parse_document(text);
        match json_view(&html) {
            Some(value) => Self::Json(value),
            None => Self::Html(html),
        }
    }
}

fn json(text: &str, called_json: bool) -> Option<Value> {
    if called_json || text.trim_start().starts_with(['{', '[']) { serde_json::from_str(text).ok() } else { None }
}

/// What a browser shows where the answer was JSON: one `<pre>` and nothing else to read.
fn json_view(html: &Html) -> Option<Value> {
    let pre = match css::select(html.root_element(), "body > pre").as_slice() {
        [pre] => pre.text().collect::<String>(),
        _ => return None,
    };
    let body: String = css::select(html.root_element(), "body").first()?.text().collect();
    if body.trim() == pre.trim() { json(&pre, false) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_known_by_its_looks_and_html_by_the_rest() {
        let is_json = |text: &str, hint| matches!(Document::parse(text, hint), Document::Json(_));
        assert!(is_json("\u{feff} {\"code\":401}", Some("text/html")));
        assert!(is_json("null", Some("application/json; charset=utf-8")));
        assert!(is_json("<html><body><pre>[1]</pre><div class='json-formatter-container'></div></body></html>", None));
        assert!(!is_json("{not json}", None));
        assert!(!is_json("<pre>[1]</pre><p>more</p>", None));
        assert!(!is_json("", Some("application/json")));
    }
}
