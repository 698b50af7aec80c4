//! The adapter files as they are on the disk: whether they have changed, and how a schedule is told to those who only see the store.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::adapter::Schedule;

/// The folders that hold adapter files.
const FOLDERS: [&str; 3] = ["bots", "selectors", "schedules"];

/// What the adapter files were when they were last looked at.
#[derive(Debug)]
pub struct Files {
    root: PathBuf,
    print: Option<[u8; 32]>,
}

impl Files {
    /// The files under that root folder, as they are now.
    pub fn of(root: &Path) -> Self {
        Self { root: root.to_owned(), print: print(root).ok() }
    }

    /// Whether they have changed since they were last looked at. A folder that cannot be read now has not: it is looked at again.
    pub fn have_changed(&mut self) -> bool {
        let Ok(print) = print(&self.root) else { return false };
        let changed = self.print != Some(print);
        self.print = Some(print);
        changed
    }
}

/// A fingerprint of all names and contents.
fn print(root: &Path) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    for folder in FOLDERS {
        let mut paths = Vec::new();
        match fs::read_dir(root.join(folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            entries => {
                for entry in entries? {
                    paths.push(entry?.path());
                }
            }
        }
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        for path in paths {
            hash.update(path.as_os_str().as_encoded_bytes());
            hash.update([0]);
            hash.update(Sha256::digest(fs::read(&path)?));
        }
    }
    Ok(hash.finalize().into())
}

/// A schedule as `queqiao schedules` and the API tell it.
pub(super) fn body(schedule: &Schedule) -> String {
    json!({
        "bots": schedule.bots,
        "cron": schedule.cron.as_ref().map(|cron| &cron.written),
        "after": schedule.after,
        "zone": schedule.zone.name(),
        "workdays": schedule.workdays,
        "hours": schedule.hours.as_ref().map(ToString::to_string),
        "overlap": format!("{:?}", schedule.overlap).to_lowercase(),
        "missed": format!("{:?}", schedule.missed).to_lowercase(),
        "jitter_seconds": schedule.jitter.as_secs(),
        "timeout_seconds": schedule.timeout.as_secs(),
        "retries": schedule.retry.times,
        "priority": schedule.priority,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_seen_once() {
        let root = tempfile::tempdir().unwrap();
        let mut files = Files::of(root.path());
        assert!(!files.have_changed());
        let schedules = root.path().join("schedules");
        fs::create_dir(&schedules).unwrap();
        fs::write(schedules.join("day.toml"), "one").unwrap();
        assert!(files.have_changed() && !files.have_changed());
        fs::write(schedules.join("day.toml"), "two").unwrap();
        fs::write(schedules.join("notes.txt"), "not an adapter").unwrap();
        assert!(files.have_changed() && !files.have_changed());
        fs::rename(schedules.join("day.toml"), schedules.join("night.toml")).unwrap();
        assert!(files.have_changed());
    }
}
