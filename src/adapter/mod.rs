//! Bots, selectors and schedules as checked values; every mistake found before a run. Never touches the network.

mod expression;
mod locator;
mod model;
mod template;

pub use expression::{Argument, CodeLists, Expression, FILTERS, FilterUse, Scope};
pub use locator::{Candidates, Find, KINDS, Locator, LocatorMistake, Why};
pub use model::{
    AccountRules, Adapters, Bot, Collect, Expect, Limits, Page, SavedTest, Schedule, Sessions, Signs, Step, System, Via,
};
pub use template::Template;
