//! The tables' versions: numbered scripts, each run once; by both databases, but where one of them lays out its tables better.

use super::{StoreError, open::Pools, session::Session};

/// What makes a version of the one before.
enum Script {
    Both(&'static str),
    /// On PostgreSQL the tables are as they were.
    Sqlite(&'static str),
}

/// The scripts, in order; the first makes version 1.
const SCRIPTS: &[Script] = &[
    Script::Both(include_str!("migrations/0001_spine.sql")),
    Script::Both(include_str!("migrations/0002_accounts.sql")),
    Script::Both(include_str!("migrations/0003_baselines.sql")),
    Script::Both(include_str!("migrations/0004_shared_accounts.sql")),
    Script::Both(include_str!("migrations/0005_entries.sql")),
    Script::Both(include_str!("migrations/0006_links.sql")),
    Script::Both(include_str!("migrations/0007_ticks.sql")),
    Script::Both(include_str!("migrations/0008_sessions.sql")),
    Script::Both(include_str!("migrations/0009_tasks.sql")),
    Script::Sqlite(include_str!("migrations/0010_one_tree_sqlite.sql")),
    Script::Both(include_str!("migrations/0011_again.sql")),
];

/// The newest version that this program knows.
pub(super) const KNOWN: i64 = SCRIPTS.len() as i64;

/// The version of a database, without touching it: 0 for an empty one.
///
/// # Errors
/// [`StoreError::Newer`] for a later version than [`KNOWN`], [`StoreError::Foreign`] for another program's tables.
pub(super) async fn check(session: &mut Session, name: &str) -> Result<i64, StoreError> {
    let tables = match session {
        Session::Sqlite(_) => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        Session::Postgres(_) => {
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()"
        }
    };
    let tables: Vec<String> = session.rows(tables, &[]).await?.iter_mut().map(|row| row.text(0)).collect();
    match tables.first() {
        None => Ok(0),
        Some(_) if tables.iter().any(|table| table == "queqiao_version") => {
            let found = session.number("SELECT version FROM queqiao_version", &[]).await?;
            if found > KNOWN {
                return Err(StoreError::Newer { name: name.to_owned(), found, known: KNOWN });
            }
            Ok(found)
        }
        Some(table) => Err(StoreError::Foreign { name: name.to_owned(), table: table.clone() }),
    }
}

/// Brings a database to the newest version, in one transaction: another process that opens it waits, then finds it done.
pub(super) async fn upgrade(pools: &Pools, name: &str) -> Result<(), StoreError> {
    let mut session = pools.write().await?;
    let found = check(&mut session, name).await?;
    if found == KNOWN {
        return Ok(());
    }
    for (script, version) in SCRIPTS.iter().zip(1_i64..) {
        if version > found {
            match (script, &session) {
                (Script::Both(script) | Script::Sqlite(script), Session::Sqlite(_))
                | (Script::Both(script), Session::Postgres(_)) => session.script(script).await?,
                (Script::Sqlite(_), Session::Postgres(_)) => {}
            }
        }
    }
    if found == 0 {
        session.script("CREATE TABLE queqiao_version (version BIGINT NOT NULL)").await?;
        session.run("INSERT INTO queqiao_version (version) VALUES ($1)", &[KNOWN.into()]).await?;
    } else {
        session.run("UPDATE queqiao_version SET version = $1", &[KNOWN.into()]).await?;
    }
    session.commit().await
}

#[cfg(test)]
mod tests {
    use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};

    use super::*;
    use crate::store::{Outgoing, Store, Tally};

    /// The last version whose tables kept their rows by row number.
    const BEFORE_ONE_TREE: usize = 9;

    #[tokio::test]
    async fn tables_that_are_laid_out_anew_keep_what_they_hold() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.db");
        let old = SqlitePool::connect_with(SqliteConnectOptions::new().filename(&path).create_if_missing(true)).await;
        let old = old.unwrap();
        for script in &SCRIPTS[..BEFORE_ONE_TREE] {
            let (Script::Both(script) | Script::Sqlite(script)) = *script;
            sqlx::raw_sql(script).execute(&old).await.unwrap();
        }
        sqlx::raw_sql(
            "CREATE TABLE queqiao_version (version BIGINT NOT NULL); INSERT INTO queqiao_version VALUES (9);
             INSERT INTO outbox VALUES (5, 'five'), (6, 'six'); UPDATE counters SET value = 6 WHERE name = 'outbox';
             INSERT INTO tallies VALUES ('done', '2026-11-23', 9, 'permits', '', '330106000000', '', 3);",
        )
        .execute(&old)
        .await
        .unwrap();
        old.close().await;
        let store = Store::open(&format!("sqlite:{}", path.display())).await.unwrap();
        let line = |position, line: &str| Outgoing { position, line: line.to_owned() };
        assert_eq!(store.outbox(10).await.unwrap(), [line(5, "five"), line(6, "six")]);
        let cell = Tally {
            measure: "done".to_owned(),
            day: "2026-11-23".to_owned(),
            hour: 9,
            system: "permits".to_owned(),
            department: String::new(),
            town: "330106000000".to_owned(),
            item: String::new(),
            n: 3,
        };
        assert_eq!(store.tallies().await.unwrap(), [cell]);
        assert_eq!(store.version(), KNOWN);
    }
}
