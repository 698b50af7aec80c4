//! Redesigns of a whole page: names, wrappers, blanks, attributes, what stands around.

use std::collections::BTreeMap;

use fastrand::Rng;

use super::{
    dom::{Dom, Element, Node, el, text},
    mutation::{Facts, Mutation, Touched, done},
};

pub const ALL: &[Mutation] = &[
    Mutation { name: "ids renamed", change: ids_renamed },
    Mutation { name: "all classes renamed", change: classes_renamed },
    Mutation { name: "half of the classes renamed", change: half_renamed },
    Mutation { name: "classes added", change: classes_added },
    Mutation { name: "attributes changed", change: attributes_changed },
    Mutation { name: "tables and lists wrapped", change: blocks_wrapped },
    Mutation { name: "texts wrapped", change: texts_wrapped },
    Mutation { name: "blanks and invisible letters", change: blanks },
    Mutation { name: "comments between", change: comments },
    Mutation { name: "written by hand", change: sloppy },
    Mutation { name: "page in a new frame of blocks", change: new_layout },
    Mutation { name: "search form added", change: search_form },
    Mutation { name: "another table added", change: other_table },
    Mutation { name: "help text added", change: help_text },
    Mutation { name: "blocks become sections", change: sections },
    Mutation { name: "links become buttons in blocks", change: links_boxed },
    Mutation { name: "hidden copies of values", change: hidden_copies },
    Mutation { name: "things to fold and copy", change: folds },
];

fn letters(rng: &mut Rng) -> String {
    (0..8).map(|_| rng.lowercase()).collect()
}

fn rename(dom: &mut Dom, rng: &mut Rng, attribute: &str, share: f64) -> usize {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    dom.root.walk(&mut |element| {
        for name in element.get(attribute).unwrap_or_default().split_whitespace() {
            names.entry(name.to_owned()).or_default();
        }
    });
    for (name, new) in &mut names {
        *new = if rng.f64() < share { format!("{}-{}", letters(rng), rng.u8(..)) } else { name.clone() };
    }
    let mut changed = 0;
    let references = ["for", "aria-labelledby", "aria-describedby", "form", "list"];
    dom.root.walk_mut(&mut |element| {
        for (own, value) in &mut element.attributes {
            if own == attribute || (attribute == "id" && references.contains(&own.as_str())) {
                let new = value.split_whitespace().map(|name| names.get(name).map_or(name, String::as_str));
                let new = new.collect::<Vec<_>>().join(" ");
                changed += usize::from(*value != new);
                *value = new;
            }
        }
    });
    changed
}

fn ids_renamed(dom: &mut Dom, _: &Facts, rng: &mut Rng) -> Option<Touched> {
    done(rename(dom, rng, "id", 1.0) > 0)
}

fn classes_renamed(dom: &mut Dom, _: &Facts, rng: &mut Rng) -> Option<Touched> {
    done(rename(dom, rng, "class", 1.0) > 0)
}

fn half_renamed(dom: &mut Dom, _: &Facts, rng: &mut Rng) -> Option<Touched> {
    done(rename(dom, rng, "class", 0.5) > 0)
}

fn classes_added(dom: &mut Dom, _: &Facts, rng: &mut Rng) -> Option<Touched> {
    dom.root.walk_mut(&mut |element| {
        if rng.f64() < 0.3 {
            let class = format!("{} {}-{}", element.get("class").unwrap_or_default(), letters(rng), letters(rng));
            element.set("class", class.trim());
        }
    });
    done(true)
}

fn attributes_changed(dom: &mut Dom, _: &Facts, rng: &mut Rng) -> Option<Touched> {
    dom.root.walk_mut(&mut |element| {
        rng.shuffle(&mut element.attributes);
        if rng.f64() < 0.4 {
            element.set(&format!("data-{}", letters(rng)), &letters(rng));
        }
        if rng.f64() < 0.2 && element.get("style").is_none() {
            element.set("style", "color: #333; padding-left: 4px");
        }
        element
            .attributes
            .retain(|(name, _)| !matches!(name.as_str(), "width" | "height" | "align" | "bgcolor" | "border"));
    });
    done(true)
}

/// Puts each child that fits into a block.
fn wrap(element: &mut Element, fits: &dyn Fn(&Element) -> bool, block: &dyn Fn(Element) -> Element) -> usize {
    let mut changed = 0;
    for child in &mut element.children {
        let Node::Element(inner) = child else { continue };
        changed += wrap(inner, fits, block);
        if fits(inner) {
            let inner = std::mem::take(inner);
            *child = Node::Element(block(inner));
            changed += 1;
        }
    }
    changed
}

fn blocks_wrapped(dom: &mut Dom, _: &Facts, rng: &mut Rng) -> Option<Touched> {
    let depth = rng.usize(1..4);
    let fits = |element: &Element| matches!(element.name.as_str(), "table" | "ul" | "dl" | "form");
    let block = |element: Element| (0..depth).fold(element, |inner, _| el("div", "scroll-box", vec![inner.into()]));
    done(wrap(&mut dom.root, &fits, &block) > 0)
}

/// Where a text may be wrapped: what people read.
fn holds_text(element: &Element) -> bool {
    matches!(element.name.as_str(), "td" | "th" | "dd" | "dt" | "p" | "div" | "span" | "label" | "li" | "a" | "b")
        && element.is_leaf()
        && !element.words().is_empty()
}

fn texts_wrapped(dom: &mut Dom, _: &Facts, rng: &mut Rng) -> Option<Touched> {
    let mut changed = false;
    let tags = ["span", "font", "em", "b", "div"];
    dom.root.walk_mut(&mut |element| {
        let block = matches!(element.name.as_str(), "td" | "th" | "dd" | "dt" | "div" | "li");
        if holds_text(element) && rng.f64() < 0.6 {
            let tag = tags[rng.usize(..if block { 5 } else { 4 })];
            let inner = el(tag, "", std::mem::take(&mut element.children));
            element.children = vec![inner.into()];
            changed = true;
        }
    });
    done(changed)
}

fn blanks(dom: &mut Dom, _: &Facts, rng: &mut Rng) -> Option<Touched> {
    let mut changed = false;
    dom.root.walk_mut(&mut |element| {
        if !holds_text(element) {
            return;
        }
        for child in &mut element.children {
            if let Node::Text(words) = child {
                let around = ["\n\t\t  ", "\u{a0}", " \u{a0} ", "\u{3000}", "\u{200b}"][rng.usize(..5)];
                *words = format!("{around}{}{around}", words.trim());
                changed = true;
            }
        }
    });
    done(changed)
}

fn comments(dom: &mut Dom, _: &Facts, _: &mut Rng) -> Option<Touched> {
    dom.root.walk_mut(&mut |element| {
        if matches!(element.name.as_str(), "td" | "th" | "tr" | "tbody" | "div" | "dd" | "dt" | "dl") {
            element.children.insert(0, Node::Comment(" 申请人：旧 ".to_owned()));
            element.children.push(Node::Comment(" end ".to_owned()));
        }
    });
    done(true)
}

fn sloppy(dom: &mut Dom, _: &Facts, _: &mut Rng) -> Option<Touched> {
    dom.sloppy = true;
    done(true)
}

fn body(dom: &mut Dom) -> Option<&mut Element> {
    dom.root.elements_mut().find(|element| element.is("body"))
}

fn new_layout(dom: &mut Dom, _: &Facts, _: &mut Rng) -> Option<Touched> {
    let body = body(dom)?;
    let content = std::mem::take(&mut body.children);
    let link = |words: &str| Node::from(el("li", "", vec![el("a", "nav-link", vec![text(words)]).into()]));
    let nav = el("ul", "side-nav", ["首页", "办件查询", "统计报表", "系统设置"].map(link).into());
    let main = el("main", "page-main", vec![el("div", "page-inner", content).into()]);
    let foot = el("footer", "", vec![text("技术支持：河东区大数据中心　电话：0539-0000000")]);
    body.children = vec![
        el("header", "top", vec![el("h1", "", vec![text("政务服务平台")]).into()]).into(),
        el("div", "layout", vec![el("aside", "", vec![nav.into()]).into(), main.into()]).into(),
        foot.into(),
    ];
    done(true)
}

fn field(label: &str, control: Element) -> Element {
    el("div", "search-item", vec![el("label", "", vec![text(label)]).into(), control.into()])
}

fn search_form(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
    let mut input = el("input", "search-input", Vec::new());
    input.set("name", "keyword");
    let option = |words: &str| Node::from(el("option", "", vec![text(words)]));
    let select = el("select", "", ["全部", "在办", "已办"].map(option).into());
    let button = el("button", "search-btn", vec![text("查 询")]);
    let fields = vec![field("关键字：", input).into(), field("办理阶段：", select).into(), button.into()];
    let before = body(dom)?;
    before.children.insert(0, el("form", "search-form", fields).into());
    done(facts.list)
}

fn other_table(dom: &mut Dom, _: &Facts, rng: &mut Rng) -> Option<Touched> {
    let cells = |tag: &str, words: [&str; 3]| {
        let cell = |words: &str| Node::from(el(tag, "", vec![text(words)]));
        Node::from(el("tr", "", words.map(cell).into()))
    };
    let head = el("thead", "", vec![cells("th", ["统计项", "本月", "本年"])]);
    let rows = vec![cells("td", ["收件", "12", "340"]), cells("td", ["办结", "11", "322"])];
    let table = el("table", "stat", vec![head.into(), el("tbody", "", rows).into()]);
    let body = body(dom)?;
    let at = if rng.bool() { 0 } else { body.children.len() };
    body.children.insert(at, table.into());
    done(true)
}

fn help_text(dom: &mut Dom, _: &Facts, _: &mut Rng) -> Option<Touched> {
    let words = "说明：数据每十分钟更新一次；如有疑问，请联系窗口工作人员。办理时间：工作日 9:00-17:00。";
    body(dom)?.children.insert(0, el("p", "tips", vec![text(words)]).into());
    done(true)
}

fn sections(dom: &mut Dom, _: &Facts, rng: &mut Rng) -> Option<Touched> {
    let mut changed = false;
    dom.root.walk_mut(&mut |element| {
        if element.is("div") && rng.f64() < 0.6 {
            element.name = ["section", "article", "main", "div"][rng.usize(..4)].to_owned();
            changed |= !element.is("div");
        }
    });
    done(changed)
}

fn links_boxed(dom: &mut Dom, _: &Facts, _: &mut Rng) -> Option<Touched> {
    let fits = |element: &Element| element.is("a") && element.get("href").is_some();
    let block = |link: Element| el("span", "btn-box", vec![el("span", "btn-inner", vec![link.into()]).into()]);
    done(wrap(&mut dom.root, &fits, &block) > 0)
}

fn hidden_copies(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let mut changed = false;
    let ways = [
        ("style", "display:none"),
        ("class", "sr-only"),
        ("class", "visible-xs"),
        ("style", "position:absolute;left:-9999px"),
        ("hidden", ""),
    ];
    let (name, value) = ways[rng.usize(..ways.len())];
    dom.root.walk_mut(&mut |element| {
        let cell = matches!(element.name.as_str(), "td" | "dd") && (facts.list || !element.words().is_empty());
        if cell && element.get(name) != Some(value) {
            let mut copy = el("span", "", vec![text(&element.words())]);
            copy.set(name, value);
            element.children.insert(0, copy.into());
            changed = true;
        }
    });
    done(changed)
}

fn folds(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let mut changed = false;
    dom.root.walk_mut(&mut |element| {
        let words = element.words();
        let own = element.is("td") && element.is_leaf() && !words.is_empty() && facts.asked(&words).is_none();
        if own && rng.f64() < 0.4 {
            let mut fold = el("a", "fold", vec![text(["展开", "复制", "收起"][rng.usize(..3)])]);
            fold.set("href", "javascript:;");
            element.children.push(fold.into());
            changed = true;
        }
    });
    done(changed)
}
