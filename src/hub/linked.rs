//! Which cases are counted elsewhere, pure. A case that was entered into another system stands in two; it counts once, where
//! it comes from. What follows depends on what stands and on nothing else, so the order in which records came does not matter.

use std::collections::{BTreeMap, BTreeSet};

use crate::store::Key;

/// Of each linked record, the one that it comes from.
pub(super) type Origins = BTreeMap<Key, Key>;

/// The cases among `cases` that are counted at another one: those that come from a case that stands, be it through records that
/// nobody has read. Of cases that come from each other in a circle (a mistake) the first by key counts, so that none vanishes.
pub(super) fn counted_elsewhere(origins: &Origins, cases: &BTreeSet<Key>) -> BTreeSet<Key> {
    let circles = circles(origins);
    let elsewhere = |key: &&Key| match circles.iter().find(|circle| circle.contains(*key)) {
        Some(circle) => circle.iter().find(|one| cases.contains(**one)) != Some(key),
        None => way(origins, key).any(|origin| cases.contains(origin)),
    };
    cases.iter().filter(|key| origins.contains_key(*key)).filter(elsewhere).cloned().collect()
}

/// From a record to what it comes from, on and on; where that runs into a circle, once around it and no further.
fn way<'a>(origins: &'a Origins, key: &Key) -> impl Iterator<Item = &'a Key> {
    let mut passed = BTreeSet::new();
    std::iter::successors(origins.get(key), |at| origins.get(*at)).take_while(move |at| passed.insert(*at))
}

/// The records that come from each other in a circle, circle by circle.
fn circles(origins: &Origins) -> Vec<BTreeSet<&Key>> {
    let mut done: BTreeSet<&Key> = BTreeSet::new();
    let mut circles = Vec::new();
    for start in origins.keys() {
        let mut path: Vec<&Key> = Vec::new();
        let mut on_path: BTreeSet<&Key> = BTreeSet::new();
        let mut at = Some(start);
        while let Some(key) = at.filter(|key| !done.contains(*key)) {
            if !on_path.insert(key) {
                let first = path.iter().position(|passed| *passed == key).unwrap_or_default();
                circles.push(path[first..].iter().copied().collect());
                break;
            }
            path.push(key);
            at = origins.get(key);
        }
        done.append(&mut on_path);
    }
    circles
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        ("s".to_owned(), name.to_owned())
    }

    /// Links as `target<origin`, and the cases that stand: which of them are counted elsewhere.
    fn elsewhere(links: &[&str], cases: &str) -> String {
        let halves = links.iter().map(|link| link.split_once('<').unwrap());
        let origins = halves.map(|(target, origin)| (key(target), key(origin))).collect();
        let cases = cases.chars().map(|name| key(&name.to_string())).collect();
        counted_elsewhere(&origins, &cases).into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn the_origin_counts_once_it_is_known() {
        assert_eq!(elsewhere(&["b<a"], "ab"), "b");
        assert_eq!(elsewhere(&["b<a"], "b"), "", "an origin that nobody has read counts for nothing");
        assert_eq!(elsewhere(&["b<a", "c<a"], "abc"), "bc", "one case entered into two systems");
        assert_eq!(elsewhere(&["b<a", "c<b"], "ac"), "c", "through a record that nobody has read");
        assert_eq!(elsewhere(&["b<a", "c<b"], "bc"), "c");
    }

    #[test]
    fn no_circle_makes_a_case_vanish() {
        assert_eq!(elsewhere(&["a<b", "b<a"], "ab"), "b");
        assert_eq!(elsewhere(&["a<b", "b<a"], "b"), "");
        assert_eq!(elsewhere(&["a<b", "b<c", "c<a", "d<b"], "bcd"), "cd");
        assert_eq!(elsewhere(&["a<a"], "a"), "");
    }
}
