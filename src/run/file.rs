//! A list that comes as a file: a person exports it, or a gatekeeper between two networks drops it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{
    Run, RunError,
    page::{Place, Sight, local},
};
use crate::{
    adapter::FolderParts,
    transport::{Answer, BYTES_PER_ANSWER},
};

/// The newest file that fits the page's `path`, or those that are parts of one list with it. It is read as of when the newest was
/// written: its figures are as old as it is.
pub(super) fn newest(run: &Run, page: &str, place: &Place) -> Result<Sight, RunError> {
    let system = run.system();
    let wrong = |why: String| RunError::Address { system: system.name.clone(), page: page.to_owned(), why };
    let pattern = place.path(&system.pages[page]).map_err(wrong)?;
    let whole = run.bridge.adapters.root.join(&pattern);
    let failed = |error: io::Error| wrong(format!("{}: {error}", whole.display()));
    let mut found = fitting(&whole).map_err(failed)?;
    found.sort_by(|(path, written), (other, other_written)| (written, path).cmp(&(other_written, other)));
    let Some((path, written)) = found.last().cloned() else {
        return Err(RunError::NoFile { system: system.name.clone(), pattern: whole.display().to_string() });
    };
    let parts = together(system.pages[page].file.parts, found);
    let mut bytes = 0;
    for (path, _) in &parts {
        bytes += fs::metadata(path).map_err(failed)?.len();
        if bytes > BYTES_PER_ANSWER as u64 {
            return Err(wrong(format!("{} has {bytes} bytes, and {BYTES_PER_ANSWER} are the most", path.display())));
        }
    }
    let body = match parts.as_slice() {
        [(only, _)] => fs::read(only).map_err(failed)?,
        many => packed(many).map_err(failed)?,
    };
    Ok(Sight::Answer(Answer::from_file(&path, body.into(), written.into())))
}

/// A file of a folder, with when it was written.
type Dropped = (PathBuf, SystemTime);

/// Of these files, the newest last, those that are read together, by name.
fn together(parts: FolderParts, mut found: Vec<Dropped>) -> Vec<Dropped> {
    let day = |written: SystemTime| local(written.into()).date_naive();
    let newest = found.last().map(|(_, written)| day(*written));
    match parts {
        FolderParts::Newest => drop(found.drain(..found.len().saturating_sub(1))),
        FolderParts::Day => found.retain(|(_, written)| Some(day(*written)) == newest),
        FolderParts::All => {}
    }
    found.sort();
    found
}

/// Several files as an archive of them: its files are parts of one list wherever it comes from.
fn packed(files: &[Dropped]) -> io::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (path, _) in files {
        archive.start_file(path.file_name().unwrap_or_default().to_string_lossy(), options)?;
        io::Write::write_all(&mut archive, &fs::read(path)?)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// The files that fit a pattern whose last part may have `*` and `?`, with when each was written. What is still being written
/// under another name (`.part`, `.tmp`, a leading dot) fits no pattern that does not say so.
fn fitting(pattern: &Path) -> io::Result<Vec<Dropped>> {
    let name = pattern.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = pattern.parent().unwrap_or(Path::new("."));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let called = entry.file_name().to_string_lossy().into_owned();
        let hidden = called.starts_with('.') && !name.starts_with('.');
        if !hidden && entry.metadata()?.is_file() && fits(&name, &called) {
            found.push((entry.path(), entry.metadata()?.modified()?));
        }
    }
    Ok(found)
}

/// `*` stands for any letters, `?` for one.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.chars().next() {
        None => name.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            name.char_indices().map(|(at, _)| at).chain([name.len()]).any(|at| fits(rest, &name[at..]))
        }
        Some(letter) => name.chars().next().is_some_and(|first| {
            (letter == '?' || letter == first) && fits(&pattern[letter.len_utf8()..], &name[first.len_utf8()..])
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_names() {
        assert!(fits("办件*.xlsx", "办件2026-11.xlsx") && fits("a?c", "a中c") && fits("*", ""));
        assert!(!fits("*.xlsx", "办件.xlsx.part") && !fits("a?c", "ac") && !fits("a", "ab"));
    }

    #[test]
    fn the_newest_file_is_taken_and_half_written_ones_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str, seconds: i64| {
            let path = folder.path().join(name);
            fs::write(&path, name).unwrap();
            let time = SystemTime::from(chrono::DateTime::from_timestamp(1_000_000_000 + seconds, 0).unwrap());
            fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
        };
        at("one.csv", 10);
        at("two.csv", 20);
        at(".three.csv", 30);
        at("four.csv.part", 40);
        let found = fitting(&folder.path().join("*.csv")).unwrap();
        let newest = found.iter().max_by_key(|(_, written)| *written).unwrap();
        assert!(found.len() == 2 && newest.0.ends_with("two.csv"));
        let read = |parts| {
            together(parts, {
                let mut found = fitting(&folder.path().join("*")).unwrap();
                found.sort_by_key(|(_, written)| *written);
                found
            })
        };
        assert!(read(FolderParts::Newest).len() == 1 && read(FolderParts::Newest)[0].0.ends_with("four.csv.part"));
        assert_eq!(read(FolderParts::All).len(), 3);
        at("old.csv", -100_000);
        assert_eq!((read(FolderParts::Day).len(), read(FolderParts::All).len()), (3, 4));
    }
}
