//! What can be pressed and shows a text.

use scraper::ElementRef;

use super::{
    css::{ancestors, select},
    shown::{out_of_sight, shown},
    words::key,
};

/// What is made to be pressed.
const PRESSABLE: &str = "button, a, summary, input[type=submit], input[type=button], input[type=reset], input[type=image], \
     [role=button], [role=link], [role=menuitem], [role=tab], [role=option]";

/// What a page has made pressable.
const MADE_PRESSABLE: &str = "[onclick], [lay-event], [lay-submit], [lay-filter], [data-toggle], [data-bs-toggle], [tabindex], \
     [class*=btn], [class*=button], [class*=click], [class*=link], li";

/// What can be pressed and shows exactly this text: made for it, or made so by the page; else whatever shows it.
/// Of things inside each other, the innermost.
pub(super) fn pressable<'a>(scope: ElementRef<'a>, text: &str) -> Vec<ElementRef<'a>> {
    let wanted = key(text);
    let named = |css: &str| {
        let shows = |element: &ElementRef<'a>| says(*element) == wanted && !out_of_sight(*element);
        innermost(select(scope, css).into_iter().filter(shows).collect())
    };
    let mut found = named(PRESSABLE);
    // Part of a button, or a frame around it, is no second thing to press.
    let others: Vec<_> =
        named(MADE_PRESSABLE).into_iter().filter(|one| !found.iter().any(|own| nested(*one, *own))).collect();
    found.extend(others);
    if found.is_empty() { named("*") } else { found }
}

/// The visible elements that show this text, alone or within more; of elements inside each other, the innermost.
pub(super) fn showing<'a>(scope: ElementRef<'a>, text: &str) -> Vec<ElementRef<'a>> {
    let wanted = key(text);
    let shows = |element: &ElementRef<'a>| says(*element).contains(&wanted);
    let mut innermost = Vec::new();
    let mut pending = vec![scope];
    while let Some(element) = pending.pop() {
        if !shows(&element) || out_of_sight(element) {
            continue;
        }
        let inner: Vec<_> = element.child_elements().filter(|child| !out_of_sight(*child) && shows(child)).collect();
        if inner.is_empty() {
            innermost.push(element);
        }
        pending.extend(inner.into_iter().rev());
    }
    innermost
}

/// What an element shows, or else what it is called, as a key.
pub(super) fn says(element: ElementRef<'_>) -> String {
    let shown = shown(element);
    let named = if shown.is_empty() { element.attr("aria-label").or(element.attr("title")) } else { None };
    key(named.unwrap_or(&shown))
}

fn innermost(elements: Vec<ElementRef<'_>>) -> Vec<ElementRef<'_>> {
    let around = |one: ElementRef<'_>| elements.iter().any(|other| ancestors(*other).any(|node| node == one));
    elements.iter().copied().filter(|one| !around(*one)).collect()
}

/// Whether one of the two is the other or lies inside it.
fn nested(one: ElementRef<'_>, other: ElementRef<'_>) -> bool {
    one == other || ancestors(one).any(|around| around == other) || ancestors(other).any(|around| around == one)
}
