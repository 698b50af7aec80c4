//! The runner's half: what good readings looked like, and which accounts are left alone for a while.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeZone, Utc};

use super::{
    Store, StoreError,
    session::{Batch, Column},
};

/// An account that is left alone for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Away {
    /// Until when.
    pub until: DateTime<Utc>,
    /// Why: the system's own words.
    pub why: String,
}

impl Store {
    /// What good readings of a bot's pages looked like, by page: as [`Store::keep_baselines`] got it.
    pub async fn baselines(&self, system: &str, bot: &str) -> Result<BTreeMap<String, String>, StoreError> {
        let sql = "SELECT page, body FROM baselines WHERE system = $1 AND bot = $2";
        let mut rows = self.pools.read().await?.rows(sql, &[system.into(), bot.into()]).await?;
        Ok(rows.iter_mut().map(|row| (row.text(0), row.text(1))).collect())
    }

    /// Remembers what a good reading of these pages looked like; other pages of the bot keep what they have.
    pub async fn keep_baselines(
        &self,
        system: &str,
        bot: &str,
        pages: &BTreeMap<String, String>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let at = now.timestamp_millis();
        let row = |(page, body): (&String, &String)| {
            vec![system.into(), bot.into(), page.as_str().into(), at.into(), body.as_str().into()]
        };
        let columns = &[
            Column::Text("system"),
            Column::Text("bot"),
            Column::Text("page"),
            Column::Int("at"),
            Column::Text("body"),
        ];
        let sql = "INSERT INTO baselines (system, bot, page, at, body) \
             SELECT r.system, r.bot, r.page, r.at, r.body FROM {rows} AS r WHERE true \
             ON CONFLICT (system, bot, page) DO UPDATE SET at = excluded.at, body = excluded.body";
        let mut session = self.pools.write().await?;
        session.run_batch(sql, &Batch { columns, rows: pages.iter().map(row).collect() }).await?;
        session.commit().await
    }

    /// Writes down that an account is to be left alone; of two such times the later one holds.
    pub async fn stay_away(&self, account: &str, away: &Away) -> Result<(), StoreError> {
        let sql = "INSERT INTO away (account, until, why) VALUES ($1, $2, $3) \
             ON CONFLICT (account) DO UPDATE SET until = excluded.until, why = excluded.why \
             WHERE away.until < excluded.until";
        let mut session = self.pools.write().await?;
        let until = away.until.timestamp_millis();
        session.run(sql, &[account.into(), until.into(), away.why.as_str().into()]).await?;
        session.commit().await
    }

    /// Whether an account is to be left alone at `now`.
    pub async fn away(&self, account: &str, now: DateTime<Utc>) -> Result<Option<Away>, StoreError> {
        let sql = "SELECT until, why FROM away WHERE account = $1 AND until > $2";
        let mut rows = self.pools.read().await?.rows(sql, &[account.into(), now.timestamp_millis().into()]).await?;
        Ok(rows.first_mut().map(|row| Away {
            until: Utc.timestamp_millis_opt(row.int(0)).single().unwrap_or_default(),
            why: row.text(1),
        }))
    }
}
