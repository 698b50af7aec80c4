//! Windows and tabs that pages open.

use std::{
    sync::{PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

use serde_json::json;
use thirtyfour::{WindowHandle, error::WebDriverErrorInner};

use super::{
    Browser, TransportError,
    error::Doing,
    script::{Call, quietly},
    session::NEW_DOCUMENT,
};

/// How often new windows are looked for.
const LOOK_AGAIN: Duration = Duration::from_millis(25);
/// A window is opened empty and goes to its page then.
const HAS_A_PAGE: &str = "return location.href !== 'about:blank' || Boolean(document.body?.childNodes.length)";

/// What every page meets first.
pub(super) const PENDING: &str = concat!(include_str!("page/chrome.js"), include_str!("page/pending.js"));

/// The windows that were open at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows(Vec<WindowHandle>);

impl Windows {
    /// How many.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Those that were not among these.
    pub(super) fn new_since(self, before: &Self) -> Vec<WindowHandle> {
        self.0.into_iter().filter(|window| !before.0.contains(window)).collect()
    }
}

impl Browser {
    /// The windows (tabs are windows too) that are open now.
    pub async fn windows(&self) -> Result<Windows, TransportError> {
        let listed = quietly(self.driver().windows()).await;
        listed.map(Windows).map_err(|error| self.turning().failed(&error))
    }

    /// Turns to the window that has been opened since `before`, as soon as it has a page; says whether one came within
    /// `limit`. Everything reads and acts there until [`Browser::close_window`].
    ///
    /// # Errors
    /// [`TransportError::Snapshot`] when several were opened: nobody knows which is meant.
    pub async fn to_new_window(&self, before: &Windows, limit: Duration) -> Result<bool, TransportError> {
        let deadline = Instant::now() + limit;
        let opened = loop {
            match self.windows().await?.new_since(before).as_slice() {
                [] if Instant::now() >= deadline => return Ok(false),
                [] => tokio::time::sleep(LOOK_AGAIN).await,
                [only] => break only.clone(),
                many => {
                    let reason = format!("{} windows were opened where one was expected", many.len());
                    return Err(TransportError::Snapshot { reason });
                }
            }
        };
        self.turn_home().await?;
        let left = quietly(self.driver().window()).await.map_err(|error| self.turning().failed(&error))?;
        self.turn_to(opened).await?;
        self.spare().moved();
        self.left.lock().unwrap_or_else(PoisonError::into_inner).push(left);
        // The scripts of this page are counted from here on, and those of later pages from their start.
        let counted = quietly(self.driver().cdp().send_raw(NEW_DOCUMENT, json!({ "source": PENDING }))).await;
        counted.map_err(|error| self.turning().failed(&error))?;
        while !self.turning().at_once::<bool>(self.driver(), HAS_A_PAGE, Vec::new()).await? && Instant::now() < deadline
        {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        let _: Option<bool> = self.turning().at_once(self.driver(), PENDING, Vec::new()).await?;
        Ok(true)
    }

    /// Closes the window that [`Browser::to_new_window`] turned to, unless it has closed itself, and turns back to the
    /// one before it. Without such a window nothing happens.
    pub async fn close_window(&self) -> Result<(), TransportError> {
        let Some(before) = self.left.lock().unwrap_or_else(PoisonError::into_inner).pop() else { return Ok(()) };
        self.spare().moved();
        match quietly(self.driver().close_window()).await {
            Ok(()) => {}
            Err(error) if matches!(error.as_inner(), WebDriverErrorInner::NoSuchWindow(_)) => {}
            Err(error) => return Err(self.turning().failed(&error)),
        }
        self.turn_to(before).await
    }

    pub(super) async fn turn_to(&self, window: WindowHandle) -> Result<(), TransportError> {
        let turned = quietly(self.driver().switch_to_window(window)).await;
        turned.map_err(|error| self.turning().failed(&error))?;
        self.within_frame.store(false, Ordering::Relaxed);
        Ok(())
    }

    pub(super) fn turning(&self) -> Call<'_> {
        self.call(Doing::Reading, "", self.options.script_timeout)
    }
}
