//! What CSS led to on a page, for the next page that is built like it.
//!
//! Signs are asked of every page, and most of them are nowhere: to know that, all elements have to be gone through. On a page that differs
//! from the one before in nothing but words and attributes' values the same elements fit, unless such a value is one that the CSS speaks of.

use ego_tree::NodeId;

/// CSS that was asked of a whole page, with all elements that fit it.
#[derive(Debug, Default)]
pub(super) struct Selected(Vec<(String, Vec<NodeId>)>);

/// CSS kept per tree; an adapter has less for one page.
const MOST_KEPT: usize = 64;

impl Selected {
    /// The elements that fit.
    pub(super) fn get(&self, css: &str) -> Option<&[NodeId]> {
        self.0.iter().find_map(|(kept, elements)| (kept == css).then_some(elements.as_slice()))
    }

    /// Remembers them.
    pub(super) fn put(&mut self, css: &str, elements: Vec<NodeId>) {
        // What is written with escapes may name an attribute in other letters.
        if self.0.len() < MOST_KEPT && !css.contains('\\') {
            self.0.push((css.to_owned(), elements));
        }
    }

    /// Forgets what may fit other elements now that an attribute of this name has another value somewhere.
    pub(super) fn forget(&mut self, attribute: &str) {
        self.0.retain(|(css, _)| !speaks_of(css, attribute));
    }
}

/// Whether CSS may ask for the value of this attribute.
fn speaks_of(css: &str, attribute: &str) -> bool {
    let sign = match attribute {
        "class" => Some('.'),
        "id" => Some('#'),
        _ => None,
    };
    sign.is_some_and(|sign| css.contains(sign)) || css.to_ascii_lowercase().contains(&attribute.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;
    use scraper::{ElementRef, Html};

    use super::super::{
        css::select,
        document::Document,
        lean::tests::{reworded, saved, times},
    };

    /// CSS as adapters have it, by every kind of thing that it may ask for.
    const CSS: &[&str] = &[
        "td",
        "#kicked",
        ".login-form",
        "form[action*=login]",
        "a[href^='/case/']",
        "input[value='12']",
        "[TITLE='12']",
        "[class~=x]",
        "[id='x']",
        "[alt='\\31 2']",
        "p:empty",
        "td:not(.x) > a",
        "tr:nth-child(2) td, .x",
        "[data-id='12']",
    ];

    /// Words that these ask for, and others.
    const WORDS: &[&str] = &["12", "x", "kicked", "login-form", "/case/12", "/login", "", "y", "九曲街道"];

    /// Pages after each that is made up or saved.
    const PAGES: usize = 12;

    /// A page on which all of it may stand.
    const MADE: &str = "<html><head></head><body id=\"y\"><form action=\"/x\" class=\"y\"><input value=\"1\" title=\"1\" alt=\"1\"></form>\
        <table><tr><td class=\"y\"><a href=\"/x\" data-id=\"1\">1</a></td></tr><tr><td id=\"z\" class=\"y\">2</td></tr></table>\
        <p>1</p><p></p></body></html>";

    #[test]
    fn css_fits_what_it_would_fit_without_a_page_before() {
        let mut random = Rng::with_seed(11);
        let (mut known, mut asked) = (0, 0);
        for first in saved().into_iter().chain((0..times(200)).map(|_| MADE.to_owned())) {
            let mut page = first.replace("\r\n", "\n").replace('\r', "\n");
            for _ in 0..PAGES {
                let document = Document::parse(&page, None);
                let Document::Html(markup) = &document else { break };
                let whole = Html::parse_document(&page);
                for css in CSS {
                    asked += 1;
                    known += usize::from(markup.selected(css).is_some());
                    let here: Vec<_> = markup.select(css).into_iter().map(|element| place(markup, element)).collect();
                    let alone: Vec<_> =
                        select(whole.root_element(), css).into_iter().map(|element| place(&whole, element)).collect();
                    assert_eq!(here, alone, "{css} of {page:?}");
                }
                page = reworded(&page, WORDS, &mut random);
            }
        }
        println!("{known} of {asked} were known from the page before");
        assert!(known * 10 > asked, "{known} of {asked}");
    }

    /// The place of an element in the page.
    fn place(page: &Html, element: ElementRef<'_>) -> Option<usize> {
        page.root_element().descendent_elements().position(|own| own == element)
    }
}
