//! Passwords that expire: told once for each account and date, and once when the password was replaced. Names and dates, no secrets.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{Days, NaiveDate};

use super::{Alerts, Telling};
use crate::{
    base::Message,
    store::StoreError,
    vault::{Listed, expiring},
};

/// How the keys of passwords begin that expire.
const EXPIRY: &str = "expiry/";

/// Tells of passwords that expire.
///
/// Several engines may work on one store, each with secrets of its own: what one does not know, or knows with another date, it must not end
/// and begin for the others without end.
pub struct Passwords {
    alerts: Arc<Alerts>,
    /// What this process has seen expire, and has not seen replaced: told by it or by another one.
    seen: BTreeSet<String>,
}

impl Passwords {
    /// Nothing was seen yet.
    pub fn new(alerts: Arc<Alerts>) -> Self {
        Self { alerts, seen: BTreeSet::new() }
    }

    /// One look at what the vault lists, all of it: what expires up to `within` days after `today`, or has expired, is told.
    ///
    /// # Errors
    /// Those of the store; the next look begins with the same.
    pub async fn look(&mut self, listed: &[Listed], today: NaiveDate, within: Days) -> Result<(), StoreError> {
        let going_on = self.alerts.going_on(EXPIRY).await?;
        let expiring: BTreeMap<String, (String, NaiveDate)> = expiring(listed, today, within)
            .into_iter()
            .map(|(account, day)| (key(&account, day), (account, day)))
            .collect();
        for (key, (account, day)) in expiring {
            if !self.seen.contains(&key) && !going_on.iter().any(|trouble| trouble.key == key) {
                self.alerts.seen(&key, 1, &telling(&account, day, today)).await?;
            }
            self.seen.insert(key);
        }
        let dated = |one: &Listed| Some(key(&one.account, one.expires?));
        let dated: BTreeSet<String> = listed.iter().filter_map(dated).collect();
        for trouble in going_on.iter().filter(|trouble| !dated.contains(&trouble.key)) {
            let known = listed.iter().any(|one| trouble.key.starts_with(&format!("{EXPIRY}{}/", one.account)));
            if known || self.seen.contains(&trouble.key) {
                self.alerts.end(trouble).await?;
            }
        }
        self.seen.retain(|key| dated.contains(key));
        Ok(())
    }
}

fn key(account: &str, day: NaiveDate) -> String {
    format!("{EXPIRY}{account}/{day}")
}

fn telling(account: &str, day: NaiveDate, today: NaiveDate) -> Telling {
    let what = Message::new(if day < today { "alert-expired" } else { "alert-expires" });
    let what = what.with("account", account).with("day", day);
    Telling { what, why: None, mend: Some(Message::new("alert-mend-expiry").with("account", account)), place: None }
}
