//! The tables' versions: numbered scripts that both databases run, each once.

use super::{StoreError, open::Pools, session::Session};

/// The scripts, in order; the first makes version 1.
const SCRIPTS: &[&str] = &[
    include_str!("migrations/0001_spine.sql"),
    include_str!("migrations/0002_accounts.sql"),
    include_str!("migrations/0003_baselines.sql"),
    include_str!("migrations/0004_shared_accounts.sql"),
    include_str!("migrations/0005_entries.sql"),
    include_str!("migrations/0006_links.sql"),
    include_str!("migrations/0007_ticks.sql"),
    include_str!("migrations/0008_sessions.sql"),
    include_str!("migrations/0009_tasks.sql"),
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
            session.script(script).await?;
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
