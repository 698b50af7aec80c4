//! Which sheets of a workbook are meant.

use super::{Cells, ROWS_MOST, glob, too_large};

/// Sheets named in an error at most.
const MOST_NAMED: usize = 20;
/// Rows of a further sheet by which it is told whether the list goes on there.
const LOOKED_AT: usize = 80;

/// A sheet of a workbook.
#[derive(Clone, Debug)]
pub(super) struct Tab {
    pub name: String,
    /// Whether a person who opens the workbook sees it.
    pub is_seen: bool,
}

/// A part of a list: a sheet, or a file of an archive.
pub(in crate::extract) struct Part {
    /// What it is called.
    pub name: String,
    pub cells: Cells,
}

/// The parts of a list.
#[derive(Default)]
pub(in crate::extract) struct Parts {
    /// Those that are read, in order.
    pub read: Vec<Part>,
    /// The beginnings of those that are there and were not asked for.
    pub others: Vec<Part>,
}

impl Parts {
    /// A list that is one.
    pub(in crate::extract) fn one(cells: Cells) -> Self {
        Self { read: vec![Part { name: String::new(), cells }], others: Vec::new() }
    }
}

/// Reads what is meant: the sheet of that name, hidden or not; all that fit a pattern and are seen; or, with `*` and without a name,
/// the first that is seen. `read` gives a sheet by its number, or its first rows.
pub(super) fn read(
    tabs: &[Tab],
    wanted: Option<&str>,
    mut read: impl FnMut(usize, Option<usize>) -> Result<Cells, String>,
) -> Result<Parts, String> {
    let seen: Vec<usize> = (0..tabs.len()).filter(|tab| tabs[*tab].is_seen).collect();
    let named = |chosen: &[usize]| {
        let names: Vec<&str> = chosen.iter().take(MOST_NAMED).map(|tab| tabs[*tab].name.as_str()).collect();
        names.join(", ")
    };
    let all: Vec<usize> = (0..tabs.len()).collect();
    let (chosen, others) = match wanted.map(str::trim) {
        _ if tabs.is_empty() => return Err("the workbook has no sheet".to_owned()),
        None | Some("*" | FIRST) if seen.is_empty() => {
            return Err(format!(
                "all of its sheets are hidden: {}; name the one that is meant with `sheet`",
                named(&all)
            ));
        }
        None | Some("*") => (vec![seen[0]], seen[1..].to_vec()),
        Some(FIRST) => (vec![seen[0]], Vec::new()),
        Some(wanted) => {
            let exact = all.iter().copied().find(|tab| tabs[*tab].name.trim() == wanted);
            let pattern = wanted.contains(['*', '?']).then(|| glob(wanted));
            let fits = |tab: &usize| pattern.as_ref().is_some_and(|pattern| pattern.is_match(tabs[*tab].name.trim()));
            let fitting = exact.map_or_else(|| seen.iter().copied().filter(fits).collect(), |exact| vec![exact]);
            if fitting.is_empty() {
                let hidden = all.iter().any(fits).then_some(" (hidden ones are read only by their whole names)");
                let why =
                    format!("no sheet is called `{wanted}`; there are {}{}", named(&all), hidden.unwrap_or_default());
                return Err(why);
            }
            (fitting, Vec::new())
        }
    };
    let mut parts = Parts::default();
    let mut rows = 0;
    for tab in chosen {
        let cells = read(tab, None)?;
        rows += cells.rows.len();
        if rows > ROWS_MOST {
            return Err(too_large());
        }
        parts.read.push(Part { name: tabs[tab].name.clone(), cells });
    }
    for tab in others {
        let mut cells = read(tab, Some(LOOKED_AT))?;
        cells.rows.truncate(LOOKED_AT);
        parts.others.push(Part { name: tabs[tab].name.clone(), cells });
    }
    Ok(parts)
}

/// The first sheet, whatever the others hold.
const FIRST: &str = "#1";
