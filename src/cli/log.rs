//! The log: on standard error, in English, filtered as the settings say.

use std::io;

use tracing_subscriber::{EnvFilter, fmt};

/// Starts the log. A filter that can't be understood falls back to warnings, and says so in the log.
pub(super) fn start(filter: &str) {
    let (filter, wrong) = match EnvFilter::try_new(filter) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new("warn"), Some(error)),
    };
    fmt().with_env_filter(filter).with_writer(io::stderr).with_target(false).init();
    if let Some(error) = wrong {
        tracing::warn!(%error, "the setting `log` is no filter: showing warnings only");
    }
}
