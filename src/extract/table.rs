//! Tables as people see them: one header and rows of records, however many table elements a widget makes of it.

use std::{cell::RefCell, collections::HashMap};

use scraper::ElementRef;

use super::{
    css::has_class,
    error::Miss,
    header::{Column, LEVELS},
    shown::{hidden, shown},
    words::{key, nearest},
};

/// Headers named in an error at most.
const MOST_NAMED: usize = 40;

/// A table as people see it. The first pane leads; the others repeat some of its columns or add frozen ones.
pub(super) struct Grid<'a> {
    panes: Vec<Pane<'a>>,
    /// Where each header asked for so far stands: pane and column, the leading pane first.
    found: RefCell<HashMap<String, Result<Vec<Place>, Miss>>>,
}

/// A pane and a column of it.
type Place = (usize, usize);

/// One table of a widget, with the header that belongs to it.
pub(super) struct Pane<'a> {
    /// Its columns, from the left.
    pub columns: Vec<Column>,
    /// Its records, from the top.
    pub rows: Vec<Record<'a>>,
}

/// One record in one pane.
pub(super) struct Record<'a> {
    /// Its row.
    pub row: ElementRef<'a>,
    /// Its cells by column.
    pub cells: Vec<Option<ElementRef<'a>>>,
}

impl<'a> Grid<'a> {
    /// How many records it has.
    pub(super) fn len(&self) -> usize {
        self.panes[0].rows.len()
    }

    /// The row elements of a record, the leading pane's first.
    pub(super) fn rows(&self, record: usize) -> Vec<ElementRef<'a>> {
        self.panes.iter().filter_map(|pane| Some(pane.rows.get(record)?.row)).collect()
    }

    /// The cells of a record under a header, the best one first: seen and not empty.
    pub(super) fn cells(&self, record: usize, header: &str) -> Result<Vec<ElementRef<'a>>, Miss> {
        let found = self.found.borrow_mut().entry(header.to_owned()).or_insert_with(|| self.find(header)).clone()?;
        let cell = |(pane, column): &Place| {
            self.panes[*pane].rows.get(record).and_then(|record| *record.cells.get(*column)?)
        };
        let mut cells: Vec<_> = found.iter().filter_map(cell).collect();
        cells.sort_by_key(|cell| hidden(*cell) || has_class(*cell, "is-hidden") || shown(*cell).is_empty());
        if cells.is_empty() {
            return Err(Miss::nothing(format!("the record has no cell under the header {header}")));
        }
        Ok(cells)
    }

    fn find(&self, header: &str) -> Result<Vec<Place>, Miss> {
        let wanted = key(header);
        for level in 0..LEVELS {
            let mut places = Vec::new();
            for (number, pane) in self.panes.iter().enumerate() {
                let called = |(_, column): &(usize, &Column)| column.is_called(&wanted, level);
                let mut columns: Vec<_> = pane.columns.iter().enumerate().filter(called).collect();
                if columns.len() > 1 {
                    columns.retain(|(_, column)| !column.hidden);
                }
                if columns.len() > 1 {
                    let names: Vec<_> = columns.iter().map(|(_, column)| column.full_name()).collect();
                    return Err(Miss::Unclear(format!(
                        "{} columns have the header {header}: {}; name the group as well (group/header), or use CSS",
                        names.len(),
                        names.join(", "),
                    )));
                }
                places.extend(columns.iter().map(|(column, _)| (number, *column)));
            }
            if !places.is_empty() {
                return Ok(places);
            }
        }
        Err(Miss::Nothing(self.missing(&wanted, header)))
    }

    fn missing(&self, wanted: &str, header: &str) -> String {
        let mut names: Vec<&str> = Vec::new();
        for column in self.panes.iter().flat_map(|pane| &pane.columns).filter(|column| !column.is_blank()) {
            if !names.contains(&column.full_name()) {
                names.push(column.full_name());
            }
        }
        if names.is_empty() {
            return format!("the table has no headers, so none is {header}");
        }
        let meant = nearest(wanted, names.iter().copied());
        let meant = meant.map_or_else(String::new, |name| format!("; did you mean {name}?"));
        names.truncate(MOST_NAMED);
        format!("no header is {header}; there are {}{meant}", names.join(", "))
    }
}

/// Puts panes that show the same records beside each other: copies of fixed columns, and, where `frozen`, columns of their own.
pub(super) fn join(mut panes: Vec<Pane<'_>>, frozen: bool) -> Vec<Grid<'_>> {
    let mut joined: Vec<Vec<Pane<'_>>> = Vec::new();
    while !panes.is_empty() {
        let widest = panes.iter().map(|pane| pane.columns.len()).max().unwrap_or(0);
        let lead = panes.iter().position(|pane| pane.columns.len() == widest).unwrap_or(0);
        let mut grid = vec![panes.remove(lead)];
        let mut others = Vec::new();
        for pane in panes {
            if (frozen && pane.rows.len() == grid[0].rows.len()) || copies(&pane, &grid[0]) {
                grid.push(pane);
            } else if !pane.rows.is_empty() || pane.columns.iter().any(|column| counterpart(column, &grid[0]).is_none())
            {
                others.push(pane);
            }
        }
        joined.push(grid);
        panes = others;
    }
    joined.into_iter().map(|panes| Grid { panes, found: RefCell::default() }).collect()
}

/// Whether a pane shows columns of the lead again: the same headers over as many records with the same texts. Tables of
/// different records that look alike are no copies.
fn copies(pane: &Pane<'_>, lead: &Pane<'_>) -> bool {
    if pane.rows.len() != lead.rows.len() || pane.columns.iter().all(Column::is_blank) {
        return false;
    }
    let pairs = pane.columns.iter().enumerate().filter(|(_, column)| !column.is_blank());
    let Some(pairs) = pairs.map(|(at, column)| Some((at, counterpart(column, lead)?))).collect::<Option<Vec<_>>>()
    else {
        return false;
    };
    let text = |record: &Record<'_>, at: usize| record.cells.get(at).copied().flatten().map(shown).unwrap_or_default();
    pane.rows.iter().zip(&lead.rows).all(|(copy, original)| {
        pairs.iter().all(|(copied, own)| {
            let (copied, own) = (text(copy, *copied), text(original, *own));
            copied.is_empty() || own.is_empty() || copied == own
        })
    })
}

fn counterpart(column: &Column, lead: &Pane<'_>) -> Option<usize> {
    lead.columns.iter().position(|own| own.full_name() == column.full_name())
}
