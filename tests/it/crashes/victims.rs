//! What dies, and how.

use std::{collections::BTreeMap, fs};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

/// What is taken away from an entry's worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Victim {
    /// The bridge's process.
    Process,
    /// Its browser.
    Browser,
    /// The driver of its browser.
    Driver,
    /// Its connection to the target.
    Line,
    /// Its store: every write of an entry fails.
    Store,
    /// Its store: another writer holds it for longer than anybody waits.
    Lock,
}

/// Processes that run, by their parents.
fn children() -> BTreeMap<u32, Vec<(u32, String)>> {
    let mut children: BTreeMap<u32, Vec<(u32, String)>> = BTreeMap::new();
    for folder in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(id) = folder.file_name().to_string_lossy().parse() else { continue };
        // It may end while it is looked at.
        let Ok(stat) = fs::read_to_string(folder.path().join("stat")) else { continue };
        let Some((name, rest)) = stat.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')')) else { continue };
        let parent = rest.split_whitespace().nth(1).and_then(|parent| parent.parse().ok());
        children.entry(parent.unwrap_or_default()).or_default().push((id, name.to_owned()));
    }
    children
}

fn below(id: u32, children: &BTreeMap<u32, Vec<(u32, String)>>) -> Vec<(u32, String)> {
    let own = children.get(&id).cloned().unwrap_or_default();
    let further = own.iter().flat_map(|(child, _)| below(*child, children)).collect::<Vec<_>>();
    own.into_iter().chain(further).collect()
}

fn end(id: u32) -> bool {
    let id = i32::try_from(id).ok().and_then(Pid::from_raw);
    id.is_some_and(|id| kill_process(id, Signal::KILL).is_ok())
}

/// The drivers of that process.
fn drivers(of: u32, children: &BTreeMap<u32, Vec<(u32, String)>>) -> Vec<u32> {
    let all = below(of, children).into_iter().filter(|(_, name)| name.starts_with("chromedriver"));
    all.map(|(id, _)| id).collect()
}

/// SIGKILL for the driver of that process; whether there was one.
pub fn kill_driver(of: u32) -> bool {
    drivers(of, &children()).into_iter().any(end)
}

/// The processes below that one, its driver and browser among them.
pub fn helpers(of: u32) -> Vec<u32> {
    below(of, &children()).into_iter().map(|(id, _)| id).collect()
}

/// Those of them that still live.
pub fn living(ids: &[u32]) -> Vec<u32> {
    let lives = |id: &&u32| {
        let state = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        // A zombie is dead and only waits to be counted.
        !state.is_empty() && !state.contains(") Z ")
    };
    ids.iter().filter(lives).copied().collect()
}

/// The port at which that process listens on this machine.
fn port_of(process: u32) -> Option<u16> {
    /// The state of a socket that listens.
    const LISTENS: &str = "0A";
    let sockets: Vec<String> = fs::read_dir(format!("/proc/{process}/fd"))
        .ok()?
        .flatten()
        .filter_map(|open| fs::read_link(open.path()).ok())
        .filter_map(|to| Some(to.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let table = fs::read_to_string(format!("/proc/{process}/net/tcp")).ok()?;
    table.lines().skip(1).find_map(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let listens =
            columns.get(3) == Some(&LISTENS) && sockets.iter().any(|socket| columns.get(9) == Some(&&**socket));
        let (_, port) = columns.get(1).filter(|_| listens)?.rsplit_once(':')?;
        u16::from_str_radix(port, 16).ok()
    })
}

/// The page in the browser of that process gives way to an empty one; whether there was one.
pub async fn leave_page(of: u32) -> bool {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut left = false;
    for port in drivers(of, &children()).into_iter().filter_map(port_of) {
        let driver = format!("http://127.0.0.1:{port}");
        let told = client.get(format!("{driver}/sessions")).send().await.unwrap().text().await.unwrap();
        let told: Value = serde_json::from_str(&told).unwrap();
        for session in told["value"].as_array().into_iter().flatten().filter_map(|session| session["id"].as_str()) {
            let go = client.post(format!("{driver}/session/{session}/url"));
            let gone = go.body(json!({ "url": "about:blank" }).to_string()).send().await.unwrap();
            left |= gone.status().is_success();
        }
    }
    left
}

/// SIGKILL for all processes of the browsers of that process; whether there was one.
pub fn kill_browser(of: u32) -> bool {
    let children = children();
    let drivers = drivers(of, &children).into_iter();
    let browsers: Vec<u32> = drivers.flat_map(|driver| below(driver, &children)).map(|(id, _)| id).collect();
    browsers.into_iter().filter(|id| end(*id)).count() > 0
}

/// A store that lets nobody write down what befalls an entry, until it is mended.
pub enum Broken {
    Sqlite(SqliteConnection),
    Locked(SqliteConnection),
    Postgres { server: PgConnection, name: String },
}

impl Broken {
    /// Every change of an entry fails at once.
    pub async fn sqlite(url: &str) -> Self {
        let mut store = SqliteConnection::connect(url).await.unwrap();
        let refusing = "CREATE TRIGGER refusing BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'refused'); END";
        store.execute(refusing).await.unwrap();
        Self::Sqlite(store)
    }

    /// Nobody else writes.
    pub async fn locked(url: &str) -> Self {
        let mut store = SqliteConnection::connect(url).await.unwrap();
        store.execute("BEGIN IMMEDIATE").await.unwrap();
        Self::Locked(store)
    }

    /// Every connection of the bridge ends, and no new one is let in. A further connection to another database stays, to end that.
    pub async fn postgres(url: &str) -> Self {
        let (before, name) = url.split_once("localhost/").unwrap();
        let (name, after) = name.split_once('?').unwrap();
        let mut server = PgConnection::connect(&format!("{before}localhost/postgres?{after}")).await.unwrap();
        let name = name.to_owned();
        let shut = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        server.execute(AssertSqlSafe(shut)).await.unwrap();
        let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        server.execute(AssertSqlSafe(end)).await.unwrap();
        Self::Postgres { server, name }
    }

    pub async fn mend(self) {
        match self {
            Self::Sqlite(mut store) => drop(store.execute("DROP TRIGGER refusing").await.unwrap()),
            Self::Locked(mut store) => drop(store.execute("ROLLBACK").await.unwrap()),
            Self::Postgres { mut server, name } => {
                let open = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true");
                server.execute(AssertSqlSafe(open)).await.unwrap();
            }
        }
    }
}
