//! The two databases that every test of the store and the hub runs on.

use queqiao::store::Store;
use tempfile::TempDir;

use crate::postgres;

/// A new database; what keeps it alive goes with it.
pub struct Fresh {
    pub url: String,
    _folder: Option<TempDir>,
}

impl Fresh {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("queqiao.db").display());
        Self { url, _folder: Some(folder) }
    }

    pub async fn postgres() -> Self {
        Self { url: postgres::database().await, _folder: None }
    }

    /// Runs a statement beside the program, as for what an older version of it has left.
    pub async fn run(&self, sql: &'static str) {
        if self.url.starts_with("sqlite:") {
            let pool = sqlx::SqlitePool::connect(&self.url).await.expect("the database opens");
            sqlx::raw_sql(sql).execute(&pool).await.expect("an ordinary statement");
        } else {
            let pool = sqlx::PgPool::connect(&self.url).await.expect("the database opens");
            sqlx::raw_sql(sql).execute(&pool).await.expect("an ordinary statement");
        }
    }

    pub async fn store(&self) -> Store {
        Store::open(&self.url).await.expect("a new database opens")
    }
}

/// Makes of each `async fn NAME(fresh: Fresh)` one test per database: `sqlite::NAME` and `postgres::NAME`.
macro_rules! on_both {
    ($($name:ident)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::databases::Fresh::sqlite()).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::databases::Fresh::postgres().await).await;
            })+
        }
    };
}
pub(crate) use on_both;
