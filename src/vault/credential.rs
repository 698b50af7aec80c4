//! The secrets of one account.

use secrecy::SecretString;

use super::{Fields, VaultError, seal, version};

/// The secrets of one account. Printing it shows names only; dropping it wipes the secrets from memory.
#[derive(Clone, Debug)]
pub struct Credential {
    account: String,
    /// The secrets by field name.
    pub fields: Fields,
    version: String,
}

impl Credential {
    pub(super) fn new(account: &str, fields: Fields, key: &seal::Key) -> Self {
        let version = version::of(account, &fields, key);
        Self { account: account.to_owned(), fields, version }
    }

    /// The secret under that field name.
    ///
    /// Errors: no such field, saying which there are.
    pub fn field(&self, name: &str) -> Result<&SecretString, VaultError> {
        self.fields.get(name).ok_or_else(|| VaultError::UnknownField {
            account: self.account.clone(),
            field: name.to_owned(),
            known: self.fields.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
        })
    }

    /// 16 hex digits that change when any of the secrets changes, and tell nothing about them: an account that was frozen
    /// after a failed login thaws when this differs.
    pub fn version(&self) -> String {
        self.version.clone()
    }
}
