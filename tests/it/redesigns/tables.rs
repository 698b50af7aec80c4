//! Redesigns of tables of records.

mod shapes;

use fastrand::Rng;

use super::{
    dom::{Dom, Element, Node, el, text},
    mutation::{Facts, Mutation, Touched, bare, done},
};
use shapes::{
    blocks, bodies, cards, fixed_column, grouped, header_apart, inputs, pager, pager_above, phone_cards, plain_header,
    reversed, row_headers, summed, titled, two_lines, two_rows, unfolded,
};

pub const ALL: &[Mutation] = &[
    Mutation { name: "columns reordered", change: reordered },
    Mutation { name: "a column added", change: added },
    Mutation { name: "a column of numbers added in front", change: numbered },
    Mutation { name: "a column with a similar header added", change: similar_added },
    Mutation { name: "an unused column removed", change: unused_removed },
    Mutation { name: "a used column removed", change: used_removed },
    Mutation { name: "a header reworded", change: reworded },
    Mutation { name: "a column split", change: split },
    Mutation { name: "headers decorated", change: decorated },
    Mutation { name: "headers padded", change: padded },
    Mutation { name: "headers in two languages", change: bilingual },
    Mutation { name: "headers in two rows", change: two_rows },
    Mutation { name: "header cells become td", change: plain_header },
    Mutation { name: "first cells become th", change: row_headers },
    Mutation { name: "header in a table of its own", change: header_apart },
    Mutation { name: "fixed column repeated", change: fixed_column },
    Mutation { name: "table hidden a second time", change: hidden_twin },
    Mutation { name: "table for phones beside it", change: phone_cards },
    Mutation { name: "table of blocks with roles", change: blocks },
    Mutation { name: "group headings between rows", change: grouped },
    Mutation { name: "sums under the rows", change: summed },
    Mutation { name: "a title row above", change: titled },
    Mutation { name: "one body for each row", change: bodies },
    Mutation { name: "unfolded rows between", change: unfolded },
    Mutation { name: "rows in reverse", change: reversed },
    Mutation { name: "texts become read-only inputs", change: inputs },
    Mutation { name: "two lines for each record", change: two_lines },
    Mutation { name: "rows become cards", change: cards },
    Mutation { name: "pagination restyled", change: pager },
    Mutation { name: "pagination above the table", change: pager_above },
];

/// The rows of a table, of all its parts.
fn rows(table: &Element) -> Vec<&Element> {
    let parts = table.elements().filter(|part| matches!(part.name.as_str(), "thead" | "tbody"));
    parts.flat_map(Element::elements).filter(|row| row.is("tr")).collect()
}

fn rows_mut(table: &mut Element) -> Vec<&mut Element> {
    let parts = table.elements_mut().filter(|part| matches!(part.name.as_str(), "thead" | "tbody"));
    parts.flat_map(Element::elements_mut).filter(|row| row.is("tr")).collect()
}

fn cells(row: &Element) -> Vec<&Element> {
    row.elements().filter(|cell| matches!(cell.name.as_str(), "td" | "th")).collect()
}

/// Takes the cells of a row out; what stands between them is dropped.
fn take_cells(row: &mut Element) -> Vec<Element> {
    let taken = std::mem::take(&mut row.children).into_iter();
    taken.filter_map(|node| if let Node::Element(cell) = node { Some(cell) } else { None }).collect()
}

fn put_cells(row: &mut Element, cells: Vec<Element>) {
    row.children = cells.into_iter().map(Node::Element).collect();
}

/// Whether a row is the header: it has a word that the adapter asks for.
fn is_header(row: &Element, facts: &Facts) -> bool {
    cells(row).iter().filter(|cell| facts.asked(&cell.words()).is_some()).count() >= 2.min(facts.words.len())
}

fn spans(row: &Element) -> bool {
    cells(row)
        .iter()
        .any(|cell| ["colspan", "rowspan"].iter().any(|name| cell.get(name).is_some_and(|span| span != "1")))
}

/// How many columns the records have, without those over a scroll bar. `None` where there is no plain table of records.
fn width(dom: &Dom, facts: &Facts) -> Option<usize> {
    let mut widths = Vec::new();
    let mut plain = true;
    dom.root.walk(&mut |table| {
        if table.is("table") {
            let headers: Vec<_> = rows(table).into_iter().filter(|row| is_header(row, facts)).collect();
            widths.extend(headers.iter().map(|row| {
                cells(row).iter().filter(|cell| cell.get("class").is_none_or(|class| !class.contains("gutter"))).count()
            }));
            plain &= headers.iter().all(|row| !spans(row));
        }
    });
    widths.dedup();
    match (plain, widths.as_slice()) {
        (true, [width]) => Some(*width),
        _ => None,
    }
}

/// Whether a table shows the records: its rows are as wide as they are, or one more.
fn shows(table: &Element, width: usize) -> bool {
    let whole = |row: &&Element| cells(row).len() > 1 && !spans(row);
    let rows: Vec<_> = rows(table).into_iter().filter(whole).collect();
    !rows.is_empty() && rows.iter().all(|row| (width..=width + 1).contains(&cells(row).len()))
}

/// Changes the rows of every table that shows the records. With the row comes whether it is the header.
fn each_row(dom: &mut Dom, facts: &Facts, change: &mut dyn FnMut(&mut Element, bool, usize)) -> Option<Touched> {
    let width = width(dom, facts)?;
    let mut changed = false;
    dom.root.walk_mut(&mut |table| {
        if !table.is("table") || !shows(table, width) {
            return;
        }
        for row in rows_mut(table) {
            if cells(row).len() >= width && !spans(row) {
                let header = is_header(row, facts);
                change(row, header, width);
                changed = true;
            }
        }
    });
    done(changed)
}

/// The tables that hold header and records by themselves, changed into something else.
fn each_table(dom: &mut Dom, facts: &Facts, change: &mut dyn FnMut(Element) -> Element) -> Option<Touched> {
    fn walk(
        element: &mut Element,
        fits: &dyn Fn(&Element) -> bool,
        change: &mut dyn FnMut(Element) -> Element,
    ) -> bool {
        let mut changed = false;
        for inner in element.elements_mut() {
            if fits(inner) {
                *inner = change(std::mem::take(inner));
                changed = true;
            } else {
                changed |= walk(inner, fits, change);
            }
        }
        changed
    }
    let width = width(dom, facts)?;
    let fits = |table: &Element| {
        let own = |row: &&Element| is_header(row, facts);
        table.is("table") && shows(table, width) && rows(table).iter().any(own) && rows(table).len() > 1
    };
    done(walk(&mut dom.root, &fits, change))
}

fn cell(tag: &str, words: &str) -> Element {
    el(tag, "", vec![text(words)])
}

/// The tag that the cells of this row have.
fn tag(row: &Element) -> String {
    cells(row).last().map_or_else(|| "td".to_owned(), |cell| cell.name.clone())
}

fn reordered(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let mut order: Vec<usize> = Vec::new();
    each_row(dom, facts, &mut |row, _, width| {
        if order.len() != width {
            order = (0..width).collect();
            rng.shuffle(&mut order);
        }
        let mut old: Vec<Option<Element>> = take_cells(row).into_iter().map(Some).collect();
        let mut new: Vec<Element> = order.iter().map(|at| old[*at].take().unwrap()).collect();
        new.extend(old.into_iter().flatten());
        put_cells(row, new);
    })
}

fn insert(dom: &mut Dom, facts: &Facts, at: usize, header: &str, words: &dyn Fn(usize) -> String) -> Option<Touched> {
    // The copies of a row that a widget keeps get the same.
    let mut rows: Vec<String> = Vec::new();
    each_row(dom, facts, &mut |row, is_header, width| {
        let tag = tag(row);
        let says = row.words();
        let number = rows.iter().position(|known| *known == says).unwrap_or(rows.len());
        if !is_header && number == rows.len() {
            rows.push(says);
        }
        let new = if is_header { cell(&tag, header) } else { cell(&tag, &words(number)) };
        let mut cells = take_cells(row);
        cells.insert(at.min(width), new);
        put_cells(row, cells);
    })
}

fn added(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let at = rng.usize(..12);
    let header = ["备注", "评价", "材料数", "联系方式"][rng.usize(..4)];
    insert(dom, facts, at, header, &|number| format!("{}", number % 7))
}

fn numbered(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
    insert(dom, facts, 0, "序号", &|number| (number + 1).to_string())
}

fn similar_added(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let word = facts.words.get(rng.usize(..facts.words.len().max(1)))?.clone();
    let header = format!("{}{word}", ["原", "旧", "关联"][rng.usize(..3)]);
    insert(dom, facts, rng.usize(..12), &header, &|number| format!("X{number}"))
}

/// The columns of the header row: which are asked for.
fn columns(dom: &Dom, facts: &Facts) -> Vec<(usize, String, bool)> {
    let mut found = Vec::new();
    dom.root.walk(&mut |table| {
        let header = rows(table).into_iter().find(|row| is_header(row, facts));
        if let Some(row) = header.filter(|_| table.is("table") && found.is_empty()) {
            let words = |(at, cell): (usize, &&Element)| (at, cell.words(), facts.asked(&cell.words()).is_some());
            found = cells(row).iter().enumerate().map(words).collect();
        }
    });
    found
}

fn remove(dom: &mut Dom, facts: &Facts, at: usize) -> Option<Touched> {
    each_row(dom, facts, &mut |row, _, width| {
        let mut cells = take_cells(row);
        if at < width {
            cells.remove(at);
        }
        put_cells(row, cells);
    })
}

fn pick(dom: &Dom, facts: &Facts, rng: &mut Rng, asked: bool) -> Option<(usize, String)> {
    let width = width(dom, facts)?;
    let columns: Vec<_> = columns(dom, facts).into_iter().filter(|(at, _, own)| *own == asked && *at < width).collect();
    if columns.is_empty() {
        return None;
    }
    let (at, words, _) = columns[rng.usize(..columns.len())].clone();
    Some((at, words))
}

fn unused_removed(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let (at, words) = pick(dom, facts, rng, false)?;
    // A column without words may be the one over a scroll bar.
    if words.is_empty() { None } else { remove(dom, facts, at) }
}

fn used_removed(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let (at, words) = pick(dom, facts, rng, true)?;
    remove(dom, facts, at).map(|_| Touched(vec![bare(&words)]))
}

/// Changes every header cell with the words `old`.
fn rename(dom: &mut Dom, facts: &Facts, change: &mut dyn FnMut(&mut Element, &str)) -> bool {
    let mut changed = false;
    dom.root.walk_mut(&mut |table| {
        if !table.is("table") {
            return;
        }
        for row in rows_mut(table) {
            for cell in row.elements_mut() {
                let words = cell.words();
                if facts.asked(&words).is_some() {
                    innermost(cell, &words, change);
                    changed = true;
                }
            }
        }
    });
    changed
}

/// Changes the innermost element that shows these words.
fn innermost(element: &mut Element, words: &str, change: &mut dyn FnMut(&mut Element, &str)) {
    let inner = element.elements().position(|inner| inner.words() == words);
    match inner {
        Some(at) => innermost(element.elements_mut().nth(at).unwrap(), words, change),
        None => change(element, words),
    }
}

fn reworded(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let word = facts.words.get(rng.usize(..facts.words.len().max(1)))?.clone();
    let new = match rng.usize(..3) {
        0 => format!("{word}信息"),
        1 => format!("当前{word}"),
        _ => word.chars().rev().collect(),
    };
    let mut changed = false;
    rename(dom, facts, &mut |cell, words| {
        if bare(words) == word {
            cell.children = vec![text(&new)];
            changed = true;
        }
    });
    changed.then(|| Touched(vec![word]))
}

fn split(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let (at, words) = pick(dom, facts, rng, true)?;
    let keeps = rng.usize(..3) == 0;
    each_row(dom, facts, &mut |row, header, _| {
        let tag = tag(row);
        let mut cells = take_cells(row);
        let old = cells[at].words();
        let halves = if header {
            let first = if keeps { old.clone() } else { format!("{old}（一）") };
            [first, format!("{old}（二）")]
        } else {
            let letters: Vec<char> = old.chars().collect();
            let (one, two) = letters.split_at(letters.len() / 2);
            [one.iter().collect(), two.iter().collect()]
        };
        cells.splice(at..=at, halves.map(|half: String| cell(&tag, &half)));
        put_cells(row, cells);
    })
    .map(|_| Touched(vec![bare(&words)]))
}

fn decorated(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let way = rng.usize(..5);
    done(rename(dom, facts, &mut |cell, words| {
        let more: Node = match way {
            0 => el("i", "sort-icon", Vec::new()).into(),
            1 => el("span", "caret", vec![text("▲▼")]).into(),
            2 => el("span", "sr-only", vec![text("点击排序")]).into(),
            3 => el("i", "material-icons", vec![text("arrow_upward")]).into(),
            _ => el("em", "tip", vec![text("?")]).into(),
        };
        cell.children = vec![el("span", "head-text", vec![text(words)]).into(), more];
    }))
}

fn padded(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let way = rng.usize(..3);
    done(rename(dom, facts, &mut |cell, words| {
        let new = match way {
            0 => words.chars().map(String::from).collect::<Vec<_>>().join(" "),
            1 => format!("* {words}："),
            _ => format!("\u{3000}{words}\u{a0}"),
        };
        cell.children = vec![text(&new)];
    }))
}

fn bilingual(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let way = rng.usize(..3);
    done(rename(dom, facts, &mut |cell, words| {
        let english = facts.english(words);
        cell.children = match way {
            0 => vec![text(&format!("{words}/{english}"))],
            1 => vec![text(words), el("br", "", Vec::new()).into(), el("small", "", vec![text(&english)]).into()],
            _ => vec![text(&format!("{words}（{english}）"))],
        };
    }))
}

fn hidden_twin(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let (name, value) = [("style", "display: none"), ("hidden", ""), ("class", "visible-xs")][rng.usize(..3)];
    each_table(dom, facts, &mut |table| {
        let mut twin = el("div", "", vec![table.clone().into()]);
        twin.set(name, value);
        el("div", "both", vec![twin.into(), table.into()])
    })
}
