//! Getting to a list, and back to it.

use std::time::Instant;

use url::Url;

use super::{Hands, Onward, SHOWS_WITHIN};
use crate::run::{
    RunError,
    ask::Asked,
    page::{Place, SETTLE_LIMIT, Sight},
};

impl Hands<'_> {
    /// Goes to the page; once more where that shows that it is in another encoding than it was asked for in.
    pub(super) async fn goto(&self, place: &Place) -> Result<(), RunError> {
        let asked = Asked { url: self.site.address(self.page, place)?, posted: None };
        self.goto_address(&asked.url).await?;
        if !asked.is_escaped() {
            return Ok(());
        }
        let snapshot = self.site.snapshot(self.browser, self.page, false).await?;
        let framed = snapshot.in_frame(&self.page.frame).map_or(&snapshot, |(framed, _)| framed).clone();
        if self.site.asked_amiss(self.page, place, &asked, &Sight::Snapshot(framed)) {
            return self.goto_address(&self.site.address(self.page, place)?).await;
        }
        Ok(())
    }

    async fn goto_address(&self, address: &Url) -> Result<(), RunError> {
        self.site
            .in_time(self.page, async {
                // With something to press, the frame is where that leads.
                if self.page.way.press.is_some() {
                    self.browser.goto(address.as_str()).await?;
                } else {
                    self.browser.goto_in_frame(&self.page.frame, address.as_str()).await?;
                }
                self.browser.settle(SETTLE_LIMIT).await?;
                Ok(())
            })
            .await
    }

    /// How the list goes on, once it is there again as it was before its rows were opened: what stands there otherwise is another page, or
    /// another part of the list, and would end it or lead it astray.
    pub(super) async fn back_at(&self, before: &[String]) -> Result<Option<usize>, RunError> {
        let began = Instant::now();
        loop {
            let shown = self.look().await.and_then(|shown| Ok((self.keys(&shown.0)?, shown.2)));
            match shown {
                Ok((keys, onward)) if keys.iter().any(|key| before.contains(key)) => {
                    return Ok(match onward {
                        Onward::Press(mark) => Some(mark),
                        Onward::End => None,
                    });
                }
                Ok(_) | Err(RunError::Extract { .. }) if began.elapsed() > SHOWS_WITHIN => {
                    return Err(
                        self.stuck(self.page, "to come back from a row does not lead back to where the list was")
                    );
                }
                Ok(_) | Err(RunError::Extract { .. }) => {
                    self.browser.settle(SETTLE_LIMIT).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }
}
