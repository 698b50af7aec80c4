//! The data folder: private, with room to write, and held by one process at a time.

use std::{
    fs::{self, File},
    io::{Read, Seek, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use rustix::fs::{FlockOperation, flock};

use crate::host;

/// The data folder for as long as this process works with it. The lock goes when the process does, however it ends.
#[derive(Debug)]
pub(super) struct Claim {
    folder: PathBuf,
    worker: String,
    _lock: File,
}

impl Claim {
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder's own name among all that share a store. Whoever claims the folder knows that nobody else of this name is alive.
    pub(super) fn worker(&self) -> &str {
        &self.worker
    }
}

/// Makes the folder if need be (mode 0700), makes sure that there is room, and locks it.
pub(super) fn claim(folder: &Path) -> anyhow::Result<Claim> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).with_context(|| {
        format!("cannot make the data folder {}: choose another with `data` in queqiao.toml", folder.display())
    })?;
    host::require_free(folder, host::DISK_MINIMUM)?;
    let path = folder.join("lock");
    let mut lock =
        File::options().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).with_context(
            || format!("cannot write to the data folder {}: is it yours, and not read-only?", folder.display()),
        )?;
    if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
        let mut holder = String::new();
        // Only for the message: an unreadable number leaves it out.
        let _ = lock.read_to_string(&mut holder);
        bail!(
            "the data folder {} is in use by another queqiao (process {}): stop that one, or choose another folder with \
             `data` in queqiao.toml",
            folder.display(),
            holder.trim()
        );
    }
    lock.set_len(0)?;
    lock.rewind()?;
    writeln!(lock, "{}", std::process::id())?;
    Ok(Claim { folder: folder.to_owned(), worker: worker(folder)?, _lock: lock })
}

/// The name that the folder was given when it was first claimed.
fn worker(folder: &Path) -> anyhow::Result<String> {
    let path = folder.join("worker");
    match fs::read_to_string(&path) {
        Ok(name) if !name.trim().is_empty() => Ok(name.trim().to_owned()),
        Ok(_) => named(&path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => named(&path),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn named(path: &Path) -> anyhow::Result<String> {
    let name = crate::base::new_id();
    fs::write(path, &name).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_at_a_time_and_the_next_when_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let first = claim(&data).unwrap();
        let refused = claim(&data).unwrap_err().to_string();
        assert!(refused.contains(&std::process::id().to_string()), "{refused}");
        let worker = first.worker().to_owned();
        drop(first);
        assert_eq!(claim(&data).unwrap().worker(), worker);
    }
}
