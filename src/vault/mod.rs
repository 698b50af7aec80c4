//! Secrets by account name, in a type that cannot be printed.
//!
//! They stand in a file outside the repository, or in variables that lie over it, field by field:
//!
//! ```toml
//! [water-bot]                     # QUEQIAO_SECRET_WATER_BOT_USERNAME
//! username = "…"
//! password = "…"                  # QUEQIAO_SECRET_WATER_BOT_PASSWORD
//! ```
//!
//! An account's name is lower-case letters, digits and `-`; a field's name has no `-`, so that a variable's last `_` parts the
//! two. The file is read again each time somebody asks: a changed password counts at once, and none is kept longer than it
//! is used.

mod credential;
mod error;
mod file;
mod version;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use secrecy::SecretString;

pub use credential::Credential;
pub use error::VaultError;

/// How a variable that holds a secret starts.
const PREFIX: &str = "QUEQIAO_SECRET_";

/// The fields of an account, by name.
pub type Fields = BTreeMap<String, SecretString>;

/// Where secrets are looked up.
#[derive(Debug)]
pub struct Vault {
    file: Option<PathBuf>,
    /// The adapters' folder: copied, mailed and committed, so never a place for secrets.
    root: PathBuf,
    environment: BTreeMap<String, Fields>,
}

impl Vault {
    /// Looks up secrets in `file` (which need not exist) under `environment`; `root` is the folder of the adapters.
    ///
    /// Errors: a file that others can read, that lies in `root` or in a git work tree, that cannot be read or is not a file of
    /// secrets; a variable that names no account and field.
    pub fn open(
        file: Option<&Path>,
        root: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, VaultError> {
        let environment = from_variables(environment)?;
        let vault = Self { file: file.map(Path::to_owned), root: root.to_owned(), environment };
        vault.accounts()?;
        Ok(vault)
    }

    /// The secrets of that account as they are now.
    ///
    /// Errors: those of [`Vault::open`]; no such account, saying where to write it.
    pub fn get(&self, account: &str) -> Result<Credential, VaultError> {
        let fields = self.accounts()?.remove(account).ok_or_else(|| self.unknown(account))?;
        let key = version::key(self.file.as_deref())?;
        Ok(Credential::new(account, fields, &key))
    }

    /// The accounts that have secrets; nothing of the secrets.
    ///
    /// Errors: those of [`Vault::open`].
    pub fn names(&self) -> Result<BTreeSet<String>, VaultError> {
        Ok(self.accounts()?.into_keys().collect())
    }

    /// Writes a new file of secrets that only its owner can read, making its folder if need be.
    ///
    /// Errors: the file exists already, the folder cannot be written, a name that is none.
    pub fn write_new(path: &Path, accounts: &BTreeMap<String, Fields>) -> Result<(), VaultError> {
        file::write_new(path, accounts)
    }

    fn accounts(&self) -> Result<BTreeMap<String, Fields>, VaultError> {
        let mut accounts = match &self.file {
            Some(path) => file::read(path, &self.root)?,
            None => BTreeMap::new(),
        };
        for (account, fields) in &self.environment {
            let there: &mut Fields = accounts.entry(account.clone()).or_default();
            there.extend(fields.iter().map(|(name, secret)| (name.clone(), secret.clone())));
        }
        Ok(accounts)
    }

    fn unknown(&self, account: &str) -> VaultError {
        let variable = format!("{PREFIX}{}_…", account.to_uppercase().replace('-', "_"));
        let place = match &self.file {
            Some(path) => format!("write a section [{account}] into {}", path.display()),
            None => "name a file as `secrets` in queqiao.toml".to_owned(),
        };
        VaultError::UnknownAccount { account: account.to_owned(), mend: format!("{place}, or set {variable}") }
    }
}

/// The accounts that variables speak of. `QUEQIAO_SECRET_WATER_BOT_USERNAME` is field `username` of `water-bot`.
fn from_variables(
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<BTreeMap<String, Fields>, VaultError> {
    let mut accounts: BTreeMap<String, Fields> = BTreeMap::new();
    for (variable, value) in environment {
        let Some(rest) = variable.strip_prefix(PREFIX) else { continue };
        let Some((account, field)) = rest.rsplit_once('_') else {
            return Err(VaultError::Variable { variable });
        };
        let (account, field) = (account.to_lowercase().replace('_', "-"), field.to_lowercase());
        if !file::is_account(&account) || !file::is_field(&field) {
            return Err(VaultError::Variable { variable });
        }
        accounts.entry(account).or_default().insert(field, value.into());
    }
    Ok(accounts)
}

#[cfg(test)]
mod tests;
