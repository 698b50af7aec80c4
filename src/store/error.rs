//! What can go wrong with a database, told apart by what to do about it.

use crate::base::Remedy;

/// An error of the store. Nothing of a failed operation stays: every write is one transaction.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is neither `sqlite:PATH` nor `postgres://…`.
    #[error("`{url}` is not a database address: write sqlite:PATH or postgres://USER@HOST/NAME")]
    Address {
        /// The address without its password.
        url: String,
    },
    /// The file, or its folder, cannot be opened.
    #[error("cannot open the database {name}: see that the folder exists and that this user may write in it")]
    Open {
        /// Path or address without password.
        name: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The database was written by a later version of this program.
    #[error(
        "the database {name} is of version {found}, this program knows versions up to {known}: start the newer program, or restore the backup made before the upgrade; nothing was touched"
    )]
    Newer {
        /// Path or address without password.
        name: String,
        /// Version found.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// A database that another program made.
    #[error(
        "{name} holds tables of another program (`{table}`): name an empty database or a new file; nothing was touched"
    )]
    Foreign {
        /// Path or address without password.
        name: String,
        /// One of the tables found.
        table: String,
    },
    /// The file is no database, or is damaged.
    #[error("the file is not a SQLite database, or is damaged: name another file, or restore a backup")]
    NotADatabase(#[source] sqlx::Error),
    /// No room left.
    #[error(
        "the disk that holds the database is full: free some space; nothing of the last batch was written, and nothing before it is lost"
    )]
    Full(#[source] sqlx::Error),
    /// Another writer held the database for too long.
    #[error(
        "the database is locked by another process: end the other process that writes to it, or wait until it is done"
    )]
    Locked(#[source] sqlx::Error),
    /// The database may only be read.
    #[error("the database may not be written: give this user the right to write to the file and its folder")]
    ReadOnly(#[source] sqlx::Error),
    /// The database server does not answer.
    #[error("the database server does not answer: see that it runs and that its address is right")]
    Unreachable(#[source] sqlx::Error),
    /// The server refuses this user.
    #[error("the database server refuses the user, its password or the database's name: correct the address")]
    SignIn(#[source] sqlx::Error),
    /// A statement failed for a reason that has no name of its own.
    #[error("a database statement failed")]
    Statement(#[source] sqlx::Error),
    /// Someone else has taken an entry over, because its holder was silent for too long. What was to be written is not.
    #[error("entry {entry} was taken over by another worker, which goes on with it; this one has stopped")]
    LeaseLost {
        /// The entry's number.
        entry: i64,
    },
    /// A record cannot be written as JSON, or what is stored is not what was written.
    #[error("a stored record cannot be read")]
    Body(#[from] serde_json::Error),
}

impl StoreError {
    /// The same for another one whose write was part of the same transaction. Whether a commit that failed was one nobody knows, unless
    /// the database says why.
    pub(super) fn for_others(&self) -> Self {
        let told = || sqlx::Error::Io(std::io::Error::other("so was told the transaction that this was part of"));
        match self {
            Self::Locked(_) => Self::Locked(told()),
            Self::Full(_) => Self::Full(told()),
            Self::ReadOnly(_) => Self::ReadOnly(told()),
            _ => Self::Unreachable(told()),
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Address { .. }
            | Self::Open { .. }
            | Self::Newer { .. }
            | Self::Foreign { .. }
            | Self::NotADatabase(_)
            | Self::Full(_)
            | Self::ReadOnly(_)
            | Self::SignIn(_) => Remedy::Human,
            Self::Locked(_) => Remedy::Retry,
            Self::Unreachable(_) => Remedy::Backoff,
            Self::Statement(_) | Self::Body(_) | Self::LeaseLost { .. } => Remedy::Never,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut => Self::Locked(error),
            sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Self::Unreachable(error),
            sqlx::Error::Database(told) => {
                let code = told.code().unwrap_or_default().into_owned();
                match code.parse::<i64>() {
                    // SQLite gives its extended result code; PostgreSQL's codes have five characters.
                    Ok(number) if code.len() < 5 => sqlite(number, error),
                    _ => postgres(&code, error),
                }
            }
            _ => Self::Statement(error),
        }
    }
}

/// By SQLite's result codes (<https://sqlite.org/rescode.html>).
fn sqlite(code: i64, error: sqlx::Error) -> StoreError {
    /// What the low byte of an extended code holds: the primary code.
    const PRIMARY: i64 = 0xff;
    /// SQLITE_IOERR_SHMSIZE: the shared-memory file cannot grow, which a full disk causes.
    const SHM_SIZE: i64 = 4874;
    match (code, code & PRIMARY) {
        (SHM_SIZE, _) | (_, 13) => StoreError::Full(error),
        (_, 5 | 6) => StoreError::Locked(error),
        (_, 8) => StoreError::ReadOnly(error),
        (_, 11 | 26) => StoreError::NotADatabase(error),
        _ => StoreError::Statement(error),
    }
}

/// By PostgreSQL's SQLSTATE.
fn postgres(code: &str, error: sqlx::Error) -> StoreError {
    match code {
        "53100" => StoreError::Full(error),
        "55P03" | "40P01" | "40001" => StoreError::Locked(error),
        "25006" => StoreError::ReadOnly(error),
        "3D000" => StoreError::SignIn(error),
        _ if code.starts_with("28") => StoreError::SignIn(error),
        _ if code.starts_with("08") || code.starts_with("57P") || code.starts_with("53") => {
            StoreError::Unreachable(error)
        }
        _ => StoreError::Statement(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_shared_a_transaction_hears_why_it_came_to_nothing() {
        let locked = StoreError::Locked(sqlx::Error::PoolTimedOut);
        assert!(matches!(locked.for_others(), StoreError::Locked(_)));
        assert_eq!(locked.for_others().remedy(), Remedy::Retry);
        assert!(matches!(StoreError::Full(sqlx::Error::PoolTimedOut).for_others(), StoreError::Full(_)));
        // A commit whose end nobody saw.
        let unknown = StoreError::Statement(sqlx::Error::PoolTimedOut);
        assert!(matches!(unknown.for_others(), StoreError::Unreachable(_)));
    }
}
