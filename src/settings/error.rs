//! What can be wrong with settings.

use std::path::PathBuf;

use crate::base::Remedy;

/// A mistake in the settings; its text says where, which key and what to do.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("cannot read the settings {}: mend the path or its rights", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{}: {reason}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
    /// A key that means nothing here.
    #[error("{place}: unknown setting `{key}`; did you mean `{nearest}`? There are: {known}")]
    UnknownKey {
        /// The file or the variable.
        place: String,
        /// The key as written.
        key: String,
        /// The known key that is written most alike.
        nearest: &'static str,
        /// All known keys.
        known: String,
    },
    /// A value that cannot be.
    #[error("{place}: `{key}`: {reason}")]
    Value {
        /// The file or the variable.
        place: String,
        /// The key.
        key: String,
        /// What is wrong and what to write instead.
        reason: String,
    },
    /// A runner that knows nowhere to push to.
    #[error("`role` is runner, but there is no `hub`: write the hub's address as `hub` in queqiao.toml or QUEQIAO_HUB")]
    RunnerWithoutHub,
    /// A hub of its own that is also told to push to one.
    #[error("`role` is \"hub\", but `hub` names another one: leave `hub` out, or make this a \"runner\"")]
    HubWithHub,
}

impl SettingsError {
    /// All of them are for a person: somebody must mend the file or the variable.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Read { .. }
            | Self::Parse { .. }
            | Self::UnknownKey { .. }
            | Self::Value { .. }
            | Self::RunnerWithoutHub
            | Self::HubWithHub => Remedy::Human,
        }
    }
}
