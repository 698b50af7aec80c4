//! What can be wrong with secrets. No message holds one.

use std::path::PathBuf;

use crate::base::Remedy;

/// A mistake about secrets; its text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Others than the owner may read or write the file.
    #[error("{} can be read by others (mode {mode:03o}): type `chmod 600 '{}'`", path.display(), path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file lies where files are passed on.
    #[error(
        "{} lies in {place}, where files are passed on: move it, and name its new place as `secrets` in queqiao.toml",
        path.display()
    )]
    Place {
        /// The file.
        path: PathBuf,
        /// What kind of place.
        place: &'static str,
    },
    /// The file cannot be read.
    #[error("cannot read the secrets in {}: mend the path or its rights", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not a file of secrets.
    #[error("{}: {reason}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why, without any value.
        reason: String,
    },
    /// A variable that names no account and field.
    #[error("{variable} names no account and field: write it like QUEQIAO_SECRET_WATER_BOT_PASSWORD")]
    Variable {
        /// The variable.
        variable: String,
    },
    /// Nobody wrote secrets for that account.
    #[error("there is no secret for account `{account}`: {mend}")]
    UnknownAccount {
        /// The account.
        account: String,
        /// What to do.
        mend: String,
    },
    /// The account has no such field.
    #[error("account `{account}` has no field `{field}`, only {known}: add it where its other secrets stand")]
    UnknownField {
        /// The account.
        account: String,
        /// The field.
        field: String,
        /// The fields that are there.
        known: String,
    },
    /// The key of the versions can neither be read nor made.
    #[error(
        "cannot read or make {}: make its folder writable, or name a file in another as `secrets` in queqiao.toml",
        path.display()
    )]
    Key {
        /// The key's file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Nowhere to keep the key of the versions.
    #[error("neither $HOME nor `secrets` is set: name a file (it need not exist) as `secrets` in queqiao.toml")]
    NoKeyPlace,
    /// The file cannot be written.
    #[error("cannot write the secrets to {}: mend the path or its rights", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl VaultError {
    /// All of them are for a person: the secrets are that person's.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Open { .. }
            | Self::Place { .. }
            | Self::Read { .. }
            | Self::Parse { .. }
            | Self::Variable { .. }
            | Self::UnknownAccount { .. }
            | Self::UnknownField { .. }
            | Self::Key { .. }
            | Self::NoKeyPlace
            | Self::Write { .. } => Remedy::Human,
        }
    }
}
