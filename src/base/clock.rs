//! The only source of "now", so that a test can hold or move time.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, FixedOffset, TimeZone, Utc};
use chrono_tz::Asia::Shanghai;
use tokio::sync::watch;

/// A machine's clock may be set, and may stand still while the machine sleeps: it is looked at again at least that often.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// A source of the present instant. Clones share their time.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Milliseconds since the epoch when held by a test; the machine's time otherwise.
    held: Option<Arc<watch::Sender<i64>>>,
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands at `instant` until [`Clock::set`] moves it.
    pub fn held_at(instant: DateTime<Utc>) -> Self {
        Self { held: Some(Arc::new(watch::Sender::new(instant.timestamp_millis()))) }
    }

    /// Moves a held clock; a system clock ignores it.
    pub fn set(&self, instant: DateTime<Utc>) {
        if let Some(held) = &self.held {
            held.send_replace(instant.timestamp_millis());
        }
    }

    /// The present instant.
    pub fn now(&self) -> DateTime<Utc> {
        match &self.held {
            Some(held) => Utc.timestamp_millis_opt(*held.borrow()).single().unwrap_or_default(),
            None => Utc::now(),
        }
    }

    /// Waits until that instant has come. It may come sooner than one thinks: when the machine's clock is set.
    pub async fn sleep_until(&self, instant: DateTime<Utc>) {
        match &self.held {
            Some(held) => {
                let mut moves = held.subscribe();
                // Its sender is `held`, which outlives this.
                let _ = moves.wait_for(|now| *now >= instant.timestamp_millis()).await;
            }
            None => {
                while let Ok(left) = (instant - Utc::now()).to_std() {
                    if left.is_zero() {
                        return;
                    }
                    tokio::time::sleep(left.min(LOOK_AGAIN)).await;
                }
            }
        }
    }

    /// The present instant as the district's wall clocks show it (Asia/Shanghai, UTC+8).
    pub fn local(&self) -> DateTime<FixedOffset> {
        self.now().with_timezone(&Shanghai).fixed_offset()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_held_clock_move_together() {
        let clock = Clock::held_at(Utc.with_ymd_and_hms(2026, 2, 13, 1, 0, 0).unwrap());
        let other = clock.clone();
        clock.set(Utc.with_ymd_and_hms(2026, 2, 14, 1, 0, 0).unwrap());
        assert_eq!(other.local().to_rfc3339(), "2026-02-14T09:00:00+08:00");
    }

    #[tokio::test]
    async fn who_sleeps_by_a_held_clock_wakes_when_it_is_moved() {
        let start = Utc.with_ymd_and_hms(2026, 2, 13, 1, 0, 0).unwrap();
        let clock = Clock::held_at(start);
        let hour = chrono::TimeDelta::hours(1);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(start + hour).await }
        });
        clock.set(start + hour / 2);
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.set(start + hour);
        sleeper.await.unwrap();
        clock.sleep_until(start).await;
    }
}
