//! Changing the sealed file: one at a time over all processes, each change whole or not at all.

use std::{
    fs,
    path::{Path, PathBuf},
};

use chrono::NaiveDate;
use secrecy::ExposeSecret;

use super::{
    Fields, Vault, VaultError, file,
    key::{self, Source},
    sealed::Sealed,
};

/// The field whose date of expiry is kept.
const PASSWORD: &str = "password";

/// What a change says of the day on which a password expires.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expiry {
    /// Nothing: the date stays, except that a new password has none.
    #[default]
    Unsaid,
    /// It never expires.
    Never,
    /// On that day.
    On(NaiveDate),
}

impl Vault {
    /// Whether these fields of an account may be set, before anybody types them.
    ///
    /// Errors: those of [`Vault::set`], as far as they show before it is tried.
    pub fn may_set<'n>(&self, account: &str, fields: impl IntoIterator<Item = &'n str>) -> Result<(), VaultError> {
        file::check_typed(account, fields)?;
        self.refuse_plain(account)?;
        self.check_key_place()?;
        self.sealed().map(drop)
    }

    /// Seals these secrets of an account over those that it has; with none, only its date is set. The first change makes the file, and its
    /// key where that is missing.
    ///
    /// Errors: those of [`Vault::open`]; a name that is none; an account that stands in the plain file; a date for an account without
    /// secrets; a file that cannot be written.
    pub fn set(&self, account: &str, fields: &Fields, expiry: Expiry) -> Result<(), VaultError> {
        file::check_typed(account, fields.keys().map(String::as_str))?;
        self.refuse_plain(account)?;
        self.change(|sealed| {
            let has_some = sealed.accounts.get(account).is_some_and(|held| !held.sealed.is_empty());
            if fields.is_empty() && !has_some && !self.environment.contains_key(account) {
                return Err(self.unknown(account));
            }
            sealed.put(account, fields)?;
            let held = sealed.accounts.entry(account.to_owned()).or_default();
            match expiry {
                Expiry::Unsaid if fields.contains_key(PASSWORD) => held.expires = None,
                Expiry::Unsaid => {}
                Expiry::Never => held.expires = None,
                Expiry::On(day) => held.expires = Some(day),
            }
            Ok(())
        })
    }

    /// Removes these fields of an account, or all of it when none is named.
    ///
    /// Errors: those of [`Vault::set`]; no such account or field.
    pub fn remove(&self, account: &str, fields: &[String]) -> Result<(), VaultError> {
        self.refuse_plain(account)?;
        let path = self.sealed_path()?;
        if !path.exists() {
            return Err(VaultError::NothingSealed { path: path.to_owned() });
        }
        self.change(|sealed| {
            let held = sealed.accounts.get_mut(account).ok_or_else(|| VaultError::UnknownAccount {
                account: account.to_owned(),
                mend: "`queqiao secret list` shows those that there are".to_owned(),
            })?;
            for field in fields {
                held.sealed.remove(field).ok_or_else(|| VaultError::UnknownField {
                    account: account.to_owned(),
                    field: field.clone(),
                    known: held.sealed.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
                })?;
            }
            if fields.is_empty() || held.sealed.is_empty() {
                sealed.accounts.remove(account);
            }
            Ok(())
        })
    }

    /// Makes a new master key and seals everything anew; gives how many accounts that were. Versions of secrets stay as they were; what
    /// was kept of sessions does not open any more.
    ///
    /// The new key lies beside the old one until the file is sealed with it, so that one of the two always fits.
    ///
    /// Errors: those of [`Vault::set`]; nothing is sealed; a key that is not in a file of ours.
    pub fn rotate(&self) -> Result<usize, VaultError> {
        let (path, source) = (self.sealed_path()?, self.source()?);
        let Source::File(old) = source else {
            return Err(VaultError::KeyElsewhere { place: source.to_string() });
        };
        let _lock = self.lock(path)?;
        let sealed = self.sealed()?.ok_or_else(|| VaultError::NothingSealed { path: path.to_owned() })?;
        let failed = |source| VaultError::Key { path: old.clone(), source };
        let new = key::fresh().map_err(failed)?;
        file::replace(&key::next(old), key::written(&new).as_bytes()).map_err(failed)?;
        let count = sealed.accounts.len();
        sealed.under(new)?.write()?;
        promote(old).map_err(failed)?;
        Ok(count)
    }

    /// Takes a plain file over: seals all that stands in it, over what is sealed, reads it back, and removes the file unless it is to
    /// be kept. Gives the names of the accounts; a file without any is left alone.
    ///
    /// Errors: those of [`Vault::set`]; a file that cannot be read, or removed.
    pub fn import(&self, from: &Path, keep: bool) -> Result<Vec<String>, VaultError> {
        if !from.exists() {
            return Err(VaultError::Read { path: from.to_owned(), source: std::io::ErrorKind::NotFound.into() });
        }
        // A file in a bad place is what wants to be taken over most; only one that is to stay there is refused.
        let accounts = if keep { file::read(from, &self.root)? } else { file::read_anywhere(from)? };
        if accounts.is_empty() {
            return Ok(Vec::new());
        }
        self.change(|sealed| accounts.iter().try_for_each(|(account, fields)| sealed.put(account, fields)))?;
        // Nothing is removed before what was written is seen to say the same.
        let sealed = self.sealed()?.ok_or_else(|| self.not_there())?;
        for (account, fields) in &accounts {
            let held = sealed.fields(account)?.unwrap_or_default();
            let same = |name: &String| {
                held.get(name).map(ExposeSecret::expose_secret) == fields.get(name).map(ExposeSecret::expose_secret)
            };
            if !fields.keys().all(same) {
                return Err(self.not_there());
            }
        }
        if !keep {
            let failed = |source| VaultError::Write { path: from.to_owned(), source };
            fs::remove_file(from).and_then(|()| file::sync_folder(from)).map_err(failed)?;
        }
        Ok(accounts.into_keys().collect())
    }

    fn change<T>(&self, work: impl FnOnce(&mut Sealed) -> Result<T, VaultError>) -> Result<T, VaultError> {
        let (path, source) = (self.sealed_path()?, self.source()?);
        // Before anything is made there.
        self.check_key_place()?;
        let _lock = self.lock(path)?;
        let mut sealed = match self.sealed()? {
            Some(sealed) => sealed,
            None => Sealed::empty(path, source.key()?),
        };
        let done = work(&mut sealed)?;
        sealed.write()?;
        Ok(done)
    }

    /// Waits until nobody else changes the file, and ends a rotation whose process has died.
    fn lock(&self, path: &Path) -> Result<fs::File, VaultError> {
        let lock = file::lock(path).map_err(|source| VaultError::Write { path: path.to_owned(), source })?;
        if let Source::File(old) = self.source()?
            && key::next(old).exists()
        {
            let failed = |source| VaultError::Key { path: old.clone(), source };
            let fits =
                |sealed: &Sealed| Ok::<_, VaultError>(Source::File(key::next(old)).keys()?.contains(&sealed.master));
            match self.sealed()?.as_ref().map(fits).transpose()? {
                Some(true) => promote(old).map_err(failed)?,
                Some(false) | None => fs::remove_file(key::next(old)).map_err(failed)?,
            }
        }
        Ok(lock)
    }

    fn sealed_path(&self) -> Result<&PathBuf, VaultError> {
        self.sealed.as_ref().ok_or(VaultError::NoKeyPlace)
    }

    fn refuse_plain(&self, account: &str) -> Result<(), VaultError> {
        match &self.plain {
            Some(path) if self.plain_accounts()?.contains_key(account) => {
                Err(VaultError::Plain { account: account.to_owned(), path: path.clone() })
            }
            _ => Ok(()),
        }
    }

    fn not_there(&self) -> VaultError {
        let path = self.sealed.clone().unwrap_or_default();
        VaultError::Write { path, source: std::io::Error::other("what was written does not read back the same") }
    }
}

/// Puts the key to come in the old one's place.
fn promote(old: &Path) -> std::io::Result<()> {
    fs::rename(key::next(old), old)?;
    file::sync_folder(old)
}
