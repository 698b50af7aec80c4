//! What can go wrong with the machine, and what to do then.

use std::{io, path::PathBuf};

use thiserror::Error;

use super::Need;
use crate::base::Remedy;

/// A fault of the machine underneath. The texts are written for an operator and say what to do.
#[derive(Debug, Error)]
pub enum HostError {
    /// A program is not on this machine and may not be installed by us.
    #[error("{need} is missing here ({lacking}). Install it with one line, then try again:\n  {line}")]
    Missing {
        /// What was asked for.
        need: Need,
        /// The parts that were not found, for people.
        lacking: String,
        /// The line to type.
        line: String,
    },
    /// The package manager was asked and failed.
    #[error("{need} could not be installed: {told}\nSet the machine's package sources right, then type:\n  {line}")]
    Install {
        /// What was asked for.
        need: Need,
        /// The last words of the package manager.
        told: String,
        /// The line to type.
        line: String,
    },
    /// The lock that keeps two processes from installing at once could not be taken.
    #[error("the lock file {} can't be used: {source}. Make it writable, or delete it", path.display())]
    LockInstall {
        /// The lock file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A child process could not be started.
    #[error("{} did not start: {source}. Is it there and executable, and is `setpriv` (util-linux) installed?", program.display())]
    StartChild {
        /// The program that should have run.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No loopback port is free.
    #[error("no free port on 127.0.0.1: {source}. Stop what holds them, or try again")]
    FindPort {
        /// Why.
        source: io::Error,
    },
    /// The free room of a disk could not be read.
    #[error("the free room at {} can't be read: {source}", path.display())]
    ReadDisk {
        /// The place asked about.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Less room than the work needs.
    #[error(
        "the disk at {} is nearly full: {} MB free, {} MB needed. Make room, or move the data directory",
        path.display(), free / 1_000_000, minimum / 1_000_000
    )]
    DiskNearlyFull {
        /// The place asked about.
        path: PathBuf,
        /// Bytes that are free.
        free: u64,
        /// Bytes that must be free.
        minimum: u64,
    },
}

impl HostError {
    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Missing { .. }
            | Self::Install { .. }
            | Self::LockInstall { .. }
            | Self::StartChild { .. }
            | Self::ReadDisk { .. }
            | Self::DiskNearlyFull { .. } => Remedy::Human,
            Self::FindPort { .. } => Remedy::Retry,
        }
    }
}
