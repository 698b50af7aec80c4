//! Whether what was read can be believed, held against what good readings looked like. Pure: rows in, verdict out.
//!
//! A [`Guard`] that speaks up stops publication for its system; what was published before stays, marked stale.

mod baseline;
mod compare;
mod detail;
mod history;
mod lasting;
mod list;
mod page;
mod shape;
#[cfg(test)]
mod tests;

pub(super) use baseline::{Baseline, Profile};
pub use compare::{compare, compare_process};
pub(super) use detail::{Details, Known, Opened, Stranger};
pub(super) use history::EVENT;
pub(super) use lasting::Lasting;
pub(super) use list::{LIST, Listing, drift, list, looked, twice};
pub(super) use page::{Ending, Ends, ending};
pub(super) use shape::built;

/// Why a reading is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Guard {
    /// Nothing where there was something.
    #[error("it shows no rows, and there were {before}")]
    Empty {
        /// Rows of a good reading.
        before: u64,
    },
    /// Fewer rows than can have gone.
    #[error("it shows {now} rows, and there were {before}: more than {allowed} % fewer (`expect.fall`)")]
    Fell {
        /// Rows now.
        now: u64,
        /// Rows of a good reading.
        before: u64,
        /// What the bot's `expect.fall` allows, in percent.
        allowed: String,
    },
    /// A field that says nothing any more.
    #[error("`{field}` ({locator}) says something in {filled} of {of} records, and it did so in {percent} %")]
    Emptied {
        /// The field.
        field: String,
        /// Its locators as written.
        locator: String,
        /// Records now in which it says something.
        filled: u64,
        /// Records now.
        of: u64,
        /// In how many percent it said something before.
        percent: u64,
    },
    /// A field that never changes in the life of a case says something else for many cases at once.
    #[error(
        "`{field}` ({locator}) says something else {changed} of the {compared} times that it was known, and it never changes in the \
         life of a case: has it been swapped with another, or is it written otherwise?"
    )]
    Rewritten {
        /// The field.
        field: String,
        /// Its locators as written.
        locator: String,
        /// Cases, or steps of them, for which it differs.
        changed: u64,
        /// Cases, or steps of them, for which it was known.
        compared: u64,
    },
    /// A field whose texts are built as none of them was before.
    #[error(
        "`{field}` ({locator}) is written otherwise in {otherwise} of {of} records: the commonest form was {before} and now is {now} \
         (9 stands for digits, a for letters, 字 for characters). Has its column been split, or given to something else?"
    )]
    Reshaped {
        /// The field.
        field: String,
        /// Its locators as written.
        locator: String,
        /// Records in which it has a form that no good reading had.
        otherwise: u64,
        /// Records whose form can be judged.
        of: u64,
        /// The commonest form of good readings.
        before: String,
        /// The commonest form now.
        now: String,
    },
    /// One key in several rows of one page.
    #[error("its key `{key}` stands in {rows} rows of one page ({written}), so rows can't be told apart")]
    Twice {
        /// The key.
        key: String,
        /// Rows that have it.
        rows: usize,
        /// The bot's `key` as written.
        written: String,
    },
    /// Dates that can't have been.
    #[error("{count} of {of} new records have a date that lies in the future (`{field}`; the first is that of {key})")]
    Future {
        /// Records with such a date.
        count: u64,
        /// Records that were new or changed.
        of: u64,
        /// The unified field.
        field: String,
        /// The first one's key.
        key: String,
    },
    /// More rows than usual that could not be mapped.
    #[error(
        "{count} of {of} new records could not be mapped, more than {allowed} % (`expect.quarantined`); the first is that of {key}: \
         {field}: {reason}"
    )]
    Quarantined {
        /// Records newly in quarantine.
        count: u64,
        /// Records that were new or changed.
        of: u64,
        /// What the bot's `expect.quarantined` allows, in percent.
        allowed: String,
        /// The first one's key.
        key: String,
        /// The unified field that failed.
        field: String,
        /// Why.
        reason: String,
    },
}

impl Guard {
    /// Whether a person may say that the system is right: what makes rows indistinguishable never is.
    pub fn acceptable(&self) -> bool {
        match self {
            Self::Empty { .. }
            | Self::Fell { .. }
            | Self::Emptied { .. }
            | Self::Rewritten { .. }
            | Self::Reshaped { .. }
            | Self::Future { .. }
            | Self::Quarantined { .. } => true,
            Self::Twice { .. } => false,
        }
    }
}
