//! Redesigns of tables of records.

use fastrand::Rng;

use super::{
    dom::{Dom, Element, Node, el, text},
    mutation::{Facts, Mutation, Touched, bare, done},
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

fn two_rows(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let width = width(dom, facts)?;
    let at = rng.usize(..width.saturating_sub(1).max(1));
    let mut changed = false;
    dom.root.walk_mut(&mut |table| {
        if !table.is("table") || !shows(table, width) {
            return;
        }
        for part in table.elements_mut() {
            let Some(place) = part
                .children
                .iter()
                .position(|row| row.element().is_some_and(|row| row.is("tr") && is_header(row, facts)))
            else {
                continue;
            };
            let row = part.children[place].element_mut().unwrap();
            let old = take_cells(row);
            if old.iter().any(|cell| !cell.is("th")) {
                put_cells(row, old);
                continue;
            }
            let mut first = Vec::new();
            let mut second = Vec::new();
            for (column, mut cell) in old.into_iter().enumerate() {
                if column == at {
                    let mut group = self::cell("th", "基本信息");
                    group.set("colspan", "2");
                    first.push(group);
                }
                if (at..=at + 1).contains(&column) {
                    second.push(cell);
                } else {
                    cell.set("rowspan", "2");
                    first.push(cell);
                }
            }
            put_cells(row, first);
            let mut below = el("tr", "", Vec::new());
            put_cells(&mut below, second);
            part.children.insert(place + 1, below.into());
            changed = true;
        }
    });
    done(changed)
}

fn plain_header(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let keep_head = rng.bool();
    each_table(dom, facts, &mut |mut table| {
        let mut rows: Vec<Node> = Vec::new();
        let mut kept: Vec<Node> = Vec::new();
        for child in std::mem::take(&mut table.children) {
            match child {
                Node::Element(mut part) if part.is("thead") => {
                    part.walk_mut(&mut |cell| {
                        if cell.is("th") {
                            cell.name = "td".to_owned();
                        }
                    });
                    if keep_head { kept.push(part.into()) } else { rows.extend(part.children) }
                }
                Node::Element(mut part) if part.is("tbody") => {
                    for row in part.elements_mut().filter(|row| is_header(row, facts)) {
                        row.elements_mut().for_each(|cell| cell.name = "td".to_owned());
                    }
                    rows.extend(part.children);
                }
                other => kept.push(other),
            }
        }
        kept.push(el("tbody", "", rows).into());
        table.children = kept;
        table
    })
}

fn row_headers(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
    each_row(dom, facts, &mut |row, header, _| {
        if let Some(first) = row.elements_mut().next().filter(|_| !header) {
            first.name = "th".to_owned();
        }
    })
}

/// Header rows and other rows of a table, without its other parts.
fn apart(table: Element, facts: &Facts) -> (Vec<Element>, Vec<Element>, Element) {
    let (mut head, mut body) = (Vec::new(), Vec::new());
    let shell = Element { children: Vec::new(), ..table.clone() };
    for part in
        table.children.into_iter().filter_map(|node| if let Node::Element(part) = node { Some(part) } else { None })
    {
        let in_head = part.is("thead");
        for row in
            part.children.into_iter().filter_map(|node| if let Node::Element(row) = node { Some(row) } else { None })
        {
            if in_head || is_header(&row, facts) { head.push(row) } else { body.push(row) }
        }
    }
    (head, body, shell)
}

fn nodes(elements: Vec<Element>) -> Vec<Node> {
    elements.into_iter().map(Node::Element).collect()
}

fn header_apart(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
    each_table(dom, facts, &mut |table| {
        let (head, body, shell) = apart(table, facts);
        let head = Element { children: vec![el("thead", "", nodes(head)).into()], ..shell.clone() };
        let body = Element { children: vec![el("tbody", "", nodes(body)).into()], ..shell };
        let boxed = |class: &str, table: Element| Node::from(el("div", class, vec![table.into()]));
        el("div", "grid-view", vec![boxed("grid-head", head), boxed("grid-body", body)])
    })
}

fn fixed_column(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let last = rng.bool();
    each_table(dom, facts, &mut |table| {
        let (head, body, shell) = apart(table.clone(), facts);
        let only = |rows: Vec<Element>| -> Vec<Node> {
            let one = |mut row: Element| {
                let mut cells = take_cells(&mut row);
                let cell = if last { cells.pop() } else { Some(cells.remove(0)) };
                put_cells(&mut row, cell.into_iter().collect());
                row
            };
            nodes(rows.into_iter().map(one).collect())
        };
        let parts = vec![el("thead", "", only(head)).into(), el("tbody", "", only(body)).into()];
        let copy = Element { children: parts, ..shell };
        el("div", "grid-view", vec![table.into(), el("div", "grid-fixed", vec![copy.into()]).into()])
    })
}

fn hidden_twin(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let (name, value) = [("style", "display: none"), ("hidden", ""), ("class", "visible-xs")][rng.usize(..3)];
    each_table(dom, facts, &mut |table| {
        let mut twin = el("div", "", vec![table.clone().into()]);
        twin.set(name, value);
        el("div", "both", vec![twin.into(), table.into()])
    })
}

fn phone_cards(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
    each_table(dom, facts, &mut |table| {
        let mut phone = el("div", "visible-xs phone-list", card_list(table.clone(), facts));
        phone.set("style", "display:none");
        el("div", "both", vec![phone.into(), table.into()])
    })
}

fn card_list(table: Element, facts: &Facts) -> Vec<Node> {
    let (head, body, _) = apart(table, facts);
    let headers: Vec<String> =
        head.last().map(|row| cells(row).iter().map(|cell| cell.words()).collect()).unwrap_or_default();
    let card = |mut row: Element| {
        let line = |(header, cell): (&String, Element)| {
            let label = el("span", "k", vec![text(&format!("{header}："))]);
            Node::from(el("p", "", vec![label.into(), el("span", "v", cell.children).into()]))
        };
        let cells = take_cells(&mut row);
        Node::from(el("div", "card", headers.iter().zip(cells).map(line).collect()))
    };
    body.into_iter().map(card).collect()
}

fn cards(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
    each_table(dom, facts, &mut |table| el("div", "card-list", card_list(table, facts)))
}

fn blocks(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let counted = rng.bool();
    each_table(dom, facts, &mut |table| {
        let class = table.get("class").unwrap_or_default().to_owned();
        let id = table.get("id").map(ToOwned::to_owned);
        let (head, body, _) = apart(table, facts);
        let block = |mut row: Element, role: &str, number: usize| {
            let cell = |(at, mut cell): (usize, Element)| {
                cell.name = "div".to_owned();
                cell.set("role", role);
                if counted {
                    cell.set("aria-colindex", &(at + 1).to_string());
                }
                cell
            };
            let cells = take_cells(&mut row).into_iter().enumerate().map(cell).collect();
            row.name = "div".to_owned();
            row.set("role", "row");
            if counted {
                row.set("aria-rowindex", &(number + 1).to_string());
            }
            put_cells(&mut row, cells);
            row
        };
        let headers = head.len();
        let head = head.into_iter().enumerate().map(|(at, row)| block(row, "columnheader", at));
        let body = body.into_iter().enumerate().map(|(at, row)| block(row, "gridcell", headers + at));
        let mut grid = el("div", &class, nodes(head.chain(body).collect()));
        grid.set("role", "grid");
        if let Some(id) = id {
            grid.set("id", &id);
        }
        grid
    })
}

/// Puts a row of one wide cell before some rows.
fn between(
    dom: &mut Dom,
    facts: &Facts,
    words: &dyn Fn(usize) -> String,
    class: &str,
    rng: &mut Rng,
) -> Option<Touched> {
    let width = width(dom, facts)?;
    let every = rng.usize(3..8);
    each_table(dom, facts, &mut |mut table| {
        for part in table.elements_mut().filter(|part| part.is("tbody")) {
            let mut number = 0;
            let mut new = Vec::new();
            for node in std::mem::take(&mut part.children) {
                let record = node.element().is_some_and(|row| row.is("tr") && !is_header(row, facts));
                if record && number % every == 0 {
                    let mut wide = cell("td", &words(number));
                    wide.set("colspan", &width.to_string());
                    new.push(el("tr", class, vec![wide.into()]).into());
                }
                number += usize::from(record);
                new.push(node);
            }
            part.children = new;
        }
        table
    })
}

fn grouped(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    between(dom, facts, &|number| format!("第 {} 组（按受理日期）", number + 1), "group-row", rng)
}

fn unfolded(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    between(dom, facts, &|_| "补充说明：材料齐全，窗口已核对".to_owned(), "expanded-row", rng)
}

fn summed(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    let words = ["合计", "本页小计", "总计："][rng.usize(..3)];
    let width = width(dom, facts)?;
    let wide = rng.bool();
    each_table(dom, facts, &mut |mut table| {
        if let Some(part) = table.elements_mut().filter(|part| part.is("tbody")).last() {
            let mut cells = vec![cell("td", words)];
            if wide {
                cells[0].set("colspan", &(width - 1).to_string());
                cells.push(cell("td", "20 件"));
            } else {
                cells.extend((1..width).map(|at| cell("td", if at == width - 1 { "20" } else { "" })));
            }
            part.children.push(el("tr", "sum", nodes(cells)).into());
        }
        table
    })
}

fn titled(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
    let width = width(dom, facts)?;
    each_table(dom, facts, &mut |mut table| {
        let tag = if table.elements().any(|part| part.is("thead")) { "th" } else { "td" };
        let mut wide = cell(tag, "办件一览表");
        wide.set("colspan", &width.to_string());
        if let Some(part) = table.elements_mut().find(|part| matches!(part.name.as_str(), "thead" | "tbody")) {
            part.children.insert(0, el("tr", "", vec![wide.into()]).into());
        }
        table
    })
}

fn bodies(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
    each_table(dom, facts, &mut |mut table| {
        let mut parts = Vec::new();
        for node in std::mem::take(&mut table.children) {
            match node {
                Node::Element(part) if part.is("tbody") => {
                    let shell = Element { children: Vec::new(), ..part.clone() };
                    for row in part.children.into_iter().filter(|row| row.element().is_some()) {
                        parts.push(Node::from(Element { children: vec![row], ..shell.clone() }));
                    }
                }
                other => parts.push(other),
            }
        }
        table.children = parts;
        table
    })
}

fn reversed(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
    let width = width(dom, facts)?;
    let mut changed = false;
    dom.root.walk_mut(&mut |table| {
        if table.is("table") && shows(table, width) {
            for part in table.elements_mut().filter(|part| part.is("tbody")) {
                let header =
                    part.children.iter().position(|row| row.element().is_some_and(|row| is_header(row, facts)));
                let first = header.map_or(0, |at| at + 1);
                part.children[first..].reverse();
                changed = true;
            }
        }
    });
    done(changed)
}

fn inputs(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    each_row(dom, facts, &mut |row, header, _| {
        for cell in row.elements_mut().filter(|cell| !header && cell.is_leaf() && !cell.words().is_empty()) {
            if rng.f64() < 0.5 {
                let mut input = el("input", "cell-input", Vec::new());
                input.set("readonly", "");
                input.set("value", &cell.words());
                cell.children = vec![input.into()];
            }
        }
    })
}

fn two_lines(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
    let width = width(dom, facts)?;
    if width < 4 {
        return None;
    }
    each_table(dom, facts, &mut |mut table| {
        for part in table.elements_mut().filter(|part| matches!(part.name.as_str(), "thead" | "tbody")) {
            let mut new = Vec::new();
            for node in std::mem::take(&mut part.children) {
                let Node::Element(mut row) = node else { continue };
                let mut first = take_cells(&mut row);
                if first.len() < width {
                    put_cells(&mut row, first);
                    new.push(row);
                    continue;
                }
                let second = first.split_off(1 + (width - 1) / 2);
                first[0].set("rowspan", "2");
                put_cells(&mut row, first);
                let mut below = Element { children: Vec::new(), ..row.clone() };
                put_cells(&mut below, second);
                new.extend([row, below]);
            }
            part.children = nodes(new);
        }
        table
    })
}

/// The innermost element that states how many there are.
fn states_total(element: &Element) -> bool {
    let words = element.words();
    let counts = |element: &Element| {
        let words = element.words();
        words.contains('共') && words.contains('条') && words.chars().any(|letter| letter.is_ascii_digit())
    };
    words.chars().count() < 40 && counts(element) && !element.elements().any(counts)
}

fn pager(dom: &mut Dom, _: &Facts, rng: &mut Rng) -> Option<Touched> {
    let way = rng.usize(..3);
    let mut changed = false;
    dom.root.walk_mut(&mut |element| {
        if changed || !states_total(element) {
            return;
        }
        let words = element.words();
        element.children = match way {
            0 => vec![el("div", "pg", vec![el("span", "pg-total", vec![text(&words)]).into()]).into()],
            1 => words.split(' ').flat_map(|word| [Node::from(el("b", "", vec![text(word)])), text(" ")]).collect(),
            _ => vec![text(&format!("第 1 页　{words}")), el("a", "pg-next", vec![text("›")]).into()],
        };
        element.set("class", "pg-info");
        changed = true;
    });
    done(changed)
}

fn pager_above(dom: &mut Dom, _: &Facts, _: &mut Rng) -> Option<Touched> {
    let mut total: Option<Element> = None;
    dom.root.walk_mut(&mut |element| {
        let at = element.children.iter().position(|child| child.element().is_some_and(states_total));
        if let Some(at) = at.filter(|_| total.is_none()) {
            total = element.children.remove(at).element_mut().map(std::mem::take);
        }
    });
    let total = total?;
    let body = dom.root.elements_mut().find(|element| element.is("body"))?;
    body.children.insert(0, el("div", "pager-top", vec![total.into()]).into());
    done(true)
}
