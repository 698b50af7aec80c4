//! When a run starts that fell due, and when it is tried again.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use crate::adapter::Retry;

/// When what fell due at `due` starts: `jitter` later at most, and never as late as that. The same for every engine that works it
/// out, so that none starts what another one has started.
pub fn jittered(schedule: &str, due: DateTime<Utc>, jitter: Duration) -> DateTime<Utc> {
    let Ok(jitter) = u64::try_from(jitter.as_millis()) else { return due };
    if jitter == 0 {
        return due;
    }
    let mut hash = Sha256::new();
    hash.update(due.timestamp_millis().to_be_bytes());
    hash.update(schedule);
    let [a, b, c, d, e, f, g, h, ..]: [u8; 32] = hash.finalize().into();
    let later = u64::from_be_bytes([a, b, c, d, e, f, g, h]) % jitter;
    due + TimeDelta::milliseconds(i64::try_from(later).unwrap_or_default())
}

/// The pause before try `attempt` after the first (from 1), twice as long each time up to the longest; `None` once all tries are
/// used up.
pub fn retry_pause(retry: &Retry, attempt: u32) -> Option<Duration> {
    let doubled = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
    (attempt <= retry.times).then(|| retry.first.saturating_mul(doubled).min(retry.most))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn starts_are_spread_evenly_and_never_change() {
        let due: DateTime<Utc> = "2026-11-26T01:00:00Z".parse().unwrap();
        let start = |name: &str| (jittered(name, due, Duration::from_secs(10)) - due).num_milliseconds();
        let starts: Vec<i64> = (0..1000).map(|number| start(&format!("schedule {number}"))).collect();
        assert!(starts.iter().all(|start| (0..10_000).contains(start)));
        let tenths: BTreeSet<i64> = starts.iter().map(|start| start / 1000).collect();
        assert_eq!(tenths.len(), 10);
        // A version that works out something else would start twice beside one that is running.
        assert_eq!(start("day#1"), 3325);
        let next = due + TimeDelta::seconds(1);
        assert_eq!(jittered("day#1", next, Duration::from_secs(10)) - next, TimeDelta::milliseconds(683));
        assert_eq!(jittered("day#1", due, Duration::ZERO), due);
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_end() {
        let retry = Retry { times: 40, first: Duration::from_secs(5), most: Duration::from_secs(120) };
        let pauses: Vec<u64> = (1..=7).map(|attempt| retry_pause(&retry, attempt).unwrap().as_secs()).collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 120, 120]);
        assert_eq!(retry_pause(&retry, 40), Some(retry.most));
        assert_eq!((retry_pause(&retry, 41), retry_pause(&Retry::default(), 1)), (None, None));
    }
}
