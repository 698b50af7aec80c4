//! What a browser's processes hold in memory.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
};

use super::Browser;

/// Bytes in a page of memory: what `/proc/PID/statm` counts by, on every machine that Chromium is packaged for.
const MEMORY_PAGE: u64 = 4_096;

impl Browser {
    /// Bytes that all processes of this browser hold, what they share counted in each; none where they can't be seen.
    pub fn memory(&self) -> Option<u64> {
        let profile = format!("--user-data-dir={}", self.profile()?.display());
        let mut of_parent: HashMap<u32, Vec<u32>> = HashMap::new();
        let mut found = HashSet::new();
        for entry in fs::read_dir("/proc").ok()?.flatten() {
            let Some(process) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            let Some(parent) = parent(&entry.path()) else { continue };
            of_parent.entry(parent).or_default().push(process);
            let command = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            if command.split(|byte| *byte == 0).any(|argument| argument == profile.as_bytes()) {
                found.insert(process);
            }
        }
        let mut waiting: Vec<u32> = found.iter().copied().collect();
        while let Some(process) = waiting.pop() {
            let children = of_parent.get(&process).into_iter().flatten();
            waiting.extend(children.copied().filter(|child| found.insert(*child)));
        }
        let held: u64 = found.iter().filter_map(|process| resident(*process)).sum();
        (held > 0).then_some(held)
    }
}

fn parent(process: &Path) -> Option<u32> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    // The name in parentheses may hold anything; after it come the state and the parent.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

fn resident(process: u32) -> Option<u64> {
    let held = fs::read_to_string(format!("/proc/{process}/statm")).ok()?;
    let pages: u64 = held.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * MEMORY_PAGE)
}
