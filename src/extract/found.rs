//! What labels led to on a page, for the next page that is built like it.
//!
//! Looking through all that a page says for its labels is most of what reading it costs, and on the next page of its kind they stand
//! where they stood. What labels ask of the texts around them is little: which is called so, which is empty, which ends with a colon
//! and is a label itself, which folds a text up. A text that answers these as the one before did may be any other: no label leads
//! elsewhere by it.

use std::sync::LazyLock;

use ego_tree::NodeId;
use scraper::{ElementRef, Html};

use super::{
    names::LONGEST_NAME,
    shown::{FOLDS, is_drawn, label_text},
    words::{ends_with_colon, invisible, is_mark, key},
};

/// Labels that led to elements, and nothing else.
#[derive(Debug, Default)]
pub(super) struct FoundLabels {
    labels: Vec<FoundLabel>,
    /// All that they are called.
    letters: String,
}

#[derive(Debug)]
struct FoundLabel {
    key: String,
    seen_only: bool,
    elements: Vec<NodeId>,
}

/// What is other than on the page before.
#[derive(Clone, Copy, Debug)]
pub(super) enum Changed<'a> {
    /// A text of the page.
    Text,
    /// What nobody sees: a script, a style.
    Script,
    /// The attribute of that name.
    Attribute(&'a str),
}

/// Something that is other than on the page before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change<'a> {
    pub of: Changed<'a>,
    /// As it is written, with its character references.
    pub was: &'a str,
    pub is: &'a str,
}

/// Attributes that say nothing about what is what on a page.
const IDLE: &[&str] = &["title", "alt", "src", "onclick", "data-id", "data-key", "data-row-key", "data-index"];

impl FoundLabels {
    /// The elements to which the label with this key led.
    pub(super) fn get(&self, key: &str, seen_only: bool) -> Option<&[NodeId]> {
        let found = self.labels.iter().find(|found| found.key == key && found.seen_only == seen_only);
        found.map(|found| found.elements.as_slice())
    }

    /// Remembers them.
    pub(super) fn put(&mut self, key: &str, seen_only: bool, elements: Vec<NodeId>) {
        self.labels.push(FoundLabel { key: key.to_owned(), seen_only, elements });
        self.letters.push_str(key);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.labels.clear();
        self.letters.clear();
    }

    /// Whether a label that was asked for may be what a text is part of.
    pub(super) fn may_name(&self, text: &str) -> bool {
        !has_other(text, &self.letters) && self.labels.iter().any(|found| !has_other(text, &found.key))
    }

    /// Whether an element around this text is called like a label that was asked for.
    pub(super) fn names(&self, page: &Html, text: NodeId) -> bool {
        let around = page.tree.get(text).into_iter().flat_map(|text| text.ancestors().filter_map(ElementRef::wrap));
        let mut names = around.map_while(|element| label_text(element, LONGEST_NAME)).map(|name| key(&name));
        names.any(|name| self.labels.iter().any(|found| found.key == name))
    }
}

impl Change<'_> {
    /// Whether it leaves all labels where they are, as long as what is called like one of them is the same as before.
    pub(super) fn is_idle(&self) -> bool {
        let both = |idle: fn(&str) -> bool| idle(self.was) && idle(self.is);
        match self.of {
            Changed::Text => both(says_something) && both(is_clear) && both(|text| !may_fold(text)),
            Changed::Attribute("value") => both(says_something) && both(is_clear),
            Changed::Script => both(says_something),
            Changed::Attribute("href") => both(leads_away),
            Changed::Attribute(name) => IDLE.contains(&name),
        }
    }
}

/// Whether a text is there, is no picture that a font draws, and does not end like a label.
fn says_something(text: &str) -> bool {
    let seen = text.trim_end_matches(|letter: char| letter.is_whitespace() || invisible(letter));
    has_other(text, "") && !text.contains(is_drawn) && !ends_with_colon(seen)
}

/// Whether a text is written as it reads.
fn is_clear(text: &str) -> bool {
    !text.contains('&')
}

/// Whether what a text is part of may fold another one up.
fn may_fold(text: &str) -> bool {
    static LETTERS: LazyLock<String> = LazyLock::new(|| FOLDS.concat());
    !has_other(text, &LETTERS) && FOLDS.iter().any(|fold| !has_other(text, fold))
}

/// Whether a text has a letter that this word lacks, of those that a name keeps wherever they stand in it.
fn has_other(text: &str, word: &str) -> bool {
    let lacks = |letter: char| {
        let small = |letter: char| letter.is_uppercase() && letter.to_lowercase().any(|small| word.contains(small));
        !word.contains(letter) && !small(letter)
    };
    text.chars().any(|letter| !letter.is_whitespace() && !is_mark(letter) && lacks(letter))
}

/// Whether a link leads to another page: one that does not may be a button, whose text is no part of the text around it.
fn leads_away(href: &str) -> bool {
    !href.starts_with('#') && !href.starts_with("javascript:")
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use fastrand::Rng;
    use scraper::{ElementRef, Html};

    use super::super::{
        document::{Document, Markup},
        find::{Found, Scope},
        label::{Holder, Labels},
        lean::tests::{reworded, saved, times},
        names::Names,
    };
    use crate::adapter::{Find, Locator};

    /// Pages made up, besides those that are saved.
    const PAGES_MADE: usize = 300;
    /// Pages after each of them.
    const PAGES: usize = 12;
    /// Labels that each page is asked for.
    const LABELS: usize = 6;

    /// Parts of pages in which a label (L) and a value (V) stand, in ways that pages have.
    const PARTS: &[&str] = &[
        "<table><tr><th>L</th><td>V</td><td>L</td><td><span>V</span></td></tr></table>",
        "<table><tr><th>L</th><th>L</th></tr><tr><td>V</td><td>V</td></tr></table>",
        "<dl><dt>L</dt><dd>V</dd><dt>L：</dt><dd><a href=\"/x\">V</a></dd></dl>",
        "<div class=\"form-item\"><label class=\"form-label\">L：</label><div><input value=\"V\"></div></div>",
        "<div><label for=\"i\">L</label><input id=\"i\" value=\"V\"></div>",
        "<div><span class=\"label\">L</span><span>V</span><a href=\"#\" onclick=\"x()\">V</a></div>",
        "<div><span>L</span><span>V</span></div>",
        "<div><span>L</span><i class=\"icon\">V</i><span>V</span></div>",
        "<div><b>L：</b> V <em>V</em></div>",
        "<p>L：V</p>",
        "<p><span>L</span>V</p>",
        "<div>L <input value=\"V\"> V</div>",
        "<div><div>L</div><div><button>V</button><select><option>V</option></select></div></div>",
        "<div><div><span>L</span> <span>V</span></div><div>V</div></div>",
        "<ul><li><span>L</span><span>V</span></li><li>V</li></ul>",
        "<label>L <input type=\"checkbox\" title=\"V\"> V</label>",
        "<div style=\"display:none\"><span>L：</span><span>V</span></div>",
        "<div><span>L</span><script>var x = \"V\"; if (a < b) { y }</script><span>V</span></div>",
    ];

    const LABELS_OF_PARTS: &[&str] = &["申请人", "受理窗口", "状态", "联系电话", "Name", "事项名称", "窗口"];

    /// Words as values are.
    const VALUES: &[&str] =
        &["12", "2026-01-02 10:00:00", "张三", "x", "九曲街道12号", "区级", "13:00", "1.5", "Q7", "韩梅梅"];

    /// Words that mean something to those who look for labels.
    const WORDS: &[&str] = &[
        "：",
        ":",
        "x:",
        "x： ",
        "*",
        "",
        " ",
        "复制",
        "展开",
        "MORE",
        "a b",
        "\u{e001}",
        "\u{200b}",
        "：\u{200b}",
        "&#58;",
        "&nbsp;",
        "#",
        "#x",
        "/case/12",
        "javascript:void(0)",
        "申请人",
        "状态",
        "人",
        "事项名称",
        "张三",
        "12",
        "窗口",
        "受理",
        "Name",
        "长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长",
    ];

    fn label(key: &str) -> Locator {
        let find = Find::Label { label: key.to_owned(), within: None };
        Locator { find, attribute: None, pattern: None, written: key.to_owned() }
    }

    /// The place of an element in the page.
    fn place(page: &Html, element: ElementRef<'_>) -> usize {
        page.root_element().descendent_elements().position(|own| own == element).expect("it is of that page")
    }

    /// What a label leads to on a page that knows of no page before it.
    fn alone(page: &Html, key: &str) -> Vec<Result<usize, String>> {
        let root = page.root_element();
        let (holders, _) = Labels::of(&[root], Rc::new(Names::of(&[root]))).find(key, false);
        let led = holders.into_iter().map(|holder| match holder {
            Holder::Element(element) => Ok(place(page, element)),
            Holder::Boxes(boxes) => Err(super::super::control::captions(&boxes)),
            Holder::Text(text) => Err(text),
        });
        led.collect()
    }

    /// What it leads to on this page, which may know of one before it.
    fn here(page: &Document, key: &str) -> Vec<Result<usize, String>> {
        let Document::Html(markup) = page else { return Vec::new() };
        let found = Scope::page(page).find(&label(key)).unwrap_or_default();
        let led = found.into_iter().map(|found| match found {
            Found::Element(element) | Found::Holder(element) => Ok(place(markup, element)),
            Found::Text(text) => Err(text),
            Found::Json(_) => unreachable!("the page is HTML"),
        });
        led.collect()
    }

    /// Labels of the page that lead somewhere.
    fn labels(page: &Markup, random: &mut Rng) -> Vec<String> {
        let mut keys: Vec<String> = page.names().keys().map(str::to_owned).collect();
        keys.retain(|key| !alone(page, key).is_empty());
        random.shuffle(&mut keys);
        keys.truncate(LABELS);
        keys
    }

    /// A page of some parts.
    fn made(random: &mut Rng) -> String {
        let parts: String = (0..random.usize(2..6)).map(|_| *random.choice(PARTS).expect("there are parts")).collect();
        let filled = parts.split_inclusive(['L', 'V']).map(|text| {
            let Some(text) = text.strip_suffix('L') else {
                let value = random.choice(VALUES).expect("there are values");
                return text.strip_suffix('V').map_or(text.to_owned(), |text| format!("{text}{value}"));
            };
            format!("{text}{}", random.choice(LABELS_OF_PARTS).expect("there are labels"))
        });
        format!("<html><head></head><body>{}</body></html>", filled.collect::<String>())
    }

    #[test]
    fn labels_lead_where_they_would_lead_without_a_page_before() {
        let mut random = Rng::with_seed(5);
        let (mut known, mut asked) = (0, 0);
        let made: Vec<String> = (0..times(PAGES_MADE)).map(|_| made(&mut random)).collect();
        for first in saved().into_iter().chain(made) {
            let mut page = first.replace("\r\n", "\n").replace('\r', "\n");
            let Document::Html(first) = Document::parse(&page, None) else { continue };
            let labels = labels(&first, &mut random);
            drop(first);
            for _ in 0..PAGES {
                let document = Document::parse(&page, None);
                let Document::Html(markup) = &document else { break };
                let whole = Html::parse_document(&page);
                for label in &labels {
                    asked += 1;
                    known += usize::from(markup.led(label, false).is_some());
                    assert_eq!(here(&document, label), alone(&whole, label), "{label} of {page:?}");
                }
                let words = if random.u8(0..3) == 0 { WORDS } else { VALUES };
                page = reworded(&page, words, &mut random);
            }
        }
        println!("{known} of {asked} labels were known from the page before");
        assert!(known * 10 > asked, "{known} of {asked}");
    }
}
