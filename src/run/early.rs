//! Pages about records while it is still being proven how they are read: the proof runs beside the list, and where the list is read by plain
//! HTTP, they are read so too in the meantime. What was read so is passed on only once the proof says that it may be.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use super::{
    RunError, about,
    page::{Look, Place},
    read::Extract,
    site::{Site, Way},
};
use crate::extract::Row;

/// The proof of the pages about records.
#[derive(Default)]
pub(super) struct Proving {
    under_way: TaskTracker,
    task: Mutex<Option<AbortOnDropHandle<()>>>,
}

impl Proving {
    fn task(&self) -> MutexGuard<'_, Option<AbortOnDropHandle<()>>> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends it where it stands.
    pub(super) fn end(&self) {
        drop(self.task().take());
    }
}

impl Site {
    /// Begins to find out how the pages about a record are to be read, unless that is under way.
    pub(super) fn begin_proving(self: &Arc<Self>, key: String, row: Row) {
        if !self.proving.under_way.is_empty() {
            return;
        }
        let site = Arc::clone(self);
        let task = self.proving.under_way.spawn(async move { about::prove(&site, &key, &row).await });
        *self.proving.task() = Some(AbortOnDropHandle::new(task));
    }

    /// Reads a page about a record by plain HTTP, where the list is read so and the proof is under way. None where there is nothing to
    /// presume, or it doesn't go well: then it is to be read as usual.
    pub(super) async fn read_early<T>(&self, page: &str, place: &Place, extract: impl Extract<T>) -> Option<(T, Look)>
    where
        T: PartialEq + Send + 'static,
    {
        let bot = self.run.bot().reading();
        // Files are fetched with the page that names them: not before that page is known to be right.
        let may = !bot.attachments && self.known_way(&bot.list) == Some(Way::Http);
        if !may || self.proving.under_way.is_empty() || self.known_way(page).is_some() {
            return None;
        }
        let read: Result<_, RunError> = self.read_by(Way::Http, page, place, extract).await;
        read.inspect_err(|error| tracing::debug!(page, %error, "can't be read before it is proven how")).ok()
    }

    /// Waits for the proof; says whether the pages about records are read by plain HTTP.
    pub(super) async fn early_was_right(&self) -> bool {
        self.proving.under_way.close();
        self.proving.under_way.wait().await;
        for page in self.addressed() {
            if self.way(page).await != Some(Way::Http) {
                return false;
            }
        }
        true
    }
}
