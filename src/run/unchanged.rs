//! List pages that have not changed since they were last read: asked for with conditions, and not parsed again.

use std::collections::HashMap;

use super::{
    RunError,
    ask::Asked,
    page::{self, Look, Place, Sight},
    site::{Site, Way},
};
use crate::{
    extract::{self, Listing},
    transport::{Answer, Validators},
};

/// Pages remembered of one account's lists: with 20 rows a page, some megabytes.
const PAGES_REMEMBERED: usize = 1_000;
/// The status of an answer without a body: nothing has changed.
const NOT_MODIFIED: u16 = 304;

/// List pages by address, as they were last read.
#[derive(Default)]
pub(super) struct Remembered(HashMap<String, Page>);

struct Page {
    validators: Validators,
    /// The adapter that read it: a mended one reads it again.
    adapter: String,
    look: Look,
    listing: Listing,
}

impl Site {
    /// Reads a list page; one that has not changed is known already. A session that was lost is renewed.
    pub(super) async fn list_at(&self, place: &Place) -> Result<(Listing, Look), RunError> {
        let page = self.list_page();
        if page.post.is_some() || self.way(&page.name).await != Some(Way::Http) {
            return self.read(&page.name, place, extract::listing).await;
        }
        self.renewing(|| self.list_by_http(place)).await
    }

    async fn list_by_http(&self, place: &Place) -> Result<(Listing, Look), RunError> {
        let page = self.list_page();
        let asked = Asked { url: self.address(page, place)?, posted: None };
        let address = asked.url.to_string();
        let lent = self.lent().await?;
        let validators = {
            let lists = self.held.lists();
            let known = lists.0.get(&address).filter(|known| known.adapter == self.run.bot().version);
            known.map(|known| known.validators.clone()).unwrap_or_default()
        };
        let answer = lent.get_if(&address, &validators).await?;
        if validators.is_empty() && self.asked_amiss(page, place, &asked, &Sight::Answer(answer.clone())) {
            return Box::pin(self.list_by_http(place)).await;
        }
        // The same bytes may be handed out otherwise than before.
        if answer.status < 400
            && let Some(error) = Sight::Answer(answer.clone()).no_page(page)
        {
            return Err(error.into());
        }
        if let Some(known) = self.known(&address, &answer) {
            self.count_page();
            return Ok(known);
        }
        let validators = answer.validators.clone();
        let (listing, look) = self.examine(&page.name, Sight::Answer(answer), extract::listing).await?;
        let mut lists = self.held.lists();
        if lists.0.len() < PAGES_REMEMBERED || lists.0.contains_key(&address) {
            let (adapter, look, listing) = (self.run.bot().version.clone(), look.clone(), listing.clone());
            lists.0.insert(address, Page { validators, adapter, look, listing });
        }
        Ok((listing, look))
    }

    /// What the page said when it was last read, if it says the same now.
    fn known(&self, address: &str, answer: &Answer) -> Option<(Listing, Look)> {
        let (adapter, print) = (&self.run.bot().version, page::sha256(&answer.body));
        let lists = self.held.lists();
        let known = lists.0.get(address).filter(|known| known.adapter == *adapter)?;
        let same = answer.status == NOT_MODIFIED || print == known.look.evidence;
        let look = || Look { read_at: page::local(answer.read_at), ..known.look.clone() };
        same.then(|| (known.listing.clone(), look()))
    }
}
