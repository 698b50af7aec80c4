//! What belongs to a label, in the many ways that pages say it.

use std::rc::Rc;

use scraper::ElementRef;

use super::{
    box_label::{lone_boxes, seen_beside},
    control::{SEPARATOR, boxes, controls, ticked, widget_around},
    css::{by_id, next_element, parent},
    header::cells_of,
    names::{Called, LONGEST_NAME, Names},
    shown::{TICKED, UNTICKED, breaks_line, hidden, is_preformatted, label_text, lines_with_boxes, shown},
    words::{chinese, ends_with_colon, key, normal, spoken},
};

/// Words of the longest label within a line.
const MOST_WORDS: usize = 8;

/// Names in two languages that a page has to have before one of them is known by its half.
const FEWEST_BILINGUAL: usize = 2;

/// What belongs to a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Holder<'a> {
    /// An element: a control, a cell, a block.
    Element(ElementRef<'a>),
    /// Boxes that stand beside each other, each with its own words.
    Boxes(Vec<ElementRef<'a>>),
    /// A text in a line.
    Text(String),
}

/// How surely something belongs to a label; the surest kind that is there holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sureness {
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

/// The labels inside some elements.
pub(super) struct Labels<'a> {
    scope: Vec<ElementRef<'a>>,
    names: Rc<Names>,
}

impl<'a> Labels<'a> {
    /// The labels in `scope`; `names` says what is called what there.
    pub(super) fn of(scope: &[ElementRef<'a>], names: Rc<Names>) -> Self {
        Self { scope: scope.to_vec(), names }
    }

    /// Everything that may be a label, as keys.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.names.keys()
    }

    /// What belongs to the label with this key; several where the page has several such labels of the surest kind. With
    /// `seen_only`, nothing that is kept from sight. Where nothing is called so, a label in two languages counts, on a page that
    /// has more of them. The second says whether it was found by what elements are called alone.
    pub(super) fn find(&self, wanted: &str, seen_only: bool) -> (Vec<Holder<'a>>, bool) {
        let mut found = self.elements_of(self.names.by_text(wanted), seen_only);
        let mut by_name = !self.names.refer();
        for called in self.names.by_attribute(wanted) {
            by_name = false;
            let Some(element) = self.element(called) else { continue };
            // Nobody sees what a box is called in its attributes.
            let unseen = called.hint || (ticked(element).is_some() && !seen_only);
            let sureness = if unseen { Sureness::Hint } else { Sureness::Stated };
            found.push((called.hidden, sureness, Holder::Element(element)));
        }
        found.retain(|(hidden, ..)| !(seen_only && *hidden));
        if found.iter().all(|(_, sureness, _)| *sureness == Sureness::Blank) {
            by_name = false;
            found.extend(self.lines_of(|name| name == wanted));
        }
        if found.is_empty() && self.names.bilingual().len() >= FEWEST_BILINGUAL {
            let halves = self.names.bilingual().iter().filter(|(_, halves)| halves.iter().any(|half| half == wanted));
            found = self.elements_of(halves.flat_map(|(name, _)| self.names.by_text(name)), seen_only);
            found.retain(|(hidden, ..)| !(seen_only && *hidden));
        }
        if found.is_empty() {
            found = self.lines_of(|name| spoken(name).is_some_and(|halves| halves.iter().any(|half| half == wanted)));
        }
        let surest = found.iter().map(|(hidden, sureness, _)| (*hidden, *sureness)).min();
        let mut holders: Vec<Holder<'a>> = Vec::new();
        for (hidden, sureness, holder) in found {
            if Some((hidden, sureness)) == surest && !holders.contains(&holder) {
                holders.push(holder);
            }
        }
        // What belongs to the label of a box depends on the words beside it, which another page may have otherwise.
        let has_box = |holder: &Holder<'a>| match holder {
            Holder::Element(element) => !lone_boxes(*element).is_empty(),
            Holder::Boxes(_) | Holder::Text(_) => true,
        };
        let by_name = by_name && !holders.iter().any(has_box);
        (holders, by_name)
    }

    /// What belongs to what is called so; `to_act` on it, or to read it.
    fn elements_of<'b>(
        &self,
        called: impl Iterator<Item = &'b Called>,
        to_act: bool,
    ) -> Vec<(bool, Sureness, Holder<'a>)> {
        let belonging = called.filter_map(|called| {
            let label = self.element(called)?;
            let found = if to_act { belongs(label) } else { seen_beside(label, belongs(label)) };
            Some((called.hidden, found))
        });
        belonging
            .flat_map(|(hidden, found)| found.into_iter().map(move |(sureness, holder)| (hidden, sureness, holder)))
            .collect()
    }

    fn element(&self, called: &Called) -> Option<ElementRef<'a>> {
        self.scope.first()?.tree().get(called.element).and_then(ElementRef::wrap)
    }

    /// What lines of text say after a label.
    fn lines_of(&self, named: impl Fn(&str) -> bool) -> Vec<(bool, Sureness, Holder<'a>)> {
        let lines = self.scope.iter().flat_map(|part| lines_with_boxes(*part));
        let values = lines.filter_map(|line| value_in(&line, &named));
        values.map(|value| (false, Sureness::Line, Holder::Text(value))).collect()
    }

    /// What is clearly a label, as keys, for an error: a cell that may hold somebody's data is not named.
    pub(super) fn names(&self) -> Vec<&str> {
        let clearly = |called: &Called| {
            let is_label =
                |element: ElementRef<'_>| matches!(element.value().name(), "th" | "dt") || calls_itself_label(element);
            self.element(called).is_some_and(|element| is_label(element) && !belongs(element).is_empty())
        };
        let named = self.names.texts().into_iter().filter(|(_, called)| called.iter().any(clearly));
        named.map(|(name, _)| name).collect()
    }
}

/// What belongs to an element that shows nothing but the label.
fn belongs<'a>(label: ElementRef<'a>) -> Vec<(Sureness, Holder<'a>)> {
    let name = label.value().name();
    if let Some(named) = named_by(label) {
        return vec![(Sureness::Stated, Holder::Element(widget_around(named)))];
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

/// What a label names by its `for`.
pub(super) fn named_by(label: ElementRef<'_>) -> Option<ElementRef<'_>> {
    label.attr("for").filter(|_| label.value().name() == "label").and_then(|id| by_id(label, id))
}

/// The cell after a cell; or, under a row of headings alone, the cell below.
pub(super) fn beside_cell<'a>(cell: ElementRef<'a>) -> Option<(Sureness, Holder<'a>)> {
    let heading = cell.value().name() == "th";
    let row = parent(cell)?;
    if let Some(next) = next_element(cell).filter(|next| next.value().name() == "td" && !is_next_label(*next)) {
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
pub(super) fn beside<'a>(label: ElementRef<'a>) -> Option<(Sureness, Holder<'a>)> {
    let text = label_text(label, LONGEST_NAME)?;
    let parent = parent(label)?;
    if empty_value(label).is_some_and(|(_, value)| value == Emptiness::Value) {
        return None; // what belongs to it lies in it
    }
    let around = label_text(parent, LONGEST_NAME);
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
    let in_lines = is_preformatted(label);
    for node in label.next_siblings() {
        match (ElementRef::wrap(node), node.value().as_text()) {
            (_, Some(text)) if in_lines && text.contains('\n') => {
                written.extend(text.split('\n').next());
                break;
            }
            (_, Some(text)) => written.push_str(text),
            (Some(element), _) if normal(&written).is_empty() => {
                if element.value().name() == "br" || hidden(element) || alike(label, element) || is_next_label(element)
                {
                    break;
                }
                let boxes = row_of_boxes(element);
                if boxes.len() > 1 {
                    let sureness = if stated { Sureness::Beside } else { Sureness::Paired };
                    return Some((sureness, Holder::Boxes(boxes)));
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

/// The boxes that stand in a row from this element on: radios after a label.
fn row_of_boxes(first: ElementRef<'_>) -> Vec<ElementRef<'_>> {
    let mut row = boxes(first);
    if row.is_empty() {
        return row;
    }
    for next in first.next_siblings().filter_map(ElementRef::wrap) {
        let more = boxes(next);
        let words = more.is_empty() && controls(next).is_empty() && next.value().name() == "label";
        if (more.is_empty() && !words) || breaks_line(next.value().name()) {
            break;
        }
        row.extend(more);
    }
    row
}

/// Whether what stands beside a label is the next label: it ends with a colon and holds nothing.
fn is_next_label(element: ElementRef<'_>) -> bool {
    controls(element).is_empty() && ends_with_colon(&shown(element))
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
pub(super) const VALUES: &[&str] = &["value", "content", "control", "text", "data", "desc", "input", "field", "val"];

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
            let value = normal(&after[..end_of_value(after)]);
            return if value.contains([TICKED, UNTICKED]) {
                ticked_words(&value)
            } else {
                (!begins_with_label(&value)).then_some(value)
            };
        }
        rest = after;
    }
}

/// The words after each ticked box of a line; words before the first leave open which box they belong to.
fn ticked_words(value: &str) -> Option<String> {
    let boxes = value
        .strip_prefix([TICKED, UNTICKED])
        .map(|_| value.split_inclusive([TICKED, UNTICKED]).collect::<Vec<_>>())?;
    let words = boxes.windows(2).map(|pair| (pair[0].ends_with(TICKED), pair[1]));
    let ticked =
        words.filter(|(ticked, _)| *ticked).map(|(_, words)| normal(words.trim_end_matches([TICKED, UNTICKED])));
    let ticked: Vec<String> = ticked.filter(|words| !words.is_empty()).collect();
    match boxes.as_slice() {
        // A box without words says yes or no.
        [alone] => Some(alone.ends_with(TICKED).to_string()),
        _ => Some(ticked.join(SEPARATOR)),
    }
}

/// Letters of the longest label that may follow another at once.
const LONGEST_NEXT: usize = 8;

/// Whether a value begins with what may be the next label (事项：状态：办结): whose value it is can't be told.
fn begins_with_label(value: &str) -> bool {
    let word = value.split([':', '：']).next().filter(|word| word.len() < value.len());
    word.is_some_and(|word| !word.is_empty() && word.chars().count() <= LONGEST_NEXT && word.chars().all(chinese))
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
