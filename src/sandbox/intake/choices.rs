//! What can be chosen on a registration form.

use minijinja::{Value, context};

use crate::sandbox::items::{Department, Item};
use crate::sandbox::kind::System;
use crate::sandbox::places::{TOWNS, Town};

/// The papers that people and firms show.
pub(in crate::sandbox) const ID_TYPES: [&str; 2] = ["居民身份证", "统一社会信用代码"];
/// The ways in that a form offers.
pub(in crate::sandbox) const CHANNELS: [&str; 2] = ["窗口", "网上"];

/// The villages of the town of that name, in the order of their codes; none for a town that is not there.
pub(in crate::sandbox) fn villages(town: &str) -> Vec<&'static str> {
    self::town(town).map(|town| town.villages.iter().map(|village| village.name.as_str()).collect()).unwrap_or_default()
}

pub(super) fn town(name: &str) -> Option<&'static Town> {
    TOWNS.iter().find(|town| town.name == name)
}

/// The department that offers the item of that name, and the item's place in its list.
pub(super) fn item(system: System, name: &str) -> Option<(&'static Department, usize)> {
    let place = |department: &'static Department| {
        let index = department.items.iter().position(|item| item.name == name)?;
        Some((department, index))
    };
    system.departments.iter().find_map(place)
}

fn items(system: System) -> impl Iterator<Item = &'static Item> {
    system.departments.iter().flat_map(|department| department.items)
}

/// What the form of `system` offers, for its template; `town`: whose villages can be chosen.
pub(in crate::sandbox) fn choices(system: System, town: &str) -> Value {
    context! {
        towns => TOWNS.iter().map(|town| town.name.as_str()).collect::<Vec<_>>(),
        villages => villages(town),
        items => items(system).map(|item| item.name).collect::<Vec<_>>(),
        id_types => ID_TYPES,
        channels => CHANNELS,
    }
}
