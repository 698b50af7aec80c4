//! The log: on standard error, in English, filtered as the settings say. Whatever a part of this program or a library logs, numbers of
//! people and phones and the values of secrets do not come through.

use std::io::{self, Write};

use tracing_subscriber::{EnvFilter, fmt};

use crate::run::scrub_words;

/// Libraries that log whole pages, piece by piece: nothing of theirs below a warning.
const PAGES: [&str; 4] = ["html5ever", "markup5ever", "selectors", "scraper"];

/// Standard error, for one event at a time.
struct Scrubbed;

impl Write for Scrubbed {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let event_text = String::from_utf8_lossy(event);
        io::stderr().lock().write_all(scrub_words(&event_text, &[]).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Starts the log. A filter that can't be understood falls back to warnings, and says so in the log.
pub(super) fn start(filter: &str) {
    let (filter, wrong) = match EnvFilter::try_new(filter) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new("warn"), Some(error)),
    };
    let quiet = |filter: EnvFilter, name: &&str| {
        filter.add_directive(format!("{name}=warn").parse().expect("a name and a level are a directive"))
    };
    let filter = PAGES.iter().fold(filter, quiet);
    // No colours: their codes would stand between a name and its value.
    fmt().with_env_filter(filter).with_writer(|| Scrubbed).with_ansi(false).with_target(false).init();
    if let Some(error) = wrong {
        tracing::warn!(%error, "the setting `log` is no filter: showing warnings only");
    }
}
