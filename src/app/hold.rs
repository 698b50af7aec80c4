//! Stopping at one point in the life of an entry, for tests that kill a process there.

use std::{fs, path::Path, sync::Arc, time::Duration};

use crate::run::Pauses;

/// The file that says that the point is reached; who removes it lets the process go on.
const HELD: &str = "held";
/// How often it is looked for.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Stops the first time that this point is reached.
pub(super) fn at(point: &str, folder: &Path) -> Pauses {
    let (point, file) = (point.to_owned(), folder.join(HELD));
    let reached = Arc::new(std::sync::atomic::AtomicBool::new(false));
    Arc::new(move |here| {
        let first = here == point && !reached.swap(true, std::sync::atomic::Ordering::SeqCst);
        let file = file.clone();
        Box::pin(async move {
            if !first {
                return;
            }
            if let Err(error) = fs::write(&file, &here) {
                tracing::error!(%error, "the point where this process was to stop could not be told");
                return;
            }
            tracing::warn!(point = here, file = %file.display(), "held, until the file is removed");
            while file.exists() {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        })
    })
}
