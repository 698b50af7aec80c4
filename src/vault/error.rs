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
        "{} must not lie in {place}, where files are passed on: name a file elsewhere as `{setting}` in queqiao.toml, and move there \
         what is here already",
        path.display()
    )]
    Place {
        /// The file, which need not exist.
        path: PathBuf,
        /// What kind of place.
        place: String,
        /// The setting that names the file.
        setting: &'static str,
    },
    /// What is to be read is a folder, or no file otherwise.
    #[error("{} is no file: name the file itself", path.display())]
    NoFile {
        /// What it is instead.
        path: PathBuf,
    },
    /// A name that somebody has typed and that is none.
    #[error("`{name}` is no name {of}: write it in {made_of}")]
    Name {
        /// What was typed.
        name: String,
        /// Of what.
        of: &'static str,
        /// What such a name is made of.
        made_of: &'static str,
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
    #[error(
        "account `{account}` has no field `{field}`, only {known}: if it needs that one, type `queqiao secret set {account} {field}`"
    )]
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
    /// The key is none.
    #[error("the key in {place} is no key: it has 64 hexadecimal digits (or 32 bytes); put the right one back")]
    BadKey {
        /// The file or the variable.
        place: String,
    },
    /// The file is sealed, and its key is not there.
    #[error(
        "{} is sealed, and its key is not in {key}: put the key's file back from a backup, name it as `key` in queqiao.toml, \
         or give the key as QUEQIAO_KEY; without the key the secrets have to be set anew (remove {} first)",
        path.display(), path.display()
    )]
    KeyMissing {
        /// The sealed file.
        path: PathBuf,
        /// Where the key should be.
        key: String,
    },
    /// The file was sealed with another key.
    #[error(
        "{} was sealed with another key than the one in {key}: give it the key that belongs to it (`key` in queqiao.toml, or \
         QUEQIAO_KEY); its secrets are neither lost nor wrong",
        path.display()
    )]
    WrongKey {
        /// The sealed file.
        path: PathBuf,
        /// Where the key comes from.
        key: String,
    },
    /// The sealed file is not as it was sealed.
    #[error(
        "{} was changed by something else than `queqiao secret` ({what}): nothing in it is used; put it back from a backup, or \
         remove it and set the secrets anew",
        path.display()
    )]
    Tampered {
        /// The sealed file.
        path: PathBuf,
        /// What shows it.
        what: String,
    },
    /// One account with two different secrets.
    #[error(
        "account `{account}` has other secrets in {} than in {}: type `queqiao secret import '{}'` if the first are right, else \
         remove its section there",
        plain.display(), sealed.display(), plain.display()
    )]
    Twice {
        /// The account.
        account: String,
        /// The plain file.
        plain: PathBuf,
        /// The sealed file.
        sealed: PathBuf,
    },
    /// What is to be changed stands in plain text.
    #[error(
        "account `{account}` stands in plain text in {}: type `queqiao secret import '{}'` first, or change it there",
        path.display(), path.display()
    )]
    Plain {
        /// The account.
        account: String,
        /// The plain file.
        path: PathBuf,
    },
    /// Nothing is sealed yet.
    #[error(
        "nothing is sealed in {} yet: type `queqiao secret set ACCOUNT`, or `queqiao secret import FILE` with a plain file",
        path.display()
    )]
    NothingSealed {
        /// The sealed file to be.
        path: PathBuf,
    },
    /// A key that this program cannot change.
    #[error(
        "the key comes from {place}, which only you can change: name a file as `key` in queqiao.toml, put the key into it (mode \
         600), take {place} away, rotate, and hand the new key over where the old one came from"
    )]
    KeyElsewhere {
        /// Where it comes from.
        place: String,
    },
    /// What was kept of a session does not open.
    #[error(
        "what is kept of {about} was sealed with another key, or changed since: it is not used, and a sign-in takes its place"
    )]
    Foreign {
        /// Whose session.
        about: String,
    },
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
    /// Nearly all of them are for a person: the secrets are that person's.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Open { .. }
            | Self::Place { .. }
            | Self::NoFile { .. }
            | Self::Name { .. }
            | Self::Read { .. }
            | Self::Parse { .. }
            | Self::Variable { .. }
            | Self::UnknownAccount { .. }
            | Self::UnknownField { .. }
            | Self::Key { .. }
            | Self::NoKeyPlace
            | Self::BadKey { .. }
            | Self::KeyMissing { .. }
            | Self::WrongKey { .. }
            | Self::Tampered { .. }
            | Self::Twice { .. }
            | Self::Plain { .. }
            | Self::NothingSealed { .. }
            | Self::KeyElsewhere { .. }
            | Self::Write { .. } => Remedy::Human,
            Self::Foreign { .. } => Remedy::Never,
        }
    }
}
