//! Removing what the hub need not keep any longer, in a process that stays.

use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::{
    base::{Clock, chain},
    hub::Hub,
};

/// As often as an engine sweeps.
const EVERY: Duration = Duration::from_secs(6 * 3_600);

/// Sweeps until it is told to stop; what is older than `keep` goes.
pub(super) async fn sweep(hub: Hub, clock: Clock, keep: TimeDelta, cancel: CancellationToken) {
    while !cancel.is_cancelled() {
        match hub.sweep(clock.now() - keep).await {
            Ok(0) => {}
            Ok(readings) => tracing::info!(readings, "readings older than they have to be kept are removed"),
            Err(error) => tracing::warn!(error = chain(&error), "old readings can't be removed now; it is tried again"),
        }
        tokio::select! {
            () = cancel.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}
