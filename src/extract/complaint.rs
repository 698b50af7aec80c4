//! What a form says against what was entered, and which of its fields it means.

use scraper::ElementRef;

use super::{
    Document,
    css::{ancestors, attr, classes, selector},
    find::Scope,
    thing::{said, things},
};
use crate::adapter::Candidates;

/// One thing that a page says against a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The page's own words.
    pub words: String,
    /// The field that they stand at; none where they speak of the form as a whole.
    pub field: Option<String>,
}

/// What can be seen where complaints stand, in the page's order. `fields` are the form's things by name: a complaint belongs to
/// that field with which alone it stands together, or, where it stands apart (a bubble, a message), to the one that is marked.
pub fn complaints<'n>(
    at: &Candidates,
    document: &Document,
    fields: impl Iterator<Item = (&'n str, &'n Candidates)>,
) -> Vec<Complaint> {
    let scope = Scope::page(document);
    let found = at.0.iter().map(|locator| said(&scope, locator)).find(|found| !found.is_empty());
    let Some(found) = found else { return Vec::new() };
    let elements = |candidates| things(candidates, document).unwrap_or_default();
    let places: Vec<(&str, Vec<ElementRef<'_>>)> =
        fields.map(|(name, candidates)| (name, elements(candidates))).collect();
    let apart = marked(&places);
    let mut complaints: Vec<Complaint> = Vec::new();
    for (one, words) in found {
        let field = one.element().and_then(|element| beside(element, &places)).or(apart).map(str::to_owned);
        let complaint = Complaint { words, field };
        if !complaints.contains(&complaint) {
            complaints.push(complaint);
        }
    }
    complaints
}

/// The one field within the nearest ancestor that holds any.
fn beside<'n>(element: ElementRef<'_>, places: &[(&'n str, Vec<ElementRef<'_>>)]) -> Option<&'n str> {
    for around in ancestors(element) {
        let within =
            |places: &[ElementRef<'_>]| places.iter().any(|place| ancestors(*place).any(|above| above == around));
        let mut named = places.iter().filter(|(_, places)| within(places)).map(|(name, _)| *name);
        if let Some(first) = named.next() {
            return named.all(|other| other == first).then_some(first);
        }
    }
    None
}

/// The one field that the page marks as wrong.
fn marked<'n>(places: &[(&'n str, Vec<ElementRef<'_>>)]) -> Option<&'n str> {
    let is_marked = |(name, own): &&(&str, Vec<ElementRef<'_>>)| {
        let others = || places.iter().filter(|(other, _)| other != name).flat_map(|(_, places)| places);
        own.first().is_some_and(|place| {
            // As far around it as no other field stands.
            let alone =
                |around: &ElementRef<'_>| !others().any(|other| ancestors(*other).any(|above| above == *around));
            let around = ancestors(*place).take_while(alone).last().unwrap_or(*place);
            says_wrong(around) || around.select(&selector("*")).any(says_wrong)
        })
    };
    let mut named = places.iter().filter(is_marked).map(|(name, _)| *name);
    let first = named.next()?;
    named.all(|other| other == first).then_some(first)
}

/// Whether an element is marked as wrong, as the libraries do it.
fn says_wrong(element: ElementRef<'_>) -> bool {
    let says =
        |class: &str| class.ends_with("-invalid") || matches!(class, "has-error" | "is-error" | "layui-form-danger");
    attr(element, "aria-invalid") == Some("true") || classes(element).any(says)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::Locator;

    fn at(written: &str) -> Candidates {
        Candidates(vec![Locator::parse(written).unwrap()])
    }

    fn read(html: &str) -> Vec<(String, Option<String>)> {
        let document = Document::parse(html, Some("text/html"));
        let fields = [("applicant", at("label=申请人")), ("phone", at("label=联系电话"))];
        let fields = fields.iter().map(|(name, candidates)| (*name, candidates));
        complaints(&at(".error"), &document, fields).into_iter().map(|one| (one.words, one.field)).collect()
    }

    #[test]
    fn a_complaint_belongs_to_the_field_beside_it() {
        let item = |label: &str, error: &str| {
            format!(
                "<div class=item><label for=\"{label}\">{label}</label><input id=\"{label}\"><p class=error>{error}</p></div>"
            )
        };
        let html = format!("<form>{}{}</form>", item("申请人", ""), item("联系电话", "电话应为11位"));
        assert_eq!(read(&html), [("电话应为11位".to_owned(), Some("phone".to_owned()))]);
    }

    #[test]
    fn a_complaint_about_the_whole_form_names_no_field() {
        let fields = "<label for=a>申请人</label><input id=a><label for=b>联系电话</label><input id=b>";
        let html = format!("<form>{fields}<p class=error>该来源编号已登记</p></form>");
        assert_eq!(read(&html), [("该来源编号已登记".to_owned(), None)]);
        assert_eq!(read("<p class=error>系统繁忙</p>"), [("系统繁忙".to_owned(), None)]);
        assert_eq!(read(&format!("<form>{fields}<p class=error style=\"display:none\">必填</p></form>")), []);
    }

    #[test]
    fn a_complaint_in_a_bubble_belongs_to_the_field_that_is_marked() {
        let cell =
            |label: &str, class: &str| format!("<td>{label}：</td><td><span class='{class}'><input></span></td>");
        let (applicant, phone) = (cell("申请人", "textbox"), cell("联系电话", "textbox textbox-invalid"));
        let form =
            |first: &str, second: &str| format!("<table><tr>{first}{second}</tr></table><p class=error>不正确</p>");
        assert_eq!(read(&form(&applicant, &phone)), [("不正确".to_owned(), Some("phone".to_owned()))]);
        let both = form(&applicant.replace("'textbox'", "is-error"), &phone);
        assert_eq!(read(&both), [("不正确".to_owned(), None)]);
    }
}
