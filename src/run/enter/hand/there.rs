//! Getting to a form's page.

use url::Url;

use super::{
    super::{form::Stop, life::Life},
    Hand,
};
use crate::{
    adapter::Page,
    run::{
        RunError,
        ask::Asked,
        page::{SETTLE_LIMIT, Sight},
        signs,
    },
    transport::Snapshot,
};

/// Where no page is.
const NOWHERE: &str = "about:blank";

impl Hand<'_> {
    pub(super) async fn open(&mut self, life: &Life<'_>, name: &str) -> Result<(), Stop> {
        let page = &self.site.run.system().pages[name];
        self.page = Some(page);
        (self.seen, self.entered, self.told_before) = (None, Vec::new(), self.told.len());
        let asked = Asked { url: self.site.address(page, &life.place())?, posted: None };
        let seen = self.gone_to(page, &asked.url).await?;
        let framed = seen.in_frame(&page.frame).map_or(&seen, |(framed, _)| framed).clone();
        let amiss = self.site.asked_amiss(page, &life.place(), &asked, &Sight::Snapshot(framed));
        self.seen =
            Some(if amiss { self.gone_to(page, &self.site.address(page, &life.place())?).await? } else { seen });
        Ok(())
    }

    /// Goes to a page and looks at it.
    async fn gone_to(&self, page: &Page, address: &Url) -> Result<Snapshot, Stop> {
        let going = async {
            if address.fragment().is_some() {
                // An app that is at this place already would go on showing what it shows.
                self.browser.goto(NOWHERE).await?;
            }
            self.browser.goto_in_frame(&page.frame, address.as_str()).await?;
            self.browser.settle_opened(SETTLE_LIMIT).await?;
            Ok(())
        };
        let gone = self.site.in_time(page, going).await;
        // Where its frame is missing, the page that has come instead says why.
        let looked = self.look().await;
        let snapshot = match (gone, looked) {
            // Why nothing can be looked at is known already.
            (Err(error), Err(RunError::Transport(_))) => return Err(error.into()),
            (gone, looked) => {
                let snapshot = looked?;
                signs::heed_snapshot(&self.site.run, &snapshot)?;
                gone?;
                snapshot
            }
        };
        Ok(snapshot)
    }
}
