//! What is there: processes, browsers' folders, handles, memory, files, rows.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

/// Bytes of a page of memory (sysconf(3), `_SC_PAGESIZE`: on every machine that we run on).
const PAGE: u64 = 4_096;
/// What the folders of browsers are called.
const BROWSER: &str = "queqiao-browser-";

/// What this process holds.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// Processes below it.
    pub processes: usize,
    /// Folders of browsers in its temporary folder.
    pub profiles: usize,
    /// Handles of files and sockets.
    pub open: usize,
    /// Bytes of memory.
    pub memory: u64,
}

impl Counts {
    pub fn now() -> Self {
        let folders = fs::read_dir(std::env::temp_dir()).unwrap().flatten();
        let profiles = folders.filter(|entry| entry.file_name().to_string_lossy().starts_with(BROWSER)).count();
        let memory = fs::read_to_string("/proc/self/statm").unwrap();
        // The second field of proc(5)'s statm: resident pages.
        let resident: u64 = memory.split_whitespace().nth(1).unwrap().parse().unwrap();
        let processes = crate::crashes::helpers(std::process::id()).len();
        Self { processes, profiles, open: fs::read_dir("/proc/self/fd").unwrap().count(), memory: resident * PAGE }
    }
}

/// All files in a folder and below it.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The rows of each table that has any.
pub async fn rows(url: &str) -> BTreeMap<String, i64> {
    let mut store = SqliteConnection::connect(url).await.unwrap();
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut store).await.unwrap();
    let mut rows = BTreeMap::new();
    for table in tables {
        let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&mut store).await.unwrap();
        rows.insert(table, count);
    }
    // What the feed says of runs, which it says for good, beside what it says of cases.
    rows.remove("journal");
    let sql = "SELECT record, COUNT(*) FROM journal GROUP BY record";
    let kinds: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(&mut store).await.unwrap();
    rows.extend(kinds.into_iter().map(|(kind, count)| (format!("journal of {kind}"), count)));
    rows.retain(|_, count| *count > 0);
    rows
}
