//! The issues as Roundup's own database holds them: the truth that a collection is compared with.

use std::{collections::BTreeMap, path::Path};

use chrono::{DateTime, NaiveDateTime, Utc};
use sqlx::{Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions};

/// An issue that was not retired, with the words of the database (English), times in UTC to the millisecond.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Its number.
    pub id: i64,
    pub title: String,
    /// `unread` … `resolved`.
    pub status: String,
    /// `critical` … `wish`.
    pub priority: String,
    /// User name of who wrote it down.
    pub creator: String,
    /// User name of who deals with it.
    pub assigned: Option<String>,
    pub creation: DateTime<Utc>,
    /// When its status became what it is now; `None` when it never changed.
    pub status_since: Option<DateTime<Utc>>,
}

/// All living issues, by number.
pub async fn issues(database: &Path) -> Vec<Issue> {
    let options = SqliteConnectOptions::new().filename(database).read_only(true);
    let mut connection = SqliteConnection::connect_with(&options).await.expect("the tracker has a database");
    let changes = sqlx::query(
        "SELECT nodeid, MAX(date) AS date FROM issue__journal \
         WHERE action = 'set' AND params LIKE '%''status'': %' GROUP BY nodeid",
    );
    let changes = changes.fetch_all(&mut connection).await.expect("the tracker keeps journals");
    let since: BTreeMap<i64, DateTime<Utc>> =
        changes.iter().map(|row| (row.get("nodeid"), instant(row.get("date")))).collect();
    let rows = sqlx::query(
        "SELECT i.id, i._title AS title, s._name AS status, p._name AS priority, c._username AS creator, \
                a._username AS assigned, i._creation AS creation \
         FROM _issue i JOIN _status s ON s.id = i._status JOIN _priority p ON p.id = i._priority \
              JOIN _user c ON c.id = i._creator LEFT JOIN _user a ON a.id = i._assignedto \
         WHERE i.__retired__ = 0 ORDER BY i.id",
    );
    let rows = rows.fetch_all(&mut connection).await.expect("the tracker has issues");
    let issue = |row: &sqlx::sqlite::SqliteRow| Issue {
        id: row.get("id"),
        title: row.get("title"),
        status: row.get("status"),
        priority: row.get("priority"),
        creator: row.get("creator"),
        assigned: row.get("assigned"),
        creation: instant(row.get("creation")),
        status_since: since.get(&row.get("id")).copied(),
    };
    rows.iter().map(issue).collect()
}

/// `20240102030405.678`, in UTC.
fn instant(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M%S%.f").unwrap_or_else(|error| panic!("{text}: {error}")).and_utc()
}
