//! Going to pages and waiting for them.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{Browser, TransportError, error::Doing, script::quietly};

/// A page is quiet when nothing in it has changed for so long: above the pace of animations, below impatience.
pub(super) const QUIET: Duration = Duration::from_millis(150);

const FRAME: &str = include_str!("page/frame.js");
const SCROLL: &str = include_str!("page/scroll.js");

/// What came of scrolling.
#[derive(Debug, Deserialize)]
pub struct Scrolled {
    /// Whether anything has moved.
    pub moved: bool,
    /// Whether nothing has, but the page has taken the turn of a wheel for itself.
    pub heard: bool,
    /// Where everything stood before.
    pub at: String,
    /// Whether something is higher than its box and not at its end now.
    pub stuck: bool,
}
const SETTLE: &str = concat!(include_str!("page/rest.js"), include_str!("page/settle.js"));

impl Browser {
    /// Goes to an address and waits until the page has loaded; a change of the fragment alone (a route of a
    /// single-page application) returns at once. A page that is there, while some picture or script of it doesn't
    /// come within the limit, is taken as it is.
    ///
    /// # Errors
    /// [`TransportError::Navigate`] when nothing answers there, [`TransportError::Tls`] when its certificate is not believed,
    /// [`TransportError::NotAPage`] when what comes is no page (the one before still stands there then), [`TransportError::Timeout`] when
    /// no page comes.
    pub async fn goto(&self, url: &str) -> Result<(), TransportError> {
        self.leave_frames().await?;
        self.requests.fetch_add(1, Ordering::Relaxed);
        let call = self.call(Doing::Navigating, url, self.options.page_timeout);
        self.stands_before().await;
        let begun = Instant::now();
        let went = quietly(self.driver().goto(url)).await.map_err(|error| call.failed(&error));
        match went {
            Err(TransportError::Timeout { .. }) if self.has_parsed_since(begun).await? => {
                tracing::warn!(url, "a part of this page never came; it is taken as it is");
                Ok(())
            }
            Err(TransportError::Navigate { reason, .. }) => Err(self.unreached(url, &reason)),
            Err(error) => Err(error),
            Ok(()) => self.arrived(url).await,
        }
    }

    /// Whether the open page was begun after `begun` and its HTML is complete. Intranet pages often ask for things of
    /// the internet that never come; those must not keep us from reading the page.
    async fn has_parsed_since(&self, begun: Instant) -> Result<bool, TransportError> {
        let age = "return document.readyState === 'loading' ? null : performance.now()";
        let call = self.call(Doing::Navigating, "", self.options.script_timeout);
        let age: Option<f64> = call.at_once(self.driver(), age, Vec::new()).await?;
        Ok(age.is_some_and(|millis| millis < begun.elapsed().as_secs_f64() * 1_000.0))
    }

    /// Leads one frame to an address, waits until it has loaded, and leaves the pages around it as they are. Each
    /// frame is given by name, id or CSS (tried in that order), outermost first; `url` may be relative.
    pub async fn goto_in_frame(&self, frames: &[String], url: &str) -> Result<(), TransportError> {
        if frames.is_empty() {
            return self.goto(url).await;
        }
        self.leave_frames().await?;
        self.requests.fetch_add(1, Ordering::Relaxed);
        // The script must give up before the browser gives up on the script.
        let limit = self.options.page_timeout.min(self.options.script_timeout * 9 / 10);
        let call = self.call(Doing::Navigating, url, limit);
        let args = vec![json!(frames), json!(url), millis(limit)];
        let led: Result<Option<Value>, _> = call.awaited(self.driver(), FRAME, args).await;
        match led {
            // The frame waits for a page for ever where a file came, or nothing.
            Err(error @ TransportError::Timeout { .. }) => Err(self.unpaged(url).await.unwrap_or(error)),
            led => led.map(|_| ()),
        }
    }

    /// Scrolls everything down by one screen, frames too; says what came of it.
    pub async fn scroll(&self) -> Result<Scrolled, TransportError> {
        self.leave_frames().await?;
        let call = self.call(Doing::Acting, "", self.options.script_timeout);
        call.at_once(self.driver(), SCROLL, Vec::new()).await
    }

    /// Waits until the page and its frames are complete, no request of their scripts is under way and nothing in
    /// them has changed for 150 ms, or until `limit` has passed or a dialog opens. Says whether it became quiet.
    pub async fn settle(&self, limit: Duration) -> Result<bool, TransportError> {
        self.settled(limit, false).await
    }

    /// The same for a page that was only just opened: one without any script is quiet as soon as it is complete.
    pub async fn settle_opened(&self, limit: Duration) -> Result<bool, TransportError> {
        self.settled(limit, true).await
    }

    async fn settled(&self, limit: Duration, opened: bool) -> Result<bool, TransportError> {
        match self.leave_frames().await {
            Ok(()) => self.settled_here(limit, opened).await,
            Err(TransportError::DialogOpen { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The same for the window where the driver stands.
    async fn settled_here(&self, limit: Duration, opened: bool) -> Result<bool, TransportError> {
        match self.settling(limit, SETTLE, vec![json!(opened)]).await {
            Ok(quiet) => Ok(quiet.unwrap_or(false)),
            Err(TransportError::DialogOpen { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Runs a script that waits as `settle.js` does, where the driver stands: its first arguments are what is quiet and how long to
    /// wait, in milliseconds.
    pub(super) async fn settling<T: DeserializeOwned>(
        &self,
        limit: Duration,
        script: &str,
        more: Vec<Value>,
    ) -> Result<Option<T>, TransportError> {
        let deadline = Instant::now() + limit;
        loop {
            let left = deadline.saturating_duration_since(Instant::now()).min(self.options.script_timeout * 9 / 10);
            let args = [vec![millis(QUIET), millis(left)], more.clone()].concat();
            match self.call(Doing::Settling, "", limit).awaited(self.driver(), script, args).await {
                // The page went away under the script: the next one is to be waited for. Of that some drivers say at once that
                // the script took too long.
                Err(TransportError::Snapshot { .. } | TransportError::Timeout { .. }) if Instant::now() < deadline => {}
                came => return came,
            }
        }
    }
}

pub(super) fn millis(time: Duration) -> Value {
    json!(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}
