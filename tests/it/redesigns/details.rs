//! Redesigns of pages about one record: its labels and values in another shape.

use fastrand::Rng;

use super::{
    dom::{Dom, Element, Node, el, text},
    mutation::{Facts, Mutation, Touched, bare, done},
};

macro_rules! shapes {
    ($($name:literal => $shape:expr,)+) => {
        &[
            $(Mutation { name: $name, change: |dom, facts, _| reshaped(dom, facts, &$shape) },)+
            Mutation { name: "a label reworded", change: reworded },
            Mutation { name: "a label and its value removed", change: removed },
            Mutation { name: "labels decorated", change: decorated },
            Mutation { name: "labels in two languages", change: bilingual },
            Mutation { name: "fields in another order", change: shuffled },
            Mutation { name: "fields in two tabs", change: tabs },
            Mutation { name: "a field of another person added", change: agent },
        ]
    };
}

/// A label and what belongs to it.
#[derive(Clone)]
struct Pair {
    label: String,
    value: Vec<Node>,
}

pub const ALL: &[Mutation] = shapes! {
    "th and td, one pair a row" => |pairs: Vec<Pair>| table(&pairs, 1, |pair| ("th", pair.label.clone())),
    "th and td, three pairs a row" => |pairs: Vec<Pair>| table(&pairs, 3, |pair| ("th", pair.label.clone())),
    "td and td with colons" => |pairs: Vec<Pair>| table(&pairs, 2, |pair| ("td", format!("{}：", pair.label))),
    "td and td without a sign" => |pairs: Vec<Pair>| table(&pairs, 2, |pair| ("td", pair.label.clone())),
    "headings over values" => |pairs: Vec<Pair>| headings(&pairs),
    "dl" => |pairs: Vec<Pair>| el("dl", "", pairs.iter().flat_map(|pair| [leaf("dt", "", &pair.label), whole("dd", "", pair)]).collect()),
    "dl with blocks" => |pairs: Vec<Pair>| blocks("dl", "", &pairs, |pair| el("div", "row", vec![leaf("dt", "", &pair.label), whole("dd", "", pair)])),
    "Element form items" => |pairs: Vec<Pair>| blocks("form", "el-form", &pairs, |pair| {
        el("div", "el-form-item", vec![leaf("label", "el-form-item__label", &pair.label), whole("div", "el-form-item__content", pair)])
    }),
    "Ant descriptions" => |pairs: Vec<Pair>| blocks("div", "ant-descriptions", &pairs, |pair| {
        el("div", "ant-descriptions-item-container", vec![leaf("span", "ant-descriptions-item-label", &pair.label), whole("span", "ant-descriptions-item-content", pair)])
    }),
    "Bootstrap form groups" => |pairs: Vec<Pair>| blocks("div", "form-horizontal", &pairs, |pair| {
        let value = el("div", "col-sm-9", vec![whole("p", "form-control-static", pair)]);
        el("div", "form-group", vec![leaf("label", "col-sm-3 control-label", &format!("{}：", pair.label)), value.into()])
    }),
    "layui form with inputs" => |pairs: Vec<Pair>| blocks("form", "layui-form", &pairs, |pair| {
        let control = el("div", "layui-input-block", vec![control(pair, "layui-input", "")]);
        el("div", "layui-form-item", vec![leaf("label", "layui-form-label", &pair.label), control.into()])
    }),
    "inputs with label for" => |pairs: Vec<Pair>| numbered(&pairs, |pair, id| {
        let mut label = el("label", "", vec![text(&pair.label)]);
        label.set("for", id);
        el("div", "", vec![label.into(), el("br", "", Vec::new()).into(), control(pair, "", id)])
    }),
    "inputs inside labels" => |pairs: Vec<Pair>| blocks("div", "", &pairs, |pair| {
        el("p", "", vec![el("label", "", vec![text(&format!("{} ", pair.label)), control(pair, "", "")]).into()])
    }),
    "inputs in table cells" => |pairs: Vec<Pair>| {
        let held = pairs.iter().map(|pair| Pair { label: pair.label.clone(), value: vec![control(pair, "", "")] });
        table(&held.collect::<Vec<_>>(), 2, |pair| ("td", pair.label.clone()))
    },
    "EasyUI text boxes" => |pairs: Vec<Pair>| {
        let held = pairs.iter().map(|pair| Pair { label: pair.label.clone(), value: text_box(pair) });
        table(&held.collect::<Vec<_>>(), 1, |pair| ("td", format!("{}:", pair.label)))
    },
    "selects and text areas" => |pairs: Vec<Pair>| blocks("div", "", &pairs, |pair| {
        el("div", "form-group", vec![leaf("label", "", &pair.label), chosen(pair)])
    }),
    "lines of text" => |pairs: Vec<Pair>| blocks("div", "", &pairs, |pair| {
        el("p", "", [vec![text(&format!("{}：", pair.label))], pair.value.clone()].concat())
    }),
    "spans with colons" => |pairs: Vec<Pair>| {
        let spans = |pair: &Pair| [leaf("span", "", &format!("{}：", pair.label)), whole("span", "", pair)];
        el("div", "", pairs.iter().flat_map(spans).collect())
    },
    "blocks without a name" => |pairs: Vec<Pair>| blocks("div", "", &pairs, |pair| {
        el("div", "", vec![leaf("div", "", &pair.label), whole("div", "", pair)])
    }),
    "list items" => |pairs: Vec<Pair>| blocks("ul", "", &pairs, |pair| {
        el("li", "", vec![leaf("span", "", &pair.label), whole("span", "", pair)])
    }),
    "a flat grid of blocks" => |pairs: Vec<Pair>| {
        let cells = |pair: &Pair| [leaf("div", "col-label", &pair.label), whole("div", "col-value", pair)];
        el("div", "grid", pairs.iter().flat_map(cells).collect())
    },
    "bold labels and line breaks" => |pairs: Vec<Pair>| {
        let line = |pair: &Pair| {
            let label = leaf("b", "", &format!("{}：", pair.label));
            [vec![label], pair.value.clone(), vec![el("br", "", Vec::new()).into()]].concat()
        };
        el("div", "", pairs.iter().flat_map(line).collect())
    },
};

fn leaf(name: &str, class: &str, words: &str) -> Node {
    el(name, class, vec![text(words)]).into()
}

fn whole(name: &str, class: &str, pair: &Pair) -> Node {
    el(name, class, pair.value.clone()).into()
}

impl Pair {
    /// The value as a field would hold it; `None` where it is more than a text.
    fn plain(&self) -> Option<String> {
        let held = |element: &Element| {
            matches!(element.name.as_str(), "input" | "select" | "textarea" | "a" | "img" | "button")
        };
        let shell = el("div", "", self.value.clone());
        (!shell.has(&held)).then(|| shell.words())
    }
}

fn control(pair: &Pair, class: &str, id: &str) -> Node {
    let Some(words) = pair.plain() else {
        return whole("span", "", pair);
    };
    let mut input = el("input", class, Vec::new());
    input.set("value", &words);
    if !id.is_empty() {
        input.set("id", id);
    }
    input.into()
}

fn chosen(pair: &Pair) -> Node {
    match pair.plain() {
        Some(words) if words.chars().count() > 12 => el("textarea", "", vec![text(&words)]).into(),
        Some(words) => {
            let mut own = el("option", "", vec![text(&words)]);
            own.set("selected", "");
            el("select", "", vec![leaf("option", "", "请选择"), own.into(), leaf("option", "", "其他")]).into()
        }
        None => whole("div", "", pair),
    }
}

fn text_box(pair: &Pair) -> Vec<Node> {
    let Some(words) = pair.plain() else {
        return pair.value.clone();
    };
    let mut own = el("input", "easyui-textbox", Vec::new());
    own.set("style", "display: none");
    let mut shown = el("input", "textbox-text", Vec::new());
    shown.set("value", &words);
    let mut sent = el("input", "textbox-value", Vec::new());
    sent.set("type", "hidden");
    sent.set("value", "7");
    vec![own.into(), el("span", "textbox", vec![shown.into(), sent.into()]).into()]
}

fn blocks(name: &str, class: &str, pairs: &[Pair], block: impl Fn(&Pair) -> Element) -> Element {
    el(name, class, pairs.iter().map(|pair| block(pair).into()).collect())
}

fn numbered(pairs: &[Pair], block: impl Fn(&Pair, &str) -> Element) -> Element {
    let blocks = pairs.iter().enumerate().map(|(at, pair)| block(pair, &format!("field-{at}")).into());
    el("div", "", blocks.collect())
}

fn table(pairs: &[Pair], wide: usize, label: impl Fn(&Pair) -> (&'static str, String)) -> Element {
    let cells = |pair: &Pair| {
        let (tag, words) = label(pair);
        [leaf(tag, "", &words), whole("td", "", pair)]
    };
    let row = |pairs: &[Pair]| Node::from(el("tr", "", pairs.iter().flat_map(cells).collect()));
    el("table", "info", vec![el("tbody", "", pairs.chunks(wide).map(row).collect()).into()])
}

/// Tables of one record each: headings over values.
fn headings(pairs: &[Pair]) -> Element {
    let one = |pairs: &[Pair]| {
        let head = el("tr", "", pairs.iter().map(|pair| leaf("th", "", &pair.label)).collect());
        let below = el("tr", "", pairs.iter().map(|pair| whole("td", "", pair)).collect());
        Node::from(el("table", "info", vec![el("tbody", "", vec![head.into(), below.into()]).into()]))
    };
    el("div", "", pairs.chunks(4).map(one).collect())
}

/// The pairs that an element shows, where it shows nothing but pairs of labels and values.
fn pairs(element: &Element, facts: &Facts) -> Option<Vec<Pair>> {
    let mut found = Vec::new();
    match element.name.as_str() {
        "table" => {
            for row in element.elements().flat_map(Element::elements).filter(|row| row.is("tr")) {
                let cells: Vec<_> = row.elements().collect();
                if cells.len() % 2 != 0 {
                    return None;
                }
                found.extend(cells.chunks(2).map(|pair| of(pair[0], pair[1])));
            }
        }
        "dl" => {
            let items: Vec<_> = element.elements().collect();
            if items.len() % 2 != 0 || items.iter().any(|item| !matches!(item.name.as_str(), "dt" | "dd")) {
                return None;
            }
            found.extend(items.chunks(2).map(|pair| of(pair[0], pair[1])));
        }
        "div" | "form" | "ul" | "fieldset" => {
            for item in element.elements() {
                let parts: Vec<_> = item.elements().collect();
                let [label, value] = parts.as_slice() else { return None };
                found.push(of(label, value));
            }
        }
        _ => return None,
    }
    let asked = found.iter().filter(|pair| facts.asked(&pair.label).is_some()).count();
    (asked >= 2 && asked * 2 >= found.len().min(facts.words.len())).then_some(found)
}

fn of(label: &Element, value: &Element) -> Pair {
    let value = if is_control(value) { vec![value.clone().into()] } else { value.children.clone() };
    Pair { label: label.words().trim_end_matches([':', '：']).to_owned(), value }
}

fn is_control(element: &Element) -> bool {
    matches!(element.name.as_str(), "input" | "select" | "textarea")
}

/// Replaces every element that shows pairs.
fn replace(element: &mut Element, facts: &Facts, shape: &mut dyn FnMut(Vec<Pair>) -> Element) -> bool {
    let mut changed = false;
    for inner in element.elements_mut() {
        if let Some(pairs) = pairs(inner, facts) {
            *inner = shape(pairs);
            changed = true;
        } else {
            changed |= replace(inner, facts, shape);
        }
    }
    changed
}

fn reshaped(dom: &mut Dom, facts: &Facts, shape: &dyn Fn(Vec<Pair>) -> Element) -> Option<Touched> {
    done(replace(&mut dom.root, facts, &mut |pairs| shape(pairs)))
}

/// Changes the innermost elements that show a label.
fn labels(element: &mut Element, facts: &Facts, change: &mut dyn FnMut(&mut Element, &str)) {
    let words = element.words();
    match facts.asked(&words).cloned() {
        Some(word) if !element.elements().any(|inner| inner.words() == words) && !element.has(&is_control) => {
            change(element, &word);
        }
        _ => element.elements_mut().for_each(|inner| labels(inner, facts, change)),
    }
}

fn reworded(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let word = facts.words.get(rng.usize(..facts.words.len().max(1)))?.clone();
    let new = [format!("{word}信息"), format!("原{word}"), word.chars().rev().collect()][rng.usize(..3)].clone();
    let mut changed = false;
    labels(&mut dom.root, facts, &mut |element, own| {
        if own == word {
            element.children = vec![text(&new)];
            changed = true;
        }
    });
    changed.then(|| Touched(vec![word]))
}

fn removed(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let word = facts.words.get(rng.usize(..facts.words.len().max(1)))?.clone();
    let changed = replace(&mut dom.root, facts, &mut |mut pairs| {
        pairs.retain(|pair| bare(&pair.label) != word);
        table(&pairs, 2, |pair| ("th", pair.label.clone()))
    });
    changed.then(|| Touched(vec![word]))
}

fn decorated(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let way = rng.usize(..4);
    let mut changed = false;
    labels(&mut dom.root, facts, &mut |element, word| {
        element.children = match way {
            0 => vec![el("i", "required", vec![text("*")]).into(), text(word)],
            1 => vec![el("span", "", vec![text(word)]).into(), el("i", "help-icon", Vec::new()).into()],
            2 => vec![text(&word.chars().map(String::from).collect::<Vec<_>>().join("\u{3000}")), text("：")],
            _ => vec![text(&format!(" {word} :"))],
        };
        changed = true;
    });
    done(changed)
}

fn bilingual(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let way = rng.usize(..2);
    let mut number = 0;
    labels(&mut dom.root, facts, &mut |element, word| {
        number += 1;
        let english = facts.english(word);
        element.children = match way {
            0 => vec![text(&format!("{word} {english}"))],
            _ => vec![text(word), el("br", "", Vec::new()).into(), el("small", "", vec![text(&english)]).into()],
        };
    });
    done(number > 1)
}

fn shuffled(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    done(replace(&mut dom.root, facts, &mut |mut pairs| {
        rng.shuffle(&mut pairs);
        table(&pairs, 2, |pair| ("th", pair.label.clone()))
    }))
}

fn tabs(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
    done(replace(&mut dom.root, facts, &mut |pairs| {
        let (one, two) = pairs.split_at(pairs.len() / 2);
        let tab = |pairs: &[Pair], hidden: bool| {
            let mut tab = el("div", "tab", vec![table(pairs, 2, |pair| ("th", pair.label.clone())).into()]);
            if hidden {
                tab.set("style", "display: none");
            }
            Node::from(tab)
        };
        let heads = ["基本信息", "办理信息"].map(|words| leaf("li", "", words));
        el("div", "tabs", vec![el("ul", "", heads.into()).into(), tab(one, false), tab(two, true)])
    }))
}

fn agent(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
    done(replace(&mut dom.root, facts, &mut |pairs| {
        let more = [("代办人", "某某"), ("代办人联系电话", "10000000000"), ("原受理窗口", "9 号")];
        let more = more.map(|(label, value)| Pair { label: label.to_owned(), value: vec![text(value)] });
        table(&[more.to_vec(), pairs].concat(), 2, |pair| ("th", pair.label.clone()))
    }))
}
