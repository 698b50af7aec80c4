//! The text that an element shows: hidden parts left out, controls standing for what they hold.

use std::cell::LazyCell;

use ego_tree::iter::Edge;
use scraper::{ElementRef, Node};

use super::{
    control::{control_text, has_stand_in, is_control, is_stand_in, ticked},
    css::{ancestors, attr, classes, select},
    words::{key, normal},
};

/// What an element carries that nobody can see, by the browser or by the page's own sheets.
pub(super) const HIDDEN: &str = "data-queqiao-hidden";
/// What a control carries that is drawn as nothing: something else is shown for it, and it holds its value all the same.
pub(super) const CLEAR: &str = "data-queqiao-clear";
/// What the root carries where the browser has said what is hidden.
pub(super) const SEEN: &str = "data-queqiao-seen";

/// Letters of the longest thing that folds a text up.
const LONGEST_FOLD: usize = 12;

/// The text that an element shows, on one line. The element itself may be hidden: it was asked for.
pub(super) fn shown(element: ElementRef<'_>) -> String {
    if is_control(element) {
        return control_text(element);
    }
    if element.value().name() == "input" {
        return normal(element.attr("value").unwrap_or_default());
    }
    if let Some(text) = only_text(element) {
        return normal(text);
    }
    let text = normal(&lines_without(element, is_ornament).join(" "));
    if text.is_empty() { normal(&lines(element).join(" ")) } else { text }
}

/// The text of an element that holds nothing else, as most cells do.
fn only_text(element: ElementRef<'_>) -> Option<&str> {
    let only = element.first_child().filter(|child| child.next_sibling().is_none())?;
    only.value().as_text().map(|text| &**text)
}

/// The lines of text that an element shows: one per block or line break, not normalised.
pub(super) fn lines(element: ElementRef<'_>) -> Vec<String> {
    lines_without(element, |_| false)
}

/// The text that an element shows, with the line breaks that a page shows as they are written: those in `<pre>`, in a text area
/// and under `white-space: pre`. `None` where there are none of these.
pub(super) fn shown_in_lines(element: ElementRef<'_>) -> Option<String> {
    if !is_preformatted(element) && select(element, BROKEN).is_empty() {
        return None;
    }
    let mut text = String::new();
    let lines = if is_control(element) { control_lines(element) } else { lines_without(element, is_ornament) };
    for line in lines {
        text.push_str(&normal(&line));
        text.push(if line.ends_with('\n') { '\n' } else { ' ' });
    }
    Some(text.trim().to_owned())
}

/// What shows line breaks as they are written.
const BROKEN: &str = "pre, textarea, [style*='white-space']";

/// Whether an element shows line breaks as they are written, by itself or by what is around it.
pub(super) fn is_preformatted(element: ElementRef<'_>) -> bool {
    [element].into_iter().chain(ancestors(element)).find_map(breaks).unwrap_or(false)
}

/// Whether an element says how its line breaks are shown, and whether as they are written.
fn breaks(element: ElementRef<'_>) -> Option<bool> {
    let styled = attr(element, "style").and_then(|style| {
        let mut rules = style.split(';').filter_map(|rule| rule.split_once(':'));
        let space = rules.rfind(|(name, _)| name.trim().eq_ignore_ascii_case("white-space"))?;
        let value = space.1.trim().to_ascii_lowercase();
        Some(value.starts_with("pre") || value.starts_with("break-spaces"))
    });
    styled.or_else(|| matches!(element.value().name(), "pre" | "textarea").then_some(true))
}

/// The lines of a text area, each with its break; any other control as one line.
fn control_lines(control: ElementRef<'_>) -> Vec<String> {
    if control.value().name() != "textarea" {
        return vec![control_text(control)];
    }
    control.text().collect::<String>().lines().map(|line| format!("{line}\n")).collect()
}

/// Stand for a box in [`lines_with_boxes`]: letters that no page has a use for.
pub(super) const TICKED: char = '\u{f8fe}';
pub(super) const UNTICKED: char = '\u{f8ff}';

/// The same, with a sign for each box.
pub(super) fn lines_with_boxes(element: ElementRef<'_>) -> Vec<String> {
    flow(element, Controls::Boxes, usize::MAX, |_| false).unwrap_or_default()
}

fn lines_without(element: ElementRef<'_>, ornament: fn(ElementRef<'_>) -> bool) -> Vec<String> {
    flow(element, Controls::Shown, usize::MAX, ornament).unwrap_or_default()
}

/// The text of an element without what controls and buttons in it show; `None` when it has more than `most` letters.
pub(super) fn label_text(element: ElementRef<'_>, most: usize) -> Option<String> {
    flow(element, Controls::Out, most, |_| false).map(|lines| normal(&lines.join(" ")))
}

/// Whether the element is kept from sight by itself (not by what is around it).
pub(super) fn hidden(element: ElementRef<'_>) -> bool {
    let value = element.value();
    if matches!(value.name(), "script" | "style" | "template" | "noscript" | "head") {
        return true;
    }
    value.attrs().any(|(name, text)| match name {
        "hidden" => true,
        HIDDEN => !has_stand_in(element),
        "type" => value.name() == "input" && text.eq_ignore_ascii_case("hidden"),
        "style" => hides(text),
        "class" => text.split_ascii_whitespace().any(|class| hides_class(class, text)),
        _ => false,
    })
}

/// Whether a class of the common style sheets keeps an element from sight on a wide screen, or for all but screen readers.
fn hides_class(class: &str, all: &str) -> bool {
    match class {
        "layui-hide" | "hide" | "hidden" | "invisible" | "ng-hide" | "sr-only" | "visually-hidden"
        | "visuallyhidden" | "el-visually-hidden" | "screen-reader-text" | "visible-xs" | "visible-sm"
        | "d-md-none" | "d-lg-none" | "hidden-md" | "hidden-lg" => true,
        // Hidden on a phone only.
        "d-none" => {
            !all.contains("d-sm-") && !all.contains("d-md-") && !all.contains("d-lg-") && !all.contains("d-xl-")
        }
        _ => false,
    }
}

/// What folds a long text up or takes it along: pressed, it changes how the text is shown, and is no part of it.
pub(super) const FOLDS: &[&str] = &[
    "展开",
    "收起",
    "展开全部",
    "收起全部",
    "展开更多",
    "查看全部",
    "显示全部",
    "复制",
    "点击复制",
    "more",
    "less",
    "show more",
    "show less",
    "copy",
    "expand",
    "collapse",
];

/// Whether an element is such a thing, a control that something else is shown for, or a picture that a font draws.
fn is_ornament(element: ElementRef<'_>) -> bool {
    let value = element.value();
    if is_control(element) && attr(element, CLEAR).is_some() {
        return true;
    }
    let pressed = match value.name() {
        "button" => true,
        "a" => attr(element, "href").is_none_or(|href| href.starts_with('#') || href.starts_with("javascript:")),
        "span" | "em" | "b" | "div" => attr(element, "onclick").is_some() || attr(element, "role") == Some("button"),
        _ => false,
    };
    if pressed
        && label_text(element, LONGEST_FOLD).is_some_and(|text| FOLDS.contains(&key(&text).to_lowercase().as_str()))
    {
        return true;
    }
    let draws = |class: &str| class.starts_with("material-icons") || class.starts_with("material-symbols");
    if matches!(value.name(), "i" | "span") && classes(element).any(draws) {
        return true;
    }
    // A letter that no one can read, in an element made for icons.
    let icon = matches!(value.name(), "i" | "span" | "em") && classes(element).any(|class| class.contains("icon"));
    icon && {
        let text: String = element.text().collect();
        let mut letters = text.trim().chars();
        letters.next().is_some_and(is_drawn) && letters.next().is_none()
    }
}

/// Whether a letter is one that means what a font of icons draws for it.
pub(super) fn is_drawn(letter: char) -> bool {
    matches!(letter, '\u{e000}'..='\u{f8ff}')
}

/// Whether the element or anything around it is kept from sight.
pub(super) fn out_of_sight(element: ElementRef<'_>) -> bool {
    hidden(element) || ancestors(element).any(hidden)
}

/// The visible elements inside an element, itself included, in document order.
pub(super) fn visible<'a>(root: ElementRef<'a>) -> impl Iterator<Item = ElementRef<'a>> {
    let mut skipped = None;
    root.traverse().filter_map(move |edge| match edge {
        Edge::Open(node) if skipped.is_none() => {
            let element = ElementRef::wrap(node)?;
            if element != root && (hidden(element) || is_stand_in(element)) {
                skipped = Some(node.id());
                return None;
            }
            Some(element)
        }
        Edge::Close(node) if skipped == Some(node.id()) => {
            skipped = None;
            None
        }
        _ => None,
    })
}

/// Whether an element of this name starts and ends a line.
pub(super) fn breaks_line(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "br"
            | "caption"
            | "dd"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "legend"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "option"
            | "p"
            | "pre"
            | "section"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

fn hides(style: &str) -> bool {
    style.split(';').filter_map(|rule| rule.split_once(':')).any(|(property, value)| {
        let (property, value) = (property.trim(), value.trim());
        let is = |name: &str| property.eq_ignore_ascii_case(name);
        let says = |start: &str| value.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start));
        is("display") && says("none")
            || is("visibility") && says("hidden")
            // Drawn where nobody looks, or cut down to nothing.
            || (is("left") || is("top") || is("text-indent")) && says("-999")
            || is("clip") && (says("rect(0") || says("rect(1px"))
            || is("clip-path") && says("inset(50%")
    })
}

/// What becomes of controls in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Controls {
    /// They are left out, and buttons too.
    Out,
    /// They stand for what they hold.
    Shown,
    /// The same, and a sign stands for each box.
    Boxes,
}

/// The lines of a text while it is put together.
#[derive(Default)]
struct Lines {
    ended: Vec<String>,
    line: String,
}

impl Lines {
    fn end(&mut self) {
        if !self.line.trim().is_empty() {
            self.ended.push(std::mem::take(&mut self.line));
        }
        self.line.clear();
    }

    /// Adds a text, whose line breaks end lines where `kept`.
    fn add(&mut self, text: &str, kept: bool) {
        if !kept {
            self.line.push_str(text);
            return;
        }
        for piece in text.split_inclusive('\n') {
            self.line.push_str(piece);
            if piece.ends_with('\n') {
                self.end();
            }
        }
    }

    /// Adds what a control shows, with a sign for a box where `signs`.
    fn add_control(&mut self, control: ElementRef<'_>, signs: bool) {
        self.line.push(' ');
        for line in control_lines(control) {
            self.add(&line, true);
        }
        if let Some(ticked) = ticked(control).filter(|_| signs) {
            self.line.push(if ticked { TICKED } else { UNTICKED });
        }
        self.line.push(' ');
    }
}

/// Walks without recursion: a page may nest deeper than a thread's stack. `None` when there are more than `most` letters.
fn flow(
    root: ElementRef<'_>,
    controls: Controls,
    most: usize,
    ornament: fn(ElementRef<'_>) -> bool,
) -> Option<Vec<String>> {
    let mut lines = Lines::default();
    let mut letters = 0;
    let mut skipped = None;
    // Whether line breaks show as they are written: what elements within say, from the outside in, and else what is around them.
    let mut kept: Vec<bool> = Vec::new();
    let around = LazyCell::new(|| is_preformatted(root));
    for edge in root.traverse() {
        match edge {
            Edge::Close(node) if skipped == Some(node.id()) => skipped = None,
            _ if skipped.is_some() => {}
            Edge::Open(node) => match (node.value(), ElementRef::wrap(node)) {
                (Node::Text(text), _) => {
                    lines.add(text, text.contains('\n') && kept.last().copied().unwrap_or_else(|| *around));
                    letters += text.split_whitespace().map(|word| word.chars().count()).sum::<usize>();
                    if letters > most {
                        return None;
                    }
                }
                (_, Some(element)) => {
                    if breaks_line(element.value().name()) {
                        lines.end();
                    }
                    if element == root {
                        continue;
                    }
                    let control = is_control(element);
                    if control && controls != Controls::Out && !hidden(element) && !ornament(element) {
                        lines.add_control(element, controls == Controls::Boxes);
                    }
                    let left_out = controls == Controls::Out && matches!(element.value().name(), "button" | "input");
                    if control || left_out || hidden(element) || is_stand_in(element) || ornament(element) {
                        skipped = Some(node.id());
                    } else {
                        kept.extend(breaks(element));
                    }
                }
                _ => {}
            },
            Edge::Close(node) => {
                let Some(element) = ElementRef::wrap(node) else { continue };
                if breaks_line(element.value().name()) {
                    lines.end();
                }
                if !kept.is_empty() && element != root && breaks(element).is_some() {
                    kept.pop();
                }
            }
        }
    }
    lines.end();
    Some(lines.ended)
}
