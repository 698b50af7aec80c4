//! CSS, compiled once per thread.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use scraper::{ElementRef, Selector};

/// Selectors kept per thread; more than all adapters of a district have, so that only reloading adapters ever reaches it.
const MOST_KEPT: usize = 4096;

thread_local! {
    static COMPILED: RefCell<HashMap<String, Rc<Selector>>> = RefCell::default();
}

/// The selector that `css` says. It has to be CSS: adapters are checked when they are loaded.
pub(super) fn selector(css: &str) -> Rc<Selector> {
    COMPILED.with_borrow_mut(|compiled| {
        if let Some(selector) = compiled.get(css) {
            return selector.clone();
        }
        if compiled.len() >= MOST_KEPT {
            compiled.clear();
        }
        let selector = Rc::new(Selector::parse(css).expect("a locator's CSS was checked when it was parsed"));
        compiled.insert(css.to_owned(), selector.clone());
        selector
    })
}

/// The elements inside `scope` that match, in document order.
pub(super) fn select<'a>(scope: ElementRef<'a>, css: &str) -> Vec<ElementRef<'a>> {
    scope.select(&selector(css)).collect()
}

/// An attribute of the element, found without the look-up of its name in a table of all names that scraper's own way costs.
pub(super) fn attr<'a>(element: ElementRef<'a>, name: &str) -> Option<&'a str> {
    element.value().attrs().find_map(|(own, text)| (own == name).then_some(text))
}

/// The classes of the element, likewise.
pub(super) fn classes<'a>(element: ElementRef<'a>) -> impl Iterator<Item = &'a str> {
    attr(element, "class").unwrap_or_default().split_ascii_whitespace()
}

/// Whether the element has this class.
pub(super) fn has_class(element: ElementRef<'_>, class: &str) -> bool {
    classes(element).any(|has| has == class)
}

/// The element around this one.
pub(super) fn parent(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    element.parent().and_then(ElementRef::wrap)
}

/// The elements around this one, from the inside out.
pub(super) fn ancestors(element: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    element.ancestors().filter_map(ElementRef::wrap)
}

/// The next element with the same parent.
pub(super) fn next_element(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    element.next_siblings().find_map(ElementRef::wrap)
}

/// The element of the same document with this id.
pub(super) fn by_id<'a>(near: ElementRef<'a>, id: &str) -> Option<ElementRef<'a>> {
    near.tree().root().descendants().filter_map(ElementRef::wrap).find(|element| element.value().id() == Some(id))
}
