//! Redesigns that style sheets hide from a person, and so from nobody else.

use fastrand::Rng;

use super::{
    dom::{Dom, Element, el, text},
    mutation::{Facts, Mutation, Touched, bare, done},
};

pub const ALL: &[Mutation] = &[
    Mutation { name: "an edit form in each cell, hidden by a sheet", change: edit_forms },
    Mutation { name: "hidden copies by a class of a sheet", change: copies },
    Mutation { name: "a select beside what is shown for it", change: selects },
    Mutation { name: "values hidden and shown again by a sheet", change: shown_again },
    Mutation { name: "a sheet for paper and phones", change: paper },
];

/// Puts a sheet at the end of the head.
fn sheet(dom: &mut Dom, css: &str) -> bool {
    let mut put = false;
    dom.root.walk_mut(&mut |element| {
        if element.is("head") {
            element.children.push(el("style", "", vec![text(css)]).into());
            put = true;
        }
    });
    put
}

/// Classes of what is hidden already: a copy of that would be a copy of what nobody sees.
const HIDDEN: [&str; 4] = ["ed", "kx", "nat", "val"];

/// Changes every cell with a text of its own; says whether there was any. Neither cells of labels, also in two languages, nor cells
/// of which a part is hidden already.
fn each_cell(dom: &mut Dom, facts: &Facts, change: &dyn Fn(&mut Element, &str)) -> bool {
    let mut changed = false;
    dom.root.walk_mut(&mut |element| {
        let words = element.words();
        let label = facts.words.iter().any(|word| bare(&words).starts_with(word.as_str()));
        let cell = matches!(element.name.as_str(), "td" | "dd") && !words.is_empty() && !label;
        let hidden = element.has(&|inner| inner.get("class").is_some_and(|class| HIDDEN.contains(&class)));
        if cell
            && !hidden
            && !element.has(&|inner| matches!(inner.name.as_str(), "input" | "select" | "textarea" | "table"))
        {
            change(element, &words);
            changed = true;
        }
    });
    changed
}

fn input(value: &str) -> Element {
    let mut input = el("input", "", Vec::new());
    input.set("value", value);
    input
}

fn edit_forms(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let hides = [".ed { display: none }", "body .ed { display: none }", ".ed, .ed * { visibility: hidden }"];
    let css = hides[rng.usize(..hides.len())];
    let changed = each_cell(dom, facts, &|cell, words| {
        cell.children.insert(0, el("form", "ed", vec![input(words).into()]).into());
    });
    done(changed && sheet(dom, css))
}

fn copies(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let hides = [
        ".kx { display: none }",
        ".kx { visibility: hidden }",
        "body * > .kx { display: none }",
        ".kx { position: absolute; clip: rect(0 0 0 0); overflow: hidden }",
        "@media screen { .kx { display: none !important } } .kx { display: block }",
        ".kx { display: none } @media (max-width: 600px) { .kx { display: block } }",
        "span[data-copy] { position: fixed; clip-path: inset(50%) }",
    ];
    let css = hides[rng.usize(..hides.len())];
    let changed = each_cell(dom, facts, &|cell, words| {
        let mut copy = el("span", "kx", vec![text(words)]);
        copy.set("data-copy", "");
        cell.children.insert(0, copy.into());
    });
    done(changed && sheet(dom, css))
}

fn selects(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let hides = [".nat, .drop { display: none }", ".nat { opacity: 0; position: absolute } .drop { display: none }"];
    let css = hides[rng.usize(..hides.len())];
    let changed = each_cell(dom, facts, &|cell, words| {
        let mut chosen = el("option", "", vec![text(words)]);
        chosen.set("selected", "");
        let native = el("select", "nat", vec![chosen.into()]);
        let drop =
            el("ul", "drop", vec![el("li", "", vec![text(words)]).into(), el("li", "", vec![text("其他")]).into()]);
        cell.children.insert(0, native.into());
        cell.children.insert(1, drop.into());
    });
    done(changed && sheet(dom, css))
}

fn shown_again(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
    let changed = each_cell(dom, facts, &|cell, _| {
        let inner = std::mem::take(&mut cell.children);
        cell.children.push(el("span", "val", inner).into());
    });
    done(changed && sheet(dom, ".val { display: none } body * > .val { display: inline }"))
}

fn paper(dom: &mut Dom, _: &Facts, rng: &mut Rng) -> Option<Touched> {
    let sheets = [
        "@media print { td, dd, th, span { display: none } }",
        "@media (max-width: 767px) { td, dd { display: none } }",
        "td:hover, td::before, th::after { display: none }",
    ];
    done(sheet(dom, sheets[rng.usize(..sheets.len())]))
}
