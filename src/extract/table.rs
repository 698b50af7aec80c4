//! Tables as people see them: one header and rows of records, however many table elements a widget makes of it.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
};

use scraper::ElementRef;

use super::{
    css::has_class,
    error::Miss,
    header::{Column, LEVELS},
    shown::{hidden, shown},
    words::{key, nearest, spoken},
};

/// Headers named in an error at most.
const MOST_NAMED: usize = 40;

/// A table as people see it. The first pane leads; the others repeat some of its columns or add frozen ones.
pub(super) struct Grid<'a> {
    panes: Vec<Pane<'a>>,
    /// Where each header asked for so far stands, the leading pane first.
    found: RefCell<HashMap<String, Result<Vec<Place>, Miss>>>,
}

/// Where a header stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    pane: usize,
    /// The line of a record that it is the header of; `None`: of all.
    line: Option<usize>,
    column: usize,
}

/// One table of a widget, with the header that belongs to it.
#[derive(Default)]
pub(super) struct Pane<'a> {
    /// Its columns, from the left.
    pub columns: Vec<Column>,
    /// The columns of a record's further lines, where each line has a header of its own.
    pub below: Vec<Vec<Column>>,
    /// Its records, from the top.
    pub rows: Vec<Record<'a>>,
}

/// One record in one pane: a line for each of its rows.
pub(super) struct Record<'a>(pub Vec<Line<'a>>);

/// One row.
#[derive(Clone)]
pub(super) struct Line<'a> {
    /// The row itself.
    pub row: ElementRef<'a>,
    /// Its cells by column.
    pub cells: Vec<Option<ElementRef<'a>>>,
}

impl<'a> Line<'a> {
    /// How many different cells it has.
    pub(super) fn width(&self) -> usize {
        width(&self.cells)
    }
}

/// How many different cells stand beside each other.
pub(super) fn width(cells: &[Option<ElementRef<'_>>]) -> usize {
    let cells: Vec<_> = cells.iter().flatten().collect();
    cells.iter().enumerate().filter(|(at, cell)| *at == 0 || cells[at - 1] != **cell).count()
}

impl<'a> Grid<'a> {
    /// How many records it has.
    pub(super) fn len(&self) -> usize {
        self.panes[0].rows.len()
    }

    /// The names of its columns, the leading pane's first.
    pub(super) fn headers(&self) -> Vec<String> {
        let columns = self.panes.iter().flat_map(|pane| pane.columns.iter().chain(pane.below.iter().flatten()));
        let mut names: Vec<String> = Vec::new();
        for column in columns.filter(|column| !column.is_blank()) {
            if !names.iter().any(|name| name == column.full_name()) {
                names.push(column.full_name().to_owned());
            }
        }
        names
    }

    /// Every cell under the headers whose names this picks.
    pub(super) fn under(&self, picks: impl Fn(&str) -> bool) -> Vec<ElementRef<'a>> {
        let mut cells = Vec::new();
        for pane in &self.panes {
            let lines = [&pane.columns].into_iter().chain(&pane.below);
            let mut columns: Vec<usize> = Vec::new();
            for line in lines {
                columns.extend(line.iter().enumerate().filter(|(_, it)| picks(it.full_name())).map(|(at, _)| at));
            }
            let lines = pane.rows.iter().flat_map(|record| &record.0);
            cells.extend(lines.flat_map(|line| columns.iter().filter_map(|at| line.cells.get(*at).copied().flatten())));
        }
        cells
    }

    /// Whether it has a column of this name.
    pub(super) fn has(&self, header: &str) -> bool {
        self.find(header).is_ok()
    }

    /// Of a record with a text beyond the last header: its cells up to that, and the headers.
    pub(super) fn beyond(&self, record: usize) -> Option<(usize, usize)> {
        let pane = &self.panes[0];
        let headers = pane.columns.iter().rposition(|column| !column.is_blank())? + 1;
        let line = pane.rows.get(record)?.0.first()?;
        let last = line.cells.iter().rposition(|cell| cell.is_some_and(|cell| !shown(cell).is_empty()))? + 1;
        (last > headers).then_some((last, headers))
    }

    /// The row elements of a record in the leading pane.
    pub(super) fn rows(&self, record: usize) -> Vec<ElementRef<'a>> {
        let record = self.panes[0].rows.get(record);
        record.into_iter().flat_map(|record| record.0.iter().map(|line| line.row)).collect()
    }

    /// The row elements of a record in the other panes.
    pub(super) fn copies(&self, record: usize) -> Vec<ElementRef<'a>> {
        let records = self.panes[1..].iter().filter_map(|pane| pane.rows.get(record));
        records.flat_map(|record| record.0.iter().map(|line| line.row)).collect()
    }

    /// The cells of a record under a header, the best one first: seen and not empty.
    pub(super) fn cells(&self, record: usize, header: &str) -> Result<Vec<ElementRef<'a>>, Miss> {
        let found = self.found.borrow_mut().entry(header.to_owned()).or_insert_with(|| self.find(header)).clone()?;
        let mut cells: Vec<ElementRef<'a>> = Vec::new();
        for pane in 0..self.panes.len() {
            let own = found.iter().filter(|place| place.pane == pane).flat_map(|place| self.at(record, *place));
            let mut own: Vec<ElementRef<'a>> = own.collect();
            own.dedup();
            // Most headers stand over one cell, whose text is asked for later.
            let several = if own.len() > 1 { different(&own) } else { 1 };
            if several > 1 {
                return Err(Miss::Unclear(format!(
                    "the record has {several} different texts under the header {header}"
                )));
            }
            cells.extend(own);
        }
        if cells.len() > 1 {
            cells.sort_by_key(|cell| hidden(*cell) || has_class(*cell, "is-hidden") || shown(*cell).is_empty());
        }
        if cells.is_empty() {
            return Err(Miss::nothing(format!("the record has no cell under the header {header}")));
        }
        Ok(cells)
    }

    /// The cells at a place, from the record's first line. A further line of another build than the first is no line under
    /// the same header.
    fn at(&self, record: usize, place: Place) -> Vec<ElementRef<'a>> {
        let Some(Record(lines)) = self.panes[place.pane].rows.get(record) else {
            return Vec::new();
        };
        let cell = |line: &Line<'a>| line.cells.get(place.column).copied().flatten();
        match (place.line, lines.first()) {
            (Some(line), _) => lines.get(line).and_then(cell).into_iter().collect(),
            (None, Some(first)) => lines.iter().filter(|line| line.width() == first.width()).filter_map(cell).collect(),
            (None, None) => Vec::new(),
        }
    }

    fn find(&self, header: &str) -> Result<Vec<Place>, Miss> {
        let wanted = key(header);
        for level in 0..LEVELS {
            let places = self.places(header, |column| column.is_called(&wanted, level))?;
            if !places.is_empty() {
                return Ok(places);
            }
        }
        // A header in two languages, among others that are.
        let bilingual = |column: &Column| spoken(&column.name).is_some();
        let named = self.columns().filter(|column| !column.is_blank()).count();
        if self.columns().filter(|column| bilingual(column)).count() * 2 >= named.max(2) {
            let says = |column: &Column| spoken(&column.name).is_some_and(|parts| parts.contains(&wanted));
            let places = self.places(header, says)?;
            if !places.is_empty() {
                return Ok(places);
            }
        }
        Err(Miss::Nothing(missing(self.columns(), &wanted, header)))
    }

    /// Where the columns that fit stand; at most one for each pane and line.
    fn places(&self, header: &str, fits: impl Fn(&Column) -> bool) -> Result<Vec<Place>, Miss> {
        let mut places = Vec::new();
        for (number, pane) in self.panes.iter().enumerate() {
            for (line, columns) in pane.lines() {
                let column = only(columns, header, &fits)?;
                places.extend(column.map(|column| Place { pane: number, line, column }));
            }
        }
        Ok(places)
    }

    fn columns(&self) -> impl Iterator<Item = &Column> {
        self.panes.iter().flat_map(|pane| pane.lines().flat_map(|(_, columns)| columns))
    }
}

/// The one column that fits; none where none does.
pub(super) fn only(columns: &[Column], header: &str, fits: impl Fn(&Column) -> bool) -> Result<Option<usize>, Miss> {
    let mut fitting: Vec<_> = columns.iter().enumerate().filter(|(_, column)| fits(column)).collect();
    if fitting.len() > 1 {
        fitting.retain(|(_, column)| !column.hidden);
    }
    if fitting.len() > 1 {
        let names: Vec<_> = fitting.iter().take(MOST_NAMED).map(|(_, column)| column.full_name()).collect();
        return Err(Miss::Unclear(format!(
            "{} columns have the header {header}: {}; name the group as well (group/header), or use CSS",
            fitting.len(),
            names.join(", "),
        )));
    }
    Ok(fitting.first().map(|(column, _)| *column))
}

/// Says that no column has this header, and which headers there are.
pub(super) fn missing<'c>(columns: impl IntoIterator<Item = &'c Column>, wanted: &str, header: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    for column in columns.into_iter().filter(|column| !column.is_blank()) {
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

impl Pane<'_> {
    /// The columns, with the line of a record that they belong to where each line has its own.
    fn lines(&self) -> impl Iterator<Item = (Option<usize>, &Vec<Column>)> {
        let first = if self.below.is_empty() { None } else { Some(0) };
        let below = self.below.iter().enumerate().map(|(line, columns)| (Some(line + 1), columns));
        [(first, &self.columns)].into_iter().chain(below)
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

/// Puts tables that stand apart beside each other where one only shows columns of another again.
pub(super) fn merge(grids: Vec<Grid<'_>>) -> Vec<Grid<'_>> {
    if grids.len() < 2 || grids.iter().any(|grid| grid.panes.len() > 1) {
        return grids;
    }
    join(grids.into_iter().flat_map(|grid| grid.panes).collect(), false)
}

/// How many different texts these cells show, empty ones left out.
fn different(cells: &[ElementRef<'_>]) -> usize {
    let texts: BTreeSet<String> = cells.iter().map(|cell| shown(*cell)).collect();
    texts.iter().filter(|text| !text.is_empty()).count()
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
    let text = |record: &Record<'_>, at: usize| {
        let cell = record.0.first().and_then(|line| line.cells.get(at).copied().flatten());
        cell.map(shown).unwrap_or_default()
    };
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
