//! Stopping at one point in the life of an entry, for tests that kill a process there.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::run::Pauses;

/// The file that says that the point is reached; who removes it lets the process go on.
const HELD: &str = "held";
/// How often it is looked for.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Stops the first time that each of these points (with spaces between) is reached.
pub(super) fn at(points: &str, folder: &Path) -> Pauses {
    let file = folder.join(HELD);
    let left: Arc<Mutex<Vec<String>>> = Arc::new(Mutex::new(points.split_whitespace().map(str::to_owned).collect()));
    Arc::new(move |here| {
        let first = {
            let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
            let place = left.iter().position(|point| *point == here);
            place.map(|place| left.remove(place)).is_some()
        };
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
