//! What can go wrong while reading a page. Messages name fields, locators and headers, never what a record says.

use crate::base::Remedy;

/// Why a page could not be read as its adapter says.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// The page is no list: the adapter says neither `table` nor `rows`.
    #[error("page `{page}` says neither `table` nor `rows`, so it can't be read as a list: add one to [page.{page}]")]
    Declare {
        /// The page.
        page: String,
    },
    /// The records of a list were not found.
    #[error("page `{page}`: its records are not where `{locator}` points: {there}")]
    Records {
        /// The page.
        page: String,
        /// `table` or `rows` as written.
        locator: String,
        /// What was there instead.
        there: String,
    },
    /// A list that draws only the rows in sight is not scrolled.
    #[error(
        "page `{page}`: the list has drawn {drawn} rows and says itself that it has {of}: say `scroll = true` in [page.{page}]"
    )]
    Undrawn {
        /// The page.
        page: String,
        /// Records that are there.
        drawn: u64,
        /// Records that the list says it has.
        of: u64,
    },
    /// A field was not found, or not exactly one.
    #[error("page `{page}`{}: `{field}` is not where `{locator}` points: {there}", row_words(*.row))]
    Field {
        /// The page.
        page: String,
        /// The field.
        field: String,
        /// Its locators as written.
        locator: String,
        /// The record, counted from 1; `None` on a detail page.
        row: Option<usize>,
        /// What was there instead.
        there: String,
    },
    /// What the system states as its total is no number.
    #[error(
        "page `{page}`: the total at `{locator}` is no whole number: `{text}`; add a pattern such as /共 (\\d+) 条/"
    )]
    Total {
        /// The page.
        page: String,
        /// `total` as written.
        locator: String,
        /// What it shows.
        text: String,
    },
    /// A file that can't be read as a list.
    #[error("page `{page}`: the file that the system gives can't be read as a list: {why}")]
    File {
        /// The page.
        page: String,
        /// Why.
        why: String,
    },
    /// Nothing was found, and the page does not prove that nothing is there.
    #[error("page `{page}` shows no such record, and does not prove that there is none: {why}")]
    Unproven {
        /// The page.
        page: String,
        /// What it lacks.
        why: String,
    },
    /// One thing of a page was not found, or not exactly one.
    #[error("`{locator}` does not point at one thing of the page: {there}")]
    Thing {
        /// The locators as written.
        locator: String,
        /// What was there instead.
        there: String,
    },
    /// A text to be sent has a character that the page's encoding does not know.
    #[error("what `{field}` is to say has a character that {encoding} can't hold, so the form can't be sent")]
    Encode {
        /// The field's name in the form.
        field: String,
        /// The page's encoding.
        encoding: &'static str,
    },
    /// Something leads to an address that can't be asked for.
    #[error("the address `{address}` can't be asked for, so nothing was: {why}")]
    Address {
        /// The address as written.
        address: String,
        /// Why not.
        why: String,
    },
}

impl ExtractError {
    /// A page that does not look as its adapter says stays so until a person mends the adapter.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Declare { .. }
            | Self::Records { .. }
            | Self::Undrawn { .. }
            | Self::Field { .. }
            | Self::Total { .. }
            | Self::File { .. }
            | Self::Unproven { .. }
            | Self::Thing { .. }
            | Self::Encode { .. }
            | Self::Address { .. } => Remedy::Human,
        }
    }
}

fn row_words(row: Option<usize>) -> String {
    row.map_or_else(String::new, |row| format!(", record {row}"))
}

/// Why one locator found nothing that could be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Miss {
    /// There is nothing; the next candidate may find something.
    Nothing(String),
    /// There is more than one thing; going on would be a guess.
    Unclear(String),
}

impl Miss {
    /// There is nothing, in these words.
    pub(super) fn nothing(why: impl Into<String>) -> Self {
        Self::Nothing(why.into())
    }

    /// What was there.
    pub(super) fn words(self) -> String {
        match self {
            Self::Nothing(why) | Self::Unclear(why) => why,
        }
    }
}
