//! What belongs to a label, in the many ways that pages say it.

use std::collections::HashMap;

use scraper::ElementRef;

use super::{
    control::{controls, is_control},
    css::{by_id, next_element, parent},
    header::cells_of,
    shown::{breaks_line, hidden, label_text, lines, shown},
    words::{chinese, ends_with_colon, key, normal},
};

/// Letters of the longest text that is looked at as a label.
const LONGEST_LABEL: usize = 60;

/// Words of the longest label within a line.
const MOST_WORDS: usize = 8;

/// What stands before the name in the grey hint of an empty field.
const HINTS: &[&str] = &["请输入", "请填写", "请选择", "请录入", "输入", "Enter ", "Please enter "];

/// What belongs to a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Holder<'a> {
    /// An element: a control, a cell, a block.
    Element(ElementRef<'a>),
    /// A text in a line.
    Text(String),
}

/// How surely something belongs to a label; the surest kind that is there holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sureness {
    /// The page says so itself: `<label for>`, `th`/`td`, `dt`/`dd`, aria.
    Stated,
    /// It stands beside something that calls itself a label or ends with a colon.
    Beside,
    /// The label's text is all that a block shows beside its control.
    Around,
    /// Two elements are a pair without saying which is what.
    Paired,
    /// A line reads "label: value".
    Line,
    /// The field's own hint.
    Hint,
}

/// The labels inside one element, found once.
pub(super) struct Labels<'a> {
    scope: ElementRef<'a>,
    by_key: HashMap<String, Vec<Label<'a>>>,
}

#[derive(Clone, Copy)]
struct Label<'a> {
    element: ElementRef<'a>,
    /// It, or something around it, is kept from sight: an inactive tab.
    hidden: bool,
}

impl<'a> Labels<'a> {
    /// Looks at every short text in `scope`.
    pub(super) fn of(scope: ElementRef<'a>) -> Self {
        let mut by_key: HashMap<String, Vec<Label<'a>>> = HashMap::new();
        for (element, hidden) in elements(scope) {
            if is_control(element) {
                continue;
            }
            if let Some(text) = label_text(element, LONGEST_LABEL).map(|text| key(&text)).filter(|key| !key.is_empty())
            {
                by_key.entry(text).or_default().push(Label { element, hidden });
            }
        }
        Self { scope, by_key }
    }

    /// What belongs to the label; several where the page has several such labels of the surest kind. With `seen_only`,
    /// nothing that is kept from sight.
    pub(super) fn find(&self, label: &str, seen_only: bool) -> Vec<Holder<'a>> {
        let wanted = key(label);
        let mut found: Vec<(bool, Sureness, Holder<'a>)> = Vec::new();
        for label in self.by_key.get(&wanted).into_iter().flatten() {
            let belonging = belongs(label.element);
            found.extend(belonging.into_iter().map(|(sureness, holder)| (label.hidden, sureness, holder)));
        }
        for (element, hidden) in elements(self.scope) {
            found.extend(
                self.named_by_itself(element, &wanted).map(|sureness| (hidden, sureness, Holder::Element(element))),
            );
        }
        found.retain(|(hidden, ..)| !(seen_only && *hidden));
        if found.is_empty() {
            let lines = lines(self.scope).into_iter().filter_map(|line| value_in(&line, &wanted));
            found.extend(lines.map(|value| (false, Sureness::Line, Holder::Text(value))));
        }
        let surest = found.iter().map(|(hidden, sureness, _)| (*hidden, *sureness)).min();
        let mut holders: Vec<Holder<'a>> = Vec::new();
        for (hidden, sureness, holder) in found {
            if Some((hidden, sureness)) == surest && !holders.contains(&holder) {
                holders.push(holder);
            }
        }
        holders
    }

    /// What is clearly a label, as keys, for an error: a cell that may hold somebody's data is not named.
    pub(super) fn names(&self) -> Vec<&str> {
        let clearly = |label: &Label<'_>| {
            let element = label.element;
            matches!(element.value().name(), "th" | "dt") || calls_itself_label(element)
        };
        let named = self
            .by_key
            .iter()
            .filter(|(_, labels)| labels.iter().any(|label| clearly(label) && !belongs(label.element).is_empty()));
        let mut names: Vec<&str> = named.map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names
    }

    /// Whether an element carries the label in its own attributes.
    fn named_by_itself(&self, element: ElementRef<'a>, wanted: &str) -> Option<Sureness> {
        let says = |attribute: &str| element.attr(attribute).is_some_and(|text| key(text) == wanted);
        if says("aria-label") {
            return Some(Sureness::Stated);
        }
        if let Some(ids) = element.attr("aria-labelledby") {
            let named: Vec<_> = ids.split_whitespace().filter_map(|id| by_id(element, id)).map(shown).collect();
            if key(&named.join(" ")) == wanted {
                return Some(Sureness::Stated);
            }
        }
        let hint = element.attr("placeholder").filter(|_| is_control(element)).map(key)?;
        let bare = HINTS.iter().find_map(|start| hint.strip_prefix(start)).unwrap_or(&hint);
        (hint == wanted || bare == wanted).then_some(Sureness::Hint)
    }
}

/// Every element that may be or carry a label, with whether it is out of sight.
fn elements<'a>(scope: ElementRef<'a>) -> Vec<(ElementRef<'a>, bool)> {
    let mut elements = Vec::new();
    let mut pending = vec![(scope, false)];
    while let Some((element, around)) = pending.pop() {
        let out_of_sight = around || (element != scope && hidden(element));
        elements.push((element, out_of_sight));
        let inner = element.child_elements().filter(|child| {
            let name = child.value().name();
            !matches!(name, "script" | "style" | "template" | "noscript" | "head" | "option" | "button" | "svg")
        });
        let first = pending.len();
        pending.extend(inner.map(|child| (child, out_of_sight)));
        pending[first..].reverse();
    }
    elements
}

/// What belongs to an element that shows nothing but the label.
fn belongs<'a>(label: ElementRef<'a>) -> Vec<(Sureness, Holder<'a>)> {
    let name = label.value().name();
    if let Some(named) = label.attr("for").filter(|_| name == "label").and_then(|id| by_id(label, id)) {
        return vec![(Sureness::Stated, Holder::Element(named))];
    }
    if !controls(label).is_empty() {
        let sureness = if name == "label" { Sureness::Stated } else { Sureness::Around };
        return vec![(sureness, Holder::Element(label))];
    }
    let element = match name {
        "th" | "td" => return beside_cell(label).into_iter().collect(),
        "dt" => return definitions(label).into_iter().map(|dd| (Sureness::Stated, Holder::Element(dd))).collect(),
        "tr" | "tbody" | "thead" | "table" | "li" | "ul" | "ol" | "dl" | "a" | "select" | "body" | "html" => {
            return Vec::new();
        }
        _ => label,
    };
    beside(element).into_iter().collect()
}

/// The cell after a cell; or, under a row of headings alone, the cell below.
fn beside_cell<'a>(cell: ElementRef<'a>) -> Option<(Sureness, Holder<'a>)> {
    let heading = cell.value().name() == "th";
    let row = parent(cell)?;
    if let Some(next) = next_element(cell).filter(|next| next.value().name() == "td") {
        let column = cells_of(row).position(|own| own == cell)?;
        let stated = heading || column % 2 == 0 || calls_itself_label(cell);
        return Some((if stated { Sureness::Stated } else { Sureness::Paired }, Holder::Element(next)));
    }
    // Headings over values, as in a description laid out downwards: a table of one record only.
    let below = next_element(row).filter(|below| heading && below.value().name() == "tr")?;
    let (headings, values): (Vec<_>, Vec<_>) = (cells_of(row).collect(), cells_of(below).collect());
    let alone = next_element(below).is_none_or(|after| cells_of(after).all(|cell| cell.value().name() == "th"));
    let plain = headings.len() == values.len() && values.iter().all(|value| value.value().name() == "td");
    let column = headings.iter().position(|own| *own == cell)?;
    (alone && plain).then(|| (Sureness::Beside, Holder::Element(values[column])))
}

fn definitions<'a>(term: ElementRef<'a>) -> Vec<ElementRef<'a>> {
    let next = term.next_siblings().filter_map(ElementRef::wrap);
    next.take_while(|element| element.value().name() == "dd").collect()
}

/// What stands beside a label: the next element or text, from the outermost element that shows the label alone.
fn beside<'a>(label: ElementRef<'a>) -> Option<(Sureness, Holder<'a>)> {
    let text = label_text(label, LONGEST_LABEL)?;
    let parent = parent(label)?;
    if label_text(parent, LONGEST_LABEL).is_some_and(|around| key(&around) == key(&text)) && controls(parent).is_empty()
    {
        return None; // the element around it is looked at by itself
    }
    let stated = calls_itself_label(label);
    let mut written = String::new();
    for node in label.next_siblings() {
        match (ElementRef::wrap(node), node.value().as_text()) {
            (_, Some(text)) => written.push_str(text),
            (Some(element), _) if normal(&written).is_empty() => {
                if element.value().name() == "br" || hidden(element) {
                    break;
                }
                let pair = parent.child_elements().count() == 2;
                return match (stated, pair) {
                    (true, _) => Some((Sureness::Beside, Holder::Element(element))),
                    (false, true) => Some((Sureness::Paired, Holder::Element(element))),
                    (false, false) => None,
                };
            }
            (Some(element), _) if breaks_line(element.value().name()) || calls_itself_label(element) => break,
            (Some(element), _) => written.push_str(&shown(element)),
            _ => {}
        }
    }
    let written = normal(&written);
    let written = written.trim_start_matches([':', '：', ' ']);
    (stated && !written.is_empty()).then(|| (Sureness::Beside, Holder::Text(written.to_owned())))
}

/// Whether an element ends with a colon, is called a label or has a class that says so.
fn calls_itself_label(element: ElementRef<'_>) -> bool {
    let class = |class: &str| class.to_ascii_lowercase().contains("label");
    element.value().name() == "label"
        || element.value().classes().any(class)
        || ends_with_colon(&element.text().collect::<String>())
}

/// The value in a line "label: value"; where the line goes on with "  next: value", up to there.
fn value_in(line: &str, wanted: &str) -> Option<String> {
    let mut rest = line;
    loop {
        let (before, after) = rest.split_once([':', '：'])?;
        let words: Vec<&str> = before.split_whitespace().collect();
        // The label may be the last words before the colon, after the value of the label before.
        let named =
            (words.len().saturating_sub(MOST_WORDS)..words.len()).any(|first| key(&words[first..].join(" ")) == wanted);
        if named {
            return Some(normal(&after[..end_of_value(after)]));
        }
        rest = after;
    }
}

/// Where the next "label:" of a line begins. Before one that is not Chinese there has to be a wide gap: a sentence may hold a
/// colon of its own.
fn end_of_value(text: &str) -> usize {
    for (colon, sign) in text.match_indices([':', '：']) {
        let before = &text[..colon];
        let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        let value = before[..before.len() - word.len()].trim_end();
        let gap = &before[value.len()..before.len() - word.len()];
        let wide = gap.contains(['\u{a0}', '\u{3000}']);
        let named = word.starts_with(|letter| chinese(letter) || (wide && letter.is_alphabetic()));
        if !value.is_empty() && named && !text[colon + sign.len()..].starts_with("//") {
            return value.len();
        }
    }
    text.len()
}
