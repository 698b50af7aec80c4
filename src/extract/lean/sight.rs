//! What the sheets of a page hide, kept with its tree for the next page that is built like it.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use ego_tree::NodeId;
use scraper::Node;

use super::{
    super::seen::{self, Fates, Sheets},
    again::{Holds, Plain},
};

/// Attributes on which rests what is seen, whatever sheets ask for.
const USUAL: &[&str] = &["class", "id", "style", "media", "rel", "type", "disabled"];

/// What was found to be hidden.
#[derive(Debug)]
pub(super) struct Seen {
    /// The sheets that the page links to.
    linked: Vec<(String, Arc<str>)>,
    /// Marked elements, with the place of the mark among their attributes.
    marks: Vec<(NodeId, usize, &'static str)>,
    unclear: Vec<String>,
    rests_on: BTreeSet<String>,
}

impl Plain {
    /// Marks what its sheets hide; gives the selectors that only a browser could decide. `None` where the tree would have to lose texts.
    pub(in crate::extract) fn see(&mut self, linked: &Sheets) -> Option<Vec<String>> {
        let linked_now = || linked.iter().map(|(name, text)| (name.clone(), Arc::clone(text))).collect::<Vec<_>>();
        if let Some(seen) = &self.seen
            && seen.linked.iter().map(|(name, text)| (name, text)).eq(linked)
        {
            return Some(seen.unclear.clone());
        }
        self.unsee();
        let Fates { marks, around, unclear, rests_on } = seen::fates(&self.html, linked);
        if !around.is_empty() {
            return None;
        }
        let mut put = Vec::with_capacity(marks.len());
        for (node, mark) in marks {
            if let Some(mut own) = self.html.tree.get_mut(node)
                && let Node::Element(element) = own.value()
                && let Some(at) = seen::put(element, mark)
            {
                put.push((node, at, mark));
            }
        }
        self.shift(&put, |number| number + 1);
        self.seen = Some(Seen { linked: linked_now(), marks: put, unclear: unclear.clone(), rests_on });
        Some(unclear)
    }

    /// Takes the marks away where one of these places says what they rest on.
    pub(super) fn unsee_if(&mut self, mut changed: impl Iterator<Item = usize>) {
        let Some(seen) = &self.seen else { return };
        let matters = |number: usize| {
            let place = &self.places[number];
            let Some(node) = self.html.tree.get(place.node) else { return true };
            match (place.holds, node.value()) {
                (Holds::Value(at), Node::Element(element)) => {
                    let name = &*element.attrs[at].0.local;
                    USUAL.contains(&name) || seen.rests_on.contains(name) || element.name() == "link"
                }
                (Holds::Raw, _) => node
                    .parent()
                    .and_then(|around| around.value().as_element())
                    .is_none_or(|around| around.name() == "style"),
                (Holds::Text | Holds::Value(_), _) => false,
            }
        };
        if changed.any(matters) {
            self.unsee();
        }
    }

    fn unsee(&mut self) {
        let Some(Seen { marks, .. }) = self.seen.take() else { return };
        for (node, at, _) in &marks {
            if let Some(mut own) = self.html.tree.get_mut(*node)
                && let Node::Element(element) = own.value()
            {
                element.attrs.remove(*at);
            }
        }
        // Where a mark stood before, the attributes behind it have moved on.
        let marks: Vec<_> = marks.into_iter().map(|(node, at, mark)| (node, at + 1, mark)).collect();
        self.shift(&marks, |number| number - 1);
        self.found.get_mut().clear();
    }

    /// Moves the places of attributes that stand at or behind those of the marks.
    fn shift(&mut self, marks: &[(NodeId, usize, &'static str)], to: impl Fn(usize) -> usize) {
        if marks.is_empty() {
            return;
        }
        let marks: HashMap<NodeId, usize> = marks.iter().map(|(node, at, _)| (*node, *at)).collect();
        for place in &mut self.places {
            if let (Holds::Value(number), Some(at)) = (place.holds, marks.get(&place.node))
                && number >= *at
            {
                place.holds = Holds::Value(to(number));
            }
        }
    }
}
