//! How hard a system may be asked, by all who ask it together.

use std::{num::NonZeroU32, sync::Arc};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The limits of one system: requests under way at once, and requests begun per second. Clones share them, so that all
/// bots of a system together stay within them.
#[derive(Clone, Debug)]
pub struct Pace {
    places: Arc<Semaphore>,
    begun: Option<Arc<DefaultDirectRateLimiter>>,
}

/// The right to have one request under way; it ends when dropped.
#[derive(Debug)]
pub struct Turn {
    _place: OwnedSemaphorePermit,
}

impl Pace {
    /// At most `concurrency` requests (at least one) at a time, and at most that many begun in any second, evenly spread;
    /// none means no limit on the latter.
    pub fn new(concurrency: usize, requests_per_second: Option<NonZeroU32>) -> Self {
        // Without a burst: a quota that lets a whole second's worth through at once allows twice that in one second.
        let quota = |rate| Quota::per_second(rate).allow_burst(NonZeroU32::MIN);
        Self {
            places: Arc::new(Semaphore::new(concurrency.clamp(1, Semaphore::MAX_PERMITS))),
            begun: requests_per_second.map(|rate| Arc::new(RateLimiter::direct(quota(rate)))),
        }
    }

    /// Waits for the next turn.
    pub async fn turn(&self) -> Turn {
        let place = Arc::clone(&self.places).acquire_owned().await.expect("nobody closes this semaphore");
        if let Some(begun) = &self.begun {
            begun.until_ready().await;
        }
        Turn { _place: place }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn clones_share_both_limits() {
        let pace = Pace::new(2, None);
        let turns = [pace.turn().now_or_never(), pace.clone().turn().now_or_never()];
        assert!(turns.iter().all(Option::is_some));
        assert!(pace.turn().now_or_never().is_none(), "two are under way");
        drop(turns);
        assert!(pace.turn().now_or_never().is_some());

        let slow = Pace::new(9, NonZeroU32::new(1));
        assert!(slow.turn().now_or_never().is_some());
        assert!(slow.clone().turn().now_or_never().is_none(), "one has begun within this second");
    }
}
