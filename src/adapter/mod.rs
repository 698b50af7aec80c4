//! Bots, selectors and schedules as checked values; every mistake found before a run. Never touches the network.

mod entry;
mod expression;
mod filters;
mod load;
mod locator;
mod model;
mod nearest;
mod numerals;
mod page;
mod read;
mod report;
mod schedule;
mod sheet;
mod spoken;
mod syntax;
mod template;

pub use entry::{Enter, EntryForm, FORM_KEYS, FieldStep, FindRow, FormStep, Verb, Verify};
pub use expression::{Argument, CodeLists, Expression, FILTERS, FilterUse, Scope};
pub use locator::{Candidates, Find, KINDS, Locator, LocatorMistake, Why};
pub use model::{
    AccountRules, Adapters, Ask, AskKind, Bot, Collect, EventFields, Expect, Limits, SavedTest, Sessions, SignIn,
    Signs, Step, System, Work,
};
pub(crate) use numerals::digits;
pub use page::{FilePart, Page, Paging, Spans, Via, Way};
pub use report::{Mistake, Report, Severity};
pub use schedule::{Cron, Missed, Overlap, Retry, Schedule};
pub use template::Template;
