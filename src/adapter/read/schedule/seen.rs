//! What the schedules read so far have said, over all files: their names, and which bot follows which.

use std::collections::{BTreeMap, BTreeSet};

/// Names and followers so far.
#[derive(Debug, Default)]
pub(in crate::adapter) struct Seen {
    /// Name → the `FILE#N` that bears it.
    names: BTreeMap<String, String>,
    /// Bot → the bots that run when it has brought something new.
    followers: BTreeMap<String, BTreeSet<String>>,
}

impl Seen {
    /// Notes that the schedule at `place` bears that name; gives back the place of the one that bore it before.
    pub(super) fn named(&mut self, name: &str, place: &str) -> Option<String> {
        if let Some(other) = self.names.get(name) {
            return Some(other.clone());
        }
        self.names.insert(name.to_owned(), place.to_owned());
        None
    }

    /// Notes that `then` runs after `first`, unless that would close a circle: then gives back the circle, from `first` to
    /// `first`.
    pub(super) fn follow(&mut self, first: &str, then: &str) -> Option<Vec<String>> {
        let mut ways = vec![vec![first.to_owned(), then.to_owned()]];
        let mut passed = BTreeSet::new();
        while let Some(way) = ways.pop() {
            let Some(end) = way.last().cloned() else { continue };
            if end == first {
                return Some(way);
            }
            for next in self.followers.get(&end).into_iter().flatten().filter(|_| !passed.contains(&end)) {
                ways.push(way.iter().chain([next]).cloned().collect());
            }
            passed.insert(end);
        }
        self.followers.entry(first.to_owned()).or_default().insert(then.to_owned());
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_follower_that_closes_a_circle_is_told_with_all_of_it() {
        let mut seen = Seen::default();
        for (first, then) in [("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"), ("x", "a")] {
            assert_eq!(seen.follow(first, then), None, "{first} {then}");
        }
        assert_eq!(seen.follow("d", "d").unwrap(), ["d", "d"]);
        let circle = seen.follow("d", "b").unwrap();
        assert_eq!(circle, ["d", "b", "c", "d"]);
        assert_eq!(seen.follow("d", "e"), None, "what closed a circle was not kept");
    }

    #[test]
    fn a_name_is_borne_once() {
        let mut seen = Seen::default();
        assert_eq!((seen.named("day", "a#1"), seen.named("night", "a#2")), (None, None));
        assert_eq!(seen.named("day", "b#1").as_deref(), Some("a#1"));
    }
}
