//! What a look-up is proven by: what this bridge has seen standing in a target, and what it has asked a person about that.

use super::{
    Entry, Store, StoreError,
    entries::{COLUMNS, entry_of},
};

impl Store {
    /// The entry of that bot that was read back last and stands in its target as it should. What a person has only said to stand
    /// there is none: nobody knows under which mark.
    pub async fn last_verified(&self, bot: &str) -> Result<Option<Entry>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE bot = $1 AND purpose = 'enter' AND state = 'verified' AND EXISTS \
             (SELECT 1 FROM entry_event WHERE entry_event.entry = entry.id AND entry_event.event = 'agrees') \
             ORDER BY changed_at DESC, id DESC LIMIT 1"
        );
        Ok(self.pools.read().await?.rows(&sql, &[bot.into()]).await?.first_mut().map(entry_of))
    }

    /// Whether a person was asked about the control of that bot's look-up, by another entry that has not come to its end since.
    pub async fn asks_for_control(&self, bot: &str, but: i64) -> Result<bool, StoreError> {
        let sql = "SELECT id FROM entry WHERE bot = $1 AND id <> $2 \
             AND state NOT IN ('verified', 'refused', 'conflict', 'cancelled') AND EXISTS \
             (SELECT 1 FROM entry_event WHERE entry_event.entry = entry.id AND entry_event.event = 'stuck' \
             AND entry_event.detail LIKE '%\"control\":true%') LIMIT 1";
        Ok(!self.pools.read().await?.rows(sql, &[bot.into(), but.into()]).await?.is_empty())
    }
}
