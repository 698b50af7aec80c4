//! What a browser's processes hold in memory.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
};

use serde_json::json;

use super::{Browser, TransportError, error::Doing, script::quietly};

/// Bytes in a page of memory: what `/proc/PID/statm` counts by, on every machine that Chromium is packaged for.
const MEMORY_PAGE: u64 = 4_096;

impl Browser {
    /// Lets the pages' scripts give back what they need no more. A browser that opens page after page finds no time for it by itself.
    ///
    /// # Errors
    /// Those of a browser that is gone or asks something.
    pub async fn collect_garbage(&self) -> Result<(), TransportError> {
        self.leave_frames().await?;
        let limit = self.options.script_timeout;
        let call = self.call(Doing::Reading, "", limit);
        let cdp = self.driver().cdp();
        let collecting = quietly(cdp.send_raw("HeapProfiler.collectGarbage", json!({})));
        let late = |_| TransportError::Timeout { doing: call.doing, address: String::new(), limit };
        tokio::time::timeout(limit, collecting).await.map_err(late)?.map_err(|error| call.failed(&error))?;
        Ok(())
    }

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
            if names(&command, profile.as_bytes()) {
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

/// Whether a command has this argument. Where there is a session of D-Bus, Chromium writes its own with spaces between.
fn names(command: &[u8], argument: &[u8]) -> bool {
    let ends = |at: usize| matches!(command.get(at + argument.len()), None | Some(0 | b' '));
    command.windows(argument.len()).enumerate().any(|(at, part)| part == argument && ends(at))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_known_by_its_profile_however_its_command_is_written() {
        let profile = b"--user-data-dir=/tmp/profile-1";
        for (command, known) in [
            ("browser\0--headless\0--user-data-dir=/tmp/profile-1\0about:blank\0", true),
            ("browser --headless --user-data-dir=/tmp/profile-1 about:blank\0", true),
            ("browser --user-data-dir=/tmp/profile-1", true),
            ("browser\0--user-data-dir=/tmp/profile-12\0", false),
            ("browser --user-data-dir=/tmp/profile", false),
            ("", false),
        ] {
            assert_eq!(names(command.as_bytes(), profile), known, "{command:?}");
        }
    }
}
