//! From the three kinds of file to checked values; whatever is wrong is noted and reading goes on.

mod bot;
mod case;
mod changes;
mod collect;
mod cron;
mod enter;
mod expressions;
mod form;
mod html;
mod locators;
mod login;
mod page;
mod paging;
mod saved;
mod schedule;
mod system;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::System;

/// What bots and schedules may refer to.
pub(super) struct Known<'a> {
    /// The root folder, for the saved pages of tests.
    pub(super) root: &'a Path,
    /// Every system that has a file; `None` where the file is no TOML, so that nothing can be said about its pages.
    pub(super) systems: &'a BTreeMap<String, Option<System>>,
    /// Every bot that has a file.
    pub(super) bots: &'a BTreeSet<String>,
    /// What the schedules read so far have said.
    pub(super) schedules: RefCell<Seen>,
}

pub(super) use bot::read as bot;
pub(super) use schedule::{Seen, read as schedules};
pub(super) use system::read as system;
