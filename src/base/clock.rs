//! The only source of "now", so that a test can hold or move time.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, FixedOffset, TimeZone, Utc};
use chrono_tz::Asia::Shanghai;

/// A source of the present instant. Clones share their time.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Milliseconds since the epoch when held by a test; the machine's time otherwise.
    held: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands at `instant` until [`Clock::set`] moves it.
    pub fn held_at(instant: DateTime<Utc>) -> Self {
        Self { held: Some(Arc::new(AtomicI64::new(instant.timestamp_millis()))) }
    }

    /// Moves a held clock; a system clock ignores it.
    pub fn set(&self, instant: DateTime<Utc>) {
        if let Some(held) = &self.held {
            held.store(instant.timestamp_millis(), Ordering::SeqCst);
        }
    }

    /// The present instant.
    pub fn now(&self) -> DateTime<Utc> {
        match &self.held {
            Some(held) => Utc.timestamp_millis_opt(held.load(Ordering::SeqCst)).single().unwrap_or_default(),
            None => Utc::now(),
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
}
