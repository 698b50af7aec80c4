//! Records of a file that do not say for certain what they show.

use super::{Fault, find::Scope};
use crate::adapter::{Candidates, Find, Page};

/// Why a record can't be taken as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Whether its values may stand in the wrong columns, so that even its key may be another value.
    pub is_shifted: bool,
    /// The fields, or `list` for all of it, and why.
    pub faults: Vec<Fault>,
}

/// What is doubtful about a record of a file.
pub(super) fn doubt(page: &Page, record: &Scope<'_>) -> Option<Doubt> {
    let whole = |reason: String| Doubt { is_shifted: true, faults: vec![Fault { field: "list".to_owned(), reason }] };
    let (sheet, number) = match record {
        Scope::Sheet(sheet, Some(number)) => (sheet, *number),
        Scope::Html(region) if page.is_file() => {
            let (grid, number) = region.record.as_ref()?;
            let (cells, headers) = grid.beyond(*number)?;
            return Some(whole(format!(
                "the row has {cells} cells under {headers} headers, so it can't be told what stands in which column. Have it corrected at the \
                 source"
            )));
        }
        Scope::Html(_) | Scope::Json(_) | Scope::Sheet(_, None) => return None,
    };
    if let Some(reason) = sheet.misfit(number) {
        return Some(whole(reason.to_owned()));
    }
    let is_rounded = |candidates: &Candidates| {
        candidates.0.iter().find_map(|locator| match &locator.find {
            Find::Column { header, within: None } if sheet.column(header).is_ok() => {
                Some(sheet.is_rounded(number, header))
            }
            _ => None,
        })
    };
    let rounded = page.at.iter().filter(|(_, candidates)| is_rounded(candidates) == Some(true));
    let fault = |(field, _): (&String, &Candidates)| {
        Fault {
        field: format!("list.{field}"),
        reason: "the file keeps it as a number, and of a number no more than 15 digits are known: have the column exported as text".to_owned(),
    }
    };
    let faults: Vec<Fault> = rounded.map(fault).collect();
    (!faults.is_empty()).then_some(Doubt { is_shifted: false, faults })
}
