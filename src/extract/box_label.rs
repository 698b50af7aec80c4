//! Labels of boxes: whether a label speaks of the box that it names, or of the text that stands beside it, as a person sees it.
//!
//! A box says yes or no. A title beside a box that selects its row is no answer to that: where both may be meant, both are found,
//! and whoever reads is told.

use scraper::ElementRef;

use super::{
    control::{controls, is_checkbox},
    css::{ancestors, next_element, parent},
    label::{Holder, Sureness, VALUES, beside, beside_cell, named_by},
    shown::{breaks_line, label_text, out_of_sight},
    words::{ends_with_colon, key},
};

/// Words beside a box that only say what it says when it is ticked.
const ANSWERS: &[&str] = &[
    "是",
    "否",
    "有",
    "无",
    "开",
    "关",
    "同意",
    "不同意",
    "已",
    "未",
    "启用",
    "停用",
    "选中",
    "勾选",
    "yes",
    "no",
    "on",
    "off",
    "true",
    "false",
    "enabled",
    "disabled",
    "agree",
];

/// The one checkbox of an element that holds no other control.
pub(super) fn lone_boxes(element: ElementRef<'_>) -> Vec<ElementRef<'_>> {
    match controls(element).as_slice() {
        [only] if is_checkbox(*only) => vec![*only],
        _ => Vec::new(),
    }
}

/// What belongs to a label for whoever reads it: instead of a box, or beside it, the text that people see there.
pub(super) fn seen_beside<'a>(
    label: ElementRef<'a>,
    found: Vec<(Sureness, Holder<'a>)>,
) -> Vec<(Sureness, Holder<'a>)> {
    if let Some(named) = named_by(label).filter(|named| is_checkbox(*named)) {
        return of_named(label, named, found);
    }
    let with_words = found.into_iter().flat_map(|(sureness, holder)| {
        let words = match &holder {
            Holder::Element(element) if *element != label => words_beside(label, *element),
            _ => None,
        };
        [Some((sureness, holder)), words.map(|words| (sureness, Holder::Text(words)))].into_iter().flatten()
    });
    with_words.collect()
}

/// What belongs to a label that names a checkbox.
fn of_named<'a>(
    label: ElementRef<'a>,
    named: ElementRef<'a>,
    found: Vec<(Sureness, Holder<'a>)>,
) -> Vec<(Sureness, Holder<'a>)> {
    let cell = ancestors(label).find(|around| matches!(around.value().name(), "td" | "th" | "dt"));
    let alone = cell.filter(|cell| says_the_same(*cell, label) && !holds(*cell, named));
    let held = |holder: &Holder<'a>| matches!(holder, Holder::Element(element) if holds(*element, named));
    let of_cell = |cell: ElementRef<'a>| match cell.value().name() {
        "dt" => next_element(cell).map(Holder::Element),
        _ => beside_cell(cell).map(|(_, value)| value),
    };
    if let Some(value) = alone.and_then(of_cell) {
        // The cell is a label as well, and finds by itself what stands beside it.
        return if held(&value) { words_too(label, named, found, &value) } else { Vec::new() };
    }
    let Some((_, value)) = beside(label) else { return found };
    if held(&value) {
        return words_too(label, named, found, &value);
    }
    // The label may stand in a block of its own, with the box in the next one.
    if next_element(around_alone(label)).is_some_and(|next| holds(next, named)) {
        return found;
    }
    let other = match &value {
        Holder::Element(element) => controls(*element).is_empty(),
        Holder::Text(_) => true,
        Holder::Boxes(_) => false,
    };
    match (other, is_caption(label, named)) {
        (true, false) => vec![(Sureness::Stated, value)],
        (true, true) if is_value(label, &value) => [found, vec![(Sureness::Stated, value)]].concat(),
        _ => found,
    }
}

/// The box, and the words that stand beside it where the value is.
fn words_too<'a>(
    label: ElementRef<'a>,
    named: ElementRef<'a>,
    found: Vec<(Sureness, Holder<'a>)>,
    value: &Holder<'a>,
) -> Vec<(Sureness, Holder<'a>)> {
    let Holder::Element(element) = value else { return found };
    let words = if *element == named { None } else { words_beside(label, *element) };
    [found, words.map(|words| (Sureness::Stated, Holder::Text(words))).into_iter().collect()].concat()
}

/// The words beside the one checkbox of a value, where they are more than an answer and no repetition of the label.
fn words_beside(label: ElementRef<'_>, value: ElementRef<'_>) -> Option<String> {
    let boxes = lone_boxes(value);
    boxes.first().filter(|only| **only != value)?;
    let words = label_text(value, usize::MAX)?;
    let (said, name) = (key(&words), label_text(label, usize::MAX).map(|name| key(&name)));
    let answers = said.is_empty() || ANSWERS.contains(&said.to_lowercase().as_str()) || Some(&said) == name.as_ref();
    (!answers).then_some(words)
}

/// The outermost element that shows nothing but the label.
fn around_alone(label: ElementRef<'_>) -> ElementRef<'_> {
    let alone = |around: &ElementRef<'_>| says_the_same(*around, label) && controls(*around).is_empty();
    ancestors(label).take_while(alone).last().unwrap_or(label)
}

fn says_the_same(cell: ElementRef<'_>, label: ElementRef<'_>) -> bool {
    label_text(cell, usize::MAX).map(|text| key(&text)) == label_text(label, usize::MAX).map(|text| key(&text))
}

fn holds(element: ElementRef<'_>, inner: ElementRef<'_>) -> bool {
    element == inner || ancestors(inner).any(|around| around == element)
}

/// Whether a label is what a box in sight right before it, or in it, is called.
fn is_caption(label: ElementRef<'_>, named: ElementRef<'_>) -> bool {
    let before = next_element(named) == Some(label) || parent(named).and_then(next_element) == Some(label);
    (before || holds(label, named)) && !out_of_sight(named)
}

/// Whether what stands beside a label looks like the value of one.
fn is_value(label: ElementRef<'_>, value: &Holder<'_>) -> bool {
    let says = |element: ElementRef<'_>| label_text(element, 0).is_none();
    let Holder::Element(element) = value else { return ends_with_colon(&label.text().collect::<String>()) };
    let named = |class: &str| VALUES.iter().any(|part| class.to_ascii_lowercase().contains(part));
    says(*element)
        && (breaks_line(element.value().name())
            || element.value().classes().any(named)
            || ends_with_colon(&label.text().collect::<String>()))
}
