//! A directory for everything that browsers write, gone when its owner is gone.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

/// What our scratch directories in the machine's temporary directory are called.
const PREFIX: &str = "queqiao-browser-";
/// How often a directory is made that another process sweeps away before it is locked.
const ATTEMPTS: usize = 10;

/// A scratch directory, removed on drop. Its owner keeps it locked, and the kernel lets go of the lock however the
/// owner ends: what a killed process left behind is removed by the next one.
#[derive(Debug)]
pub(super) struct Scratch {
    place: TempDir,
    _lock: File,
}

impl Scratch {
    /// Makes a new directory in `parent`, and removes those whose owner no longer lives.
    pub fn new(parent: &Path) -> io::Result<Self> {
        sweep(parent);
        for _ in 0..ATTEMPTS {
            let place = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
            let Ok(lock) = File::open(place.path()) else { continue };
            lock.lock()?;
            if place.path().exists() {
                return Ok(Self { place, _lock: lock });
            }
        }
        Err(io::Error::other("others keep removing the directory"))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.place.path()
    }
}

fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    let ours = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
    for place in entries.flatten().map(|entry| entry.path()).filter(ours) {
        let Ok(lock) = File::open(&place) else { continue };
        match lock.try_lock() {
            Ok(()) => match fs::remove_dir_all(&place) {
                Ok(()) => tracing::info!(place = %place.display(), "removed what a killed process left behind"),
                Err(error) => tracing::warn!(place = %place.display(), %error, "can't be removed"),
            },
            // Someone lives in it, or it belongs to another user.
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dead_owner_left_is_removed_and_what_lives_stays() {
        let parent = tempfile::tempdir().unwrap();
        let living = Scratch::new(parent.path()).unwrap();
        let left = parent.path().join(format!("{PREFIX}left"));
        fs::create_dir(&left).unwrap();
        fs::write(left.join("profile"), "").unwrap();
        let other = parent.path().join("of-someone-else");
        fs::create_dir(&other).unwrap();

        let next = Scratch::new(parent.path()).unwrap();
        assert!(!left.exists());
        assert!(living.path().exists() && next.path().exists() && other.exists());
    }
}
