//! Opening: files with their mode, pools with their pragmas, versions before anything is touched.

use std::{fs, path::Path, time::Duration};

use sqlx::{
    SqlitePool,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    StoreError,
    migrate::{self, KNOWN},
    session::Session,
};

/// How long a writer waits for another one, in seconds: a batch takes well under one, so longer means that something hangs.
const LOCK_SECONDS: u64 = 15;
/// How long opening a connection may take, in seconds: more than the lock, so that the lock's own error shows.
const ACQUIRE_SECONDS: u64 = 20;
/// SQLite readers at once: as many as a small machine can use.
const SQLITE_READERS: u32 = 4;
/// Pages of the side file before SQLite carries them over into the file itself, 64 MB: what 6,000 new cases write. Whoever writes waits for
/// that, and the more there are, the fewer are carried over twice.
const SQLITE_SIDE_PAGES: u32 = 16_000;
/// Memory that the one writer may keep pages in, KB: a batch's own, so that none is written and read again before its commit.
const SQLITE_WRITER_KB: i32 = 4_000;
/// PostgreSQL connections of one process: far below the server's default limit of 100.
const POSTGRES_CONNECTIONS: u32 = 8;
/// The lock that PostgreSQL writers take in their transaction; any number, the same in every version of this program.
const WRITER_LOCK: i64 = 0x5155_4551_4941_4f00;

/// The connections of a store.
pub(super) enum Pools {
    /// One writer (the lock is SQLite's own), some readers that never wait for it (WAL).
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    /// Writers take turns by an advisory lock.
    Postgres(PgPool),
}

impl Pools {
    /// Opens, checks and migrates.
    pub(super) async fn open(url: &str) -> Result<Self, StoreError> {
        let pools = if let Some(place) = url.strip_prefix("sqlite:") {
            let (path, pages) = bounded(place).ok_or_else(|| StoreError::Address { url: url.to_owned() })?;
            sqlite(Path::new(path), pages).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            postgres(url).await?
        } else {
            return Err(StoreError::Address { url: without_password(url) });
        };
        migrate::upgrade(&pools, &without_password(url)).await?;
        Ok(pools)
    }

    /// The only kind of transaction that writes; there is one at a time over all processes, so that journal positions
    /// are in commit order and without gaps.
    pub(super) async fn write(&self) -> Result<Session, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Session::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => {
                let mut session = Session::Postgres(pool.begin().await?);
                session.run("SELECT pg_advisory_xact_lock($1)", &[WRITER_LOCK.into()]).await?;
                session
            }
        })
    }

    /// A transaction whose queries all see one state.
    pub(super) async fn read(&self) -> Result<Session, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Session::Sqlite(readers.begin().await?),
            Self::Postgres(pool) => {
                Session::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// Waits until nothing uses a connection, and closes them all.
    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// `PATH?pages=N` → the path, and the most pages that its file may have: a share of a disk that others need too.
fn bounded(place: &str) -> Option<(&str, Option<u32>)> {
    match place.split_once('?') {
        None => Some((place, None)),
        Some((path, bound)) => Some((path, Some(bound.strip_prefix("pages=")?.parse().ok()?))),
    }
}

async fn sqlite(path: &Path, pages: Option<u32>) -> Result<Pools, StoreError> {
    private_file(path).map_err(|source| StoreError::Open { name: path.display().to_string(), source })?;
    let options =
        SqliteConnectOptions::new().filename(path).foreign_keys(true).busy_timeout(Duration::from_secs(LOCK_SECONDS));
    // Looked at before the journal mode is set: a database that is not ours stays as it is.
    let probe = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
    let checked = async {
        let mut session = Session::Sqlite(probe.begin().await?);
        migrate::check(&mut session, &path.display().to_string()).await
    }
    .await;
    probe.close().await;
    checked?;
    // FULL, not NORMAL: a runner forgets what the hub has acknowledged, so an acknowledged batch must outlive not only
    // SIGKILL (for which NORMAL would do) but a power cut. It costs one fsync per batch.
    let mut options = options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("wal_autocheckpoint", SQLITE_SIDE_PAGES.to_string());
    if let Some(pages) = pages {
        options = options.pragma("max_page_count", pages.to_string());
    }
    let pool = |connections| {
        SqlitePoolOptions::new().max_connections(connections).acquire_timeout(Duration::from_secs(ACQUIRE_SECONDS))
    };
    let writing = options.clone().pragma("cache_size", (-SQLITE_WRITER_KB).to_string());
    let writer = pool(1).connect_with(writing).await?;
    Ok(Pools::Sqlite { writer, readers: pool(SQLITE_READERS).connect_lazy_with(options) })
}

/// Creates the file for its owner's eyes only, and takes away what an existing one grants to others: it holds people's
/// ids. SQLite gives its side files the same mode.
fn private_file(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    const OWNER_ONLY: u32 = 0o600;
    const OTHERS: u32 = 0o077;
    fs::OpenOptions::new().create(true).append(true).mode(OWNER_ONLY).open(path)?;
    if fs::metadata(path)?.permissions().mode() & OTHERS != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(OWNER_ONLY))?;
    }
    Ok(())
}

async fn postgres(url: &str) -> Result<Pools, StoreError> {
    let options: PgConnectOptions = url.parse().map_err(|_| StoreError::Address { url: without_password(url) })?;
    let options = options
        .application_name("queqiao")
        .options([("lock_timeout", format!("{LOCK_SECONDS}s")), ("client_min_messages", "warning".to_owned())]);
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(Duration::from_secs(ACQUIRE_SECONDS))
        .connect_with(options)
        .await?;
    let mut session = Session::Postgres(pool.begin().await?);
    migrate::check(&mut session, &without_password(url)).await?;
    drop(session);
    Ok(Pools::Postgres(pool))
}

/// The address as it may stand in a message.
fn without_password(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() => {
            // A URL that has a password can have it replaced.
            let _ = parsed.set_password(Some("***"));
            parsed.to_string()
        }
        _ => url.to_owned(),
    }
}

/// The newest version of the tables that this program knows.
pub(super) const fn known_version() -> i64 {
    KNOWN
}

#[cfg(test)]
mod tests {
    use sqlx::Row;

    use super::*;
    use crate::{record::Record, store::Store};

    #[tokio::test]
    async fn a_full_disk_is_named_and_loses_nothing() {
        const PAGES: u32 = 120;
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("full.db").display());
        let store = Store::open(&format!("{url}?pages={PAGES}")).await.unwrap();
        let card = |number: u32| {
            let title = "长".repeat(2_000);
            let json = format!(
                r#"{{"record":"system","system":"{number}","title":"{title}","owner":"","fresh_for_seconds":1,"data_version":1}}"#
            );
            serde_json::from_str::<Record>(&json).unwrap()
        };
        let mut taken = 0;
        let error = loop {
            match store.post(&[card(taken)]).await {
                Ok(()) => taken += 1,
                Err(error) => break error,
            }
            assert!(taken < PAGES, "the bound holds");
        };
        assert!(matches!(error, StoreError::Full(_)), "{error:?}");
        assert!(error.to_string().contains("free some space"));
        assert_eq!(store.outbox_len().await.unwrap(), u64::from(taken), "all that was taken, nothing of what failed");
        store.close().await;
        let roomy = Store::open(&url).await.unwrap();
        roomy.post(&[card(taken)]).await.unwrap();
        assert_eq!(roomy.outbox_len().await.unwrap(), u64::from(taken) + 1);
    }

    #[tokio::test]
    async fn a_locked_database_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("locked.db").display());
        let (one, other) = (Store::open(&url).await.unwrap(), Store::open(&url).await.unwrap());
        let held = one.pools.write().await.unwrap();
        let Pools::Sqlite { writer, .. } = &*other.pools else { panic!("it is SQLite") };
        sqlx::query("PRAGMA busy_timeout = 1").execute(writer).await.unwrap();
        let error = other.post(&[]).await.unwrap_err();
        assert!(matches!(error, StoreError::Locked(_)), "{error:?}");
        drop(held);
        other.post(&[]).await.unwrap();
    }

    /// Whoever builds from outside of this folder has a SQLite that answers the same, and is slower.
    #[tokio::test]
    async fn sqlite_is_built_and_opened_as_it_was_measured() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("set.db").display())).await.unwrap();
        let Pools::Sqlite { writer, .. } = &*store.pools else { panic!("it is SQLite") };
        let built: Vec<String> = sqlx::query_scalar("PRAGMA compile_options").fetch_all(writer).await.unwrap();
        let wanted = [("DEFAULT_MEMSTATUS=0", true), ("ENABLE_MEMORY_MANAGEMENT", false), ("ENABLE_API_ARMOR", false)];
        for (option, wanted) in wanted {
            let is_set = built.iter().any(|set| set == option);
            assert_eq!(is_set, wanted, "{option}, by .cargo/config.toml: {built:?}");
        }
        for (pragma, wanted) in [
            ("PRAGMA journal_mode", "wal"),
            ("PRAGMA synchronous", "2"),
            ("PRAGMA wal_autocheckpoint", "16000"),
            ("PRAGMA cache_size", "-4000"),
        ] {
            let row = sqlx::query(pragma).fetch_one(writer).await.unwrap();
            let set =
                row.try_get::<String, _>(0).or_else(|_| row.try_get::<i64, _>(0).map(|number| number.to_string()));
            assert_eq!(set.unwrap(), wanted, "{pragma}");
        }
    }

    #[test]
    fn passwords_do_not_show() {
        assert_eq!(without_password("postgres://u:secret@h/d"), "postgres://u:***@h/d");
        assert_eq!(without_password("sqlite:/data/q.db"), "sqlite:/data/q.db");
    }
}
