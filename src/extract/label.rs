//! What belongs to a label, in the many ways that pages say it.

use std::collections::HashMap;

use scraper::ElementRef;

use super::{
    control::{controls, is_control},
    css::{by_id, next_element, parent},
    header::cells_of,
    shown::{breaks_line, hidden, label_text, lines, shown},
    words::{chinese, ends_with_colon, key, normal, spoken},
};

/// Letters of the longest text that is looked at as a label.
const LONGEST_LABEL: usize = 60;

/// Words of the longest label within a line.
const MOST_WORDS: usize = 8;

/// Names in two languages that a page has to have before one of them is known by its half.
const FEWEST_BILINGUAL: usize = 2;

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
    /// What stands beside it is empty, and may be no more than an ornament.
    Blank,
}

/// The labels inside some elements, found once.
pub(super) struct Labels<'a> {
    scope: Vec<ElementRef<'a>>,
    by_key: HashMap<String, Vec<Label<'a>>>,
    /// Names that are said in two languages, with their halves.
    bilingual: Vec<(String, [String; 2])>,
}

#[derive(Clone, Copy)]
struct Label<'a> {
    element: ElementRef<'a>,
    /// It, or something around it, is kept from sight: an inactive tab.
    hidden: bool,
}

impl<'a> Labels<'a> {
    /// Looks at every short text in `scope`.
    pub(super) fn of(scope: &[ElementRef<'a>]) -> Self {
        let mut by_key: HashMap<String, Vec<Label<'a>>> = HashMap::new();
        for (element, hidden) in scope.iter().flat_map(|part| elements(*part)) {
            if is_control(element) {
                continue;
            }
            if let Some(text) = label_text(element, LONGEST_LABEL).map(|text| key(&text)).filter(|key| !key.is_empty())
            {
                by_key.entry(text).or_default().push(Label { element, hidden });
            }
        }
        let bilingual = by_key.keys().filter_map(|name| Some((name.clone(), spoken(name)?))).collect();
        Self { scope: scope.to_vec(), by_key, bilingual }
    }

    /// Everything that may be a label, as keys.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.by_key.keys().map(String::as_str)
    }

    /// What belongs to the label; several where the page has several such labels of the surest kind. With `seen_only`,
    /// nothing that is kept from sight. Where nothing is called so, a label in two languages counts, on a page that has more
    /// of them.
    pub(super) fn find(&self, label: &str, seen_only: bool) -> Vec<Holder<'a>> {
        let wanted = key(label);
        let mut found = self.elements_of(self.by_key.get(&wanted).into_iter().flatten());
        for (element, hidden) in self.scope.iter().flat_map(|part| elements(*part)) {
            found.extend(
                self.named_by_itself(element, &wanted).map(|sureness| (hidden, sureness, Holder::Element(element))),
            );
        }
        found.retain(|(hidden, ..)| !(seen_only && *hidden));
        if found.iter().all(|(_, sureness, _)| *sureness == Sureness::Blank) {
            found.extend(self.lines_of(|name| name == wanted));
        }
        if found.is_empty() && self.bilingual.len() >= FEWEST_BILINGUAL {
            let halves = self.bilingual.iter().filter(|(_, halves)| halves.contains(&wanted));
            found = self.elements_of(halves.filter_map(|(name, _)| self.by_key.get(name)).flatten());
            found.retain(|(hidden, ..)| !(seen_only && *hidden));
        }
        if found.is_empty() {
            found = self.lines_of(|name| spoken(name).is_some_and(|halves| halves.contains(&wanted)));
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

    /// What belongs to these labels.
    fn elements_of<'b>(&self, labels: impl Iterator<Item = &'b Label<'a>>) -> Vec<(bool, Sureness, Holder<'a>)>
    where
        'a: 'b,
    {
        let belonging = labels.flat_map(|label| {
            let belonging = belongs(label.element).into_iter();
            belonging.map(|(sureness, holder)| (label.hidden, sureness, holder))
        });
        belonging.collect()
    }

    /// What lines of text say after a label.
    fn lines_of(&self, named: impl Fn(&str) -> bool) -> Vec<(bool, Sureness, Holder<'a>)> {
        let lines = self.scope.iter().flat_map(|part| lines(*part));
        let values = lines.filter_map(|line| value_in(&line, &named));
        values.map(|value| (false, Sureness::Line, Holder::Text(value))).collect()
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
    if empty_value(label).is_some_and(|(_, value)| value == Emptiness::Value) {
        return None; // what belongs to it lies in it
    }
    let around = label_text(parent, LONGEST_LABEL);
    if around.is_some_and(|around| key(&around) == key(&text)) && controls(parent).is_empty() {
        // Nothing to read beside it here; the element around it is looked at by itself as well.
        let (value, emptiness) = empty_value(parent)?;
        let sureness = match emptiness {
            Emptiness::Value if calls_itself_label(label) => Sureness::Beside,
            Emptiness::Value => Sureness::Paired,
            Emptiness::Ornament => Sureness::Blank,
        };
        let follows = label.next_siblings().any(|next| next.id() == value.id());
        return follows.then_some((sureness, Holder::Element(value)));
    }
    let stated = calls_itself_label(label);
    let mut written = String::new();
    for node in label.next_siblings() {
        match (ElementRef::wrap(node), node.value().as_text()) {
            (_, Some(text)) => written.push_str(text),
            (Some(element), _) if normal(&written).is_empty() => {
                if element.value().name() == "br" || hidden(element) || alike(label, element) {
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

/// What an empty element beside a label is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Emptiness {
    /// A value that is not there.
    Value,
    /// A star, a picture, a place for a hint; or a value after all.
    Ornament,
}

/// Parts of the names that pages give to what holds values.
const VALUES: &[&str] = &["value", "content", "control", "text", "data", "desc", "input", "field", "val"];

/// The empty element beside the label in an element that shows a label and no more.
fn empty_value(around: ElementRef<'_>) -> Option<(ElementRef<'_>, Emptiness)> {
    let mut children = around.child_elements().filter(|child| !hidden(*child) && child.value().name() != "br");
    let first = children.next()?;
    let Some(second) = children.next() else {
        return empty_value(first);
    };
    if children.next().is_some() || !shown(second).is_empty() && !only_buttons(second) || shown(first).is_empty() {
        return None;
    }
    let named = |class: &str| VALUES.iter().any(|part| class.to_ascii_lowercase().contains(part));
    let value = breaks_line(second.value().name()) || second.value().classes().any(named);
    Some((second, if value { Emptiness::Value } else { Emptiness::Ornament }))
}

/// Whether an element shows nothing but what the switches and buttons in it say.
fn only_buttons(element: ElementRef<'_>) -> bool {
    label_text(element, 0).is_some()
}

/// Whether two neighbours are of one build, each with a label and a value: the second is no value of the first.
fn alike(one: ElementRef<'_>, other: ElementRef<'_>) -> bool {
    let build = |element: ElementRef<'_>| {
        let inner: Vec<_> = element.child_elements().map(|child| child.value().name().to_owned()).collect();
        (element.value().name().to_owned(), inner)
    };
    let (one, other) = (build(one), build(other));
    one.1.len() > 1 && one == other
}

/// Whether an element ends with a colon, is called a label or has a class that says so.
fn calls_itself_label(element: ElementRef<'_>) -> bool {
    let class = |class: &str| class.to_ascii_lowercase().contains("label");
    element.value().name() == "label"
        || element.value().classes().any(class)
        || ends_with_colon(&element.text().collect::<String>())
}

/// The value in a line "label: value"; where the line goes on with "  next: value", up to there.
fn value_in(line: &str, named: impl Fn(&str) -> bool) -> Option<String> {
    let mut rest = line;
    loop {
        let (before, after) = rest.split_once([':', '：'])?;
        let words: Vec<&str> = before.split_whitespace().collect();
        // The label may be the last words before the colon, after the value of the label before.
        let first = words.len().saturating_sub(MOST_WORDS);
        if (first..words.len()).any(|first| named(&key(&words[first..].join(" ")))) {
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
