//! Lists that draw only the rows in sight: what they say themselves about the others.

use scraper::ElementRef;

use super::{
    css::{ancestors, attr, parent},
    shown::out_of_sight,
};

/// Elements between a row and what holds all of its list.
const DEPTH: usize = 8;
/// Pixels of the highest row of a list, with all that it may say, and of what stands around the rows.
const ROW: f64 = 150.0;
const AROUND: f64 = 600.0;

/// A list that has more rows than it has drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drawn {
    /// It says how many it has.
    Of(u64),
    /// It keeps room for more: that many pixels.
    Room(u64),
}

/// What the list of these rows says about rows that it has not drawn; nothing where all seem to be there.
pub(super) fn drawn(rows: &[ElementRef<'_>]) -> Option<Drawn> {
    let first = *rows.first()?;
    counted(first, rows.len() as u64).map(Drawn::Of).or_else(|| room(first, rows.len()).map(Drawn::Room))
}

fn number(element: ElementRef<'_>, name: &str) -> Option<u64> {
    attr(element, name)?.trim().parse().ok().filter(|number| *number > 0)
}

/// The list's own count of its records, where it is more than are there.
fn counted(first: ElementRef<'_>, records: u64) -> Option<u64> {
    if let (Some(all), Some(around)) = (number(first, "aria-setsize"), parent(first)) {
        let there = around.child_elements().filter(|row| attr(*row, "aria-setsize").is_some()).count() as u64;
        return (there == records && all > there).then_some(all);
    }
    let (around, all) = std::iter::once(first)
        .chain(ancestors(first))
        .take(DEPTH)
        .find_map(|around| Some((around, number(around, "aria-rowcount")?)))?;
    let is_row = |row: &ElementRef<'_>| row.value().name() == "tr" || attr(*row, "role") == Some("row");
    let heads = |row: &ElementRef<'_>| {
        let head = |cell: ElementRef<'_>| cell.value().name() == "th" || attr(cell, "role") == Some("columnheader");
        row.child_elements().next().is_some() && row.child_elements().all(head)
    };
    let there: Vec<_> = around.descendent_elements().filter(is_row).filter(|row| !out_of_sight(*row)).collect();
    let headings = there.iter().filter(|row| heads(row)).count() as u64;
    // Some draw a row more than once, for fixed columns; some have rows that are no records.
    let plain = there.len() as u64 - headings == records;
    (plain && all > there.len() as u64).then(|| all - headings)
}

/// The room in pixels that a list keeps around the rows that it has drawn, where that is far more than they need.
fn room(first: ElementRef<'_>, rows: usize) -> Option<u64> {
    let mut moved = false;
    let mut room: f64 = 0.0;
    for around in std::iter::once(first).chain(ancestors(first)).take(DEPTH) {
        if matches!(around.value().name(), "body" | "html") {
            break;
        }
        moved |= is_moved(around);
        room = room.max(height(around));
        // A filler beside the rows keeps the room of the others, or is as high as all of them.
        let beside = parent(around).into_iter().flat_map(|parent| parent.child_elements().collect::<Vec<_>>());
        let fillers: f64 = beside.filter(|filler| is_filler(*filler)).map(height).sum();
        moved |= fillers > ROW;
        room = room.max(fillers);
    }
    let needed = rows as f64 * ROW + AROUND;
    (moved && room > needed).then_some(room as u64)
}

/// Whether an element says nothing and holds no picture: it is there for its height.
fn is_filler(element: ElementRef<'_>) -> bool {
    !matches!(element.value().name(), "iframe" | "img" | "canvas" | "svg" | "video" | "script" | "style" | "object")
        && element.descendent_elements().count() <= 4
        && element.text().all(|text| text.trim().is_empty())
}

fn said<'a>(element: ElementRef<'a>, wanted: &str) -> Option<&'a str> {
    let rules = attr(element, "style")?.split(';').filter_map(|rule| rule.split_once(':'));
    rules.filter(|(name, _)| name.trim().eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim()).next_back()
}

fn pixels(element: ElementRef<'_>, name: &str) -> f64 {
    said(element, name).and_then(|value| value.strip_suffix("px")?.trim().parse().ok()).unwrap_or_default()
}

/// The height in pixels that an element says itself, with what it is padded by.
fn height(element: ElementRef<'_>) -> f64 {
    let padding = pixels(element, "padding-top") + pixels(element, "padding-bottom");
    // Without a unit in the attribute.
    let own = attr(element, "height").and_then(|height| height.trim().parse().ok()).unwrap_or_default();
    pixels(element, "height").max(pixels(element, "min-height")).max(padding).max(own)
}

/// Whether an element has been moved to where its list has been scrolled to.
fn is_moved(element: ElementRef<'_>) -> bool {
    said(element, "transform").is_some_and(|value| value.starts_with("translate"))
        || said(element, "position") == Some("absolute") && said(element, "top").is_some()
        || said(element, "padding-top").is_some() && said(element, "padding-bottom").is_some()
}
