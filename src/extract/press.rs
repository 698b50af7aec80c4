//! What can be pressed and shows a text.

use scraper::ElementRef;

use super::{
    css::select,
    shown::{out_of_sight, shown},
    words::key,
};

/// What is made to be pressed.
const PRESSABLE: &str = "button, a, summary, input[type=submit], input[type=button], input[type=reset], input[type=image], \
     [role=button], [role=link], [role=menuitem], [role=tab], [role=option]";

/// What a page has made pressable.
const MADE_PRESSABLE: &str = "[onclick], [lay-event], [lay-submit], [lay-filter], [data-toggle], [data-bs-toggle], [tabindex], \
     [class*=btn], [class*=button], [class*=click], [class*=link], li";

/// What can be pressed and shows exactly this text: things made for it; else things made pressable; else whatever shows it.
/// Of things inside each other, the innermost.
pub(super) fn pressable<'a>(scope: ElementRef<'a>, text: &str) -> Vec<ElementRef<'a>> {
    let wanted = key(text);
    for css in [PRESSABLE, MADE_PRESSABLE, "*"] {
        let named =
            select(scope, css).into_iter().filter(|element| says(*element) == wanted && !out_of_sight(*element));
        let found: Vec<_> = named.collect();
        if !found.is_empty() {
            let around =
                |one: ElementRef<'a>| found.iter().any(|other| other.ancestors().any(|node| node.id() == one.id()));
            return found.iter().copied().filter(|one| !around(*one)).collect();
        }
    }
    Vec::new()
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

fn says(element: ElementRef<'_>) -> String {
    let shown = shown(element);
    let named = if shown.is_empty() { element.attr("aria-label").or(element.attr("title")) } else { None };
    key(named.unwrap_or(&shown))
}
