//! Pages kept because something about them was wrong.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::{Bridge, Run, account, page::Look, scrub::scrub, sign_in::exposed};
use crate::{
    extract::{self, Document},
    store::Entry,
    transport::Snapshot,
};

/// Bytes of one kept page: enough for any page a person could have looked at.
const BYTES_KEPT: usize = 2_000_000;

/// Runs whose pages are kept: a week of a system that fails once an hour.
const RUNS_KEPT: usize = 168;
/// Entries whose pictures are kept, unless they get too old before: a year of a window that enters fifty cases a working day, in about 2 GB.
const ENTRIES_KEPT: usize = 12_000;

impl Bridge {
    /// The folders of what is kept of runs, and of entries.
    pub fn keeps_evidence_in(&self) -> [PathBuf; 2] {
        [self.evidence.clone(), self.evidence.with_file_name("entries")]
    }
}

/// Keeps a page that could not be read, without what it says of people. Failing to keep it must not hide the error it belongs to:
/// that is logged only.
pub(super) fn keep(run: &Run, page: &str, look: &Look, bytes: &[u8]) {
    let end = if bytes.trim_ascii_start().starts_with(b"<") { "html" } else { "txt" };
    let text = scrubbed(run, page, bytes);
    write(run, &format!("{page}.{end}"), format!("<!-- {} {} -->\n{text}", look.address, look.read_at).as_bytes());
}

/// Keeps a picture for a person under a name with its ending; gives its path.
pub(super) fn keep_picture(run: &Run, name: &str, picture: &[u8]) -> PathBuf {
    write(run, name, picture);
    folder(run).join(name)
}

/// Keeps a picture of an entry; gives its path. What is known of an entry stays beside the runs that come and go.
pub(super) fn keep_entry_picture(run: &Run, entry: &Entry, when: &str, jpeg: &[u8]) -> PathBuf {
    let [_, entries] = run.bridge.keeps_evidence_in();
    // Numbers of one length sort as they count.
    let folder = entries.join(format!("{:012}", entry.id));
    let name = format!("{}-{when}.jpg", entry.fence);
    write_into(&entries, &folder, &name, jpeg, ENTRIES_KEPT);
    folder.join(name)
}

/// Keeps a browser's page with all its frames.
pub(super) fn keep_snapshot(run: &Run, name: &str, snapshot: &Snapshot) {
    let framed = snapshot.pages();
    let texts = framed.iter().map(|(page, _)| {
        format!("<!-- {} {} -->\n{}", page.address, page.read_at, scrubbed(run, name, page.html.as_bytes()))
    });
    let text = texts.collect::<Vec<_>>().join("\n");
    write(run, &format!("{name}.html"), text.as_bytes());
}

/// The pages that this run has kept.
pub(super) fn kept(run: &Run) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder(run)) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path().display().to_string()).collect();
    paths.sort();
    paths
}

/// A page without what it says of people and without secrets: whoever mends an adapter needs neither. Of a workbook, the list in it.
fn scrubbed(run: &Run, name: &str, bytes: &[u8]) -> String {
    let text = if extract::is_binary(bytes) { String::new() } else { String::from_utf8_lossy(bytes).into_owned() };
    let text = &text[..text.floor_char_boundary(BYTES_KEPT)];
    let page = run.system().pages.get(name);
    let opened = page.map_or_else(|| Ok(Document::parse(text, None)), |page| Document::of(page, bytes, text, None));
    let document = match opened {
        Ok(document) => document,
        Err(error) => return format!("a file of {} bytes, of which nothing is kept: {error}", bytes.len()),
    };
    let shown = match &document {
        Document::Sheet(sheet) => sheet.text(),
        Document::Html(_) | Document::Json(_) => text.to_owned(),
    };
    let people = extract::personal(run.bot(), page, &document);
    // A vault that can't be read holds nothing that the page could repeat.
    let secrets = account::credential(run).map(|credential| exposed(&credential)).unwrap_or_default();
    scrub(&shown, &people, &secrets.into_values().collect::<Vec<_>>())
}

fn folder(run: &Run) -> PathBuf {
    run.bridge.evidence.join(&run.id)
}

/// Only the operator may read it: what a page says of people is masked as far as it can be told.
fn write(run: &Run, name: &str, bytes: &[u8]) {
    write_into(&run.bridge.evidence, &folder(run), name, bytes, RUNS_KEPT);
}

fn write_into(all: &Path, folder: &Path, name: &str, bytes: &[u8], most: usize) {
    let cut = bytes.len().min(BYTES_KEPT);
    let path = folder.join(name);
    let written = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).and_then(|()| {
        let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        file.write_all(&bytes[..cut])
    });
    if let Err(error) = written.and_then(|()| forget_oldest(all, most)) {
        tracing::warn!(path = %path.display(), %error, "could not keep a page as evidence");
    }
}

/// Run ids sort by time, and so do entries: the first names are the oldest.
fn forget_oldest(evidence: &Path, most: usize) -> io::Result<()> {
    let mut folders: Vec<_> = fs::read_dir(evidence)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    folders.sort();
    let surplus = folders.len().saturating_sub(most);
    folders[..surplus].iter().try_for_each(fs::remove_dir_all)
}
