//! Redesigns that change what a table is made of: its rows, its header, its pager.

use fastrand::Rng;

use super::super::{
    dom::{Dom, Element, Node, el, text},
    mutation::{Facts, Touched, done},
};
use super::{cell, cells, each_row, each_table, is_header, put_cells, shows, take_cells, width};

pub(super) fn two_rows(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
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

pub(super) fn plain_header(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
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

pub(super) fn row_headers(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
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

pub(super) fn header_apart(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
    each_table(dom, facts, &mut |table| {
        let (head, body, shell) = apart(table, facts);
        let head = Element { children: vec![el("thead", "", nodes(head)).into()], ..shell.clone() };
        let body = Element { children: vec![el("tbody", "", nodes(body)).into()], ..shell };
        let boxed = |class: &str, table: Element| Node::from(el("div", class, vec![table.into()]));
        el("div", "grid-view", vec![boxed("grid-head", head), boxed("grid-body", body)])
    })
}

pub(super) fn fixed_column(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
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

pub(super) fn phone_cards(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
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

pub(super) fn cards(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
    each_table(dom, facts, &mut |table| el("div", "card-list", card_list(table, facts)))
}

pub(super) fn blocks(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
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

pub(super) fn grouped(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    between(dom, facts, &|number| format!("第 {} 组（按受理日期）", number + 1), "group-row", rng)
}

pub(super) fn unfolded(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
    between(dom, facts, &|_| "补充说明：材料齐全，窗口已核对".to_owned(), "expanded-row", rng)
}

pub(super) fn summed(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
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

pub(super) fn titled(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
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

pub(super) fn bodies(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
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

pub(super) fn reversed(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
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

pub(super) fn inputs(dom: &mut Dom, facts: &Facts, rng: &mut Rng) -> Option<Touched> {
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

pub(super) fn two_lines(dom: &mut Dom, facts: &Facts, _: &mut Rng) -> Option<Touched> {
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

pub(super) fn pager(dom: &mut Dom, _: &Facts, rng: &mut Rng) -> Option<Touched> {
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

pub(super) fn pager_above(dom: &mut Dom, _: &Facts, _: &mut Rng) -> Option<Touched> {
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
