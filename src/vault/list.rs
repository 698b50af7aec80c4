//! What is known of the secrets without any of them: names, places, dates.

use chrono::{Days, NaiveDate};

use super::{Vault, VaultError};

/// Where secrets stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the sealed file.
    Sealed,
    /// In a plain file.
    Plain,
    /// In variables.
    Environment,
}

/// One account in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The account's name.
    pub account: String,
    /// Where these fields stand.
    pub place: Place,
    /// The names of its fields.
    pub fields: Vec<String>,
    /// The day on which its password expires, where somebody has said so.
    pub expires: Option<NaiveDate>,
}

impl Vault {
    /// The accounts that have secrets, by name; one line for each place where an account has any.
    ///
    /// Errors: those of [`Vault::open`].
    pub fn list(&self) -> Result<Vec<Listed>, VaultError> {
        let line = |account: &String, place, fields: Vec<&String>, expires| Listed {
            account: account.clone(),
            place,
            fields: fields.into_iter().cloned().collect(),
            expires,
        };
        let mut listed = Vec::new();
        for (account, held) in self.sealed()?.map(|sealed| sealed.accounts).unwrap_or_default() {
            listed.push(line(&account, Place::Sealed, held.sealed.keys().collect(), held.expires));
        }
        for (account, fields) in self.plain_accounts()? {
            listed.push(line(&account, Place::Plain, fields.keys().collect(), None));
        }
        for (account, fields) in &self.environment {
            listed.push(line(account, Place::Environment, fields.keys().collect(), None));
        }
        listed.sort_by(|one, other| one.account.cmp(&other.account));
        Ok(listed)
    }

    /// The accounts whose password expires on `today` or in the `within` days after it, or has expired, the soonest first.
    ///
    /// Errors: those of [`Vault::open`].
    pub fn expiring(&self, today: NaiveDate, within: Days) -> Result<Vec<(String, NaiveDate)>, VaultError> {
        Ok(expiring(&self.list()?, today, within))
    }
}

/// The same of a list that one has.
pub fn expiring(listed: &[Listed], today: NaiveDate, within: Days) -> Vec<(String, NaiveDate)> {
    let last = today.checked_add_days(within).unwrap_or(NaiveDate::MAX);
    let dates = listed.iter().filter_map(|one| Some((one.account.clone(), one.expires?)));
    let mut expiring: Vec<_> = dates.filter(|(_, expires)| *expires <= last).collect();
    expiring.sort_by_key(|(_, expires)| *expires);
    expiring
}
