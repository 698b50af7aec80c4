//! How hard a system may be asked, by all who ask it together: as hard as its answers say that it can bear.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::Notify;

/// Requests under way at the start: what a browser opens to one server.
const AT_FIRST: usize = 6;
/// An answer that took so many times the usual, and `SLOWER_BY` longer besides, says that the system is busy.
const SLOWER_TIMES: f64 = 2.0;
/// Below this, slower answers are the machine's own noise.
const SLOWER_BY: Duration = Duration::from_millis(200);
/// How fast the usual time follows answers that are slower: a system that has become slow for good is no longer compared with
/// what it was hours ago.
const FOLLOWS: f64 = 0.01;

/// The limits of one system: requests under way at once, and requests begun per second. Clones share them, so that all
/// bots of a system together stay within them.
///
/// The first of the two adapts: more with every good answer, up to the limit; a little less when answers become slow, half
/// when the system says that it is overloaded.
#[derive(Clone, Debug)]
pub struct Pace {
    road: Arc<Road>,
    begun: Option<Arc<DefaultDirectRateLimiter>>,
}

#[derive(Debug)]
struct Road {
    most: usize,
    traffic: Mutex<Traffic>,
    freed: Notify,
}

#[derive(Debug)]
struct Traffic {
    under_way: usize,
    /// How many may be under way now; at least 1.
    allowed: f64,
    /// Seconds that an answer usually takes.
    usual: Option<f64>,
    /// Requests that were under way when `allowed` was last cut: their answers say nothing new, so that one trouble cuts once.
    stale: usize,
    /// Whether it was ever cut: before that, `allowed` grows fast.
    was_cut: bool,
}

/// The right to have one request under way; it ends when dropped.
#[derive(Debug)]
pub struct Turn {
    road: Arc<Road>,
    since: Instant,
}

impl Pace {
    /// At most `concurrency` requests (at least one) at a time, and at most that many begun in any second, evenly spread;
    /// none means no limit on the latter.
    pub fn new(concurrency: usize, requests_per_second: Option<NonZeroU32>) -> Self {
        // Without a burst: a quota that lets a whole second's worth through at once allows twice that in one second.
        let quota = |rate| Quota::per_second(rate).allow_burst(NonZeroU32::MIN);
        let most = concurrency.max(1);
        let allowed = most.min(AT_FIRST) as f64;
        let traffic = Traffic { under_way: 0, allowed, usual: None, stale: 0, was_cut: false };
        Self {
            road: Arc::new(Road { most, traffic: Mutex::new(traffic), freed: Notify::new() }),
            begun: requests_per_second.map(|rate| Arc::new(RateLimiter::direct(quota(rate)))),
        }
    }

    /// Waits for the next turn.
    pub async fn turn(&self) -> Turn {
        loop {
            let freed = self.road.freed.notified();
            if self.road.traffic().take() {
                break;
            }
            freed.await;
        }
        // Counted from here on, so that a caller who gives up while it waits for its second leaves no gap.
        let mut turn = Turn { road: Arc::clone(&self.road), since: Instant::now() };
        if let Some(begun) = &self.begun {
            begun.until_ready().await;
        }
        turn.since = Instant::now();
        turn
    }

    /// How many requests may be under way now.
    pub fn allowed(&self) -> usize {
        self.road.traffic().room()
    }
}

impl Turn {
    /// The system has answered, and its time says how it bears the load.
    pub fn answered(self) {
        let took = self.since.elapsed();
        self.answered_in(took);
    }

    /// The same where not all of the turn's time was the system's.
    pub fn answered_in(self, took: Duration) {
        let grown = self.road.traffic().answered(took.as_secs_f64(), self.road.most);
        if grown {
            self.road.freed.notify_one();
        }
    }

    /// The system says that it can't: an error of its own, or no answer in time.
    pub fn overloaded(self) {
        self.road.traffic().cut(0.5);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.road.traffic().under_way -= 1;
        self.road.freed.notify_one();
    }
}

impl Road {
    fn traffic(&self) -> MutexGuard<'_, Traffic> {
        self.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Traffic {
    fn room(&self) -> usize {
        self.allowed as usize
    }

    fn take(&mut self) -> bool {
        let free = self.under_way < self.room();
        self.under_way += usize::from(free);
        free
    }

    /// Takes an answer's time in; says whether one more may be under way.
    fn answered(&mut self, seconds: f64, most: usize) -> bool {
        if self.is_stale() {
            return false;
        }
        let usual = self.usual.get_or_insert(seconds);
        let slow = seconds > *usual * SLOWER_TIMES + SLOWER_BY.as_secs_f64();
        *usual += (seconds - *usual) * if seconds < *usual { 1.0 } else { FOLLOWS };
        if slow {
            self.cut_now(0.8);
            return false;
        }
        let before = self.room();
        self.allowed += if self.was_cut { 1.0 / self.allowed } else { 1.0 };
        self.allowed = self.allowed.min(most as f64);
        self.room() > before
    }

    fn cut(&mut self, to: f64) {
        if !self.is_stale() {
            self.cut_now(to);
        }
    }

    fn cut_now(&mut self, to: f64) {
        self.allowed = (self.allowed * to).max(1.0);
        (self.stale, self.was_cut) = (self.under_way.saturating_sub(1), true);
    }

    /// Whether this answer is to a request from before the last cut; counts it.
    fn is_stale(&mut self) -> bool {
        let stale = self.stale > 0;
        self.stale = self.stale.saturating_sub(1);
        stale
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

    #[test]
    fn good_answers_bring_more_up_to_the_limit() {
        let pace = Pace::new(20, None);
        assert_eq!(pace.allowed(), AT_FIRST);
        for _ in 0..100 {
            pace.turn().now_or_never().unwrap().answered();
        }
        assert_eq!(pace.allowed(), 20);
    }

    #[test]
    fn overload_halves_once_for_all_that_was_under_way() {
        let pace = Pace::new(16, None);
        for _ in 0..20 {
            pace.turn().now_or_never().unwrap().answered();
        }
        let turns: Vec<_> = (0..16).map(|_| pace.turn().now_or_never().unwrap()).collect();
        for turn in turns {
            turn.overloaded();
        }
        assert_eq!(pace.allowed(), 8);
        for _ in 0..200 {
            pace.turn().now_or_never().unwrap().overloaded();
        }
        assert_eq!(pace.allowed(), 1, "never none at all");
        for _ in 0..1000 {
            pace.turn().now_or_never().unwrap().answered();
        }
        assert_eq!(pace.allowed(), 16, "it recovers");
    }

    #[test]
    fn slower_answers_bring_less_and_slow_ones_are_got_used_to() {
        let mut traffic = Traffic { under_way: 0, allowed: 10.0, usual: Some(0.05), stale: 0, was_cut: false };
        traffic.answered(0.12, 20);
        assert_eq!(traffic.room(), 11, "twice as slow within the noise");
        traffic.answered(2.0, 20);
        assert_eq!(traffic.room(), 8);
        for _ in 0..1000 {
            traffic.answered(2.0, 20);
        }
        assert_eq!(traffic.room(), 20, "a system that has become slow for good");
    }
}
