//! The pages read last, as they came: what a guard that speaks up later keeps as evidence.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;

use super::{
    guard::{self, Ends},
    page::Look,
};

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

/// The pages read last, and how pages of each name end.
#[derive(Debug, Default)]
pub(super) struct Recent {
    pages: VecDeque<Came>,
    bytes: usize,
    endings: HashMap<String, Endings>,
}

/// How the pages of one name end.
#[derive(Debug, Default)]
struct Endings {
    /// One has ended as HTML does.
    closed: bool,
    /// The address of one that has not.
    open: Option<String>,
    /// They may end as they like.
    any: bool,
}

impl Endings {
    fn broken(&self) -> Option<&str> {
        self.open.as_deref().filter(|_| self.closed && !self.any)
    }
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

    /// Says how pages of that name have ended so far.
    pub(super) fn expect(&mut self, page: &str, ends: Ends) {
        let endings = self.endings.entry(page.to_owned()).or_default();
        match ends {
            Ends::Closed => endings.closed = true,
            Ends::Any => endings.any = true,
            Ends::Unknown => {}
        }
    }

    /// Whether this page breaks off, as far as that can be said yet.
    pub(super) fn breaks_off(&mut self, page: &str, address: &str, bytes: &[u8]) -> bool {
        let endings = self.endings.entry(page.to_owned()).or_default();
        match guard::ending(bytes) {
            guard::Ending::Closed => endings.closed = true,
            guard::Ending::Open => {
                endings.open.get_or_insert_with(|| address.to_owned());
                return endings.broken().is_some();
            }
            guard::Ending::Broken => return !endings.any,
            guard::Ending::Unknown => {}
        }
        false
    }

    /// The address of a page that breaks off: others of that name, read later, did not.
    pub(super) fn broken(&self, page: &str) -> Option<String> {
        self.endings.get(page)?.broken().map(str::to_owned)
    }

    /// How pages of that name end.
    pub(super) fn ends(&self, page: &str) -> Ends {
        match self.endings.get(page) {
            Some(Endings { any: true, .. } | Endings { open: Some(_), .. }) => Ends::Any,
            Some(Endings { closed: true, .. }) => Ends::Closed,
            Some(_) | None => Ends::Unknown,
        }
    }
}
