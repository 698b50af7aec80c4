//! The page that signing in led to: where that is the first page to be read, it stands there already, come to rest, and the system is not
//! asked for it again.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{
    page::{Place, Sight},
    read::reads_json,
    site::Site,
};

/// A page that has stood for longer is asked for again.
const FRESH: Duration = Duration::from_secs(5);

/// Where signing in led to and when, until something is read in the browser.
#[derive(Default)]
pub(super) struct Landed(Mutex<Option<(String, Instant)>>);

impl Landed {
    /// Signing in led to this address.
    pub(super) fn put(&self, address: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = address.map(|address| (address, Instant::now()));
    }

    fn take(&self) -> Option<String> {
        let (address, at) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        (at.elapsed() < FRESH).then_some(address)
    }
}

impl Site {
    /// The page as it stands in the browser since signing in; none when it is to be asked for.
    pub(super) async fn landed(&self, page: &str, place: &Place) -> Option<Sight> {
        let page = &self.run.system().pages[page];
        let address = self.landed.take()?;
        let shown = page.frame.is_empty() && page.post.is_none() && !reads_json(page);
        if !shown || self.address(page, place).ok()?.as_str() != address {
            return None;
        }
        let held = self.session(true).await.ok()?;
        let snapshot = self.snapshot(held.browser.as_ref()?, page, false).await.ok()?;
        // A script may have led elsewhere, and an error page is asked for once more.
        let fits = snapshot.address == address && snapshot.status.is_none_or(|status| status < 400);
        fits.then_some(Sight::Snapshot(snapshot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_stood_for_long_or_was_taken_is_asked_for_again() {
        let landed = Landed::default();
        landed.put(Some("http://127.0.0.1/list".to_owned()));
        assert_eq!(landed.take().as_deref(), Some("http://127.0.0.1/list"));
        assert_eq!(landed.take(), None, "it has been read");
        let long_ago = Instant::now().checked_sub(FRESH).expect("the machine has run for longer");
        let stood = Landed(Mutex::new(Some(("http://127.0.0.1/list".to_owned(), long_ago))));
        assert_eq!(stood.take(), None, "who knows what stands there now");
        landed.put(None);
        assert_eq!(landed.take(), None);
    }
}
