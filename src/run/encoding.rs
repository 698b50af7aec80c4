//! In what encoding a system is asked: what stands after the `?` of an address, and what a form says.
//!
//! An adapter can say so; otherwise the system's own pages do, which are remembered as they come. The first page of all may have been asked
//! for in another encoding than it turns out to be in: then it is asked for once more.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use encoding_rs::{Encoding, UTF_8};
use url::Url;

use super::{
    RunError,
    ask::Asked,
    page::{Look, Place, Sight},
    site::Site,
};
use crate::{
    adapter::{Page, System},
    extract::{self, Submission},
};

/// What the pages of a system said of their encoding.
#[derive(Default)]
pub(super) struct Encodings(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    pages: HashMap<String, &'static Encoding>,
    last: Option<&'static Encoding>,
}

impl Encodings {
    /// What a page of that name was in.
    fn put(&self, page: &str, encoding: &'static Encoding) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.last = Some(encoding);
        if seen.pages.get(page) != Some(&encoding) {
            seen.pages.insert(page.to_owned(), encoding);
        }
    }

    /// What a page of that name was last in, or else the page that was seen last.
    fn of(&self, page: &str) -> Option<&'static Encoding> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.pages.get(page).copied().or(seen.last)
    }
}

/// The encoding that an adapter says for queries.
pub(super) fn query_said(system: &System, page: &Page) -> Option<&'static Encoding> {
    let said = page.query_charset.as_ref().or(system.query_charset.as_ref());
    said.and_then(|label| Encoding::for_label(label.as_bytes()))
}

/// The encoding that an adapter says for a system: as it is written, since what calls itself GBK can't send all of GB18030.
pub(super) fn said(system: &System) -> Option<&'static Encoding> {
    system.charset.as_deref().and_then(|label| Encoding::for_label(label.as_bytes()))
}

/// The address of a page before anything was seen of its system.
///
/// # Errors
/// [`RunError::Address`] where something has no value, [`RunError::Extract`] where it can't be written.
pub(super) fn first_address(system: &System, page: &Page, place: &Place) -> Result<Url, RunError> {
    address(system, page, place, query_said(system, page).or_else(|| said(system)).unwrap_or(UTF_8))
}

fn address(system: &System, page: &Page, place: &Place, encoding: &'static Encoding) -> Result<Url, RunError> {
    let (name, of) = (page.name.clone(), system.name.clone());
    let path = place.path(page).map_err(|why| RunError::Address { system: of.clone(), page: name.clone(), why })?;
    let written = extract::address(&system.base, &path, encoding);
    written.map_err(|source| RunError::Extract { system: of, page: name, source: source.into() })
}

impl Site {
    /// The page's address here.
    pub(super) fn address(&self, page: &Page, place: &Place) -> Result<Url, RunError> {
        address(self.run.system(), page, place, self.query_encoding(page, None))
    }

    /// Where something on a page that was seen leads.
    pub(super) fn linked(&self, page: &Page, look: &Look, written: &str) -> Result<Url, RunError> {
        let from = Url::parse(&look.address);
        let from = from.map_err(|error| self.wrong(page, format!("`{}` is no address: {error}", look.address)))?;
        let linked = extract::address(&from, written, self.query_encoding(page, look.encoding));
        linked.map_err(|source| self.unreadable(page, source))
    }

    /// What queries to that page go out in, where they come from the adapter or stand on a page in that encoding.
    fn query_encoding(&self, page: &Page, from: Option<&'static Encoding>) -> &'static Encoding {
        let system = self.run.system();
        let known = || from.or_else(|| said(system)).or_else(|| self.encodings.of(&page.name));
        query_said(system, page).or_else(known).unwrap_or(UTF_8)
    }

    /// What a form of the adapter's own goes out in.
    pub(super) fn posts_in(&self, page: &Page) -> &'static Encoding {
        self.entered_in().or_else(|| said(self.run.system())).or_else(|| self.encodings.of(&page.name)).unwrap_or(UTF_8)
    }

    /// What a form on a page that was seen goes out in.
    pub(super) fn sends_in(&self, page: &Page, look: &Look, sent: &Submission) -> &'static Encoding {
        let own = self.entered_in().or(sent.charset);
        let query = || match sent.method {
            extract::Method::Get => query_said(self.run.system(), page),
            extract::Method::Post => None,
        };
        own.or_else(query).or(look.encoding).unwrap_or_else(|| self.posts_in(page))
    }

    /// What the adapter says that entries are sent in.
    fn entered_in(&self) -> Option<&'static Encoding> {
        let label = self.run.bot().enter()?.form.charset.as_ref()?;
        Encoding::for_label(label.as_bytes())
    }

    /// Remembers what a page is in that was asked for; answers for scripts say nothing of the pages.
    pub(super) fn learn_encoding(&self, page: &str, encoding: Option<&'static Encoding>) {
        if let Some(encoding) = encoding {
            self.encodings.put(page, encoding);
        }
    }

    /// Whether what came shows that its page is in another encoding than it was asked for in: then it is to be asked for again.
    pub(super) fn asked_amiss(&self, page: &Page, place: &Place, asked: &Asked, sight: &Sight) -> bool {
        let system = self.run.system();
        // What an adapter says is not to be doubted, and plain ASCII is the same in all encodings.
        if query_said(system, page).is_some() || said(system).is_some() || !asked.is_escaped() {
            return false;
        }
        self.learn_encoding(&page.name, sight.sent_in(system));
        self.asked(page, place).is_ok_and(|again| again != *asked)
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, GBK};

    use super::*;

    #[test]
    fn a_page_is_asked_for_in_its_own_encoding_or_that_of_the_one_before() {
        let encodings = Encodings::default();
        assert_eq!(encodings.of("list"), None);
        encodings.put("login", GBK);
        assert_eq!(encodings.of("list"), Some(GBK));
        encodings.put("list", BIG5);
        encodings.put("login", UTF_8);
        assert_eq!(encodings.of("list"), Some(BIG5));
        assert_eq!(encodings.of("detail"), Some(UTF_8));
    }
}
