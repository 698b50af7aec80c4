//! Removing files that nobody needs any more.

use std::{fs, io, path::Path, time::SystemTime};

/// Removes the files in a folder and below it that were last written before `before`, and folders that are empty then; gives how many
/// files. What others remove meanwhile is no error.
pub fn sweep_folder(folder: &Path, before: SystemTime) -> io::Result<u64> {
    let mut gone = 0;
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        let Some(about) = there(entry.metadata())? else { continue };
        if about.is_dir() {
            gone += sweep_folder(&path, before)?;
            // Only an empty folder can be removed; one that is not stays.
            let _ = fs::remove_dir(&path);
        } else if about.modified()? < before && there(fs::remove_file(&path))?.is_some() {
            gone += 1;
        }
    }
    Ok(gone)
}

/// `None` for what has gone in the meantime.
fn there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn old_files_go_and_new_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("run-1/page.html"), folder.path().join("run-2/page.html"));
        for path in [&old, &new] {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "page").unwrap();
        }
        let year_ago = SystemTime::now() - Duration::from_secs(365 * 86_400);
        fs::File::options().write(true).open(&old).unwrap().set_modified(year_ago).unwrap();
        let month_ago = SystemTime::now() - Duration::from_secs(30 * 86_400);
        assert_eq!(sweep_folder(folder.path(), month_ago).unwrap(), 1);
        assert!(!old.parent().unwrap().exists() && new.exists());
        assert_eq!(sweep_folder(&folder.path().join("none"), month_ago).unwrap(), 0);
    }
}
