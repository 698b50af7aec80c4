//! Adapter files that have changed are taken up without a restart, if they check clean; else the old ones stay, and whoever asks hears
//! why.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{BrokenAdapters, announce, load_adapters};
use crate::{
    base::chain,
    engine::{Engine, Files},
    run::Bridge,
    settings::Settings,
};

/// How often the files are looked at: reading a hundred small files takes a millisecond.
const LOOK: Duration = Duration::from_secs(3);

/// Watches the files until it is told to stop.
pub(super) async fn watch(settings: Settings, bridge: Arc<Bridge>, engine: Arc<Engine>, cancel: CancellationToken) {
    let mut files = Files::of(&settings.root);
    let mut bridge = bridge;
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        if !files.have_changed() {
            continue;
        }
        let told = match load_adapters(&settings) {
            Ok(adapters) => {
                let (bots, schedules) = (adapters.bots.len(), adapters.schedules.len());
                let next = Arc::new(bridge.with(Arc::new(adapters)));
                if let Err(error) = announce(&next, &next.clock).await {
                    tracing::error!(error = chain(error.as_ref()), "the hub could not be told which systems to expect");
                }
                engine.adopt(Arc::new(Arc::clone(&next)));
                bridge = next;
                tracing::info!(bots, schedules, "changed adapter files were taken up");
                String::new()
            }
            Err(error) => {
                let told = broken(&settings, &error);
                tracing::error!(reason = told, "changed adapter files have mistakes; the old ones stay");
                told
            }
        };
        if let Err(error) = bridge.store.tell_files(&bridge.worker, &told).await {
            tracing::error!(error = chain(&error), "whether the adapter files are right could not be written down");
        }
    }
}

/// Every mistake, as `check` shows them.
fn broken(settings: &Settings, error: &anyhow::Error) -> String {
    match error.downcast_ref() {
        Some(BrokenAdapters(report)) => report.render(settings.lang, false),
        None => chain(error.as_ref()),
    }
}
