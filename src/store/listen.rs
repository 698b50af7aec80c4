//! PostgreSQL: other processes' commits wake this one's watchers.

use std::time::Duration;

use sqlx::{PgPool, postgres::PgListener};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use super::{StoreError, advance};

/// The channel on which every commit tells its newest journal position.
pub(super) const CHANNEL: &str = "queqiao_journal";

/// How long to wait before asking again a server that is away, in seconds.
const AWAY_SECONDS: u64 = 2;

/// Begins to listen, and goes on for as long as the handle lives.
pub(super) async fn start(pool: PgPool, newest: watch::Sender<i64>) -> Result<AbortOnDropHandle<()>, StoreError> {
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen(CHANNEL).await?;
    Ok(AbortOnDropHandle::new(tokio::spawn(async move {
        while !pool.is_closed() {
            match listener.try_recv().await {
                Ok(Some(told)) => {
                    if let Ok(position) = told.payload().parse() {
                        advance(&newest, position);
                    }
                }
                // The connection was lost and has been made anew: what was told meanwhile is looked up.
                Ok(None) => {
                    let position = sqlx::query_scalar("SELECT value FROM counters WHERE name = 'journal'");
                    if let Ok(position) = position.fetch_one(&pool).await {
                        advance(&newest, position);
                    }
                }
                Err(_) => tokio::time::sleep(Duration::from_secs(AWAY_SECONDS)).await,
            }
        }
    })))
}
