//! What the elements of a page are called, found in one walk over it.

use std::{cell::OnceCell, collections::BTreeMap, ops::Range};

use ego_tree::{NodeId, iter::Edge};
use scraper::{ElementRef, Node};

use super::{
    control::{is_control, is_stand_in},
    css::by_id,
    shown::{breaks_line, hidden, shown},
    words::{key_of, spoken},
};

/// Letters of the longest text that is looked at as a name.
pub(super) const LONGEST_NAME: usize = 60;

/// What stands before the name in the grey hint of an empty field.
const HINTS: &[&str] = &["请输入", "请填写", "请选择", "请录入", "输入", "Enter ", "Please enter "];

/// What the elements inside some others are called, by key.
#[derive(Debug)]
pub(super) struct Names {
    /// All names, one after the other: a page has some hundred, and a text for each would cost more than the walk.
    words: String,
    texts: Vec<Name>,
    attributes: Vec<Name>,
    /// Whether something is called by what another element shows.
    refers: bool,
    bilingual: OnceCell<Vec<(String, [String; 2])>>,
}

/// Where a name stands in the words, and what is called so.
type Name = (Range<usize>, Called);

/// An element that is called something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Called {
    /// Which one.
    pub element: NodeId,
    /// It, or something around it, is kept from sight: an inactive tab.
    pub hidden: bool,
    /// It is called so by the grey hint in it alone.
    pub hint: bool,
}

impl Names {
    /// Looks at every short text in `scope`.
    pub(super) fn of(scope: &[ElementRef<'_>]) -> Self {
        let mut walk = Walk::default();
        for part in scope {
            walk.over(*part);
        }
        // An element ends after those inside it, and counts from where it began.
        walk.texts.sort_unstable_by_key(|(begun, ..)| *begun);
        let texts = walk.texts.into_iter().map(|(_, name)| name).collect();
        let Walk { words, attributes, refers, .. } = walk;
        Self { words, texts, attributes, refers, bilingual: OnceCell::new() }
    }

    /// Elements whose whole text is that name, in the order of the page.
    pub(super) fn by_text<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Called> {
        self.called(&self.texts, name)
    }

    /// Elements that carry that name in their own attributes, in the order of the page.
    pub(super) fn by_attribute<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Called> {
        self.called(&self.attributes, name)
    }

    /// Whether something is called by what another element shows.
    pub(super) fn refer(&self) -> bool {
        self.refers
    }

    /// Every text that may be a name, with its elements.
    pub(super) fn texts(&self) -> BTreeMap<&str, Vec<Called>> {
        let mut texts: BTreeMap<&str, Vec<Called>> = BTreeMap::new();
        for (name, called) in &self.texts {
            texts.entry(&self.words[name.clone()]).or_default().push(*called);
        }
        texts
    }

    /// Everything that something is called, by text or by attribute; what several things are called, several times.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().chain(&self.attributes).map(|(name, _)| &self.words[name.clone()])
    }

    /// Those among `names` that are called so. A page is asked for some dozen: looking through them costs less than an index would.
    fn called<'a>(&'a self, names: &'a [Name], name: &'a str) -> impl Iterator<Item = &'a Called> {
        names.iter().filter(move |(own, _)| self.words[own.clone()] == *name).map(|(_, called)| called)
    }

    /// Names that are said in two languages, with their halves.
    pub(super) fn bilingual(&self) -> &[(String, [String; 2])] {
        let halved = |name: &str| Some((name.to_owned(), spoken(name)?));
        self.bilingual.get_or_init(|| self.texts().into_keys().filter_map(halved).collect())
    }
}

/// The way over a page, element by element.
#[derive(Default)]
struct Walk {
    /// The elements around, from the outermost.
    around: Vec<Open>,
    /// The text that flows around, and within what is no part of it the text in there.
    flows: Vec<Flow>,
    begun: usize,
    words: String,
    texts: Vec<(usize, Name)>,
    attributes: Vec<Name>,
    refers: bool,
}

/// Text as it was met, and the letters in it.
#[derive(Default)]
struct Flow {
    text: String,
    letters: usize,
}

/// An element that has not ended.
struct Open {
    called: Called,
    /// Its place among all that have begun.
    begun: usize,
    /// Whether it may be or carry a name; of the others only the text counts.
    listed: bool,
    control: bool,
    breaks: bool,
    /// Where its text begins in the flow.
    from: usize,
    letters: usize,
    /// Whether its text is no part of the text around it.
    apart: bool,
}

impl Walk {
    fn over(&mut self, scope: ElementRef<'_>) {
        self.flows.push(Flow::default());
        let mut skipped = None;
        for edge in scope.traverse() {
            match edge {
                Edge::Close(node) if skipped == Some(node.id()) => skipped = None,
                _ if skipped.is_some() => {}
                Edge::Open(node) => match node.value() {
                    Node::Text(text) => {
                        let flow = self.flows.last_mut().expect("the scope has one");
                        flow.text.push_str(text);
                        flow.letters += text.chars().filter(|letter| !letter.is_whitespace()).count();
                    }
                    _ => {
                        let element = ElementRef::wrap(node);
                        if element.is_some_and(|element| !self.open(element, element == scope)) {
                            skipped = Some(node.id());
                        }
                    }
                },
                Edge::Close(node) if node.value().is_element() => self.close(),
                Edge::Close(_) => {}
            }
        }
        self.flows.clear();
    }

    /// Begins an element; `false` when there is nothing to look at in it.
    fn open(&mut self, element: ElementRef<'_>, is_scope: bool) -> bool {
        let name = element.value().name();
        let unlisted =
            matches!(name, "script" | "style" | "template" | "noscript" | "head" | "option" | "button" | "svg");
        let listed = is_scope || self.around.last().is_some_and(|around| around.listed) && !unlisted;
        let unseen = hidden(element);
        let control = is_control(element);
        let apart = !is_scope && (control || matches!(name, "button" | "input") || unseen || is_stand_in(element));
        let breaks = breaks_line(name);
        if breaks {
            self.end_line();
        }
        if apart && !listed {
            return false;
        }
        if apart {
            self.flows.push(Flow::default());
        }
        let flow = self.flows.last().expect("the scope has one");
        let hidden = self.around.last().is_some_and(|around| around.called.hidden) || (!is_scope && unseen);
        let called = Called { element: element.id(), hidden, hint: false };
        let (from, letters) = (flow.text.len(), flow.letters);
        self.around.push(Open { called, begun: self.begun, listed, control, breaks, from, letters, apart });
        self.begun += 1;
        if listed {
            self.attributes_of(element, called, control);
        }
        true
    }

    fn close(&mut self) {
        let Some(open) = self.around.pop() else { return };
        let flow = self.flows.last().expect("the scope has one");
        if open.listed && !open.control && (1..=LONGEST_NAME).contains(&(flow.letters - open.letters)) {
            let name = written(&mut self.words, &key_of(&flow.text[open.from..]));
            if !name.is_empty() {
                self.texts.push((open.begun, (name, open.called)));
            }
        }
        if open.apart {
            self.flows.pop();
        } else if open.breaks {
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        if let Some(flow) = self.flows.last_mut() {
            flow.text.push(' ');
        }
    }

    /// What an element is called by its own attributes.
    fn attributes_of(&mut self, element: ElementRef<'_>, called: Called, control: bool) {
        for (attribute, text) in element.value().attrs() {
            match attribute {
                "aria-label" => self.named(&key_of(text), called),
                "aria-labelledby" => {
                    self.refers = true;
                    let named: Vec<_> =
                        text.split_whitespace().filter_map(|id| by_id(element, id)).map(shown).collect();
                    self.named(&key_of(&named.join(" ")), called);
                }
                "placeholder" if control => {
                    let hint = key_of(text);
                    let called = Called { hint: true, ..called };
                    if let Some(bare) = HINTS.iter().find_map(|start| hint.strip_prefix(start)) {
                        self.named(bare, called);
                    }
                    self.named(&hint, called);
                }
                _ => {}
            }
        }
    }

    fn named(&mut self, name: &str, called: Called) {
        let name = written(&mut self.words, name);
        self.attributes.push((name, called));
    }
}

/// Writes a name behind the others; where it stands then.
fn written(words: &mut String, name: &str) -> Range<usize> {
    let from = words.len();
    words.push_str(name);
    from..words.len()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::Path};

    use scraper::Html;

    use super::{
        super::{shown::label_text, words::key},
        *,
    };

    /// The names of a page as each element says them by itself.
    fn one_by_one(page: &Html) -> BTreeSet<(NodeId, String)> {
        let unlisted = "script, style, template, noscript, head, option, button, svg";
        let unlisted = scraper::Selector::parse(unlisted).unwrap();
        let listed = page.root_element().descendent_elements().filter(|element| {
            let around = element.ancestors().filter_map(ElementRef::wrap);
            !is_control(*element) && ![*element].into_iter().chain(around).any(|around| unlisted.matches(&around))
        });
        let named = listed.filter_map(|element| Some((element.id(), key(&label_text(element, LONGEST_NAME)?))));
        named.filter(|(_, name)| !name.is_empty()).collect()
    }

    #[test]
    fn one_walk_finds_what_each_element_says_by_itself() {
        let mut pages = vec![
            "<div>a<p hidden>b<i>c</i></p>d<button>e<b>f</b></button><select><optgroup label=g>h<option>i</select></div>".to_owned(),
            "<label>j <input placeholder=k> <textarea>l</textarea></label><svg><title>m</title></svg><noscript>n</noscript>".to_owned(),
            format!("<p>{}<b>o</b></p><p style='display: none'><span>p</span></p>", "长".repeat(LONGEST_NAME)),
        ];
        let saved = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
        for folder in std::fs::read_dir(saved).unwrap() {
            for page in std::fs::read_dir(folder.unwrap().path()).unwrap() {
                pages.push(String::from_utf8_lossy(&std::fs::read(page.unwrap().path()).unwrap()).into_owned());
            }
        }
        assert!(pages.len() > 10);
        for page in pages {
            let page = Html::parse_document(&page);
            let names = Names::of(&[page.root_element()]);
            let found = names
                .texts()
                .into_iter()
                .flat_map(|(name, called)| called.into_iter().map(|it| (it.element, name.to_owned())));
            assert_eq!(found.collect::<BTreeSet<_>>(), one_by_one(&page));
        }
    }
}
