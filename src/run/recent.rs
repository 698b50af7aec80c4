//! The pages read last, as they came: what a guard that speaks up later keeps as evidence.

use std::collections::{HashSet, VecDeque};

use bytes::Bytes;

use super::{guard, page::Look};

/// Bytes of pages held; the newest one is held whatever its size.
const BYTES: usize = 2_000_000;

/// A page as it came.
#[derive(Clone, Debug)]
pub(super) struct Came {
    /// Its name in the adapter.
    pub(super) page: String,
    pub(super) look: Look,
    pub(super) bytes: Bytes,
}

/// The pages read last, and whether pages of a kind end as they should.
#[derive(Debug, Default)]
pub(super) struct Recent {
    pages: VecDeque<Came>,
    bytes: usize,
    /// Names of pages of which one has ended as HTML does.
    closed: HashSet<String>,
    /// Names of pages of which one has not.
    open: HashSet<String>,
}

impl Recent {
    /// Takes a page in and forgets the oldest ones.
    pub(super) fn push(&mut self, came: Came) {
        self.bytes += came.bytes.len();
        self.pages.push_back(came);
        while self.bytes > BYTES && self.pages.len() > 1 {
            self.bytes -= self.pages.pop_front().map_or(0, |oldest| oldest.bytes.len());
        }
    }

    /// The page at that address, or else the newest of its kind.
    pub(super) fn find(&self, page: &str, address: Option<&str>) -> Option<&Came> {
        let newest = || self.pages.iter().rev().filter(|came| came.page == page);
        newest().find(|came| Some(came.look.address.as_str()) == address).or_else(|| newest().next())
    }

    /// Pages of that name are known to end as they should.
    pub(super) fn expect_closed(&mut self, page: &str) {
        self.closed.insert(page.to_owned());
    }

    /// Whether this page breaks off, as far as that can be said yet.
    pub(super) fn breaks_off(&mut self, page: &str, bytes: &[u8]) -> bool {
        match guard::ending(bytes) {
            guard::Ending::Closed => self.expect_closed(page),
            guard::Ending::Open => drop(self.open.insert(page.to_owned())),
            guard::Ending::Broken => return true,
            guard::Ending::Unknown => {}
        }
        self.mixed(page)
    }

    /// Whether some pages of that name end as they should and others don't.
    pub(super) fn mixed(&self, page: &str) -> bool {
        self.closed.contains(page) && self.open.contains(page)
    }

    /// Whether all pages of that name have ended as they should.
    pub(super) fn closed(&self, page: &str) -> bool {
        self.closed.contains(page) && !self.open.contains(page)
    }
}
