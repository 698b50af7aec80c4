//! Files that pages hand out after a click.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    Answer, BYTES_PER_ANSWER, Browser, TransportError,
    error::Doing,
    script::{Call, quietly},
};

/// How often the folder is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(25);
/// How Chromium's file names end while they are being written.
const UNFINISHED: &str = ".crdownload";

/// Where a browser of this machine puts files.
#[derive(Debug)]
pub(super) struct Downloads {
    /// Within the profile, so that it goes with it.
    parent: PathBuf,
    /// The folder in use: a number that grows.
    folder: Mutex<usize>,
}

impl Downloads {
    pub(super) fn within(profile: &Path) -> Self {
        Self { parent: profile.join("queqiao-downloads"), folder: Mutex::new(0) }
    }

    fn folder(&self) -> PathBuf {
        self.parent.join(self.folder.lock().unwrap_or_else(PoisonError::into_inner).to_string())
    }
}

impl Browser {
    /// The file that a click has brought, taken out of the browser's folder once it is complete; none when none has come
    /// within `limit`. One that comes later than that is never taken for the file of a later click. Its address is that
    /// of the page. At most 20 MB.
    ///
    /// # Errors
    /// [`TransportError::TooLarge`]; [`TransportError::Download`] when the file can't be read, or the browser runs on
    /// another machine.
    pub async fn downloaded(&self, limit: Duration) -> Result<Option<Answer>, TransportError> {
        let failed = |reason: String| TransportError::Download { reason };
        let Some(downloads) = &self.downloads else {
            return Err(failed("the browser runs on another machine".to_owned()));
        };
        let folder = downloads.folder();
        let deadline = Instant::now() + limit;
        loop {
            let looked = look(&folder).map_err(|error| failed(error.to_string()))?;
            let address = || async { quietly(self.driver().current_url()).await.map(String::from).unwrap_or_default() };
            match looked {
                Found::Finished(path) => {
                    let read = fs::read(&path).and_then(|body| fs::remove_file(&path).map(|()| body));
                    let body = read.map_err(|error| failed(error.to_string()))?;
                    let answer = Answer::from_file(&path, body.into(), self.options.clock.now());
                    return Ok(Some(Answer { address: address().await, ..answer }));
                }
                Found::TooLarge => {
                    self.use_next_folder().await?;
                    return Err(TransportError::TooLarge { address: address().await, limit: BYTES_PER_ANSWER });
                }
                Found::Nothing if Instant::now() >= deadline => {
                    self.use_next_folder().await?;
                    return Ok(None);
                }
                Found::Nothing => tokio::time::sleep(LOOK_AGAIN).await,
            }
        }
    }

    /// The name of a file that has come without anybody's waiting for it.
    ///
    /// # Errors
    /// [`TransportError::Download`] when the folder can't be looked into.
    pub fn has_brought(&self) -> Result<Option<String>, TransportError> {
        let Some(downloads) = &self.downloads else { return Ok(None) };
        match look(&downloads.folder()).map_err(|error| TransportError::Download { reason: error.to_string() })? {
            Found::Finished(path) => Ok(path.file_name().map(|name| name.to_string_lossy().into_owned())),
            Found::Nothing | Found::TooLarge => Ok(None),
        }
    }

    /// Lets the browser put files into a folder that none has been put into.
    pub(super) async fn use_next_folder(&self) -> Result<(), TransportError> {
        let Some(downloads) = &self.downloads else { return Ok(()) };
        *downloads.folder.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        let folder = downloads.folder();
        fs::create_dir_all(&folder).map_err(|error| TransportError::Download { reason: error.to_string() })?;
        let wanted = json!({ "behavior": "allow", "downloadPath": folder.to_string_lossy() });
        let told = quietly(self.driver().cdp().send_raw("Browser.setDownloadBehavior", wanted)).await;
        let call = Call { doing: Doing::Opening, address: "", limit: self.options.script_timeout, most_bytes: 0 };
        told.map(|_| ()).map_err(|error| call.failed(&error))
    }
}

enum Found {
    Nothing,
    TooLarge,
    Finished(PathBuf),
}

/// Chromium writes beside the file and renames at the end; what has the final name before is empty.
fn look(folder: &Path) -> io::Result<Found> {
    let mut finished = None;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let bytes = match entry.metadata() {
            Ok(metadata) => metadata.len(),
            // Renamed in between.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
            Err(error) => return Err(error),
        };
        if bytes > BYTES_PER_ANSWER as u64 {
            return Ok(Found::TooLarge);
        }
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let unfinished = name.ends_with(UNFINISHED) || name.starts_with('.');
        if !unfinished && bytes > 0 {
            finished = Some(entry.path());
        }
    }
    Ok(finished.map_or(Found::Nothing, Found::Finished))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_complete_file_counts() {
        let folder = tempfile::tempdir().unwrap();
        let finished = |expected: Option<&str>| {
            let found = look(folder.path()).unwrap();
            let name = match &found {
                Found::Finished(path) => path.file_name().map(|name| name.to_str().unwrap()),
                Found::Nothing | Found::TooLarge => None,
            };
            assert_eq!(name, expected);
        };
        finished(None);
        fs::write(folder.path().join("办件.xls"), "").unwrap();
        fs::write(folder.path().join("办件.xls.crdownload"), "half").unwrap();
        fs::write(folder.path().join(".org.chromium.Chromium.x"), "half").unwrap();
        finished(None);
        fs::write(folder.path().join("办件.xls"), "whole").unwrap();
        finished(Some("办件.xls"));
        let large = fs::File::create(folder.path().join("large.crdownload")).unwrap();
        large.set_len(BYTES_PER_ANSWER as u64 + 1).unwrap();
        assert!(matches!(look(folder.path()).unwrap(), Found::TooLarge));
    }
}
